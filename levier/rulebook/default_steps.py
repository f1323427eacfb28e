"""The order of a default: which step may follow, and which side moves it. Pure; nothing moves by itself.

Reminder, meeting, formal notice, observations of the contractor, proposal of a penalty, decision of the buyer, closed (DOMAIN 4.2,
step 12; 0.11: the buyer alone applies a penalty, after hearing the contractor).
"""

from collections.abc import Sequence
from datetime import date
from typing import Final, Literal

Step = Literal["relance", "reunion", "mise_en_demeure", "observations", "proposition", "decision", "cloture"]
Side = Literal["buyer", "facilitator", "company"]

_NEXT: Final[dict[Step, tuple[Step, ...]]] = {
    "relance": ("relance", "reunion", "mise_en_demeure", "cloture"),
    "reunion": ("mise_en_demeure", "cloture"),
    "mise_en_demeure": ("observations", "proposition", "cloture"),
    "observations": ("observations", "proposition", "cloture"),
    "proposition": ("observations", "proposition", "decision"),
    "decision": ("cloture",),
    "cloture": (),
}
_WHO: Final[dict[Step, frozenset[Side]]] = {
    "relance": frozenset({"buyer", "facilitator"}),
    "reunion": frozenset({"buyer", "facilitator"}),
    # Only the public buyer, or the private one, puts its contractor on notice and decides.
    "mise_en_demeure": frozenset({"buyer"}),
    "observations": frozenset({"company"}),
    "proposition": frozenset({"facilitator"}),
    "decision": frozenset({"buyer"}),
    # Once the buyer has put its contractor on notice, the buyer alone.
    "cloture": frozenset({"buyer", "facilitator"}),
}


def who_moves(step: Step) -> frozenset[Side]:
    """The sides that may move this step."""
    return _WHO[step]


def refusal(
    done: Sequence[Step], step: Step, sides: frozenset[Side], *, notice_deadline: date | None, today: date
) -> str:
    """Why this step cannot be moved now, in a French sentence; empty when it can."""
    if not done:
        return "" if step == "relance" and sides & _WHO[step] else "Une procédure commence par une relance."
    if step not in _NEXT[done[-1]]:
        return "Cette étape ne vient pas maintenant : relisez où en est la procédure."
    if not sides & _WHO[step]:
        return "Cette étape revient à " + {
            "mise_en_demeure": "l’acheteur", "decision": "l’acheteur", "observations": "l’entreprise titulaire",
            "proposition": "le facilitateur",
        }.get(step, "l’acheteur ou au facilitateur") + "."  # fmt: skip
    if step == "observations" and notice_deadline is not None and today > notice_deadline:
        return f"Le délai pour répondre est passé le {notice_deadline:%d/%m/%Y} : écrivez à l’acheteur."
    if step == "cloture" and "mise_en_demeure" in done and "buyer" not in sides:
        return "Après la mise en demeure, l’acheteur seul clôt la procédure."
    if step in ("proposition", "decision") and notice_deadline is not None and today <= notice_deadline:
        return (
            f"Le titulaire a jusqu’au {notice_deadline:%d/%m/%Y} pour présenter ses observations : "
            "rien n’est proposé ni décidé avant."
        )
    return ""


def open_steps(
    done: Sequence[Step], sides: frozenset[Side], *, notice_deadline: date | None, today: date
) -> tuple[Step, ...]:
    """The steps these sides may move now, in order."""
    return tuple(
        step for step in _NEXT if not refusal(done, step, sides, notice_deadline=notice_deadline, today=today)
    )
