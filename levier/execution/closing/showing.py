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
from levier.execution.closing.signing import is_proved
from levier.execution.models import Attestation, ClosingBasis, LedgerPosting
from levier.execution.queries.balances import balances, total
from levier.rulebook.attestations import fingerprint


def public_address(token: str) -> str:
    """Where anybody verifies an attestation: unguessable, and naming nobody."""
    return settings.SITE_URL + reverse("closing:attestation", args=[token])


def address_of(attestation: Attestation) -> str:
    """The one its signature covers; where the site stands today for those issued before signatures."""
    return str(attestation.content.get("address") or public_address(attestation.token))


def keys_address() -> str:
    """Where the public keys of this site are."""
    return settings.SITE_URL + reverse("closing:keys")


def signature_words(attestation: Attestation) -> tuple[str, str, str]:
    """Tone, word and sentence of its signature. No SQL query once its key is read."""
    if not is_proved(attestation):
        return "danger", "Signature fausse", "La clé de ce site n’a pas signé ce contenu : ne la croyez pas."
    if attestation.key is None:
        return (
            "neutral", "Sans signature",
            "Elle a été délivrée avant que ce site signe ses attestations : cette page et le grand livre la prouvent.",
        )  # fmt: skip
    if attestation.key.is_compromised:
        return (
            "check", "Clé retirée",
            f"Elle est signée par la clé {attestation.key_id}, retirée depuis parce que quelqu’un d’autre a pu la tenir : "
            "cette page et le grand livre la prouvent, la signature seule ne suffit plus.",
        )  # fmt: skip
    return "ok", "Signature valide", f"Elle est signée par la clé {attestation.key_id} de ce site."


def standing(attestation: Attestation | None) -> tuple[str, str, str]:
    """Tone, word and sentence: valid, corrected since, withdrawn, not to be believed, or unknown. Four SQL queries at most."""
    if attestation is None:
        return "danger", "Inconnue", "Aucune attestation n’a été délivrée à cette adresse."
    if attestation.withdrawn_at is not None:
        return (
            "danger", "Retirée",
            f"Cette attestation a été retirée le {day(attestation.withdrawn_at)} : {attestation.withdrawn_reason}",
        )  # fmt: skip
    is_whole = fingerprint(attestation.content) == attestation.digest and is_proved(attestation)
    if not is_whole or not _is_in_ledger(attestation):
        return (
            "danger",
            "À ne pas croire",
            "Son contenu ne correspond plus à son empreinte, à sa signature ou au grand livre : écrivez à l’acheteur.",
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


def sentence(attestation: Attestation) -> str:
    """What it attests, in one sentence a buyer reads first."""
    said: dict[str, Any] = attestation.content
    number = f" (n° {said['reference']})" if said["reference"] else ""
    done, due = (figure(float(said[name]), 2) for name in ("done", "due"))
    return (
        f"{said['holder']}, titulaire du contrat « {said['title']} »{number} conclu avec {said['buyer']}, a fait {done} h d’insertion "
        f"sur {due} h dues, du {_day(said['starts_on'])} au {_day(said['ends_on'])}."
    )


def as_pdf(attestation: Attestation) -> bytes:
    """The attestation on paper, with the address where anybody verifies it. Raises DocumentError."""
    told = [pair for pair in facts(attestation) if pair[0] != "Empreinte"]
    lines = "\n".join(f"- **{label}** : {escape(words)}" for label, words in told)
    proofs = [f"- **Empreinte** : {attestation.digest}"]
    if attestation.key_id:
        # In two pieces: in one it leaves the page.
        half = len(attestation.signature) // 2
        pieces = f"{attestation.signature[:half]} {attestation.signature[half:]}"
        proofs.append(f"- **Signature** : {escape(pieces)} (clé {attestation.key_id})")
    text = f"""# Attestation de réalisation d’une clause sociale d’insertion

**{escape(sentence(attestation))}**

{lines}

## Vérifier cette attestation

Sa page publique dit si elle est valable ou retirée, avec la même empreinte :

{escape(address_of(attestation))}

Le fichier vérifiable de cette page se prouve aussi sans le site, avec « levier attestation verify » et les clés publiques :

{escape(keys_address())}

{chr(10).join(proofs)}
"""
    code = qr_code(address_of(attestation))
    return to_pdf(
        text, title="Attestation de réalisation", drawing=(code, "QR code de la page de vérification")
    )


def _day(text: str) -> str:
    return day(date.fromisoformat(text))
