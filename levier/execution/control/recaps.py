"""What an act of control is about, in a few sentences: nobody decides of a row that the page does not show."""

from levier.core.typography import day, figure
from levier.execution.models import (
    Complaint,
    ControlMeeting,
    DifficultyNotice,
    EvidenceRequest,
    GlobalisationAnswer,
    HoursTransfer,
)


def of_transfer(one: HoursTransfer) -> tuple[str, ...]:
    """Who gives how many hours to whom, from when, who asks and why."""
    return (
        f"{one.source.contractor.name} cède {figure(one.hours, 2)} h à {one.target.contractor.name}, à effet du {day(one.effective_on)}.",
        f"Demandé le {day(one.asked_at)} par {one.asked_label} : {one.note}",
    )


def of_difficulty(one: DifficultyNotice) -> tuple[str, ...]:
    """What stops the hours, since when, in whose words."""
    until = f" jusqu’au {day(one.until_on)}" if one.until_on else ""
    told = f"{one.get_cause_display()}, depuis le {day(one.since_on)}{until}."
    return (told, one.note) if one.note else (told,)


def of_globalisation(one: GlobalisationAnswer) -> tuple[str, ...]:
    """What is asked, by whom, and with how many other contracts: those of other buyers are not named."""
    count = one.request.answers.count() - 1
    others = "d’un autre contrat" if count == 1 else f"de {count} autres contrats"
    return (
        f"{one.request.holder.name} demande de faire ensemble les heures de ce contrat et {others}.",
        one.request.note,
    )


def of_meeting(one: ControlMeeting) -> tuple[str, ...]:
    """Which meeting, and when."""
    return (f"{one.get_kind_display()}, {day(one.held_on)}.",)


def of_complaint(one: Complaint) -> tuple[str, ...]:
    """Whose, when, and what it says."""
    return (f"{one.get_origin_display()}, reçue le {day(one.received_on)}.", one.text)


def of_evidence(one: EvidenceRequest) -> tuple[str, ...]:
    """Which paper, and when it was due."""
    note = f" : {one.label}" if one.label else ""
    return (f"{one.get_kind_display()}{note}, à remettre avant le {day(one.due_on)}.",)
