"""Runs the suite once on the system's PostgreSQL, so that nothing leans on the embedded one."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.__main__ import BY_FILE, JOURNEYS, PYTEST

REPOSITORY = Path(__file__).resolve().parents[1]


def newest_binaries() -> Path | None:
    """Debian keeps each major in its own folder."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(folders, key=lambda folder: int(folder.parent.name), default=None)


def main() -> None:
    """A throw-away cluster on a private socket, the two roles, the suite, and everything gone."""
    binaries = newest_binaries()
    if binaries is None:
        print("Pas de PostgreSQL du système : cette seconde passe n'a pas lieu.")
        return
    user = "postgres" if os.geteuid() == 0 else None
    base = Path(tempfile.mkdtemp(prefix="levier-pg-"))
    if user:
        shutil.chown(base, user, user)

    def server(program: str, *arguments: str) -> None:
        subprocess.run(
            [str(binaries / program), *arguments], user=user, group=user, extra_groups=[] if user else None,
            cwd=base, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip

    server(
        "initdb",
        "-D",
        str(base / "data"),
        "-U",
        "postgres",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
    )
    options = (
        f"-c listen_addresses='' -c unix_socket_directories={base} -c fsync=off -c synchronous_commit=off"
    )
    server("pg_ctl", "-D", str(base / "data"), "-w", "-l", str(base / "log"), "-o", options, "start")
    try:
        roles = "CREATE ROLE levier_owner LOGIN CREATEDB; CREATE ROLE levier_app LOGIN;"
        create = ["-h", str(base), "-U", "postgres", "-d", "postgres", "-q"]
        server("psql", *create, "-c", roles)
        server("psql", *create, "-c", "CREATE DATABASE levier OWNER levier_owner")
        urls = {
            "DATABASE_URL": f"postgresql://levier_app@/levier?host={base}",
            "DATABASE_OWNER_URL": f"postgresql://levier_owner@/levier?host={base}",
            "LEVIER_HOME": str(REPOSITORY / "var-test-debian"),
        }
        command = [*PYTEST, *BY_FILE, f"--ignore={JOURNEYS}", "-m", "not embedded"]
        finished = subprocess.run(command, cwd=REPOSITORY, env=os.environ | urls, check=False)
    finally:
        server("pg_ctl", "-D", str(base / "data"), "-m", "immediate", "stop")
        shutil.rmtree(base, ignore_errors=True)
    raise SystemExit(finished.returncode)


if __name__ == "__main__":
    main()
