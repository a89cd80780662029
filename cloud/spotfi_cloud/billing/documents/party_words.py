"""How the parties of a document are addressed and described. Pure."""

from typing import Any

from spotfi_cloud.billing.documents.formats import Formats

EU = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())  # noqa: SIM905 - a table of codes
"""Where Directive 2006/112/EC holds."""


def name_of(party: dict[str, Any]) -> str:
    """The legal name; empty where none is known."""
    return str(party.get("legal_name") or "")


def address_lines(party: dict[str, Any], formats: Formats) -> list[str]:
    """Street, town, region and country, each on a line; what is not known is left out."""
    town = " ".join(str(party[key]) for key in ("postcode", "city") if party.get(key))
    country = formats.country(party["country"]) if party.get("country") else ""
    lines = [party.get("street"), town, party.get("region"), country]
    return [str(line) for line in lines if line]


def number_lines(party: dict[str, Any], formats: Formats) -> list[str]:
    """Numbers for tax and in the register of companies, with what they are."""
    keys = ("tax_number", "company_number")
    return [f"{formats.text(key)}: {party[key]}" for key in keys if party.get(key)]


def contact_lines(party: dict[str, Any]) -> list[str]:
    """How the party is reached."""
    return [str(party[key]) for key in ("email", "phone") if party.get(key)]


def both_in_eu(seller: dict[str, Any], buyer: dict[str, Any]) -> bool:
    """Whether both parties are where Directive 2006/112/EC holds."""
    return seller.get("country") in EU and buyer.get("country") in EU
