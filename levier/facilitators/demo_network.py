"""The life of the demonstration: two structures with people, an animation, a request that waits, a convention signed."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from levier.accounts.models import Role, User
from levier.core.audit import Actor
from levier.core.models import OutgoingMail
from levier.facilitators.actions.conventions import (
    CommitmentValues,
    ConventionValues,
    PartyValues,
    propose_convention,
    save_convention,
)
from levier.facilitators.actions.measures import record_measure_fact
from levier.facilitators.actions.referrals import ReferralValues, ask_facilitator
from levier.facilitators.actions.signing import sign_convention
from levier.facilitators.convention_text import services
from levier.facilitators.models import (
    Animator,
    AnimatorLevel,
    Convention,
    Facilitator,
    Measure,
    Rank,
    ReferralRequest,
    Structure,
)
from levier.organisations.models import Organisation
from levier.reference.queries import place_by_code

# The two desks of the demonstration that have people: (key in the source, given name, rank, public, missions, ETP).
_PEOPLE: tuple[tuple[str, str, str, bool, tuple[str, ...], str], ...] = (
    ("epci:200093201", "Camille", Rank.MAIN, True, ("calibrage", "redaction", "suivi"), "0.80"),
    ("epci:200093201", "Louison", Rank.BACKUP, True, ("recrutement", "entreprises"), "0.50"),
    ("epci:200093201", "Andrea", Rank.BACKUP, False, ("bilan",), "0.20"),
    ("departement:59", "Claude", Rank.MAIN, True, ("calibrage", "formation"), "1.00"),
    ("departement:59", "Maxime", Rank.BACKUP, False, ("suivi",), "0.60"),
)
_LANGUAGES = {"Camille": ["français", "anglais", "langue des signes"], "Claude": ["français", "néerlandais"]}


def load_network(by: Actor) -> int:
    """What demonstration accounts find when they sign in; returns how many structures got people.

    Does nothing without the accounts, or when it is there already.
    """
    worker, buyer, network = (_account(role) for role in (Role.FACILITATOR, Role.BUYER, Role.NETWORK))
    desk = Structure.objects.filter(source="demo", source_key="epci:200093201").first()
    if worker is None or buyer is None or desk is None or desk.people.exists():
        return 0
    house, town = (one.memberships.get().organisation for one in (worker, buyer))
    with transaction.atomic():
        _people(worker)
        Structure.objects.filter(pk=desk.pk).update(
            organisation=house, proven_at=timezone.now(), shows_answer_time=True, updated_at=timezone.now(),
            description="Structure fictive. Elle calibre les clauses, présente des candidats et suit les heures.",
            missions=["calibrage", "suivi", "bilan"], verified_on=timezone.localdate(),
        )  # fmt: skip
        desk.refresh_from_db()
        # The structure that carries the name of the account's organisation, and covers no territory.
        Structure.objects.filter(source="demo", source_key="comptes:facilitateur").update(
            organisation=house, proven_at=timezone.now(), updated_at=timezone.now()
        )
        if network is not None:
            place = network.memberships.get().organisation
            Animator.objects.get_or_create(
                organisation=place, level=AnimatorLevel.REGION, region_id="32", ended_at=None
            )
        _convention(desk, worker, buyer, town)
        _request(buyer, town)
        _write_to_nobody()
        record_measure_fact(
            by=by, structure=desk, measure=Measure.VISITS, happened_on=timezone.localdate(), buyer_siren=town.siren or "",
            label="Réunion de lancement, offre d’insertion remise (exemple)", source_key=f"launch-demo-{desk.pk}",
        )  # fmt: skip
    return 2


def clear_network() -> None:
    """The requests and conventions of demonstration buyers or structures, before these go."""
    ReferralRequest.objects.filter(Q(buyer__is_demo=True) | Q(structure__is_demo=True)).delete()
    Convention.objects.filter(Q(structure__is_demo=True) | Q(parties__organisation__is_demo=True)).delete()
    Animator.objects.filter(organisation__is_demo=True).delete()


def _write_to_nobody() -> None:
    """The demonstration begins after these mails: whoever signs in has not just received them."""
    mails = OutgoingMail.objects.filter(sent_at=None, created_at__gte=timezone.now() - timedelta(minutes=5))
    mails.filter(Q(message_id__startswith="convention-") | Q(message_id__startswith="referral-")).delete()


def _account(role: Role) -> User | None:
    return User.objects.filter(is_demo=True, memberships__role=role).order_by("pk").first()


def _people(worker: User) -> None:
    for key, name, rank, is_public, missions, fte in _PEOPLE:
        structure = Structure.objects.filter(source="demo", source_key=key).first()
        if structure is not None:
            Facilitator.objects.create(
                structure=structure, first_name=name, last_name="Exemple", rank=rank, missions=list(missions),
                email=worker.email if name == worker.first_name else f"{name.lower()}@exemple.invalid",
                user=worker if name == worker.first_name else None, is_name_public=is_public, fte=Decimal(fte),
                languages=_LANGUAGES.get(name, ["français"]), source="demo",
            )  # fmt: skip


def _convention(desk: Structure, worker: User, buyer: User, town: Organisation) -> None:
    today = timezone.localdate()
    values = ConventionValues(
        kind="acheteur",
        title="Convention de coopération (exemple)",
        valid_from=today - timedelta(days=300),
        valid_to=today + timedelta(days=65),
        structure_party=PartyValues(
            name=desk.name, signatory_name="Camille Exemple", signatory_title="facilitatrice"
        ),
        others=(
            PartyValues(
                name=town.name,
                siren=town.siren or "",
                signatory_name="Alix Exemple",
                signatory_title="maire",
                share_amount=Decimal(6000),
                share_for="une part du poste de facilitateur",
            ),
        ),
        services=tuple(one.key for one in services()),
        territory="Métropole Européenne de Lille",
        commitments=(
            CommitmentValues(party=0, text="Répondre à chaque demande", measure="delai", target=Decimal(5)),
            CommitmentValues(party=0, text="Rencontrer les équipes", measure="visites", target=Decimal(2)),
            CommitmentValues(
                party=1,
                text="Transmettre la programmation des achats de l’année",
                measure="constat",
                due_on=timezone.localdate() + timedelta(days=60),
            ),
        ),
    )
    made = propose_convention(by=worker, convention=save_convention(by=worker, structure=desk, values=values))
    for party, by in zip(made.parties.all(), (worker, buyer), strict=True):
        sign_convention(
            by=by, party=party, sha256=made.versions.get().sha256,
            signer_name=party.signatory_name, signer_title=party.signatory_title,
        )  # fmt: skip


def _request(buyer: User, town: Organisation) -> Any:
    place = place_by_code("commune", "59350")
    if place is None:
        return None
    values = ReferralValues(
        subject_label="Nettoyage des écoles (exemple)",
        place=place,
        message="Combien d’heures pouvons-nous demander, et qui pourrait répondre ?",
        need=(("Objet", "Nettoyage de six écoles"), ("Montant estimé HT", "180 000 €"), ("Durée", "24 mois")),
    )
    return ask_facilitator(by=buyer, buyer=town, values=values)
