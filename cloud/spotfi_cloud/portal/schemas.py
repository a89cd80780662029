"""What guests' forms send."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, StringConstraints

from spotfi_cloud.storage.bodies import printable

Typed = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(printable)]
TypedPassword = Annotated[str, StringConstraints(max_length=200), AfterValidator(printable)]


class GuestForm(BaseModel):
    """One of the page's forms; `action` is the button that was pressed."""

    action: Literal["voucher", "account", "logout"]
    code: Typed = ""
    username: Typed = ""
    password: TypedPassword = ""
