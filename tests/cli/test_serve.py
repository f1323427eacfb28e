"""The supervisor: a free port, processes restarted more and more slowly, an orderly stop."""

import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from levier.cli import serve
from levier.cli.serve import Child, children, first_free_port, hold, is_free, supervise

FALLS = [sys.executable, "-S", "-c", "raise SystemExit(3)"]
STAYS = [sys.executable, "-S", "-c", "import time; time.sleep(60)"]


class Clock:
    """A clock the test moves."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(serve, "time", found)
    return found


def fall(child: Child) -> None:
    """Wait for the process to fall, then let the supervisor see it."""
    assert child.process is not None
    child.process.wait(10)
    child.watch()


def test_a_port_in_use_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr(serve, "FIRST_PORT", port)
        monkeypatch.setattr(serve, "LAST_PORT", port + 20)
        assert port < first_free_port("127.0.0.1") <= port + 20


def test_a_port_is_held_while_a_start_prepares_and_the_site_still_takes_it() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with hold("127.0.0.1", port), socket.socket() as site:
        assert not is_free("127.0.0.1", port)
        site.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        site.bind(("127.0.0.1", port))
        site.listen()
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            site.accept()[0].close()


def test_no_free_port_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setattr(serve, "FIRST_PORT", taken.getsockname()[1])
        monkeypatch.setattr(serve, "LAST_PORT", taken.getsockname()[1])
        with pytest.raises(SystemExit, match="donnez --port"):
            first_free_port("127.0.0.1")


@pytest.mark.slow
def test_a_fallen_process_starts_again_more_and_more_slowly(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    child = Child("le site", FALLS)
    child.start()
    for delay in (1, 2, 4, 8, 16, 30, 30):
        fall(child)
        assert f"le site s’est arrêté (code 3), reprise dans {delay} s" in capsys.readouterr().err
        assert child.process is None
        clock.now += delay - 0.5
        child.watch()
        assert child.process is None
        clock.now += 0.6
        child.watch()
        assert child.process is not None
    fall(child)


@pytest.mark.slow
def test_a_long_life_forgives_old_falls(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    child = Child("le site", FALLS, failures=6)
    child.start()
    clock.now += 61
    fall(child)
    assert "reprise dans 1 s" in capsys.readouterr().err


def test_a_process_that_runs_is_left_alone(clock: Clock) -> None:
    child = Child("le site", STAYS)
    child.start()
    process = child.process
    clock.now += 100
    child.watch()
    assert child.process is process
    child.stop()
    assert process is not None and process.returncode == -signal.SIGTERM
    child.stop()


def test_the_installation_is_three_processes() -> None:
    found = children("127.0.0.1", 8042, 3)
    assert len({child.name for child in found}) == 3
    web = found[0].command
    assert web[web.index("--port") + 1] == "8042"
    assert web[web.index("--host") + 1] == "127.0.0.1"
    assert web[web.index("--workers") + 1] == "3"
    assert all(child.command[0] == sys.executable for child in found)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_every_process(number: int, capsys: pytest.CaptureFixture[str]) -> None:
    """The address is said once the site answers; then the signal ends the children, last started first."""
    held = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    # Started by nohup or in the background, these tests would inherit signals that are ignored.
    signal.signal(number, signal.SIG_DFL)
    processes = [Child("un", STAYS), Child("deux", STAYS)]
    with socket.socket() as site:
        site.bind(("127.0.0.1", 0))
        site.listen()
        timer = threading.Timer(0.6, os.kill, (os.getpid(), number))
        timer.start()
        try:
            supervise(processes, "127.0.0.1", site.getsockname()[1], "Levier est prêt")
        finally:
            timer.join()
            for name, handler in held.items():
                signal.signal(name, handler)
    assert capsys.readouterr().out == "Levier est prêt\n"
    assert all(child.process is not None and child.process.poll() is not None for child in processes)


def test_a_port_asked_for_and_taken_is_refused() -> None:
    from click.testing import CliRunner

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = CliRunner().invoke(serve.serve_command, ["--port", str(port)])
    assert done.exit_code == 1
    assert f"Le port {port} de 127.0.0.1 est déjà pris" in done.output


def test_the_database_is_looked_at_and_a_broken_terminal_stops_the_children(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    monkeypatch.setattr(serve, "DATABASE_CHECK_SECONDS", 0.0)
    looked = []

    def look() -> None:
        looked.append(1)
        raise OSError("le terminal est fermé")

    child = Child("un", STAYS)
    try:
        with pytest.raises(OSError, match="terminal"):
            supervise([child], "127.0.0.1", 1, "", look)
    finally:
        for name, handler in held.items():
            signal.signal(name, handler)
    assert looked == [1]
    assert child.process is not None and child.process.poll() is not None


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux seul prévient les enfants")
def test_a_supervisor_killed_outright_leaves_no_child() -> None:
    import subprocess

    code = (
        "import sys, time; from levier.cli.serve import Child\n"
        f"child = Child('un', {STAYS!r}); child.start(); print(child.process.pid, flush=True); time.sleep(60)"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert supervisor.stdout is not None
    pid = int(supervisor.stdout.readline())
    supervisor.kill()
    supervisor.wait(10)
    supervisor.stdout.close()
    limit = time.monotonic() + 5
    while _lives(pid) and time.monotonic() < limit:
        time.sleep(0.02)
    assert not _lives(pid)


def _lives(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.slow
def test_the_real_command_answers_in_a_shell(tmp_path: Path) -> None:
    """One run as a shell would: what is printed is one document and nothing else, in no particular folder."""
    import json
    import subprocess

    command = [
        sys.executable, "-m", "levier", "calibrate", "--method", "amount", "--amount", "1000000",
        "--labour-share", "0.5", "--insertion-rate", "0.05", "--hourly-cost", "30", "--json",
    ]  # fmt: skip
    started = time.monotonic()
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, env=_bare_environment())
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["hours"] == 833
    # The rule book needs neither Django nor the database: nothing to start.
    assert time.monotonic() - started < 20
    assert list(tmp_path.iterdir()) == []


def _bare_environment() -> dict[str, Any]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LEVIER_", "DJANGO_"))}
    return kept | {"LEVIER_HOME": "/nulle/part"}
