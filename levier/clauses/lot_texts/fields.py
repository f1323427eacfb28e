"""The values a lot's texts still ask for, as a form shows them: words, help, what we would write, by group."""

import re
from dataclasses import dataclass
from typing import Literal

from levier.clauses.drafting import CONDITION_LEVERS, UNSAID
from levier.clauses.gaps import CONCESSION_FAMILIES, GAPS, usual_cap_base
from levier.clauses.general_conditions import NONE, general_conditions
from levier.clauses.lot_texts.drafting import LotTexts, field_of
from levier.clauses.studies.lot_lines import in_words
from levier.purchasing.models import Lot

Group = Literal["general", "penalties"]

# The gap of a text speaks inside a sentence; above a field, the same words would be read alone.
_LABELS = {
    "eligibility_months": "Éligibilité valable pendant (mois)",
    "penalty_hour": "Par heure non réalisée (€)",
    "penalty_proof": "Par jour de retard d’un relevé (€)",
    "penalty_final_report": "Par jour de retard du bilan final (€)",
    "penalty_meeting": "Par absence à une réunion (€)",
    "penalty_action": "Par action ou engagement sans heures non tenu (€)",
    "penalty_notice_days": "Délai laissé par la mise en demeure (jours)",
    "penalty_cap_rate": "Plafond de l’ensemble (%)",
    "penalty_cap_base": "Le plafond se calcule sur",
    "operation": "Nom de l’opération",
    "tasks": "Tâches accessibles à qui apprend le métier",
    "trigger_amount_ht": "Heures dues à partir de (€ HT facturés)",
    "is_trigger_retroactive": "Le seuil passé, les premiers euros comptent-ils aussi (oui ou non) ?",
    "criterion_weight": "Poids du critère social (%)",
    "criterion_tasks": "Part de la note : postes et tâches (%)",
    "criterion_support": "Part de la note : accueil et encadrement (%)",
    "criterion_training": "Part de la note : formation (%)",
    "criterion_outcome": "Part de la note : suite donnée (%)",
    "criterion_price": "Part de la note : prix (%)",
    "social_condition": "Condition sociale sans heures",
    "derogation": "Dérogation décidée par l’acheteur",
    "ccag": "CCAG auquel le lot se réfère",
    "concession_reserved_to": "La concession est réservée",
    "ccag_insertion_article": "CCAG : son article sur l’insertion sociale",
    "ccag_penalty_article": "CCAG : son article sur les pénalités",
    "ccag_termination_article": "CCAG : son article sur la résiliation pour faute",
}
# A contract whose object is insertion scores other things under the same names.
_SERVICE_LABELS = {
    "criterion_tasks": "Part de la note : organisation de l’activité support (%)",
    "criterion_support": "Part de la note : programme d’insertion (%)",
}
_HINTS = {
    **dict.fromkeys(
        ("ccag_insertion_article", "ccag_penalty_article", "ccag_termination_article"),
        "Son numéro, à prendre dans le texte du CCAG : il n’a pas été relu.",
    ),
    "ccag": "Les dérogations à rappeler au dernier article en dépendent.",
    "concession_reserved_to": "Une famille, jamais les deux à la fois (article L3113-3).",
    "trigger_amount_ht": "0 : dès la première commande.",
    "is_trigger_retroactive": "Demandé s’il y a un seuil : sans réponse, le contrat se dispute.",
}
_INSTEAD_OF_HOURS = (
    "À remplir à la place des heures, avec ce qui se compte. Par exemple : accueillir deux élèves ou étudiants de ce métier, "
    "quatre semaines chacun."
)
# French typography puts a narrow no-break space before both signs.
_AFTER = re.compile(r"\s;\s")
_EXAMPLE = re.compile(r"par exemple\s?:\s")
_CCAGS = (
    ("", "Pas encore choisi"),
    *((one.key, one.label) for one in general_conditions().values()),
    (NONE, "Aucun"),
)
_FAMILIES = (
    ("", "Pas encore choisi"),
    *((words, f"{words[:1].upper()}{words[1:]}") for words in CONCESSION_FAMILIES),
)
_CHOICES = {"ccag": _CCAGS, "concession_reserved_to": _FAMILIES}
_HOURS = {"hours", "tranche_hours"}
_DATES = {"start", "end", "answer_deadline"}
_USUAL_MONTHS = "24"


@dataclass(frozen=True, slots=True)
class TextField:
    """One value: `suggested` is shown in the field but not kept before somebody says so."""

    name: str
    label: str
    hint: str
    value: str
    is_date: bool
    is_suggested: bool
    group: Group
    choices: tuple[tuple[str, str], ...] = ()


def is_share(name: str) -> bool:
    """Whether a value is a share, typed as a percentage."""
    return name.startswith("criterion_") or name.endswith("_rate")


def fields_of(lot: Lot, found: LotTexts, *, posted: dict[str, str]) -> list[TextField]:
    """The fields of the page: what is missing first, then what was given, which may be corrected."""
    seen = {field_of(gap.name): gap.label for gap in found.gaps}
    names = dict.fromkeys([*seen, *found.typed])
    if any(gap.name == "trigger_sentence" for gap in found.gaps):
        # The sentence takes two answers: from how much, and whether the first euros then count.
        names |= dict.fromkeys(["is_trigger_retroactive"])
    if seen.keys() & _HOURS and any(made.lever in CONDITION_LEVERS for made in found.drafts):
        # A clause may ask for an action in the place of hours: it is offered where the hours are asked.
        names |= {"social_condition": None}
    if any(text.path == UNSAID for made in found.drafts for one in made.documents for text in one.texts):
        names |= {"ccag": None}
    return [_field(lot, found, name, seen.get(name, ""), posted) for name in names]


def _field(lot: Lot, found: LotTexts, name: str, gap: str, posted: dict[str, str]) -> TextField:
    known = posted.get(name, found.typed.get(name, ""))
    suggested = "" if known or name in posted else _suggestion(lot, found, name, gap)
    service = _SERVICE_LABELS if any(made.lever == "R2123-1" for made in found.drafts) else {}
    label = service.get(name) or _LABELS.get(name) or GAPS.get(name.removesuffix("_ht"), name)
    # « montant par heure ; observé de 60 à 200 € » : what follows helps, what precedes is the label.
    hint = _AFTER.split(gap, maxsplit=1)[1] if _AFTER.search(gap) else ""
    hint = f"{hint[:1].upper()}{hint[1:]}." if hint else ""
    hint = _HINTS.get(name, hint)
    if name == "social_condition" and not gap:
        hint = _INSTEAD_OF_HOURS
    if suggested:
        hint = "Proposé par Levier : relisez."
        if name.startswith("ccag_"):
            hint = "Lu dans un seul texte : vérifiez dans le CCAG."
    return TextField(
        name=name,
        label=f"{label[:1].upper()}{label[1:]}",
        hint=hint,
        value=known or suggested,
        is_date=name in _DATES,
        is_suggested=bool(suggested),
        group="penalties" if name.startswith("penalty_") else "general",
        choices=_CHOICES.get(name, ()),
    )


def _suggestion(lot: Lot, found: LotTexts, name: str, gap: str) -> str:
    """What we would write; an amount of penalty is the buyer's alone and is never suggested."""
    chosen = general_conditions().get(found.typed.get("ccag", "") or lot.purchase.ccag)
    if chosen and name in chosen.proposed:
        return chosen.proposed[name]
    usual = {
        "eligibility_months": _USUAL_MONTHS,
        "penalty_cap_base": usual_cap_base(
            is_concession=lot.purchase.is_concession,
            is_framework=lot.is_framework,
            is_unsplit=found.is_unsplit,
        ),
        "operation": lot.purchase.title,
        # The note on the need says what is decided: it is known.
        "reason_of_lever": in_words(found.choice) if found.choice else "",
        "tasks": _EXAMPLE.split(gap, maxsplit=1)[1] if _EXAMPLE.search(gap) else "",
    }
    return usual.get(name, "")
