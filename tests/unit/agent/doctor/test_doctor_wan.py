"""A router without a way out is told apart from one whose cloud is on its own network."""

from pathlib import Path

import pytest

from spotfi_agent.doctor.machine import check_wan
from spotfi_agent.link.endpoint import Endpoint, Transport

_HEAD = "Iface\tDestination\tGateway\n"


@pytest.mark.parametrize(
    ("routes", "host", "is_well", "said"),
    [
        ("wan\t00000000\t0101A8C0\n", "cloud.invalid", True, "default route by wan"),
        ("br-lan\t0001A8C0\t00000000\n", "127.0.0.1", True, "no default route, but one to the cloud"),
        ("br-lan\t0001A8C0\t00000000\n", "cloud.invalid", False, "no way out"),
    ],
)
def test_a_way_out(tmp_path: Path, routes: str, host: str, is_well: bool, said: str) -> None:
    (tmp_path / "net").mkdir()
    (tmp_path / "net/route").write_text(_HEAD + routes)
    finding = check_wan(tmp_path, Endpoint(Transport.MQTT, host, 8883))
    assert (finding.is_well, said in finding.said, bool(finding.remedy)) == (is_well, True, not is_well)
