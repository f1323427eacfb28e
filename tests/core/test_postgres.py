"""The embedded server: shared, stopped by the last client, private, and stubborn after a crash."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from levier.core.postgres import EmbeddedServer, ServerError, ServerPlaces

pytestmark = [pytest.mark.embedded, pytest.mark.slow]


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """One installation for these tests; each finds its server stopped, its cluster made or not."""
    yield from _installation()


@pytest.fixture
def new_home() -> Iterator[Path]:
    """An installation where no server ever started."""
    yield from _installation()


def _installation() -> Iterator[Path]:
    """A home whose path holds spaces and an accent."""
    folder = Path(tempfile.mkdtemp(prefix="levier essai é "))
    yield folder / "mon état"
    places = ServerPlaces.of(folder / "mon état")
    if places.data.exists():
        _stop(places)
    if places.system_user:
        shutil.rmtree(places.base, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def _stop(places: ServerPlaces) -> None:
    """Whatever a failed test left running."""
    subprocess.run(
        [places.program("pg_ctl"), "stop", "-m", "immediate", "-D", str(places.data)],
        user=places.system_user, group=places.system_user, cwd="/", capture_output=True, check=False,
    )  # fmt: skip


def server_of(home: Path) -> EmbeddedServer:
    return EmbeddedServer(ServerPlaces.of(home))


def test_the_last_client_stops_the_server(home: Path) -> None:
    first, second = server_of(home), server_of(home)
    first.attach()
    second.attach()
    first.detach()
    assert second.is_running()
    second.detach()
    assert not second.is_running()


def test_two_homes_do_not_meet(home: Path) -> None:
    here, there = ServerPlaces.of(home), ServerPlaces.of(home / "autre")
    assert here.data != there.data
    assert here.socket != there.socket


def test_nothing_listens_on_tcp_and_the_application_is_no_superuser(home: Path) -> None:
    server = server_of(home)
    server.attach()
    with psycopg.connect(**server.connection_parameters()) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SELECT usesuper FROM pg_user WHERE usename = current_user").fetchone() == (
            False,
        )
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (x int)")
    assert stat.S_IMODE(server.places.socket.stat().st_mode) == 0o700
    server.detach()


def test_a_first_start_finishes_a_half_made_cluster_and_leaves_the_rights_of_the_folders_above(
    new_home: Path,
) -> None:
    new_home.parent.chmod(0o700)
    server = server_of(new_home)
    server.places.prepare()
    partial = server.places.data.with_name("data-en-cours")
    partial.mkdir()
    (partial / "PG_VERSION").write_text("18\n")
    if server.places.system_user:
        shutil.chown(partial, server.places.system_user)
    server.attach()
    assert server.is_running()
    server.detach()
    assert stat.S_IMODE(new_home.parent.stat().st_mode) == 0o700


def test_a_stale_pid_is_recovered(home: Path) -> None:
    server = server_of(home)
    server.attach()
    server.detach()
    # The number of a living program that is not PostgreSQL: this very test.
    (server.places.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.places.data}\n")
    again = server_of(home)
    again.attach()
    assert again.is_running()
    again.detach()


def test_a_server_that_fell_is_started_again(home: Path) -> None:
    server = server_of(home)
    server.attach()
    server.revive()  # nothing to do
    pid = int((server.places.data / "postmaster.pid").read_text().split()[0])
    _stop(server.places)
    assert not server.is_running()
    server.revive()
    assert server.is_running()
    assert int((server.places.data / "postmaster.pid").read_text().split()[0]) != pid
    server.detach()


def test_the_log_holds_no_statement(home: Path) -> None:
    server = server_of(home)
    server.attach()
    with (
        psycopg.connect(**server.connection_parameters(), autocommit=True) as connection,
        pytest.raises(psycopg.errors.UndefinedTable),
    ):
        connection.execute("SELECT 'un besoin confidentiel' FROM absente")
    server.detach()
    log = server.places.log.read_text()
    assert "absente" in log
    assert "confidentiel" not in log


def test_another_major_stops_with_the_steps(home: Path) -> None:
    server = server_of(home)
    server.attach()
    server.detach()
    marker = server.places.data / "PG_VERSION"
    ours = marker.read_text()
    marker.write_text("12\n")
    with pytest.raises(ServerError, match="pg_dump") as refusal:
        server_of(home).attach()
    marker.write_text(ours)
    assert "pg_restore" in str(refusal.value)


@pytest.mark.skipif(os.geteuid() != 0, reason="changer d'utilisateur demande root")
def test_an_ordinary_user_starts_it_too() -> None:
    folder = Path(tempfile.mkdtemp(prefix="levier u ", dir="/tmp"))
    shutil.chown(folder, "nobody")
    code = f"""
        import sys, psycopg
        from pathlib import Path
        from levier.core.postgres import EmbeddedServer, ServerPlaces
        places = ServerPlaces.of(Path({str(folder / "un état")!r}))
        assert places.system_user is None and Path({str(folder)!r}) in places.data.parents
        server = EmbeddedServer(places)
        server.attach()
        with psycopg.connect(**server.connection_parameters()) as connection:
            print(connection.execute("SELECT current_user").fetchone()[0])
        server.detach()
        assert not server.is_running()
    """
    package = Path(__file__).resolve().parents[2]
    if not _can_read(package, "nobody"):
        shutil.rmtree(folder)
        pytest.skip("ce dossier n'est pas lisible par un autre utilisateur")
    finished = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        user="nobody", cwd="/", env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(package), "HOME": str(folder)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    shutil.rmtree(folder, ignore_errors=True)
    assert finished.stdout.strip() == "levier_app", finished.stderr


def _can_read(folder: Path, user: str) -> bool:
    probe = [sys.executable, "-c", "import levier.core.postgres, psycopg"]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(folder)}
    try:
        return not subprocess.run(probe, user=user, cwd="/", env=environment, capture_output=True).returncode
    except PermissionError:  # the interpreter itself lies in a private folder
        return False
