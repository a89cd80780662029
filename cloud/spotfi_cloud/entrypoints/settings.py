"""The settings of an installation: `SPOTFI_…` variables, read once per process, here and nowhere else.

The environment is an argument: tests and the supervisor pass one of their own, and nothing else can leak in. `.env.example`
documents every field; a test compares.
"""

import difflib
import ipaddress
import os
import re
import socket
import zoneinfo
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from spotfi_cloud.kernel.errors import SpotFiError

PREFIX = "SPOTFI_"
ELSEWHERE: Mapping[str, str] = {
    "SPOTFI_AGENT_DIR": "the agent: folder of its files",
    "SPOTFI_TEST_PG_BIN": "the tests: folder of the PostgreSQL programs to run instead",
}
"""Variables that are no setting of the cloud, and who reads them."""

_MINIMUM_SECRET_CHARACTERS = 32
CONFIDENTIAL = frozenset({"secret_key", "database_url", "mqtt_password", "admin_password", "smtp_url"})
"""Settings whose values are shown nowhere."""
_WORDING = {"int_parsing": "it must be a whole number"}


class SettingsError(SpotFiError):
    """A setting does not fit, or one that is needed is missing: one sentence, exit status 2."""

    code = "settings"


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


def _known_zone(name: str) -> str:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        msg = "it is not a time zone, such as Europe/Vienna"
        raise ValueError(msg) from None
    return name


def _long_secret(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < _MINIMUM_SECRET_CHARACTERS:
        msg = f"it needs at least {_MINIMUM_SECRET_CHARACTERS} characters; `openssl rand -hex 32` makes a good one"
        raise ValueError(msg)
    return value


def _url_of(*schemes: str, needs_host: bool = True) -> AfterValidator:
    def check(value: str) -> str:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - the property raises ValueError where the port is no number
        if parts.scheme not in schemes or (needs_host and not parts.hostname):
            msg = f"it is not a URL that starts with {' or '.join(f'{scheme}://' for scheme in schemes)}"
            raise ValueError(msg)
        return value.rstrip("/")

    return AfterValidator(check)


def _networks(value: str) -> str:
    for network in value.split(",") if value else ():
        try:
            ipaddress.ip_network(network.strip())
        except ValueError:
            msg = "it is not a list of addresses or networks, such as 172.18.0.0/16,10.0.0.5"
            raise ValueError(msg) from None
    return value


def _address_with_at(value: str) -> str:
    name, at, host = value.rpartition("@")
    if not (name and at and host) or any(character.isspace() for character in value):
        msg = "it is not an e-mail address"
        raise ValueError(msg)
    return value


def _mail_server(value: SecretStr) -> SecretStr:
    parts = urlsplit(value.get_secret_value())
    parts.port  # noqa: B018 - the property raises ValueError where the port is no number
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        msg = "it is not a URL like smtp://user:password@mail.example.com:587"
        raise ValueError(msg)
    return value


def _tiles(value: str) -> str:
    parts = urlsplit(value)
    # A policy of the page names the host: what would end the policy, or be another rule of it, is none.
    if parts.scheme not in {"http", "https"} or not re.fullmatch(r"[\w.:\[\]-]+", parts.netloc):
        msg = "it is not a URL like https://tiles.example.com/{z}/{x}/{y}.png"
        raise ValueError(msg)
    if not all(place in value for place in ("{z}", "{x}", "{y}")):
        msg = "it lacks {z}, {x} or {y}, such as https://tiles.example.com/{z}/{x}/{y}.png"
        raise ValueError(msg)
    return value


Port = Annotated[int, Field(ge=1, le=65535)]
FilePath = Annotated[Path, AfterValidator(_absolute)]


class Settings(BaseSettings):
    """Everything that can be set. Paths are absolute; secrets do not show in `repr`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="forbid")

    data_dir: FilePath = Field(default=Path(".spotfi"), validate_default=True)
    secret_key: Annotated[SecretStr, AfterValidator(_long_secret)] | None = None
    database_url: Annotated[str, _url_of("postgresql", "postgres", needs_host=False)] | None = None
    timezone: Annotated[str, AfterValidator(_known_zone)] = "UTC"

    http_host: str = "127.0.0.1"
    http_port: Port = 8080
    https_host: str = "0.0.0.0"  # noqa: S104 - browsers and routers come from anywhere; TLS only
    https_port: Port = 8443
    trusted_proxies: Annotated[str, AfterValidator(_networks)] = ""
    public_url: Annotated[str, _url_of("https", "http")] = Field(
        default_factory=lambda known: f"https://{socket.gethostname()}:{known['https_port']}"
    )

    packages_dir: FilePath | None = None

    radius_host: str = Field(
        # A NAS comes from anywhere, by IPv4 or IPv6; every packet is authenticated.
        default_factory=lambda: "::" if socket.has_dualstack_ipv6() else "0.0.0.0"  # noqa: S104
    )
    radius_auth_port: Port = 1812
    radius_acct_port: Port = 1813
    radsec_port: Annotated[int, Field(ge=0, le=65535)] = 2083
    radius_processes: Annotated[int, Field(ge=1, le=64)] = 2

    metrics_host: str = "127.0.0.1"
    radius_metrics_port: Annotated[int, Field(ge=0, le=65535)] = 0
    worker_metrics_port: Annotated[int, Field(ge=0, le=65535)] = 0

    mqtt_host: str = "127.0.0.1"
    mqtt_port: Port = 1883
    mqtt_tls_host: str = "0.0.0.0"  # noqa: S104 - routers come from anywhere; TLS only
    mqtt_tls_port: Port = 8883
    mqtt_url: Annotated[str, _url_of("mqtt", "mqtts")] = Field(
        default_factory=lambda known: f"mqtt://127.0.0.1:{known['mqtt_port']}"
    )
    mqtt_tunnel_url: Annotated[str, _url_of("mqtt", "mqtts")] = Field(default_factory=lambda known: known["mqtt_url"])
    mqtt_password: SecretStr | None = None
    public_mqtt_host: str = Field(default_factory=lambda known: urlsplit(known["public_url"]).hostname or "localhost")
    public_mqtt_port: Port = Field(default_factory=lambda known: known["mqtt_tls_port"])

    tls_ca_file: FilePath = Field(default_factory=lambda known: known["data_dir"] / "tls" / "ca.pem")
    tls_cert_file: FilePath = Field(default_factory=lambda known: known["data_dir"] / "tls" / "server.pem")
    tls_key_file: FilePath = Field(default_factory=lambda known: known["data_dir"] / "tls" / "server.key")

    admin_email: Annotated[str, AfterValidator(_address_with_at)] = "admin@spotfi.local"
    admin_password: SecretStr | None = None
    smtp_url: Annotated[SecretStr, AfterValidator(_mail_server)] | None = None
    mail_from: Annotated[str, AfterValidator(_address_with_at)] = Field(
        default_factory=lambda known: f"spotfi@{urlsplit(known['public_url']).hostname or 'localhost'}"
    )
    billing_automatic: bool = True
    webhook_allow_private: bool = False
    map_tiles_url: Annotated[str, AfterValidator(_tiles)] | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is passed in: `load` reads the variables."""
        return (init_settings,)

    @property
    def trusted_networks(self) -> list[str]:
        """Networks whose TLS fronts may say whom they speak for, besides this machine."""
        return [str(ipaddress.ip_network(each.strip())) for each in self.trusted_proxies.split(",") if each.strip()]

    @property
    def websocket_url(self) -> str:
        """Where a router whose MQTT port is blocked reaches the broker: `wss://…/mqtt` on the API's own origin."""
        return f"ws{self.public_url.removeprefix('http')}/mqtt"

    def require_secret_key(self) -> str:
        """The installation's secret key. SettingsError where there is none."""
        return _required(self.secret_key, "SPOTFI_SECRET_KEY", "the key this installation's secrets are sealed with")

    def require_mqtt_password(self) -> str:
        """The password of the broker's user `spotfi-cloud`. SettingsError where there is none."""
        return _required(self.mqtt_password, "SPOTFI_MQTT_PASSWORD", "the broker's password for the cloud")

    def require_database_url(self) -> str:
        """The libpq URL of the database. SettingsError where there is none."""
        if self.database_url is None:
            msg = "SPOTFI_DATABASE_URL is not set; give it as postgresql://user:password@host/name."
            raise SettingsError(msg, field="SPOTFI_DATABASE_URL")
        return self.database_url

    def changed(self, **values: Any) -> Self:
        """A copy with other values, checked and with what follows from them worked out anew."""
        return type(self)(**{name: getattr(self, name) for name in self.model_fields_set} | values)

    def as_environ(self) -> dict[str, str]:
        """The variables that make another process load these same settings (only what differs from the defaults)."""
        return {variable_of(name): _as_text(getattr(self, name)) for name in sorted(self.model_fields_set)}


def _as_text(value: object) -> str:
    if value is None:
        return ""
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def _required(value: SecretStr | None, variable: str, what: str) -> str:
    if value is None:
        msg = f"{variable} is not set; it is {what}."
        raise SettingsError(msg, field=variable)
    return value.get_secret_value()


def variable_of(field: str) -> str:
    """The variable that sets a field: `http_port` → `SPOTFI_HTTP_PORT`."""
    return PREFIX + field.upper()


class _GivenEnvironment(EnvSettingsSource):
    """Reads the settings out of the variables it is given instead of the process's own."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        super().__init__(Settings)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {name.lower(): value for name, value in self._environ.items() if value.strip()}


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the variables (of this process where none are given); an empty one counts as not set.

    SettingsError, one sentence naming the variable, for an unknown `SPOTFI_…` variable or a value that does not fit.
    """
    given = {k: v for k, v in (os.environ if environ is None else environ).items() if k.startswith(PREFIX)}
    fields = {variable_of(name): name for name in Settings.model_fields}
    for variable in sorted(given.keys() - fields.keys() - ELSEWHERE.keys()):
        raise SettingsError(_unknown(variable, fields), field=variable)
    try:
        return Settings(**_GivenEnvironment(given)())
    except ValidationError as error:
        raise _first_problem(error) from None


def _unknown(variable: str, fields: Mapping[str, str]) -> str:
    near = difflib.get_close_matches(variable, fields, n=1, cutoff=0.75)
    hint = f"did you mean {near[0]}?" if near else ".env.example lists them all."
    return f"{variable} is not a setting of SpotFi; {hint}"


def _first_problem(error: ValidationError) -> SettingsError:
    problem = error.errors(include_url=False)[0]
    field = str(problem["loc"][0])
    reason = _WORDING.get(problem["type"], problem["msg"].removeprefix("Value error, "))
    reason = reason[:1].lower() + reason[1:]
    shown = "" if field in CONFIDENTIAL else f" ('{problem['input']}')"
    return SettingsError(f"{variable_of(field)}{shown} does not fit: {reason}.", field=variable_of(field))
