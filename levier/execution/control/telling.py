"""Tells the contractor what a default asks of it: a mail to the contacts of its side, and the link to answer without account."""

from django.conf import settings
from django.http import Http404
from django.urls import reverse

from levier.core import mail, mail_returns
from levier.core.signed_rows import key_signed, sign_key
from levier.core.typography import day
from levier.execution.models import Contract, ContractContact, ContractSide, DefaultStep, StepKind

_SALT = "levier.execution.observations"
_UNKNOWN = "Ce lien n’est pas entier, ou n’existe plus : copiez-le jusqu’au bout."
# Steps the contractor hears of; what is proposed is between the facilitator and the buyer until it is decided.
_TOLD = {
    StepKind.REMINDER: "Relance",
    StepKind.MEETING: "Réunion à prévoir",
    StepKind.NOTICE: "Mise en demeure",
    StepKind.DECISION: "Décision de l’acheteur",
}


def address_of(step: DefaultStep) -> str:
    """Where the contractor answers a formal notice, without account."""
    return settings.SITE_URL + reverse("control:observations", args=[sign_key(step.pk, salt=_SALT)])


def step_of(token: str) -> DefaultStep:
    """The formal notice behind an address. Raises Http404 for one we did not sign."""
    pk = key_signed(token, salt=_SALT, refusal=_UNKNOWN)
    found = (
        DefaultStep.objects.filter(pk=pk, kind=StepKind.NOTICE)
        .select_related("procedure__contract__buyer", "procedure__contract__holder")
        .first()
    )
    if found is None:
        raise Http404(_UNKNOWN)
    return found


def tell(step: DefaultStep) -> None:
    """Write to the contacts of the holder, in the transaction of the step."""
    if step.kind not in _TOLD:
        return
    contract = step.procedure.contract
    contacts, _ = reached_by_mail(contract)
    for contact in contacts:
        mail.send(
            to=contact.email,
            subject=f"{_TOLD[StepKind(step.kind)]} : {contract.title}",
            body=_letter(step),
            key=f"default-step-{step.pk}-{contact.pk}",
        )


def reached_by_mail(contract: Contract) -> tuple[list[ContractContact], list[ContractContact]]:
    """The contacts of the holder with an address: those who get the letters, those whose mails come back. Two SQL queries."""
    named = list(contract.contacts.filter(side=ContractSide.HOLDER).exclude(email=""))
    gone = mail_returns.given_up(one.email for one in named)
    return [one for one in named if one.email not in gone], [one for one in named if one.email in gone]


def _letter(step: DefaultStep) -> str:
    contract = step.procedure.contract
    answer = ""
    if step.kind == StepKind.NOTICE and step.deadline:
        answer = (
            f"\nVous pouvez présenter vos observations jusqu’au {day(step.deadline)}, sans compte :\n{address_of(step)}\n"
            "Ce lien est celui de votre entreprise : ne le donnez qu’à ceux qui suivent la clause.\n"
        )
    return f"""Bonjour,

{contract.buyer.name} → {contract.holder.name}
{contract.title}{f" ({contract.reference})" if contract.reference else ""}
{_TOLD[StepKind(step.kind)]}, par {step.by_label} :

{step.text}
{answer}
Le contrat et ses heures, avec votre compte :
{settings.SITE_URL}{reverse("execution:contract", args=[contract.pk])}
"""
