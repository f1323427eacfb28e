"""`levier serve`: the site, its worker and the index follower under one supervisor."""

import contextlib
import ctypes
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import click

from levier.cli.alone import alone
from levier.cli.boot import start_django
from levier.cli.output import refuse
from levier.core.home import keep_served_address, levier_home

FIRST_PORT, LAST_PORT = 8000, 8099
# All the children together: what a container's stop allows is 10 seconds.
STOP_SECONDS = 8
DATABASE_CHECK_SECONDS = 2.0
_SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of <sys/prctl.h>


def first_free_port(host: str) -> int:
    """The first port from 8000 that nobody listens on."""
    for port in range(FIRST_PORT, LAST_PORT + 1):
        if is_free(host, port):
            return port
    raise SystemExit(f"Aucun port libre entre {FIRST_PORT} et {LAST_PORT} : donnez --port.")


def is_free(host: str, port: int) -> bool:
    """Whether the site may listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe, contextlib.suppress(OSError):
        # SO_REUSEADDR only skips a port in TIME_WAIT; one with a listener is still refused.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        return True
    return False


def hold(host: str, port: int) -> socket.socket:
    """Keep the port from now on, without listening: a first start prepares for a minute before its site does.

    The site binds beside this socket (it sets SO_REUSEPORT too); another start, which probes without it, goes elsewhere
    instead of sharing the visitors of this one. Raises OSError.
    """
    held = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    if hasattr(socket, "SO_REUSEPORT"):
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind((host, port))
    return held


# Loaded before any fork: nothing may be imported or opened between a fork and its exec.
_IS_LINUX = sys.platform.startswith("linux")
_LIBC = ctypes.CDLL(None) if _IS_LINUX else None


def _die_with_parent() -> None:
    """In the child: a supervisor that is killed outright must not leave children that hold the port."""
    if _LIBC is not None:
        _LIBC.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)


@dataclass
class Child:
    """One supervised process; restarted when it falls, more and more slowly."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    restart_at: float = 0.0
    started_at: float = field(default=0.0)

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command, start_new_session=True, preexec_fn=_die_with_parent if _IS_LINUX else None
        )
        self.started_at = time.monotonic()

    def watch(self) -> None:
        """Restart a fallen process after 1, 2, 4… 30 seconds; a long life forgives old falls."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            self.failures = 1 if now - self.started_at > 60 else self.failures + 1
            delay = min(30, 2 ** (self.failures - 1))
            click.echo(
                f"{self.name} s’est arrêté (code {self.process.returncode}), reprise dans {delay} s", err=True
            )
            self._kill_group()  # its own children may still hold the port
            self.process, self.restart_at = None, now + delay
        if self.process is None and now >= self.restart_at:
            self.start()

    def ask_to_stop(self) -> None:
        """Ask, without waiting."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Ask, wait that long, then kill the process and what it started."""
        if self.process is None:
            return
        self.ask_to_stop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.0, seconds))
        self._kill_group()
        self.process.wait()

    def _kill_group(self) -> None:
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)


def children(host: str, port: int, workers: int) -> list[Child]:
    """The three processes of an installation; in production they may be run apart."""
    python = [sys.executable, "-m"]
    web = [
        *python, "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", "4", "--backpressure", "64",
        # Without it, one worker that is killed takes the others down with it.
        "--respawn-failed-workers", "--no-ws", "--log-level", "warning", "levier.config.wsgi:application",
    ]  # fmt: skip
    return [
        Child("le site", web),
        Child("l’exécuteur des tâches", [*python, "levier", "worker"]),
        Child("le suivi de l’index", [*python, "levier", "index", "follow"]),
    ]


def supervise(
    processes: list[Child],
    host: str,
    port: int,
    announce: str,
    check_database: Callable[[], None] = lambda: None,
) -> None:
    """Run the processes until SIGINT, SIGTERM or the end of the terminal; say the address once the site answers.

    ``check_database`` is called every two seconds: an embedded server that fell is nobody else's to start again.
    """
    is_stopping = False

    def stop(signum: int, frame: object) -> None:
        nonlocal is_stopping
        is_stopping = True

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup ignores the end of the terminal
            signal.signal(number, stop)
    is_announced, checked_at = False, time.monotonic()
    try:
        for child in processes:
            child.start()
        while not is_stopping:
            if time.monotonic() - checked_at >= DATABASE_CHECK_SECONDS:
                check_database()
                checked_at = time.monotonic()
            for child in processes:
                child.watch()
            if not is_announced and _answers(host, port):
                click.echo(announce)
                is_announced = True
            time.sleep(0.2)
    finally:  # also when the terminal that is written to has gone
        _stop_all(processes)


def _stop_all(processes: list[Child]) -> None:
    limit = time.monotonic() + STOP_SECONDS
    for child in processes:
        child.ask_to_stop()
    for child in reversed(processes):
        child.stop(limit - time.monotonic())


def _answers(host: str, port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=0.5):
        return True
    return False


@click.command("serve", epilog="Exemple : levier serve --port 8010")
@click.option("--host", default="127.0.0.1", show_default=True, help="Adresse d’écoute.")
@click.option(
    "--port", type=click.IntRange(1, 65535), help="Port ; par défaut le premier libre à partir de 8000."
)
@click.option(
    "--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processus du site."
)
@click.option(
    "--web-only",
    is_flag=True,
    help="Le site seul : « levier worker » et « levier index follow » tournent à part.",
)
@click.option(
    "--prepare", is_flag=True, help="D’abord : tables, référentiels, annuaire de démonstration, index."
)
def serve_command(host: str, port: int | None, workers: int, web_only: bool, prepare: bool) -> None:
    """Lancer le site, ses tâches de fond et le suivi de l’index."""
    from levier.cli.boot import attach_database

    if port and not is_free(host, port):
        # Without this the site would fall for ever, and whoever holds the port be announced as ready.
        refuse(f"Le port {port} de {host} est déjà pris : donnez un autre --port, ou n’en donnez pas.")
    server = attach_database()
    port = port or first_free_port(host)
    held = hold(host, port)
    if os.environ.get("LEVIER_ENV") != "production":
        # A demonstration is reached at the port it found; a production says its own public address.
        found = os.environ.setdefault(
            "LEVIER_SITE_URL", f"http://{'localhost' if host == '127.0.0.1' else host}:{port}"
        )
        keep_served_address(found)
    start_django()
    from levier.cli.database import has_waiting_migrations, migrate_if_needed
    from levier.cli.preparation import announcement, prepare_installation, refuse_demo_in_production

    if prepare:
        with alone():
            migrate_if_needed()
            prepare_installation()
    elif has_waiting_migrations():
        refuse(
            "Les tables de la base manquent ou sont d’une version d’avant : lancez « levier serve --prepare »."
        )
    refuse_demo_in_production()
    processes = children(host, port, workers)
    with held:
        supervise(
            processes[:1] if web_only else processes,
            host,
            port,
            announcement(),
            server.revive if server else lambda: None,
        )


@click.command("prepare", epilog="Exemple : levier prepare")
def prepare_command() -> None:
    """Tables, référentiels, index et fichiers statiques, sans lancer le site (et la démonstration hors production)."""
    start_django()
    from levier.cli.database import migrate_if_needed
    from levier.cli.preparation import prepare_installation

    with alone():
        migrate_if_needed()
        prepare_installation()
    click.echo("Prêt. Lancez « levier serve ».")


@click.command("worker", epilog="Exemple : levier worker")
def worker_command() -> None:
    """Exécuter les tâches de fond (courriels, entretien)."""
    start_django()
    from procrastinate.contrib.django import app

    worker_app = app.with_connector(app.connector.get_worker_connector())
    click.echo(f"Tâches de fond de {levier_home()} : prêt", err=True)
    worker_app.run_worker(name=f"levier-{secrets.token_hex(3)}", concurrency=2, install_signal_handlers=True)
