"""The room's weekly job."""

import logging

from procrastinate.contrib.django import app

from levier.directory.selections.actions import tell_new_suppliers

logger = logging.getLogger("levier.tasks")


@app.periodic(cron="13 6 * * 2")
@app.task(name="directory.tell_new_suppliers", queue="maintenance")
def tell_new(timestamp: int) -> None:
    """On Tuesday morning, who is new in the searches people keep."""
    logger.info("alertes de recherche : %s courriels", tell_new_suppliers())
