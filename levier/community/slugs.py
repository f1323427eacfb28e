"""The end of a portal's address: what it may be made of, and the words kept for the site."""

import re
from functools import cache

from django.urls import URLResolver, get_resolver
from django.utils.text import slugify

from levier.community.errors import RefusedError

LONGEST, SHORTEST = 50, 3
_SHAPE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

# Words the site may want one day, and those that would let a portal pass for the site or for the State.
_KEPT = frozenset(
    {
        "accueil", "actualites", "admin", "administration", "agenda", "aide", "annuaire", "charte", "contact",
        "demande", "demander", "demo", "evenements", "export", "facilitateurs", "france", "gestion", "gouvernement",
        "guide", "guides", "label", "levier", "national", "nouveau", "officiel", "portail", "rechercher",
        "recherche", "refuse", "reseaux", "securite", "site", "support",
    }
)  # fmt: skip


def proposed(title: str) -> str:
    """An address made of a title: « L’achat en Hauts-de-France » → « l-achat-en-hauts-de-france »."""
    words = slugify(title.replace("’", " ").replace("'", " ").replace("œ", "oe").replace("Œ", "Oe"))
    return words[:LONGEST].strip("-")


def check(slug: str) -> str:
    """The address as it may be used. Raises RefusedError."""
    text = slug.strip().lower()
    if not SHORTEST <= len(text) <= LONGEST or not _SHAPE.fullmatch(text):
        raise RefusedError(
            f"L’adresse compte de {SHORTEST} à {LONGEST} lettres sans accent, chiffres ou tirets, "
            "par exemple « achats-hauts-de-france »."
        )
    if text in _KEPT or text in words_of_the_site():
        raise RefusedError(f"« {text} » est un mot réservé au site : ajoutez votre territoire ou votre nom.")
    return text


@cache
def words_of_the_site() -> frozenset[str]:
    """The first word of each of the site's own addresses: none may name a portal."""
    words = set()
    for pattern in get_resolver().url_patterns:
        inside = pattern.url_patterns if isinstance(pattern, URLResolver) else [pattern]
        for each in inside:
            start = str(pattern.pattern) if each is not pattern else ""
            word = f"{start}{each.pattern}".split("/")[0].replace(".", "-")
            if word and "<" not in word:
                words.add(word)
    return frozenset(words)
