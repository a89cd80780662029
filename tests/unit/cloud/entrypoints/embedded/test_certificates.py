"""Certificates: routers trust one authority for years; the server's certificate follows names and time by itself."""

import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from cryptography import x509

from spotfi_cloud.entrypoints.embedded.certificates import ensure_certificates, server_names
from spotfi_cloud.entrypoints.settings import Settings, SettingsError
from spotfi_cloud.kernel.clock import ManualClock, SystemClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 22, tzinfo=UTC))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, public_url="https://wifi.example.net", public_mqtt_host="203.0.113.7")


def shake_hands(settings: Settings, name: str) -> None:
    """A TLS handshake in memory, with every check on; raises ssl.SSLError where the client refuses."""
    trusting = ssl.create_default_context(cafile=str(settings.tls_ca_file))
    trusting.verify_flags |= ssl.VERIFY_X509_STRICT
    showing = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    showing.load_cert_chain(settings.tls_cert_file, settings.tls_key_file)
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    client, server = trusting.wrap_bio(down, up, server_hostname=name), showing.wrap_bio(up, down, server_side=True)
    for end in (client, server, client, server):
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            continue


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1", "wifi.example.net", "203.0.113.7"])
def test_a_client_that_trusts_the_authority_accepts_the_server_under_each_name(settings: Settings, name: str) -> None:
    ensure_certificates(settings, SystemClock())
    shake_hands(settings, name)


def test_another_name_is_refused(settings: Settings) -> None:
    ensure_certificates(settings, SystemClock())
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        shake_hands(settings, "other.example.net")


def test_keys_are_for_this_user_only(settings: Settings, clock: ManualClock) -> None:
    ensure_certificates(settings, clock)
    folder = settings.tls_key_file.parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for key in folder.glob("*.key"):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_the_server_file_is_a_chain_up_to_the_authority(settings: Settings, clock: ManualClock) -> None:
    ensure_certificates(settings, clock)
    chain = x509.load_pem_x509_certificates(settings.tls_cert_file.read_bytes())
    authority = x509.load_pem_x509_certificate(settings.tls_ca_file.read_bytes())
    assert chain[1] == authority
    chain[0].verify_directly_issued_by(authority)
    assert authority.not_valid_after_utc - clock.now() > timedelta(days=3650)


def test_the_next_start_changes_nothing(settings: Settings, clock: ManualClock) -> None:
    ensure_certificates(settings, clock)
    before = settings.tls_cert_file.read_bytes()
    clock.advance(timedelta(days=300))
    ensure_certificates(settings, clock)
    assert settings.tls_cert_file.read_bytes() == before


def test_a_certificate_near_its_end_is_renewed_by_the_same_authority(settings: Settings, clock: ManualClock) -> None:
    ensure_certificates(settings, clock)
    server, authority = settings.tls_cert_file.read_bytes(), settings.tls_ca_file.read_bytes()
    clock.advance(timedelta(days=370))
    ensure_certificates(settings, clock)
    assert settings.tls_cert_file.read_bytes() != server
    assert settings.tls_ca_file.read_bytes() == authority


def test_a_new_public_name_gets_into_the_certificate(settings: Settings) -> None:
    ensure_certificates(settings, SystemClock())
    moved = settings.changed(public_url="https://new.example.net")
    assert "new.example.net" in server_names(moved)
    ensure_certificates(moved, SystemClock())
    shake_hands(moved, "new.example.net")


def test_an_authority_without_its_key_is_not_replaced_silently(settings: Settings, clock: ManualClock) -> None:
    ensure_certificates(settings, clock)
    (settings.tls_ca_file.parent / "ca.key").unlink()
    with pytest.raises(SettingsError, match="routers trust"):
        ensure_certificates(settings, clock)


def test_the_operators_files_are_left_alone(settings: Settings, tmp_path: Path, clock: ManualClock) -> None:
    for name in ("ca", "cert", "key"):
        (tmp_path / name).write_text("the operator's")
    own = settings.changed(tls_ca_file=tmp_path / "ca", tls_cert_file=tmp_path / "cert", tls_key_file=tmp_path / "key")
    ensure_certificates(own, clock)
    assert not (tmp_path / "tls").exists()
    assert (tmp_path / "cert").read_text() == "the operator's"


def test_half_of_the_operators_files_is_refused(settings: Settings, tmp_path: Path, clock: ManualClock) -> None:
    with pytest.raises(SettingsError, match="SPOTFI_TLS_CA_FILE"):
        ensure_certificates(settings.changed(tls_cert_file=tmp_path / "cert"), clock)


def test_every_address_a_router_can_reach_is_a_name(settings: Settings) -> None:
    own = {address.address for addresses in psutil.net_if_addrs().values() for address in addresses}
    reachable = {text for text in own if "." in text and not text.startswith(("127.", "169.254."))}
    assert reachable <= set(server_names(settings))
