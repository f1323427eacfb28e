"""The texts of every lot of a purchase together: one file with its contents, or a folder a lot in a ZIP."""

import io
import re
import unicodedata
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from levier.clauses.errors import StudyRefusedError
from levier.clauses.exporting import FORMATS as MEDIA_TYPES
from levier.clauses.exporting import PAGED, export, lowered
from levier.clauses.lot_texts.drafting import LotTexts, opening, texts_of_lots
from levier.clauses.result import DraftDocument
from levier.clauses.studies import derogation_file
from levier.clauses.studies.lot_lines import in_words
from levier.core.documents import to_docx, to_html, to_odt, to_pdf, to_text
from levier.core.documents.converting import escape
from levier.core.typography import day
from levier.purchasing.models import Lot, Purchase

ZIP = "zip"
_MAKERS = {"docx": to_docx, "odt": to_odt, "pdf": to_pdf, "html": to_html, "txt": to_text}
FORMATS = {name: MEDIA_TYPES[name] for name in _MAKERS}
# A file takes a third of a second to make: above, each folder holds the texts of its lot in one file.
MOST_FILES = 40
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class LotPart:
    """One lot in the whole: its texts, or the reasons for none."""

    lot: Lot
    texts: LotTexts

    @property
    def has_no_clause(self) -> bool:
        """Whether it was proposed or signed that the lot has no lever."""
        return self.texts.choice is not None and not self.texts.choice.levers

    @property
    def said(self) -> str:
        """What is proposed or signed, in words; empty before."""
        return in_words(self.texts.choice) if self.texts.choice else ""

    @property
    def documents(self) -> tuple[DraftDocument, ...]:
        """The documents of the lot."""
        return self.texts.documents

    @property
    def name(self) -> str:
        """« Lot 2 : Nettoyage »."""
        return f"Lot {self.lot.number}\u00a0: {self.lot.title}"


@dataclass(frozen=True, slots=True)
class WholeTexts:
    """Every lot of a purchase, in order."""

    purchase: Purchase
    parts: tuple[LotPart, ...]

    @property
    def has_anything(self) -> bool:
        """Whether one lot at least has a text or reasons."""
        return any(part.documents or part.has_no_clause for part in self.parts)

    @property
    def unsaid(self) -> tuple[LotPart, ...]:
        """The lots of which nothing is proposed yet."""
        return tuple(part for part in self.parts if part.texts.choice is None)

    @property
    def gaps(self) -> int:
        """How many values are left to fill, over every lot."""
        return sum(len(part.texts.gaps) for part in self.parts)

    @property
    def is_ready(self) -> bool:
        """Whether every lot is signed, and every text ready for the lawyer."""
        return bool(self.parts) and all(
            part.texts.is_signed and (part.has_no_clause or part.texts.is_ready_for_lawyer)
            for part in self.parts
        )


def whole_texts(purchase: Purchase) -> WholeTexts:
    """The texts of every present lot. Raises ClauseError for a typed value refused."""
    prefetch_related_objects([purchase], "contacts")
    lots = list(purchase.lots.present())
    for lot in lots:
        lot.purchase = purchase
    found = texts_of_lots(lots, siblings=lots)
    return WholeTexts(purchase, tuple(LotPart(lot, found[lot.pk]) for lot in lots))


def as_file(whole: WholeTexts, target: str) -> tuple[bytes, str]:
    """Every lot in one file, each document on its page, and its media type. `target`: a key of FORMATS.

    Raises KeyError, DocumentError; StudyRefusedError when there is nothing to write.
    """
    _refuse_empty(whole)
    maker, media_type = _MAKERS[target], FORMATS[target]
    markdown = (
        "\n\n".join([f"# {escape(_title(whole))}", contents(whole), *map(_part, _written(whole))]) + "\n"
    )
    paged = {"has_parts": True} if target in PAGED else {}
    return maker(markdown, title=_title(whole), **paged), media_type  # type: ignore[operator]


def as_zip(whole: WholeTexts) -> bytes:
    """A folder a lot, in order, its documents in Word, and the contents at the top.

    Raises DocumentError; StudyRefusedError when there is nothing to write.
    """
    _refuse_empty(whole)
    is_split = sum(len(part.documents) for part in whole.parts) <= MOST_FILES
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bundle:
        head = f"# {escape(_title(whole))}\n\n{contents(whole, is_bundle=True)}\n"
        bundle.writestr("00-sommaire.docx", to_docx(head, title=_title(whole)))
        for part in _written(whole):
            for name, content in _files(part, is_split=is_split):
                bundle.writestr(f"{folder(part.lot)}/{name}", content)
    return buffer.getvalue()


def folder(lot: Lot) -> str:
    """« lot-02-nettoyage-des-locaux »: sorts in the order of the lots."""
    return f"lot-{lot.number or 0:02d}-{_plain(lot.title)[:40].strip('-') or 'lot'}"


def contents(whole: WholeTexts, *, is_bundle: bool = False) -> str:
    """What the purchase is, then every lot with its decision and its documents, in Markdown."""
    purchase = whole.purchase
    facts = {
        "Acheteur": purchase.organisation.name,
        "Marché": purchase.title + (f" ({purchase.reference})" if purchase.reference else ""),
        "Lots": str(len(whole.parts)),
        "État": "prêt pour le juriste" if whole.is_ready else _left(whole),
    }
    lines = ["| | |", "|:----------------|:------------------------------------------------|"]
    lines += [f"| **{name}** | {escape(value)} |" for name, value in facts.items()]
    lines += ["", "**Sommaire**", ""]
    for part in whole.parts:
        lines += [f"**{escape(part.name)}**", "", escape(_decided(part)), ""]
        if is_bundle and part in _written(whole):
            lines += [f"Dossier : {escape(folder(part.lot))}", ""]
        lines += [f"{number}. {one.title}" for number, one in enumerate(part.documents, 1)]
        lines += ["1. Motifs de l’absence de clause"] if part.has_no_clause else []
        lines += [""]
    return "\n".join(lines)


def _title(whole: WholeTexts) -> str:
    return f"Textes de tous les lots\u00a0: {whole.purchase.title}"


def _left(whole: WholeTexts) -> str:
    said = []
    unsigned = sum(not part.texts.is_signed for part in whole.parts)
    if unsigned:
        said.append(f"{unsigned} lot{'s' if unsigned > 1 else ''} à signer")
    if whole.gaps:
        said.append(f"{whole.gaps} valeur{'s' if whole.gaps > 1 else ''} à compléter")
    return ", ".join(said) or "complet, des contrôles restent à passer"


def _decided(part: LotPart) -> str:
    choice = part.texts.choice
    if choice is None:
        return "Rien n’est encore proposé pour ce lot."
    word = "Signé" if part.texts.is_signed else "Proposé, pas encore signé,"
    return f"{word} le {day(choice.at)} : {part.said}."


def _written(whole: WholeTexts) -> Sequence[LotPart]:
    return [part for part in whole.parts if part.documents or part.has_no_clause]


def _part(part: LotPart) -> str:
    """A lot inside the whole file: its opening page, then each document under the name of the lot."""
    if part.has_no_clause:
        assert part.texts.choice is not None
        reasons = derogation_file.as_markdown(part.lot, part.texts.choice).partition("\n")[2].strip()
        return f"## {escape(part.name)}, absence de clause\n\n{lowered(reasons)}"
    pages = [f"## {escape(part.name)}\n\n{opening(part.lot, part.texts)}"]
    pages += [
        f"## Lot {part.lot.number}\u00a0: {one.title}\n\n{lowered(one.markdown.strip())}"
        for one in part.documents
    ]
    return "\n\n".join(pages)


def _files(part: LotPart, *, is_split: bool) -> Sequence[tuple[str, bytes]]:
    if part.has_no_clause:
        assert part.texts.choice is not None
        return [("motifs-sans-clause.docx", derogation_file.written(part.lot, part.texts.choice, "docx")[0])]
    if not is_split:
        content, _ = export(part.documents, "docx", title=part.name, opening=opening(part.lot, part.texts))
        return [("textes.docx", content)]
    return [
        (f"{number:02d}-{_plain(one.title)[:60].strip('-')}.docx", export([one], "docx", title=one.title)[0])
        for number, one in enumerate(part.documents, 1)
    ]


def _plain(text: str) -> str:
    letters = (
        unicodedata.normalize("NFKD", text.lower().replace("œ", "oe")).encode("ascii", "ignore").decode()
    )
    return _NOT_IN_NAMES.sub("-", letters).strip("-")


def _refuse_empty(whole: WholeTexts) -> None:
    if not whole.has_anything:
        raise StudyRefusedError(
            "Aucun lot n’a encore de texte : ils suivent les leviers proposés dans l’étude."
        )
