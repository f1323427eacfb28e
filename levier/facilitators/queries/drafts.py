"""What a draft still leaves to settle before it is proposed: it explains, it never blocks."""

from collections.abc import Sequence
from datetime import date

from django.utils import timezone

from levier.core.typography import day
from levier.facilitators.models import Convention, ConventionKind, PartyRole
from levier.facilitators.queries.conventions import PartyState

_PAID = (
    "Participation financière : faites dire par vos juristes si elle paie les services (marché public de services), soutient "
    "l’action de la structure (subvention), ou partage les frais d’une coopération entre pouvoirs adjudicateurs. "
    "Règle à confirmer : Levier ne tranche pas."
)


def to_check(convention: Convention, parties: Sequence[PartyState]) -> tuple[str, ...]:
    """Sentences for the structure that wrote the draft, the most embarrassing first."""
    return tuple(
        filter(
            None, (*_people(parties), _start(convention, timezone.localdate()), *_rules(convention, parties))
        )
    )


def _people(parties: Sequence[PartyState]) -> tuple[str, ...]:
    unnamed = [
        one.party.name for one in parties if not (one.party.signatory_name and one.party.signatory_title)
    ]
    away = [one.party.name for one in parties if not one.has_space]
    return (
        f"Signataire à nommer, avec sa qualité : {', '.join(unnamed)}. Sans lui, le texte dit seulement « la personne qui signe »."
        if unnamed
        else "",
        f"Sans espace ici : {', '.join(away)}. Prévoyez le papier (une copie que l’animation confirme), ou faites ouvrir "
        "cet espace puis enregistrez de nouveau le brouillon."
        if away
        else "",
    )


def _start(convention: Convention, today: date) -> str:
    if convention.valid_from >= today:
        return ""
    return f"Prise d’effet le {day(convention.valid_from)}, déjà passée : une convention ne vaut pas avant sa signature."


def _rules(convention: Convention, parties: Sequence[PartyState]) -> tuple[str, ...]:
    is_authorities = convention.kind == ConventionKind.AUTHORITIES
    paid = any(one.party.share_amount for one in parties if one.party.role != PartyRole.STRUCTURE)
    return (
        _PAID if paid or convention.financial_share.strip() else "",
        "Délibération de chaque collectivité : à joindre avant la signature." if is_authorities else "",
        "Sans terme : aucun rappel ne partira pour la revoir." if convention.valid_to is None else "",
    )
