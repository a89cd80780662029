"""Bodies about the way from a router's captive portal to the guests' page."""

from pydantic import BaseModel, Field


class UamOut(BaseModel):
    """What the captive portal of a router is set to."""

    portal_url: str = Field(description="UAM server: `uamserver` of CoovaChilli, `uam_server` of uspot.")
    nas_identifier: str = Field(description="`radiusnasid` of CoovaChilli, `nasid` of uspot.")
    has_uam_secret: bool = Field(description="Whether its links have to be signed.")


class UamSecretOut(BaseModel):
    """A fresh UAM secret, shown only now."""

    portal_url: str
    nas_identifier: str
    uam_secret: str = Field(description="`uamsecret` of CoovaChilli, `uam_secret` of uspot.")
