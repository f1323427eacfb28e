"""Finishes what pandoc makes of an office file: tables that hold together, and each part on a page of its own."""

import io
import re
import zipfile
from collections.abc import Callable

# How the line to sign starts, in every text of ours.
SIGNED = "Nom, qualité"
# In the order of the schema: Word mends a file that changes it, with a warning.
_WORD_ROW = re.compile(r"<w:tr>(<w:trPr>)?")
# What introduces a table or a list stays on its page, and « Fait à… » with the line to sign: the paragraph before, with its own properties.
_WORD_LEAD = re.compile(
    r"<w:p>(?:(?!</?w:p>).)*</w:p>"
    rf'(?=\s*(?:<w:tbl>|<w:p><w:pPr><w:pStyle w:val="\w+" /><w:numPr>|<w:p><w:pPr>[^?]{{0,60}}</w:pPr><w:r><w:t [^>]*>{SIGNED}))',
    re.DOTALL,
)
_WORD_TABLE = re.compile(r"<w:tbl>.*?</w:tbl>", re.DOTALL)
# A table up to so many rows is read at one glance: it changes page whole.
_WHOLE_TABLE_ROWS = 9
_WORD_STYLED = re.compile(r"(<w:pStyle [^>]*/>)")
_WORD_PART = '<w:pStyle w:val="Heading1" />'
_TEXT_PART = 'text:style-name="Heading_20_1"'
_EDGE, _GROUND = "#b9c2c7", "#eef3f3"
_TEXT_STYLES = (
    '<style:style style:name="WholeRow" style:family="table-row">'
    '<style:table-row-properties fo:keep-together="always"/></style:style>'
    '<style:style style:name="PartHeading" style:family="paragraph" style:parent-style-name="Heading_20_1">'
    '<style:paragraph-properties fo:break-before="page"/></style:style>'
)


def finish_word(content: bytes, *, has_parts: bool) -> bytes:
    """No row or short table cut between two pages, none apart from what introduces it.

    `has_parts`: each heading of the first level opens a page.
    """

    def edit(xml: str) -> str:
        xml = _WORD_ROW.sub(
            lambda row: "<w:tr><w:trPr><w:cantSplit />" + ("" if row[1] else "</w:trPr>"), xml
        )
        xml = _WORD_LEAD.sub(_kept_with_next, xml)
        xml = _WORD_TABLE.sub(_whole_table, xml)
        return xml.replace(_WORD_PART, f"{_WORD_PART}<w:pageBreakBefore />") if has_parts else xml

    return _edited(content, "word/document.xml", edit)


def _kept_with_next(lead: re.Match[str]) -> str:
    if "<w:numPr>" in lead[0]:
        return lead[0]  # an item of a list, not what introduces it
    return _WORD_STYLED.sub(r"\1<w:keepNext />", lead[0], count=1)


def _whole_table(table: re.Match[str]) -> str:
    *rows, last = table[0].split("<w:tr>")
    if len(rows) > _WHOLE_TABLE_ROWS:
        return table[0]
    return "<w:tr>".join([*(_WORD_STYLED.sub(r"\1<w:keepNext />", row) for row in rows), last])


def finish_text(content: bytes, *, has_parts: bool) -> bytes:
    """The same for OpenDocument, whose tables pandoc leaves without a line."""

    def edit(xml: str) -> str:
        xml = xml.replace("</office:automatic-styles>", f"{_TEXT_STYLES}</office:automatic-styles>", 1)
        for cell, ground in (
            ("TableHeaderRowCell", f' fo:background-color="{_GROUND}"'),
            ("TableRowCell", ""),
        ):
            xml = re.sub(
                rf'<style:style style:name="{cell}".*?</style:style>',
                f'<style:style style:name="{cell}" style:family="table-cell"><style:table-cell-properties '
                f'fo:border="0.5pt solid {_EDGE}" fo:padding="0.1cm"{ground}/></style:style>',
                xml, count=1, flags=re.DOTALL,
            )  # fmt: skip
        xml = xml.replace("<table:table-row>", '<table:table-row table:style-name="WholeRow">')
        return xml.replace(_TEXT_PART, 'text:style-name="PartHeading"') if has_parts else xml

    return _edited(content, "content.xml", edit)


def _edited(content: bytes, name: str, edit: Callable[[str], str]) -> bytes:
    """The same archive with one member rewritten, the others byte for byte."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(made, "w") as target:
        for entry in source.infolist():
            held = source.read(entry)
            target.writestr(entry, edit(held.decode()).encode() if entry.filename == name else held)
    return made.getvalue()
