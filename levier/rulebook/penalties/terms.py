"""What a contract writes about penalties: amounts by kind, notice, grace, excuses, cap; and the ones read in real contracts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal, get_args

from levier.rulebook import parameters

PenaltyKind = Literal["hour", "proof_day", "final_report_day", "meeting"]
Days = Literal["calendar", "working"]
KINDS: Final[tuple[PenaltyKind, ...]] = get_args(PenaltyKind)
_FILE: Final = Path(__file__).with_name("contracts_read.yaml")


class PenaltyError(ValueError):
    """Terms or facts from which no penalty can be worked out; the French sentence says what, where, and what to do."""


@dataclass(frozen=True, slots=True)
class PenaltyRule:
    """One penalty of a contract: euros for each hour, day or absence, or a multiple of a dated parameter (`reference`).

    `requires_notice`: nothing runs before the formal notice and its `grace_days`. `days`: how days of lateness are counted.
    """

    kind: PenaltyKind
    amount: Decimal | None = None
    multiple: Decimal | None = None
    reference: str = ""
    reference_key: str = ""
    requires_notice: bool = True
    grace_days: int = 0
    days: Days = "calendar"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise PenaltyError(
                f"La pénalité « {self.kind} » n’existe pas ; choisissez parmi : {', '.join(KINDS)}."
            )
        if (self.amount is None) == (self.multiple is None):
            raise PenaltyError(
                f"Pénalité « {self.kind} » : donnez un montant ou un multiple, et un seul des deux."
            )
        value = self.amount if self.amount is not None else self.multiple
        if value is None or not value.is_finite() or value < 0:
            raise PenaltyError(f"Pénalité « {self.kind} » : donnez une valeur à partir de zéro.")
        if self.multiple is not None and not parameters.has(self.reference, self.reference_key):
            raise PenaltyError(
                f"Pénalité « {self.kind} » : la référence « {self.reference} » n’est pas un paramètre daté connu."
            )
        if self.grace_days < 0 or self.days not in get_args(Days):
            raise PenaltyError(
                f"Pénalité « {self.kind} » : délai à partir de zéro, jours calendaires ou ouvrés."
            )


@dataclass(frozen=True, slots=True)
class PenaltyTerms:
    """All the penalties of a contract. `cap_rate` (0 to 1) of `cap_base`, told in words; `is_optional`: the buyer « may ».

    `excuse_all_means`: the contract waives them when the contractor shows that it used every means.
    """

    rules: tuple[PenaltyRule, ...]
    source: str = ""
    cap_rate: Decimal | None = None
    cap_base: str = ""
    excuse_all_means: bool = False
    is_optional: bool = True

    def __post_init__(self) -> None:
        kinds = [one.kind for one in self.rules]
        if len(set(kinds)) != len(kinds):
            raise PenaltyError("Deux pénalités du contrat portent sur le même manquement ; gardez-en une.")
        if self.cap_rate is not None and not (self.cap_rate.is_finite() and 0 < self.cap_rate <= 1):
            raise PenaltyError("Le plafond des pénalités est une part entre 0 et 1.")


@dataclass(frozen=True, slots=True)
class ContractRead:
    """The penalties of one real contract, and where they were read."""

    key: str
    label: str
    source: str
    status: str
    note: str
    terms: PenaltyTerms


@lru_cache(maxsize=1)
def contracts_read() -> tuple[ContractRead, ...]:
    """The penalties read in real contracts, to start from."""
    return tuple(_contract(row) for row in parameters.read_yaml(_FILE)["contracts"])


def _contract(row: dict[str, Any]) -> ContractRead:
    rules = tuple(
        PenaltyRule(
            kind=one["kind"],
            amount=_decimal(one.get("amount")),
            multiple=_decimal(one.get("multiple")),
            reference=one.get("reference", ""),
            requires_notice=one["requires_notice"],
        )
        for one in row["rules"]
    )
    terms = PenaltyTerms(
        rules=rules,
        source=row["source"],
        cap_rate=_decimal(row.get("cap_rate")),
        cap_base=row.get("cap_base", ""),
        excuse_all_means=row.get("excuse_all_means", False),
        is_optional=row["is_optional"],
    )
    return ContractRead(row["key"], row["label"], row["source"], row["status"], row.get("note", ""), terms)


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))
