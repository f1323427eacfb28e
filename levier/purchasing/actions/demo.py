"""The demonstration purchase: a school, four lots, handed by the demonstration buyer to the demonstration facilitator."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from levier.accounts.actions.demo import DEMO
from levier.accounts.models import Role, User
from levier.core import audit
from levier.core.audit import Actor
from levier.organisations.models import Organisation
from levier.purchasing.models import (
    ContactRank,
    ContactSide,
    Lot,
    Purchase,
    PurchaseContact,
    PurchaseEvent,
    PurchaseState,
)
from levier.purchasing.places import place_values
from levier.reference.queries import place_by_code

REFERENCE = "DEMO-2027-01"
_PLACE = ("commune", "59512")  # Roubaix
_LOTS: tuple[dict[str, object], ...] = (
    {"title": "Réhabilitation de l’école\u00a0: gros œuvre étendu", "cpv": "45214200", "amount_ht": 1_400_000, "months": 16,
     "posts": 12, "text": "Maçonnerie, couverture, menuiseries. École occupée\u00a0: travaux bruyants aux vacances."},
    {"title": "Nettoyage des locaux pendant et après travaux", "cpv": "90919200", "amount_ht": 180_000, "months": 36,
     "takeover_known": True, "takeover_hours": 130, "text": "Six personnes en place, à reprendre."},
    {"title": "Aménagement et entretien des espaces verts", "cpv": "77310000", "amount_ht": 95_000, "months": 36,
     "text": "Cour végétalisée, arrosage et tonte."},
    {"title": "Petits travaux de peinture, lot réservé", "cpv": "45442100", "amount_ht": 48_000, "months": 6,
     "text": "À réserver à des structures d’insertion ou du handicap."},
)  # fmt: skip
_PEOPLE = (
    (ContactSide.BUYER, ContactRank.FIRST, Role.BUYER, "Alix Exemple", "Direction des achats"),
    (ContactSide.BUYER, ContactRank.SUBSTITUTE, None, "Sasha Exemple", "Direction des bâtiments"),
    (
        ContactSide.FACILITATOR,
        ContactRank.FIRST,
        Role.FACILITATOR,
        "Camille Exemple",
        "Facilitation des clauses",
    ),
    (ContactSide.FACILITATOR, ContactRank.SUBSTITUTE, None, "Claude Exemple", "Facilitation des clauses"),
)

Step = tuple[str, str, ContactSide, int, str]
_STORY: tuple[Step, ...] = (
    ("", PurchaseState.DRAFT, ContactSide.BUYER, 9, ""),
    (PurchaseState.DRAFT, PurchaseState.TO_STUDY, ContactSide.BUYER, 4, "Le lot 4 peut être réservé."),
    (PurchaseState.TO_STUDY, PurchaseState.TO_STUDY, ContactSide.FACILITATOR, 2,
     "Pouvez-vous nous transmettre la liste du personnel à reprendre au lot 2\u202f?"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DemoSides:
    """The demonstration buyer, its facilitator, and the account of each."""

    buyer: Organisation
    facilitator: Organisation
    accounts: dict[Role, User | None]


@transaction.atomic
def load_demo_purchase(*, by: Actor) -> bool:
    """Bring the demonstration purchase; does nothing when it is there, or without the demonstration accounts."""
    sides = demo_sides()
    if sides is None or sides.buyer.purchases.filter(reference=REFERENCE).exists():
        return False
    # Places take seconds to load: not at each start.
    place = place_by_code(*_PLACE)
    if place is None:
        return False
    now = timezone.now()
    launch = (now + timedelta(weeks=20)).date()
    where = vars(place_values(place))
    purchase = Purchase.objects.create(
        organisation=sides.buyer, facilitator=sides.facilitator, author=sides.accounts[Role.BUYER],
        reference=REFERENCE,
        title="Réhabilitation et entretien du groupe scolaire des Tilleuls",
        buyer_kind="collectivite", contract_kind="travaux", procedure="mapa", ccag="travaux",
        amount_ht=Decimal(1_723_000), launch_on=launch, starts_on=launch + timedelta(weeks=18), months=36,
        state=PurchaseState.TO_STUDY, state_since=now - timedelta(days=4), **where,
    )  # fmt: skip
    for number, values in enumerate(_LOTS, start=1):
        Lot.objects.create(purchase=purchase, number=number, **values)
    add_people(purchase, sides)
    add_story(purchase, sides, _STORY)
    audit.record(
        by=by, verb="purchasing.load_demo_purchase", object_type="purchase", object_key=str(purchase.pk)
    )
    return True


def demo_sides() -> DemoSides | None:
    """The two organisations and their accounts; None without them."""
    found = [
        Organisation.objects.filter(siren=DEMO[role][2], is_demo=True).first()
        for role in (Role.BUYER, Role.FACILITATOR)
    ]
    buyer, facilitator = found
    if buyer is None or facilitator is None:
        return None
    accounts = {
        role: User.objects.filter(email=DEMO[role][0], is_demo=True).first()
        for role in (Role.BUYER, Role.FACILITATOR)
    }
    return DemoSides(buyer, facilitator, accounts)


def add_people(purchase: Purchase, sides: DemoSides) -> None:
    """Two people on each side."""
    for side, rank, role, name, function in _PEOPLE:
        account = sides.accounts.get(role) if role else None
        PurchaseContact.objects.create(
            purchase=purchase, side=side, rank=rank, account=account, name=name, function=function,
            email=account.email if account else f"{rank}-{side}@exemple.invalid", phone="01 99 00 12 34",
        )  # fmt: skip


def add_story(purchase: Purchase, sides: DemoSides, story: Iterable[Step]) -> None:
    """What happened: (from, to, side, how many days ago, word)."""
    now = timezone.now()
    for before, after, side, days, note in story:
        account = sides.accounts[Role.BUYER if side == ContactSide.BUYER else Role.FACILITATOR]
        PurchaseEvent.objects.create(
            purchase=purchase, before=before, after=after, side=side, note=note,
            account_id=account.pk if account else None, at=now - timedelta(days=days),
        )  # fmt: skip


@transaction.atomic
def clear_demo_purchases(*, by: Actor) -> int:
    """Remove every purchase of a demonstration buyer, before its organisation goes. Returns how many went."""
    found = Purchase.objects.filter(organisation__is_demo=True)
    count = found.count()
    found.delete()
    if count:
        audit.record(by=by, verb="purchasing.clear_demo_purchases", details={"purchases": count})
    return count
