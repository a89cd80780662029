"""The dictionaries are right, and the constants are made from them."""

import re
from pathlib import Path

import pytest
from pyrad.dictionary import Dictionary as PyradDictionary

from spotfi_cloud.radius import attributes
from spotfi_cloud.radius.dictionary import Dictionary, load, parse, render

FREERADIUS = Path("/usr/share/freeradius")
FREERADIUS_FILES = {
    0: ["rfc2865", "rfc2866", "rfc2869", "rfc3162", "rfc4372", "rfc5176", "rfc3576", "rfc6911", "rfc2882", "rfc5580"],
    14122: ["wispr"],
    14559: ["chillispot"],
    14988: ["mikrotik"],
    311: ["microsoft"],
}
NOT_IN_FREERADIUS = {(14559, number) for number in (11, 15, 21, 22, 23)}
"""CoovaChilli's own later additions (OpenWrt's coova-chilli and uspot know them)."""


def test_the_constants_are_made_from_the_data_files() -> None:
    assert Path(attributes.__file__).read_text() == render(load()), "run: python -m spotfi_cloud.radius.dictionary"


def test_constants_read_well_at_the_call_site() -> None:
    assert (attributes.Attr.USER_NAME, attributes.Attr.MESSAGE_AUTHENTICATOR) == (1, 80)
    assert (attributes.ChilliSpot.VENDOR, attributes.ChilliSpot.MAX_TOTAL_GIGAWORDS) == (14559, 23)
    assert attributes.AcctStatusType(3) is attributes.AcctStatusType.INTERIM_UPDATE


@pytest.mark.parametrize(
    "line", ["attribute one User-Name text", "attribute 1 User-Name", "value Service-Type 1", "nonsense"]
)
def test_a_bad_line_is_named(line: str) -> None:
    with pytest.raises(ValueError, match=r"one|User-Name|Service-Type|nonsense"):
        parse(line)


def test_no_number_and_no_name_is_given_twice() -> None:
    folder = Path(attributes.__file__).parent / "dictionaries"
    for file in folder.glob("*.txt"):
        lines = re.findall(r"^attribute (\d+) (\S+)", file.read_text(), re.MULTILINE)
        assert len({number for number, _ in lines}) == len({name for _, name in lines}) == len(lines), file.name


@pytest.mark.skipif(not FREERADIUS.is_dir(), reason="Debian's freeradius-common is not installed")
@pytest.mark.parametrize("dictionary", load().values(), ids=lambda dictionary: dictionary.name)
def test_numbers_agree_with_freeradius(dictionary: Dictionary) -> None:
    theirs = freeradius_attributes(dictionary.vendor)
    for attribute in dictionary.attributes.values():
        if (dictionary.vendor, attribute.number) not in NOT_IN_FREERADIUS:
            assert attribute.number in theirs, attribute.name
            assert theirs[attribute.number].endswith(attribute.name), attribute


@pytest.mark.skipif(not FREERADIUS.is_dir(), reason="Debian's freeradius-common is not installed")
def test_pyrad_reads_the_same_values(tmp_path: Path) -> None:
    text = (FREERADIUS / "dictionary.rfc2866").read_text()
    (tmp_path / "dictionary").write_text(text)
    theirs = PyradDictionary(str(tmp_path / "dictionary"))
    ours = load()[0].values
    for name in ("Acct-Status-Type", "Acct-Terminate-Cause"):
        for number, value in ours[name].items():
            assert theirs.attributes[name].values.HasForward(value), value
            assert theirs.attributes[name].values.GetForward(value) == number.to_bytes(4, "big")


def freeradius_attributes(vendor: int) -> dict[int, str]:
    found: dict[int, str] = {}
    for name in FREERADIUS_FILES[vendor]:
        file = FREERADIUS / f"dictionary.{name}"
        lines = file.read_text().splitlines() if file.exists() else []
        matches = (re.match(r"ATTRIBUTE\s+(\S+)\s+(\d+)\s", line) for line in lines)
        found |= {int(match[2]): match[1] for match in matches if match}
    return found
