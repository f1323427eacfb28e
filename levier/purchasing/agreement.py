"""The first draft of a group agreement, from its template to Word, OpenDocument or PDF."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from levier.core.documents import to_docx, to_odt, to_pdf
from levier.core.documents.converting import escape
from levier.core.typography import day, percent
from levier.purchasing.models import PublishedNeed

Liability = Literal["conjoint", "solidaire"]

TITLE = "Convention de groupement (projet à faire relire)"
LIABILITIES: dict[str, str] = {
    "conjoint": "Conjoint : chacun répond de sa part",
    "solidaire": "Solidaire : chacun répond de tout",
}
FORMATS: dict[str, tuple[str, Callable[..., bytes]]] = {
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", to_docx),
    "odt": ("application/vnd.oasis.opendocument.text", to_odt),
    "pdf": ("application/pdf", to_pdf),
}
_LIABILITY_TEXTS = {
    "conjoint": "Le groupement est conjoint : chaque membre s’engage à exécuter sa part seulement (article R2142-20 du "
    "code de la commande publique).",
    "solidaire": "Le groupement est solidaire : chaque membre est engagé pour la totalité de la prestation (article "
    "R2142-20 du code de la commande publique). Entre eux, les membres se garantissent : celui qui a fait défaut "
    "supporte le coût de ce que les autres ont fait à sa place.",
}
_LEAD_TEXTS = {
    "conjoint": "Si la consultation le prévoit, le mandataire est solidaire de chacun des membres : [à compléter : oui ou non].",
    "solidaire": "Le mandataire n’a pas de responsabilité de plus que les autres membres envers l’acheteur.",
}


@dataclass(frozen=True)
class Signatory:
    """One member as the agreement names it: a legal unit, never a person. `share` from 0 to 1."""

    name: str
    siret: str
    place: str
    share: float
    work: str


@cache
def _template() -> str:
    return (files("levier.purchasing") / "texts" / "convention.md").read_text(encoding="utf-8")


def draft(need: PublishedNeed, members: Sequence[Signatory], *, lead: int, liability: Liability) -> str:
    """The agreement in Markdown. `lead`: position of the « mandataire » among the members."""
    lines = [
        f"- {escape(one.name)}, SIRET {one.siret or '[à compléter]'}, {escape(one.place) or '[à compléter]'}, "
        "représenté par [à compléter]"
        for one in members
    ]
    split = [
        f"| {escape(one.name)} | {percent(one.share, 0)} | {escape(one.work) or '[à compléter]'} |"
        for one in members
    ]
    return _template().format(
        members="\n".join(lines),
        kind_word=liability,
        title=escape(need.title),
        buyer=escape(need.organisation.name),
        deadline=day(need.deadline),
        lead=escape(members[lead].name),
        lead_clause=_LEAD_TEXTS[liability],
        split="\n".join(split),
        liability=_LIABILITY_TEXTS[liability],
        signatures="\n\n".join(f"Pour {escape(one.name)} :" for one in members),
    )


def document(markdown: str, target: str) -> tuple[bytes, str]:
    """The bytes and the media type, for « docx », « odt » or « pdf ». Raises DocumentError, KeyError."""
    media_type, make = FORMATS[target]
    return make(markdown, title=TITLE), media_type
