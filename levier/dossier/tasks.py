"""The room's nightly job."""

from procrastinate.contrib.django import app

from levier.core.audit import Actor


@app.periodic(cron="41 3 * * *")
@app.task(name="dossier.forget_expired_snapshots", queue="maintenance")
def forget_expired_snapshots(timestamp: int) -> None:
    """Delete shared dossiers a month after they closed."""
    from levier.dossier import actions

    actions.forget_expired_snapshots(by=Actor.machine("entretien"))
