"""What the demonstration studied and signed for its published and awarded purchases, and the offer handed to who won."""

from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from levier.accounts.actions.demo import DEMO
from levier.accounts.models import Role, User
from levier.clauses.models import ChoiceKind, InsertionOffer, LotChoice, Scenario, StudyVersion, WinnerLink
from levier.clauses.studies.actions import FIRST_SCENARIO, columns_of
from levier.clauses.studies.calculating import Change, calculate
from levier.clauses.studies.open_lots import tell_signed_lot
from levier.core.audit import Actor
from levier.directory.models import Supplier
from levier.facilitators.models import Structure
from levier.purchasing.actions.demo_exchanges import load_demo_exchanges
from levier.purchasing.models import Lot, Purchase

# By lot, in their order: the lever signed, its hours, which are those of its study.
_OPEN: tuple[tuple[str, int | None], ...] = (("L2112-2", 480), ("L2113-13", None), ("L2112-2", 320))
_WON: tuple[tuple[str, int | None], ...] = (("L2112-2", 1_400),)
_POSTS = [
    {"rome": "F1703", "label": "Maçon", "people": 2, "hours": 900, "tasks": "Élévations, reprises, coffrages simples"},
    {"rome": "F1704", "label": "Manœuvre du bâtiment", "people": 1, "hours": 500, "tasks": "Approvisionnement, nettoyage du chantier"},
]  # fmt: skip


@transaction.atomic
def load_demo_clauses(*, by: Actor) -> bool:
    """Bring the demonstration's exchanges with what is signed of their lots; does nothing when they are there."""
    found = load_demo_exchanges(by=by)
    if found is None:
        return False
    published, awarded = found
    _sign(by, published, _OPEN)
    _sign(by, awarded, _WON)
    _hand_over(awarded.lots.get(number=1))
    return True


def _account(role: Role) -> User | None:
    return User.objects.filter(email=DEMO[role][0], is_demo=True).first()


def _study(lot: Lot, by: User | None) -> StudyVersion:
    """The study the hours come from; of a lot with staff to take over, the first estimate before the list came too."""
    now, today = timezone.now(), timezone.localdate()
    scenario = Scenario.objects.create(lot=lot, name=FIRST_SCENARIO)
    steps: list[tuple[tuple[Change, ...], str, int]] = [((), "", 20)]
    if lot.takeover_hours:
        change = Change(
            "takeover_hours", 200.0, "Estimation de l’acheteur, avant la liste du titulaire sortant."
        )
        steps = [
            ((change,), "Chiffre soumis aux métiers.", 52),
            ((), "Liste du personnel à reprendre reçue.", 20),
        ]
    made = [
        StudyVersion.objects.create(
            scenario=scenario, number=number, by=by, note=note, at=now - timedelta(days=days),
            **columns_of(calculate(lot, changes=changes, today=today)),
        )
        for number, (changes, note, days) in enumerate(steps, start=1)
    ]  # fmt: skip
    return made[-1]


def _sign(by: Actor, purchase: Purchase, choices: tuple[tuple[str, int | None], ...]) -> None:
    now = timezone.now()
    for lot, (code, hours) in zip(purchase.lots.present(), choices, strict=True):
        lot.purchase = purchase
        version = None if hours is None else _study(lot, _account(Role.FACILITATOR))
        values = {
            "lot": lot,
            "levers": [code],
            "hours": None if hours is None else Decimal(hours),
            "version": version,
        }
        LotChoice.objects.create(
            kind=ChoiceKind.PROPOSAL, by=_account(Role.FACILITATOR), at=now - timedelta(days=20), **values
        )
        made = LotChoice.objects.create(
            kind=ChoiceKind.DECISION, by=_account(Role.BUYER), at=now - timedelta(days=12), **values
        )
        tell_signed_lot(by=by, lot=lot, choice=made)


def _hand_over(lot: Lot) -> None:
    """The offer, given face to face, and the winner's own link, which it has confirmed."""
    now, worker = timezone.now(), _account(Role.FACILITATOR)
    email, _, _, company = DEMO[Role.CONTRACTOR]
    near = Supplier.objects.filter(is_demo=True, departement_code="59", kind__in=("EI", "ETTI", "GEIQ"))
    # A GEIQ hires for its branch: that of this lot alone.
    near = near.exclude(~Q(name__startswith="GEIQ Bâtiment"), kind="GEIQ")
    desks = Structure.objects.filter(is_demo=True, source_key="epci:200093201")
    InsertionOffer.objects.create(
        lot=lot, state=InsertionOffer.State.HANDED, posts=_POSTS, expected_people=3,
        suppliers=sorted(near.order_by("pk").values_list("pk", flat=True)[:3]),
        prescribers=sorted(desks.values_list("pk", flat=True)), routes=["poei", "geiq"],
        note="Des candidats ont visité le chantier voisin et sont prêts à commencer.",
        handed_to=f"{company} (démonstration)", handed_on=timezone.localdate() - timedelta(days=1), handed_by=worker,
        at_launch=True, by=worker,
    )  # fmt: skip
    WinnerLink.objects.create(
        lot=lot, company=f"{company} (démonstration)", email=email, sent_by=worker,
        expires_at=now + timedelta(days=180), confirmed_at=now,
    )  # fmt: skip
