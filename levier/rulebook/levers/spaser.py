"""L2111-3: the responsible purchasing scheme that large buyers adopt and publish."""

from levier.rulebook.levers.common_rows import PRIVATE_BUYER
from levier.rulebook.levers.conditions import ALWAYS, IS_STATE_OR_STATUTORY
from levier.rulebook.levers.facts import Facts
from levier.rulebook.levers.table import Condition, Lever, Note, Row
from levier.rulebook.thresholds import threshold


def _is_above(facts: Facts) -> bool:
    limit = threshold("spaser", on=facts.launch_date).value
    return facts.annual_purchases_ht is not None and facts.annual_purchases_ht > limit


ABOVE_SPASER = Condition("les achats annuels dépassent le seuil du SPASER", _is_above)
ANNUAL_UNKNOWN = Condition(
    "le montant annuel des achats est inconnu", lambda facts: facts.annual_purchases_ht is None
)

LEVER = Lever(
    code="L2111-3",
    title="SPASER : inscrire l’achat dans le schéma de l’organisme",
    article="L2111-3, D2111-3",
    rank=96,
    documents=("schema",),
    source="Atexo, SPASER ; Weka, SPASER (4 janvier 2023)",
    rows=(
        PRIVATE_BUYER,
        Row(
            "other_buyer",
            ~IS_STATE_OR_STATUTORY,
            "not_applicable",
            "Le schéma vise l’État, les hôpitaux, les collectivités et les acheteurs au statut fixé par "
            "la loi.",
        ),
        Row(
            "annual_unknown",
            ANNUAL_UNKNOWN,
            "to_answer",
            "Un schéma est obligatoire au-delà de 50 M€ HT d’achats par an.",
            rank=97,
            questions=("annual_purchases_ht",),
        ),
        Row(
            "above_threshold",
            ABOVE_SPASER,
            "required",
            "Vos achats annuels ({annual}) dépassent le seuil : le schéma est obligatoire, et cet achat "
            "compte dans "
            "ses objectifs.",
        ),
        Row("below_threshold", ALWAYS, "not_applicable", "Vos achats annuels ({annual}) sont sous le seuil."),
    ),
    notes=(
        Note(
            ALWAYS, "Le schéma fixe des objectifs d’achats aux EA, ESAT, SIAE et ESUS, suivis chaque année."
        ),
    ),
)
