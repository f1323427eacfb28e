"""Owns the files a draft leaves as: Word, OpenDocument, tagged PDF, HTML, plain text, Markdown."""

import re
from collections.abc import Callable, Sequence

from levier.clauses.result import Written
from levier.clauses.values import ClauseError
from levier.core.documents import to_docx, to_html, to_odt, to_pdf, to_text

FORMATS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
}
_MAKERS: dict[str, Callable[..., bytes]] = {
    "docx": to_docx,
    "odt": to_odt,
    "pdf": to_pdf,
    "html": to_html,
    "txt": to_text,
}


# These open a page for each document: each goes into a piece of its own.
PAGED = {"docx", "odt", "pdf"}


def export(
    documents: Sequence[Written], target: str, *, title: str = "", opening: str = ""
) -> tuple[bytes, str]:
    """The documents as one file, and its media type; the title is that of a lone document by default.

    `opening`: what the first page of several documents says, in Markdown.

    Raises ClauseError for an unknown format or no document, DocumentError when the file cannot be made.
    """
    if target not in FORMATS:
        raise ClauseError(f"Le format « {target} » n’existe pas : {', '.join(FORMATS)}.")
    if not documents:
        raise ClauseError("Il n’y a aucun document à exporter.")
    name = title or documents[0].title
    if target in PAGED and len(documents) > 1:
        opening = opening or _contents(documents)
    markdown = as_markdown(documents, title=name, opening=opening)
    if target == "md":
        return markdown.encode(), FORMATS[target]
    paged = {"has_parts": True} if target in PAGED and len(documents) > 1 else {}
    return _MAKERS[target](markdown, title=name, **paged), FORMATS[target]


def _contents(documents: Sequence[Written]) -> str:
    """The first page of several documents when nobody wrote another."""
    titles = [f"{number}. {document.title}" for number, document in enumerate(documents, 1)]
    head = "Ce fichier réunit plusieurs textes ; chacun se copie dans la pièce qui porte son nom."
    return "\n".join([head, "", *titles])


def as_markdown(documents: Sequence[Written], *, title: str, opening: str = "") -> str:
    """One text: its title, then the document; or the opening, and each document under its own heading."""
    if len(documents) == 1:
        text = documents[0].markdown.strip()
        if text.startswith("## ") and text.count("\n## ") == 0:
            # The document has a title of its own: it is the file's.
            return re.sub(r"^#(#+ )", r"\1", text, flags=re.MULTILINE) + "\n"
        return f"# {title}\n\n{text}\n"
    parts = [f"# {title}", opening] if opening else [f"# {title}"]
    parts += [f"## {document.title}\n\n{lowered(document.markdown.strip())}" for document in documents]
    return "\n\n".join(parts) + "\n"


def lowered(markdown: str, by: int = 1) -> str:
    """The same text with its headings further down, to stand inside a larger one."""
    return "\n".join(f"{'#' * by}{line}" if line.startswith("#") else line for line in markdown.splitlines())
