"""What the pages of people say in words: an entry with its reason, its proof, its state."""

from dataclasses import dataclass

from levier.execution.models import Entry, EntryReason, EntryState
from levier.execution.people.policies import Sheet
from levier.rulebook.eligibility import VERDICTS, proofs
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
    is_waiting: bool


def entry_lines(sheet: Sheet) -> tuple[EntryLine, ...]:
    """The entries of a sheet, newest first."""
    return tuple(_line(one, sheet.reasons.get(one.pk)) for one in sheet.entries)


def _line(entry: Entry, reason: EntryReason | None) -> EntryLine:
    words = dict[str, str](VERDICTS)  # the keys of a literal are texts
    return EntryLine(
        entry=entry,
        tone=_TONES[EntryState(entry.state)],
        verdict=words.get(entry.verdict, entry.verdict),
        reason=library().get(reason.criterion, {}).get("label", reason.criterion) if reason else "",
        proof=_proof(reason) if reason else "",
        is_waiting=entry.state == EntryState.WAITING,
    )


def _proof(reason: EntryReason) -> str:
    state = _PROOF_STATES.get(reason.proof_state, reason.proof_state)
    if not reason.proof or reason.proof not in proofs():
        return f"preuve {state}"
    seen = f", vue le {reason.seen_on:%d/%m/%Y}" if reason.seen_on else ""
    return f"{proofs()[reason.proof].label}{seen}, {state}"
