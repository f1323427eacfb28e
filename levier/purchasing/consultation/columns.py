"""The titles of columns met in consultations, and the part of a lot each stands for."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

from levier.purchasing.figures import MONTHS_A_YEAR

# Part of a lot → title in the house's own template, then the folded titles people use.
COLUMNS: dict[str, tuple[str, tuple[str, ...]]] = {
    "number": ("Lot", ("lot", "n lot", "numero", "numero du lot", "n", "no lot", "n du lot", "lot n")),
    "title": ("Objet du lot", ("objet du lot", "objet", "intitule", "intitule du lot", "designation", "libelle",
                               "libelle du lot", "nom du lot", "prestation", "titre")),
    "text": ("Description", ("description", "details", "detail", "contenu", "descriptif", "commentaire",
                             "observations", "precisions")),
    "cpv": ("CPV", ("cpv", "code cpv", "cpv principal", "codecpv")),
    "amount_ht": ("Montant estimé HT", ("montant estime ht", "montant ht", "montant", "estimation", "estimation ht",
                                        "montant estime", "estime ht", "budget", "budget ht", "prix ht")),
    "max_amount_ht": ("Maximum HT", ("maximum ht", "maximum", "montant maximum", "montant maximum ht", "montant maxi",
                                     "montant max", "max ht", "montant max ht")),
    "is_framework": ("Accord-cadre", ("accord cadre", "accord cadre a bons de commande", "bons de commande", "ac",
                                      "forme du marche")),
    "months": ("Durée (mois)", ("duree mois", "duree", "duree en mois", "dureemois", "mois")),
    "starts_on": ("Début", ("debut", "date de debut", "demarrage", "debut d execution", "date de demarrage")),
    "place": ("Lieu", ("lieu", "lieu d execution", "commune", "ville", "localisation", "site")),
    "takeover": ("Heures à reprendre par mois", ("heures a reprendre par mois", "heures a reprendre",
                                                 "personnel a reprendre", "reprise du personnel",
                                                 "reprise de personnel")),
    "posts": ("Personnes sur place", ("personnes sur place", "effectif", "equipe", "postes", "nombre de personnes")),
    "weeks": ("Semaines sur place", ("semaines sur place", "semaines", "nombre de semaines")),
    "headcount": ("Emplois d’insertion (ETP)", ("emplois d insertion etp", "emplois d insertion", "etp d insertion")),
    "purchase": ("Consultation", ("consultation", "objet de la consultation", "operation", "marche", "affaire")),
    "reference": ("Référence", ("reference", "numero de consultation", "reference de la consultation", "ref",
                                "n de consultation")),
}  # fmt: skip


def folded(title: str) -> str:
    """A title without case, accents, punctuation nor « (€) »."""
    plain = unicodedata.normalize("NFD", title.casefold().replace("€", " ").replace("°", " "))
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return re.sub(r"\b(?:en )?euros?\b|[^a-z0-9]+", " ", letters).strip()


# Words a title may do without: « Durée du marché (mois) » is the length, « Heures à reprendre / mois » the staff.
_EMPTY_WORDS = frozenset(
    {"a", "au", "d", "de", "des", "du", "en", "execution", "l", "la", "le", "les", "lot", "lots", "marche"}
    | {"mensuelles", "par", "prevue", "previsionnelle"}
)


# Units a title gives to its whole column: what its bare numbers are multiplied by.
_THOUSANDS = {
    "k": 1_000,
    "ke": 1_000,
    "keur": 1_000,
    "milliers": 1_000,
    "m": 1_000_000,
    "millions": 1_000_000,
}
_YEARS = {"an": MONTHS_A_YEAR, "ans": MONTHS_A_YEAR, "annee": MONTHS_A_YEAR, "annees": MONTHS_A_YEAR}
_UNITS = {"amount_ht": _THOUSANDS, "max_amount_ht": _THOUSANDS, "months": _YEARS}


def factors(titles: Sequence[str], columns: Mapping[str, int]) -> dict[str, int]:
    """What the numbers of a column are multiplied by, when its title says it: « Montant HT (k€) », « Durée (ans) »."""
    found = {}
    for part, units in _UNITS.items():
        words = folded(titles[columns[part]]).split() if part in columns else []
        if unit := next((units[word] for word in words if word in units), None):
            found[part] = unit
    return found


def _core(part: str, title: str) -> str:
    """The words of a folded title that carry its meaning for a part, in one order; empty when none does."""
    return " ".join(sorted({*title.split()} - _EMPTY_WORDS - _UNITS.get(part, {}).keys()))


def recognise(titles: Sequence[str]) -> tuple[dict[str, int], tuple[str, ...]]:
    """Part of a lot → position of its column, and the titles left aside. The likeliest title of a part wins."""
    plain = [re.sub(r"\s+", " ", folded(title)) for title in titles]
    found: dict[str, int] = {}
    _name_parts(plain, found, same=lambda _, title: title)
    _name_parts(plain, found, same=_core)
    left = tuple(
        title.strip()[:60]
        for place, title in enumerate(titles)
        if title.strip() and place not in found.values()
    )
    return found, left


def _name_parts(plain: Sequence[str], found: dict[str, int], *, same: Callable[[str, str], str]) -> None:
    """Add to `found` the column of each part still without one, read by `same` of the part and a title."""
    for part, (_, known) in COLUMNS.items():
        if part in found:
            continue
        for word in filter(None, (same(part, title) for title in known)):
            position = next(
                (
                    place
                    for place, title in enumerate(plain)
                    if same(part, title) == word and place not in found.values()
                ),
                None,
            )
            if position is not None:
                found[part] = position
                break
