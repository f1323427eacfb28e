"""All that is kept about a person, for that person, from its card or from its structure: titled tables to read or print, and the same as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from levier.core import typography
from levier.execution.cards import queries
from levier.execution.models import (
    Candidate,
    EntryReason,
    EntryTerritory,
    Evidence,
    NoticeDelivery,
    NoticeWay,
    Participant,
    PersonCard,
    PersonSituation,
)
from levier.execution.people.scope import acting
from levier.rulebook.eligibility import proofs
from levier.rulebook.eligibility.sets import library


@dataclass(frozen=True, slots=True)
class Part:
    """One titled table."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    @property
    def labelled(self) -> tuple[tuple[tuple[str, str], ...], ...]:
        """The rows in French words, each cell with its column."""
        return tuple(
            tuple(zip(self.columns, (_words(value) for value in row), strict=True)) for row in self.rows
        )


def parts(person: Participant) -> tuple[Part, ...]:
    """The tables, in the order a person asks: who I am, where I work, why, my hours, what I asked, who looked."""
    entries = queries.entries_of(person)
    with acting(person=person.pk):
        reasons = tuple(EntryReason.objects.filter(entry__in=entries).select_related("entry__contract"))
        territories = tuple(
            EntryTerritory.objects.filter(entry__in=entries).select_related("entry__contract")
        )
    with acting(followers=[person.follower_id]):
        asked = tuple(
            Candidate.objects.filter(entry__participant=person).select_related(
                "position__company", "prescriber"
            )
        )
        after = tuple(PersonSituation.objects.filter(entry__in=entries).select_related("entry__contract"))
    given = NoticeDelivery.objects.filter(participant=person).select_related("notice")
    return (
        Part("Qui je suis", ("Donnée", "Valeur"), _identity(person)),
        Part("Notes d’information reçues", ("Le", "Version", "Comment"),
             tuple((one.on, f"{one.notice.text_version}, n° {one.notice.number}", NoticeWay(one.way).label) for one in given)),
        Part("Mes candidatures", ("Poste", "Entreprise", "Proposée par", "Proposée le", "Étape", "Depuis le"),
             tuple((one.position.trade, one.position.company.name, one.prescriber.name, one.proposed_on,
                    one.get_stage_display(), one.stage_on) for one in asked)),
        Part("Mes contrats", ("Contrat", "Entreprise", "Entrée", "Sortie", "État", "Éligible du", "Éligible jusqu’au"),
             tuple((one.contract.title, one.company.name, one.entered_on, one.left_on, one.get_state_display(),
                    one.eligible_from, one.eligible_until) for one in entries)),
        Part("Pourquoi je peux travailler au titre de la clause", ("Contrat", "Raison", "Document vu", "Vu le"),
             tuple((one.entry.contract.title, library().get(one.criterion, {}).get("label", one.criterion),
                    proofs()[one.proof].label if one.proof in proofs() else "", one.seen_on) for one in reasons)),
        Part("Où j’habitais le jour de l’entrée", ("Contrat", "Quartier prioritaire (QPV)", "Zone France ruralités (FRR)"),
             tuple((one.entry.contract.title, _yes_no(one.is_qpv), _yes_no(one.is_frr)) for one in territories)),
        Part("Mes heures", ("Mois", "Contrat", "Entreprise", "Heures", "Preuve"),
             tuple((_month(month.month), one.contract, one.company, one.hours,
                    Evidence(one.evidence).label if one.evidence else "pas encore vérifiées")
                   for month in queries.months_of(person) for one in month.lines)),
        Part("Ma situation après un contrat", ("Contrat", "Quand", "Situation", "Notée le"),
             tuple((one.entry.contract.title, one.get_moment_display(), one.get_situation_display(), one.noted_at)
                   for one in after)),
        Part("Ce que j’ai dit de mes mois", ("Le", "Mois", "Réponse", "Heures dites", "Suite"),
             tuple((one.said_at, _month(month.month), one.get_reason_display() or one.get_word_display(), one.claimed,
                    one.get_answer_display()) for month in queries.months_of(person) for line in month.lines
                   for one in line.answers)),
        Part("Ce que j’ai demandé", ("Le", "Demande", "Donnée", "Valeur proposée", "Réponse avant le", "Réponse"),
             tuple((one.asked_at, one.get_kind_display(), one.get_field_display(), one.proposed, one.due_on,
                    one.get_answer_display()) for one in queries.requests_of(person))),
        Part("Ce que j’ai envoyé", ("Le", "Document", "Vu le", "Supprimé sans être vu le"),
             tuple((one.sent_at, one.get_kind_display(), one.seen_at, one.removed_at) for one in queries.proofs_of(person))),
        Part("Qui a ouvert ma fiche", ("Le", "Qui", "Pourquoi"),
             tuple((one.at, one.who, one.purpose) for one in queries.accesses_of(person))),
    )  # fmt: skip


def as_json(person: Participant) -> dict[str, Any]:
    """The same tables, each a list of objects; dates in ISO 8601, hours as texts with two decimals."""
    return {
        "fait_le": timezone.now().isoformat(timespec="seconds"),
        "structure": person.follower.name,
    } | {
        part.title: [
            dict(zip(part.columns, (_plain(value) for value in row), strict=True)) for row in part.rows
        ]
        for part in parts(person)
    }


def _identity(person: Participant) -> tuple[tuple[Any, ...], ...]:
    card = PersonCard.objects.filter(participant=person, revoked_at=None).first()
    rows: Sequence[tuple[str, Any]] = (
        ("Prénom", person.given_name), ("Nom", person.family_name), ("Date de naissance", person.birth_on),
        ("Sexe", person.get_sex_display()), ("Courriel", person.email), ("Structure qui me suit", person.follower.name),
        ("Connu depuis le", person.created_at), ("Dernier contact", person.last_contact_on),
        ("Identifiant technique", str(person.pk)), ("Carte valable jusqu’au", card.expires_on if card else None),
    )  # fmt: skip
    return tuple(rows)


def _yes_no(value: bool | None) -> str:
    return "" if value is None else "oui" if value else "non"


def _month(first: date) -> str:
    return f"{typography.MONTHS[first.month - 1]} {first.year}"


def _words(value: Any) -> str:
    if isinstance(value, datetime):
        local = timezone.localtime(value)
        return f"{typography.day(local.date())}, {typography.clock(local)}"
    if isinstance(value, date):
        return typography.day(value)
    if isinstance(value, Decimal):
        return typography.figure(value, 2) + f"{typography.NO_BREAK}h"
    return str(value) if value not in (None, "") else "—"


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
