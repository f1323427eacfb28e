"""The kinds of inclusive suppliers: their names, family, shelf, and what the law lets them answer."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

Family = Literal["insertion", "handicap", "prison", "ess", "territoire", "equitable"]
Shelf = Literal["work", "people"]

FAMILY_LABELS: dict[str, str] = {
    "insertion": "Insertion par l’activité économique et emploi",
    "handicap": "Travail protégé et adapté",
    "prison": "Travail en établissement pénitentiaire",
    "ess": "Économie sociale et solidaire",
    "territoire": "Entreprises des quartiers prioritaires",
    "equitable": "Commerce équitable",
}

SHELF_LABELS: dict[str, str] = {
    "work": "Réaliser la prestation",
    "people": "Mettre des personnes à disposition",
}

# Reservation articles of the Code de la commande publique, with what each one opens.
RESERVATIONS: dict[str, str] = {
    "L2113-12": "lots réservés aux entreprises adaptées, ESAT et structures équivalentes",
    "L2113-13": "lots réservés aux structures d’insertion par l’activité économique et équivalentes",
    "L2113-13-1": "lots réservés au travail en établissement pénitentiaire",
    "L2113-15": "services sociaux, de santé, d’éducation et culturels réservés aux entreprises de l’ESS",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of supplier.

    ``counts_for_clause``: the hours of its employees « en parcours » count without further proof (True),
    never as such (False), or only in some contracts (None); ``clause_reason`` says why, in French.
    ``reservations``: articles under which a lot may be reserved to this kind.
    """

    code: str
    name: str
    short: str
    family: Family
    shelf: Shelf
    counts_for_clause: bool | None
    clause_reason: str
    reservations: tuple[str, ...] = ()

    @property
    def shelf_label(self) -> str:
        return SHELF_LABELS[self.shelf]


class UnknownKindError(LookupError):
    """No kind has this code; the message is a French sentence."""


_CCAG = "les CCAG de 2021 les citent"
_IAE = f"Salariés en parcours comptés d’office : {_CCAG} parmi les structures d’insertion."
_LABEL = "Pas d’office : cette qualité décrit l’entreprise, non le parcours de ses salariés."

KINDS: tuple[Kind, ...] = (
    Kind("EI", "Entreprise d’insertion", "EI", "insertion", "work", True, _IAE, ("L2113-13",)),
    Kind("ACI", "Atelier et chantier d’insertion", "ACI", "insertion", "work", True, _IAE, ("L2113-13",)),
    Kind("AI", "Association intermédiaire", "AI", "insertion", "people", True,
         f"Personnes mises à disposition comptées d’office ({_CCAG}) ; au plus 480 heures par personne sur "
         "24 mois en entreprise, sauf dérogation du préfet (L5132-9 et R5132-18 du code du travail).",
         ("L2113-13",)),
    Kind("ETTI", "Entreprise de travail temporaire d’insertion", "ETTI", "insertion", "people", True,
         f"Personnes mises à disposition comptées d’office : {_CCAG}.", ("L2113-13",)),
    Kind("EITI", "Entreprise d’insertion par le travail indépendant", "EITI", "insertion", "work", None,
         "À vérifier avec le facilitateur : travailleurs indépendants, que les CCAG ne citent pas.",
         ("L2113-13",)),
    Kind("GEIQ", "Groupement d’employeurs pour l’insertion et la qualification", "GEIQ", "insertion",
         "people", None,
         "Selon le marché : salariés en parcours retenus dans les marchés de l’État et partout où le CCAP nomme "
         "les GEIQ ; les CCAG de 2021 ne les citent pas, le facilitateur confirme."),
    Kind("REGIE", "Régie de quartier ou de territoire", "Régie", "insertion", "work", True,
         f"Salariés en parcours des régies agréées comptés d’office : {_CCAG}.", ("L2113-13",)),
    Kind("EBE", "Entreprise à but d’emploi", "EBE", "insertion", "work", None,
         "À vérifier avec le facilitateur : les salariés viennent d’un chômage de longue durée, mais les "
         "CCAG ne citent pas les entreprises à but d’emploi."),
    Kind("EA", "Entreprise adaptée", "EA", "handicap", "work", True,
         f"Travailleurs handicapés comptés d’office : {_CCAG}.", ("L2113-12",)),
    Kind("EATT", "Entreprise adaptée de travail temporaire", "EATT", "handicap", "people", True,
         f"Personnes mises à disposition comptées d’office : {_CCAG} avec les entreprises adaptées.",
         ("L2113-12",)),
    Kind("ESAT", "Établissement ou service d’accompagnement par le travail", "ESAT", "handicap", "work", True,
         f"Usagers comptés d’office : {_CCAG}.", ("L2113-12",)),
    Kind("SEP", "Structure de travail en établissement pénitentiaire", "SEP", "prison", "work", None,
         "Retenu dans les marchés de l’État ; ailleurs, le facilitateur confirme.", ("L2113-13-1",)),
    Kind("SCOP", "Société coopérative et participative", "SCOP", "ess", "work", False, _LABEL, ("L2113-15",)),
    Kind("SCIC", "Société coopérative d’intérêt collectif", "SCIC", "ess", "work", False, _LABEL,
         ("L2113-15",)),
    Kind("ESUS", "Entreprise solidaire d’utilité sociale", "ESUS", "ess", "work", False, _LABEL,
         ("L2113-15",)),
    Kind("QPV", "Entreprise d’un quartier prioritaire", "Entreprise de QPV", "territoire", "work", False,
         "Pas d’office : l’adresse de l’entreprise ne dit rien du parcours de ses salariés."),
    Kind("EQUITABLE", "Entreprise du commerce équitable", "Commerce équitable", "equitable", "work", False,
         _LABEL),
    Kind("ESS", "Entreprise de l’économie sociale et solidaire", "ESS", "ess", "work", False, _LABEL,
         ("L2113-15",)),
)  # fmt: skip

CODES: tuple[str, ...] = tuple(kind.code for kind in KINDS)


@cache
def _by_code() -> dict[str, Kind]:
    return {kind.code: kind for kind in KINDS}


def kind_of(code: str) -> Kind:
    """The kind of this code; UnknownKindError with a French sentence otherwise."""
    try:
        return _by_code()[code]
    except KeyError:
        raise UnknownKindError(
            f"Le type de structure « {code} » est inconnu : les types connus sont {', '.join(CODES)}."
        ) from None


def kinds_of_family(family: str) -> tuple[Kind, ...]:
    """Every kind of a family, in the order of the list; UnknownKindError with a French sentence for another word."""
    if family not in FAMILY_LABELS:
        raise UnknownKindError(
            f"La famille « {family} » est inconnue : les familles sont {', '.join(FAMILY_LABELS)}."
        )
    return tuple(kind for kind in KINDS if kind.family == family)


def kinds_for_reservation(article: str) -> tuple[Kind, ...]:
    """The kinds a lot may be reserved to under this article (« L2113-12 »…)."""
    return tuple(kind for kind in KINDS if article in kind.reservations)
