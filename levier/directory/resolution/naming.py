"""The words of a name that name: without accents, legal forms, the words of the kind and small words."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_DOTTED = re.compile(r"\b(?:[a-z]\.){2,}")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SMALL = _words("a au aux d de des du en et l la le les par pour sur un une")
_LEGAL = _words(
    "association assoc asso ass sarl sas sasu sa scop scic scp eurl sci"
    " gie gip societe ste ets etablissement etablissements entreprise ent loi 1901"
)
_KINDS = _words(
    "aci ei ai etti eiti ea eatt esat geiq ebe sep cat siae ateliers atelier chantier chantiers insertion"
    " intermediaire adaptee"
)
# What one writes short in a list and long in another.
_LONG_FORMS = {
    "st": "saint", "ste": "sainte", "serv": "service", "form": "formation", "prof": "professionnelle",
    "dept": "departement", "intern": "international", "nat": "national", "gal": "general",
    "av": "avenue", "ave": "avenue", "bd": "boulevard", "bld": "boulevard", "blvd": "boulevard", "r": "rue",
    "rte": "route", "che": "chemin", "chem": "chemin", "ch": "chemin", "pl": "place", "imp": "impasse",
    "all": "allee", "allees": "allee", "zi": "zone", "za": "zone", "fg": "faubourg", "fbg": "faubourg",
    "qu": "quai", "sq": "square", "crs": "cours", "dr": "docteur", "gen": "general", "mal": "marechal",
}  # fmt: skip
_BRANCH = _words("antenne antennes annexe annexes agence section site succursale")


@dataclass(frozen=True, slots=True)
class NameWords:
    """A name ready to be compared: ``core`` in alphabetical order, ``run`` in its own order without spaces."""

    core: str
    run: str
    tokens: tuple[str, ...]
    numbers: frozenset[str]
    initials: str
    is_branch: bool


@lru_cache(maxsize=50_000)
def folded(text: str) -> str:
    """Lower case, without accents nor signs, words apart by one space; « A.S.E. » becomes « ase »."""
    plain = text.lower()
    if not plain.isascii():
        letters = unicodedata.normalize("NFKD", plain.replace("œ", "oe").replace("æ", "ae"))
        plain = "".join(one for one in letters if not unicodedata.combining(one))
    if "." in plain:
        plain = _DOTTED.sub(lambda found: found[0].replace(".", "") + " ", plain)
    return _NOT_A_WORD.sub(" ", plain).strip()


@lru_cache(maxsize=50_000)
def name_words(name: str) -> NameWords:
    """The words of a name; a name made only of legal and kind words has an empty ``core``."""
    words = [_LONG_FORMS.get(word, word) for word in folded(name).split()]
    tokens = [word for word in words if word not in _SMALL and word not in _LEGAL and word not in _KINDS]
    tokens = [word for word in tokens if word not in _BRANCH]
    speaking = [word for word in words if word not in _SMALL]
    return NameWords(
        core=" ".join(sorted(tokens)),
        run="".join(tokens),
        tokens=tuple(tokens),
        numbers=frozenset(word.lstrip("0") for word in tokens if word.isdigit()),
        initials="".join(word[0] for word in speaking) if len(speaking) >= 3 else "",
        is_branch=not _BRANCH.isdisjoint(words),
    )


def street(address: str) -> str:
    """Number and street, words in full, in one order; empty without a word."""
    words = [_LONG_FORMS.get(word, word) for word in folded(address).split()]
    kept = sorted(word for word in words if word not in _SMALL)
    return " ".join(kept) if any(word.isalpha() for word in kept) else ""


@lru_cache(maxsize=100_000)
def skeleton(word: str) -> str:
    """How a word sounds, roughly: its first letter then its consonants, doubles once (« phillipe » → « flp »)."""
    plain = word.replace("ph", "f").replace("qu", "k").replace("ck", "k").replace("c", "k").replace("z", "s")
    kept = plain[:1] + re.sub("[aeiouyhw]", "", plain[1:])
    return re.sub(r"(.)\1+", r"\1", kept)[:6]


def phone_digits(phone: str) -> str:
    """Nine digits of a French number, whatever its writing; empty otherwise."""
    digits = re.sub(r"\D", "", phone)
    return digits[-9:] if len(digits) in {10, 11, 12, 13} else ""


def site_domain(website: str) -> str:
    """« https://www.exemple.fr/nous » → « exemple.fr »; a page on a shared platform says nothing."""
    host = re.sub(r"^[a-z]+://", "", website.strip().lower()).split("/")[0].split("?")[0].removeprefix("www.")
    platforms = ("facebook.", "linkedin.", "instagram.", "google.", "wixsite.", "youtube.", "blogspot.")
    return "" if "." not in host or any(name in host for name in platforms) else host
