"""Writes of the end of a contract: the words of the bilan, the close, the attestation and its withdrawal, situations of people."""

import secrets
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit
from levier.execution.actions.posting import locked
from levier.execution.closing import signing, teaching
from levier.execution.closing.bilan import bilan_of
from levier.execution.closing.policies import Situations
from levier.execution.closing.showing import public_address
from levier.execution.errors import RefusedError
from levier.execution.models import (
    Attestation,
    ClosingBasis,
    Contract,
    ContractClosing,
    DeclarationState,
    Evidence,
    PersonSituation,
    Situation,
)
from levier.execution.people.scope import acting
from levier.execution.policies import Side
from levier.execution.queries.contracts import undecided_lines
from levier.rulebook.attestations import fingerprint


@transaction.atomic
def write_bilan(*, by: User, contract: Contract, worked: str, hard: str, after: str) -> ContractClosing:
    """The words of the bilan. Raises RefusedError once closed."""
    own = _open(contract)
    own.worked, own.hard, own.after = worked.strip(), hard.strip(), after.strip()
    own.written_by, own.written_at = by, timezone.now()
    own.save()
    audit.record(verb="execution.write_bilan", **_about(by, contract))
    return own


@transaction.atomic
def close(
    *, by: User, contract: Contract, sides: frozenset[Side], name: str, role: str, reason: str = ""
) -> ContractClosing:
    """Close a contract: everything due is done, or the buyer decides otherwise with a signed reason. Raises RefusedError."""
    own = _open(contract)
    # Whoever writes hours holds one of these: nothing is sent nor accepted from here on.
    locked(*contract.commitments.all())
    if contract.defaults.filter(closed_at=None).exists():
        raise RefusedError("Une procédure de retard est ouverte : décidez-la et closez-la d’abord.")
    open_lines = undecided_lines(contract)
    if open_lines.exclude(declaration__state=DeclarationState.DRAFT).exists():
        raise RefusedError("Des heures déclarées attendent une décision : décidez-les d’abord.")
    if draft := open_lines.select_related("declaration__company").first():
        raise RefusedError(
            f"{draft.declaration.company.name} a saisi des heures de {draft.declaration.month:%m/%Y} sans les envoyer : "
            "demandez-lui de les envoyer, ou faites-les effacer dans la grille."
        )
    if not (name.strip() and role.strip()):
        raise RefusedError("Une clôture est signée : votre nom et votre qualité.")
    bilan = bilan_of(contract, today=timezone.localdate())
    is_reached = bilan.is_reached
    if not is_reached:
        if "buyer" not in sides:
            raise RefusedError("Il manque des heures : seul l’acheteur décide de clore.")
        if not reason.strip():
            raise RefusedError("Il manque des heures : dites pourquoi vous clôturez.")
    own.basis = ClosingBasis.REACHED if is_reached else ClosingBasis.DECIDED
    own.reason, own.signed = reason.strip(), f"{' '.join(name.split())[:90]}, {' '.join(role.split())[:90]}"
    own.closed_by, own.closed_at = by, timezone.now()
    own.save()
    audit.record(verb="execution.close_contract", **_about(by, contract))
    teaching.teach_lot(by=by, contract=contract, balance=bilan.balance)
    teaching.note_closing(by=by, contract=contract)
    return own


@transaction.atomic
def attest(*, by: User, contract: Contract) -> Attestation:
    """Deliver the attestation of completion: what it says is frozen with its fingerprint. Raises RefusedError."""
    Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
    bilan = bilan_of(contract, today=timezone.localdate())
    if contract.attestations.filter(withdrawn_at=None).exists():
        raise RefusedError("Une attestation est déjà délivrée : retirez-la d’abord.")
    if not (bilan.is_reached or bilan.is_closed):
        raise RefusedError(
            "Il manque des heures : l’attestation vient quand tout est fait, ou quand l’acheteur a clos le contrat."
        )
    balance, basis = bilan.balance, ClosingBasis.REACHED if bilan.is_reached else ClosingBasis.DECIDED
    token = secrets.token_hex(16)
    content = {
        "address": public_address(token),
        "title": contract.title, "reference": contract.reference, "buyer": contract.buyer.name,
        "buyer_siren": contract.buyer.siren, "holder": contract.holder.name, "holder_siren": contract.holder.siren,
        "starts_on": contract.starts_on.isoformat(), "ends_on": contract.ends_on.isoformat(),
        "due": str(balance.due), "done": str(balance.done), "basis": basis.value,
        "evidence": {level.value: str(balance.by_evidence[level.value]) for level in Evidence},
        "heads": [
            {"commitment": one.commitment.number, "count": one.count, "hash": one.hash} for one in bilan.heads
        ],
        "issued_on": timezone.localdate().isoformat(),
    }  # fmt: skip
    key, signature = signing.sign(content)
    made = Attestation.objects.create(
        contract=contract,
        token=token,
        content=content,
        key=key,
        signature=signature,
        digest=fingerprint(content),
        issued_by=by,
    )
    audit.record(verb="execution.attest", **_about(by, contract, attestation=made.pk))
    return made


@transaction.atomic
def withdraw(*, by: User, attestation: Attestation, reason: str) -> Attestation:
    """Say that an attestation no longer stands: its address says so from now on. Raises RefusedError."""
    own = (
        Attestation.objects.select_for_update(of=("self",)).select_related("contract").get(pk=attestation.pk)
    )
    if own.withdrawn_at is not None:
        raise RefusedError("Cette attestation est déjà retirée.")
    if not reason.strip():
        raise RefusedError("Dites pourquoi elle est retirée : sa page le dira.")
    own.withdrawn_by, own.withdrawn_at, own.withdrawn_reason = by, timezone.now(), reason.strip()[:300]
    own.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_reason"])
    audit.record(verb="execution.withdraw_attestation", **_about(by, own.contract, attestation=own.pk))
    return own


@transaction.atomic
def note_situations(*, by: User, situations: Situations, answers: Mapping[tuple[int, str], str]) -> int:
    """Keep what is known of each person at each moment (entry, moment); those that changed alone; gives how many."""
    changed = 0
    with acting(followers=[situations.follower_id]):
        for entry, moments in situations.rows:
            for moment, before in moments:
                after = answers.get((entry.pk, moment.value), before)
                if after == before:
                    continue
                if after and after not in Situation.values:
                    raise RefusedError("Choisissez une situation dans la liste.")
                changed += 1
                kept = PersonSituation.objects.filter(entry=entry, moment=moment)
                if not after:
                    kept.delete()
                    continue
                PersonSituation.objects.update_or_create(
                    entry=entry, moment=moment,
                    defaults={"situation": after, "follower_id": situations.follower_id, "noted_by": by},
                )  # fmt: skip
    if changed:
        audit.record(verb="execution.note_situations", **_about(by, situations.contract, changed=changed))
    return changed


def _open(contract: Contract) -> ContractClosing:
    """The row of the close, under the lock of the contract. Raises RefusedError once closed."""
    # « No key »: whoever writes hours may still write rows that point to the contract, and lets go of its commitment.
    Contract.objects.select_for_update(of=("self",), no_key=True).get(pk=contract.pk)
    own, _ = ContractClosing.objects.get_or_create(contract=contract)
    if own.closed_at is not None:
        raise RefusedError("Ce contrat est clos.")
    return own


def _about(by: User, contract: Contract, **details: int) -> dict[str, Any]:
    """Who, which contract, keys of rows; never a value."""
    return {
        "by": by.as_actor(), "object_type": "contract", "object_key": str(contract.pk), "details": details,
    }  # fmt: skip
