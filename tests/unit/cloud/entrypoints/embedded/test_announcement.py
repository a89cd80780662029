"""What people read at the start: the made-up password once, and never again."""

from pathlib import Path

import pytest

from spotfi_cloud.entrypoints.embedded.announcement import announcement
from spotfi_cloud.entrypoints.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, public_url="https://wifi.example.net")


def test_the_first_start_tells_everything(settings: Settings, tmp_path: Path) -> None:
    text = announcement(settings, made_up_password="pa55word-made-up", own_broker=True, took_s=3.21)
    for part in (
        "http://127.0.0.1:8080/docs",
        "https://wifi.example.net/api/v1",
        "admin@spotfi.local",
        "pa55word-made-up",
        "1812",
        "RadSec (TLS) 2083",
        "8883",
        str(tmp_path),
    ):
        assert part in text


def test_a_later_start_says_how_to_set_a_new_password(settings: Settings) -> None:
    text = announcement(settings, made_up_password=None, own_broker=True, took_s=1)
    assert "shown at the first start" in text
    assert "spotfi admin password" in text


def test_the_operators_own_password_is_not_printed(settings: Settings) -> None:
    own = settings.changed(admin_password="the-operators-own")
    assert "the-operators-own" not in announcement(own, made_up_password=None, own_broker=True, took_s=1)
