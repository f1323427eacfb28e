"""The room's jobs: the weekly alerts, a list somebody brought and its file, suppliers now known under two keys."""

import logging

from procrastinate.contrib.django import app

from levier.core.audit import Actor
from levier.directory.lists.actions import forget_old_lists, run_started
from levier.directory.resolution.actions import resolve_duplicates
from levier.directory.selections.actions import tell_new_suppliers

logger = logging.getLogger("levier.tasks")


@app.periodic(cron="13 6 * * 2")
@app.task(name="directory.tell_new_suppliers", queue="maintenance")
def tell_new(timestamp: int) -> None:
    """On Tuesday morning, who is new in the searches people keep."""
    logger.info("alertes de recherche : %s courriels", tell_new_suppliers())


@app.task(name="directory.run_list", queue="default")
def run_list(list_id: int) -> None:
    """Try or publish a received list, whichever was started; a second run finds nothing to do."""
    run_started(list_id=list_id, by=Actor.machine(f"liste {list_id}"))


@app.periodic(cron="53 3 * * *")
@app.task(name="directory.forget_old_lists", queue="maintenance")
def forget_lists(timestamp: int) -> None:
    """Received files are kept a month."""
    forget_old_lists(by=Actor.machine("entretien"))


@app.task(name="directory.resolve_duplicates", queue="maintenance")
def resolve_after_import() -> None:
    """Idempotent; several imports in a row wait behind one run."""
    resolve_duplicates(by=Actor.machine("après import"))
