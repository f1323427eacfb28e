"""Owns the list of the documents written for each lever, variant by variant."""

from dataclasses import dataclass

from levier.rulebook.levers import DOCUMENTS


@dataclass(frozen=True, slots=True)
class Piece:
    """One document to produce: its code (see DOCUMENTS), and the templates put one after the other."""

    document: str
    templates: tuple[str, ...]

    @property
    def title(self) -> str:
        return DOCUMENTS[self.document]


@dataclass(frozen=True, slots=True)
class Recipe:
    """The documents of a lever, where its wording comes from, and what the buyer checks before use."""

    pieces: tuple[Piece, ...]
    sources: tuple[str, ...]
    checks: tuple[str, ...] = ()


def _pieces(folder: str, *documents: str) -> tuple[Piece, ...]:
    return tuple(Piece(document, (f"{folder}/{document}",)) for document in documents)


_CLAUSE_SOURCES = (
    "ordre des parties : CCAP 17_BAM_086 et 21_BAM_048 des services du Premier ministre (2017, 2021)",
    "contenu attendu : CCAG 2021 (articles 16.1 TIC et 20.1 Travaux), repris ici en entier",
)
_CLAUSE_CHECKS = (
    "Faites relire le nombre d'heures et les publics par le facilitateur avant la publication.",
    "Les heures d'un CDI comptent 48 mois au plus : règle de deux contrats de l'État (2017, 2021), à adapter "
    "si votre territoire en a une autre.",
)
_RESERVATION_SOURCES = (
    "code de la commande publique, L2113-12 à L2113-14 et R2113-7 (code-commande-publique.com, "
    "marche-public.fr)",
)
_RESERVATION_CHECKS = (
    "Citez l'article dans l'avis ou les documents de la consultation.",
    "Vérifiez que plusieurs structures de ce métier peuvent répondre.",
)

_CLAUSE = Recipe(_pieces("L2112-2", "avis", "rc", "ccap", "ae"), _CLAUSE_SOURCES, _CLAUSE_CHECKS)
_CRITERION = Recipe(
    _pieces("R2152-7", "avis", "rc", "ae"),
    ("CE, 25 mai 2018, n° 417580 ; CE, 25 mars 2013, n° 364950",),
    ("Le total des sous-critères fait 100 % de la note de ce critère.",),
)
_CONCESSION = Recipe(
    _pieces("L3114-2", "avis", "contrat"),
    ("loi 2021-1104 du 22 août 2021, article 35-V ; article L3114-2 (marche-public.fr, 3P)",),
    ("Faites confirmer le numéro de l'article qui porte l'obligation (L3114-2-1 attendu).",),
)

RECIPES: dict[str, Recipe] = {
    "L2112-2": _CLAUSE,
    "L2112-2-1": Recipe(
        _CLAUSE.pieces,
        (*_CLAUSE_SOURCES, "décret 2022-767 du 2 mai 2022 ; loi 2021-1104, article 35"),
        (
            *_CLAUSE_CHECKS,
            "Une clause en heures est une façon de remplir l'obligation ; une autre condition sociale "
            "liée à l'objet "
            "convient aussi.",
        ),
    ),
    "R2152-7": _CRITERION,
    "L2112-2_R2152-7": Recipe(
        tuple(
            Piece(document, (f"L2112-2/{document}", f"R2152-7/{document}"))
            if document != "ccap"
            else Piece(document, ("L2112-2/ccap",))
            for document in ("avis", "rc", "ccap", "ae")
        ),
        (*_CLAUSE_SOURCES, *_CRITERION.sources),
        (*_CLAUSE_CHECKS, *_CRITERION.checks),
    ),
    "L2113-12": Recipe(_pieces("L2113-12", "avis", "rc"), _RESERVATION_SOURCES, _RESERVATION_CHECKS),
    "L2113-13": Recipe(_pieces("L2113-13", "avis", "rc"), _RESERVATION_SOURCES, _RESERVATION_CHECKS),
    "L2113-14": Recipe(_pieces("L2113-14", "avis", "rc"), _RESERVATION_SOURCES, _RESERVATION_CHECKS),
    "R2123-1": Recipe(
        _pieces("R2123-1", "rc", "cctp"),
        ("avis du 31 mars 2019 sur les services sociaux (marche-public.info) ; grafie.org",),
        ("L'insertion est bien l'objet principal : sinon, choisissez une clause.",),
    ),
    "R2122-8": Recipe(
        _pieces("R2122-8", "lettre", "note"),
        ("décret 2025-1386 du 29 décembre 2025, article R2122-8",),
        ("Gardez la note au dossier : elle montre que le besoin n'est pas découpé.",),
    ),
    "L2113-10": Recipe(
        _pieces("L2113-10", "note", "rc"),
        ("article L2113-10, non relu",),
        ("Vérifiez avec une structure que la taille et les délais du lot lui conviennent.",),
    ),
    "L2691-1": Recipe(
        _pieces("L2691-1", "avis", "rc", "ccap"),
        ("L2691-1 et R2691-1 reproduits par french-business-law.com (vers 2023)",),
        ("Vérifiez la version en vigueur des deux articles et le taux publié avant le lancement.",),
    ),
    "L3114-2": _CONCESSION,
    "L3114-2-1": _CONCESSION,
    "EVI": Recipe(
        _pieces("EVI", "annexe"),
        ("propositions d'employeurs sur l'engagement volontaire d'insertion",),
        ("La contrepartie financière est facultative : sans accord, écrivez « aucune ».",),
    ),
    "ACHAT-PRIVE": Recipe(
        _pieces("ACHAT-PRIVE", "lettre"),
        ("Agefiph, UNEA et réseaux d'ESAT pour la déduction OETH",),
    ),
}

# The texts of a clause in hours -> those of a condition without hours.
CONDITION_TEXTS = {
    f"L2112-2/{document}": f"condition/{document}" for document in ("avis", "rc", "ccap", "ae")
}
