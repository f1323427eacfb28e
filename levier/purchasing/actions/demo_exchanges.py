"""Two more demonstration purchases: one published, with the trades consulted before and the questions open; one awarded."""

from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import Role
from levier.core import audit
from levier.core.audit import Actor
from levier.purchasing.actions.demo import DemoSides, Step, add_people, add_story, demo_sides
from levier.purchasing.models import (
    BidderQuestion,
    ContactSide,
    Feasibility,
    Lot,
    PartyKind,
    Purchase,
    PurchaseState,
    QuestionDesk,
    TradeAnswer,
    TradeConsultation,
    TradeParty,
)
from levier.purchasing.places import place_values
from levier.reference.queries import place_by_code

PUBLISHED, AWARDED = "DEMO-2026-02", "DEMO-2026-01"
_LABEL = "(démonstration)"
_LILLE, _TOURCOING = ("commune", "59350"), ("commune", "59599")
_B, _F, _S = ContactSide.BUYER, ContactSide.FACILITATOR, PurchaseState
_STORY: tuple[Step, ...] = (
    ("", _S.DRAFT, _B, 60, ""),
    (_S.DRAFT, _S.TO_STUDY, _B, 55, ""),
    (
        _S.TO_STUDY,
        _S.PROPOSED,
        _F,
        20,
        "Liste du personnel à reprendre reçue, métiers consultés : heures ramenées de 600 à 480 au lot 1.",
    ),
    (_S.PROPOSED, _S.DECIDED, _B, 12, ""),
    (_S.DECIDED, _S.PUBLISHED, _B, 5, ""),
)
_AFTER: tuple[Step, ...] = ((_S.PUBLISHED, _S.AWARDED, _B, 3, "Lot 1 attribué aux Bâtisseurs du Val."),)
# The amounts are those whose study gives the hours signed (`clauses.demo`).
_OPEN_LOTS: tuple[dict[str, object], ...] = (
    {"title": "Propreté des salles municipales", "cpv": "90919200", "amount_ht": 420_000, "takeover_known": True,
     "takeover_hours": 300},
    {"title": "Entretien des parcs et jardins", "cpv": "77310000", "amount_ht": 85_000, "takeover_known": True},
    {"title": "Peinture des logements communaux", "cpv": "45442100", "amount_ht": 320_000, "takeover_known": True},
)  # fmt: skip
_WON_LOTS: tuple[dict[str, object], ...] = (
    {"title": "Gros œuvre de la médiathèque", "cpv": "45212330", "amount_ht": 1_960_000, "posts": 8,
     "takeover_known": True},
)  # fmt: skip
_PARTIES = (
    ("Fédération de la propreté", PartyKind.FEDERATION, Feasibility.WITH_RESERVATIONS, 450,
     "Agents d’entretien, chefs d’équipe", "Prévoir un temps d’intégration en début de marché.",
     "Les salles ouvrent tôt : des postes du matin, de 20 heures par semaine, sont tenables."),
    ("Branche des entreprises du paysage", PartyKind.BRANCH, Feasibility.YES, 500,
     "Jardiniers, aides-jardiniers", "", "Le calendrier du lot 2 convient à un chantier d’insertion."),
    ("Bâtisseurs du Val", PartyKind.COMPANY, None, None, "", "", ""),
)  # fmt: skip
_QUESTIONS = (
    ("Les heures d’un apprenti comptent-elles dans l’engagement d’insertion ?",
     "Oui, s’il faisait partie du public prioritaire à son embauche. Le facilitateur vérifie ce point avant le contrat.", 3),
    ("Peut-on réunir les heures des lots 1 et 3 sur une même personne ?",
     "Oui, si le même titulaire obtient les deux lots : les heures de chaque lot restent suivies à part.", 1),
)  # fmt: skip


@transaction.atomic
def load_demo_exchanges(*, by: Actor) -> tuple[Purchase, Purchase] | None:
    """Bring (the published purchase, the awarded one); None when they are there, or without the demonstration accounts."""
    sides = demo_sides()
    if sides is None or sides.buyer.purchases.filter(reference__in=(PUBLISHED, AWARDED)).exists():
        return None
    published = _purchase(
        sides,
        PUBLISHED,
        "Entretien du patrimoine de Valmont",
        _LILLE,
        _OPEN_LOTS,
        _STORY,
        kind="services",
        procedure="ao_ouvert",
    )
    _consult_trades(published, sides)
    _open_questions(published, sides)
    awarded = _purchase(
        sides, AWARDED, "Extension de la médiathèque", _TOURCOING, _WON_LOTS, _STORY + _AFTER, kind="travaux"
    )
    audit.record(by=by, verb="purchasing.load_demo_exchanges", details={"purchases": 2})
    return published, awarded


def _purchase(
    sides: DemoSides, reference: str, title: str, where: tuple[str, str], lots: tuple[dict[str, object], ...],
    story: tuple[Step, ...], *, kind: str, procedure: str = "mapa",
) -> Purchase:  # fmt: skip
    """A purchase at the end of its story."""
    now, place = timezone.now(), place_by_code(*where)
    _, state, _, days, _ = story[-1]
    launch = (now - timedelta(days=5)).date()
    made = Purchase.objects.create(
        organisation=sides.buyer, facilitator=sides.facilitator, author=sides.accounts[Role.BUYER],
        reference=reference, title=f"{title} {_LABEL}", buyer_kind="collectivite", contract_kind=kind,
        procedure=procedure, launch_on=launch, starts_on=launch + timedelta(weeks=14), months=Decimal(24),
        state=state, state_since=now - timedelta(days=days), **(vars(place_values(place)) if place else {}),
    )  # fmt: skip
    for number, values in enumerate(lots, start=1):
        Lot.objects.create(purchase=made, number=number, **values)
    add_people(made, sides)
    add_story(made, sides, story)
    return made


def _consult_trades(purchase: Purchase, sides: DemoSides) -> None:
    """Asked seven weeks ago, answered by two of three, published to all."""
    now = timezone.now()
    one = TradeConsultation.objects.create(
        purchase=purchase, title=f"Heures d’insertion de l’entretien du patrimoine {_LABEL}", is_public=True,
        shared=[
            {"label": "Heures d’insertion estimées, lot 1", "value": "600\u00a0h"},
            {"label": "Calendrier", "value": "24 mois, premiers postes au printemps"},
        ],
        message="Ces heures vous semblent-elles tenables, et pour quels postes ?",
        deadline=(now - timedelta(days=30)).date(), published_at=now - timedelta(days=29), side=_F,
        opened_by=sides.accounts[Role.FACILITATOR], opened_at=now - timedelta(days=50),
    )  # fmt: skip
    for number, (name, kind, feasible, hours, profiles, reservations, text) in enumerate(_PARTIES, start=1):
        party = TradeParty.objects.create(
            consultation=one,
            name=f"{name} {_LABEL}",
            kind=kind,
            email=f"metier-{number}@exemple.invalid",
            added_at=one.opened_at,
        )
        if feasible is not None:
            TradeAnswer.objects.create(
                party=party, feasible=feasible, hours=hours, profiles=profiles, reservations=reservations,
                text=text, answered_at=now - timedelta(days=35),
            )  # fmt: skip


def _open_questions(purchase: Purchase, sides: DemoSides) -> None:
    """Two questions answered and signed; the next one may be asked for sixteen days."""
    now, today = timezone.now(), timezone.localdate()
    desk = QuestionDesk.objects.create(
        purchase=purchase, questions_until=today + timedelta(days=16), answers_by=today + timedelta(days=22),
        offers_until=today + timedelta(days=30), opened_by=sides.accounts[Role.BUYER],
        opened_at=now - timedelta(days=4),
    )  # fmt: skip
    for text, answer, days in _QUESTIONS:
        at = now - timedelta(days=days)
        BidderQuestion.objects.create(
            desk=desk, original=text, wording=text, answer=answer, asked_at=at - timedelta(hours=20),
            drafted_by=sides.accounts[Role.FACILITATOR], drafted_at=at - timedelta(hours=2),
            published_by=sides.accounts[Role.BUYER], published_at=at,
        )  # fmt: skip
