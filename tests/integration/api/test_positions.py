"""Where routers stand: both degrees or none, and the map of those a caller sees."""

from typing import Any

from sqlalchemy import text

from spotfi_cloud.storage.database import Database
from tests.integration.api.conftest import Person, Town, fields_of

VIENNA = {"latitude": 48.2082, "longitude": 16.3738}


def _body(host_id: str | None, name: str, **fields: Any) -> dict[str, Any]:
    return {"name": name, "host_id": host_id, "nas_kind": "agent", **fields}


async def test_a_router_has_a_place_once_somebody_says_it(town: Town) -> None:
    cafe = await town.move_in("Café")
    router = await cafe.post("/routers", _body(cafe.host_id, "Bar"))
    assert (router["latitude"], router["longitude"]) == (None, None)
    moved = await cafe.patch(f"/routers/{router['id']}", VIENNA)
    assert {name: moved[name] for name in VIENNA} == VIENNA
    gone = await cafe.patch(f"/routers/{router['id']}", dict.fromkeys(VIENNA))
    assert gone["latitude"] is None


async def test_half_a_place_and_places_off_the_globe_are_refused(town: Town) -> None:
    cafe = await town.move_in("Café")
    problem = await cafe.post("/routers", _body(cafe.host_id, "Bar", latitude=48.2), expect=422)
    assert fields_of(problem) == ["longitude"]
    router = await cafe.post("/routers", _body(cafe.host_id, "Bar", **VIENNA))
    for wrong in ({"latitude": 90.1}, {"longitude": -180.5}, {"latitude": "north"}, {"longitude": None}):
        problem = await cafe.patch(f"/routers/{router['id']}", wrong, expect=422)
        assert fields_of(problem) == list(wrong)


async def test_the_map_shows_a_host_its_own_and_how_they_are(town: Town, admin: Person, database: Database) -> None:
    cafe, hotel = await town.move_in("Café"), await town.move_in("Hotel")
    bar = await cafe.post("/routers", _body(cafe.host_id, "Bar", **VIENNA))
    await cafe.post("/routers", _body(cafe.host_id, "Cellar"))
    await hotel.post("/routers", _body(hotel.host_id, "Lobby", latitude=0, longitude=180))
    seen = await cafe.get("/routers/positions")
    assert seen == {
        "items": [{"id": bar["id"], "name": "Bar", **VIENNA, "condition": "never"}],
        "unplaced": 1,
        "tiles_url": None,
    }
    async with database.unit_of_work() as session:
        await session.execute(
            text(
                "INSERT INTO router_presence (router_id, online, ended, changed_at, last_seen_at)"
                " VALUES (:id, true, false, now(), now())"
            ),
            {"id": bar["id"]},
        )
    assert [each["condition"] for each in (await admin.get("/routers/positions"))["items"]] == ["online", "never"]
    await admin.post(f"/routers/{bar['id']}/revoke", {}, expect=200)
    assert (await cafe.get("/routers/positions"))["items"][0]["condition"] == "revoked"


async def test_an_enrolment_names_how_routers_reach_the_cloud(town: Town) -> None:
    cafe = await town.move_in("Café")
    router = await cafe.post("/routers", _body(cafe.host_id, "Bar"))
    code = await cafe.post(f"/routers/{router['id']}/enrolment-code", {})
    assert router["cloud_url"] == code["cloud_url"] != ""
    assert "cloud_url" not in await cafe.get(f"/routers/{router['id']}")
