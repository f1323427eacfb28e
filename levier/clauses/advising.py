"""Owns the warnings to read before a draft is used: what the rule book says of this need and of these choices."""

from levier.clauses.values import ClauseValues
from levier.rulebook.levers import Facts, LeverAdvice
from levier.rulebook.levers.wording import spaced
from levier.rulebook.thresholds import threshold

PENALTY_LEVERS = frozenset({"L2112-2", "L2112-2-1", "L2112-2_R2152-7", "L2691-1", "L3114-2", "L3114-2-1"})
_HOUR_LEVERS = frozenset({"L2112-2", "L2112-2-1", "L2112-2_R2152-7"})
_OBSERVED = (
    "hour_penalty_observed",
    "proof_penalty_observed",
    "final_report_penalty_observed",
    "meeting_penalty_observed",
)


def warnings(
    advice: LeverAdvice, facts: Facts, values: ClauseValues, variant: str, of_the_recipe: tuple[str, ...]
) -> tuple[str, ...]:
    """What to read before use, in French, once each."""
    found: list[str] = []
    if not advice.is_retained:
        found.append(f"Ce levier n’est pas conseillé ici. {advice.reason}")
    elif advice.outcome == "to_answer":
        found.append(f"Levier à confirmer. {advice.reason}")
    if advice.status == "to_confirm":
        found.append("Une règle de ce levier reste à confirmer : faites-la vérifier par votre juriste.")
    found += advice.warnings
    if variant == "condition":
        found.append(
            "Gardez une seule condition, liée à l’objet et vérifiable : une condition sans lien avec lui "
            "est illégale."
        )
    elif advice.code in _HOUR_LEVERS:
        found += _on_hours(facts, values, variant)
    if advice.code in PENALTY_LEVERS:
        found += _on_penalties(values)
    return tuple(dict.fromkeys(spaced(text) for text in (*found, *of_the_recipe)))


def penalty_sources(lever_code: str) -> tuple[str, ...]:
    """The contracts in which the amounts shown were read."""
    if lever_code not in PENALTY_LEVERS:
        return ()
    rows = [threshold(table, bound=bound) for table in _OBSERVED for bound in ("low", "high")]
    return tuple(
        dict.fromkeys(spaced(f"{row.title.lower()} : {row.value:.0f} €, {row.source}") for row in rows)
    )


def _on_hours(facts: Facts, values: ClauseValues, variant: str) -> list[str]:
    found = []
    if facts.is_takeover_open and values.takeover_hours is None:
        found.append("Dites s’il y a du personnel à reprendre : le nombre d’heures en dépend.")
    if values.hours is not None and facts.hours is not None:
        if values.hours > facts.hours.high:
            found.append(
                "Le nombre d’heures choisi dépasse le haut de la fourchette : il peut être irréalisable."
            )
        elif values.hours < facts.hours.low:
            found.append("Le nombre d’heures choisi est sous le bas de la fourchette.")
    if values.hours is not None and values.hours < facts.minimum_hours:
        found.append("Le nombre d’heures choisi est sous le volume utile à un parcours.")
    if variant == "per_amount":
        found.append("Calibrez les heures par tranche sur l’estimé de l’accord-cadre, pas sur son maximum.")
        if values.trigger_amount_ht and values.is_trigger_retroactive is None:
            found.append(
                "Dites si le montant de déclenchement, une fois atteint, fait compter ce qui précède."
            )
    return found


def _on_penalties(values: ClauseValues) -> list[str]:
    found = [
        "Les pénalités sont proposées, jamais imposées : l’acheteur en fixe le montant et les applique seul."
    ]
    low, high = (threshold("hour_penalty_observed", bound=bound).value for bound in ("low", "high"))
    if values.penalty_hour is not None and not low <= values.penalty_hour <= high:
        found.append(
            f"La pénalité par heure sort de ce qui a été observé ({low:.0f} à {high:.0f} €) : gardez-la "
            f"proportionnée."
        )
    return found
