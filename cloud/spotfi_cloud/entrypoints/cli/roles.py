"""`spotfi run ROLE`: a production service. What the role needs is checked first, then this process becomes it."""

from spotfi_cloud.entrypoints.embedded.certificates import ensure_certificates
from spotfi_cloud.entrypoints.embedded.roles import MODULES, become_role
from spotfi_cloud.entrypoints.settings import Settings, SettingsError
from spotfi_cloud.kernel.clock import SystemClock


def run_role(role: str, settings: Settings) -> None:
    """Become the role; does not return. SettingsError where there is no such role or something it needs is not set."""
    if role not in MODULES:
        msg = f"There is no role '{role}'; there are {', '.join(MODULES)}."
        raise SettingsError(msg)
    settings.require_database_url()
    if role != "broker":
        settings.require_secret_key()
    if role in {"broker", "ingest"}:
        settings.require_mqtt_password()
    if role == "api":  # it hands the CA out; the broker waits for the certificate
        ensure_certificates(settings, SystemClock())
    become_role(role)
