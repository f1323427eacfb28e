"""The mails of declared hours. They name a contract and a month, never a person: names are read behind the code.

Each has a key that says its moment, so that it leaves once: a receipt by sending, a question by month of a company and day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from levier.accounts.models import User
from levier.core import mail
from levier.core.typography import day, figure
from levier.execution.declaring import links
from levier.execution.declaring.contacts import Reachable, contacts_of, stop_token
from levier.execution.models import (
    Contract,
    Declaration,
    DeclarationSending,
    HoursStatement,
    LineState,
    ReminderStep,
)
from levier.organisations.models import Organisation


def month_name(month: date) -> str:
    """« octobre 2026 »."""
    return date_format(month, "F Y")


def of_month(month: date) -> str:
    """« d’octobre 2026 », « de mars 2026 »."""
    name = month_name(month)
    return f"d’{name}" if name[0] in "ao" else f"de {name}"


def months_named(first: date, last: date) -> str:
    """« octobre 2026 », or « de juillet 2026 à septembre 2026 »."""
    return month_name(last) if first == last else f"{of_month(first)} à {month_name(last)}"


def follower_of(contract: Contract) -> Organisation:
    """The structure that a company hears from."""
    return contract.facilitator or contract.buyer


def send_receipt(sending: DeclarationSending, *, to: str, files: int) -> None:
    """What was sent, when, and where the ledger stood; to whoever sent it."""
    declaration = sending.declaration
    contract = declaration.commitment.contract
    plural = "s" if sending.lines > 1 else ""
    parts = [f"{sending.lines} personne{plural}, {figure(sending.hours, 2)} h"]
    if files:
        parts.append(f"{files} relevé{'s' if files > 1 else ''} d’heures joint{'s' if files > 1 else ''}")
    if sending.left_blank:
        parts.append(f"{sending.left_blank} sans nombre : vous pouvez compléter par le même lien")
    listed = "\n".join(f"- {one}" for one in parts)
    who = follower_of(contract).name
    mail.send(
        to=to,
        subject=f"Reçu : {month_name(declaration.month)}, {contract.title}",
        body=f"""Bonjour,

{who} a bien reçu votre mois {of_month(declaration.month)} pour « {contract.title} » :

{listed}

Un facilitateur vérifie chaque ligne. S’il a une question, elle vous arrive par courriel ; sinon, vous n’avez rien à faire.

Gardez ce message : c’est votre reçu. Envoi n° {sending.pk}, le {day(sending.at)}. Empreinte du registre des heures à cet instant :
{sending.chain_head}
""",
        key=f"declaration-receipt-{sending.pk}",
    )


def tell_answer(declaration: Declaration, state: LineState) -> None:
    """A question, or a refusal, to the first contact that can be reached; one mail a day by month, whatever the lines."""
    contract = declaration.commitment.contract
    contact = next(
        (one for one in _own(contract, declaration.company_id) if one.email and not one.is_silent), None
    )
    if contact is None:
        return
    link = links.open_link(
        contract=contract, company=contact.company, email=contact.email, first_month=declaration.month,
        month=declaration.month,
    )  # fmt: skip
    is_question = state == LineState.QUESTIONED
    what = "pose une question sur" if is_question else "ne retient pas"
    todo = (
        "Ouvrez la page pour la lire, puis corrigez le nombre ou renvoyez un relevé d’heures"
        if is_question
        else "Ouvrez la page pour lire le motif ; si c’est une erreur, écrivez le bon nombre"
    )
    mail.send(
        to=contact.email,
        subject=f"{'Une question' if is_question else 'Heures non retenues'} : {month_name(declaration.month)}, {contract.title}",
        body=f"""Bonjour,

{follower_of(contract).name} {what} au moins une ligne de votre mois {of_month(declaration.month)}, pour « {contract.title} ».
Les autres lignes suivent leur cours.

{todo} :
{links.address_of(link)}

Un code vous sera envoyé à cette adresse pour ouvrir la page.
""",
        key=f"declaration-{state}-{declaration.pk}-{timezone.localdate()}",
    )


def tell_payslip(statement: HoursStatement) -> None:
    """A document was a payslip: it is gone, and what to send instead; to whoever sent it."""
    declaration = statement.declaration
    sender = statement.link or statement.by
    if sender is None or not sender.email:
        return
    month, title = month_name(declaration.month), declaration.commitment.contract.title
    mail.send(
        to=sender.email,
        subject=f"Document supprimé : {month}, {title}",
        body=payslip_body(f"pour {month}, « {title} »"),
        key=f"declaration-payslip-{statement.pk}",
    )


def ask_to_confirm(contract: Contract, *, asker: Organisation, other: Organisation) -> None:
    """Another party of the contract is asked whether hours are right; one mail a day, whatever the number of lines."""
    page = settings.SITE_URL + reverse("incoming:confirm", args=[contract.pk])
    for contact in contacts_of(contract):
        if contact.company.pk != other.pk or not contact.may_be_reminded:
            continue
        mail.send(
            to=contact.email,
            subject=f"Des heures à confirmer : {contract.title}",
            body=f"""Bonjour,

{asker.name} demande à {other.name} si les heures de personnes employées sur « {contract.title} » sont justes.
Confirmez-les, ou contestez-les, avec le compte de cette adresse :
{page}

Des heures confirmées comptent « confirmées par un tiers ». Sans réponse, le facilitateur décide sans elle.
""",
            key=f"declaration-confirm-{contract.pk}-{other.pk}-{timezone.localdate()}",
        )


def payslip_body(about: str) -> str:
    """What a sender reads of a payslip, whichever way it came."""
    return (
        f"Bonjour,\n\nUn document envoyé {about} est un bulletin de paie. Il porte le numéro de sécurité sociale de la personne : "
        "le facilitateur l’a supprimé dès qu’il l’a ouvert, et rien n’en est gardé.\n\n"
        "Envoyez à la place un relevé d’heures ou un planning signé. Les heures déclarées, elles, sont bien arrivées.\n"
    )


def send_link(
    *, to: Reachable, contract: Contract, first_month: date, month: date, due_on: date, by: User
) -> None:
    """The link of a period, sent by the facilitator's own gesture; five minutes apart at least."""
    link = links.open_link(
        contract=contract, company=to.company, email=to.email, first_month=first_month, month=month
    )
    months = months_named(first_month, month)
    mail.send(
        to=to.email,
        subject=f"Vos heures à déclarer, {months}",
        body=f"""Bonjour,

{by.get_full_name() or "Votre facilitateur"} vous envoie le lien pour déclarer {months}, « {contract.title} », à remettre avant le {day(due_on)} :
{links.address_of(link)}

Trois minutes sur un téléphone suffisent, sans compte : un code arrive à cette adresse pour ouvrir la page.
""",
        key=f"declaration-link-{link.pk}-{int(timezone.now().timestamp()) // 300}",
    )


@dataclass(frozen=True, slots=True)
class Reminder:
    """Months of a company that wait, and the step reached. `pk`: of the row that says it was sent."""

    pk: int
    contract: Contract
    company: Organisation
    first_month: date
    month: date
    due_on: date
    step: ReminderStep

    @property
    def months(self) -> str:
        return months_named(self.first_month, self.month)


_SAID = {
    ReminderStep.OPEN: "à déclarer avant le {due}",
    ReminderStep.BEFORE: "la date limite approche : le {due}",
    ReminderStep.AFTER: "la date limite du {due} est passée",
    ReminderStep.SUBSTITUTE: "la date limite du {due} est passée et votre collègue n’a pas répondu",
}


def send_digest(*, to: Reachable, reminders: Sequence[Reminder]) -> None:
    """One mail to a contact for all that waits, one link each."""
    lines = []
    for one in reminders:
        link = links.open_link(
            contract=one.contract, company=one.company, email=to.email, first_month=one.first_month,
            month=one.month,
        )  # fmt: skip
        said = _SAID[one.step].format(due=day(one.due_on))
        lines.append(
            f"- {one.contract.title}, {one.months} : {said} (suivi par {follower_of(one.contract).name})\n"
            f"  {links.address_of(link)}"
        )
    listed = "\n\n".join(lines)
    token = stop_token([one.contract for one in reminders], to.email)
    stop = settings.SITE_URL + reverse("declaring:stop", args=[token])
    is_first = all(one.step == ReminderStep.OPEN for one in reminders)
    count = len(reminders)
    mail.send(
        to=to.email,
        subject=f"{'Vos heures' if is_first else 'Rappel : vos heures'} à déclarer"
        + (f" sur {count} contrats" if count > 1 else f", {reminders[0].months}"),
        body=f"""Bonjour,

{"Voici ce que" if is_first else "Nous n’avons pas encore reçu ce que"} votre entreprise doit déclarer :

{listed}

Trois minutes sur un téléphone suffisent, sans compte : un code arrive à cette adresse pour ouvrir la page.
Un mois sans heure se déclare aussi, avec 0.

Ne plus recevoir ces rappels (la déclaration reste due, et le facilitateur appellera) :
{stop}
""",
        key=f"declaration-digest-{reminders[0].pk}",
        unsubscribe=stop,
    )


def _own(contract: Contract, company_id: int) -> list[Reachable]:
    return [one for one in contacts_of(contract) if one.company.pk == company_id]
