"""Where each commitment of a convention stands: measured from what happens here, or seen by hand."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from levier.core.typography import counted, day, figure
from levier.facilitators.models import (
    Commitment,
    Convention,
    ConventionKind,
    ConventionState,
    Measure,
    MeasureFact,
    PartyRole,
)
from levier.facilitators.queries.referrals import answer_time

MOST_FACTS = 100


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a commitment stands. `is_kept` None: nothing measured yet, or no measure at all."""

    commitment: Commitment
    words: str
    is_kept: bool | None

    @property
    def is_to_confirm(self) -> bool:
        """Whether a person still has to say that it is done."""
        return self.commitment.measure == Measure.BY_HAND and self.commitment.done_on is None

    @property
    def source(self) -> str:
        """Where its measure comes from."""
        return source_in_words(self.commitment.measure)


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact that counts, as the page of a convention lists it; `source`: what saw it, or who typed it."""

    happened_on: date
    measure: str
    label: str
    quantity: Decimal
    source: str
    is_typed: bool


def progress_of(convention: Convention, *, on: date) -> list[Progress]:
    """The measure of each commitment: answers from the requests, the rest from the facts rooms above push."""
    rows = convention.commitments.select_related("party", "confirmed_by").order_by("party__position", "pk")
    return [_progress(convention, one, on) for one in rows]


def _progress(convention: Convention, one: Commitment, on: date) -> Progress:
    if one.measure == Measure.BY_HAND:
        return _by_hand(one, on)
    if one.measure == Measure.NONE or one.target is None:
        return Progress(one, "sans mesure", None)
    if convention.state not in {ConventionState.SIGNED, ConventionState.ENDED} or on < convention.valid_from:
        return Progress(one, "suivi une fois la convention signée et en vigueur", None)
    if one.measure == Measure.ANSWER_TIME:
        return _answers(convention, one, on)
    return _counted(convention, one, on)


def _by_hand(one: Commitment, on: date) -> Progress:
    """Kept once somebody said so, with the day; not kept when that day came after the one promised."""
    assert one.due_on is not None
    if one.done_on is not None:
        who = one.confirmed_by.get_full_name() if one.confirmed_by else ""
        by = f", constaté par {who or 'un compte supprimé'} ({one.confirmed_for})"
        words = f" : {one.done_words}" if one.done_words else ""
        return Progress(one, f"fait le {day(one.done_on)}{by}{words}", one.done_on <= one.due_on)
    if on > one.due_on:
        return Progress(one, f"attendu le {day(one.due_on)}, pas encore constaté", False)
    return Progress(one, f"à constater, au plus tard le {day(one.due_on)}", None)


def _answers(convention: Convention, one: Commitment, on: date) -> Progress:
    """Every request counts, not their median: one forgotten buyer is a promise not kept.

    The requests say what was received and what is late; the facts add the answers that other rooms saw.
    """
    found = answer_time(convention.structure, on=on, since=convention.valid_from, buyers=_sirens(convention))
    others = [
        int(days)
        for days in facts_of(convention, on=on)
        .filter(measure=Measure.ANSWER_TIME, happened_on__gte=convention.valid_from)
        .exclude(source_key__startswith=REFERRAL_FACT)
        .values_list("quantity", flat=True)
    ]
    if not found.received and not others:
        return Progress(one, "aucune demande à mesurer", None)
    assert one.target is not None
    slowest = max([days for days in (found.slowest_days, *others) if days is not None], default=None)
    is_kept = found.answered == found.received and slowest is not None and slowest <= one.target
    words = f"{counted(found.answered, 'réponse')} pour {counted(found.received, 'demande')}"
    if found.median_days is not None:
        words += f", délai médian {figure(found.median_days, 1)} j"
    if others:
        words += f" ; {counted(len(others), 'réponse')} à des questions de candidats"
    if slowest is not None:
        words += f" ; le plus long {figure(slowest, 1)} j"
    return Progress(one, words, is_kept)


# Facts of requests begin so: their progress is read in the requests themselves, which also know the silent ones.
REFERRAL_FACT = "referral-"
_SOURCES = {
    REFERRAL_FACT: "demande au facilitateur",
    "question-": "question d’un candidat",
    "study-": "étude d’un achat",
    "launch-": "remise de l’offre au lancement",
    "exchange-": "échange du référent",
    "meeting-": "réunion ou visite d’un contrat",
    "closing-": "clôture d’un contrat, avec son bilan",
}


def facts_of(convention: Convention, *, on: date) -> QuerySet[MeasureFact]:
    """What counts for a convention since it took effect, the newest first.

    A fact belongs to whoever runs the structure: an organisation may run several. It counts for the parties it names;
    what was typed counts for the convention it was typed on.
    """
    structure = convention.structure
    holders = Q(structure=structure)
    if structure.organisation_id is not None:
        holders |= Q(structure__organisation=structure.organisation_id)
    facts = MeasureFact.objects.filter(holders, happened_on__gte=convention.valid_from, happened_on__lte=on)
    seen = Q(convention=None) & _about(convention)
    return facts.filter(Q(convention=convention) | seen).order_by("-happened_on", "-pk")


def _about(convention: Convention) -> Q:
    """The facts of the parties: those of the buyer, of the company, of every authority or signatory."""
    if convention.buyer_siren:
        return Q(buyer_siren__in=["", convention.buyer_siren])
    sirens = _sirens(convention)
    if convention.kind == ConventionKind.COMPANY:
        return Q(company_siren__in=sirens)
    # What was typed for one buyer, before facts named their convention, is in the words of that one.
    return (Q(buyer_siren__in=sirens) | Q(company_siren__in=sirens)) & ~Q(is_typed=True)


def _sirens(convention: Convention) -> list[str]:
    """The numbers of the parties beside the structure."""
    parties = convention.parties.exclude(role=PartyRole.STRUCTURE).exclude(siren="")
    return list(parties.values_list("siren", flat=True))


def fact_lines(convention: Convention, *, on: date) -> list[FactLine]:
    """The facts with what saw each: Levier itself, or somebody who typed it. One SQL query."""
    return [
        FactLine(
            happened_on=one.happened_on,
            measure=one.get_measure_display(),
            label=one.label,
            quantity=one.quantity,
            source=_source(one),
            is_typed=one.is_typed,
        )
        for one in facts_of(convention, on=on).select_related("typed_by")[:MOST_FACTS]
    ]


def _source(one: MeasureFact) -> str:
    if one.is_typed:
        return one.typed_by.get_full_name() if one.typed_by else "compte supprimé"
    return next((word for start, word in _SOURCES.items() if one.source_key.startswith(start)), "relevé ici")


def source_in_words(measure: str) -> str:
    """Where the facts of a measure come from, for whoever reads the commitment."""
    return {
        Measure.ANSWER_TIME.value: "relevé ici : demandes au facilitateur et questions de candidats",
        Measure.STUDIES.value: "relevé ici : études proposées aux acheteurs",
        Measure.VISITS.value: "relevé ici : offres remises, échanges du référent, réunions et visites des contrats ; le reste est saisi",
        Measure.REPORTS.value: "relevé ici quand un contrat suivi est clos avec son bilan ; les autres bilans sont saisis",
        Measure.BY_HAND.value: "constaté à la main par une des parties",
    }.get(measure, "")


def _counted(convention: Convention, one: Commitment, on: date) -> Progress:
    """Facts of the running year of the convention, compared with the share of it that has passed."""
    start = year_start(convention.valid_from, on)
    facts = facts_of(convention, on=on).filter(measure=one.measure, happened_on__gte=start).order_by()
    done = facts.aggregate(total=Sum("quantity"))["total"] or Decimal(0)
    assert one.target is not None
    passed = Decimal((on - start).days) / Decimal(365)
    is_kept = True if done >= one.target else (None if done >= one.target * passed - 1 else False)
    return Progress(one, f"{figure(done, 1)} sur {figure(one.target, 1)} cette année", is_kept)


def year_start(valid_from: date, on: date) -> date:
    """The first day of the running year of a convention that began that day."""

    def anniversary(year: int) -> date:
        is_leap_day = (valid_from.month, valid_from.day) == (2, 29)
        return date(year, 3, 1) if is_leap_day else valid_from.replace(year=year)

    this_year = anniversary(on.year)
    return max(valid_from, this_year if this_year <= on else anniversary(on.year - 1))
