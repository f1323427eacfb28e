"""Conventions as their parties list them, as the public reads them, and the measure of each commitment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from levier.accounts.models import User
from levier.core.mail_returns import answering
from levier.core.typography import counted, day, figure
from levier.facilitators.convention_text import services
from levier.facilitators.models import (
    Commitment,
    Convention,
    ConventionKind,
    ConventionObjection,
    ConventionOrigin,
    ConventionParty,
    ConventionSignature,
    ConventionState,
    Measure,
    MeasureFact,
    PartyRole,
    Structure,
)
from levier.facilitators.queries.referrals import answer_time
from levier.rulebook.months import add_months

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


@dataclass(frozen=True, slots=True)
class PartyState:
    """A party and its signature of the current text, when it signed; its objection, when it refused.

    `is_silent`: mails to whoever manages its space come back.
    """

    party: ConventionParty
    signature: ConventionSignature | None
    objection: ConventionObjection | None
    has_space: bool
    is_silent: bool


@dataclass(frozen=True, slots=True)
class PublicConvention:
    """What everybody may read: who agrees, since when, for what; never a signatory."""

    title: str
    names: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    services: tuple[str, ...]


def conventions_of(user: User) -> QuerySet[Convention]:
    """Those of my structures, and those proposed to organisations I am a member of; the newest first."""
    mine = Structure.objects.of_member(user).values("pk")
    of_party = ConventionParty.objects.filter(organisation__memberships__user=user).exclude(
        role=PartyRole.STRUCTURE
    )
    return (
        Convention.objects.filter(origin=ConventionOrigin.DRAFTED)
        .filter(
            Q(structure__in=mine)
            | (~Q(state=ConventionState.DRAFT) & Q(pk__in=of_party.values("convention_id")))
        )
        .select_related("structure")
        .prefetch_related("parties")
        .annotate(is_followed=Exists(_shown_following()), is_objected=Exists(_objections()))
        .order_by("-updated_at", "-pk")
    )


def _shown_following() -> QuerySet[Convention]:
    """Renewals every party sees: proposed or signed. A draft still waits for its structure."""
    return Convention.objects.filter(
        previous=OuterRef("pk"), state__in=[ConventionState.PROPOSED, ConventionState.SIGNED]
    )


def _objections() -> QuerySet[ConventionObjection]:
    """Those to the last text: an older one was answered by the next."""
    return ConventionObjection.objects.filter(version__convention=OuterRef("pk")).exclude(
        version__convention__versions__number__gt=F("version__number")
    )


# Months of notice that each text gives (texts/*.md): one leaves a charter at once.
_NOTICE = {
    ConventionKind.BUYER: 3,
    ConventionKind.COMPANY: 1,
    ConventionKind.AUTHORITIES: 6,
    ConventionKind.CHARTER: 0,
}


def first_end(convention: Convention, today: date) -> date:
    """The soonest last day a party may choose alone: the notice of its text, or the term when it comes before."""
    noticed = add_months(today, _NOTICE[ConventionKind(convention.kind)])
    return min(noticed, convention.valid_to) if convention.valid_to else noticed


def is_left_alone(convention: Convention, party: ConventionParty) -> bool:
    """Whether this party leaves and the rest goes on: it stands beside others, the structure left aside."""
    still = convention.parties.filter(left_on=None).exclude(role=PartyRole.STRUCTURE)
    return party.role != PartyRole.STRUCTURE and (party.left_on is not None or still.count() > 1)


def to_recall(today: date, within: timedelta) -> QuerySet[Convention]:
    """Signed conventions whose term comes within that time, the renewal of which is not proposed yet."""
    return (
        Convention.objects.filter(
            state=ConventionState.SIGNED, origin=ConventionOrigin.DRAFTED, end_reason="",
            valid_to__gte=today, valid_to__lte=today + within,
        )
        .exclude(Exists(_shown_following()))
        .order_by("pk")
    )  # fmt: skip


def following_of(convention: Convention) -> Convention | None:
    """The convention that renews this one, begun or signed; None before."""
    return convention.following.exclude(state=ConventionState.ENDED).order_by("pk").first()


def following_for(convention: Convention, *, sees_drafts: bool) -> Convention | None:
    """The renewal as a party sees it: a draft is the structure's only."""
    found = following_of(convention)
    return found if found is None or sees_drafts or not found.is_draft else None


def may_be_renewed(convention: Convention, today: date) -> bool:
    """Whether it is time to write the next one: ninety days before the term, and after it when nobody ended it."""
    if convention.valid_to is None or following_of(convention):
        return False
    has_run = convention.state == ConventionState.ENDED and not convention.end_reason
    return convention.is_to_renew(today) or has_run


def parties_of(convention: Convention) -> list[PartyState]:
    """Each party with its signature of the current text."""
    version = convention.versions.first()
    signed = {one.party_id: one for one in version.signatures.all()} if version else {}
    refused = {one.party_id: one for one in version.objections.all()} if version else {}
    parties = list(convention.parties.select_related("organisation", "convention"))
    written = {party.pk: list(managers_of(party).values_list("email", flat=True)) for party in parties}
    reached = set(answering(address for each in written.values() for address in each))
    return [
        PartyState(
            party,
            signed.get(party.pk),
            refused.get(party.pk),
            party.organisation is not None and party.organisation.memberships.exists(),
            bool(written[party.pk]) and reached.isdisjoint(written[party.pk]),
        )
        for party in parties
    ]


def differ(parties: Iterable[PartyState]) -> bool:
    """Whether parties signed different things: the text here and a copy, or two copies. Nothing is agreed yet."""
    return len({one.signature.sha256 for one in parties if one.signature}) > 1


def managers_of(party: ConventionParty) -> QuerySet[User]:
    """Who is written to for a party: the active accounts that manage its space here, none without a space."""
    managers = User.objects.filter(
        is_active=True, memberships__organisation=party.organisation_id, memberships__is_admin=True
    )
    return managers.distinct().order_by("pk")


def public_conventions(structure: Structure, *, on: date) -> list[PublicConvention]:
    """The signed conventions in force that their authors show on the structure's page."""
    words = {one.key: one.label for one in services()}
    found = (
        Convention.objects.filter(
            structure=structure, origin=ConventionOrigin.DRAFTED, state=ConventionState.SIGNED,
            is_public=True, valid_from__lte=on,
        )
        .filter(Q(valid_to=None) | Q(valid_to__gte=on))
        .prefetch_related("parties")
        .order_by("-valid_from", "pk")
    )  # fmt: skip
    return [
        PublicConvention(
            title=one.title,
            names=tuple(party.name for party in one.parties.all() if party.role != PartyRole.STRUCTURE),
            valid_from=one.valid_from,
            valid_to=one.valid_to,
            services=tuple(words[key] for key in one.services if key in words),
        )
        for one in found
    ]


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
    found = answer_time(
        convention.structure, on=on, since=convention.valid_from, buyer_siren=convention.buyer_siren
    )
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
    """What counts for a convention since it took effect, the newest first."""
    facts = MeasureFact.objects.filter(
        structure=convention.structure, happened_on__gte=convention.valid_from, happened_on__lte=on
    )
    if convention.buyer_siren:
        facts = facts.filter(buyer_siren__in=["", convention.buyer_siren])
    else:
        # What was typed for one buyer's convention is in the words of that convention.
        facts = facts.exclude(Q(is_typed=True) & ~Q(buyer_siren=""))
    return facts.order_by("-happened_on", "-pk")


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
        Measure.VISITS.value: "relevé ici pour les remises d’offre au lancement et les échanges du référent ; les autres rencontres sont saisies",
        Measure.REPORTS.value: "saisi à la main : rien ici ne voit encore un bilan remis",
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
