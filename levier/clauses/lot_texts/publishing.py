"""What is to publish of the lots of a purchase, as files: JSON (DECP, eForms, OCDS) and the XML of an eForms notice."""

import json
from collections.abc import Iterable, Sequence
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from levier.clauses.lot_texts.whole import LotPart, WholeTexts
from levier.clauses.publication import EformsField

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_NOTICE, _CAC, _CBC = (
    f"{_UBL}{name}-2" for name in ("ContractNotice", "CommonAggregateComponents", "CommonBasicComponents")
)
# Business term → where it stands in a lot, then the element that holds its code: as in the examples of the eForms SDK.
_PLACES = {
    "BT-71-Lot": (
        ("TenderingTerms", "TendererQualificationRequest", "SpecificTendererRequirement"),
        "TendererRequirementTypeCode",
    ),
    "BT-736-Lot": (("TenderingTerms", "ContractExecutionRequirement"), "ExecutionRequirementCode"),
    "BT-775-Lot": (("ProcurementProject", "ProcurementAdditionalType"), "ProcurementTypeCode"),
    "BT-06-Lot": (("ProcurementProject", "ProcurementAdditionalType"), "ProcurementTypeCode"),
}
NOT_DECIDED = "Rien n’est encore décidé pour ce lot : ne publiez pas « Pas de considération sociale »."
FORMATS = {"json": "application/json; charset=utf-8", "xml": "application/xml; charset=utf-8"}


def has_anything(whole: WholeTexts) -> bool:
    """Whether one lot at least has something to publish."""
    return any(part.texts.publication for part in whole.parts)


def as_json(whole: WholeTexts) -> bytes:
    """Every lot with its DECP field, its eForms codes, and one OCDS tender for all; a lot not decided says so."""
    lots = [_lot(part) for part in whole.parts]
    found = [part.texts.publication for part in whole.parts if part.texts.publication]
    ocds = [lot for one in found if one.ocds for lot in one.ocds["tender"]["lots"]]
    extensions = dict.fromkeys(address for one in found for address in one.ocds_extensions)
    document = {
        "purchase": {"title": whole.purchase.title, "reference": whole.purchase.reference},
        "lots": lots,
        "ocds": {"tender": {"lots": ocds}} if ocds else {},
        "ocds_extensions": list(extensions),
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def _lot(part: LotPart) -> dict[str, Any]:
    head = {"number": part.lot.number, "title": part.lot.title, "is_signed": part.texts.is_signed}
    if part.texts.publication is None:
        return head | {"decp": {}, "eforms": [], "notes": [NOT_DECIDED], "status": "confirmed"}
    given = part.texts.publication.as_dict()
    return head | {name: given[name] for name in ("decp", "eforms", "notes", "status")}


def as_xml(parts: Iterable[LotPart]) -> bytes:
    """The lots of an eForms notice with our four business terms in their places: a part of a notice, not a notice."""
    for prefix, space in (("", _NOTICE), ("cac", _CAC), ("cbc", _CBC)):
        ElementTree.register_namespace(prefix, space)
    root = Element(f"{{{_NOTICE}}}ContractNotice")
    root.append(
        ElementTree.Comment(" Extrait : les lots et leurs champs sociaux, à reprendre dans votre avis. ")
    )
    for part in parts:
        if part.texts.publication and part.texts.publication.eforms:
            _add_lot(root, f"LOT-{part.lot.number or 1:04d}", part.texts.publication.eforms)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _add_lot(root: Element, number: str, fields: Sequence[EformsField]) -> None:
    lot = SubElement(root, f"{{{_CAC}}}ProcurementProjectLot")
    SubElement(lot, f"{{{_CBC}}}ID", schemeName="Lot").text = number
    for term, (path, name) in _PLACES.items():
        for field in (one for one in fields if one.term == term):
            # The first step is shared by the terms of the lot, the others are each one's own.
            above = lot.find(f"{{{_CAC}}}{path[0]}")
            if above is None:
                above = SubElement(lot, f"{{{_CAC}}}{path[0]}")
            for step in path[1:]:
                above = SubElement(above, f"{{{_CAC}}}{step}")
            SubElement(above, f"{{{_CBC}}}{name}", listName=field.list_name).text = field.value
