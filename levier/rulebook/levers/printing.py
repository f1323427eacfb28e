"""Owns the printed form of a decision table, for the lawyer who reviews it."""

from levier.rulebook.levers.table import DOCUMENTS, Lever
from levier.rulebook.levers.wording import spaced

# What a lever is to a need, in words; « à confirmer » is said of a rule whose text was not read twice.
OUTCOMES = {
    "required": "obligatoire",
    "recommended": "conseillé",
    "possible": "possible",
    "to_answer": "à préciser",
    "not_applicable": "écarté",
}
_STATUSES = {"confirmed": "confirmé", "to_confirm": "à confirmer"}


def as_markdown(lever: Lever) -> str:
    """Return the table of a lever in Markdown: conditions in order, outcome, reason, status, then notes."""
    lines = [
        f"## {lever.title} ({lever.article})",
        "",
        f"Source : {lever.source}. Où l’écrire : {', '.join(DOCUMENTS[code] for code in lever.documents)}.",
        "",
        "| Quand (première ligne vraie) | Alors | Parce que | Statut |",
        "|---|---|---|---|",
    ]
    for row in lever.rows:
        status = _STATUSES[row.status or lever.status]
        lines.append(f"| {row.when.label} | {OUTCOMES[row.outcome]} | {row.reason} | {status} |")
    if lever.notes:
        lines += ["", *(f"- Si {note.when.label} : {note.text}" for note in lever.notes)]
    return spaced("\n".join(lines)) + "\n"
