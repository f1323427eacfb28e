"""A company's dossier for a claused lot: the ways compared, whom to call, what to write or do next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from typing import Literal

from levier.clauses.rendering import render
from levier.core.documents.converting import escape
from levier.core.typography import day, euros, figure, hours, percent
from levier.dossier.answering import contact_line
from levier.dossier.bidding.clause_in_text import ClauseRead, read_clause
from levier.dossier.bidding.way_lines import REACH_KM, WayLine, sectors_named, way_lines
from levier.dossier.composing import reader
from levier.dossier.need import Need, NeedInput, NeedRefused, Problem
from levier.dossier.suppliers import scope_label
from levier.facilitators.answers import FacilitatorAnswer
from levier.facilitators.queries import facilitator_for
from levier.rulebook.figures import lower_first
from levier.rulebook.modalities import hourly_wage

Moment = Literal["bid", "won"]
WEEKS_PER_MONTH = 52 / 12
MOST_PROPOSED = 3


@dataclass(frozen=True)
class BidInput:
    """What a company types. `clause`: the text pasted. Hours in hours, months in months; `is_hours_read`: in that text.

    `is_private`: the buyer is a company. `kept`: the ways the company chose (keys of modalities); empty: it has not said.
    `known_facilitator`: who follows the clause, when the consultation is published here.
    """

    moment: Moment
    object: str
    place: str
    hours: float | None = None
    months: float | None = None
    starts_on: date | None = None
    due_on: date | None = None
    buyer: str = ""
    buyer_siren: str = ""
    clause: str = ""
    is_hours_read: bool = False
    is_private: bool = False
    kept: tuple[str, ...] = ()
    known_facilitator: str = ""


@dataclass(frozen=True)
class BidStep:
    """One thing to do, by when (None: at once)."""

    day: date | None
    title: str
    detail: str = ""


@dataclass(frozen=True)
class BidDossier:
    """The whole answer. `weekly`: hours to do each week; `weeks`: how long; None when no length is known."""

    given: BidInput
    need: Need
    hours: float
    is_read: bool
    clause: ClauseRead
    weeks: float | None
    weekly: float | None
    lines: tuple[WayLine, ...]
    facilitator: FacilitatorAnswer
    # What a company asks of it, which is not what a buyer does.
    ask: str
    paragraph: str
    gaps: tuple[str, ...]
    steps: tuple[BidStep, ...]
    # Euros: the hourly penalty said in times the minimum wage, at today's.
    penalty_at_wage: float | None = None

    @property
    def named(self) -> str:
        """Who follows the clause, as the text or the consultation says it; empty when neither does."""
        return self.clause.facilitator or self.given.known_facilitator

    @property
    def kept(self) -> tuple[str, ...]:
        """The keys of the ways its paragraph says."""
        return kept_ways(self.given, self.lines)

    @property
    def penalty(self) -> float | None:
        """Euros for an hour not done, as the clause says it or at the minimum wage of the day."""
        return self.clause.penalty or self.penalty_at_wage

    @property
    def reach(self) -> str:
        """Where the structures are counted: « à moins de 50 km de Roubaix », « dans la Lozère »."""
        return scope_label(self.need.place, REACH_KM) if self.need.place else ""

    @property
    def best(self) -> tuple[WayLine, ...]:
        """The ways nothing speaks against, in their order."""
        return tuple(line for line in self.lines if line.is_fit)


def compose_bid(given: BidInput, *, today: date) -> BidDossier:
    """The dossier of a company. Raises NeedRefused with French sentences tied to the fields of BidInput."""
    clause = read_clause(given.clause)
    found = given.hours if given.hours is not None else clause.hours
    problems = [] if found else [Problem("hours", _no_hours(clause, given.months))]
    if found is not None and not 0 < found <= 1e7:
        problems = [Problem("hours", "Le nombre d’heures doit être entre 1 et 10 000 000.")]
    if given.months is not None and not 0 < given.months <= 600:
        problems.append(Problem("months", "La durée doit être entre 1 et 600 mois."))
    if problems:
        raise NeedRefused(*problems)
    assert found is not None
    need = _need(given, today)
    months = given.months if given.months is not None else need.months
    lines = way_lines(
        need, sectors_named(need, _sector_of(given, today)), found, months,
        is_won=given.moment == "won", starts_on=given.starts_on, today=today,
    )  # fmt: skip
    facilitator = facilitator_for(
        place=need.place,
        buyer_siren=given.buyer_siren or None,
        buyer_side="private" if given.is_private else "public",
        on=today,
    )
    territory = need.place.departement if need.place else ""
    weeks = months * WEEKS_PER_MONTH if months else None
    named = clause.facilitator or given.known_facilitator or _contact(facilitator)
    paragraph, gaps = _paragraph(given, need, found, months, lines, named)
    return BidDossier(
        given=given,
        need=need,
        hours=found,
        is_read=given.is_hours_read or given.hours is None,
        clause=clause,
        weeks=weeks,
        weekly=found / weeks if weeks else None,
        lines=lines,
        facilitator=facilitator,
        ask=_ASK[given.moment],
        paragraph=paragraph,
        gaps=gaps,
        steps=_steps(given, found, lines, clause.facilitator, today),
        penalty_at_wage=clause.penalty_smic * hourly_wage(territory, today) if clause.penalty_smic else None,
    )


def _sector_of(given: BidInput, today: date) -> Callable[[str], str]:
    def read(words: str) -> str:
        try:
            return reader().read(NeedInput(text=words, place=given.place), today=today).sector or ""
        except NeedRefused:
            return ""

    return read


def _no_hours(clause: ClauseRead, months: float | None) -> str:
    for value, rhythm, in_a_year in ((clause.yearly, "par an", 1), (clause.monthly, "par mois", 12)):
        if value:
            # A length read in the text may hold renewals: the total is said, never taken.
            total = (
                f" ({hours(value * in_a_year * months / 12)} sur {figure(months, 1)} mois)" if months else ""
            )
            return f"Votre texte demande {hours(value)} {rhythm} : donnez le total sur la durée du marché{total}."
    if clause.rate:
        return (
            f"Votre texte demande {percent(clause.rate)} des heures travaillées : donnez le nombre d’heures que cela fait "
            "pour ce lot."
        )
    if clause.tranche:
        told, amount = clause.tranche
        return f"Votre texte demande {hours(told)} pour {euros(amount)} HT facturés : donnez le total pour votre montant."
    return "Donnez le nombre d’heures du lot, ou collez la clause qui le dit."


def _need(given: BidInput, today: date) -> Need:
    try:
        need = reader().read(NeedInput(text=given.object, place=given.place), today=today)
    except NeedRefused as refusal:
        fields = {"text": "object", "cpv": "object"}
        raise NeedRefused(
            *(Problem(fields.get(one.field, one.field), one.sentence) for one in refusal.problems)
        ) from None
    if need.parts:
        raise NeedRefused(Problem("object", "Cet objet contient plusieurs lots : donnez-en un à la fois."))
    return need


_ASK = {
    "bid": "Quelles personnes et quelles structures sont disponibles aux dates du marché, et ce qui compte dans les heures.",
    "won": "Un premier rendez-vous, des candidats, comment faire valider l’éligibilité de chacun, et les dates des relevés d’heures.",
}
_GAPS = {
    "company": "nom de l’entreprise",
    "object": "objet du lot",
    "hours": "nombre d’heures",
    "length": "durée du marché",
    "weekly": "heures par semaine",
    "ways": "modalités retenues",
    "partners": "structures que vous avez consultées",
    "facilitator": "facilitateur de l’opération",
    "referent": "nom et fonction du référent insertion",
    "substitute": "nom et fonction du suppléant",
    "tutor": "nom et fonction du tuteur",
    "start": "date de la première embauche",
}


def _paragraph(
    given: BidInput, need: Need, found: float, months: float | None, lines: Sequence[WayLine],
    facilitator: str,
) -> tuple[str, tuple[str, ...]]:  # fmt: skip
    """The paragraph for the bid, and what is left to fill in it."""
    text = resources.files("levier.dossier").joinpath("bidding/paragraph.md").read_text(encoding="utf-8")
    chosen = [line for line in lines if line.way.modality.key in kept_ways(given, lines)]
    # Nobody has called them yet: the bid says whom the company consulted, not whom the directory found.
    near = [one.card.display_name for line in chosen for one in line.suppliers[:1] if not one.card.is_demo]
    example = f" (à appeler, par exemple : {escape(', '.join(dict.fromkeys(near)))})" if near else ""
    values = {
        "object": need.object,
        "hours": hours(found),
        "length": f"{figure(months, 1)} mois" if months else "",
        "weekly": hours(found / (months * WEEKS_PER_MONTH), 1) if months else "",
        "ways": " ; ".join(lower_first(line.way.modality.label) for line in chosen),
        "facilitator": facilitator,
        "start": day(given.starts_on) if given.starts_on else "",
    }
    gaps = _GAPS | {"partners": f"{_GAPS['partners']}{example}"}
    rendered = render(text, values, gaps, name="bidding/paragraph")
    return rendered.markdown, tuple(_GAPS[name] for name in rendered.missing)


def kept_ways(given: BidInput, lines: Sequence[WayLine]) -> tuple[str, ...]:
    """The ways the paragraph says: those the company ticked, else the first ones nothing speaks against."""
    return given.kept or tuple(line.way.modality.key for line in lines if line.is_fit)[:MOST_PROPOSED]


def _contact(facilitator: FacilitatorAnswer) -> str:
    first = facilitator.primary
    return contact_line(first) if first.is_known and not first.is_demo else ""


def _first_call(given: BidInput, named: str) -> BidStep:
    """Whom the winner calls: the buyer's own facilitator, when we know who it is; otherwise the buyer says."""
    if given.buyer_siren or named:
        return BidStep(
            None, "Appeler le facilitateur de l’acheteur", "Il connaît la clause et prépare les candidatures."
        )
    who = "l’acheteur" if not given.buyer else given.buyer
    return BidStep(
        None,
        f"Demander à {who} qui suit sa clause",
        "Le CCAP le nomme souvent. Sans réponse, appelez la structure ci-dessous, qui est celle du territoire."
        if not given.is_private
        else "Un acheteur privé se fait parfois accompagner. Sinon, appelez la structure ci-dessous.",
    )


def _steps(
    given: BidInput, found: float, lines: tuple[WayLine, ...], named: str, today: date
) -> tuple[BidStep, ...]:
    fit = [line for line in lines if line.is_fit]
    call_by = min((max(line.way.call_by, today) for line in fit if line.way.call_by), default=None)
    if given.moment == "bid":
        due = given.due_on
        steps = [
            BidStep(
                None,
                "Appeler le facilitateur",
                "Il aide tous les candidats de la même façon, sans en avantager un.",
            ),
            BidStep(
                due - timedelta(days=14) if due else None,
                "Poser vos questions à l’acheteur",
                "Par la plateforme de la consultation : la réponse est donnée à tous.",
            ),
            BidStep(
                due - timedelta(days=7) if due else None,
                "Obtenir l’accord écrit des structures",
                "Obligatoire pour une cotraitance, utile pour chiffrer les autres voies.",
            ),
            BidStep(
                due,
                "Déposer l’offre",
                "Une clause seule ne demande rien à produire, sauf l’annexe à l’acte d’engagement.",
            ),
        ]
        return tuple(steps)
    start = given.starts_on
    half = start + timedelta(weeks=(given.months or 6) * WEEKS_PER_MONTH / 2) if start else None
    return (
        _first_call(given, named),
        BidStep(
            None, "Nommer un référent et son suppléant",
            "Deux noms : en formation de l’État, le contact avait changé dans la moitié des cas.",
        ),
        BidStep(
            call_by, "Lancer la première recherche de personnes",
            "Dernier jour conseillé pour que la première heure tombe au démarrage, d’après les délais d’usage.",
        ),
        BidStep(start, "Première embauche, ou première mission", "Faites valider l’éligibilité avant, par le facilitateur."),
        BidStep(
            start + timedelta(days=31) if start else None, "Premier relevé d’heures",
            "Des relevés d’heures, jamais de bulletins de paie.",
        ),
        BidStep(half, f"À mi-parcours : {hours(found / 2)} faites", "En retard ? Signalez la difficulté par écrit, avec sa cause."),
    )  # fmt: skip


def total_in_words(line: WayLine) -> str:
    """« de 6 900 € à 9 200 € »: the order of magnitude of one way."""
    return f"de {euros(line.way.cost_low)} à {euros(line.way.cost_high)}"
