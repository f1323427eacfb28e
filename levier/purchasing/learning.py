"""What the contracts teach the rooms below: to the reference the subjects and their CPV, to the directory who won what."""

import hashlib
from collections.abc import Iterator
from datetime import date

from django.db import connection

from levier.core.audit import Actor
from levier.directory.evidence.actions import Evidence, record_activity_evidence
from levier.purchasing.models import Contract
from levier.reference.actions import CpvLesson, record_cpv_examples
from levier.reference.cpv.model import ModelError
from levier.reference.learning import train_cpv_model
from levier.reference.sectors import sector_for_cpv

SOURCE = "decp"
# A contract « to come » is a typing mistake: it dates nothing.
_WON = """
    SELECT holder.siret, contract.cpv, count(DISTINCT contract.id), max(coalesce(contract.notified_on, contract.published_on))
    FROM purchasing_contractholder AS holder JOIN purchasing_contract AS contract ON contract.id = holder.contract_id
    WHERE holder.id_kind = 'SIRET' AND holder.siret ~ '^[0-9]{14}$' AND contract.cpv <> ''
      AND coalesce(contract.notified_on, contract.published_on) <= %(today)s
    GROUP BY holder.siret, contract.cpv
    ORDER BY holder.siret, contract.cpv
"""


def teach(*, by: Actor) -> str:
    """Push the lessons, then have the CPV model trained. Returns one French sentence on the outcome."""
    added = push_lessons(by=by)
    try:
        trained = train_cpv_model(by=by)
    except ModelError as reason:
        return f"Pas de modèle CPV appris : {reason}"
    return f"Modèle CPV appris sur {trained.samples} objets différents ({added} nouveaux exemples)."


def push_lessons(*, by: Actor) -> int:
    """Give every (object, CPV) of the contracts to the reference room. Returns how many were new there."""
    # A list: a cursor still open on the connection would block the COPY that receives the lessons, for ever.
    rows = list(Contract.objects.exclude(cpv="").values_list("object", "cpv", "buyer_siren"))
    lessons = (CpvLesson(text=text, cpv=cpv, group_key=_group_key(siren)) for text, cpv, siren in rows)
    return record_cpv_examples(lessons=lessons, source=SOURCE, by=by)


def _group_key(buyer_siren: str) -> str:
    """A buyer's contracts must stay on one side of a measure; its number itself is not needed for that."""
    return hashlib.sha256(buyer_siren.encode()).hexdigest()[:16]


def push_activity_evidence(*, by: Actor, today: date) -> int:
    """Give the directory, for each SIRET, the sectors of the contracts it won. Returns how many suppliers changed."""
    with connection.cursor() as cursor:
        cursor.execute(_WON, {"today": today})
        rows = cursor.fetchall()
    return record_activity_evidence(evidence=_by_sector(rows), by=by)


def _by_sector(rows: list[tuple[str, str, int, date]]) -> Iterator[Evidence]:
    """Contracts by SIRET and CPV, added up by SIRET and sector."""
    summed: dict[tuple[str, str], tuple[int, date]] = {}
    for siret, cpv, count, last_on in rows:
        found = sector_for_cpv(cpv)
        if found is None:
            continue
        key = (siret, found.slug)
        before = summed.get(key, (0, last_on))
        summed[key] = (before[0] + count, max(before[1], last_on))
    for (siret, slug), (count, last_on) in summed.items():
        yield Evidence(siret, slug, count, last_on)
