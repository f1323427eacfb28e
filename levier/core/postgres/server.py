"""Start, share and stop the embedded server: one lock guards the start, the last client stops it.

Every local command that uses the database holds a shared lock on ``clients.lock`` for as long as it
lives; the kernel releases it even after a crash. Whoever leaves last takes the lock alone and stops
the server. Nothing listens on TCP: one unix socket in a private folder.
"""

import atexit
import contextlib
import fcntl
import logging
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from levier.core.postgres.places import ServerError, ServerPlaces, wheel_version

logger = logging.getLogger("levier.postgres")

DATABASE = "levier"
OWNER = "levier_owner"
APP = "levier_app"
SUPERUSER = "postgres"

# A small machine's settings; every one can be replaced through LEVIER_POSTGRES_OPTIONS ("-c name=value …").
SERVER_OPTIONS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    # A statement carries what people typed: neither a slow one nor a refused one may be written in the log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "jit": "off",
}

PROVISION = f"""
CREATE ROLE {OWNER} LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS;
CREATE ROLE {APP} LOGIN NOSUPERUSER NOBYPASSRLS;
"""


class EmbeddedServer:
    """One PostgreSQL server for one LEVIER_HOME.

    >>> server = EmbeddedServer(ServerPlaces.of(home))   # doctest: +SKIP
    >>> server.attach()   # starts it if it is not running, and stays a client until the process ends
    """

    def __init__(self, places: ServerPlaces) -> None:
        self.places = places
        self._client_lock: IO[str] | None = None

    def attach(self) -> None:
        """Become a client: start the server if nobody has, create roles and database the first time.

        Raises ServerError with a sentence that says what to do.
        """
        if self._client_lock is not None:
            return
        self.places.home.mkdir(parents=True, exist_ok=True)
        with self._start_lock():
            # Under the lock: two first starts at once would each remove the programs the other has just copied.
            self.places.prepare()
            self._refuse_other_major()
            if not (self.places.data / "PG_VERSION").exists():
                self._create_cluster()
            if not self._is_ready():
                self._remove_stale_pid()
                self._start()
            self._provision()
            self._client_lock = _lock_file(self.places.home / "postgresql-clients.lock", fcntl.LOCK_SH)
        atexit.register(self.detach)

    def detach(self) -> None:
        """Leave; the last client to leave stops the server."""
        if self._client_lock is None:
            return
        with self._start_lock():
            # Dropping the shared lock first lets two leavers see each other: the start lock orders them.
            self._client_lock.close()
            self._client_lock = None
            with contextlib.suppress(BlockingIOError):
                alone = _lock_file(
                    self.places.home / "postgresql-clients.lock", fcntl.LOCK_EX | fcntl.LOCK_NB
                )
                self._stop()
                alone.close()
        atexit.unregister(self.detach)

    def revive(self) -> None:
        """Start the server again if it fell (killed for want of memory, say) while this client is attached.

        Cheap when all is well: one small file is read. A start that fails is logged and left for the next call.
        """
        if self._client_lock is None or self._has_process():
            return
        with self._start_lock():
            if self._is_ready():
                return
            logger.warning("le serveur PostgreSQL s’est arrêté : reprise")
            try:
                self._remove_stale_pid()
                self._start()
            except ServerError as problem:
                logger.error("%s", problem)

    def is_running(self) -> bool:
        """True when the server answers on its socket."""
        return self._is_ready()

    def connection_parameters(self, role: str = APP, database: str = DATABASE) -> dict[str, str]:
        """What a driver needs to connect: host (the socket folder), dbname and user."""
        return {"host": str(self.places.socket), "dbname": database, "user": role}

    # -- the steps -------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _start_lock(self) -> Iterator[None]:
        held = _lock_file(self.places.home / "postgresql-start.lock", fcntl.LOCK_EX)
        try:
            yield
        finally:
            held.close()

    def _refuse_other_major(self) -> None:
        marker = self.places.data / "PG_VERSION"
        if not marker.exists():
            return
        found, ours = marker.read_text().strip(), wheel_version().split(".")[0]
        if found == ours:
            return
        old, new = self.places.data, self.places.data.with_name(f"data-{found}")
        raise ServerError(
            f"Les données de {old} viennent de PostgreSQL {found} et ce programme est en version {ours}. "
            f"1) Avec un PostgreSQL {found} : pg_dump -Fc -h SOCKET -U {OWNER} {DATABASE} > levier.dump ; "
            f"2) mv « {old} » « {new} » ; 3) levier doctor (crée un serveur {ours} vide) ; "
            f"4) pg_restore -h « {self.places.socket} » -U {OWNER} --clean --if-exists -d {DATABASE} "
            "levier.dump."
        )

    def _create_cluster(self) -> None:
        """initdb in a side folder then a rename, so that a killed first start leaves nothing half made."""
        partial = self.places.data.with_name("data-en-cours")
        if partial.exists():
            import shutil

            shutil.rmtree(partial)
        self._run(
            "initdb",
            "--pgdata", str(partial),
            "--username", SUPERUSER,
            "--auth=trust",  # the socket lies in a 0700 folder and there is no TCP
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--locale=C.UTF-8",
            "--no-instructions",
            *(["--no-sync"] if "fsync=off" in _extra_options() else []),
        )  # fmt: skip
        partial.rename(self.places.data)

    def _start(self) -> None:
        options = " ".join(f"-c {name}={value}" for name, value in SERVER_OPTIONS.items())
        extra = _extra_options()
        self._run(
            "pg_ctl", "start", "--wait", "--timeout=60", "--silent",
            "--pgdata", str(self.places.data),
            "--log", str(self.places.log),
            "--options", f"{options} -c unix_socket_directories='{_quote_option(self.places.socket)}' {extra}",
        )  # fmt: skip

    def _stop(self) -> None:
        if not (self.places.data / "postmaster.pid").exists():
            return
        with contextlib.suppress(ServerError):
            self._run(
                "pg_ctl", "stop", "--wait", "--mode=fast", "--silent", "--pgdata", str(self.places.data)
            )

    def _is_ready(self) -> bool:
        if not (self.places.data / "postmaster.pid").exists():
            return False
        import psycopg

        for _ in range(50):  # a server that is starting refuses for a moment
            try:
                psycopg.connect(
                    **self.connection_parameters(SUPERUSER, "postgres"), connect_timeout=5
                ).close()
                return True
            except psycopg.OperationalError as problem:
                if "starting up" not in str(problem) and "shutting down" not in str(problem):
                    return False
                time.sleep(0.1)
        return False

    def _has_process(self) -> bool:
        """Whether the process named by postmaster.pid lives."""
        try:
            os.kill(int((self.places.data / "postmaster.pid").read_text().split()[0]), 0)
        except PermissionError:
            return True
        except (OSError, ValueError, IndexError):
            return False
        return True

    def _remove_stale_pid(self) -> None:
        """A machine that lost power leaves postmaster.pid; the number may belong to another program now."""
        pid_file = self.places.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split()[0])
        except (FileNotFoundError, ValueError, IndexError):
            pid_file.unlink(missing_ok=True)
            return
        command = Path(f"/proc/{pid}/cmdline")
        arguments = command.read_bytes() if command.exists() else b""
        if str(self.places.data).encode() not in arguments:
            pid_file.unlink(missing_ok=True)

    def _provision(self) -> None:
        """Roles and database, once: the owner migrates, the application owns nothing."""
        import psycopg

        parameters = self.connection_parameters(SUPERUSER, "postgres")
        with psycopg.connect(**parameters, autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP]).fetchone()
            if not known:
                connection.execute(PROVISION)
            exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if not exists:
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")

    def _run(self, program: str, *arguments: str) -> None:
        """Run a PostgreSQL program, as the system user when we are root."""
        user = self.places.system_user
        environment = {
            "PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": str(self.places.base),
        }  # fmt: skip
        finished = subprocess.run(
            [self.places.program(program), *arguments],
            env=environment,
            cwd=str(self.places.base),
            user=user,
            group=user,
            extra_groups=[] if user else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if finished.returncode != 0:
            raise ServerError(
                f"PostgreSQL ne démarre pas ({program}, code {finished.returncode}) : "
                f"{finished.stdout.strip() or 'aucun message'}. Le journal est dans {self.places.log} ; "
                "« levier doctor » donne la suite."
            )


def _extra_options() -> str:
    """What LEVIER_POSTGRES_OPTIONS adds to the server's own settings (« -c name=value … »)."""
    return os.environ.get("LEVIER_POSTGRES_OPTIONS", "")


def _lock_file(path: Path, mode: int) -> IO[str]:
    """Open and lock a file; the lock lasts as long as the returned handle (BlockingIOError if refused)."""
    handle = path.open("a")
    try:
        fcntl.flock(handle, mode)
    except BlockingIOError:
        handle.close()
        raise
    return handle


def _quote_option(path: Path) -> str:
    """pg_ctl splits its options like a shell would: protect spaces and quotes of the folder."""
    return str(path).replace("\\", "\\\\").replace("'", "'\\''").replace('"', '\\"')
