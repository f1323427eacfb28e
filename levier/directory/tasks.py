"""The room's jobs: after an import, look for suppliers that are now known under two keys."""

from procrastinate.contrib.django import app

from levier.core.audit import Actor
from levier.directory.resolution.actions import resolve_duplicates


@app.task(name="directory.resolve_duplicates", queue="maintenance")
def resolve_after_import() -> None:
    """Idempotent; several imports in a row wait behind one run."""
    resolve_duplicates(by=Actor.machine("après import"))
