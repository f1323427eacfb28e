"""The look of short notes in Word: A4, narrow margins, small titles in the house's colour, tables with lines."""

import io
import re
import subprocess
import zipfile
from collections.abc import Callable
from functools import cache, partial

import pypandoc

_ACCENT = "0B6E6E"
# Half points: the body of a note, its title, its headings.
_BODY, _SIZES = 20, {"Title": 32, "Heading1": 28, "Heading2": 23, "Heading3": 21}
_PAGE = (
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838" />'
    '<w:pgMar w:top="964" w:right="1077" w:bottom="907" w:left="1077" w:header="454" w:footer="454" w:gutter="0" />'
)
_LINES = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="B8C4C4" />'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


@cache
def note_reference() -> bytes:
    """The reference document pandoc copies its styles from: pandoc's own, made small."""
    found = subprocess.run(
        [pypandoc.get_pandoc_path(), "--print-default-data-file", "reference.docx"],
        capture_output=True,
        check=True,
    )
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(found.stdout)) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/styles.xml":
                content = _styles(content.decode()).encode()
            elif name == "word/document.xml":
                content = content.decode().replace("<w:sectPr>", _PAGE).encode()
            target.writestr(name, content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _styles(xml: str) -> str:
    """The same styles: sizes, spaces, the accent colour, lines in tables."""
    changed = xml.replace('<w:sz w:val="24" />', f'<w:sz w:val="{_BODY}" />', 1)
    changed = changed.replace('<w:szCs w:val="24" />', f'<w:szCs w:val="{_BODY}" />', 1)
    changed = changed.replace('<w:spacing w:after="200" />', '<w:spacing w:after="60" />', 1)
    changed = changed.replace('w:before="180" w:after="180"', 'w:before="50" w:after="50"')
    changed = changed.replace('w:before="36" w:after="36"', 'w:before="10" w:after="10"')
    changed = changed.replace('<w:lang w:val="en-US"', '<w:lang w:val="fr-FR"')
    for style, size in _SIZES.items():
        changed = _in_style(changed, style, partial(_small, size=size))
    changed = _in_style(changed, "Title", lambda text: text.replace('<w:jc w:val="center" />', ""))
    return _in_style(
        changed,
        "Table",
        lambda text: text.replace("<w:tblPr>", f"<w:tblPr><w:tblBorders>{_LINES}</w:tblBorders>"),
    )


def _small(style: str, size: int) -> str:
    text = re.sub(r'<w:(sz|szCs) w:val="\d+" />', rf'<w:\1 w:val="{size}" />', style)
    text = re.sub(r'w:before="\d+" w:after="\d+"', 'w:before="110" w:after="30"', text)
    text = re.sub(r"<w:color [^>]*/>", f'<w:color w:val="{_ACCENT}" />', text)
    return text if "<w:color" in text else text.replace("<w:sz ", f'<w:color w:val="{_ACCENT}" /><w:sz ', 1)


def _in_style(xml: str, style: str, change: Callable[[str], str]) -> str:
    pattern = re.compile(rf'<w:style [^>]*w:styleId="{style}">.*?</w:style>', re.DOTALL)
    return pattern.sub(lambda found: change(found[0]), xml, count=1)
