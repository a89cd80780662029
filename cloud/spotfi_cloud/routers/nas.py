"""What a NAS is to RADIUS and to dynamic authorization."""

from dataclasses import dataclass, field
from uuid import UUID

from spotfi_cloud.radius.nas_kind import NasKind


@dataclass(frozen=True, slots=True)
class Nas:
    """A router as `radius` and `access` know it."""

    router_id: UUID
    host_id: UUID
    name: str
    nas_kind: NasKind
    nas_identifier: str
    address: str | None
    """Where its packets come from and Disconnect-Requests go to; None where that is not fixed."""
    secret: bytes = field(repr=False)
    """The shared secret, opened."""
    legacy_radius: bool
    """Requests without Message-Authenticator are accepted from it."""
    coa_port: int
    has_agent: bool
    """An agent has enrolled on it: sessions there are ended by commands, not by Disconnect-Requests."""
    swapped_counters: bool | None = None
    """Whether its input counters are what guests received; None: as its kind does by default."""
    radsec_certificate_sha256: str | None = None
    """Fingerprint, in lower-case hex, of the certificate it shows over RadSec; None: it may not use RadSec."""
