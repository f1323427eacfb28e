"""What the pages of an attestation show: whether it stands, its address, its document."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse

from levier.core.documents import to_pdf
from levier.core.documents.converting import escape
from levier.core.qr import qr_code
from levier.core.typography import day, figure
from levier.execution.models import Attestation, ClosingBasis, LedgerPosting
from levier.execution.queries.balances import balances, total
from levier.rulebook.attestations import fingerprint


def address_of(attestation: Attestation) -> str:
    """The public address: unguessable, and naming nobody."""
    return settings.SITE_URL + reverse("closing:attestation", args=[attestation.token])


def standing(attestation: Attestation | None) -> tuple[str, str, str]:
    """Tone, word and sentence: valid, corrected since, withdrawn, not to be believed, or unknown. Three SQL queries at most."""
    if attestation is None:
        return "danger", "Inconnue", "Aucune attestation n’a été délivrée à cette adresse."
    if attestation.withdrawn_at is not None:
        return (
            "danger", "Retirée",
            f"Cette attestation a été retirée le {day(attestation.withdrawn_at)} : {attestation.withdrawn_reason}",
        )  # fmt: skip
    if fingerprint(attestation.content) != attestation.digest or not _is_in_ledger(attestation):
        return (
            "danger",
            "À ne pas croire",
            "Son contenu ne correspond plus à son empreinte ou au grand livre : écrivez à l’acheteur.",
        )
    now = total(balances(by="commitment", contract=attestation.contract_id))
    if (now.due, now.done) != (Decimal(attestation.content["due"]), Decimal(attestation.content["done"])):
        return (
            "check", "Corrigée depuis",
            "Cette attestation a été délivrée ici, mais le grand livre a été corrigé depuis : il dit aujourd’hui "
            f"{figure(now.done, 2)} h faites sur {figure(now.due, 2)} h dues.",
        )  # fmt: skip
    return (
        "ok",
        "Valable",
        "Cette attestation a été délivrée ici, n’a pas été retirée, et le grand livre la confirme.",
    )


def _is_in_ledger(attestation: Attestation) -> bool:
    """Whether the heads it quotes are still on their chains."""
    heads = {
        (one["commitment"], one["count"], one["hash"]) for one in attestation.content["heads"] if one["count"]
    }
    kept = LedgerPosting.objects.filter(
        commitment__contract=attestation.contract_id, hash__in=[one[2] for one in heads]
    ).values_list("commitment__number", "number", "hash")
    return heads == set(kept)


def facts(attestation: Attestation) -> list[tuple[str, str]]:
    """What it says, label and words."""
    said: dict[str, Any] = attestation.content
    return [
        ("Contrat", f"{said['title']}{' (' + said['reference'] + ')' if said['reference'] else ''}"),
        ("Acheteur", f"{said['buyer']}{', SIREN ' + said['buyer_siren'] if said['buyer_siren'] else ''}"),
        ("Titulaire", f"{said['holder']}{', SIREN ' + said['holder_siren'] if said['holder_siren'] else ''}"),
        ("Exécution", f"du {_day(said['starts_on'])} au {_day(said['ends_on'])}"),
        ("Heures dues", f"{figure(float(said['due']), 2)} h"),
        ("Heures faites", f"{figure(float(said['done']), 2)} h"),
        ("Ce qui est attesté", ClosingBasis(said["basis"]).label),
        ("Délivrée le", _day(said["issued_on"])),
        ("Empreinte", attestation.digest),
    ]


def as_pdf(attestation: Attestation) -> bytes:
    """The attestation on paper, with the address where anybody verifies it. Raises DocumentError."""
    lines = "\n".join(f"- **{label}** : {escape(words)}" for label, words in facts(attestation))
    text = f"""# Attestation de réalisation d’une clause sociale d’insertion

{lines}

## Vérifier cette attestation

Sa page publique dit si elle est valable ou retirée, avec la même empreinte :

{escape(address_of(attestation))}

Le fichier joint à cette page se prouve aussi sans le site, avec « levier attestation verify ».
"""
    code = qr_code(address_of(attestation))
    return to_pdf(
        text, title="Attestation de réalisation", drawing=(code, "QR code de la page de vérification")
    )


def _day(text: str) -> str:
    return day(date.fromisoformat(text))
