"""Owns the closed lists of cases in which a buyer may set aside the compulsory social condition."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

WordingStatus = Literal["confirmed", "confirmed_by_twin", "to_confirm"]

CONTRACT_ARTICLE = "L2112-2-1"
CONCESSION_ARTICLE = "L3114-2-1"
ARTICLES = (CONTRACT_ARTICLE, CONCESSION_ARTICLE)
_TWIN_SOURCE = "contenu lu dans l’article jumeau des concessions (loi 2021-1104, article 35-V)"
_UNREAD_SOURCE = "usage rapporté ; texte de l’article non relu (il y a quatre cas : clausesociale34.fr, 2021)"


class DerogationError(ValueError):
    """A derogation outside the closed list, or recorded without what makes it defensible."""


@dataclass(frozen=True, slots=True)
class Derogation:
    """One case of the closed list; `label` is our wording, `status` how far the legal wording is known."""

    code: str
    article: str
    label: str
    status: WordingStatus
    source: str
    article_status: WordingStatus = "confirmed"

    @property
    def is_confirmed(self) -> bool:
        """Whether the wording and the number of the article were both read."""
        return self.status == self.article_status == "confirmed"


@dataclass(frozen=True, slots=True)
class DerogationRecord:
    """A decision of the buyer to set the condition aside: the case, its reasons, who decided and when."""

    derogation: Derogation
    reasons: str
    decided_on: date
    decided_by: str


# The two cases found word for word in the concession twin are known in substance; the two others are not.
CONTRACT_DEROGATIONS = (
    Derogation(
        "solution_disponible",
        CONTRACT_ARTICLE,
        "Le besoin peut être satisfait par une solution immédiatement disponible",
        "to_confirm",
        _UNREAD_SOURCE,
    ),
    Derogation(
        "lien_insuffisant",
        CONTRACT_ARTICLE,
        "La condition n’aurait pas de lien suffisant avec l’objet du marché",
        "confirmed_by_twin",
        _TWIN_SOURCE,
    ),
    Derogation(
        "concurrence_ou_difficulte",
        CONTRACT_ARTICLE,
        "La condition restreindrait la concurrence ou rendrait l’exécution techniquement ou économiquement "
        "difficile",
        "confirmed_by_twin",
        _TWIN_SOURCE,
    ),
    Derogation(
        "travaux_courts",
        CONTRACT_ARTICLE,
        "Le marché porte sur des travaux de moins de six mois",
        "to_confirm",
        _UNREAD_SOURCE,
    ),
)
CONCESSION_DEROGATIONS = (
    Derogation(
        "lien_insuffisant",
        CONCESSION_ARTICLE,
        "La condition n’aurait pas de lien suffisant avec l’objet de la concession",
        "confirmed",
        "article de la concession lu en entier (loi 2021-1104, article 35-V)",
        article_status="to_confirm",
    ),
    Derogation(
        "concurrence_ou_difficulte",
        CONCESSION_ARTICLE,
        "La condition restreindrait la concurrence ou rendrait l’exécution techniquement ou économiquement "
        "difficile",
        "confirmed",
        "article de la concession lu en entier (loi 2021-1104, article 35-V)",
        article_status="to_confirm",
    ),
)


def derogations(*, is_concession: bool = False) -> tuple[Derogation, ...]:
    """Return the closed list: four cases for a contract, two for a concession. No other case exists."""
    return CONCESSION_DEROGATIONS if is_concession else CONTRACT_DEROGATIONS


def reasons_record(*, is_concession: bool = False) -> str:
    """Say in French where the buyer keeps the reasons of a derogation."""
    if is_concession:
        return "L’autorité concédante consigne ses motifs par tout moyen approprié."
    return "L’acheteur justifie sa décision par écrit et garde ce document dans le dossier du marché."


def is_ready_for_lawyer(quoted: Iterable[Derogation]) -> bool:
    """Say whether a document quoting these cases may leave as « prêt pour le juriste ».

    A wording known only through the twin article is not this article's wording: it keeps the lock shut.
    """
    return all(case.status == "confirmed" and case.article_status == "confirmed" for case in quoted)


def record(
    code: str, *, reasons: str, decided_on: date, decided_by: str, is_concession: bool = False
) -> DerogationRecord:
    """Return the buyer's decision for the case `code`.

    Raises DerogationError (French sentence) for a case outside the list, or without reasons or signatory:
    only the buyer decides a derogation, and a derogation without reasons does not stand.
    """
    known = {case.code: case for case in derogations(is_concession=is_concession)}
    if not code:
        article = next(iter(known.values())).article
        raise DerogationError(
            f"Une condition sociale est obligatoire ici ({article}) : choisissez le cas de dérogation dans la liste."
        )
    if code not in known:
        cases = ", ".join(f"« {name} »" for name in known)
        raise DerogationError(f"La dérogation « {code} » n’existe pas. La liste est fermée : {cases}.")
    if not reasons.strip():
        raise DerogationError("Indiquez les motifs de la dérogation : sans motif écrit, elle ne tient pas.")
    if not decided_by.strip():
        raise DerogationError("Indiquez qui décide la dérogation : cette décision revient à l’acheteur.")
    return DerogationRecord(known[code], reasons.strip(), decided_on, decided_by.strip())
