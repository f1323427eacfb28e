"""The end of a portal's address: what it may be made of, and the words kept for the site."""

import re

from django.utils.text import slugify

from levier.community.errors import RefusedError

LONGEST, SHORTEST = 50, 3
_SHAPE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

# The site's own first words, those it may want one day, and those that would let a portal pass for the site.
RESERVED = frozenset(
    {
        "accessibilite", "actualites", "admin", "administration", "aide", "annuaire", "api",
        "apporter-une-liste", "besoins", "carte", "charte", "composants", "compte", "connaissances", "contact",
        "cpv", "demande", "demander", "demo", "donnees-ouvertes", "donnees-personnelles", "dossier", "dossiers",
        "evenements", "export", "facilitateurs", "fournisseurs", "gestion", "guide", "guides", "inscription",
        "label", "levier", "lieux", "medias", "mentions-legales", "mes-besoins", "mes-listes", "mes-portails",
        "mes-recherches", "mettre-la-recherche-sur-votre-site", "moderation", "mon-offre", "mon-portail",
        "national", "nouveau", "opportunites", "portail", "portails", "rechercher", "recherche", "reponse",
        "reseaux", "robots-txt", "sante", "site", "sitemap", "sitemap-xml", "sitemaps", "static", "support",
        "territoires", "widget",
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
    if text in RESERVED:
        raise RefusedError(f"« {text} » est un mot réservé au site : ajoutez votre territoire ou votre nom.")
    return text
