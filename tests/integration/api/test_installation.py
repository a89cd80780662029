"""The settings page: what an Admin is told of the installation, and no secret among it."""

from fastapi import FastAPI
from pydantic import SecretStr

from spotfi_cloud.entrypoints import migrations
from spotfi_cloud.entrypoints.settings import CONFIDENTIAL, Settings, variable_of
from tests.integration.api.conftest import SECRET_KEY, Person


async def test_the_settings_page_says_what_is_and_which_variable_changes_it(admin: Person) -> None:
    shown = await admin.get("/settings")
    assert shown["reach"]["public_url"] == "https://spotfi.test:8443"
    assert shown["reach"]["mqtt"] == "spotfi.test:8883"
    assert shown["mail"]["sends"] is False
    assert shown["database"]["migration"] == shown["database"]["newest_migration"] == migrations.head()
    assert int(shown["database"]["postgresql"].split(".")[0]) >= 15
    assert {each["what"]: each["seconds"] for each in shown["kept"]}["login_attempts"] == 30 * 86400
    variables = {each["variable"]: each for each in shown["variables"]}
    assert variables.keys() == {variable_of(name) for name in Settings.model_fields}
    assert variables["SPOTFI_PUBLIC_URL"] == {
        "variable": "SPOTFI_PUBLIC_URL", "value": "https://spotfi.test:8443", "given": True, "secret": False,
    }  # fmt: skip
    assert (variables["SPOTFI_RADSEC_PORT"]["value"], variables["SPOTFI_RADSEC_PORT"]["given"]) == ("2083", False)


async def test_no_secret_is_shown(app: FastAPI, admin: Person, settings: Settings) -> None:
    app.state.settings = settings.changed(
        smtp_url=SecretStr("smtp://spotfi:hunter2@mail.test:587"),
        mqtt_url="mqtt://spotfi:hunter2@broker.test:1883",
        database_url="postgresql://spotfi:hunter2@db.test/spotfi",
        mqtt_password=SecretStr("hunter2"),
        admin_password=SecretStr("hunter2"),
    )
    shown = await admin.get("/settings")
    assert shown["mail"]["sends"] is True
    assert "hunter2" not in str(shown)
    assert SECRET_KEY not in str(shown)
    variables = {each["variable"]: each for each in shown["variables"]}
    assert variables["SPOTFI_MQTT_URL"]["value"] == "mqtt://broker.test:1883"
    for name in CONFIDENTIAL:
        secret = {"variable": variable_of(name), "value": None, "given": True, "secret": True}
        assert variables[variable_of(name)] == secret
