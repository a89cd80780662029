"""The router's own lists hold, whatever path leads round them; secrets stay on the router."""

from pathlib import Path

from spotfi_agent.commands.permitted import masked, permitted_path


def test_a_path_is_what_it_leads_to(tmp_path: Path) -> None:
    for name in ("open", "shut"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file.log").write_text("x")
    (tmp_path / "open" / "link.log").symlink_to(tmp_path / "shut" / "file.log")
    patterns = [f"{tmp_path}/open/*.log"]
    assert permitted_path(f"{tmp_path}/open/file.log", patterns) == tmp_path / "open" / "file.log"
    assert permitted_path(f"{tmp_path}/shut/../open/file.log", patterns) is not None
    for path in ("shut/file.log", "open/../shut/file.log", "open/link.log", "open", "open/sub/file.log"):
        assert permitted_path(f"{tmp_path}/{path}", patterns) is None
    assert permitted_path("open/file.log", ["open/*.log"]) is None


def test_a_linked_folder_counts_as_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp" / "leases").write_text("x")
    (tmp_path / "var").symlink_to(tmp_path / "tmp")
    assert permitted_path(f"{tmp_path}/var/leases", [f"{tmp_path}/tmp/leases"]) is not None
    assert permitted_path(f"{tmp_path}/tmp/leases", [f"{tmp_path}/var/leases"]) is not None


def test_keys_and_passwords_are_masked() -> None:
    shown = (
        b"wireless.default.ssid='Bar'\nwireless.default.key='hunter22'\nnetwork.wan.password='p=q'\n"
        b"wireless.radio0.key1='abc'\nnetwork.wg0.private_key='xyz'\nnetwork.wan.proto='pppoe'\n"
        b"wireless.default.auth_secret='s'\n"
    )
    said = masked(shown).decode()
    assert "ssid='Bar'" in said
    assert "proto='pppoe'" in said
    for secret in ("hunter22", "p=q", "abc", "xyz", "='s'"):
        assert secret not in said
    assert said.count("***") == 5
