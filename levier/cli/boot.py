"""Start-up of a command that needs the database: attach the embedded server, then Django."""

import os
import signal
import sys
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from levier.core.home import levier_home

if TYPE_CHECKING:
    from levier.core.postgres import EmbeddedServer


def attach_database() -> "EmbeddedServer | None":
    """Start or join the embedded server, and give it; None when DATABASE_URL names another one."""
    if os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"):
        return None
    from levier.core.postgres import EmbeddedServer, ServerError, ServerPlaces

    signal.signal(signal.SIGTERM, _leave_in_order)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:  # nohup ignores it: left so
        signal.signal(signal.SIGHUP, _leave_in_order)
    server = EmbeddedServer(ServerPlaces.of(levier_home()))
    try:
        server.attach()
    except ServerError as problem:
        click.echo(str(problem), err=True)
        raise SystemExit(1) from None
    return server


def start_django(*, database: bool = True) -> None:
    """Everything a command needs before it imports a room; nothing when this process has it already."""
    from django.apps import apps

    if apps.ready:
        return
    if database:
        attach_database()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "levier.config.settings")
    import django

    django.setup()


def database_sentence(problem: Exception) -> str | None:
    """What a person reads when the database is not there or not made; None for any other problem."""
    if "django" not in sys.modules:
        return None
    from django.db import OperationalError, ProgrammingError

    first_line = next(iter(str(problem).splitlines()), "")
    if isinstance(problem, ProgrammingError) and "does not exist" in first_line:
        return "Les tables de la base manquent ou sont d’une autre version : lancez « levier prepare »."
    if isinstance(problem, OperationalError):
        return f"La base de données ne répond pas ({first_line}) : « levier doctor » dit quoi réparer."
    return None


def _leave_in_order(signum: int, frame: FrameType | None) -> Any:
    """A signal ends a command like an ordinary exit, so that the server is left properly."""
    sys.exit(128 + signum)
