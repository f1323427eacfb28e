"""The mails of the network of facilitators, in plain French text."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from levier.core.typography import day
from levier.facilitators.models import ClaimState, Structure, StructureClaim, StructureVerification


@dataclass(frozen=True)
class Letter:
    """Subject and body of one mail."""

    subject: str
    body: str


def address(name: str, *args: object) -> str:
    """The whole address of a page of this room."""
    return settings.SITE_URL + reverse(f"facilitators:{name}", args=args)


def claimed(claim: StructureClaim) -> Letter:
    """For the structure's own address: whoever reads it may object before anything opens."""
    return Letter(
        f"Rattachement demandé : {claim.structure.name}",
        f"""Bonjour,

L’organisation « {claim.organisation.name} » (SIREN {claim.organisation.siren or "inconnu"}) dit tenir la structure
« {claim.structure.name} » sur Levier.

Rien ne s’ouvre avant qu’une animation du réseau ou l’équipe du site l’ait vérifié. Si cette demande n’est pas de
vous, répondez-le à l’équipe du site : {settings.SITE_URL}
""",
    )


def claim_decided(claim: StructureClaim) -> Letter:
    """For whoever asked."""
    if claim.state == ClaimState.ACCEPTED:
        return Letter(
            f"Votre structure est rattachée : {claim.structure.name}",
            f"""Bonjour,

« {claim.structure.name} » est rattachée à « {claim.organisation.name} ». Ses facilitateurs reçoivent désormais les
demandes des acheteurs, et tiennent sa page :
{address("own", claim.structure_id)}
""",
        )
    return Letter(
        f"Rattachement refusé : {claim.structure.name}",
        f"""Bonjour,

Le rattachement de « {claim.structure.name} » à « {claim.organisation.name} » n’est pas accepté. Motif :
{claim.reason}

Vous pouvez corriger et demander à nouveau :
{address("structure", claim.structure.slug)}
""",
    )


def to_mend(check: StructureVerification) -> Letter:
    """For a structure whose sheet an animator found wrong."""
    return Letter(
        f"Votre fiche est à corriger : {check.structure.name}",
        f"""Bonjour,

{check.checker_name} a relu, le {day(check.checked_on)}, la fiche de « {check.structure.name} ». À corriger :
{check.note}

La fiche :
{address("structure", check.structure.slug)}
""",
    )


def contact(structure: Structure, *, name: str, email: str, message: str, about: str) -> Letter:
    """A message of the public form, with where to answer."""
    whom = f"\nÀ l’attention de : {about}" if about else ""
    return Letter(
        f"Message reçu par Levier pour {structure.name}",
        f"""Bonjour,

{" ".join(name.split())} vous écrit depuis la page publique de « {structure.name} ».{whom}

{message.strip()}

Pour répondre : {email}
Levier ne garde pas ce message, et ne montre à son auteur aucune adresse qui n’est pas publique.
""",
    )
