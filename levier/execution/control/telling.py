"""Tells the contractor what control asks of it, and what was decided: a mail to the contacts of its side; of a formal notice, the link to answer."""

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from levier.core import mail, mail_returns
from levier.core.signed_rows import key_signed, sign_key
from levier.core.typography import day, figure
from levier.execution.models import (
    Amendment,
    AmendmentState,
    Contract,
    ContractContact,
    ContractSide,
    ControlMeeting,
    DefaultStep,
    DifficultyNotice,
    EvidenceRequest,
    GlobalisationAnswer,
    HoursTransfer,
    StepKind,
)

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


def tell_evidence(evidence: EvidenceRequest) -> None:
    """A paper is asked for, and how it is given."""
    contract = evidence.contract
    who = (contract.facilitator or contract.buyer).name
    _tell_holder(
        contract, subject=f"Pièce demandée avant le {day(evidence.due_on)}", key=f"evidence-{evidence.pk}",
        said=f"À remettre avant le {day(evidence.due_on)} : {evidence.what}.\n\n"
        f"Un relevé d’heures signé s’envoie avec le mois, par « Déclarer les heures du mois » ; montrez les autres pièces à {who}. "
        "Jamais de bulletin de paie.",
    )  # fmt: skip


def tell_meeting(meeting: ControlMeeting) -> None:
    """A meeting or a visit is planned; one already held is no news."""
    if meeting.held_on < timezone.localdate():
        return
    what, where = meeting.get_kind_display(), f", {meeting.place}" if meeting.place else ""
    _tell_holder(
        meeting.contract, subject=f"{what} le {day(meeting.held_on)}", key=f"meeting-{meeting.pk}",
        said=f"{what}, le {day(meeting.held_on)}{where}. Si ce jour ne convient pas, répondez à qui suit le contrat.",
    )  # fmt: skip


def tell_outcome(notice: DifficultyNotice) -> None:
    """What the buyer decided of a difficulty."""
    _tell_holder(
        notice.contract, subject="La suite de votre difficulté", key=f"difficulty-{notice.pk}",
        said=f"Difficulté signalée le {day(notice.told_at)} ({notice.get_cause_display()}), décision de l’acheteur : "
        f"{notice.get_outcome_display()}.\n{notice.outcome_note}",
    )  # fmt: skip


def tell_amendment(amendment: Amendment) -> None:
    """What an amendment the buyer decided changes; one without effect is no news."""
    moved = []
    if amendment.hours_change:
        more = "en plus" if amendment.hours_change > 0 else "en moins"
        who = amendment.commitment.contractor.name
        moved.append(
            f"{figure(abs(amendment.hours_change), 2)} h {more} pour {who}, à compter du {day(amendment.signed_on)}"
        )
    if amendment.ends_on and amendment.ended_on:
        moved.append(f"le contrat finit le {day(amendment.ends_on)}, au lieu du {day(amendment.ended_on)}")
    _tell_holder(
        amendment.contract, subject=f"Avenant « {amendment.reference} » décidé", key=f"amendment-{amendment.pk}",
        said=f"L’acheteur a décidé l’avenant « {amendment.reference} » : {' ; '.join(moved)}.",
    )  # fmt: skip


def tell_transfer(transfer: HoursTransfer) -> None:
    """What the buyer answered to a transfer between members of a group."""
    answer = "accepté" if transfer.state == AmendmentState.DECIDED else "refusé"
    _tell_holder(
        transfer.contract, subject=f"Transfert d’heures {answer}", key=f"transfer-{transfer.pk}",
        said=f"Transfert de {figure(transfer.hours, 2)} h de {transfer.source.contractor.name} à {transfer.target.contractor.name} : "
        f"{answer} par l’acheteur. Le total dû du contrat ne change pas.",
    )  # fmt: skip


def tell_globalisation(answer: GlobalisationAnswer) -> None:
    """What the buyer of one contract answered to a globalisation."""
    _tell_holder(
        answer.contract, subject="Réponse à votre demande de globalisation", key=f"globalisation-{answer.pk}",
        said=f"Demande de globalisation du {day(answer.request.asked_at)} : {answer.get_state_display().lower()} pour ce contrat.",
    )  # fmt: skip


def _tell_holder(contract: Contract, *, subject: str, said: str, key: str) -> None:
    """One mail to each contact of the holder that answers; `key`: of what is told, so that it is told once."""
    for contact in reached_by_mail(contract)[0]:
        mail.send(
            to=contact.email,
            subject=f"{subject} : {contract.title}",
            body=f"Bonjour,\n\n{_heading(contract)}\n\n{said}\n\nLe suivi du contrat, avec votre compte :\n"
            f"{settings.SITE_URL}{reverse('control:control', args=[contract.pk])}\n",
            key=f"control-{key}-{contact.pk}",
        )


def _heading(contract: Contract) -> str:
    reference = f" ({contract.reference})" if contract.reference else ""
    return f"{contract.buyer.name} → {contract.holder.name}\n{contract.title}{reference}"


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

{_heading(contract)}
{_TOLD[StepKind(step.kind)]}, par {step.by_label} :

{step.text}
{answer}
Le contrat et ses heures, avec votre compte :
{settings.SITE_URL}{reverse("execution:contract", args=[contract.pk])}
"""
