"""R2151-8: variants that let bidders offer another social organisation of the work."""

from levier.rulebook.levers.common_rows import DIRECT_PURCHASE_IS_SIMPLER, PUBLIC_CONTRACT
from levier.rulebook.levers.conditions import ALWAYS
from levier.rulebook.levers.table import Lever, Note, Row

LEVER = Lever(
    code="R2151-8",
    title="Variantes sociales",
    article="R2151-8",
    rank=94,
    documents=("avis", "rc"),
    source="R2151-8, texte lu sur code-commande-publique.com et french-business-law.com",
    rows=(
        *PUBLIC_CONTRACT,
        DIRECT_PURCHASE_IS_SIMPLER,
        Row(
            "default",
            ALWAYS,
            "possible",
            "Autoriser une variante permet à une entreprise de proposer une autre organisation, par "
            "exemple une "
            "part confiée à une structure inclusive. Fixez ses exigences minimales.",
        ),
    ),
    notes=(
        Note(
            ALWAYS,
            "En procédure adaptée, les variantes sont permises sauf si les documents les écartent ; en procédure "
            "formalisée d’un pouvoir adjudicateur, elles sont interdites sauf si l’avis les admet.",
        ),
    ),
)
