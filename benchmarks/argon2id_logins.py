"""Logins a second of accounts whose passwords are kept as argon2id hashes: seen for the first time, and again.

`python -m benchmarks.argon2id_logins`. Measures `entrypoints/radius/slow_passwords.py`, which is what limits such logins.
"""

import asyncio
import json
import os
from time import monotonic, process_time

from rich.console import Console
from rich.table import Table

from spotfi_cloud.entrypoints.radius.slow_passwords import SlowPasswords
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.plans.password_storage import PasswordStorage
from spotfi_cloud.subscribers.passwords import store_password

GUESTS = 200
SEALER = Sealer("a key that seals nothing in this benchmark", "unused")


async def check_all(slow: SlowPasswords, hashes: list[str]) -> tuple[float, float]:
    """(checks per second, CPU milliseconds of each)."""
    answers: asyncio.Queue[bool] = asyncio.Queue()
    began_s, cpu_began_s = monotonic(), process_time()
    for number, stored in enumerate(hashes):
        assert slow.check(f"password {number}".encode(), stored, answers.put_nowait)
    assert all([await answers.get() for _ in hashes])
    return len(hashes) / (monotonic() - began_s), 1000 * (process_time() - cpu_began_s) / len(hashes)


async def main() -> None:
    """Print the table and, last, the figures as JSON."""
    stored = [await store_password(f"password {number}", PasswordStorage.ARGON2ID, SEALER) for number in range(GUESTS)]
    hashes = [each.decode() for each in stored]
    slow = SlowPasswords()
    first, again = await check_all(slow, hashes), await check_all(slow, hashes)
    slow.close()
    table = Table("argon2id", "checks/s", "CPU ms each", title=f"{GUESTS} guests, {os.cpu_count()} cores")
    table.add_row("first login", f"{first[0]:,.0f}", f"{first[1]:.2f}")
    table.add_row("within the hour", f"{again[0]:,.0f}", f"{again[1]:.3f}")
    Console().print(table)
    figures = {"argon2id_logins_per_s": round(first[0], 1), "argon2id_cpu_ms": round(first[1], 2)}
    print(json.dumps({"bench": "argon2id_logins", "figures": figures | {"remembered_logins_per_s": round(again[0])}}))


if __name__ == "__main__":
    asyncio.run(main())
