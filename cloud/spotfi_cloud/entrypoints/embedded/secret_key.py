"""The installation's secret key: the operator's, or one made once and kept in the data folder."""

import base64
import secrets
from pathlib import Path

from spotfi_cloud.entrypoints.embedded.private_files import write_private
from spotfi_cloud.entrypoints.settings import SettingsError
from spotfi_cloud.kernel.sealing import derive_key

_FILE = "secret-key"
_RANDOM_BYTES = 48


def kept_secret_key(data_dir: Path) -> str | None:
    """The key in the data folder; None where it keeps none."""
    path = data_dir / _FILE
    return path.read_text().strip() if path.exists() else None


def keep_secret_key(data_dir: Path, *, data_exists: bool) -> str:
    """The key in the data folder, made where this is the first start.

    SettingsError where the key is gone while there is data sealed with it (`data_exists`): a new one would not open it.
    """
    path, kept = data_dir / _FILE, kept_secret_key(data_dir)
    if kept is not None:
        return kept
    if data_exists:
        msg = (
            f"{path} is gone, and what {data_dir} keeps is sealed with it: put it back, or set SPOTFI_SECRET_KEY to it."
        )
        raise SettingsError(msg, field="SPOTFI_SECRET_KEY")
    key = secrets.token_urlsafe(_RANDOM_BYTES)
    write_private(path, f"{key}\n".encode())
    return key


def mqtt_password_of(secret_key: str) -> str:
    """The broker's password for the cloud's own roles, the same at every start with the same key."""
    return base64.urlsafe_b64encode(derive_key(secret_key, "mqtt-password")).decode().rstrip("=")
