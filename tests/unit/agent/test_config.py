"""Configuration: two sources, the same options, and sentences for what does not fit."""

from pathlib import Path

import pytest

from spotfi_agent import config as config_module
from spotfi_agent.config import Config, load_config, parse_uci
from spotfi_agent.failure import Failure
from spotfi_agent.places import Places


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path, tmp_path / "run")


def test_without_a_file_the_defaults_hold(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config_module, "is_openwrt", lambda: False)
    assert load_config(places) == (Config(), [])


def test_an_ini_file(places: Places) -> None:
    places.config.write_text(
        "[agent]\ninterval_s = 5\nkick_command = ndsctl deauth {framed_ip}\nring_bytes=1000\ncolour=red\n"
    )
    config, unknown = load_config(places)
    assert (config.interval_s, config.ring_bytes) == (5.0, 1000)
    assert config.kick_command == "ndsctl deauth {framed_ip}"
    assert unknown == ["colour"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[agent]\ninterval_s = soon\n", "interval_s must be a number"),
        ("[agent]\ninterval_s = 0\n", "interval_s must be a number"),
        ("[agent]\nring_bytes = 1.5\n", "ring_bytes must be a number"),
        ("[agent]\nkeepalive_s = nan\n", "keepalive_s must be a number"),
        ("interval_s = 1\n", "Cannot read"),
        ("[agent]\n[agent]\n", "Cannot read"),
    ],
)
def test_what_does_not_fit_is_said(places: Places, text: str, said: str) -> None:
    places.config.write_text(text)
    with pytest.raises(Failure, match=said):
        load_config(places)


def test_uci_as_it_is_shown() -> None:
    shown = (
        "spotfi.agent=agent\n"
        "spotfi.agent.interval_s='30'\n"
        "spotfi.agent.kick_command='chilli_query -s /var/run/chilli.sock logout {calling_station_id}'\n"
        "spotfi.agent.log_command='sh -c '\\''logread; dmesg'\\'''\n"
        "spotfi.other.interval_s='7'\n"
    )
    assert parse_uci(shown) == {
        "interval_s": "30",
        "kick_command": "chilli_query -s /var/run/chilli.sock logout {calling_station_id}",
        "log_command": "sh -c 'logread; dmesg'",
    }
