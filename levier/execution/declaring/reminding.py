"""The reminders of each day: whose months are missing, how far it went, one mail to each contact. Run twice a day, it sends once."""

from collections import defaultdict
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit
from levier.core.audit import Actor
from levier.core.models import OutgoingMail
from levier.execution.declaring import letters
from levier.execution.declaring.contacts import Reachable, contacts_of, last_notes, note_returned
from levier.execution.declaring.lacking import Missing, asked_of, missing_of
from levier.execution.declaring.letters import Reminder
from levier.execution.errors import RefusedError
from levier.execution.models import (
    Contract,
    DeclarationReminder,
    ReminderStep,
)
from levier.rulebook.months import add_months

# Days around the last day to declare, in the order of the steps; the first mail leaves as soon as the period is over.
_STEPS = (
    (ReminderStep.FACILITATOR, 15), (ReminderStep.SUBSTITUTE, 8), (ReminderStep.AFTER, 2), (ReminderStep.BEFORE, -4),
)  # fmt: skip
# Days between two steps, at least.
_PATIENCE = 3
# A mail that nobody could send for so long, while others left, comes from a wrong address.
_STUCK = timedelta(days=1)


def step_of(due_on: date, today: date) -> ReminderStep:
    """How far a month that is missing went."""
    late = (today - due_on).days
    return next((step for step, days in _STEPS if late >= days), ReminderStep.OPEN)


def send_reminders(*, by: Actor, today: date) -> int:
    """Send what a day asks; gives how many mails. What was sent at a step is not sent again."""
    _note_bounces()
    running = (
        Contract.objects.filter(starts_on__lte=today, ends_on__gte=add_months(today, -8))
        .exclude(closing__closed_at__isnull=False)
        .with_parties()
        .prefetch_related("contacts", "commitments", "parties__organisation")
    )
    notes = last_notes(running)
    missing: dict[int, list[Missing]] = defaultdict(list)
    for lacking in missing_of(running, today):
        # The period before was reminded in its own time; who follows sees it in the portfolio and the grid.
        if lacking.report == asked_of(lacking.contract, today)[-1]:
            missing[lacking.contract.pk].append(lacking)
    digests: dict[str, tuple[Reachable, list[Reminder]]] = {}
    silent = 0
    with transaction.atomic():
        for contract in running:
            contacts = contacts_of(contract, notes.get(contract.pk, {}))
            own = {one.contractor_id for one in contract.commitments.all()}
            for one in missing[contract.pk]:
                found = [each for each in contacts if each.company.pk == one.company.pk]
                if not found and one.company.pk not in own:
                    # Nobody to write to, no commitment of its own: its holder declares its people.
                    found = [each for each in contacts if each.company.pk == contract.holder_id]
                reminder = _due(one, found, today)
                if reminder is None:
                    continue
                if reminder.step == ReminderStep.FACILITATOR:
                    # The row is the news: the portfolio and the mail of the morning say it.
                    silent += 1
                    continue
                contact = _whom(found, reminder.step)
                if contact:
                    digests.setdefault(contact.email, (contact, []))[1].append(reminder)
        for contact, reminders in digests.values():
            letters.send_digest(to=contact, reminders=reminders)
        if digests or silent:
            audit.record(
                by=by,
                verb="execution.send_reminders",
                details={"companies": len(digests), "silent": silent},
            )
    return len(digests)


def _due(one: Missing, found: list[Reachable], today: date) -> Reminder | None:
    """The reminder of today, written as sent; None when its step went already."""
    step = step_of(one.report.due_on, today)
    sent = DeclarationReminder.objects.filter(
        contract=one.contract, company=one.company, month=one.report.months[-1]
    ).first()
    # Started late, the reminders still begin with the first contact, and leave each one time to answer.
    if sent is None and step in (ReminderStep.SUBSTITUTE, ReminderStep.FACILITATOR):
        step = ReminderStep.AFTER
    elif sent is not None and (today - timezone.localdate(sent.sent_at)).days < _PATIENCE:
        return None
    # Nobody left to write to: the facilitator is told at once, after the last day.
    if today > one.report.due_on and not any(each.may_be_reminded for each in found):
        step = ReminderStep.FACILITATOR
    row, is_new = DeclarationReminder.objects.get_or_create(
        contract=one.contract, company=one.company, month=one.report.months[-1], step=step
    )
    if not is_new:
        return None
    return Reminder(row.pk, one.contract, one.company, one.months[0], one.months[-1], one.report.due_on, step)


def _whom(found: list[Reachable], step: ReminderStep) -> Reachable | None:
    """The first contact that may be written to; at the last step, another one first."""
    able = [one for one in found if one.may_be_reminded]
    if step == ReminderStep.SUBSTITUTE:
        able = able[1:] + able[:1]
    return able[0] if able else None


def _note_bounces() -> None:
    """A mail that would not leave for a day, while a later one did, says that its address is wrong; notices of failure are read as they come."""
    last = (
        OutgoingMail.objects.exclude(sent_at=None)
        .order_by("-sent_at")
        .values_list("sent_at", flat=True)
        .first()
    )
    if last is None:
        return
    stuck = OutgoingMail.objects.waiting().filter(
        message_id__startswith="declaration-", created_at__lt=min(last, timezone.now()) - _STUCK
    )
    addresses = set(stuck.values_list("to_address", flat=True))
    for address in addresses:
        note_returned(address)


@transaction.atomic
def send_month_link(*, by: User, contract: Contract, contact: Reachable, today: date) -> str:
    """Send now the link of what is to declare to one contact; gives its months in words. Raises RefusedError."""
    if not contact.email:
        raise RefusedError("Ce contact n’a pas d’adresse électronique : appelez-le, ou complétez le contrat.")
    if contact.is_returned:
        raise RefusedError(
            "Les courriels envoyés à cette adresse reviennent : corrigez-la, ou notez « A répondu » si elle est bonne."
        )
    asked = asked_of(contract, today)
    if not asked:
        raise RefusedError("La première période du contrat n’est pas finie : rien n’est encore à déclarer.")
    report, months = asked[-1], asked[-1].months
    letters.send_link(
        to=contact, contract=contract, first_month=months[0], month=months[-1], due_on=report.due_on, by=by
    )
    audit.record(
        by=by.as_actor(), verb="execution.send_link", object_type="contract", object_key=str(contract.pk)
    )
    return letters.months_named(months[0], months[-1])
