"""The endpoints on one lot: its levers, and the text of a clause."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from levier.api.schemas import DraftIn, LeversIn, LotIn, RefusalOut
from levier.clauses.lot import LotFacts, draft, draft_as_json, levers_as_json, lot_facts
from levier.clauses.typed import values_from
from levier.core.plain import plain

router = Router()


@router.post("/levers", response={200: dict[str, Any], 422: RefusalOut}, summary="Les leviers d’un lot")
def list_levers(request: HttpRequest, body: LeversIn) -> dict[str, Any]:
    """The levers with their reasons, their compatibility two by two, and what to publish. Nothing is stored."""
    return levers_as_json(_lot(body), body.chosen)


@router.post("/drafts", response={200: dict[str, Any], 422: RefusalOut}, summary="Le texte d’une clause")
def create_draft(request: HttpRequest, body: DraftIn) -> dict[str, Any]:
    """The documents of a lever in Markdown, what is left to fill, the checks. Nothing is stored."""
    values = {"takeover_hours": body.takeover_hours} | body.values
    made = draft(body.lever, facts=_lot(body).facts, values=values_from(values), trade=body.trade)
    documents = made.pick(body.document) if body.document else made.documents
    return draft_as_json(made) | {"documents": plain(documents)}


def _lot(body: LotIn) -> LotFacts:
    given = body.dict(include=set(LotIn.model_fields) - {"launch_date"})
    return lot_facts(on=body.launch_date or timezone.localdate(), **given)
