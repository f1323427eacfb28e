"""What a legal category of SIRENE says: is its holder of the social and solidarity economy by law?"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

EssStatus = Literal["by_law", "if_declared", "no", "unknown"]
RULES = Path(__file__).parent / "data" / "legal" / "ess.yaml"


@dataclass(frozen=True, slots=True)
class EssAnswer:
    """The answer and its reason, in French. ``family``: association, coopérative, mutuelle, fondation or empty."""

    status: EssStatus
    family: str
    reason: str


@cache
def _rules() -> tuple[dict[str, str], tuple[str, ...], tuple[str, ...]]:
    said = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    families = {str(code): family for family, codes in said["families"].items() for code in codes}
    return families, tuple(map(str, said["excluded_naf"])), tuple(map(str, said["excluded_categories"]))


def ess_status(category: str, naf: str = "", *, declared: bool | None = None) -> EssAnswer:
    """Status of a legal unit from its category (four digits), its NAF rev. 2 and its declaration to SIRENE.

    A commercial company belongs to the ESS when it declared so (« économie sociale et solidaire » of SIRENE).
    """
    families, excluded_naf, excluded = _rules()
    code, activity = category.strip(), naf.replace(".", "").upper()
    if len(code) != 4 or not code.isdigit():
        return EssAnswer("unknown", "", "catégorie juridique absente")
    family = next((families[code[:size]] for size in (4, 3, 2) if code[:size] in families), "")
    if family and not code.startswith(excluded):
        if activity.startswith(excluded_naf):
            return EssAnswer(
                "no",
                family,
                f"{family} hors du champ : activité religieuse, politique, syndicale ou publique",
            )
        return EssAnswer(
            "by_law", family, f"{family} : de droit dans l’ESS (loi du 31 juillet 2014, article 1)"
        )
    if declared:
        return EssAnswer(
            "by_law",
            "société commerciale",
            "société commerciale qui a déclaré sa qualité d’entreprise de l’ESS",
        )
    if code.startswith("5"):
        return EssAnswer(
            "if_declared",
            "",
            "société commerciale : seulement si elle a déclaré sa qualité d’entreprise de l’ESS",
        )
    return EssAnswer("no", "", "catégorie juridique hors de l’ESS")


def excluded_naf() -> tuple[str, ...]:
    """Beginnings of the NAF rev. 2 codes that are outside the ESS, whatever the family."""
    return _rules()[1]


def ess_by_law() -> Iterator[tuple[str, str, bool, str]]:
    """`ess_status` as a table, for bulk work: (category, declaration, is the NAF code excluded, reason).

    Only what is ESS by law; the declaration is « O », « N » or empty as in SIRENE.
    """
    families, cases = _rules()[0], [(False, ""), (True, excluded_naf()[0])]
    for number in range(10_000):
        category = f"{number:04d}"
        has_family = any(category[:size] in families for size in (2, 3, 4))
        # Without a family, only what declared itself is: nine codes in ten, not to be asked six times.
        for said, declared in (("", None), ("N", False), ("O", True)) if has_family else (("O", True),):
            for is_excluded, naf in cases:
                answer = ess_status(category, naf, declared=declared)
                if answer.status == "by_law":
                    yield category, said, is_excluded, answer.reason
