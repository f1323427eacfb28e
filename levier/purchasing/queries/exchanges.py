"""What is open between a purchase and companies: consultations of trades not ended, questions that wait."""

from dataclasses import dataclass

from levier.purchasing.models import Purchase, QuestionDesk, TradeConsultation
from levier.purchasing.questions.queries import desk_of
from levier.purchasing.trades.queries import consultations_of


@dataclass(frozen=True, slots=True)
class OpenExchanges:
    """Running consultations, each with `asked` and `answered`; the desk of questions with `waiting` and `published`."""

    trades: tuple[TradeConsultation, ...] = ()
    desk: QuestionDesk | None = None


def open_exchanges(purchase: Purchase) -> OpenExchanges:
    """Two SQL queries."""
    running = consultations_of(purchase).filter(published_at=None, withdrawn_at=None)
    return OpenExchanges(tuple(running.order_by("deadline", "pk")), desk_of(purchase))
