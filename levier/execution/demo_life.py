"""What makes every page of the room alive in the demonstration: a card, a month disputed, a post with candidates, a transfer asked, and an
older contract under control. Everybody here is fictitious, and nobody is written to.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from levier.accounts.models import User
from levier.execution import actions
from levier.execution.actions import CommitmentValues, ContractValues
from levier.execution.candidates.actions import PostValues, publish
from levier.execution.cards import actions as cards
from levier.execution.cards import answering, notice
from levier.execution.cards.policies import Own
from levier.execution.control import actions as control
from levier.execution.control import defaults
from levier.execution.models import (
    AddressCheck,
    Candidate,
    CandidateIdentity,
    CandidateStage,
    Contract,
    DeclarationLine,
    DefaultProcedure,
    DefaultStep,
    DifficultyNotice,
    Entry,
    LineState,
    Participant,
    ReportingPeriod,
    StepKind,
)
from levier.execution.people.actions import address_values
from levier.execution.people.scope import acting
from levier.organisations.models import Organisation
from levier.purchasing.actions.demo import DemoSides
from levier.rulebook.months import add_months, first_of

UNDER_CONTROL = "DEMO-2025-07"
# First name, family name, day of birth, stage, days since its proposal.
_CANDIDATES = (
    ("Lina", "Exemple", date(2000, 2, 12), CandidateStage.PROPOSED, 3),
    ("Omar", "Exemple", date(1984, 10, 5), CandidateStage.MET, 16),
)


def bring_people_to_life(entries: dict[str, Entry], facilitator: User) -> None:
    """Two cards: the person of one confirmed a month, that of the other disputes one and waits."""
    for name in ("Awa", "Malik"):
        person = entries[name].participant
        with acting(followers=[person.follower_id]):
            notice.current_notice(follower=person.follower, by=facilitator)
        card = answering.make_card(by=facilitator, participant=person)
        lines = DeclarationLine.objects.filter(entry=entries[name], state=LineState.ACCEPTED)
        line = lines.order_by("declaration__month").first()
        assert line is not None and line.counted is not None
        own = Own(card, person, is_proved=True)
        if name == "Awa":
            with acting(followers=[person.follower_id]):
                Participant.objects.filter(pk=person.pk).update(
                    **address_values(facilitator, "awa@exemple.invalid", AddressCheck.SEEN)
                )
            cards.confirm_month(own=own, line=line.pk, seen=line.counted)
        else:
            cards.dispute_month(own=own, line=line.pk, reason="plus", claimed=line.counted + 4)


def open_a_post(contract: Contract, company: User, prescriber: Organisation) -> None:
    """A post of the holder, one candidate to answer, another one to decide."""
    today = timezone.localdate()
    post = publish(
        by=company, contract=contract, company=contract.holder,
        values=PostValues(
            trade="Carreleur, carreleuse", kind="cdd", employer_kind="DIRECT", modality="embauche", place="Roubaix",
            hours_per_week=Decimal(35), people=2, starts_on=today + timedelta(days=12), contact_name="Sacha Exemple",
            contact_email=company.email, backup_name="Andrea Exemple", backup_email="travaux@exemple.invalid",
        ),
    )  # fmt: skip
    follower = contract.facilitator_id or contract.buyer_id
    for given, family, born, stage, days in _CANDIDATES:
        on = today - timedelta(days=days)
        dates = {"answered_on": on + timedelta(days=4), "met_on": on + timedelta(days=9)}
        # Written aside: a proposal made by its action sends a mail.
        with acting(followers=[prescriber.pk]):
            made = Candidate.objects.create(
                position=post, company=contract.holder, prescriber=prescriber, follower_id=follower, given_name=given,
                initial=family[0], stage=stage, proposed_on=on,
                **(dates | {"stage_on": dates["met_on"]} if stage == CandidateStage.MET else {"stage_on": on}),
            )  # fmt: skip
            CandidateIdentity.objects.create(
                candidate=made, prescriber=prescriber, follower_id=follower, family_name=family, birth_on=born,
                agreed_on=on,
            )  # fmt: skip


def ask_a_transfer(contract: Contract, company: User) -> None:
    """The co-contractor hands some of its hours over to the holder; the buyer has to decide."""
    source, target = sorted(
        contract.commitments.all(), key=lambda one: one.contractor_id == contract.holder_id
    )
    actions.ask_transfer(
        by=company, label=f"{company}, {contract.holder.name}", source=source, target=target, hours=Decimal(120),
        effective_on=timezone.localdate(), note="L’équipe des façades est complète jusqu’à la fin du chantier.",
    )  # fmt: skip


def draw_proofs(contract: Contract, facilitator: User) -> None:
    """Two lines of the ledger to be proved, drawn again by anybody who knows the seed."""
    control.draw_sample(by=facilitator, contract=contract, size=2, seed="4827")


def open_one_under_control(
    sides: DemoSides,
    buyer: User,
    facilitator: User,
    holder: Organisation,
    label: str,
) -> Contract:
    """A contract that ended three weeks ago with hours missing, its total taken over, and a default as far as the observations."""
    today = timezone.localdate()
    ends_on = today - timedelta(days=20)
    starts_on = add_months(first_of(ends_on), -11)
    contract = actions.open_contract(
        by=buyer, buyer=sides.buyer, holder=holder, facilitator=sides.facilitator,
        values=ContractValues(
            title=f"Espaces verts du parc du Moulin {label}", reference=UNDER_CONTROL, place_label="Tourcoing",
            departement_code="59", notified_on=starts_on - timedelta(days=30), starts_on=starts_on, ends_on=ends_on,
            reporting_period=ReportingPeriod.QUARTER,
        ),
        commitments=[CommitmentValues(hours=Decimal(900), publics_rule="ccag_2021", counting_rule="national")],
    )  # fmt: skip
    actions.post_opening(
        by=facilitator, commitment=contract.commitments.get(), hours=Decimal("612.5"), until=ends_on
    )
    defaults.write_penalties(
        by=buyer, contract=contract, article="CCAP, article 12.3", excuse_all_means=True,
        rules=[{"kind": "hour", "multiple": "2", "reference": "social_security_hourly_ceiling", "requires_notice": True}],
    )  # fmt: skip
    _facts(contract, buyer, facilitator)
    _default(contract, buyer, facilitator)
    return contract


def _facts(contract: Contract, buyer: User, facilitator: User) -> None:
    """A difficulty decided, a visit held and a meeting to come, a complaint, a paper seen and another one waited for."""
    today = timezone.localdate()
    told = control.tell_difficulty(
        by=None, label="Sacha Exemple, référente", contract=contract, cause="candidats",
        since_on=today - timedelta(days=90), until_on=today - timedelta(days=45),
    )  # fmt: skip
    # Told in its time: what is told late counts for nothing when penalties are spoken of.
    DifficultyNotice.objects.filter(pk=told.pk).update(told_at=timezone.now() - timedelta(days=88))
    told.refresh_from_db()
    control.decide_difficulty(
        by=buyer, notice=told, outcome="maintenue", note="Les candidatures de la mission locale arrivent."
    )
    visit = control.plan_meeting(
        by=facilitator,
        contract=contract,
        kind="visite",
        held_on=today - timedelta(days=40),
        place="Parc du Moulin",
    )
    control.note_meeting(
        by=facilitator, meeting=visit, buyer="excuse", facilitator="present", company="present",
        conclusions="Deux personnes en parcours sur place, tutorat en place. Trois mois sans nouvelle embauche.",
    )  # fmt: skip
    control.plan_meeting(by=facilitator, contract=contract, kind="defaut", held_on=today + timedelta(days=9))
    control.note_complaint(
        by=facilitator, contract=contract, origin="personne", received_on=today - timedelta(days=30),
        text="Les vêtements de travail n’ont pas été fournis le premier mois.",
    )  # fmt: skip
    control.ask_evidence(
        by=facilitator,
        contract=contract,
        kind="bilan",
        due_on=today + timedelta(days=8),
        label="année entière",
    )
    seen = control.ask_evidence(
        by=facilitator,
        contract=contract,
        kind="releve",
        due_on=today + timedelta(days=2),
        label="dernier trimestre",
    )
    control.see_evidence(by=facilitator, evidence=seen, on=today)


def _default(contract: Contract, buyer: User, facilitator: User) -> None:
    """Written aside: each step moved by its action sends a mail to the company."""
    assert contract.facilitator is not None
    today = timezone.localdate()
    opened_at = timezone.make_aware(datetime.combine(today - timedelta(days=18), time(10)))
    made = DefaultProcedure.objects.create(contract=contract, opened_by=facilitator, opened_at=opened_at)
    signed = f"{facilitator}, {contract.facilitator.name}"
    # The ledger was written just now: the letters of that day could not find these hours.
    figures = {"due": "900", "done": "612.5"}
    for kind, days, by, label, text, more in (
        (StepKind.REMINDER, 18, facilitator, signed, "Il manque des heures : où en êtes-vous ?", {"facts": figures}),
        (
            StepKind.NOTICE, 12, buyer, f"{buyer}, {contract.buyer.name}",
            "Les heures restantes sont dues. Présentez vos observations avant la date indiquée.",
            {"deadline": today - timedelta(days=2), "facts": figures},
        ),
        (
            StepKind.OBSERVATIONS, 5, None, "Sacha Exemple, référente",
            "Deux mois sans candidature, signalés à temps ; deux embauches depuis.", {"facts": {"all_means": True}},
        ),
    ):  # fmt: skip
        at = timezone.make_aware(datetime.combine(today - timedelta(days=days), time(10)))
        DefaultStep.objects.create(procedure=made, kind=kind, at=at, by=by, by_label=label, text=text, **more)
