"""What `spotfi up` tells people once everything is ready: where things are and how to sign in."""

from spotfi_cloud.entrypoints.settings import Settings


def announcement(settings: Settings, *, made_up_password: str | None, own_broker: bool, took_s: float) -> str:
    """The text, for a terminal. A made-up password is in it once; whoever misses it sets a new one."""
    local = f"http://{reachable(settings.http_host)}:{settings.http_port}"
    rows = [
        ("Dashboard", f"{local}/ on this machine, {settings.public_url}/ from outside"),
        ("API", f"{local}/api/v1 on this machine, {settings.public_url}/api/v1 from outside"),
        ("API docs", f"{local}/docs"),
        ("Sign in as", settings.admin_email),
        *_password_rows(settings, made_up_password),
        ("RADIUS", _radius(settings)),
        ("MQTT", _mqtt(settings) if own_broker else settings.mqtt_url),
        ("Data", str(settings.data_dir)),
    ]
    lines = [f"  {name:<12}{value}" for name, value in rows]
    return "\n".join(["", f"SpotFi is ready after {took_s:.1f} s. Ctrl-C stops it.", "", *lines, ""])


def _password_rows(settings: Settings, made_up_password: str | None) -> list[tuple[str, str]]:
    if made_up_password is not None:
        return [("Password", made_up_password), ("", "(shown this once; `spotfi admin password` sets another)")]
    if settings.admin_password is not None:
        return [("Password", "as SPOTFI_ADMIN_PASSWORD said when the account was made")]
    return [("Password", "shown at the first start; `spotfi admin password` sets another")]


def _radius(settings: Settings) -> str:
    ports = f"UDP {settings.radius_auth_port} authentication, {settings.radius_acct_port} accounting"
    return f"{ports}; RadSec (TLS) {settings.radsec_port}" if settings.radsec_port else f"{ports}; RadSec is off"


def _mqtt(settings: Settings) -> str:
    return f"TLS {settings.mqtt_tls_port} for routers, {settings.mqtt_port} on this machine"


def reachable(host: str) -> str:
    """An address to connect to for one that is listened on."""
    return "127.0.0.1" if host in {"0.0.0.0", "::", ""} else host  # noqa: S104 - compared, not bound
