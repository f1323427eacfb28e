"""What the pages of people say in words: an entry with its reason, its proof, its state."""

from dataclasses import dataclass

from levier.execution.models import Entry, EntryReason, EntryState, EntryTerritory
from levier.execution.people.actions import BY_STATUS
from levier.execution.people.policies import Sheet
from levier.rulebook.eligibility import VERDICTS, proofs, set_labels
from levier.rulebook.eligibility.sets import library

_TONES = {EntryState.WAITING: "check", EntryState.VALID: "ok", EntryState.REFUSED: "danger"}
_PROOF_STATES = {
    "valid": "valable le jour de l’entrée",
    "expired": "périmée le jour de l’entrée",
    "unchecked": "à vérifier",
    "missing": "à demander",
    "none_needed": "aucune demandée",
}


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry as the sheet shows it."""

    entry: Entry
    tone: str
    verdict: str
    reason: str
    proof: str
    rules: str
    territory: str
    is_waiting: bool
    is_by_status: bool


def entry_lines(sheet: Sheet) -> tuple[EntryLine, ...]:
    """The entries of a sheet, newest first."""
    return tuple(
        _line(one, sheet.reasons.get(one.pk), sheet.territories.get(one.pk)) for one in sheet.entries
    )


def _line(entry: Entry, reason: EntryReason | None, territory: EntryTerritory | None) -> EntryLine:
    words = dict[str, str](VERDICTS)  # the keys of a literal are texts
    return EntryLine(
        entry=entry,
        tone=_TONES[EntryState(entry.state)],
        verdict=words.get(entry.verdict, entry.verdict),
        reason=library().get(reason.criterion, {}).get("label", reason.criterion) if reason else "",
        proof=_proof(reason) if reason else "",
        rules=_rules(entry.rule_set),
        territory=_territory(territory) if territory else "",
        is_waiting=entry.state == EntryState.WAITING,
        is_by_status=bool(
            reason
            and entry.state == EntryState.VALID
            and entry.decided_by_id is None
            and reason.category == BY_STATUS
        ),
    )


def _rules(name: str) -> str:
    key, _, version = name.partition("/")
    return f"{dict(set_labels()).get(key, key)}, version {version}"


def _territory(found: EntryTerritory) -> str:
    said = (("QPV", found.is_qpv), ("zone FRR", found.is_frr))
    return ", ".join(f"{name} : {'oui' if value else 'non'}" for name, value in said if value is not None)


def _proof(reason: EntryReason) -> str:
    state = _PROOF_STATES.get(reason.proof_state, reason.proof_state)
    if not reason.proof or reason.proof not in proofs():
        return f"preuve {state}"
    seen = f", vue le {reason.seen_on:%d/%m/%Y}" if reason.seen_on else ""
    return f"{proofs()[reason.proof].label}{seen}, {state}"
