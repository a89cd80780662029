"""Bodies of the parties that documents are from and to."""

from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from spotfi_cloud.hosts.schemas import ContactEmail, ContactPhone, Language
from spotfi_cloud.storage.bodies import Flag, Name, RequestBody, ResponseBody, printable

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(printable)]
Country = Annotated[
    str, StringConstraints(pattern="^[A-Z]{2}$"), Field(description="ISO 3166-1 alpha-2.", examples=["AT"])
]


def _checked_iban(iban: str) -> str:
    """ISO 13616: the number, its first four characters moved to its end and letters counted from 10, is 1 modulo 97."""
    if int("".join(str(int(character, 36)) for character in iban[4:] + iban[:4])) % 97 != 1:
        msg = "its check digits do not fit: a character is wrong or missing"
        raise ValueError(msg)
    return iban


Iban = Annotated[str, StringConstraints(pattern="^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$"), AfterValidator(_checked_iban)]
Prefix = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9/_-]{0,12}$"),
    Field(description="Stands before the number.", examples=["INV-"]),
]


class PartyIn(RequestBody):
    """A party as documents name it; what is null is left out."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "legal_name": "Café Central GmbH",
                    "street": "Herrengasse 14",
                    "postcode": "1010",
                    "city": "Wien",
                    "country": "AT",
                    "tax_number": "ATU12345675",
                    "email": "books@example.com",
                }
            ]
        }
    )

    legal_name: Name | None = None
    street: Text | None = None
    postcode: Text | None = None
    city: Text | None = None
    region: Text | None = None
    country: Country | None = None
    tax_number: Annotated[Text | None, Field(description="For value added tax, with its country.")] = None
    company_number: Annotated[Text | None, Field(description="In the register of companies.")] = None
    email: ContactEmail | None = None
    phone: ContactPhone | None = None
    iban: Annotated[Iban | None, Field(description="Without spaces.", examples=["AT611904300234573201"])] = None
    bic: Annotated[str, StringConstraints(pattern="^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$")] | None = None
    language: Annotated[Language | None, Field(description="Of its documents; null: the host's.")] = None
    payment_terms_days: Annotated[
        int | None, Field(strict=True, ge=0, le=365, description="From the issue; null: 14, or the installation's.")
    ] = None


class OwnPartyIn(PartyIn):
    """The installation itself as documents name it."""

    invoice_prefix: Prefix | None = None
    settlement_prefix: Prefix | None = None
    credit_note_prefix: Prefix | None = None
    reminder_days: Annotated[
        list[Annotated[int, Field(strict=True, ge=1, le=365)]] | None,
        Field(
            max_length=10, description="Days after an invoice was due on which its host is reminded; null: 3, 10, 21."
        ),
    ] = None
    send_documents: Annotated[
        Flag | None, Field(description="Whether documents go to the host's billing e-mail when they are issued.")
    ] = None
    note: Annotated[
        Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000), AfterValidator(printable)] | None,
        Field(description="At the foot of every document."),
    ] = None


class PartyOut(PartyIn, ResponseBody):
    """A party as documents name it."""

    model_config = ConfigDict(extra="ignore", from_attributes=True)

    iban: str | None = None
    """As it was when the document was issued, whatever is asked of numbers by now."""


class OwnPartyOut(OwnPartyIn, ResponseBody):
    """The installation itself as documents name it."""

    model_config = ConfigDict(extra="ignore", from_attributes=True)

    iban: str | None = None
