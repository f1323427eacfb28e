"""Owns what an organisation may write in its own version of a text: what it starts from, and what is refused."""

from dataclasses import replace

from levier.clauses.checks import check
from levier.clauses.drafting import UNSAID, house_paths, house_text
from levier.clauses.gaps import GAPS
from levier.clauses.library import UnknownText, version_of
from levier.clauses.recipes import RECIPES
from levier.clauses.rendering import Choice, TemplateError, assemble, fields_of, render, slots_of
from levier.clauses.result import Control, EditedText
from levier.clauses.sentences import FIELD_TO_FILL
from levier.clauses.values import PENALTY_KINDS

LONGEST = 40_000
# The paragraphs that follow the need: kept open in a copy, so that it still fits the next contract.
SLOTS = {
    "part_hours": "l’engagement d’heures (fixe, par montant facturé, avec reprise de personnel, en emplois)",
    "part_residence": "l’absence de condition de résidence, ou la priorité d’un programme",
    "part_kept": "la condition retenue, dans la note au dossier",
    "part_effort": "ce que l’engagement représente de travail, fixe ou selon les montants facturés",
    "part_derogations": "les dérogations au cahier des clauses administratives générales, s’il y en a un",
    "part_clause_end": "la résiliation et les dérogations, après l’article de la clause",
    "part_end": "la résiliation et les dérogations, après l’article du critère",
    "part_pace": "comment l’objectif d’un engagement volontaire suit les montants facturés",
    "part_share": "le titre de la colonne des membres, en heures ou en part",
    "part_split": "le total des heures d’un groupement, fixe ou selon les montants facturés",
    **{f"part_penalty_{kind}": "la ligne d’une pénalité, si l’acheteur la garde" for kind in PENALTY_KINDS},
    "programme_legal": "la phrase du programme (ANRU, Grand Paris…), s’il y en a un",
    "programme_publics": "les publics du programme",
    "programme_hours": "la part d’heures du programme",
    "programme_rc": "la phrase du programme dans le règlement",
}
# Kept open only in a text that serves every trade.
TRADE_SLOTS = {
    f"trade_{name}": f"le paragraphe propre au métier ({where})"
    for name, where in (
        ("window", "période d’exécution"), ("modalities", "modalités"), ("tutor", "tuteur"), ("control", "contrôle"),
        ("rc", "règlement"), ("cctp", "cahier technique"), ("fiche", "fiche du candidat"),
    )
}  # fmt: skip
# What fills the slots while no need says which: fixed hours, no general conditions chosen.
_ANY_PARTS = {
    "hours": "hours_fixed", "kept": "kept_hours", "effort": "effort_hours", "split": "split_hours", "share": "share_hours",
    "clause_end": "end", "derogations": UNSAID.removeprefix("parts/"), "pace": None,
}  # fmt: skip
# What a template can be controlled on before any value is given.
_ON_WORDS = frozenset(
    {"freedom_of_means", "no_local_preference", "contract_criterion", "confirmed_rules", "personal_data", "buyer_decides"}
)  # fmt: skip
_BY_DOCUMENT = {
    "avis": {"announced_in_notice"},
    "ae": {"member_split"},
    "ccap": {"penalty_amounts", "facilitator_contact"},
    "contrat": {"penalty_amounts", "facilitator_contact"},
}


def copy_of(lever: str, document: str, trade: str) -> str:
    """Our text as an organisation starts from it: the paragraphs that follow the need stay open."""
    return house_text(lever, document, trade=trade, kept=frozenset(slots_for(trade)))


def slots_for(trade: str) -> dict[str, str]:
    """The slots a text may call, with what they bring."""
    return SLOTS if trade else SLOTS | TRADE_SLOTS


def versions_of(lever: str, document: str, trade: str) -> dict[str, int]:
    """The version of each of our texts the copy is made of."""
    found = {}
    for path in house_paths(lever, document, trade=trade):
        try:
            found[path] = version_of(path).version
        except UnknownText:
            continue
    return found


def newer_than(based_on: dict[str, int], lever: str, document: str, trade: str) -> tuple[str, ...]:
    """Our texts that have changed since an organisation wrote its own beside them."""
    now = versions_of(lever, document, trade)
    return tuple(path for path, version in now.items() if based_on.get(path, version) != version)


def problem_of(markdown: str, lever: str) -> str:
    """Why a text cannot be used, in one French sentence; empty when it can."""
    text = markdown.strip()
    if not text:
        return "Le texte est vide. Pour reprendre le nôtre, utilisez « Revenir au texte de la maison »."
    if len(text) > LONGEST:
        return f"Le texte est trop long : {LONGEST} signes au plus."
    unknown = [slot for slot in slots_of(text) if slot not in SLOTS | TRADE_SLOTS]
    if unknown:
        return f"Le paragraphe « {{{unknown[0]}}} » n’existe pas ici. Choisissez dans la liste, ou écrivez-le en toutes lettres."
    missing = [name for name in fields_of(text) if name not in GAPS]
    if missing:
        return f"Le champ « {{{missing[0]}}} » n’existe pas. Choisissez dans la liste des champs."
    try:
        render(assemble(text, _any_choice(lever)).text, {}, GAPS, name="votre texte")
    except TemplateError as problem:
        return str(problem)
    return ""


def shown(markdown: str, lever: str) -> str:
    """The text as it will read before any value is given: each field between brackets."""
    return render(assemble(markdown, _any_choice(lever)).text, {}, GAPS, name="votre texte").markdown


def controls_of(markdown: str, lever: str, document: str, title: str) -> tuple[Control, ...]:
    """The checks that make sense on one text without values."""
    wanted = _ON_WORDS | _BY_DOCUMENT.get(document, set())
    found = check([EditedText(document, title, shown(markdown, lever))], lever=lever)
    return tuple(_without_gaps(control) for control in found if control.code in wanted)


def _without_gaps(control: Control) -> Control:
    """The same control, what only waits for a value of the contract left out."""
    left = tuple(one for one in control.findings if not FIELD_TO_FILL.search(one.excerpt))
    if len(left) == len(control.findings):
        return control
    return replace(control, findings=left, outcome=control.outcome if left else "ok")


def _any_choice(lever: str) -> Choice:
    folder = RECIPES[lever].lever_folder if lever in RECIPES else ""
    return Choice(_ANY_PARTS, lever=folder or lever)
