"""How French says where something is: « de Lille », « au Mans », « dans le département de la Creuse », « de la CA du Beauvaisis »."""

import unicodedata

from levier.reference.places.place import Place

# The article of a département is usage and no rule; « la » where nothing is said (codes of the official geographic code).
_LES = {"04", "05", "06", "08", "13", "22", "40", "64", "65", "66", "78", "79", "88", "92", "984"}
_LE = {
    "14", "15", "18", "25", "29", "30", "32", "39", "41", "45", "46", "47", "49", "56", "59", "62", "63", "67", "68", "69", "81", "82",
    "83", "84", "90", "94", "95",
}  # fmt: skip
_NO_ARTICLE = {"75", "974", "975", "976", "977", "978", "986"}
_FEMININE_EPCI = ("CC ", "CA ", "CU ", "Métropole ", "Communauté ")


def of(place: Place) -> str:
    """The place after « de »."""
    name = place.name
    if place.kind == "departement":
        return _of_departement(place.code, name)
    if place.kind == "epci" and name.startswith(_FEMININE_EPCI):
        return f"de la {name}"
    for article, contracted in (("Le ", "du "), ("Les ", "des ")):
        if name.startswith(article):
            return contracted + name.removeprefix(article)
    return f"d’{name}" if _opens_on_a_vowel(name) else f"de {name}"


def inside(place: Place) -> str:
    """Where something is done: « à Lille », « au Mans », « dans le département des Landes », « dans la région Bretagne »."""
    if place.kind == "departement":
        return f"dans le département {of(place)}"
    if place.kind == "region":
        return f"dans la région {place.name}"
    if place.kind == "pays":
        return f"en {place.name}"
    if place.kind == "epci":
        return f"sur le territoire {of(place)}"
    for article, contracted in (("Le ", "au "), ("Les ", "aux ")):
        if place.name.startswith(article):
            return contracted + place.name.removeprefix(article)
    return f"à {place.name}"


def _of_departement(code: str, name: str) -> str:
    if code in _NO_ARTICLE:
        return f"de {name}"
    if code in _LES:
        return f"des {name}"
    if code in _LE:
        return f"du {name}"
    return f"de l’{name}" if _opens_on_a_vowel(name) else f"de la {name}"


def _opens_on_a_vowel(name: str) -> bool:
    """Whether the article is cut; the h of Hérault is not heard, that of Haute-Savoie is."""
    first = unicodedata.normalize("NFD", name[:1]).upper()[:1]
    return bool(first) and (first in "AEIOUYŒ" or name.startswith("Hérault"))
