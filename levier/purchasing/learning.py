"""What the contracts teach the reference room: the subjects buyers write, and the CPV they choose."""

import hashlib

from levier.core.audit import Actor
from levier.purchasing.models import Contract
from levier.reference.actions import CpvLesson, record_cpv_examples
from levier.reference.cpv.model import ModelError
from levier.reference.learning import train_cpv_model

SOURCE = "decp"


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
