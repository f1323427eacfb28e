"""The handover note: one page that lets somebody take a purchase over on Monday morning, from either side."""

from collections.abc import Callable, Iterable
from datetime import date

from levier.core.documents import to_docx, to_pdf
from levier.core.documents.converting import escape
from levier.core.typography import counted, day, euros, figure, phone
from levier.purchasing.lot_facts import programme_label
from levier.purchasing.models import ContactSide, Lot
from levier.purchasing.queries.exchanges import OpenExchanges
from levier.purchasing.queries.purchases import StoryLine, WholePurchase

# One page: beyond, the site says the rest.
MOST_LOTS, MOST_POINTS, MOST_EVENTS, MOST_LINES, MOST_TRADES = 8, 6, 5, 2, 2
LONGEST = 160

_MAKERS: dict[str, Callable[..., bytes]] = {"docx": to_docx, "pdf": to_pdf}
MEDIA = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


def handover_note(whole: WholePurchase, form: str, *, on: date, exchanges: OpenExchanges) -> bytes:
    """The note as a file; `form` is a key of MEDIA, `on` today. Raises DocumentError."""
    title = f"Passation : {_cut(whole.purchase.title)}"
    return _MAKERS[form](as_markdown(whole, on=on, exchanges=exchanges), title=title, is_note=True)


def as_markdown(whole: WholePurchase, *, on: date, exchanges: OpenExchanges) -> str:
    """The note as Markdown; everything somebody typed is escaped."""
    parts = [
        f"# Passation : {escape(_cut(whole.purchase.title))}",
        f"État au {day(on)} : **{whole.purchase.get_state_display()}**, depuis le {day(whole.purchase.state_since)}. "
        + _turn(whole),
        _facts(whole),
        _contacts(whole),
        "## Lots",
        _bullets(_lots(whole)),
    ]
    if whole.points and not whole.purchase.is_over:
        parts += ["## Ce qui reste à dire", _bullets(_points(whole))]
    if talks := list(_exchanges(exchanges, on)):
        parts += ["## Avec les entreprises", _bullets(talks)]
    parts += ["## Dernières étapes", _bullets(_event(line) for line in reversed(whole.story[-MOST_EVENTS:]))]
    return "\n\n".join(parts) + "\n"


def _turn(whole: WholePurchase) -> str:
    if not whole.acting:
        return "Rien n’est à faire."
    return f"**{escape(whole.acting)}** doit {whole.next_step.text}."


def _facts(whole: WholePurchase) -> str:
    purchase = whole.purchase
    amount = euros(whole.amount_ht) + " HT" if whole.amount_ht is not None else "à préciser"
    if whole.max_amount_ht is not None:
        amount += f", maximum {euros(whole.max_amount_ht)} HT"
    months = f"{figure(purchase.months, 1)} mois" if purchase.months else ""
    frame = [
        purchase.get_contract_kind_display(),
        purchase.get_procedure_display() if purchase.procedure else "",
    ]
    frame += [purchase.get_ccag_display() if purchase.ccag else "", programme_label(purchase)]
    dates = [f"lancement le {day(purchase.launch_on)}" if purchase.launch_on else "lancement à fixer"]
    dates += [f"exécution à partir du {day(purchase.starts_on)}"] if purchase.starts_on else []
    studied = purchase.facilitator.name if purchase.facilitator else ""
    if purchase.is_in_house:
        studied = f"{purchase.organisation.name}, en mission interne"
    lines = [
        f"**Acheteur :** {escape(purchase.organisation.name)}"
        + (f", référence {escape(purchase.reference)}" if purchase.reference else ""),
        f"**Étudié par :** {escape(studied) or 'pas encore confié'}",
        f"**Cadre :** {escape(', '.join(filter(None, frame))) or 'à préciser'}",
        f"**Montant :** {', '.join(filter(None, [amount, months]))}",
        f"**Lieu et dates :** {escape(purchase.place_label) or 'lieu à préciser'} ; {', '.join(dates)}",
    ]
    return _bullets(lines)


def _contacts(whole: WholePurchase) -> str:
    sides = [ContactSide.BUYER] + ([ContactSide.FACILITATOR] if whole.purchase.facilitator else [])
    lines = []
    for side in sides:
        for place in whole.places(side):
            person = place.person
            found = "**à nommer**"
            if person is not None:
                known = (person.name, person.function, phone(person.phone), person.email)
                found = escape(", ".join(filter(None, known)))
            lines.append(f"**{side.label}, {place.rank.label.lower()} :** {found}")
    return "## Qui appeler\n\n" + _bullets(lines)


def _lots(whole: WholePurchase) -> Iterable[str]:
    for lot in whole.lots[:MOST_LOTS]:
        said = [text for line in whole.lines.get(lot.pk, ()) for text in line.lines]
        is_said = any(text.startswith("Signé") for text in said)
        signed = not is_said and any(line.is_signed for line in whole.lines.get(lot.pk, ()))
        decided = " ; ".join(escape(_cut(text)) for text in said[:MOST_LINES]) or "rien de décidé"
        yield f"**{lot.number}. {escape(_cut(lot.title, 70))}** ({_amount(lot)}) : {decided}{' **(signé)**' if signed else ''}"
    left = whole.lots[MOST_LOTS:]
    if left:
        yield f"et {counted(len(left), 'autre lot', plural='autres lots')}, à lire sur le site"


def _amount(lot: Lot) -> str:
    amount = f"{euros(lot.amount_ht)} HT" if lot.amount_ht is not None else "montant à préciser"
    return amount + (", accord-cadre" if lot.is_framework else "")


def _points(whole: WholePurchase) -> Iterable[str]:
    for point in whole.points[:MOST_POINTS]:
        yield (f"Lot {point.lot.number} : " if point.lot else "") + escape(point.text)
    if len(whole.points) > MOST_POINTS:
        left = len(whole.points) - MOST_POINTS
        yield f"et {counted(left, 'autre question', plural='autres questions')}, à lire sur le site"


def _exchanges(found: OpenExchanges, on: date) -> Iterable[str]:
    """Consultations of trades that run, then the questions of bidders, with what waits and until when."""
    for one in found.trades[:MOST_TRADES]:
        answers = f"{counted(one.answered, 'réponse')} pour {counted(one.asked, 'participant')}"  # type: ignore[attr-defined]
        yield f"**Consultation des métiers :** {escape(_cut(one.title, 70))}, jusqu’au {day(one.deadline)} ; {answers}"
    if len(found.trades) > MOST_TRADES:
        left, one_more, more = len(found.trades) - MOST_TRADES, "autre consultation", "autres consultations"
        yield f"et {counted(left, one_more, plural=more)} des métiers, à lire sur le site"
    desk = found.desk
    if desk is None:
        return
    waiting = desk.waiting  # type: ignore[attr-defined]
    if waiting:
        late = " **(date passée)**" if desk.answers_by < on else ""
        yield f"**Questions des candidats :** **{waiting} sans réponse**, à publier au plus tard le {day(desk.answers_by)}{late}"
    elif desk.takes_questions(on):
        yield f"**Questions des candidats :** aucune n’attend ; elles sont ouvertes jusqu’au {day(desk.questions_until)}"


def _event(line: StoryLine) -> str:
    what = "mot" if line.event.is_word else line.step if line.event.before else "Créé"
    note = f" « {escape(_cut(line.event.note))} »" if line.event.note else ""
    return f"{day(line.event.at)} : {what}, par {escape(line.who)}{note}"


def _cut(text: str, most: int = LONGEST) -> str:
    plain = " ".join(text.split("\n"))
    return plain if len(plain) <= most else plain[: most - 1].rstrip() + "…"


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
