"""A company's dossier for a claused lot: the ways compared, whom to call, what to write or do next."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from importlib import resources
from typing import Literal

from levier.clauses.rendering import render
from levier.core.search import IndexMissingError, IndexOutdatedError
from levier.core.typography import day, euros, figure, hours, percent
from levier.directory import index
from levier.directory.coming import coming_page
from levier.directory.index import FoundSupplier
from levier.directory.search import Near, SupplierQuery
from levier.dossier.answering import contact_line
from levier.dossier.bidding.clause_in_text import ClauseRead, read_clause
from levier.dossier.composing import reader
from levier.dossier.need import Need, NeedInput, NeedRefused, Problem
from levier.dossier.result import SupplierLine
from levier.dossier.suppliers import sectors_wanted
from levier.facilitators.answers import FacilitatorAnswer
from levier.facilitators.queries import facilitator_for
from levier.reference.places import Place
from levier.rulebook.figures import lower_first
from levier.rulebook.modalities import Way, ways

Moment = Literal["bid", "won"]
REACH_KM = 50.0
SUPPLIERS_PER_WAY = 3
WEEKS_PER_MONTH = 52 / 12


@dataclass(frozen=True)
class BidInput:
    """What a company types. `clause`: the text pasted. Hours in hours, months in months; `is_hours_read`: in that text."""

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


@dataclass(frozen=True)
class WayLine:
    """One way with who can help: how many structures stand within reach (None: not counted) and the nearest.

    When they are few, then those from farther who say they work there.
    """

    way: Way
    reach: int | None
    suppliers: tuple[SupplierLine, ...]

    @property
    def is_fit(self) -> bool:
        """Whether nothing speaks against it here."""
        return self.way.is_fit and (self.reach != 0 or bool(self.suppliers))


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

    @property
    def best(self) -> tuple[WayLine, ...]:
        """The ways nothing speaks against, in their order."""
        return tuple(line for line in self.lines if line.is_fit)


def compose_bid(given: BidInput, *, today: date) -> BidDossier:
    """The dossier of a company. Raises NeedRefused with French sentences tied to the fields of BidInput."""
    clause = read_clause(given.clause)
    found = given.hours if given.hours is not None else clause.hours
    problems = [] if found else [Problem("hours", _no_hours(clause))]
    if found is not None and not 0 < found <= 1e7:
        problems = [Problem("hours", "Le nombre d’heures doit être entre 1 et 10 000 000.")]
    if given.months is not None and not 0 < given.months <= 600:
        problems.append(Problem("months", "La durée doit être entre 1 et 600 mois."))
    if problems:
        raise NeedRefused(*problems)
    assert found is not None
    need = _need(given, today)
    months = given.months if given.months is not None else need.months
    lines = _lines(need, found, months, given, today)
    facilitator = facilitator_for(place=need.place, buyer_siren=given.buyer_siren or None, on=today)
    weeks = months * WEEKS_PER_MONTH if months else None
    named = clause.facilitator or _contact(facilitator)
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
        steps=_steps(given, found, lines, today),
    )


def _no_hours(clause: ClauseRead) -> str:
    if clause.yearly:
        return f"Votre texte demande {hours(clause.yearly)} par an : donnez le total sur la durée du marché."
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


def _lines(
    need: Need, found: float, months: float | None, given: BidInput, today: date
) -> tuple[WayLine, ...]:
    territory = need.place.departement if need.place else ""
    compared = ways(hours=found, months=months, on=today, starts_on=given.starts_on, territory=territory)
    # Once the contract is won, it is too late to bid together.
    open_ways = [way for way in compared if given.moment == "bid" or way.modality.key != "cotraitance"]
    return tuple(_with_suppliers(way, need) for way in open_ways)


def _with_suppliers(way: Way, need: Need) -> WayLine:
    place = need.place
    if not way.modality.kinds or place is None:
        return WayLine(way, None, ())
    query = SupplierQuery(kinds=way.modality.kinds, limit=SUPPLIERS_PER_WAY, sort="distance")
    if way.modality.shelf == "work":
        query = replace(query, sectors=sectors_wanted(need))
    near = Near(place.latitude, place.longitude, place.landmass or None)
    if place.kind == "departement":
        query = replace(query, near=near, departements=(place.code,))
    elif place.kind == "region":
        query = replace(query, near=near, regions=(place.code,))
    else:
        query = replace(query, near=near, radius_km=REACH_KM)
    try:
        page = index.find(query)
        coming = coming_page(query, place, limit=SUPPLIERS_PER_WAY).hits[: SUPPLIERS_PER_WAY - len(page.hits)]
        near_cards, coming_cards = index.carded(page.hits, coming)
    except (IndexMissingError, IndexOutdatedError):
        return WayLine(way, None, ())
    why = way.modality.label.lower()
    lines = [_line(one, place, why) for one in near_cards]
    lines += [_line(one, place, f"{why}, établie ailleurs, dit intervenir ici") for one in coming_cards]
    return WayLine(way, page.total, tuple(lines))


def _line(found: FoundSupplier, place: Place, why: str) -> SupplierLine:
    is_rough = found.card.is_place_approximate or place.is_approximate
    return SupplierLine(found.card, found.hit.distance_km, is_rough, why)


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
    "partners": "structures pressenties",
    "facilitator": "facilitateur de l’opération",
    "referent": "nom et fonction du référent insertion",
    "substitute": "nom et fonction du suppléant",
    "tutor": "nom et fonction du tuteur",
    "start": "date de la première embauche",
}


def _paragraph(
    given: BidInput, need: Need, found: float, months: float | None, lines: Iterable[WayLine],
    facilitator: str,
) -> tuple[str, tuple[str, ...]]:  # fmt: skip
    """The paragraph for the bid, and what is left to fill in it."""
    text = resources.files("levier.dossier").joinpath("bidding/paragraph.md").read_text(encoding="utf-8")
    fit = [line for line in lines if line.is_fit]
    partners = [one.card.display_name for line in fit for one in line.suppliers[:1] if not one.card.is_demo]
    values = {
        "object": need.object,
        "hours": hours(found),
        "length": f"{figure(months, 1)} mois" if months else "",
        "weekly": hours(found / (months * WEEKS_PER_MONTH)) if months else "",
        "ways": " ; ".join(lower_first(line.way.modality.label) for line in fit[:3]),
        "partners": ", ".join(dict.fromkeys(partners)),
        "facilitator": facilitator,
        "start": day(given.starts_on) if given.starts_on else "",
    }
    rendered = render(text, values, _GAPS, name="bidding/paragraph")
    return rendered.markdown, tuple(_GAPS[name] for name in rendered.missing)


def _contact(facilitator: FacilitatorAnswer) -> str:
    first = facilitator.primary
    return contact_line(first) if first.is_known and not first.is_demo else ""


def _steps(given: BidInput, found: float, lines: tuple[WayLine, ...], today: date) -> tuple[BidStep, ...]:
    fit = [line for line in lines if line.is_fit]
    call_by = min((line.way.call_by for line in fit if line.way.call_by), default=None)
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
        BidStep(None, "Appeler le facilitateur de l’acheteur", "Il connaît la clause et prépare les candidatures."),
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
