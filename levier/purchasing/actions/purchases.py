"""A purchase: opened, changed, moved from state to state, commented."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit
from levier.organisations.models import Organisation
from levier.purchasing import lot_lines, policies, structures
from levier.purchasing.actions.purchase_mails import tell_both_sides
from levier.purchasing.errors import RefusedError
from levier.purchasing.launching import check_launch, is_launched
from levier.purchasing.measuring import note_delivered_study
from levier.purchasing.models import (
    ContactRank,
    ContactSide,
    Lot,
    Procedure,
    Purchase,
    PurchaseEvent,
    PurchaseSide,
    PurchaseState,
)
from levier.purchasing.models.purchases import LARGEST_AMOUNT, LONGEST_MONTHS
from levier.purchasing.timeline import Move, Requirement, move_named
from levier.purchasing.undoing import check_undo
from levier.rulebook.programmes import UnknownProgramme, programme

MOST_LOTS = 200
MOST_DRAFTS = 500


@dataclass(frozen=True, kw_only=True)
class PlaceValues:
    """A place of the place finder, as it is stored; all empty when unsaid."""

    place_kind: str = ""
    place_code: str = ""
    place_label: str = ""
    departement_code: str = ""


@dataclass(frozen=True, kw_only=True)
class LotValues:
    """What a lot says. Euros without tax, months, weeks, hours by month."""

    title: str
    text: str = ""
    cpv: str = ""
    amount_ht: Decimal | None = None
    max_amount_ht: Decimal | None = None
    is_framework: bool = False
    months: Decimal | None = None
    starts_on: date | None = None
    weeks: Decimal | None = None
    posts: Decimal | None = None
    headcount: Decimal | None = None
    place: PlaceValues = PlaceValues()
    takeover_known: bool = False
    takeover_hours: Decimal | None = None
    is_social_service: bool | None = None

    def check(self) -> None:
        """Raises RefusedError with the first thing to correct."""
        if not self.title.strip():
            raise RefusedError("Donnez un objet au lot.")
        _check_amounts(self.amount_ht, self.max_amount_ht)
        if self.max_amount_ht is not None and not self.is_framework:
            raise RefusedError("Un montant maximum est celui d’un accord-cadre : cochez « accord-cadre ».")
        _check_months(self.months)
        for label, value, most in (
            ("Les semaines sur place", self.weeks, 2_600),
            ("Les personnes sur place", self.posts, 100_000),
            ("Les emplois à ouvrir à l’insertion", self.headcount, 100_000),
            ("Les heures à reprendre", self.takeover_hours, 1_000_000),
        ):
            least = 0 if value is self.takeover_hours else Decimal("0.1")
            if value is not None and not least <= value <= most:
                raise RefusedError(f"{label} doivent être un nombre positif, au plus {most}.")

    def columns(self) -> dict[str, Any]:
        """As the columns of the table."""
        values: dict[str, Any] = asdict(self)
        place: dict[str, Any] = values.pop("place")
        known = self.takeover_known or self.takeover_hours is not None
        return values | place | {"title": " ".join(self.title.split())[:200], "takeover_known": known}


@dataclass(frozen=True, kw_only=True)
class PurchaseValues:
    """What a purchase says. Euros without tax for the whole need, months."""

    title: str
    reference: str = ""
    side: str = PurchaseSide.PUBLIC
    buyer_kind: str = ""
    contract_kind: str = ""
    procedure: str = ""
    ccag: str = ""
    amount_ht: Decimal | None = None
    max_amount_ht: Decimal | None = None
    launch_on: date | None = None
    starts_on: date | None = None
    months: Decimal | None = None
    place: PlaceValues = PlaceValues()
    programme: str = ""
    is_defence: bool = False

    def check(self) -> None:
        """Raises RefusedError with the first thing to correct."""
        if not self.title.strip():
            raise RefusedError("Donnez un objet à l’achat.")
        _check_amounts(self.amount_ht, self.max_amount_ht)
        _check_months(self.months)
        for day in (self.launch_on, self.starts_on):
            if day is not None and not 2000 <= day.year <= 2100:
                raise RefusedError("Les dates doivent être entre 2000 et 2100.")
        if self.launch_on and self.starts_on and self.starts_on < self.launch_on:
            raise RefusedError("L’exécution commence avant le lancement : corrigez l’une des deux dates.")
        if self.side == PurchaseSide.PRIVATE and self.procedure not in {"", Procedure.PRIVATE}:
            raise RefusedError("Un acheteur privé n’a pas de procédure du code : choisissez « gré à gré ».")
        if self.side == PurchaseSide.PUBLIC and self.procedure == Procedure.PRIVATE:
            raise RefusedError("L’accord de gré à gré est celui d’un acheteur privé.")
        if self.programme:
            try:
                programme(self.programme)
            except UnknownProgramme as problem:
                raise RefusedError(str(problem)) from problem

    def columns(self) -> dict[str, Any]:
        """As the columns of the table; a private buyer has no kind, a concession is told by its procedure."""
        values: dict[str, Any] = asdict(self)
        place: dict[str, Any] = values.pop("place")
        return values | place | {
            "title": " ".join(self.title.split())[:200],
            "buyer_kind": self.buyer_kind if self.side == PurchaseSide.PUBLIC else "",
            "is_concession": self.procedure == Procedure.CONCESSION,
        }  # fmt: skip


def _check_amounts(amount: Decimal | None, maximum: Decimal | None) -> None:
    for value in (amount, maximum):
        if value is not None and not value.is_finite():
            raise RefusedError("Un montant n’est pas un nombre : écrivez par exemple 120 000.")
        if value is not None and value <= 0:
            raise RefusedError("Un montant doit être supérieur à 0 €. Laissez vide s’il n’est pas connu.")
        if value is not None and value > LARGEST_AMOUNT:
            raise RefusedError("Un montant dépasse dix milliards d’euros : vérifiez l’unité (k€, M€).")
    if amount is not None and maximum is not None and maximum < amount:
        raise RefusedError("Le montant maximum est inférieur à l’estimé : vérifiez les deux.")


def _check_months(months: Decimal | None) -> None:
    if months is not None and not 0 < months <= LONGEST_MONTHS:
        raise RefusedError(f"La durée doit être comprise entre 1 et {LONGEST_MONTHS} mois.")


@transaction.atomic
def open_purchase(
    *, by: User, organisation: Organisation, values: PurchaseValues, lots: Sequence[LotValues] = ()
) -> Purchase:
    """A new purchase in its draft, with its lots; without lots it has one, of its own object. Raises RefusedError."""
    values.check()
    if len(lots) > MOST_LOTS:
        raise RefusedError(f"Un achat compte au plus {MOST_LOTS} lots ; celui-ci en a {len(lots)}.")
    if Purchase.objects.filter(organisation=organisation, state=PurchaseState.DRAFT).count() >= MOST_DRAFTS:
        raise RefusedError(f"{MOST_DRAFTS} brouillons attendent déjà : confiez-en ou abandonnez-en.")
    purchase = Purchase.objects.create(organisation=organisation, author=by, **values.columns())
    only = LotValues(title=values.title, amount_ht=values.amount_ht)
    for number, lot in enumerate(lots or [only], start=1):
        lot.check()
        Lot.objects.create(purchase=purchase, number=number, **lot.columns())
    PurchaseEvent.objects.create(
        purchase=purchase, after=PurchaseState.DRAFT, side=ContactSide.BUYER, account_id=by.pk
    )
    audit.record(
        by=by.as_actor(),
        verb="purchasing.open_purchase",
        object_type="purchase",
        object_key=str(purchase.pk),
        details={"lots": max(1, len(lots))},
    )
    return purchase


def locked(purchase: Purchase) -> Purchase:
    """The purchase under its lock: two colleagues do not change and move it at once."""
    return (
        Purchase.objects.select_for_update(of=("self",))
        .select_related("organisation", "facilitator")
        .get(pk=purchase.pk)
    )


def editable(purchase: Purchase) -> Purchase:
    """The same, when its buyer may still change it. Raises RefusedError."""
    found = locked(purchase)
    if not found.is_editable:
        raise RefusedError(
            f"Cet achat est « {found.get_state_display()} » : demandez à revoir l’étude avant de le modifier."
        )
    return found


@transaction.atomic
def change_purchase(*, by: User, purchase: Purchase, values: PurchaseValues) -> Purchase:
    """Say it otherwise. Raises RefusedError once it has been proposed."""
    values.check()
    found = editable(purchase)
    for name, value in values.columns().items():
        setattr(found, name, value)
    found.save()
    audit.record(
        by=by.as_actor(), verb="purchasing.change_purchase", object_type="purchase", object_key=str(found.pk)
    )
    return found


@transaction.atomic
def move_purchase(
    *, by: User, purchase: Purchase, code: str, note: str = "", facilitator: Organisation | None = None,
    launched_on: date | None = None,
) -> Purchase:  # fmt: skip
    """Make one move of the table, then write to the contacts. Raises RefusedError, PermissionDenied, Http404.

    `facilitator`: for « confier », the organisation that will study; None is the in-house mission.
    `launched_on`: for « publier », the day the consultation was launched, unless the purchase says a day already past.
    """
    found, word = locked(purchase), note.strip()
    move = _move_of(found, code, policies.sides_for(by, found))
    if move.needs_note and not word:
        raise RefusedError("Dites pourquoi : l’autre côté doit comprendre.")
    if len(word) > 2000:
        raise RefusedError("Le mot dépasse 2 000 caractères : raccourcissez-le.")
    if move.after == PurchaseState.TO_STUDY and found.is_draft:
        if facilitator is not None and not structures.may_study(found, facilitator):
            raise RefusedError("Cette structure n’est pas de celles qui peuvent étudier cet achat.")
        found.facilitator = facilitator
    if launched_on is not None and move.asks_launch and not is_launched(found):
        check_launch(found, launched_on)
        found.launch_on = launched_on
    _check_needs(found, move)
    if move.undoes:
        check_undo(found)
        if move.after == PurchaseState.DECIDED:
            found.launch_on = None  # asked again, with the true day
    before = found.state
    found.state, found.state_since = move.after, timezone.now()
    if found.is_draft:
        found.facilitator = None
    found.save(update_fields=["state", "state_since", "facilitator", "launch_on", "updated_at"])
    event = PurchaseEvent.objects.create(
        purchase=found, before=before, after=move.after, side=move.side, account_id=by.pk, note=word
    )
    tell_both_sides(found, event, by=by)
    if move.code == "proposer":
        note_delivered_study(by.as_actor(), found)
    audit.record(
        by=by.as_actor(),
        verb="purchasing.move_purchase",
        object_type="purchase",
        object_key=str(found.pk),
        details={"move": move.code, "before": before, "after": str(move.after)},
    )
    return found


def _move_of(purchase: Purchase, code: str, sides: frozenset[ContactSide]) -> Move:
    """The move of this code, when the state allows it and it belongs to one of these sides. Raises RefusedError."""
    move = move_named(code)
    if move is None or purchase.state not in move.before:
        raise RefusedError(
            f"L’achat est « {purchase.get_state_display()} » : cette étape n’est pas, ou plus, possible."
        )
    if move.side not in sides:
        raise RefusedError(f"Cette étape revient au côté « {move.side.label.lower()} ».")
    return move


@transaction.atomic
def leave_word(*, by: User, purchase: Purchase, side: ContactSide, note: str) -> PurchaseEvent:
    """A question or an answer for the other side, kept in the story and mailed. Raises RefusedError."""
    word = note.strip()
    if not word:
        raise RefusedError("Écrivez votre mot.")
    if len(word) > 2000:
        raise RefusedError("Le mot dépasse 2 000 caractères : raccourcissez-le.")
    found = locked(purchase)
    event = PurchaseEvent.objects.create(
        purchase=found, before=found.state, after=found.state, side=side, account_id=by.pk, note=word
    )
    tell_both_sides(found, event, by=by)
    audit.record(
        by=by.as_actor(), verb="purchasing.leave_word", object_type="purchase", object_key=str(found.pk)
    )
    return event


def _check_needs(purchase: Purchase, move: Move) -> None:
    for need in move.needs:
        if sentence := missing(purchase, need):
            raise RefusedError(sentence)


def missing(purchase: Purchase, need: Requirement) -> str:
    """What a move still waits for, in one sentence; empty when it is there."""
    if need == "lots":
        return "" if purchase.lots.present().exists() else "Ajoutez au moins un lot."
    if need == "launch":
        return "" if is_launched(purchase) else "Donnez la date de lancement de la consultation."
    if need == "buyer_contacts":
        return _contacts_missing(purchase, ContactSide.BUYER)
    if need == "facilitator_contacts":
        return "" if purchase.is_in_house else _contacts_missing(purchase, ContactSide.FACILITATOR)
    waiting = lot_lines.unready(purchase, list(purchase.lots.present()), signed=need == "signed")
    if not waiting:
        return ""
    numbers = ", ".join(str(lot.number) for lot in waiting)
    verb = "la signature" if need == "signed" else "l’étude"
    return f"Il manque {verb} de {'ces lots' if len(waiting) > 1 else 'ce lot'} : {numbers}."


def _contacts_missing(purchase: Purchase, side: ContactSide) -> str:
    here = set(purchase.contacts.filter(side=side).values_list("rank", flat=True))
    names = [rank.label.lower() for rank in ContactRank if rank not in here]
    whose = "de l’acheteur" if side == ContactSide.BUYER else "du facilitateur"
    return (
        f"Donnez d’abord les deux contacts {whose} : il manque le {' et le '.join(names)}." if names else ""
    )
