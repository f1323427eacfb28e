"""Writes the styles of our Word and OpenDocument files, from pandoc's own: `python scripts/build_office_styles.py`."""

import io
import re
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pypandoc

FOLDER = Path(__file__).resolve().parent.parent / "levier" / "core" / "documents"
INK, ACCENT, LINE, GROUND = "1B1F24", "0B6E6E", "B9C2C7", "EEF3F3"
FONT = "Arial"
# A fixed date: the same pandoc gives the same bytes.
STAMP = (2026, 1, 1, 0, 0, 0)

_FOOTER = """<?xml version="1.0" encoding="UTF-8"?>
<w:ftr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:p><w:pPr><w:jc w:val="center"/></w:pPr>
<w:r><w:rPr><w:sz w:val="16"/></w:rPr><w:fldChar w:fldCharType="begin"/></w:r>
<w:r><w:rPr><w:sz w:val="16"/></w:rPr><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>
<w:r><w:rPr><w:sz w:val="16"/></w:rPr><w:fldChar w:fldCharType="end"/></w:r>
<w:r><w:rPr><w:sz w:val="16"/></w:rPr><w:t xml:space="preserve"> / </w:t></w:r>
<w:r><w:rPr><w:sz w:val="16"/></w:rPr><w:fldChar w:fldCharType="begin"/></w:r>
<w:r><w:rPr><w:sz w:val="16"/></w:rPr><w:instrText xml:space="preserve"> NUMPAGES </w:instrText></w:r>
<w:r><w:rPr><w:sz w:val="16"/></w:rPr><w:fldChar w:fldCharType="end"/></w:r></w:p></w:ftr>"""
_FOOTER_LINK = '<w:footerReference w:type="default" r:id="rIdFooter"/>'
_PAGE = (
    '<w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1134" w:right="1247" w:bottom="1134" w:left="1247" w:header="567" w:footer="567" w:gutter="0"/>'
)
_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{LINE}"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
# The order of the elements is the one of the schema: Word mends a file that changes it, with a warning.
_TABLE = f"""<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblBorders>{_BORDERS}</w:tblBorders><w:tblCellMar>
<w:top w:w="40" w:type="dxa"/><w:left w:w="90" w:type="dxa"/><w:bottom w:w="40" w:type="dxa"/><w:right w:w="90" w:type="dxa"/>
</w:tblCellMar></w:tblPr><w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr>
<w:shd w:val="clear" w:color="auto" w:fill="{GROUND}"/></w:tcPr></w:tblStylePr>"""


def _style(xml: str, name: str, paragraph: str, run: str) -> str:
    """Give a style its spacing and its letters; everything else it held on both is replaced."""
    pattern = rf'(<w:style [^>]*w:styleId="{name}">.*?)(</w:style>)'
    found = re.search(pattern, xml, re.DOTALL)
    assert found, f"pandoc's styles have no {name}"
    head = re.sub(
        r"<w:pPr>.*?</w:pPr>|<w:rPr>.*?</w:rPr>|<w:pPr />|<w:rPr />", "", found.group(1), flags=re.DOTALL
    )
    head = head.replace("<w:semiHidden />", "")
    made = f"{head}<w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr>{found.group(2)}"
    return xml.replace(found.group(0), made)


def _heading(level: int, before: int, size: int, colour: str) -> tuple[str, str]:
    return (
        f'<w:keepNext/><w:keepLines/><w:spacing w:before="{before}" w:after="80"/><w:outlineLvl w:val="{level}"/>',
        f'<w:b/><w:color w:val="{colour}"/><w:sz w:val="{size}"/><w:szCs w:val="{size}"/>',
    )


def word_styles(xml: str) -> str:
    """The style sheet of the Word file."""
    fonts = f'<w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:cs="{FONT}" w:eastAsia="{FONT}"/>'
    xml = re.sub(r"<w:rFonts [^>]*/>", "", xml, flags=re.DOTALL)
    xml = re.sub(
        r"<w:rPrDefault>.*?</w:rPrDefault>",
        f'<w:rPrDefault><w:rPr>{fonts}<w:color w:val="{INK}"/><w:sz w:val="20"/><w:szCs w:val="20"/>'
        '<w:lang w:val="fr-FR" w:eastAsia="fr-FR" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>',
        xml, flags=re.DOTALL,
    )  # fmt: skip
    xml = _style(
        xml, "BodyText", '<w:spacing w:before="60" w:after="120" w:line="264" w:lineRule="auto"/>', ""
    )
    xml = _style(xml, "Compact", '<w:spacing w:before="20" w:after="40" w:line="252" w:lineRule="auto"/>', "")
    xml = _style(
        xml, "Title", '<w:keepNext/><w:spacing w:before="0" w:after="240"/>',
        f'<w:b/><w:color w:val="{ACCENT}"/><w:sz w:val="34"/><w:szCs w:val="34"/>',
    )  # fmt: skip
    for name, parts in {
        "Heading1": _heading(0, 320, 26, ACCENT),
        "Heading2": _heading(1, 240, 22, INK),
        "Heading3": _heading(2, 200, 20, INK),
    }.items():
        xml = _style(xml, name, *parts)
    note = (
        '<w:pBdr><w:left w:val="single" w:sz="18" w:space="8" w:color="B7791F"/></w:pBdr>'
        '<w:spacing w:before="80" w:after="120"/><w:ind w:left="240"/>'
    )
    xml = _style(xml, "BlockText", note, "<w:i/>")
    return re.sub(
        r'(<w:style [^>]*w:styleId="Table">.*?<w:qFormat />).*?(</w:style>)',
        lambda match: f"{match.group(1)}{_TABLE}{match.group(2)}",
        xml, flags=re.DOTALL,
    )  # fmt: skip


def _word(files: dict[str, bytes]) -> dict[str, bytes]:
    def change(name: str, edit: Callable[[str], str]) -> None:
        files[name] = edit(files[name].decode()).encode()

    change("word/styles.xml", word_styles)
    change(
        "word/settings.xml",
        lambda xml: xml.replace('themeFontLang w:val="en-US"', 'themeFontLang w:val="fr-FR"'),
    )
    change(
        "word/document.xml",
        lambda xml: xml.replace("<w:sectPr>", f"<w:sectPr>{_FOOTER_LINK}").replace(
            "</w:sectPr>", f"{_PAGE}</w:sectPr>"
        ),
    )
    change(
        "[Content_Types].xml",
        lambda xml: xml.replace(
            "</Types>",
            '<Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            'wordprocessingml.footer+xml"/></Types>',
        ),
    )
    change(
        "word/_rels/document.xml.rels",
        lambda xml: xml.replace(
            "</Relationships>",
            '<Relationship Id="rIdFooter" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
            'footer" Target="footer1.xml"/></Relationships>',
        ),
    )
    return files | {"word/footer1.xml": _FOOTER.encode()}


_TITLE = (
    '<style:style style:name="Title" style:family="paragraph" style:parent-style-name="Standard" '
    'style:next-style-name="Text_20_body" style:class="chapter">'
    '<style:paragraph-properties fo:margin-top="0cm" fo:margin-bottom="0.4cm" fo:text-align="start" '
    'fo:keep-with-next="always"/><style:text-properties fo:font-size="17pt" fo:font-weight="bold" '
    f'fo:color="#{ACCENT.lower()}"/></style:style>'
)
_NOTE = (
    '<style:style style:name="Quotations" style:family="paragraph" style:parent-style-name="Standard" '
    'style:class="html"><style:paragraph-properties fo:margin-left="0.4cm" fo:margin-top="0.15cm" '
    'fo:margin-bottom="0.25cm" fo:padding-left="0.25cm" fo:border-left="2.5pt solid #b7791f"/>'
    '<style:text-properties fo:font-style="italic"/></style:style>'
)


def text_styles(xml: str) -> str:
    """The style sheet of the OpenDocument file: A4, our letters, French."""
    xml = xml.replace('fo:page-width="8.5in"', 'fo:page-width="21cm"').replace(
        'fo:page-height="11in"', 'fo:page-height="29.7cm"'
    )
    xml = re.sub(r'fo:margin-(top|bottom|left|right)="1in"', r'fo:margin-\1="2cm"', xml)
    xml = re.sub(r'fo:language="\w+"', 'fo:language="fr"', xml)
    xml = re.sub(r'fo:country="\w+"', 'fo:country="FR"', xml)
    for name, size, colour in (
        ("Heading_20_1", 13, ACCENT), ("Heading_20_2", 11, INK), ("Heading_20_3", 10.5, INK),
    ):  # fmt: skip
        xml = re.sub(
            rf'(<style:style style:name="{name}".*?<style:text-properties)([^>]*?)(/?>)',
            lambda match, size=size, colour=colour: (
                f'{match.group(1)} fo:font-size="{size}pt" fo:font-weight="bold" fo:color="#{colour.lower()}"{match.group(3)}'
            ),
            xml, count=1, flags=re.DOTALL,
        )  # fmt: skip
    xml = re.sub(
        r'(<style:default-style style:family="paragraph">.*?)fo:font-size="12pt"',
        r'\1fo:font-size="10pt"',
        xml,
        flags=re.DOTALL,
    )
    xml = xml.replace('style:font-name="Times New Roman"', f'style:font-name="{FONT}"')
    # pandoc's sheet has no title of its own, and notes without a mark: both are added.
    xml = re.sub(r'<style:style style:name="Quotations".*?</style:style>', "", xml, flags=re.DOTALL)
    return xml.replace("</office:styles>", f"{_TITLE}{_NOTE}</office:styles>")


def build(name: str, edit: Callable[[dict[str, bytes]], dict[str, bytes]]) -> None:
    """One reference file, from pandoc's."""
    pandoc = pypandoc.get_pandoc_path()
    source = subprocess.run(
        [pandoc, "--print-default-data-file", name], capture_output=True, check=True
    ).stdout
    with zipfile.ZipFile(io.BytesIO(source)) as archive:
        files = edit({entry: archive.read(entry) for entry in archive.namelist()})
    with zipfile.ZipFile(FOLDER / name, "w", zipfile.ZIP_DEFLATED) as made:
        for entry, content in files.items():
            stored = zipfile.ZIP_STORED if entry == "mimetype" else zipfile.ZIP_DEFLATED
            made.writestr(zipfile.ZipInfo(entry, STAMP), content, stored)


if __name__ == "__main__":
    build("reference.docx", _word)
    build(
        "reference.odt",
        lambda files: files | {"styles.xml": text_styles(files["styles.xml"].decode()).encode()},
    )
