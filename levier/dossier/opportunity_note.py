"""The « note d'opportunité »: two pages at most, in Word, to decide whether a purchase takes a social lever."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from levier.clauses.models import ChoiceKind, LotChoice
from levier.clauses.recipes import is_only_reserved
from levier.clauses.studies.lot_lines import hours_in_words, in_words, levers_in_words
from levier.clauses.studies.queries import is_signed, last_choices
from levier.core.documents import to_docx, to_pdf
from levier.core.documents.converting import escape
from levier.core.typography import counted, day, euros, figure, hours, kilometres
from levier.dossier.answering import WEEKLY_HOURS, contact_line
from levier.dossier.next_steps import Step, titles_marked
from levier.dossier.purchase_lots import LotDossier
from levier.dossier.result import Dossier, Shelf
from levier.purchasing.models import ContactSide, Purchase, PurchaseState
from levier.purchasing.open_points import open_points
from levier.rulebook.levers.printing import OUTCOMES

MEDIA = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
_MAKERS: dict[str, Callable[..., bytes]] = {"docx": to_docx, "pdf": to_pdf}

# Two pages: what does not fit stands in the dossier.
MOST_SUPPLIERS, MOST_RISKS, MOST_STEPS, LONGEST = 4, 5, 7, 110
LEAST_AHEAD = 3
# Beyond this many lots each takes one line of the table only.
MOST_LOTS_TOLD = 4
FEW_FOR_A_RESERVATION = 3

# From here on the buyer has signed: the note no longer asks for a decision, nor for what came before it.
_DECIDED = {PurchaseState.DECIDED, PurchaseState.PUBLISHED, PurchaseState.AWARDED, PurchaseState.CLOSED}
_LAUNCHED = _DECIDED - {PurchaseState.DECIDED}
# Leader dots leave room to write by hand; a table would break between two pages.
_LINE = "……………………………………"
_DECISION = f"""## Décision de l’acheteur

☐ Accord\u2003\u2003☐ Accord, avec réserves\u2003\u2003☐ Refus

Réserves ou motif : {_LINE * 2}

Nom et fonction : {_LINE} Date : …………………

Signature :"""
_SIGNED = """## Décision de l’acheteur

L’acheteur a signé ce que porte chaque lot : c’est dit plus haut, avec la date."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is signed of a lot, else proposed: when, the levers, the hours, each in words."""

    when: str
    levers: str
    hours: str
    line: str
    is_reserved: bool = False


def note_of_need(dossier: Dossier, form: str) -> bytes:
    """The note of one need, as a file; `form` is a key of MEDIA. Raises DocumentError."""
    return _MAKERS[form](need_markdown(dossier), title=_title(dossier.need.object), is_note=True)


def note_of_purchase(purchase: Purchase, lots: Sequence[LotDossier], form: str, *, on: date) -> bytes:
    """The note of a purchase: a summary, then each lot; `on` today. Raises DocumentError."""
    told = {pk: _told(found) for pk, found in last_choices([one.lot for one in lots]).items()}
    text = purchase_markdown(purchase, lots, on=on, told=told)
    return _MAKERS[form](text, title=_title(purchase.title), is_note=True)


def _title(text: str) -> str:
    return f"Note d’opportunité : {_cut(text[:1].upper() + text[1:], 80)}"


def need_markdown(dossier: Dossier) -> str:
    """The note of one need as Markdown; everything somebody typed is escaped."""
    need = dossier.need
    said = [
        f"{figure(need.months, 1)} mois" if need.months is not None else "durée à préciser",
        f"{euros(need.amount_ht)} HT" if need.amount_ht is not None else "montant à préciser",
        f"maximum {euros(need.max_amount_ht)} HT" if need.max_amount_ht is not None else "",
        escape(need.place.label) if need.place else "lieu à préciser",
        f"lancement le {day(need.launch_date)}{' (supposé)' if need.is_launch_assumed else ''}",
        f"début le {day(need.starts_on)}" if need.starts_on else "",
    ]
    parts = [f"# {escape(_title(need.object))}", _opening(dossier.made_on), " · ".join(filter(None, said))]
    parts += _advice(dossier, level=2)
    parts += ["## Risques et précautions", _bullets(_risks(dossier))]
    parts += _ending(dossier)
    return "\n\n".join(parts) + "\n"


def _told(found: Mapping[str, LotChoice]) -> Told:
    """What is signed of a lot, else what is proposed: the note says it before what Levier would advise."""
    signed = is_signed(found)
    choice = found[ChoiceKind.DECISION if signed else ChoiceKind.PROPOSAL]
    when = f"Signé le {day(choice.at)}" if signed else "Proposé"
    return Told(
        when,
        levers_in_words(choice),
        hours_in_words(choice),
        f"{when} : {in_words(choice)}",
        is_only_reserved(choice.levers),
    )


def purchase_markdown(
    purchase: Purchase, lots: Sequence[LotDossier], *, on: date, told: Mapping[int, Told] | None = None
) -> str:
    """The note of a purchase as Markdown. `told`: what is already signed or proposed, by lot id."""
    told = told or {}
    said = [
        escape(purchase.organisation.name),
        f"référence {escape(purchase.reference)}" if purchase.reference else "",
        purchase.get_procedure_display() if purchase.procedure else "",
        escape(purchase.place_label),
        f"lancement le {day(purchase.launch_on)}" if purchase.launch_on else "lancement à fixer",
    ]
    parts = [f"# {escape(_title(purchase.title))}", _opening(on), " · ".join(filter(None, said))]
    answered = [one.dossier for one in lots if one.dossier is not None]
    if len(lots) == 1 and answered:
        parts += [f"**{escape(one.line)}.**" for one in told.values()]
        parts += _advice(answered[0], level=2, is_decided=purchase.state in _DECIDED)
    else:
        duties = dict.fromkeys(escape(one.obligation.text) for one in answered if one.obligation)
        parts += ["## En résumé", _table(lots, told), *duties]
        for one in lots if len(lots) <= MOST_LOTS_TOLD else ():
            parts.append(f"### Lot {one.lot.number} : {escape(_cut(one.lot.title, 80))}")
            said = [f"**{escape(told[one.lot.pk].line)}**"] if one.lot.pk in told else []
            is_decided = bool(said) and purchase.state in _DECIDED
            found = _short(one.dossier, is_decided=is_decided) if one.dossier else [escape(one.problem)]
            lines = [*said, *found]
            parts.append(_bullets(lines))
    asked = [
        (f"Lot {point.lot.number} : " if point.lot else "") + point.text
        for point in open_points(purchase, [one.lot for one in lots])
    ]
    known = [text for dossier in answered for text in _warnings(dossier)]
    risks = _chosen([*_too_few(lots, told), *asked[:2], *known])
    parts += ["## Risques et précautions", _bullets(risks)]
    if answered:
        parts += _ending(answered[0], studied_by=_studied_by(purchase), state=purchase.state)
    else:
        parts.append(_decision(purchase.state))
    return "\n\n".join(parts) + "\n"


def _too_few(lots: Sequence[LotDossier], told: Mapping[int, Told]) -> Iterable[str]:
    """A lot reserved to hardly anybody: its competition is the first thing a judge looks at."""
    for one in lots:
        if one.dossier and one.lot.pk in told and told[one.lot.pk].is_reserved:
            total = one.dossier.suppliers.work.total
            if total < FEW_FOR_A_RESERVATION:
                known = (
                    counted(total, "structure connue", plural="structures connues")
                    if total
                    else "aucune structure connue"
                )
                yield (
                    f"Lot {one.lot.number}, réservé : {known} pour ce métier {one.dossier.suppliers.work.scope}. "
                    "Vérifiez avant de publier que plusieurs peuvent répondre."
                )


def _opening(on: date) -> str:
    return f"Préparée avec Levier le {day(on)}. Le facilitateur propose, l’acheteur décide."


def suitability(dossier: Dossier, *, with_duty: bool = True) -> str:
    """Whether the purchase suits, in one or two sentences; the duty of the whole need is said once for several lots."""
    chosen, found = dossier.chosen, dossier.calibration
    duty = f" {dossier.obligation.text}" if dossier.obligation and with_duty else ""
    if chosen is None:
        return f"Pas en l’état : aucun levier ne ressort avec ces éléments.{duty}"
    if found is None:
        return f"À confirmer : le montant manque pour compter des heures.{duty}"
    if found.verdict == "clause":
        return f"Oui : le volume porte une clause d’insertion.{duty}"
    if found.verdict == "to_answer":
        return f"Probablement, selon une réponse : {found.questions[0] if found.questions else dossier.answer.hours}{duty}"
    return f"Pas par une clause en heures. Un autre levier est ouvert : {chosen.title}.{duty}"


def _advice(dossier: Dossier, *, level: int, is_decided: bool = False) -> list[str]:
    mark = "#" * level
    if is_decided:
        return [f"{mark} Fournisseurs", _bullets(_shelves(dossier, MOST_SUPPLIERS))]
    parts = [f"{mark} Cet achat s’y prête-t-il ?", escape(suitability(dossier))]
    parts += [f"{mark} Levier conseillé", _lever(dossier)]
    parts += [f"{mark} Heures", _hours(dossier)]
    return [*parts, f"{mark} Fournisseurs", _bullets(_shelves(dossier, MOST_SUPPLIERS))]


def _lever(dossier: Dossier) -> str:
    chosen = dossier.chosen
    if chosen is None:
        return escape(dossier.answer.lever)
    status = "" if chosen.status == "confirmed" else " (règle à confirmer avant usage)"
    lines = [
        f"**{escape(chosen.title)}**, {OUTCOMES.get(chosen.outcome, '')}. {escape(chosen.reason)}",
        f"Base légale : {escape(chosen.article)}{status}.",
    ]
    if chosen.documents:
        lines.append("À écrire dans : " + ", ".join(document.title for document in chosen.documents) + ".")
    others = [one.title for one in dossier.retained_levers if one != chosen and one.outcome != "to_answer"][
        :2
    ]
    if others:
        lines.append(f"Aussi possible : {escape(' ; '.join(others))}.")
    return _bullets(lines)


def _hours(dossier: Dossier) -> str:
    found = dossier.calibration
    lines = [escape(dossier.answer.hours)]
    if found is not None and found.verdict == "clause" and found.range.likely is not None:
        likely = int(found.range.likely)
        lines.append(f"Volume probable : {hours(likely)}{_pace(likely, dossier.need.months)}.")
    if found is not None and found.calibration is not None:
        doubtful = [line.label.lower() for line in found.calibration.trace if line.status == "to_confirm"]
        if doubtful:
            names = escape(" ; ".join(dict.fromkeys(doubtful)))
            lines.append(f"Valeurs à confirmer dans ce calcul : {names}.")
    return _bullets(lines)


def _pace(likely: int, months: float | None) -> str:
    """What the hours mean on site: « un demi-poste pendant 18 mois » says more than weeks."""
    if not months:
        return ""
    posts = likely / (months * WEEKLY_HOURS * 52 / 12)
    if posts < 0.1:
        return f", soit moins d’un dixième de poste pendant {figure(months, 1)} mois : à regrouper sur une période courte"
    return f", soit {figure(posts, 1)} poste à temps plein pendant {figure(months, 1)} mois"


def _shelves(dossier: Dossier, most: int) -> Iterable[str]:
    for shelf in (dossier.suppliers.work, dossier.suppliers.people):
        yield f"**{shelf.title} : {figure(shelf.total)}** {escape(shelf.scope)}. {_names(shelf, most)}"


def _names(shelf: Shelf, most: int) -> str:
    named = [
        f"{line.card.display_name} ({line.card.kind.short}"
        + (f", {kilometres(line.distance_km)}" if line.distance_km is not None else "")
        + ")"
        for line in shelf.lines[:most]
    ]
    return escape(f"À appeler d’abord : {' ; '.join(named)}." if named else shelf.note)


def _risks(dossier: Dossier) -> list[str]:
    """What is not known first, then what weighs."""
    return _chosen([*(question.text for question in dossier.questions[:2]), *_warnings(dossier)])


def _warnings(dossier: Dossier) -> list[str]:
    """Those of the lever, then those of the trade and of the calculation."""
    return [*(dossier.chosen.warnings if dossier.chosen else ()), *dossier.warnings]


def _chosen(texts: Iterable[str]) -> list[str]:
    return [escape(_cut(text, 260)) for text in dict.fromkeys(texts)][:MOST_RISKS] or ["Rien à signaler."]


def _studied_by(purchase: Purchase) -> str:
    """Who already studies the purchase, and whom to call there; empty while nobody does."""
    if purchase.facilitator is None:
        return "Mission interne : l’acheteur étudie lui-même ses clauses." if purchase.is_in_house else ""
    people = [
        ", ".join(filter(None, (one.name, one.phone, one.email)))
        for one in purchase.contacts.all()
        if one.side == ContactSide.FACILITATOR
    ]
    return f"**{escape(purchase.facilitator.name)}** étudie cet achat. {escape(' ; '.join(people))}".strip()


def _decision(state: str) -> str:
    return _SIGNED if state in _DECIDED else _DECISION


def _calendar(dossier: Dossier, state: str, *, is_entrusted: bool) -> str:
    """What is left to do. Before the decision a day gone is late; after it, what came before is done and left out."""
    steps = [step for step in dossier.next_steps if not (state in _DECIDED and step.is_late)]
    if is_entrusted:
        steps = [step for step in steps if step.title not in titles_marked("asks")]
    if state in _DECIDED:
        steps = [step for step in steps if step.title not in titles_marked("decides")]
    if state in _LAUNCHED:
        steps = [step for step in steps if step.day > dossier.need.launch_date]
    if not steps:
        return "Toutes les étapes de ce calendrier sont passées."
    lines = [
        f"{day(step.day)} : {escape(step.title)} ({escape(step.who)}){' — **à faire sans attendre**' if step.is_late else ''}"
        for step in _nearest(steps)
    ]
    return _bullets(lines)


def _nearest(steps: Sequence[Step]) -> list[Step]:
    """The first steps, those late among them, and always the next ones: a need told late still has its launch to come."""
    late, ahead = ([step for step in steps if step.is_late is is_late] for is_late in (True, False))
    late = late[: max(MOST_STEPS - len(ahead), MOST_STEPS - LEAST_AHEAD)]
    return [*late, *ahead[: MOST_STEPS - len(late)]]


def _ending(dossier: Dossier, *, studied_by: str = "", state: str = "") -> list[str]:
    first = dossier.facilitator.primary
    called = f"**{escape(contact_line(first))}**. {escape(first.reason)} À lui demander : {escape(first.ask)}"
    return [
        "## Facilitateur à appeler",
        studied_by or called,
        "## Calendrier",
        _calendar(dossier, state, is_entrusted=bool(studied_by)),
        _decision(state),
    ]


def _short(dossier: Dossier, *, is_decided: bool) -> Iterable[str]:
    """A lot among others: the answer in three lines; what is signed is not advised again, only who can do it is told."""
    if not is_decided:
        yield escape(suitability(dossier, with_duty=False))
        yield escape(dossier.answer.lever)
        yield escape(dossier.answer.hours)
    yield from _shelves(dossier, 2)


def _table(lots: Sequence[LotDossier], told: Mapping[int, Told]) -> str:
    rows = [
        "| Lot | Montant HT | Levier | Heures |",
        "|:-----------------------|--------------:|:--------------------------|:----------------|",
    ]
    for one in lots:
        amount = euros(one.lot.amount_ht) if one.lot.amount_ht is not None else "à préciser"
        lever, volume = "à préciser", "à préciser"
        if one.dossier is not None:
            lever = f"Conseillé : {one.dossier.chosen.title}" if one.dossier.chosen else "aucun"
            volume = _volume(one.dossier)
        if one.lot.pk in told:
            said = told[one.lot.pk]
            lever, volume = f"{said.when} : {said.levers}", said.hours
        rows.append(
            f"| Lot {one.lot.number} : {escape(_cut(one.lot.title, 60))} | {amount} | {escape(lever)} | {volume} |"
        )
    return "\n".join(rows)


def _volume(dossier: Dossier) -> str:
    found = dossier.calibration
    if found is None:
        return "montant à préciser"
    if found.verdict == "no_clause":
        return "pas de clause en heures"
    low, high = int(found.range.low), int(found.range.high)
    return hours(high) if low == high else f"{figure(low)} à {hours(high)}"


def _cut(text: str, most: int = LONGEST) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
