"""From bytes to a tree, safely; and from the JSON in which the BOAMP republishes the same tree."""

import html
import re
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, ParseError, SubElement, TreeBuilder, XMLParser

# The longest notices seen hold a few hundred kilobytes; beyond this it is no notice.
LARGEST_NOTICE = 20_000_000
DEEPEST = 60

NAMESPACES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "efac": "http://data.europa.eu/p27/eforms-ubl-extension-aggregate-components/1",
    "efbc": "http://data.europa.eu/p27/eforms-ubl-extension-basic-components/1",
    "efext": "http://data.europa.eu/p27/eforms-ubl-extensions/1",
    "ext": "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2",
}


_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


class UnreadableNoticeError(ValueError):
    """This is no notice we can read; the message says what is missing and where, in French, without the file's name."""


class _NoDoctype(TreeBuilder):
    """A notice never has a document type: refusing it refuses entities, internal or external, before any is read."""

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        raise UnreadableNoticeError(
            "il déclare des entités (DOCTYPE), ce qu’aucun avis ne fait : il n’a pas été ouvert"
        )


def tree_of_xml(content: bytes) -> Element:
    """The root of an XML notice. Raises UnreadableNoticeError."""
    if len(content) > LARGEST_NOTICE:
        raise UnreadableNoticeError(f"il dépasse {LARGEST_NOTICE // 1_000_000} Mo")
    parser = XMLParser(target=_NoDoctype())  # noqa: S314 - no entity can be declared, see above
    try:
        parser.feed(content)
        root: Element = parser.close()
    except ParseError as problem:
        line, column = problem.position
        raise UnreadableNoticeError(
            f"ce n’est plus du XML à partir de la ligne {line}, colonne {column}"
        ) from None
    except (LookupError, ValueError) as problem:
        if isinstance(problem, UnreadableNoticeError):
            raise
        raise UnreadableNoticeError("son encodage n’est pas lisible") from None
    return root


def tree_of_json(content: Mapping[str, Any]) -> Element:
    """The root of a notice written as {"EFORMS": {"ContractNotice": {"cac:…": …}}}. Raises UnreadableNoticeError.

    Keys are prefixed names, « @name » an attribute, « #text » the text; a repeated element is a list. Texts have HTML
    entities in them.
    """
    wrapped = content.get("EFORMS")
    named = (
        [(key, value) for key, value in wrapped.items() if isinstance(value, Mapping)]
        if isinstance(wrapped, Mapping)
        else []
    )
    if len(named) != 1:
        raise UnreadableNoticeError("il n’est pas au format eForms")
    name, value = named[0]
    root = Element(_tag(name))
    _fill(root, value, 0)
    return root


def _fill(element: Element, value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise UnreadableNoticeError("ses éléments sont imbriqués sans fin")
    if not isinstance(value, Mapping):
        element.text = "" if value is None else unescaped(str(value))
        return
    for key, content in value.items():
        if key.startswith("@"):
            element.set(key[1:], str(content))
        elif key == "#text":
            element.text = unescaped(str(content))
        else:
            for one in content if isinstance(content, list) else [content]:
                _fill(SubElement(element, _tag(key)), one, depth + 1)


def unescaped(text: str) -> str:
    """A text as its writer typed it: the BOAMP escapes entities, now and then twice (« &amp;#039; »), and writes lines as <br/>."""
    return _BREAK.sub("\n", html.unescape(html.unescape(text)))


def _tag(name: str) -> str:
    prefix, colon, local = name.partition(":")
    return f"{{{NAMESPACES.get(prefix, prefix)}}}{local}" if colon else name
