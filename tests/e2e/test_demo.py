"""`spotfi demo` as its user meets it: routers come online by themselves, and guests use them."""

from pathlib import Path

from tests.e2e.installation import Installation, eventually


def test_simulated_routers_come_online_and_guests_use_data(tmp_path: Path) -> None:
    demo = Installation(tmp_path, "demo")
    try:
        demo.start()
        admin = demo.sign_in_admin()
        eventually("three routers are online", lambda: len(online(admin.get("/routers"))) >= 3 or None, within_s=120)
        eventually("guests are online", lambda: admin.get("/sessions", open="true")["items"] or None, within_s=120)
    finally:
        demo.stop()
    assert '"program": "demo", "reason"' not in demo.log()


def online(page: dict[str, list[dict[str, object]]]) -> list[object]:
    return [router for router in page["items"] if router["online"]]
