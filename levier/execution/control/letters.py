"""The letter of one step of a default, in Word, OpenDocument or tagged PDF; what is not known or confirmed stands out."""

from datetime import date
from decimal import Decimal
from importlib.resources import files

from django.utils import timezone

from levier.clauses.rendering import render
from levier.clauses.rules import MARK, rule
from levier.core.documents import to_docx, to_odt, to_pdf
from levier.core.documents.converting import escape
from levier.core.typography import day, euros, figure, hours
from levier.execution.control.defaults import OUTCOMES
from levier.execution.control.penalties import clause_of
from levier.execution.models import DefaultStep, StepKind
from levier.execution.queries.balances import balances, total

FORMATS = {
    "pdf": (to_pdf, "application/pdf"),
    "docx": (to_docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "odt": (to_odt, "application/vnd.oasis.opendocument.text"),
}
_ARTICLES = ("L2112-2",)
_GAPS = {
    "buyer": "acheteur", "holder": "titulaire", "facilitator": "facilitateur", "title": "objet du contrat",
    "reference": "référence du contrat", "starts_on": "début", "ends_on": "fin", "due": "heures dues",
    "done": "heures faites", "left": "heures qui manquent", "deadline": "date", "article": "article du contrat",
    "on": "date", "signer": "nom et qualité", "outcome": "décision", "amount": "montant", "proposed": "montant proposé",
}  # fmt: skip


def written(step: DefaultStep, form: str) -> tuple[bytes, str]:
    """The file and its media type. `form` is a key of FORMATS. Raises KeyError, DocumentError."""
    maker, media_type = FORMATS[form]
    return maker(as_markdown(step), title=step.get_kind_display()), media_type


def as_markdown(step: DefaultStep) -> str:
    """The letter; hours are those of the day of the step, everything somebody typed is escaped."""
    template = (files("levier.execution.control") / "letters" / f"{step.kind}.md").read_text(encoding="utf-8")
    filled = render(template, _values(step), _GAPS, name=step.kind).markdown
    typed = "\n\n".join(escape(line) for line in step.text.splitlines() if line.strip())
    for mark, words in (("texte", typed), ("detail", _detail(step)), ("articles", _articles())):
        filled = filled.replace(f"[[{mark}]]", words)
    return filled


def _values(step: DefaultStep) -> dict[str, str]:
    contract, on = step.procedure.contract, timezone.localdate(step.at)
    whole = total(balances(by="commitment", contract=contract.pk, known_at=step.at))
    clause = clause_of(contract)
    facts = step.facts
    values = {
        "buyer": contract.buyer.name, "holder": contract.holder.name,
        "facilitator": (contract.facilitator or contract.buyer).name, "title": contract.title,
        "reference": contract.reference, "starts_on": day(contract.starts_on), "ends_on": day(contract.ends_on),
        "due": f"{figure(whole.due, 2)} h", "done": f"{figure(whole.done, 2)} h",
        "left": f"{figure(max(whole.left, Decimal()), 2)} h", "deadline": _day(step.deadline), "on": day(on),
        "article": clause.article if clause else "", "signer": step.by_label,
    }  # fmt: skip
    if step.kind == StepKind.DECISION:
        values |= {
            "outcome": OUTCOMES[facts["outcome"]],
            "amount": euros(Decimal(facts["amount"]), 2),
            "proposed": euros(Decimal(facts["proposed"]), 2),
        }
    return values


def _detail(step: DefaultStep) -> str:
    """The way to the amount proposed, line by line."""
    is_decision = step.kind == StepKind.DECISION
    facts = DefaultStep.objects.get(pk=step.facts["proposal"]).facts if is_decision else step.facts
    if "lines" not in facts:
        return ""
    parts = []
    for one in facts["lines"]:
        doubt = f" {MARK}" if one["is_to_confirm"] else ""
        parts.append(f"- **{escape(one['label'])}** : {euros(Decimal(one['amount']), 2)}{doubt}")
        parts += [f"    - {escape(line)}" for line in one["trace"]]
    if Decimal(facts["excused_hours"]):
        parts.append(
            f"- Heures non imputables au titulaire : {hours(Decimal(facts['excused_hours']))}. {escape(facts['excused_reason'])}"
        )
    parts += [f"- {escape(line)}" for line in facts["trace"]]
    words = "\n".join(parts)
    if facts["questions"] and not is_decision:
        words += "\n\nÀ trancher avant de décider :\n\n" + "\n".join(
            f"- {escape(one)}" for one in facts["questions"]
        )
    return words


def _articles() -> str:
    """The articles the letter rests on, each with the mark of what is not confirmed."""
    told = []
    for code in _ARTICLES:
        known = rule(code)
        told.append(f"{code} ({known.label}){'' if known.status == 'confirmed' else f' {MARK}'}")
    return f"Textes : code de la commande publique, {' ; '.join(told)} ; article sur l’insertion du CCAG cité par le contrat {MARK}."


def _day(value: date | None) -> str:
    return day(value) if value else ""
