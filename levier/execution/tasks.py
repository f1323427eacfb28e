"""The room's jobs: files of many lines read or written, lines of files forgotten."""

import logging

from procrastinate.contrib.django import app

from levier.execution.incoming import shelf
from levier.execution.incoming.actions import fail, run_started
from levier.execution.incoming.programs import forget_answers

logger = logging.getLogger("levier.tasks")


@app.task(name="execution.run_file", queue="default")
def run_file(file_id: int) -> None:
    """Read or write a received file, whichever was started; a second run finds nothing to do."""
    try:
        run_started(file_id=file_id)
    except Exception:
        # Its page says so, and lets it be read again: nothing was written.
        fail(file_id=file_id)
        raise


@app.periodic(cron="37 3 * * *")
@app.task(name="execution.forget_files", queue="maintenance")
def forget_files(timestamp: int) -> None:
    """The lines of received files are kept two weeks."""
    logger.info("fichiers reçus : %s morceaux retirés", shelf.forget_old())
    logger.info("réponses de l’API : %s retirées", forget_answers())
