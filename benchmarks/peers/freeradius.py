"""Debian's FreeRADIUS with rlm_sql_postgresql as a peer: stock schema, queries, thread and connection pools.

Its virtual server is the stock one less what has no part in this (EAP, realms, detail files, utmp): faster than stock, so the
comparison is in its favour. Needs root to be installed and to read /etc/freeradius.
"""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from benchmarks.load.radius_workloads import Guest, Nas
from benchmarks.peers.processes import running

_STOCK = Path("/etc/freeradius/3.0")
_PROGRAM = "/usr/sbin/freeradius"
_MODULES = ("always", "expr", "pap", "preprocess")
_REPLY = {
    "Session-Timeout": "3600",
    "Idle-Timeout": "600",
    "Acct-Interim-Interval": "300",
    "WISPr-Bandwidth-Max-Up": "2000000",
    "WISPr-Bandwidth-Max-Down": "10000000",
    "ChilliSpot-Max-Total-Octets": "500000000",
}
_SITE = """
server default {{
  listen {{
    type = auth
    ipaddr = 127.0.0.1
    port = {auth_port}
  }}
  listen {{
    type = acct
    ipaddr = 127.0.0.1
    port = {acct_port}
  }}
  authorize {{
    preprocess
    sql
    pap
  }}
  authenticate {{
    Auth-Type PAP {{
      pap
    }}
  }}
  preacct {{
    preprocess
    acct_unique
  }}
  accounting {{
    sql
  }}
  post-auth {{
    sql
  }}
}}
"""


def install() -> str:
    """Its version; installed by apt-get where it is missing and we are root. RuntimeError where it cannot be had."""
    if not Path(_PROGRAM).exists() or not _STOCK.joinpath("mods-config/sql/main/postgresql").exists():
        if os.geteuid() != 0:
            raise RuntimeError("FreeRADIUS is missing: sudo apt-get install freeradius freeradius-postgresql")
        environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update", "-qq"], ["install", "-yqq", "--no-install-recommends", *_PACKAGES]):
            subprocess.run(["apt-get", *arguments], check=True, stdout=subprocess.DEVNULL, env=environ)
    answer = subprocess.run([_PROGRAM, "-v"], check=True, capture_output=True, text=True).stdout
    return answer.splitlines()[0].removeprefix("radiusd: ").split(",")[0]


_PACKAGES = ("freeradius", "freeradius-postgresql")


def fill(url: str, guests: list[Guest]) -> None:
    """The stock schema, and every guest with a password in one group of six reply attributes."""
    schema = _STOCK.joinpath("mods-config/sql/main/postgresql/schema.sql").read_text()
    with psycopg.connect(url) as connection:
        connection.execute(schema.encode())
        with connection.cursor().copy("COPY radcheck (username, attribute, op, value) FROM STDIN") as copy:
            for guest in guests:
                copy.write_row((guest.username, "Cleartext-Password", ":=", guest.password))
        with connection.cursor().copy("COPY radusergroup (username, groupname, priority) FROM STDIN") as copy:
            for guest in guests:
                copy.write_row((guest.username, "guests", 1))
        for attribute, value in _REPLY.items():
            connection.execute(
                "INSERT INTO radgroupreply (groupname, attribute, op, value) VALUES ('guests', %s, ':=', %s)",
                (attribute, value),
            )
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


@contextmanager
def serving(folder: Path, conninfo: str, nas: Nas, auth_port: int, acct_port: int) -> Iterator[int]:
    """FreeRADIUS while the block runs; its pid. `conninfo` in libpq's form of key=value."""
    configuration = _configure(folder, conninfo, nas, auth_port, acct_port)
    argv = [_PROGRAM, "-f", "-d", str(configuration), "-l", str(folder / "freeradius.log")]
    with running(argv, folder / "freeradius.out", lambda: _is_bound(acct_port)) as process:
        yield process.pid


def _configure(folder: Path, conninfo: str, nas: Nas, auth_port: int, acct_port: int) -> Path:
    made = folder / "freeradius"
    shutil.copytree(_STOCK, made, symlinks=True)
    for enabled in ("mods-enabled", "sites-enabled"):
        shutil.rmtree(made / enabled)
        (made / enabled).mkdir()
    for name in _MODULES:
        (made / "mods-enabled" / name).symlink_to(made / "mods-available" / name)
    sql = (made / "mods-available" / "sql").read_text()
    sql = sql.replace('dialect = "sqlite"', 'dialect = "postgresql"')
    sql = sql.replace('driver = "rlm_sql_null"', 'driver = "rlm_sql_postgresql"')
    sql = sql.replace('radius_db = "radius"', f'radius_db = "{conninfo}"')
    (made / "mods-enabled" / "sql").write_text(sql)
    (made / "sites-enabled" / "default").write_text(_SITE.format(auth_port=auth_port, acct_port=acct_port))
    secret = nas.secret.decode()
    (made / "clients.conf").write_text(f"client load {{\n  ipaddr = 127.0.0.1\n  secret = {secret}\n}}\n")
    main = (made / "radiusd.conf").read_text()
    main = main.replace("user = freerad", "").replace("group = freerad", "")
    for name in ("logdir", "run_dir"):
        main = main.replace(f"\n{name} = ", f"\n{name} = {folder}\n#")
    (made / "radiusd.conf").write_text(main)
    return made


def _is_bound(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
