"""One spelling for what people type and what the tables hold."""

import re
import unicodedata
from functools import lru_cache

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "’": "'", "ʼ": "'"})
_ABBREVIATIONS = {
    "st": "saint",
    "ste": "sainte",
    "sts": "saints",
    "stes": "saintes",
    "mt": "mont",
    "vx": "vieux",
    "nd": "notre dame",
    "agglo": "agglomeration",
}
_ON_RIVER = re.compile(r"\b(s|ss)\s*/\s*")
_BROKEN_ON = re.compile(r"(?<=[a-z] )s(?= [a-z]{3})")
_ARTICLE = re.compile(r"^(?:la|le|les|l|aux|au) (?=.)")
_LINK = r"(?:de la|de l|de|du|des|d|la|le|les|l) "
# What people put before, or after, the name of an EPCI.
_EPCI_KINDS = (
    "cc", "ca", "cu", "communaute de communes", "communaute d agglomeration", "communaute urbaine", "communaute",
    "agglomeration", "metropole", "epci", "intercommunalite", "interco", "eurometropole",
)  # fmt: skip
_EPCI_WORDS = "|".join(_EPCI_KINDS)
# The first word of each, as it is typed.
EPCI_HEADS = frozenset({kind.split()[0] for kind in _EPCI_KINDS} | {"agglo"})
_EPCI_TAIL = re.compile(r" (?:agglomeration|metropole|communaute|interco|intercommunalite)$")
_GENERIC = {
    "epci": re.compile(rf"^(?:la |l )?(?:{_EPCI_WORDS}) (?:{_LINK})?(?=.)"),
    "commune": re.compile(rf"^(?:la |l )?(?:ville|commune|mairie|municipalite) (?:{_LINK})?(?=.)"),
    "departement": re.compile(
        rf"^(?:le |l )?(?:departement|dept|dpt|conseil departemental) (?:{_LINK})?(?=.)"
    ),
    "region": re.compile(rf"^(?:la |l )?(?:region|conseil regional) (?:{_LINK})?(?=.)"),
}


@lru_cache(maxsize=4096)
def fold_word(word: str) -> str:
    """Lower case without accents or ligatures."""
    decomposed = unicodedata.normalize("NFKD", word.lower().translate(_LIGATURES))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def fold(text: str) -> str:
    """Words without accents, one space apart, written in full: « St-Étienne » → « saint etienne »."""
    lowered = text.lower().translate(_LIGATURES)
    if not lowered.isascii():
        decomposed = unicodedata.normalize("NFKD", lowered)
        lowered = "".join(character for character in decomposed if not unicodedata.combining(character))
    if "/" in lowered:
        lowered = _ON_RIVER.sub(lambda match: "sur " if match[1] == "s" else "sous ", lowered)
    words = re.findall(r"[a-z0-9]+", lowered)
    joined = " ".join([_ABBREVIATIONS.get(word, word) for word in words])
    return _BROKEN_ON.sub("sur", joined) if " s " in joined else joined


def compact(folded: str) -> str:
    """The folded text without its spaces, so that « ville neuve » meets « villeneuve »."""
    return folded.replace(" ", "")


def without_article(folded: str) -> str:
    return _ARTICLE.sub("", folded)


def without_epci_tail(folded: str) -> str:
    """« coeur d essonne agglomeration » → « coeur d essonne »; two words at least stay."""
    bare = _EPCI_TAIL.sub("", folded)
    return bare if " " in bare else folded


def without_generic(folded: str) -> tuple[str, str]:
    """Kind announced by the first words, and the rest: « metropole de lyon » → (« epci », « lyon »)."""
    for kind, pattern in _GENERIC.items():
        rest = pattern.sub("", folded, count=1)
        if rest != folded:
            return kind, rest
    return "", folded
