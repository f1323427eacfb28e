"""The document that goes to the purchase's file when a lot has no clause: case, reasons, date and author."""

from levier.clauses.models import ChoiceKind, LotChoice
from levier.core.documents import to_docx, to_odt, to_pdf
from levier.core.documents.converting import escape
from levier.core.typography import day, euros
from levier.purchasing.lot_facts import lot_facts, whole_amount
from levier.purchasing.models import Lot
from levier.rulebook import derogations
from levier.rulebook.levers import FactsError
from levier.rulebook.levers.thresholds_of import eu_thresholds

FORMATS = {
    "pdf": (to_pdf, "application/pdf"),
    "docx": (to_docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "odt": (to_odt, "application/vnd.oasis.opendocument.text"),
}


def written(lot: Lot, choice: LotChoice, form: str) -> tuple[bytes, str]:
    """The file and its media type. `form` is a key of FORMATS. Raises KeyError, DocumentError."""
    maker, media_type = FORMATS[form]
    return maker(as_markdown(lot, choice), title=f"Lot {lot.number} : absence de clause sociale"), media_type


def as_markdown(lot: Lot, choice: LotChoice) -> str:
    """The document; everything somebody typed is escaped."""
    purchase = lot.purchase
    case = choice.derogation_case
    is_signed = choice.kind == ChoiceKind.DECISION
    amount = whole_amount(purchase, purchase.lots.present())
    facts = [
        f"- Acheteur : {escape(str(purchase.organisation))}",
        f"- Achat : {escape(purchase.title)}"
        + (f" (référence {escape(purchase.reference)})" if purchase.reference else ""),
        f"- Lot {lot.number} : {escape(lot.title)}",
        f"- Montant estimé du besoin entier : {euros(amount)} HT"
        if amount
        else "- Montant estimé : non renseigné",
        f"- Lancement prévu : {day(purchase.launch_on)}"
        if purchase.launch_on
        else "- Lancement : non renseigné",
        *_threshold(lot),
    ]
    parts = ["# Absence de condition sociale : motifs", "\n".join(facts)]
    if case:
        parts += ["## Cas retenu", f"{escape(case.label)} ({case.article})."]
        if not case.is_confirmed:
            parts.append(
                "*La rédaction exacte de ce cas reste à confirmer dans le texte en vigueur avant signature.*"
            )
    parts += ["## Motifs", escape(choice.why_none)]
    if choice.remark:
        parts += ["## Remarque", escape(choice.remark)]
    who = escape(str(choice.by))
    parts += ["## Décision"]
    if is_signed:
        parts.append(f"Décidé le {day(choice.at)} par {who}, pour l’acheteur.")
    else:
        parts.append(
            f"Proposé le {day(choice.at)} par {who}. **La décision revient à l’acheteur : elle n’est pas signée.**"
        )
    parts.append(derogations.reasons_record(is_concession=purchase.is_concession))
    return "\n\n".join(parts) + "\n"


def _threshold(lot: Lot) -> list[str]:
    """The European threshold the duty is read on, when buyer, contract and launch say which."""
    try:
        found = {row.value for row in eu_thresholds(lot_facts(lot))}
    except FactsError:
        return []
    return [f"- Seuil européen en vigueur au lancement : {euros(found.pop())} HT"] if len(found) == 1 else []
