"""The room's jobs: the weekly alerts, and a list somebody brought."""

import logging

from procrastinate.contrib.django import app

from levier.core.audit import Actor

logger = logging.getLogger("levier.tasks")


@app.periodic(cron="13 6 * * 2")
@app.task(name="directory.tell_new_suppliers", queue="maintenance")
def tell_new(timestamp: int) -> None:
    """On Tuesday morning, who is new in the searches people keep."""
    from levier.directory.selections.actions import tell_new_suppliers

    logger.info("alertes de recherche : %s courriels", tell_new_suppliers())


@app.task(name="directory.run_list", queue="default")
def run_list(list_id: int) -> None:
    """Try or publish a received list, whichever was started; a second run finds nothing to do."""
    from levier.directory.lists.actions import run_started

    run_started(list_id=list_id, by=Actor.machine(f"liste {list_id}"))
