"""The mails of candidates: neither name nor reason in any; never to an address that answers no more.

The contact of a post hears of each candidate, its backup in its place when its mails come back; who proposed hears of each answer.
"""

from datetime import date

from django.conf import settings
from django.urls import reverse

from levier.core import mail, mail_returns
from levier.core.typography import day
from levier.execution.models import Candidate, CandidateStage, Position

# What who proposed reads of each stage.
_SUITES = {
    CandidateStage.TO_MEET: "L’entreprise veut rencontrer la personne que vous avez proposée. Dites-le-lui, et préparez ce rendez-vous avec elle.",
    CandidateStage.MET: "L’entreprise a rencontré la personne que vous avez proposée. Elle doit maintenant dire si elle l’embauche.",
    CandidateStage.HIRED: "La personne que vous avez proposée est embauchée. Sa présence sera demandée à l’entreprise dans un mois.",
    CandidateStage.PRESENT: "La personne que vous avez proposée est toujours en poste un mois après son embauche.",
    CandidateStage.DECLINED: "L’entreprise ne retient pas la personne que vous avez proposée. Prévenez-la ; le poste reste ouvert à d’autres.",
    CandidateStage.LEFT: "La personne que vous avez proposée a quitté le poste avant un mois. Reprenez contact avec elle.",
}
# What the company has to say of each.
_NEXT: dict[str, str] = {
    CandidateStage.PROPOSED: "vous voulez la rencontrer, ou vous ne la retenez pas",
    CandidateStage.TO_MEET: "vous l’avez rencontrée, ou vous ne la retenez pas",
    CandidateStage.MET: "vous l’embauchez, ou vous ne la retenez pas",
    CandidateStage.HIRED: "elle est toujours là, ou elle est partie",
}


def unreachable(position: Position) -> frozenset[str]:
    """The addresses of a post that answer no more. One SQL query."""
    return frozenset(mail_returns.given_up([position.contact_email, position.backup_email]))


def tell_proposed(candidate: Candidate, *, before: date) -> None:
    """Somebody is proposed: to the contact of the post."""
    _to_company(
        candidate.position, f"Une candidature pour {candidate.position.trade}",
        f"Une personne vous est proposée pour ce poste. Répondez avant le {day(before)} : dites si vous la rencontrez.",
        f"candidate-{candidate.pk}-proposed", is_to_both=False,
    )  # fmt: skip


def tell_withdrawn(candidate: Candidate) -> None:
    """The prescriber took its candidate back: nobody waits for an answer any more."""
    _to_company(
        candidate.position, f"Une candidature est retirée : {candidate.position.trade}",
        f"La personne proposée le {day(candidate.proposed_on)} n’est plus candidate : la structure qui la proposait l’a retirée. "
        "Vous n’avez rien à faire ; le poste reste ouvert.",
        f"candidate-{candidate.pk}-withdrawn", is_to_both=False,
    )  # fmt: skip


def remind_late(candidate: Candidate, *, level: int) -> int:
    """A stage is late: the contact, then its backup too. Gives how many mails were written."""
    since, stage = day(candidate.stage_on), candidate.get_stage_display().lower()
    is_hired = candidate.stage == CandidateStage.HIRED
    subject = "Une embauche à confirmer" if is_hired else "Une candidature attend"
    said = (
        f"Une personne est embauchée depuis le {since}, et son premier mois est passé. "
        if is_hired
        else f"Une personne attend votre suite depuis le {since} (étape « {stage} »). "
    ) + f"Ouvrez la page et dites ce qu’il en est : {_NEXT[candidate.stage]}."
    return _to_company(
        candidate.position, f"{subject} : {candidate.position.trade}", said,
        f"candidate-{candidate.pk}-{candidate.stage}-{level}", is_to_both=level > 1,
    )  # fmt: skip


def tell_prescriber(candidate: Candidate, *, to: str) -> None:
    """The next stage of a candidate, to the account that proposed it; read again on the page, where the name stands."""
    said = _SUITES.get(CandidateStage(candidate.stage))
    if said is None or mail_returns.is_given_up(to):
        return
    position = candidate.position
    _write(
        to, f"Suite d’une candidature : {position.trade}", said, position,
        f"candidate-{candidate.pk}-{candidate.stage}-prescriber",
    )  # fmt: skip


def _to_company(position: Position, subject: str, said: str, key: str, *, is_to_both: bool) -> int:
    """To the contact, or to its backup when its mails come back, or to both. Gives how many mails were written."""
    gone = unreachable(position)
    places = (("contact", position.contact_email), ("backup", position.backup_email))
    reached = [(rank, address) for rank, address in places if address not in gone]
    told = reached if is_to_both else reached[:1]
    for rank, address in told:
        note = ""
        if len(told) > 1:
            other = position.backup_name if rank == "contact" else position.contact_name
            note = f"\n\n{other} reçoit aussi ce rappel."
        elif rank == "backup":
            note = f"\n\nVous recevez ce message à la place de {position.contact_name}, dont les courriels reviennent."
        _write(address, subject, said + note, position, f"{key}-{rank}")
    return len(told)


def _write(to: str, subject: str, said: str, position: Position, key: str) -> None:
    address = settings.SITE_URL.rstrip("/") + reverse("candidates:position", args=[position.pk])
    mail.send(
        to=to,
        subject=subject,
        body=f"Bonjour,\n\n{said}\n\n{position.trade}, {position.place}, pour « {position.contract.title} » :\n{address}\n",
        key=key,
    )
