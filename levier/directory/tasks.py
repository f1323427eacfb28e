"""The room's jobs: lists brought, duplicates, alerts, sheets to confirm, free teams, files nobody shows."""

import logging
import time

from django.utils import timezone
from procrastinate.contrib.django import app

from levier.core.audit import Actor
from levier.directory.models import Claim, SourceRecord

logger = logging.getLogger("levier.tasks")
DAY_SECONDS = 24 * 3600


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


@app.periodic(cron="53 3 * * *")
@app.task(name="directory.forget_old_lists", queue="maintenance")
def forget_lists(timestamp: int) -> None:
    """Received files are kept a month."""
    from levier.directory.lists.actions import forget_old_lists

    forget_old_lists(by=Actor.machine("entretien"))


@app.task(name="directory.resolve_duplicates", queue="maintenance")
def resolve_after_import() -> None:
    """Idempotent; several imports in a row wait behind one run. Then members awaited, numbers to confirm."""
    from levier.directory.networks.actions import settle_every_awaited
    from levier.directory.ownership import actions
    from levier.directory.resolution.actions import resolve_duplicates

    by = Actor.machine("après import")
    resolve_duplicates(by=by)
    logger.info("SIREN à confirmer : %s fiches", actions.tell_of_numbers(by=by))
    logger.info("membres rattachés : %s", settle_every_awaited(by=by))


@app.periodic(cron="23 7 * * *")
@app.task(name="directory.ask_for_confirmations", queue="maintenance", queueing_lock="ask_for_confirmations")
def ask_for_confirmations(timestamp: int) -> None:
    """Each morning: sheets six months old, free teams a month old. Who was asked already is not asked again."""
    from levier.directory.ownership import actions

    today = timezone.localdate()
    sheets = actions.remind_of_sheets(today=today)
    teams = actions.ask_for_capacities(today=today)
    logger.info("confirmations demandées : %s fiches, %s disponibilités", sheets, teams)


@app.periodic(cron="7 0 * * *")
@app.task(name="directory.tell_what_faded", queue="maintenance")
def tell_what_faded(timestamp: int) -> None:
    """Each night: the search forgets free teams, labels and confirmations that count no more."""
    from levier.directory.ownership import actions

    logger.info("dires éteints : %s fiches", actions.tell_what_faded())


@app.periodic(cron="47 3 * * *")
@app.task(name="directory.forget_unused_files", queue="maintenance")
def forget_unused_files(timestamp: int) -> None:
    """Pictures and documents nothing names for a day, requests of three months, links expired for a year."""
    from levier.directory.owner import OWNER
    from levier.directory.ownership import actions, images, papers

    logger.info("demandes refermées : %s", actions.close_forgotten_claims())
    waiting = frozenset(Claim.objects.exclude(document="").values_list("document", flat=True))
    papers.forget_unused(waiting, time.time() - DAY_SECONDS)
    said = SourceRecord.objects.filter(source_id=OWNER.slug, values__has_key="images")
    used = {
        image["name"] for shown in said.values_list("values__images", flat=True).iterator() for image in shown
    }
    gone = images.forget_unused(frozenset(used), time.time() - DAY_SECONDS)
    logger.info("images retirées : %s, liens oubliés : %s", gone, actions.forget_old_links())
