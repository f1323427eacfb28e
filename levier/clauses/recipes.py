"""Owns the list of the documents written for each lever, and the templates each one is made of."""

from collections.abc import Iterable
from dataclasses import dataclass

from levier.rulebook.levers import DOCUMENTS

# What a contract needs: shown first. The others help beside them.
MAIN = frozenset({"avis", "rc", "ccap", "ae", "contrat", "annexe", "note"})
# Already inside the CCAP or the contract: for those who keep their penalties in an article of their own.
EXTRACTS = frozenset({"penalites"})


@dataclass(frozen=True, slots=True)
class Piece:
    """One document to produce: its code (see DOCUMENTS), the templates put one after the other, its name here."""

    document: str
    templates: tuple[str, ...]
    name: str = ""
    is_main: bool = True

    @property
    def title(self) -> str:
        """The French title shown to the buyer."""
        return self.name or DOCUMENTS[self.document]

    @property
    def is_extract(self) -> bool:
        """Whether another document of the same lever already holds this text."""
        return self.document in EXTRACTS


@dataclass(frozen=True, slots=True)
class Recipe:
    """The documents of a lever, where its wording comes from, what the buyer checks before use.

    `lever_folder` is the folder that gives the paragraphs proper to the lever, for texts several levers share.
    """

    pieces: tuple[Piece, ...]
    sources: tuple[str, ...]
    checks: tuple[str, ...] = ()
    lever_folder: str = ""

    @property
    def is_concession(self) -> bool:
        """Whether the contract written is a concession, with its own articles."""
        return self.piece("contrat") is not None

    def piece(self, document: str) -> Piece | None:
        """The piece of that code, if the lever has one."""
        return next((piece for piece in self.pieces if piece.document == document), None)


NAMES = {"lettre": "Lettre aux candidats"}


def _pieces(folder: str, *documents: str, main: str = "", **names: str) -> tuple[Piece, ...]:
    known = NAMES | names
    return tuple(
        Piece(
            document,
            (f"{folder}/{document}",),
            known.get(document, ""),
            document in MAIN or document in main.split(),
        )
        for document in documents
    )


_CLAUSE_SOURCES = (
    "ordre des parties : CCAP 17_BAM_086 et 21_BAM_048 des services du Premier ministre (2017, 2021)",
    "contenu attendu : CCAG 2021 (articles 16.1 TIC et 20.1 Travaux), repris ici en entier",
)
_CLAUSE_CHECKS = (
    "Faites relire le nombre d’heures et les publics par le facilitateur avant la publication.",
    "Les heures d’un CDI comptent 48 mois au plus : règle de deux contrats de l’État (2017, 2021), à adapter "
    "si votre territoire en a une autre.",
)
_RESERVATION_SOURCES = (
    "code de la commande publique, L2113-12 à L2113-14 et R2113-7 (code-commande-publique.com, "
    "marche-public.fr)",
)
_RESERVATION_CHECKS = (
    "Citez l’article dans l’avis ou les documents de la consultation.",
    "Vérifiez que plusieurs structures de ce métier peuvent répondre.",
)
_RESERVED = ("avis", "rc", "ccap", "ae", "lettre", "fiche")

_CLAUSE = Recipe(
    _pieces("L2112-2", "avis", "rc", "ccap", "ae", "cctp", "lettre", "fiche", "penalites"),
    _CLAUSE_SOURCES,
    _CLAUSE_CHECKS,
)
_CRITERION = Recipe(
    _pieces(
        "R2152-7", "avis", "rc", "ae", "ccap", "cadre", "lettre", "fiche",
        main="cadre", ae="Cadre de réponse, annexe à l’acte d’engagement",
    ),
    ("CE, 25 mai 2018, n° 417580 ; CE, 25 mars 2013, n° 364950",),
    ("Le total des sous-critères fait 100 % de la note de ce critère.",),
)  # fmt: skip
_CONCESSION = Recipe(
    _pieces("L3114-2", "avis", "rc", "contrat", "ae", "lettre", "fiche", "penalites", ae="Annexe au contrat de concession"),
    ("loi 2021-1104 du 22 août 2021, article 35-V ; article L3114-2 (marche-public.fr, 3P)",),
    ("Faites confirmer le numéro de l’article qui porte l’obligation (L3114-2-1 attendu).",),
)  # fmt: skip


def _reservation(
    lever: str, sources: tuple[str, ...] = (), checks: tuple[str, ...] = (), own: tuple[str, ...] = ()
) -> Recipe:
    """The shared texts of a reservation; ``own`` names the documents the lever writes by itself."""
    shared = tuple(
        Piece(
            document,
            (f"{lever if document in own else 'reservation'}/{document}",),
            {"ae": "Déclaration jointe à l’acte d’engagement"}.get(document, NAMES.get(document, "")),
            document in MAIN,
        )
        for document in _RESERVED
    )
    return Recipe(
        shared,
        (*_RESERVATION_SOURCES, *sources),
        (*_RESERVATION_CHECKS, *checks),
        lever_folder=lever,
    )


# A lot reserved is done by the people it is for: its texts ask for no hours.
_RESERVATIONS = frozenset({"L2113-12", "L2113-13", "L2113-13-1", "L2113-14", "L2113-15", "L3113-1"})
_BESIDE_A_RESERVATION = frozenset({"L2111-1", "L2113-10", "R2111-1"})


def is_only_reserved(levers: Iterable[str]) -> bool:
    """Whether a lot is reserved, with nothing beside it that asks for hours."""
    chosen = set(levers)
    return bool(chosen & _RESERVATIONS) and chosen <= _RESERVATIONS | _BESIDE_A_RESERVATION


# Levers whose offers say how many hours they promise: what the offer kept promises is what is due.
_PROMISED = frozenset({"R2152-7", "R2123-1", "L3124-5"})


def is_promised_by_offers(levers: Iterable[str]) -> bool:
    """Whether an offer may promise more hours than the market asks."""
    return any(_PROMISED & set(code.split("_")) for code in levers)


def _both(document: str) -> Piece:
    """The clause's document followed by the criterion's; the letter and the sheet are one text for both."""
    first, second = _CLAUSE.piece(document), _CRITERION.piece(document)
    found = [piece for piece in (first, second) if piece]
    if document in ("lettre", "fiche"):
        found = found[:1]
    return Piece(
        document,
        tuple(template for piece in found for template in piece.templates),
        found[0].name,
        any(piece.is_main for piece in found),
    )


RECIPES: dict[str, Recipe] = {
    "L2112-2": _CLAUSE,
    "L2112-2-1": Recipe(
        (*_CLAUSE.pieces, *_pieces("L2112-2-1", "note")),
        (*_CLAUSE_SOURCES, "décret 2022-767 du 2 mai 2022 ; loi 2021-1104, article 35"),
        (
            *_CLAUSE_CHECKS,
            "Une clause en heures est une façon de remplir l’obligation ; une autre condition sociale "
            "liée à l’objet convient aussi.",
        ),
    ),
    "R2152-7": _CRITERION,
    "L2112-2_R2152-7": Recipe(
        tuple(map(_both, ("avis", "rc", "ccap", "ae", "cadre", "cctp", "lettre", "fiche", "penalites"))),
        (*_CLAUSE_SOURCES, *_CRITERION.sources),
        (*_CLAUSE_CHECKS, *_CRITERION.checks),
    ),
    "L2113-12": _reservation("L2113-12"),
    "L2113-13": _reservation("L2113-13"),
    "L2113-13-1": _reservation("L2113-13-1", ("ordonnance 2022-1336 ; décret 2022-1683",)),
    "L2113-14": _reservation("L2113-14"),
    "L2113-15": _reservation(
        "L2113-15",
        ("voie95.fr ; memoire-technique.net ; La Gazette (2019)",),
        ("Faites confirmer la durée maximale et le délai entre deux attributions (L2113-16).",),
        own=("ae",),
    ),
    "R2123-1": Recipe(
        _pieces(
            "R2123-1", "avis", "rc", "cctp", "ccap", "ae", "cadre", "lettre", "fiche",
            main="cctp", ae="Cadre de réponse, annexe à l’acte d’engagement",
        ),
        ("avis du 31 mars 2019 sur les services sociaux (marche-public.info) ; grafie.org",),
        ("L’insertion est bien l’objet principal : sinon, choisissez une clause.",),
    ),
    "R2122-8": Recipe(
        _pieces(
            "R2122-8", "lettre", "note", "ccap",
            main="lettre", lettre="Lettre de consultation", ccap="Conditions de la commande",
        ),
        ("décret 2025-1386 du 29 décembre 2025, article R2122-8",),
        ("Gardez la note au dossier : elle montre que le besoin n’est pas découpé.",),
    ),
    "L2113-10": Recipe(
        _pieces("L2113-10", "note", "rc"),
        ("article L2113-10 (code-commande-publique.com ; marche-public.fr)",),
        ("Vérifiez avec une structure que la taille et les délais du lot lui conviennent.",),
    ),
    "L2111-1": Recipe(
        _pieces("L2111-1", "note"), ("code-commande-publique.com, L2111-1",),
    ),
    "R2111-1": Recipe(
        _pieces("R2111-1", "lettre", main="lettre", lettre="Lettre de sourcing"),
        ("article R2111-1 du code de la commande publique",),
        ("Donnez les mêmes informations à tous, et gardez une trace des échanges.",),
    ),
    "L2691-1": Recipe(
        _pieces("L2691-1", "avis", "rc", "ccap", "ae", "lettre", "fiche", "penalites"),
        ("L2691-1 et R2691-1 reproduits par french-business-law.com (vers 2023)",),
        ("Vérifiez la version en vigueur des deux articles et le taux publié avant le lancement.",),
    ),
    "L3114-2": _CONCESSION,
    "L3114-2-1": Recipe(
        (*_CONCESSION.pieces, *_pieces("L3114-2-1", "note")), _CONCESSION.sources, _CONCESSION.checks
    ),
    "L3113-1": Recipe(
        _pieces("L3113-1", "avis", "rc", "contrat", "ae", "lettre", "fiche", ae="Déclaration jointe à l’offre"),
        ("L3113-1 et L3113-3 reproduits par french-business-law.com (vers 2023)",),
        (
            "Choisissez une seule famille, handicap ou insertion : L3113-3 interdit les deux à la fois.",
            "Faites confirmer les articles et la part minimale : une seule copie en a été lue.",
        ),
    ),
    "L3124-5": Recipe(
        _pieces(
            "L3124-5", "avis", "rc", "contrat", "ae", "cadre", "lettre", "fiche", main="cadre", ae="Cadre de réponse"
        ),
        ("L3124-5 (marche-public.fr, 2023 ; 3P, 2021) ; CE, 25 mai 2018, n° 417580",),
    ),
    "EVI": Recipe(
        _pieces("EVI", "annexe", "lettre", "fiche", lettre="Lettre à l’entreprise", fiche="Fiche de l’entreprise"),
        ("propositions d’employeurs sur l’engagement volontaire d’insertion",),
        ("La contrepartie financière est facultative : sans accord, écrivez « aucune ».",),
    ),
    "ACHAT-PRIVE": Recipe(
        _pieces("ACHAT-PRIVE", "lettre", "annexe", main="lettre", lettre="Demande de devis"),
        ("Agefiph, UNEA et réseaux d’ESAT pour la déduction OETH",),
    ),
}  # fmt: skip

# The levers that fulfil a duty without being the lever of the duty, and the duty they fulfil.
_FULFILS = {"L2112-2": "L2112-2-1", "L2112-2_R2152-7": "L2112-2-1", "L3114-2": "L3114-2-1"}


def duty_note(lever_code: str, duty: str) -> tuple[Piece, ...]:
    """The internal note on a duty that weighs on this need, when a lever of another name fulfils it."""
    return _pieces(duty, "note") if duty and _FULFILS.get(lever_code) == duty else ()


# The documents of a clause in hours -> those of a condition without hours; a document without one is left out.
CONDITION_DOCUMENTS = frozenset({"avis", "rc", "ccap", "ae", "lettre", "fiche", "penalites", "note"})


def condition_templates(piece: Piece) -> tuple[str, ...]:
    """The templates of the same document for a mandatory condition without hours; none when it has no sense."""
    if piece.document not in CONDITION_DOCUMENTS:
        return ()
    return tuple(
        f"condition/{piece.document}" if path.startswith("L2112-2/") else path for path in piece.templates
    )
