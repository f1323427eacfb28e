"""A consultation of trades as a document of the purchase's file: what was shared, with whom, what each answered."""

from collections.abc import Iterable, Iterator

from levier.core.documents import to_docx, to_pdf
from levier.core.documents.converting import escape
from levier.core.typography import day, hours
from levier.purchasing.models import TradeAnswer, TradeConsultation
from levier.purchasing.trades.queries import PartyLine


def as_docx(one: TradeConsultation, lines: Iterable[PartyLine], *, with_notes: bool) -> bytes:
    """In Word. `with_notes`: the buyer's own copy."""
    return to_docx(as_markdown(one, lines, with_notes=with_notes), title="Consultation des métiers")


def as_pdf(one: TradeConsultation, lines: Iterable[PartyLine], *, with_notes: bool) -> bytes:
    """In tagged PDF."""
    return to_pdf(as_markdown(one, lines, with_notes=with_notes), title="Consultation des métiers")


def as_markdown(one: TradeConsultation, lines: Iterable[PartyLine], *, with_notes: bool) -> str:
    """The record; answers nobody may read yet are not in the lines, and whatever somebody typed is escaped."""
    known = list(lines)
    published = f" Réponses publiées le {day(one.published_at)}." if one.published_at else ""
    parts = [
        f"# Consultation des métiers : {escape(one.title)}",
        f"{escape(str(one.purchase.organisation))}, {escape(one.purchase.title)}. "
        f"Réponses jusqu’au {day(one.deadline)} inclus, le même texte et le même délai pour tous.{published}",
        "## Ce qui a été partagé",
        "\n".join(f"- {escape(fact['label'])} : {escape(fact['value'])}" for fact in one.shared),
        escape(one.message),
        "## Qui a été consulté",
        "\n".join(
            f"- {escape(line.party.name)}, {line.party.get_kind_display().lower()} : "
            f"{'a répondu' if line.has_answered else 'pas de réponse'}"
            for line in known
        ),
    ]
    answered = [(line, line.answer) for line in known if line.answer is not None]
    if answered:
        parts.append("## Ce que chacun a répondu")
    for line, answer in answered:
        parts += [f"### {escape(line.party.name)}", *_said(answer, with_notes=with_notes)]
    return "\n\n".join(filter(None, parts)) + "\n"


def _said(answer: TradeAnswer, *, with_notes: bool) -> Iterator[str]:
    tenable = f", {hours(answer.hours)}" if answer.hours is not None else ""
    yield f"{answer.get_feasible_display()}{tenable}."
    for label, text in (
        ("Profils", answer.profiles),
        ("Réserves", answer.reservations),
        ("Remarques", answer.text),
        ("Note à l’acheteur seul", answer.confidential_note if with_notes else ""),
    ):
        if text:
            yield f"{label} : {escape(text)}"
