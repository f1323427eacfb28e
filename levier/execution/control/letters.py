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
from levier.execution.control.addresses import letter_address
from levier.execution.control.defaults import OUTCOMES, figures_of, notice_deadline
from levier.execution.control.penalties import clause_of, terms_of
from levier.execution.models import Contract, ContractSide, DefaultStep, Regime, StepKind
from levier.rulebook.penalties import in_words

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
    "sender": "expéditeur", "holder_address": "adresse du titulaire", "holder_siren": "SIREN du titulaire",
    "attention": "nom du destinataire", "notified_on": "date de notification", "opened_on": "date d’ouverture",
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
    for mark, words in (_marks(step) | {"texte": typed}).items():
        filled = filled.replace(f"[[{mark}]]", words)
    return filled


def _marks(step: DefaultStep) -> dict[str, str]:
    """What depends on the procedure and not on a word: each is empty when there is nothing to say."""
    facilitator, asked = step.procedure.contract.facilitator, step.deadline
    all_means = "Le titulaire dit avoir mis en œuvre tous les moyens." if step.facts.get("all_means") else ""
    return {
        "rappel": _before(step), "entendu": _heard(step), "penalites": _penalties(step), "detail": _detail(step),
        "reponse": f"Merci de répondre avant le {day(asked)}." if asked else "Merci de répondre sans attendre.",
        "suites": _outcome(step), "articles": _articles(step.procedure.contract), "moyens": all_means,
        "copie": f"Copie : {escape(facilitator.name)}, qui suit la clause." if facilitator else "",
    }  # fmt: skip


def _values(step: DefaultStep) -> dict[str, str]:
    contract, on = step.procedure.contract, timezone.localdate(step.at)
    clause = clause_of(contract)
    facts = step.facts
    due, done = (
        (Decimal(facts[name]) for name in ("due", "done"))
        if "due" in facts
        else figures_of(contract, step.at)
    )
    holder = contract.holder
    contact = contract.contacts.filter(side=ContractSide.HOLDER).first()
    values = {
        "sender": _sender(step), "buyer": contract.buyer.name, "holder": holder.name,
        "holder_address": letter_address(contract).text, "holder_siren": f"SIREN {holder.siren}" if holder.siren else "",
        "attention": contact.name if contact else "",
        "facilitator": (contract.facilitator or contract.buyer).name, "title": contract.title,
        "reference": contract.reference, "notified_on": day(contract.notified_on),
        "starts_on": day(contract.starts_on), "ends_on": day(contract.ends_on),
        "opened_on": day(step.procedure.opened_at), "due": f"{figure(due, 2)} h", "done": f"{figure(done, 2)} h",
        "left": f"{figure(max(due - done, Decimal()), 2)} h", "deadline": _day(step.deadline), "on": day(on),
        "article": clause.article if clause else "", "signer": step.by_label,
    }  # fmt: skip
    if step.kind == StepKind.DECISION:
        values |= {
            "outcome": OUTCOMES[facts["outcome"]],
            "amount": euros(Decimal(facts["amount"]), 2),
            "proposed": euros(Decimal(facts["proposed"]), 2),
        }
    return values


def _sender(step: DefaultStep) -> str:
    """The buyer; the structure that follows for it, of a step that one of its people signed."""
    buyer, follower = step.procedure.contract.buyer, step.procedure.contract.facilitator
    is_followers = follower is not None and step.by_label.endswith(f", {follower.name[:90]}")
    return f"{follower.name}, pour {buyer.name}" if follower and is_followers else buyer.name


def _before(step: DefaultStep) -> str:
    """« Démarches précédentes : relance du 8 novembre 2026. »"""
    said = (StepKind.REMINDER, StepKind.MEETING, StepKind.NOTICE)
    done = step.procedure.steps.filter(kind__in=said, pk__lt=step.pk)
    told = " ; ".join(f"{one.get_kind_display().lower()} du {day(one.at)}" for one in done)
    return f"Démarches précédentes : {told}." if told else ""


def _heard(step: DefaultStep) -> str:
    """The observations received, or that none came in the time given."""
    earlier = list(step.procedure.steps.filter(pk__lt=step.pk))
    told = [one for one in earlier if one.kind == StepKind.OBSERVATIONS]
    if told:
        return f"Observations du titulaire reçues le {' et le '.join(day(one.at) for one in told)}."
    deadline = notice_deadline(earlier)
    return (
        f"Aucune observation n’a été reçue dans le délai, qui finissait le {day(deadline)}."
        if deadline
        else ""
    )


def _penalties(step: DefaultStep) -> str:
    """What the contract writes, a line each."""
    clause = clause_of(step.procedure.contract)
    rules = terms_of(clause).rules if clause else ()
    on = timezone.localdate(step.at)
    return "\n".join(f"- {escape(in_words(one, on))}" for one in rules) or f"- celles du contrat {MARK}"


def _outcome(step: DefaultStep) -> str:
    """How the amount is asked for, and how the contractor may contest; nothing of these when nothing is asked."""
    if step.kind != StepKind.DECISION:
        return ""
    if not Decimal(step.facts["amount"]):
        return "Aucune somme ne vous est demandée à ce titre."
    if step.procedure.contract.regime == Regime.VOLUNTARY:
        return (
            "Ce montant vous est demandé comme le contrat le prévoit. Vous pouvez contester cette décision par écrit, puis devant le "
            "juge compétent."
        )
    return (
        "Ce montant sera retenu sur les sommes qui vous sont dues au titre du contrat ou, à défaut, demandé par un titre de recettes.\n\n"
        "Vous pouvez contester cette décision par un mémoire en réclamation motivé, adressé à l’acheteur dans le délai que fixe le contrat "
        f"ou le CCAG auquel il renvoie {MARK}, puis devant le tribunal administratif."
    )


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
    is_said = any("non imputables" in line for one in facts["lines"] for line in one["trace"])
    if Decimal(facts["excused_hours"]) and not is_said:
        parts.append(
            f"- Heures non imputables au titulaire : {hours(Decimal(facts['excused_hours']))}. {escape(facts['excused_reason'])}"
        )
    parts += [f"- {escape(line)}" for line in [facts["waived_by"]] if line]
    # The first ones say again the amount of each line.
    parts += [f"- {escape(line)}" for line in facts["trace"][len(facts["lines"]) :]]
    words = "\n".join(parts)
    if facts["questions"] and not is_decision:
        words += "\n\nÀ trancher avant de décider :\n\n" + "\n".join(
            f"- {escape(one)}" for one in facts["questions"]
        )
    return words


def _articles(contract: Contract) -> str:
    """The articles the letter rests on, each with the mark of what is not confirmed; none of the public code in a private contract."""
    if contract.regime == Regime.VOLUNTARY:
        return ""
    told = []
    for code in _ARTICLES:
        known = rule(code)
        told.append(f"{code} ({known.label}){'' if known.status == 'confirmed' else f' {MARK}'}")
    return f"Textes : code de la commande publique, {' ; '.join(told)} ; article sur l’insertion du CCAG cité par le contrat {MARK}."


def _day(value: date | None) -> str:
    return day(value) if value else ""
