"""Settings: what fits is taken, what does not is refused in one sentence that names the variable."""

import re
from pathlib import Path

import pytest

from spotfi_cloud.entrypoints.settings import ELSEWHERE, Settings, SettingsError, load, variable_of

EXAMPLE = Path(__file__).parents[4] / ".env.example"


def test_nothing_needs_to_be_set() -> None:
    settings = load({})
    assert settings.http_port == 8080
    assert settings.data_dir.is_absolute()
    assert settings.secret_key is None


def test_what_follows_from_a_setting_follows_its_value(tmp_path: Path) -> None:
    settings = load(
        {
            "SPOTFI_DATA_DIR": str(tmp_path),
            "SPOTFI_MQTT_PORT": "11883",
            "SPOTFI_PUBLIC_URL": "https://wifi.example.net/",
        }
    )
    assert settings.tls_key_file == tmp_path / "tls" / "server.key"
    assert settings.mqtt_url == "mqtt://127.0.0.1:11883"
    assert settings.public_url == "https://wifi.example.net"
    assert settings.public_mqtt_host == "wifi.example.net"
    assert settings.websocket_url == "wss://wifi.example.net/mqtt"


@pytest.mark.parametrize(
    ("variable", "value", "word"),
    [
        ("SPOTFI_HTP_PORT", "8080", "did you mean SPOTFI_HTTP_PORT"),
        ("SPOTFI_NONSENSE", "1", ".env.example"),
        ("SPOTFI_HTTP_PORT", "eighty", "whole number"),
        ("SPOTFI_MQTT_TLS_PORT", "70000", "65535"),
        ("SPOTFI_TIMEZONE", "Europe/Wien", "time zone"),
        ("SPOTFI_DATABASE_URL", "mysql://x", "postgresql://"),
        ("SPOTFI_PUBLIC_URL", "wifi.example.net", "https://"),
        ("SPOTFI_ADMIN_EMAIL", "admin", "e-mail"),
        ("SPOTFI_SECRET_KEY", "short", "32 characters"),
        ("SPOTFI_LOG_LEVEL", "loud", "debug"),
        ("SPOTFI_TRUSTED_PROXIES", "172.18.0.1/16", "172.18.0.0/16"),
        ("SPOTFI_TRUSTED_PROXIES", "*", "172.18.0.0/16"),
        ("SPOTFI_MAP_TILES_URL", "tiles.example.com/{z}/{x}/{y}.png", "https://"),
        ("SPOTFI_MAP_TILES_URL", "https://tiles.example.com/{z}/{x}.png", "{y}"),
        ("SPOTFI_MAP_TILES_URL", "https://a; script-src *; b/{z}/{x}/{y}.png", "https://"),
    ],
)
def test_what_does_not_fit_is_named_in_one_sentence(variable: str, value: str, word: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load({variable: value})
    assert caught.value.message.startswith(variable)
    assert word in caught.value.message
    assert "\n" not in caught.value.message


def test_trusted_proxies_are_networks() -> None:
    assert load({}).trusted_networks == []
    assert load({"SPOTFI_TRUSTED_PROXIES": "172.18.0.0/16, 10.0.0.5,fd00::/8"}).trusted_networks == [
        "172.18.0.0/16",
        "10.0.0.5/32",
        "fd00::/8",
    ]


@pytest.mark.parametrize("variable", ["SPOTFI_SECRET_KEY", "SPOTFI_DATABASE_URL"])
def test_a_refused_secret_is_not_repeated(variable: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load({variable: "hunter2"})
    assert "hunter2" not in caught.value.message


def test_a_secret_does_not_show_when_settings_are_printed() -> None:
    assert "k" * 40 not in repr(load({"SPOTFI_SECRET_KEY": "k" * 40}))


def test_an_empty_variable_counts_as_not_set() -> None:
    assert load({"SPOTFI_HTTP_PORT": "", "SPOTFI_DATABASE_URL": " "}) == load({})


def test_variables_of_others_are_not_ours_to_judge() -> None:
    assert load({"PATH": "/bin", **dict.fromkeys(ELSEWHERE, "x")}) == load({})


def test_another_process_gets_the_same_settings(tmp_path: Path) -> None:
    settings = load({"SPOTFI_DATA_DIR": str(tmp_path)}).changed(secret_key="s" * 32, mqtt_port=2883)
    assert load(settings.as_environ()) == settings


@pytest.mark.parametrize("name", ["secret_key", "database_url", "mqtt_password"])
def test_a_missing_setting_is_named_when_it_is_needed(name: str) -> None:
    with pytest.raises(SettingsError, match=variable_of(name)):
        getattr(load({}), f"require_{name}")()


def test_env_example_lists_every_setting_with_its_default() -> None:
    listed = dict(re.findall(r"^#?(SPOTFI_[A-Z_]+)=(.*)$", EXAMPLE.read_text(), re.MULTILINE))
    assert listed.keys() == {variable_of(name) for name in Settings.model_fields} | ELSEWHERE.keys()
    for name, field in Settings.model_fields.items():
        default = "" if field.default_factory or field.default is None else str(field.default)
        default = default.lower() if isinstance(field.default, bool) else default
        assert listed[variable_of(name)] == default, name
