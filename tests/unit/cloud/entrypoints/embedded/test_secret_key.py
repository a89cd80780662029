"""The secret key: made once, private, and never silently replaced."""

import stat
from pathlib import Path

import pytest

from spotfi_cloud.entrypoints.embedded.secret_key import keep_secret_key, mqtt_password_of
from spotfi_cloud.entrypoints.settings import SettingsError


def test_it_is_made_once_and_private(tmp_path: Path) -> None:
    key = keep_secret_key(tmp_path, data_exists=False)
    assert len(key) >= 32
    assert keep_secret_key(tmp_path, data_exists=True) == key
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_a_lost_key_is_not_replaced_while_there_is_data_sealed_with_it(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="put it back"):
        keep_secret_key(tmp_path, data_exists=True)


def test_the_brokers_password_follows_from_the_key_and_does_not_tell_it() -> None:
    key = "k" * 40
    assert mqtt_password_of(key) == mqtt_password_of(key)
    assert mqtt_password_of(key) != mqtt_password_of("j" * 40)
    assert key not in mqtt_password_of(key)
