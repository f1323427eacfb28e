"""Exchanges with companies: a consultation of trades, the questions of a published consultation."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from levier.core.audit import Actor
from levier.purchasing.models import (
    BidderQuestion,
    ContactSide,
    Purchase,
    QuestionDesk,
    TradeConsultation,
    TradeParty,
)
from levier.purchasing.trades import actions
from tests.factories.accounts import user

BY = Actor.machine("essais")


def trades(purchase: Purchase, *addresses: str, **fields: Any) -> TradeConsultation:
    """A consultation opened today for these addresses, for two weeks."""
    lot, side = fields.pop("lot", None), fields.pop("side", ContactSide.BUYER)
    given = {
        "title": "Insertion : la crèche", "shared": (("Heures d’insertion estimées", "480 h"),),
        "deadline": timezone.localdate() + timedelta(days=14),
    }  # fmt: skip
    parties = [
        actions.PartyValues(name=f"Fédération {email.split('@')[0]}", email=email) for email in addresses
    ]
    return actions.open_trade_consultation(
        by=user(), side=side, purchase=purchase, lot=lot, values=actions.ConsultationValues(**given | fields),
        parties=parties,
    )  # fmt: skip


def answered(party: TradeParty, **fields: Any) -> None:
    """One participant answers."""
    given = {"feasible": "oui", "hours": 400, "confidential_note": "NOTE SECRÈTE", "text": "PAROLE PUBLIQUE"}
    actions.answer_trade_consultation(by=BY, party=party, given=actions.AnswerValues(**given | fields))


def ended(one: TradeConsultation) -> TradeConsultation:
    """Past its deadline and published."""
    yesterday = timezone.localdate() - timedelta(days=1)
    TradeConsultation.objects.filter(pk=one.pk).update(deadline=yesterday)
    return actions.publish_trade_consultation(by=BY, consultation=one, today=timezone.localdate())


def desk(purchase: Purchase, **fields: Any) -> QuestionDesk:
    """The questions of a purchase, open for a week."""
    today = timezone.localdate()
    given = {"questions_until": today + timedelta(days=7), "answers_by": today + timedelta(days=10)}
    return QuestionDesk.objects.create(purchase=purchase, **given | fields)


def question(of: QuestionDesk, text: str = "Un apprenti compte-t-il ?", **fields: Any) -> BidderQuestion:
    """One question that waits."""
    return BidderQuestion.objects.create(desk=of, **{"original": text, "wording": text} | fields)
