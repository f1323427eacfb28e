"""The room's jobs: try or publish a list somebody brought."""

from procrastinate.contrib.django import app

from levier.core.audit import Actor


@app.task(name="directory.run_list", queue="default")
def run_list(list_id: int) -> None:
    """Try or publish a received list, whichever was started; a second run finds nothing to do."""
    from levier.directory.lists.actions import run_started

    run_started(list_id=list_id, by=Actor.machine(f"liste {list_id}"))
