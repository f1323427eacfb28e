"""The look of a note of one or two pages in Word: the house's reference document, set tighter."""

import io
import re
import zipfile
from functools import cache
from importlib import resources

# What a note changes in `reference.docx`: the spaces around paragraphs and titles, the sizes (half points), margins.
_TIGHT = {
    "BodyText": ('w:before="60" w:after="120" w:line="264"', 'w:before="20" w:after="50" w:line="245"', 0),
    "Compact": ('w:before="20" w:after="40" w:line="252"', 'w:before="0" w:after="10" w:line="245"', 0),
    "Title": ('w:before="0" w:after="240"', 'w:before="0" w:after="80"', 30),
    "Heading1": ('w:before="320" w:after="80"', 'w:before="130" w:after="30"', 22),
    "Heading2": ('w:before="240" w:after="80"', 'w:before="90" w:after="20"', 20),
}
_BODY_SIZE = 19
_MARGINS = re.compile(r'(w:(?:top|bottom)=)"1134"')


@cache
def note_reference() -> bytes:
    """The reference document pandoc copies the styles of a note from."""
    house = (resources.files("levier.core") / "documents" / "reference.docx").read_bytes()
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(house)) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/styles.xml":
                content = _styles(content.decode()).encode()
            elif name == "word/document.xml":
                content = _MARGINS.sub(r'\1"850"', content.decode()).encode()
            target.writestr(name, content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _styles(xml: str) -> str:
    changed = re.sub(r'<w:(sz|szCs) w:val="20"', rf'<w:\1 w:val="{_BODY_SIZE}"', xml, count=2)
    for style, (before, after, size) in _TIGHT.items():
        found = re.search(rf'<w:style [^>]*w:styleId="{style}">.*?</w:style>', changed, re.DOTALL)
        if found is None:
            continue
        tight = found[0].replace(before, after)
        if size:
            tight = re.sub(r'<w:(sz|szCs) w:val="\d+"', rf'<w:\1 w:val="{size}"', tight)
        changed = changed.replace(found[0], tight)
    return changed
