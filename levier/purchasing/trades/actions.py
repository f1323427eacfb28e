"""Writes of a consultation of trades: opened, joined, answered, prolonged, published to all at once, withdrawn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit, mail, mail_returns
from levier.core.audit import Actor
from levier.directory.models import SolicitationRefusal, Supplier
from levier.directory.solicitations.queries import refusing, refusing_needs
from levier.directory.solicitations.sending import solicit
from levier.purchasing.actions.purchases import locked
from levier.purchasing.errors import RefusedError
from levier.purchasing.models import (
    ContactSide,
    Feasibility,
    Lot,
    Purchase,
    PurchaseState,
    TradeAnswer,
    TradeConsultation,
    TradeParty,
)
from levier.purchasing.trades import wording
from levier.purchasing.wording import Letter
from levier.rulebook.working_days import is_working_day, working_days_between

MOST_PARTIES = 100
MOST_RUNNING = 20
# In working days; with weekends and holidays, two of them stay within ten days.
REMINDED_BEFORE = 2
REMINDERS_LOOK_AHEAD = timedelta(days=10)
BEFORE_PUBLICATION = (
    PurchaseState.DRAFT, PurchaseState.TO_STUDY, PurchaseState.PROPOSED, PurchaseState.DECIDED,
)  # fmt: skip
_NEEDS = SolicitationRefusal.Topic.NEEDS


@dataclass(frozen=True, kw_only=True)
class PartyValues:
    """Whom to ask; `kind`: a key of PartyKind."""

    name: str
    email: str
    kind: str = "federation"


@dataclass(frozen=True, kw_only=True)
class ConsultationValues:
    """What is put to the trades. `shared`: (label, value), in the order they are shown."""

    title: str
    shared: tuple[tuple[str, str], ...]
    message: str = ""
    deadline: date
    is_public: bool = False

    def check(self, today: date) -> None:
        """Raises RefusedError with the first thing to correct."""
        if not self.title.strip():
            raise RefusedError("Donnez un objet à la consultation.")
        if not self.shared and not self.message.strip():
            raise RefusedError("Choisissez au moins une information à partager.")
        if self.deadline <= today:
            raise RefusedError("La date limite doit être à venir : laissez aux métiers le temps de répondre.")
        if (self.deadline - today).days > 366:
            raise RefusedError("La date limite est à plus d’un an : vérifiez l’année.")


@dataclass(frozen=True, kw_only=True)
class AnswerValues:
    """What a participant says; hours in hours."""

    feasible: str
    hours: Decimal | None = None
    profiles: str = ""
    reservations: str = ""
    text: str = ""
    confidential_note: str = ""


@transaction.atomic
def open_trade_consultation(
    *, by: User, side: ContactSide, purchase: Purchase, lot: Lot | None, values: ConsultationValues,
    parties: Sequence[PartyValues] = (),
) -> TradeConsultation:  # fmt: skip
    """Send the same text to all, and perhaps show it on the public page. Raises RefusedError.

    Whoever asked not to be solicited is named to the buyer and not written to.
    """
    values.check(timezone.localdate())
    found = locked(purchase)
    if lot is not None and lot.purchase_id != found.pk:
        raise RefusedError("Ce lot n’est pas de cet achat.")
    if found.state not in BEFORE_PUBLICATION:
        raise RefusedError(
            f"Cet achat est « {found.get_state_display()} » : on consulte les métiers avant la publication."
        )
    if not parties and not values.is_public:
        raise RefusedError("Dites qui consulter, ou publiez la consultation sur la page ouverte à tous.")
    if found.trade_consultations.running().count() >= MOST_RUNNING:
        raise RefusedError(f"{MOST_RUNNING} consultations sont déjà en cours sur cet achat.")
    made = TradeConsultation.objects.create(
        purchase=found,
        lot=lot,
        title=" ".join(values.title.split())[:200],
        shared=[{"label": label, "value": value} for label, value in values.shared],
        message=values.message.strip(),
        deadline=values.deadline,
        is_public=values.is_public,
        side=side,
        opened_by=by,
    )
    count = _ask(made, parties)
    _record(by.as_actor(), "open", made, asked=count, public=values.is_public)
    return made


def _record(by: Actor, what: str, one: TradeConsultation, **details: object) -> None:
    audit.record(
        by=by,
        verb="purchasing.write_trade_consultation",
        object_type="trade_consultation",
        object_key=str(one.pk),
        details={"what": what, **details},
    )


def _ask(consultation: TradeConsultation, parties: Sequence[PartyValues]) -> int:
    """Add these participants and write to those who accept it. Returns how many are new."""
    known = {one.email for one in consultation.parties.all()}
    fresh = {one.email.strip().lower(): one for one in parties if one.email.strip().lower() not in known}
    if len(known) + len(fresh) > MOST_PARTIES:
        raise RefusedError(f"{MOST_PARTIES} participants au plus : publiez plutôt la consultation.")
    refusing = refusing_addresses(fresh)
    for email, one in fresh.items():
        party = TradeParty.objects.create(
            consultation=consultation,
            name=" ".join(one.name.split())[:160],
            kind=one.kind,
            email=email,
            is_refusing=email in refusing,
        )
        if not party.is_refusing:
            _write(party, wording.asked, "asked")
    return len(fresh)


def refusing_addresses(addresses: Sequence[str] | dict[str, PartyValues]) -> frozenset[str]:
    """Of these addresses, those that refuse the needs of buyers, by themselves or by the sheet that publishes them."""
    wanted = [one.strip().lower() for one in addresses]
    own = refusing(wanted, _NEEDS)
    sheets = dict(Supplier.objects.filter(email__in=wanted).values_list("pk", "email"))
    return frozenset(own | {sheets[pk].lower() for pk in refusing_needs(sheets)})


def _write(party: TradeParty, letter_of: Callable[[TradeParty], Letter], moment: str) -> bool:
    """One mail of this moment, by the door of solicitations: who came by itself, or answered, expects it. Whether it left."""
    letter = letter_of(party)
    return solicit(
        to=party.email,
        topic=_NEEDS,
        subject=letter.subject,
        body=letter.body,
        key=f"trade-party-{party.pk}-{moment}",
        is_answer=not party.was_asked or hasattr(party, "answer"),
    )


@transaction.atomic
def ask_more_trades(*, by: User, consultation: TradeConsultation, parties: Sequence[PartyValues]) -> int:
    """Ask others: same text, same deadline. Returns how many are new. Raises RefusedError."""
    found = _running(consultation)
    if not found.takes_answers(timezone.localdate()):
        raise RefusedError(
            "Le délai est passé : prolongez-le pour tous avant de consulter quelqu’un d’autre."
        )
    if not parties:
        raise RefusedError("Dites qui consulter : une ligne par organisation.")
    count = _ask(found, parties)
    _record(by.as_actor(), "ask_more", found, asked=count)
    return count


@transaction.atomic
def join_trade_consultation(*, by: Actor, consultation: TradeConsultation, values: PartyValues) -> None:
    """Somebody of the public page asks to answer: the link goes to the address typed, once. Raises RefusedError.

    The page says the same whether the address was known or not.
    """
    found = _running(consultation)
    if not found.is_public or not found.takes_answers(timezone.localdate()):
        raise RefusedError("Cette consultation ne prend plus de réponses.")
    email = values.email.strip().lower()
    if found.parties.filter(email=email).exists():
        return
    if found.parties.count() >= MOST_PARTIES * 5:
        raise RefusedError("Cette consultation a déjà trop de participants : écrivez à l’acheteur.")
    party = TradeParty.objects.create(
        consultation=found, name=" ".join(values.name.split())[:160], kind=values.kind, email=email, was_asked=False
    )  # fmt: skip
    _write(party, wording.door, "door")
    _record(by, "join", found)


@transaction.atomic
def answer_trade_consultation(*, by: Actor, party: TradeParty, given: AnswerValues) -> TradeAnswer:
    """Say, or say otherwise, until the deadline. Raises RefusedError."""
    found = _running(party.consultation)
    if not found.takes_answers(timezone.localdate()):
        raise RefusedError("Le délai de réponse est passé.")
    if given.feasible not in Feasibility.values:
        raise RefusedError("Dites si c’est faisable.")
    if given.feasible == Feasibility.WITH_RESERVATIONS and not given.reservations.strip():
        raise RefusedError("Dites vos réserves : elles aideront à corriger l’estimation.")
    answer, _ = TradeAnswer.objects.update_or_create(
        party=party,
        defaults={
            "feasible": given.feasible, "hours": given.hours, "profiles": given.profiles.strip(),
            "reservations": given.reservations.strip(), "text": given.text.strip(),
            "confidential_note": given.confidential_note.strip(), "answered_at": timezone.now(),
        },
    )  # fmt: skip
    _record(by, "answer", found)
    return answer


@transaction.atomic
def extend_trade_consultation(
    *, by: User, consultation: TradeConsultation, deadline: date
) -> TradeConsultation:
    """A later deadline, for all and told to all. Raises RefusedError."""
    found = _running(consultation)
    if deadline <= max(found.deadline, timezone.localdate()):
        raise RefusedError("Le nouveau délai doit être plus tard que l’ancien, et à venir.")
    found.deadline = deadline
    found.save(update_fields=["deadline"])
    for party in _to_write(found):
        _write(party, wording.prolonged, f"until-{deadline}")
    _record(by.as_actor(), "extend", found)
    return found


@transaction.atomic
def withdraw_trade_consultation(
    *, by: User, consultation: TradeConsultation, reason: str
) -> TradeConsultation:
    """Stop without results: the answers given are erased, since nobody was to read them alone. Raises RefusedError."""
    found = _running(consultation)
    word = reason.strip()[:500]
    if not word:
        raise RefusedError("Dites pourquoi : les participants l’apprennent.")
    found.withdrawn_at, found.withdrawn_reason = timezone.now(), word
    found.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    TradeAnswer.objects.filter(party__consultation=found).delete()
    for party in _to_write(found):
        _write(party, wording.withdrawn, "withdrawn")
    _record(by.as_actor(), "withdraw", found)
    return found


@transaction.atomic
def publish_trade_consultation(
    *, by: Actor, consultation: TradeConsultation, today: date
) -> TradeConsultation:
    """Give every answer to every participant, once the deadline has passed. Raises RefusedError before."""
    found = _running(consultation)
    if not found.is_due(today):
        raise RefusedError(
            "Les réponses se publient après la date limite, pas avant : chacun a le même délai."
        )
    found.published_at = timezone.now()
    found.save(update_fields=["published_at"])
    parties = list(found.parties.select_related("answer"))
    answers = sum(hasattr(one, "answer") for one in parties)
    for party in _to_write(found):
        _write(party, wording.published, "published")
    letter = wording.to_contacts(found, answers, len(parties))
    contacts = {one.email.lower() for one in found.purchase.contacts.all() if one.email}
    for address in mail_returns.answering(sorted(contacts)):
        mail.send(
            to=address, subject=letter.subject, body=letter.body, key=f"trades-{found.pk}-end-{address}"
        )
    _record(by, "publish", found, answers=answers, parties=len(parties))
    return found


def publish_due_trade_consultations(*, by: Actor, today: date) -> int:
    """Every consultation whose deadline has passed, each in its transaction. Returns how many."""
    due = TradeConsultation.objects.running().filter(deadline__lt=today)
    count = 0
    for one in due.order_by("pk"):
        try:
            publish_trade_consultation(by=by, consultation=one, today=today)
        except RefusedError:
            # Published or prolonged meanwhile.
            continue
        count += 1
    return count


def remind_trade_parties(*, by: Actor, today: date) -> int:
    """Write once to whoever has not answered, two working days before the deadline. Returns how many mails were queued.

    Nobody is reminded on the day it was asked, nor on a day when offices are closed; a missed day is made up the next.
    """
    soon = TradeConsultation.objects.running().filter(
        deadline__gte=today, deadline__lte=today + REMINDERS_LOOK_AHEAD
    )
    count = 0
    for one in soon.select_related("purchase").order_by("pk"):
        place = one.purchase.departement_code
        left = working_days_between(today, one.deadline, place)
        if is_working_day(today, place) and left <= REMINDED_BEFORE:
            count += _remind(by, one, today)
    return count


@transaction.atomic
def _remind(by: Actor, consultation: TradeConsultation, today: date) -> int:
    try:
        found = _running(consultation)
    except RefusedError:
        return 0
    silent = found.parties.filter(answer=None, is_refusing=False, reminded_at=None, added_at__date__lt=today)
    count = 0
    for party in silent.exclude(email="").order_by("pk"):
        party.consultation = found
        if _write(party, wording.reminder, "reminder"):
            party.reminded_at = timezone.now()
            party.save(update_fields=["reminded_at"])
            count += 1
    if count:
        _record(by, "remind", found, reminded=count)
    return count


def _to_write(consultation: TradeConsultation) -> list[TradeParty]:
    """Those that were written to; the door leaves out who refuses meanwhile and never answered."""
    return list(
        consultation.parties.filter(is_refusing=False).select_related(
            "answer", "consultation__purchase__organisation"
        )
    )


def _running(consultation: TradeConsultation) -> TradeConsultation:
    """The consultation under its lock. Raises RefusedError once it ended."""
    found = (
        TradeConsultation.objects.select_for_update(of=("self",))
        .select_related("purchase__organisation", "lot")
        .get(pk=consultation.pk)
    )
    if not found.is_running:
        raise RefusedError("Cette consultation est terminée : elle ne change plus.")
    return found
