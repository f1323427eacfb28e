"""The checks of declared lines a facilitator may set for a contract, or for all those of its structure: pointed out, stopped, not asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction

from levier.accounts.models import User
from levier.core import audit
from levier.execution.declaring.book import NOT_ACCEPTED
from levier.execution.declaring.policies import Desk
from levier.execution.errors import RefusedError
from levier.execution.models import Contract
from levier.rulebook.declaring import DeclaringError, Rule, check_switches, rules

# Facts nobody gives on these pages, or that they make impossible: such a check would never speak.
_SILENT = frozenset({
    "declared_by_another", "declared_late", "duplicate_line", "modality_not_accepted", "modality_unknown", "month_closed", "month_missing",
    "number_of_a_person", "parts_over_total", "place_not_counted", "statement_differs", "structure_without_convention",
    "subcontractor_not_declared", "tutoring_declared", "unlike_contract_pace",
})  # fmt: skip
CHOICES = (("warn", "Signaler"), ("block", "Arrêter"), ("off", "Ne pas contrôler"))


@dataclass(frozen=True, slots=True)
class SetCheck:
    """A check as a contract sets it. `value`: what holds; `usual`: what the table says; a locked one cannot be changed."""

    rule: Rule
    value: str
    usual: str
    is_locked: bool

    @property
    def example(self) -> str:
        """Its sentence, with « … » where a figure would stand."""
        return _without_figures(self.rule.sentence)

    @property
    def is_changed(self) -> bool:
        return self.value != self.rule.severity


def checks_of(contract: Contract) -> tuple[SetCheck, ...]:
    """Every check that may speak of a line, in the order of the table."""
    words = dict(CHOICES)
    return tuple(
        SetCheck(
            one, contract.check_switches.get(name, one.severity), words[one.severity], name in NOT_ACCEPTED
        )
        for name, one in rules().items()
        if name not in _SILENT
    )


@transaction.atomic
def set_checks(*, by: User, desk: Desk, values: Mapping[str, str], is_for_all: bool) -> int:
    """Keep what departs from the table, for this contract or all those its structure follows; gives how many contracts. Raises RefusedError."""
    table = rules()
    kept = {
        name: value
        for name, value in values.items()
        if name in table and name not in _SILENT and value != table[name].severity
    }
    if locked := sorted(NOT_ACCEPTED & kept.keys()):
        raise RefusedError(
            f"« {table[locked[0]].label} » arrête toujours la ligne : ce contrôle ne se règle pas."
        )
    try:
        chosen = dict(check_switches(kept))
    except DeclaringError as problem:
        raise RefusedError(str(problem)) from problem
    contracts = _followed_with(desk.contract) if is_for_all else Contract.objects.filter(pk=desk.contract.pk)
    found = list(contracts.select_for_update(of=("self",)))
    for contract in found:
        contract.check_switches = chosen
        contract.save(update_fields=["check_switches"])
        audit.record(
            by=by.as_actor(), verb="execution.set_checks", object_type="contract", object_key=str(contract.pk), details=chosen,
        )  # fmt: skip
    return len(found)


def _followed_with(contract: Contract) -> "Iterable[Contract]":
    rows = Contract.objects.filter(removed_at=None)
    if contract.facilitator_id is not None:
        return rows.filter(facilitator=contract.facilitator_id)
    return rows.filter(facilitator=None, buyer=contract.buyer_id)


def _without_figures(sentence: str) -> str:
    plain, inside = "", False
    for letter in sentence:
        inside = (inside or letter == "{") and letter != "}"
        plain += "" if inside else "…" if letter == "}" else letter
    return plain
