"""Owns the check of an edited clause: wordings that judges or practice have set aside."""

import re
from dataclasses import dataclass

from levier.rulebook.levers.wording import spaced


@dataclass(frozen=True, slots=True)
class Finding:
    """A passage to look at again: the words found and why. A drafting check, not a legal opinion."""

    excerpt: str
    reason: str


_RULES: tuple[tuple[str, str], ...] = (
    (
        r"politique (?:générale )?(?:rse|sociale)\b|responsabilité sociétale de l.entreprise|label(?:s)? rse",
        "La politique RSE générale de l'entreprise ne peut pas être notée : visez ce qui sera fait dans "
        "ce marché "
        "(CE, 25 mai 2018, n° 417580).",
    ),
    (
        r"(?:habitant|résident|demandeurs? d.emploi domicilié)s? (?:de|dans) (?:la|notre)"
        r" (?:commune|ville|métropole|communauté)|entreprises? locales?|préférence locale"
        r"|main-d.œuvre locale",
        "Aucune préférence locale : exiger des habitants ou des entreprises du lieu n'est pas permis, "
        "sauf outre-mer "
        "(L2691-1) ou programme qui le prévoit.",
    ),
    (
        r"(?:doit|devra|doivent|devront|est tenu de|obligatoirement)[^.]{0,60}"
        r"(?:recourir à|passer par|faire appel à)|exclusivement (?:par|avec) (?:une|l.|un)",
        "Le titulaire choisit librement ses moyens : n'imposez pas une structure ou une modalité.",
    ),
    (
        r"(?:doit|devra|doivent|devront|obligatoirement)[^.]{0,60}\bCDI\b"
        r"|embauche en CDI (?:est )?obligatoire",
        "Imposer un CDI est discriminatoire : le contrat de travail se choisit librement.",
    ),
    (
        r"bulletins? de (?:paie|salaire)|numéros? de sécurité sociale|\bNIR\b",
        "Demandez des relevés d'heures, jamais de bulletin de paie ni de numéro de sécurité sociale.",
    ),
    (
        r"pénalité[^.]{0,80}appliquée? par le facilitateur|le facilitateur applique",
        "Seul l'acheteur applique une pénalité, après avoir entendu le titulaire.",
    ),
)
_NEGATION = re.compile(r"\b(?:ni|sans|aucune?|pas d[e'’]|ne porte)\b[^.]{0,60}$", re.IGNORECASE)


def review(text: str) -> tuple[Finding, ...]:
    """Return the passages of a clause to look at again, in the order of the text.

    A passage under a negation (« ni bulletin de paie ») is left alone.
    """
    found = [
        (match.start(), Finding(match.group(0), spaced(reason)))
        for pattern, reason in _RULES
        for match in re.finditer(pattern, text, re.IGNORECASE)
        if not _NEGATION.search(text[: match.start()])
    ]
    return tuple(finding for _, finding in sorted(found, key=lambda pair: pair[0]))
