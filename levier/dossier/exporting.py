"""The dossier as a file: JSON for machines, Word, ODT and tagged PDF for the purchase's own file."""

import json
from collections.abc import Callable, Iterable

from levier.clauses.exporting import lowered
from levier.core.documents import to_docx, to_odt, to_pdf
from levier.core.documents.converting import escape
from levier.core.typography import day, euros, figure, kilometres, percent
from levier.dossier.answering import contact_line
from levier.dossier.presenting import values_understood
from levier.dossier.result import Dossier, Shelf
from levier.dossier.serialising import as_json
from levier.rulebook.levers import LeverAdvice
from levier.rulebook.levers.printing import OUTCOMES

FORMATS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "json": "application/json",
}
LABELS = {
    "cpv": "Objet (CPV)", "place": "Lieu", "amount_ht": "Montant estimé HT", "max_amount_ht": "Maximum HT",
    "months": "Durée", "takeover_hours": "Personnel à reprendre", "buyer_side": "Acheteur",
    "is_framework": "Accord-cadre", "is_concession": "Concession", "lot_count": "Lots", "programme": "Programme", "launch_date": "Lancement",
}  # fmt: skip


def export(dossier: Dossier, target: str) -> tuple[bytes, str]:
    """The file and its media type. ``target`` is a key of FORMATS. Raises DocumentError."""
    if target == "json":
        return json.dumps(as_json(dossier), ensure_ascii=False, indent=2).encode(), FORMATS["json"]
    makers: dict[str, Callable[..., bytes]] = {"pdf": to_pdf, "docx": to_docx, "odt": to_odt}
    title = f"Dossier d’achat : {dossier.need.object[:80]}"
    return makers[target](as_markdown(dossier), title=title), FORMATS[target]


def as_markdown(dossier: Dossier) -> str:
    """The dossier in reading order, as Markdown; everything somebody typed is escaped."""
    parts: list[str] = [f"# {escape(dossier.need.object[:1].upper() + dossier.need.object[1:])}"]
    parts.append(
        f"Dossier préparé avec Levier le {day(dossier.made_on)}. Le logiciel propose, l’acheteur décide."
    )
    parts += _section("Le besoin", _need_lines(dossier))
    answer = dossier.answer
    parts += _section(
        "La réponse en trois lignes",
        [escape(line) for line in (answer.lever, answer.hours, answer.suppliers)],
    )
    parts += _section(
        "Questions qui décident", [escape(f"{one.text} {one.why}") for one in dossier.questions]
    )
    parts += ["## Les leviers", *[_lever(advice) for advice in dossier.retained_levers]]
    parts += _calculation(dossier)
    for shelf in (dossier.suppliers.work, dossier.suppliers.people, dossier.suppliers.unknown):
        parts += _shelf(shelf)
    first = dossier.facilitator.primary
    parts += ["## Le facilitateur", escape(contact_line(first)), escape(first.reason)]
    parts.append(f"À lui demander : {escape(first.ask)}")
    parts += _similar(dossier)
    if dossier.clause:
        parts.append("## Le texte à copier")
        parts += [
            f"### {document.title}\n\n{lowered(document.markdown, 2)}"
            for document in dossier.clause.documents
            if not document.is_extract
        ]
        parts += _section(
            "À vérifier avant usage", [escape(check) for check in dossier.clause.checks], level=3
        )
    parts += _steps(dossier)
    parts += _section("À savoir", [escape(warning) for warning in dossier.warnings])
    return "\n\n".join(parts) + "\n"


def _section(title: str, lines: Iterable[str], level: int = 2) -> list[str]:
    found = list(lines)
    return [f"{'#' * level} {title}", "\n".join(f"- {line}" for line in found)] if found else []


def _need_lines(dossier: Dossier) -> list[str]:
    values = values_understood(dossier.need)
    return [f"{label} : {escape(values[name])}" for name, label in LABELS.items() if values.get(name)]


def _lever(advice: LeverAdvice) -> str:
    lines = [
        f"### {escape(advice.title)} ({escape(advice.article)}) : {OUTCOMES.get(advice.outcome, '')}",
        escape(advice.reason),
    ]
    if advice.obligation:
        lines.append(f"**Obligation** : {escape(advice.obligation.text)}")
    if advice.documents:
        lines.append("À écrire dans : " + ", ".join(document.title for document in advice.documents) + ".")
    if advice.warnings:
        lines.append("\n".join(f"- {escape(warning)}" for warning in advice.warnings))
    return "\n\n".join(lines)


def _calculation(dossier: Dossier) -> list[str]:
    found = dossier.calibration
    if found is None or found.calibration is None:
        return []
    rows = ["| Élément | Valeur | Formule ou source | Statut |", "|:--|--:|:--|:--|"]
    for line in found.calibration.trace:
        status = {"to_confirm": "à confirmer", "confirmed": "confirmé"}.get(line.status, "")
        value = percent(line.value, 2) if line.unit == "part" else f"{figure(line.value, 2)} {line.unit}"  # type: ignore[arg-type]
        rows.append(
            f"| {escape(line.label)} | {escape(value)} | {escape(line.formula or line.source)} | {status} |"
        )
    return ["## Le calcul", *[escape(reason) for reason in found.reasons], "\n".join(rows)]


def _shelf(shelf: Shelf) -> list[str]:
    parts = [f"## {shelf.title}", escape(f"{figure(shelf.total)} structures {shelf.scope}. {shelf.note}")]
    if shelf.lines:
        rows = ["| Structure | Type | Lieu | Distance | Pourquoi |", "|:--|:--|:--|--:|:--|"]
        for line in shelf.lines:
            rough = "environ " if line.is_distance_rough and line.distance_km is not None else ""
            cells = (
                line.card.display_name,
                line.card.kind.name,
                line.card.place_label,
                rough + kilometres(line.distance_km),
                line.why,
            )
            rows.append("| " + " | ".join(escape(cell) for cell in cells) + " |")
        parts.append("\n".join(rows))
    return parts


def _similar(dossier: Dossier) -> list[str]:
    lines = [
        f"{escape(one.object)} : {euros(one.amount_ht)}, {escape(one.buyer)}"
        for one in dossier.similar_contracts
    ]
    return _section("Marchés semblables", lines)


def _steps(dossier: Dossier) -> list[str]:
    return _section(
        "La suite",
        [f"{day(step.day)} : {escape(step.title)} ({escape(step.who)})" for step in dossier.next_steps],
    )
