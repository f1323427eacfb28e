"""The room's jobs: try or publish a list somebody brought, forget its file after a month."""

from procrastinate.contrib.django import app

from levier.core.audit import Actor


@app.task(name="directory.run_list", queue="default")
def run_list(list_id: int) -> None:
    """Try or publish a received list, whichever was started; a second run finds nothing to do."""
    from levier.directory.lists.actions import run_started

    run_started(list_id=list_id, by=Actor.machine(f"liste {list_id}"))


@app.periodic(cron="53 3 * * *")
@app.task(name="directory.forget_old_lists", queue="maintenance")
def forget_old_lists(timestamp: int) -> None:
    """Received files are kept a month."""
    from levier.directory.lists import actions

    actions.forget_old_lists(by=Actor.machine("entretien"))
