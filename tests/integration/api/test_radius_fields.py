"""What the API says of RADIUS: certificates for RadSec, how passwords are kept, which way a NAS counts."""

import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from sqlalchemy import text

from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import Person, Town, fields_of, plan_body


async def router_of(host: Person, name: str = "Terrace", **more: object) -> str:
    body = {"name": name, "host_id": host.host_id, "nas_kind": "coovachilli", **more}
    created: str = (await host.post("/routers", body))["id"]
    return created


async def test_a_certificate_is_issued_for_one_router_and_shown_once(town: Town, tmp_path: Path) -> None:
    cafe = await town.move_in("Café")
    router_id = await router_of(cafe)
    issued = await cafe.post(f"/routers/{router_id}/radsec-certificate", None)
    certificate = x509.load_pem_x509_certificate(issued["certificate_pem"].encode())
    router = await cafe.get(f"/routers/{router_id}")
    assert certificate.fingerprint(SHA256()).hex() == issued["sha256"] == router["radsec_certificate_sha256"]
    assert certificate.subject.rfc4514_string() == f"CN={router['nas_identifier']}"
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(issued["ca_pem"].encode()))
    assert "private_key_pem" not in router
    pair = tmp_path / "pair.pem"
    pair.write_text(issued["certificate_pem"] + issued["private_key_pem"])
    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(pair)
    again = await cafe.post(f"/routers/{router_id}/radsec-certificate", None)
    assert again["sha256"] != issued["sha256"]


async def test_a_certificate_of_the_operators_own_is_known_by_its_fingerprint(town: Town) -> None:
    cafe = await town.move_in("Café")
    one, other = await router_of(cafe), await router_of(cafe, "Bar")
    printed = ":".join(["AB"] * 32)  # as openssl prints it
    await cafe.put(f"/routers/{one}/radsec-certificate", {"sha256": printed}, expect=204)
    assert (await cafe.get(f"/routers/{one}"))["radsec_certificate_sha256"] == "ab" * 32
    taken = await cafe.put(f"/routers/{other}/radsec-certificate", {"sha256": "ab" * 32}, expect=409)
    assert fields_of(taken) == ["sha256"]
    for wrong in ("", "ab" * 31, "ab" * 33, "xy" * 32):
        await cafe.put(f"/routers/{one}/radsec-certificate", {"sha256": wrong}, expect=422)
    await cafe.delete(f"/routers/{one}/radsec-certificate")
    assert (await cafe.get(f"/routers/{one}"))["radsec_certificate_sha256"] is None
    await cafe.put(f"/routers/{other}/radsec-certificate", {"sha256": "ab" * 32}, expect=204)


async def test_passwords_are_kept_as_the_plan_says_when_they_are_set(
    town: Town, admin: Person, database: Database
) -> None:
    cafe = await town.move_in("Café")
    plan = await admin.post("/plans", plan_body(password_storage="argon2id"))
    assert plan["password_storage"] == "argon2id"
    ada = await cafe.post("/subscribers", {"username": "ada", "password": "correct horse", "plan_id": plan["id"]})
    assert (await stored(database)).startswith(b"$argon2id$")
    await admin.patch(f"/plans/{plan['id']}", {"password_storage": "sealed"})
    assert (await stored(database)).startswith(b"$argon2id$")
    await cafe.patch(f"/subscribers/{ada['id']}", {"password": "battery staple"})
    assert (await stored(database)).startswith(b"\x01")
    await admin.post("/plans", plan_body(password_storage="md5"), expect=422)


async def stored(database: Database) -> bytes:
    async with database.unit_of_work() as session:
        kept: bytes = await session.scalar(text("SELECT password_sealed FROM subscribers"))
        return kept


async def test_a_router_may_count_the_other_way(town: Town) -> None:
    cafe = await town.move_in("Café")
    router_id = await router_of(cafe, swapped_counters=False)
    assert (await cafe.get(f"/routers/{router_id}"))["swapped_counters"] is False
    changed = await cafe.patch(f"/routers/{router_id}", {"swapped_counters": None})
    assert changed["swapped_counters"] is None
