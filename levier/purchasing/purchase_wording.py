"""The mail of one step of a purchase, in plain French text."""

from django.conf import settings
from django.urls import reverse

from levier.purchasing.models import ContactSide, Purchase, PurchaseEvent, PurchaseState
from levier.purchasing.timeline import next_step, step_named
from levier.purchasing.wording import Letter


def who_acts(purchase: Purchase) -> str:
    """The name of whoever must act now; empty when nothing is left to do."""
    step = next_step(purchase.state)
    if step.side is None:
        return ""
    if step.side == ContactSide.FACILITATOR and purchase.facilitator is not None:
        return purchase.facilitator.name
    suffix = " (mission interne)" if step.side == ContactSide.FACILITATOR else ""
    return purchase.organisation.name + suffix


def step(purchase: Purchase, event: PurchaseEvent) -> Letter:
    """One step, for every contact of both sides."""
    whose = purchase.organisation.name
    if event.side == ContactSide.FACILITATOR and purchase.facilitator is not None:
        whose = purchase.facilitator.name
    if event.is_word:
        happened = f"{whose} a laissé un mot sur cet achat."
        subject = f"Un mot sur l’achat : {purchase.title}"
    else:
        state, said = PurchaseState(event.after).label, step_named(event.before, event.after)
        undone = "" if said == state else f"{said}. "
        happened = f"{undone}L’achat est maintenant « {state} » ({whose})."
        subject = f"{said} : {purchase.title}"
    acting = who_acts(purchase)
    waits = (
        f"À faire maintenant, par {acting} : {next_step(purchase.state).text}."
        if acting
        else "Rien n’est à faire."
    )
    note = f"\nLe mot laissé :\n{event.note}\n" if event.note else ""
    return Letter(
        subject,
        f"""Bonjour,

{purchase.title}
Acheteur : {purchase.organisation.name}

{happened}
{note}
{waits}

Voir l’achat :
{settings.SITE_URL}{reverse("purchasing:purchase", args=[purchase.pk])}

Vous recevez ce courriel comme contact de cet achat.
""",
    )
