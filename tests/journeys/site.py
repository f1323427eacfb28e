"""The product as anybody starts it: `levier serve`, in a home of its own, stopped by its number.

What a first start (`--prepare`) makes is made once per state of the code and per day, then copied for each process of journeys.
"""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from email import message_from_bytes, policy
from pathlib import Path

from tests.databases import fingerprint, reference_template
from tests.environment import REPOSITORY
from tests.journeys.hand import Hand

LONGEST_START = 150.0
LONGEST_MAIL = 20.0
MADE = ".made"
# Another server's addresses must not reach the installation the journeys visit.
NOT_INHERITED = (
    "DATABASE_URL",
    "DATABASE_URL_FILE",
    "DATABASE_OWNER_URL",
    "LEVIER_MAIL_URL",
    "LEVIER_PUBLISHER",
)


# What signing in leaves, some times over: one password costs more than five pages.
_SESSIONS = """
from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.backends.db import SessionStore
from levier.accounts.models import User
user = User.objects.get(email="{email}")
for _ in range(8):
    session = SessionStore()
    session[auth.SESSION_KEY] = str(user.pk)
    session[auth.BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[auth.HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    print(session.session_key)
"""


@dataclass(frozen=True)
class Site:
    """A served installation: its address, its home, its log."""

    url: str
    home: Path
    log: Path
    hand: Hand = field(default_factory=Hand)
    _sessions: dict[str, list[str]] = field(default_factory=dict)

    def session_of(self, email: str) -> str:
        """The key of a session that nobody else holds, of a demonstration account."""
        waiting = self._sessions.setdefault(email, [])
        if not waiting:
            waiting += self.run(_SESSIONS.format(email=email)).split()
        return waiting.pop()

    def password_of(self, email: str) -> str:
        """The password of a demonstration account, as written at the start."""
        for line in (self.home / "demo-accounts.txt").read_text(encoding="utf-8").splitlines():
            address, password, _role = line.split("\t")
            if address == email:
                return password
        raise LookupError(email)

    def run(self, code: str) -> str:
        """What a few lines of Python print inside this installation: for rows that no page makes."""
        inside = _environment(self) | {"DJANGO_SETTINGS_MODULE": "levier.config.settings"}
        return self.hand.run(code, inside, str(REPOSITORY))

    def command(self, *words: str) -> str:
        """What a `levier` command prints in this installation; it must succeed."""
        done = subprocess.run(
            [sys.executable, "-m", "levier", *words], env=_environment(self), cwd=REPOSITORY, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def mails_to(self, email: str) -> list[str]:
        """Bodies of the mails filed for this address, oldest first."""
        found = sorted((self.home / "mail").glob(f"*-{email}.eml"))
        messages = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in found]
        return [str(message.get_content()) for message in messages]

    def wait_for_mail(self, email: str, already: int = 0, *, saying: str = "") -> str:
        """The last mail for this address beyond the ones already there; the worker sends it.

        `saying`: words it must hold, for an address that other journeys write to as well.
        """
        limit = time.monotonic() + LONGEST_MAIL
        while time.monotonic() < limit:
            mails = [mail for mail in self.mails_to(email)[already:] if saying in mail]
            if mails:
                return mails[-1]
            time.sleep(0.1)
        raise AssertionError(
            f"no mail for {email} after {LONGEST_MAIL:.0f} s\n{self.log.read_text()[-3000:]}"
        )


@contextmanager
def served(home: Path) -> Iterator[Site]:
    """A fresh installation under this folder, until the end of the block.

    Raises AssertionError with the end of the log when it does not start.
    """
    model = prepared_model(home.parent)
    with _alone(home):
        _forget(home)
        _copy(model, home)
        with _running(home) as site:
            yield site


def prepared_model(folder: Path) -> Path:
    """The home that a first start made from the present code, today; stopped, and never visited."""
    files = [*REPOSITORY.glob("levier/**/*"), REPOSITORY / "requirements.txt"]
    home = folder / f"first-start-{date.today():%d}-{fingerprint(files)}"
    with _alone(folder / "first-start"):
        if not (home / MADE).is_file():
            for former in [home, *folder.glob("first-start-*/")]:
                _forget(former)
            home.mkdir(parents=True)
            with _tables_of_the_tests(home), _running(home, "--prepare"):
                pass
            (home / MADE).touch()
    return home


@contextmanager
def _tables_of_the_tests(home: Path) -> Iterator[None]:
    """The server of a new home, whose database holds what the tests start from: tables take half of a first start.

    They are made by the same lines (`levier.cli.migration`); that `--prepare` makes them is tested without a browser.
    """
    from levier.core.postgres import EmbeddedServer, ServerPlaces
    from levier.core.postgres.server import DATABASE, SUPERUSER

    if os.environ.get("DATABASE_URL"):  # the tests use a server of their own: nothing to pour from
        yield
        return
    places = ServerPlaces.of(home)
    server = EmbeddedServer(places)
    server.attach()
    try:
        source = ServerPlaces.of(Path(os.environ["LEVIER_HOME"])).socket
        reach = ("-U", SUPERUSER, "-h")
        with subprocess.Popen(
            [places.program("pg_dump"), *reach, str(source), reference_template()], stdout=subprocess.PIPE
        ) as dump:
            filled = [
                places.program("psql"),
                *reach,
                str(places.socket),
                "-qX",
                "-v",
                "ON_ERROR_STOP=1",
                DATABASE,
            ]
            subprocess.run(filled, stdin=dump.stdout, stdout=subprocess.DEVNULL, check=True)
        assert dump.returncode == 0, "pg_dump failed: its fault is above"
        yield
    finally:
        server.detach()


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Two runs at once would share one home: the second waits for the first."""
    home.parent.mkdir(parents=True, exist_ok=True)
    with home.with_suffix(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _running(home: Path, *options: str) -> Iterator[Site]:
    """`levier serve` with these options in this home, from its announcement to the end of the block."""
    site = Site(url=f"http://localhost:{_free_port()}", home=home, log=home / "serve.log")
    with site.log.open("w") as log:
        process = subprocess.Popen(
            [*_command(site), *options], env=_environment(site), cwd=REPOSITORY, stdout=log, stderr=log
        )
    try:
        _wait_for_start(process, site)
        yield site
    finally:
        site.hand.stop()
        _stop(process)


def _copy(model: Path, home: Path) -> None:
    """A home, and the folder of its database, which is elsewhere when one is root; owners and rights as they are."""
    from levier.core.postgres import ServerPlaces

    subprocess.run(["cp", "-a", str(model), str(home)], check=True)
    source, target = ServerPlaces.of(model).base, ServerPlaces.of(home).base
    if not source.is_relative_to(model):
        subprocess.run(["cp", "-a", str(source), str(target)], check=True)


def _command(site: Site) -> list[str]:
    return [sys.executable, "-m", "levier", "serve", "--port", site.url.rsplit(":", 1)[1]]


def _environment(site: Site) -> dict[str, str]:
    """The tests' environment (a fast PostgreSQL, no limit of calls) with the home of the journeys."""
    kept = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    return kept | {"LEVIER_HOME": str(site.home), "LEVIER_SITE_URL": site.url, "PYTHONUNBUFFERED": "1"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for_start(process: subprocess.Popen[bytes], site: Site) -> None:
    limit = time.monotonic() + LONGEST_START
    while time.monotonic() < limit and process.poll() is None:
        if "Levier est prêt" in site.log.read_text(encoding="utf-8"):
            return
        time.sleep(0.2)
    state = "stopped" if process.poll() is not None else f"not ready after {LONGEST_START:.0f} s"
    raise AssertionError(f"levier serve {state}:\n{site.log.read_text(encoding='utf-8')[-6000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _forget(home: Path) -> None:
    """Nothing of an earlier run is left: the home, and the folder of its server (elsewhere when one is root)."""
    from levier.core.postgres import EmbeddedServer, ServerPlaces

    places = ServerPlaces.of(home)
    assert not EmbeddedServer(places).is_running(), f"a server of {home} still runs: stop it first"
    shutil.rmtree(places.base, ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    # Started by the runner while it checks the sources: the journeys find the first start made.
    prepared_model(Path(os.environ["LEVIER_HOME"]))
