"""Owns the shape of a decision table: conditions, rows, levers and the advice they give."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from levier.rulebook.derogations import Derogation
from levier.rulebook.levers.facts import Facts

Outcome = Literal["required", "recommended", "possible", "to_answer", "not_applicable"]
Status = Literal["confirmed", "to_confirm"]

# Where a lever is written: code -> name shown to the buyer.
DOCUMENTS = {
    "note": "Note interne du dossier",
    "avis": "Avis d’appel public à la concurrence",
    "rc": "Règlement de la consultation",
    "cctp": "Cahier des clauses techniques particulières",
    "ccap": "Cahier des clauses administratives particulières",
    "ae": "Annexe à l’acte d’engagement",
    "lettre": "Lettre de consultation",
    "annexe": "Annexe au contrat privé",
    "contrat": "Contrat de concession",
    "schema": "Schéma de promotion des achats responsables",
    "fiche": "Fiche du candidat",
    "cadre": "Cadre de notation",
    "penalites": "Article sur les pénalités",
}

# Fact -> the question that settles it.
QUESTIONS = {
    "launch_date": "À quelle date la consultation sera-t-elle lancée ?",
    "need_amount_ht": "Quel est le montant estimé du besoin entier, tous lots compris (HT) ?",
    "max_amount_ht": "Quel est le montant maximum de l’accord-cadre (HT) ?",
    "contract_kind": "S’agit-il de travaux, de fournitures ou de services ?",
    "buyer_kind": "Quelle est la nature de l’acheteur (État, collectivité, entité adjudicatrice…) ?",
    "has_staff_takeover": "Y a-t-il du personnel à reprendre, et pour combien d’heures par mois ?",
    "hours": "Combien d’heures d’insertion le calibrage donne-t-il pour ce lot ?",
    "insertion_suppliers_in_reach": "Combien de structures d’insertion de ce métier sont à portée ?",
    "handicap_suppliers_in_reach": "Combien d’EA et d’ESAT de ce métier sont à portée ?",
    "prison_suppliers_in_reach": "Un atelier pénitentiaire peut-il fournir ce besoin ?",
    "has_separable_part": "Une partie de la prestation peut-elle être détachée (vitrerie, espaces verts…) ?",
    "is_social_service": "La prestation figure-t-elle dans la liste des services sociaux et spécifiques ?",
    "youth_unemployment_ratio": (
        "Quel est le taux de chômage des moins de 25 ans du territoire, rapporté au taux national ?"
    ),
    "annual_purchases_ht": "Quel est le montant annuel des achats de l’organisme (HT) ?",
    "territory_law": "Quelles règles locales s’appliquent dans cette collectivité du Pacifique ?",
    "defence_law": "Quelle règle du livre III (défense ou sécurité) votre juriste retient-il ?",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A test on the facts with the French words a lawyer reads in the table."""

    label: str
    test: Callable[[Facts], bool]

    def __call__(self, facts: Facts) -> bool:
        return self.test(facts)

    def __and__(self, other: "Condition") -> "Condition":
        return Condition(f"{self.label} et {other.label}", lambda facts: self(facts) and other(facts))

    def __or__(self, other: "Condition") -> "Condition":
        return Condition(f"({self.label} ou {other.label})", lambda facts: self(facts) or other(facts))

    def __invert__(self) -> "Condition":
        return Condition(f"non ({self.label})", lambda facts: not self(facts))


ALWAYS = Condition("dans tous les autres cas", lambda facts: True)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: when the condition holds, this outcome for this reason. The first match wins.

    `reason`, `warnings` and `instead` are French and may hold {need}, {threshold}… (see `wording.values`).
    `rank` (smaller first) and `status` replace those of the lever. `questions` are keys of QUESTIONS.
    """

    name: str
    when: Condition
    outcome: Outcome
    reason: str
    rank: int | None = None
    warnings: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A warning added to the advice each time its condition holds and the lever is not set aside."""

    when: Condition
    text: str


@dataclass(frozen=True, slots=True)
class Obligation:
    """A legal duty that weighs on this need, with the two sides of the comparison and the way out."""

    article: str
    text: str
    amount_ht: float | None
    threshold_ht: float | None
    launch_date: date | None
    starts_on: date
    derogations: tuple[Derogation, ...]
    reasons_record: str
    is_ready_for_lawyer: bool
    status: Status


@dataclass(frozen=True, slots=True)
class Question:
    """What is still to ask: the fact it settles and the French sentence."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document in which the lever is written."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class LeverAdvice:
    """What one lever is worth for one need. `rule` is the row of the table that decided."""

    code: str
    title: str
    outcome: Outcome
    reason: str
    article: str
    documents: tuple[Document, ...]
    warnings: tuple[str, ...]
    instead: tuple[str, ...]
    obligation: Obligation | None
    status: Status
    questions: tuple[Question, ...]
    source: str
    rule: str
    rank: int

    @property
    def is_retained(self) -> bool:
        """Whether the lever stays on the table (anything but « sans objet »)."""
        return self.outcome != "not_applicable"


@dataclass(frozen=True, slots=True)
class Lever:
    """One legal lever: its article, where it is written, and the table that decides."""

    code: str
    title: str
    article: str
    rank: int
    documents: tuple[str, ...]
    source: str
    rows: tuple[Row, ...]
    notes: tuple[Note, ...] = ()
    status: Status = "confirmed"
    obligation: Callable[[Facts], Obligation | None] | None = None

    def row_for(self, facts: Facts) -> Row:
        """Return the first row whose condition holds; every table ends with a row that always does."""
        return next(row for row in self.rows if row.when(facts))
