"""Owns the drafting of a first clause text: a lever, facts and choices in; documents and gaps out."""

from dataclasses import dataclass
from typing import Literal

from levier.clauses.recipes import CONDITION_TEXTS, RECIPES, Piece
from levier.clauses.rendering import assemble, render
from levier.clauses.values import ClauseError, ClauseValues, filled, gaps_for
from levier.rulebook.levers import Facts, LeverAdvice, levers_for
from levier.rulebook.levers.conditions import IS_MANDATORY, TOO_FEW_HOURS
from levier.rulebook.levers.wording import spaced
from levier.rulebook.thresholds import threshold

Variant = Literal["fixed", "per_amount", "takeover", "condition"]
# Variant -> (the part that says how hours are counted, its French name).
VARIANTS: dict[Variant, tuple[str, str]] = {
    "fixed": ("hours_fixed", "heures fixes"),
    "per_amount": ("hours_per_amount", "heures par montant facturé"),
    "takeover": ("hours_takeover", "personnel à reprendre"),
    # Mandatory social condition where hours make no sense: texts of their own, no part on hours.
    "condition": ("hours_fixed", "condition sociale sans heures"),
}
_HOUR_LEVERS = {"L2112-2", "L2112-2-1", "L2112-2_R2152-7"}
_PENALTY_LEVERS = _HOUR_LEVERS | {"L2691-1", "L3114-2", "L3114-2-1"}
_CONDITION_LEVERS = {"L2112-2", "L2112-2-1"}
_SUBCRITERIA = ("criterion_tasks", "criterion_support", "criterion_training", "criterion_outcome")


@dataclass(frozen=True, slots=True)
class DraftDocument:
    """One document to paste: its code, its French title and its Markdown."""

    code: str
    title: str
    markdown: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A value the buyer still has to give: the field and the words shown in the text."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class ClauseDraft:
    """A first text for one lever. `checks` are the warnings to read before use; the buyer decides."""

    lever: str
    title: str
    variant: str
    documents: tuple[DraftDocument, ...]
    gaps: tuple[Gap, ...]
    checks: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Whether no value is left to fill."""
        return not self.gaps


def has_text(lever_code: str) -> bool:
    """Say whether a first text exists for this lever."""
    return lever_code in RECIPES


def draft(
    lever_code: str, *, facts: Facts, values: ClauseValues | None = None, variant: Variant | None = None
) -> ClauseDraft:
    """Return the first text of a lever for this need.

    Hours are written only when the buyer gave `values.hours`; otherwise the gap shows the calibrated range.
    `variant` is chosen from the facts when it is None: a condition without hours where they are too few for
    a mandatory condition, then takeover, framework, fixed hours.
    Raises ClauseError (French sentence) for a lever without a text or an unknown variant.
    """
    if lever_code not in RECIPES:
        raise ClauseError(f"Aucun texte n'est écrit pour le levier « {lever_code} ».")
    if variant is not None and variant not in VARIANTS:
        raise ClauseError(f"La variante « {variant} » n'existe pas : {', '.join(VARIANTS)}.")
    given = values or ClauseValues()
    recipe = RECIPES[lever_code]
    advices = {advice.code: advice for advice in levers_for(facts)}
    chosen: Variant = variant or _variant_for(lever_code, facts)
    gaps = gaps_for(facts)
    if chosen == "per_amount":
        gaps["hours_commitment"] = "heures par tranche de montant facturé"
    is_mandatory = advices["L2112-2-1"].outcome == "required"
    words = filled(given, facts, is_mandatory=is_mandatory)
    documents: list[DraftDocument] = []
    missing: dict[str, None] = {}
    for piece in recipe.pieces:
        rendered = render(_template(piece, chosen), words, gaps, name=piece.templates[0])
        documents.append(DraftDocument(piece.document, piece.title, rendered.markdown))
        missing |= dict.fromkeys(_asked_once(rendered.missing, chosen))
    checks = _checks(advices[lever_code], facts, given, chosen)
    return ClauseDraft(
        lever=lever_code,
        title=advices[lever_code].title,
        variant=VARIANTS[chosen][1] if lever_code in _HOUR_LEVERS else "",
        documents=tuple(documents),
        gaps=tuple(Gap(name, spaced(gaps[name])) for name in missing),
        checks=tuple(
            dict.fromkeys(
                spaced(text) for text in (*checks, *(recipe.checks if chosen != "condition" else ()))
            )
        ),
        sources=tuple(
            dict.fromkeys((*recipe.sources, advices[lever_code].source, *_penalty_sources(lever_code)))
        ),
    )


def _template(piece: Piece, variant: Variant) -> str:
    parts = {"hours": VARIANTS[variant][0]}
    paths = piece.templates
    if variant == "condition":
        paths = tuple(CONDITION_TEXTS.get(path, path) for path in paths)
    return "\n".join(assemble(path, parts) for path in paths)


def _asked_once(missing: tuple[str, ...], variant: Variant) -> tuple[str, ...]:
    # The annex repeats the hours of the article: it is one value to give, not two.
    hours = ("tranche_hours", "tranche_amount") if variant == "per_amount" else ("hours",)
    return tuple(name for field in missing for name in (hours if field == "hours_commitment" else (field,)))


def _variant_for(lever_code: str, facts: Facts) -> Variant:
    if lever_code in _CONDITION_LEVERS and IS_MANDATORY(facts) and TOO_FEW_HOURS(facts):
        return "condition"
    if facts.has_staff_takeover:
        return "takeover"
    return "per_amount" if facts.is_framework else "fixed"


def _checks(advice: LeverAdvice, facts: Facts, values: ClauseValues, variant: Variant) -> list[str]:
    checks: list[str] = []
    if not advice.is_retained:
        checks.append(f"Ce levier n'est pas conseillé ici. {advice.reason}")
    elif advice.outcome == "to_answer":
        checks.append(f"Levier à confirmer. {advice.reason}")
    if advice.status == "to_confirm":
        checks.append("Une règle de ce levier reste à confirmer : faites-la vérifier par votre juriste.")
    checks += advice.warnings
    if variant == "condition":
        checks.append(
            "Gardez une seule condition, liée à l'objet et vérifiable : une condition sans lien avec lui "
            "est illégale."
        )
    elif advice.code in _HOUR_LEVERS:
        checks += _hour_checks(facts, values, variant)
    if advice.code in _PENALTY_LEVERS:
        checks += _penalty_checks(values)
    if advice.code in ("R2152-7", "L2112-2_R2152-7"):
        checks += _criterion_checks(values)
    return checks


def _hour_checks(facts: Facts, values: ClauseValues, variant: Variant) -> list[str]:
    checks = []
    if facts.is_takeover_open:
        checks.append("Dites s'il y a du personnel à reprendre : le nombre d'heures en dépend.")
    if values.hours is not None and facts.hours is not None:
        if values.hours > facts.hours.high:
            checks.append(
                "Le nombre d'heures choisi dépasse le haut de la fourchette : il peut être irréalisable."
            )
        elif values.hours < facts.hours.low:
            checks.append("Le nombre d'heures choisi est sous le bas de la fourchette.")
    if values.hours is not None and values.hours < facts.minimum_hours:
        checks.append("Le nombre d'heures choisi est sous le volume utile à un parcours.")
    if variant == "per_amount":
        checks.append("Calibrez les heures par tranche sur l'estimé de l'accord-cadre, pas sur son maximum.")
        if values.trigger_amount_ht and values.is_trigger_retroactive is None:
            checks.append(
                "Dites si le montant de déclenchement, une fois atteint, fait compter ce qui précède."
            )
    return checks


def _penalty_checks(values: ClauseValues) -> list[str]:
    checks = [
        "Les pénalités sont proposées, jamais imposées : l'acheteur en fixe le montant et les applique seul."
    ]
    low, high = (threshold("hour_penalty_observed", bound=bound).value for bound in ("low", "high"))
    if values.penalty_hour is not None and not low <= values.penalty_hour <= high:
        checks.append(
            f"La pénalité par heure sort de ce qui a été observé ({low:.0f} à {high:.0f} €) : gardez-la "
            f"proportionnée."
        )
    return checks


def _criterion_checks(values: ClauseValues) -> list[str]:
    parts = [getattr(values, name) for name in _SUBCRITERIA]
    if None not in parts and abs(sum(parts) - 1) > 1e-9:
        return ["Les parts des sous-critères ne font pas 100 % : revoyez-les."]
    return []


def _penalty_sources(lever_code: str) -> tuple[str, ...]:
    if lever_code not in _PENALTY_LEVERS:
        return ()
    rows = [
        threshold(table, bound=bound)
        for table in ("hour_penalty_observed", "proof_penalty_observed")
        for bound in ("low", "high")
    ]
    return tuple(spaced(f"{row.title.lower()} : {row.value:.0f} €, {row.source}") for row in rows)
