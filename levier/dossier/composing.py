"""Composes the dossier: one need in, the whole answer out, from the rooms below."""

from datetime import date

from levier.clauses.drafting import ClauseDraft, draft, has_text
from levier.clauses.lot import hours_for_levers
from levier.clauses.queries import own_texts
from levier.clauses.trades import trade_of
from levier.clauses.values import ClauseValues
from levier.dossier import answering, asking
from levier.dossier.need import MOST_PARTS, Need, NeedInput, NeedRefused, Problem
from levier.dossier.next_steps import next_steps, plan_for
from levier.dossier.result import Dossier, SupplierShelves
from levier.dossier.suppliers import Reach, SupplierFinder
from levier.dossier.understanding import Reader
from levier.facilitators.answers import FacilitatorAnswer
from levier.facilitators.queries import facilitator_for
from levier.organisations.models import Organisation
from levier.purchasing.queries import SimilarContract, similar_contracts
from levier.reference.queries import cpv_ranker, place_finder
from levier.rulebook.calibration import CalibrationError, LotCalibration, lot_calibration
from levier.rulebook.levers import Facts, FactsError, LeverAdvice, levers_for

SIMILAR_CONTRACTS = 5
# Slice of orders in which a framework contract counts its hours, in euros excluding tax.
TRANCHE_HT = 100_000


def reader() -> Reader:
    """The reader of this installation: its places, its CPV labels, lexicon and learned model."""
    return Reader(places=place_finder(), ranker=cpv_ranker())


def compose(given: NeedInput, *, today: date, writer: Organisation | None = None) -> Dossier:
    """The dossier of a need. Raises NeedRefused with French sentences when the need cannot be answered.

    ``writer``: the organisation whose own texts serve, which the caller has checked the reader belongs to.
    """
    need = reader().read(given, today=today)
    if len(need.parts) > MOST_PARTS:
        raise NeedRefused(asking.several_needs(need))
    return answer(need, today=today, writer=writer)


def answer(need: Need, *, today: date, writer: Organisation | None = None) -> Dossier:
    """The dossier of a need already understood."""
    calibration = calibrate(need)
    finder = SupplierFinder(need)
    facts = facts_of(need, calibration, finder.reach())
    return assemble(need, calibration, facts, finder, today=today, writer=writer)


def assemble(
    need: Need,
    calibration: LotCalibration | None,
    facts: Facts,
    finder: SupplierFinder,
    *,
    today: date,
    writer: Organisation | None = None,
) -> Dossier:
    """The dossier of a need whose hours and facts are known. ``writer``: as for ``compose``."""
    advices = levers_for(facts)
    chosen = choose(advices, need.given.lever)
    suppliers = finder.shelves()
    facilitator = _facilitator(need)
    return Dossier(
        need=need,
        made_on=today,
        answer=answering.three_lines(need, chosen, calibration, suppliers),
        levers=advices,
        chosen=chosen,
        calibration=calibration,
        suppliers=suppliers,
        questions=asking.open_questions(need, advices, calibration),
        facilitator=facilitator,
        similar_contracts=_similar(need),
        clause=_clause(need, facts, chosen, facilitator, suppliers, writer),
        next_steps=next_steps(
            plan=plan_for(
                chosen.code if chosen else "",
                is_private=need.buyer_side == "private",
                has_hours=calibration is None or calibration.verdict != "no_clause",
            ),
            launch=need.launch_date,
            today=today,
            is_mandatory=any(advice.obligation for advice in advices),
            start=need.starts_on,
        ),
        warnings=answering.warnings(need, calibration, suppliers),
    )


def calibrate(need: Need) -> LotCalibration | None:
    """The hours of the need; None while the amount that decides is missing."""
    if need.cpv is None or (need.amount_ht is None and not need.is_framework):
        return None
    weeks = need.months * 52 / 12 if need.months and need.posts else None
    try:
        return lot_calibration(
            cpv=need.cpv.code,
            on=need.launch_date,
            amount_ht=need.amount_ht,
            months=need.months,
            takeover_hours=need.takeover_hours,
            takeover_known=need.is_takeover_answered,
            is_framework=need.is_framework,
            max_amount_ht=need.max_amount_ht,
            programme=need.programme or None,
            posts=need.posts if weeks else None,
            weeks=weeks,
            territory=need.place.departement if need.place else "",
        )
    except CalibrationError as problem:
        raise NeedRefused(Problem(problem.field, str(problem))) from problem


def facts_of(need: Need, calibration: LotCalibration | None, reach: Reach) -> Facts:
    """The facts the levers read. Raises NeedRefused for a value no purchase can have."""
    try:
        return Facts(
            buyer_side=need.buyer_side,
            buyer_kind=need.buyer_kind,  # type: ignore[arg-type]
            buyer_population=need.inhabitants,
            contract_kind=need.contract_kind,  # type: ignore[arg-type]
            need_amount_ht=need.amount_ht,
            lot_count=need.lot_count,
            launch_date=need.launch_date,
            duration_months=need.months,
            cpv=need.cpv.code if need.cpv else "",
            is_social_service=need.is_social_service,
            is_framework=need.is_framework,
            is_concession=need.is_concession,
            max_amount_ht=need.max_amount_ht,
            has_staff_takeover=None if need.takeover_hours is None else need.takeover_hours > 0,
            territory=need.place.departement if need.place else "",
            programme=need.programme,
            hours=hours_for_levers(calibration),
            insertion_suppliers_in_reach=reach.insertion,
            handicap_suppliers_in_reach=reach.handicap,
            reach_km=reach.km,
        )
    except FactsError as problem:
        raise NeedRefused(Problem("text", str(problem))) from problem


def choose(advices: tuple[LeverAdvice, ...], wanted: str = "") -> LeverAdvice | None:
    """The lever the clause is drafted for: the buyer's own choice, else the first one retained."""
    retained = [advice for advice in advices if advice.is_retained]
    asked = [advice for advice in advices if advice.code == wanted]
    return (asked or retained or [None])[0]


def _facilitator(need: Need) -> FacilitatorAnswer:
    return facilitator_for(
        place=need.place,
        buyer_siren=need.buyer_siren or None,
        programme=need.programme or None,
        buyer_side=need.buyer_side,
    )


def _similar(need: Need) -> tuple[SimilarContract, ...]:
    found = similar_contracts(
        text=need.object,
        cpv=need.cpv.code if need.cpv else "",
        departement=need.place.departement if need.place else "",
        region=need.place.region if need.place else "",
        amount_ht=need.amount_ht,
        limit=SIMILAR_CONTRACTS,
    )
    return tuple(found)


def _clause(
    need: Need,
    facts: Facts,
    chosen: LeverAdvice | None,
    facilitator: FacilitatorAnswer,
    suppliers: SupplierShelves,
    writer: Organisation | None,
) -> ClauseDraft | None:
    """The first text of the chosen lever; hours stay the buyer's to pick inside the range."""
    if chosen is None or not has_text(chosen.code):
        return None
    values = ClauseValues(
        object=need.object,
        territory=need.place.label if need.place else "",
        takeover_hours=need.takeover_hours or None,
        facilitator=answering.contact_line(facilitator.primary)
        if facilitator.primary.is_known and not facilitator.primary.is_demo
        else "",
        suppliers=tuple(line.card.display_name for line in suppliers.work.lines[:3]),
        tranche_amount_ht=TRANCHE_HT if need.is_framework else None,
    )
    own = own_texts(writer, chosen.code, trade_of(facts.cpv)) if writer else {}
    return draft(chosen.code, facts=facts, values=values, own=own)
