"""The mails of a purchase: at each step, one to each contact of both sides that answers, in the step's own transaction."""

from levier.accounts.models import Role, User
from levier.core import mail, mail_returns
from levier.purchasing.models import ContactSide, Purchase, PurchaseEvent, PurchaseState
from levier.purchasing.purchase_wording import step

MOST_TOLD = 20


def tell_both_sides(purchase: Purchase, event: PurchaseEvent, *, by: User) -> int:
    """Write to every contact whose address answers, but not to whoever acts. Returns how many mails leave.

    Just handed over, a purchase has no contact at the structure yet: its facilitators are told. So are they when
    none of its contacts there answers.
    """
    contacts = [one for one in purchase.contacts.all() if one.email]
    gone = mail_returns.given_up(one.email for one in contacts)
    answering = [one for one in contacts if one.email not in gone]
    addresses = {
        one.email.lower()
        for one in answering
        if not (one.side == ContactSide.FACILITATOR and purchase.is_draft)
    }
    is_unattended = not any(one.side == ContactSide.FACILITATOR for one in answering)
    if purchase.facilitator is not None and purchase.state == PurchaseState.TO_STUDY and is_unattended:
        members = User.objects.filter(
            memberships__organisation=purchase.facilitator,
            memberships__role=Role.FACILITATOR,
            is_active=True,
        )
        addresses |= {one.email.lower() for one in members.distinct().order_by("pk")[:MOST_TOLD]}
    addresses.discard(by.email.lower())
    letter = step(purchase, event)
    for address in sorted(addresses):
        mail.send(
            to=address,
            subject=letter.subject,
            body=letter.body,
            key=f"purchase-{purchase.pk}-event-{event.pk}-{address}",
        )
    return len(addresses)
