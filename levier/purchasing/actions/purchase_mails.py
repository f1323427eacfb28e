"""The mails of a purchase: at each step, one to each contact of both sides, in the step's own transaction."""

from levier.accounts.models import Role, User
from levier.core import mail
from levier.purchasing.models import ContactSide, Purchase, PurchaseEvent, PurchaseState
from levier.purchasing.purchase_wording import step

MOST_TOLD = 20


def tell_both_sides(purchase: Purchase, event: PurchaseEvent, *, by: User) -> int:
    """Write to every contact with an address, but not to whoever acts. Returns how many mails leave.

    Just handed over, a purchase has no contact at the structure yet: its facilitators are told.
    """
    addresses = {
        contact.email.lower()
        for contact in purchase.contacts.all()
        if contact.email and not (contact.side == ContactSide.FACILITATOR and purchase.is_draft)
    }
    is_unattended = not purchase.contacts.filter(side=ContactSide.FACILITATOR).exists()
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
