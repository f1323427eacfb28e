"""Converts Markdown: pandoc for DOCX, ODT, HTML and plain text, pandoc then typst for a tagged PDF (PDF/UA-1)."""

import html
import re
import tempfile
import unicodedata
from importlib import resources
from pathlib import Path

import pypandoc
import typst

from levier.core.documents.finishing import SIGNED, finish_text, finish_word
from levier.core.documents.word_style import note_reference

# Raw HTML or TeX typed in a need must come out as text, never as markup.
_FORMAT = "markdown-raw_html-raw_tex-raw_attribute-tex_math_dollars-citations-fancy_lists"


# A second lock behind the escaping: pandoc itself refuses to read a file or an address.
_SANDBOX = "--sandbox"
# « [à compléter : …] » and « [à confirmer] »: what still waits for somebody stands out in every format.
_WAITING = re.compile(r"\[(à (?:compléter|confirmer)[^\[\]]*)\]")
# A paragraph of running text right before a table, a list or the line to sign, as pandoc writes typst: it stays on its page.
_LEAD = re.compile(rf"(?<=\n\n|>\n)([^\n#=+\-/<)\]][^\n]*(?:\n[^\n]+)*)(?=\n\n(?:#figure\(|[-+] |{SIGNED}))")
_TEXT_WIDTH = 100
_FOLDER = resources.files("levier.core") / "documents"
# Every blank but those that hold a figure and its unit together.
_BLANKS = re.compile(r"[^\S\u00a0\u202f]+")


class DocumentError(RuntimeError):
    """The document could not be made; the message is a French sentence."""


def to_docx(markdown: str, *, title: str, is_note: bool = False, has_parts: bool = False) -> bytes:
    """A Word file from Markdown; an opening « # » is its title. `is_note`: one or two pages, set tighter.

    `has_parts`: each « ## » is a piece that travels alone, and opens a page. Raises DocumentError.
    """
    return finish_word(_with_pandoc(markdown, title, "docx", is_note=is_note), has_parts=has_parts)


def to_odt(markdown: str, *, title: str, has_parts: bool = False) -> bytes:
    """An OpenDocument file from Markdown, like `to_docx`. Raises DocumentError."""
    return finish_text(_with_pandoc(markdown, title, "odt"), has_parts=has_parts)


def to_pdf(
    markdown: str,
    *,
    title: str,
    is_note: bool = False,
    has_parts: bool = False,
    drawing: tuple[str, str] | None = None,
) -> bytes:
    """A tagged PDF (PDF/UA-1) from Markdown; `is_note`: one or two pages, set small; parts as in `to_docx`.

    `drawing`: an SVG of ours to stand at the end, 3 cm wide, and its meaning in words. Raises DocumentError.
    """
    style = (_FOLDER / "style.typ").read_text(encoding="utf-8")
    try:
        body = pypandoc.convert_text(_highlighted(markdown), "typst", format=_FORMAT, extra_args=[_SANDBOX])
        body = _LEAD.sub(r"#block(sticky: true)[\1]", body)
        options = f"is-note: {str(is_note).lower()}, has-parts: {str(has_parts).lower()}"
        source = f"{style}\n#show: levier.with(title: {_typst_string(title)}, {options})\n{body}"
        if drawing is not None:
            svg, meaning = map(_typst_string, drawing)
            source += f'\n#image(bytes({svg}), format: "svg", width: 3cm, alt: {meaning})\n'
        made = _compiled(source.encode())
    except (RuntimeError, OSError) as problem:
        raise DocumentError("Le PDF n’a pas pu être fabriqué. Essayez l’export Word.") from problem
    if made is None:
        raise DocumentError("Le PDF n’a pas pu être fabriqué. Essayez l’export Word.")
    return made


def to_html(markdown: str, *, title: str) -> bytes:
    """A page that stands alone, its style inside, ready to be read, printed or pasted. Raises DocumentError."""
    style = (_FOLDER / "style.css").read_text(encoding="utf-8")
    body = _converted(_highlighted(markdown), "html5")
    page = (
        f'<!DOCTYPE html>\n<html lang="fr">\n<head>\n<meta charset="utf-8" />\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1" />\n'
        f"<title>{html.escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n{body}</main>\n"
        "</body>\n</html>\n"
    )
    return page.encode()


def to_text(markdown: str, *, title: str) -> bytes:
    """Plain text in UTF-8, lines of a hundred signs, tables drawn with signs. Raises DocumentError."""
    return _converted(markdown, "plain", f"--columns={_TEXT_WIDTH}").encode()


def escape(text: str) -> str:
    """Text typed by somebody, made safe inside Markdown: it shows as typed and marks nothing up."""
    # No-break spaces stay: « 1 250 h » must not be cut at the end of a line.
    one_line = _BLANKS.sub(" ", text).strip(" ")
    kept = "".join(char for char in one_line if unicodedata.category(char) != "Cc")
    return "".join(f"\\{char}" if char in "\\`*_{}[]()#+-.!|<>~^$@&\"'" else char for char in kept)


def _highlighted(markdown: str) -> str:
    return _WAITING.sub(r"[\\[\1\\]]{.mark}", markdown)


def _converted(markdown: str, target: str, *args: str) -> str:
    try:
        return str(pypandoc.convert_text(markdown, target, format=_FORMAT, extra_args=[_SANDBOX, *args]))
    except (RuntimeError, OSError) as problem:
        raise DocumentError("Le document n’a pas pu être fabriqué. Essayez un autre format.") from problem


def _with_pandoc(markdown: str, title: str, target: str, *, is_note: bool = False) -> bytes:
    with (
        tempfile.TemporaryDirectory() as folder,
        resources.as_file(_FOLDER / f"reference.{target}") as house,
    ):
        path = Path(folder) / f"document.{target}"
        reference = house
        if is_note:
            reference = Path(folder) / f"note.{target}"
            reference.write_bytes(note_reference())
        # An opening « # » is the document's title.
        extra = [_SANDBOX, "--metadata", f"title={title}", "--metadata", "lang=fr-FR"]
        extra += ["--shift-heading-level-by=-1", f"--reference-doc={reference}"]
        try:
            pypandoc.convert_text(
                _highlighted(markdown),
                target,
                format=_FORMAT,
                outputfile=str(path),
                extra_args=extra,
            )
            return path.read_bytes()
        except (RuntimeError, OSError) as problem:
            raise DocumentError("Le document n’a pas pu être fabriqué. Essayez un autre format.") from problem


def _compiled(source: bytes) -> bytes | None:
    """PDF/UA-1; a sign that no font of this machine draws would forbid it, and must not cost the document."""
    try:
        made = typst.compile(source, format="pdf", pdf_standards="ua-1")
    except RuntimeError as problem:
        if "could not be displayed" not in str(problem):
            raise
        made = typst.compile(source, format="pdf")
    return made if isinstance(made, bytes) else None


def _typst_string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
