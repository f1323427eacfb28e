"""Owns the drafting of a clause: a lever, facts and choices in; documents, gaps, controls and rules quoted out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from levier.clauses import advising
from levier.clauses.checks import check
from levier.clauses.gaps import gaps_for
from levier.clauses.general_conditions import NONE
from levier.clauses.library import read, version_of
from levier.clauses.recipes import RECIPES, Piece, Recipe, condition_templates, duty_note
from levier.clauses.rendering import Assembled, Choice, assemble, numbered, render
from levier.clauses.result import ClauseDraft, DraftDocument, Gap
from levier.clauses.rules import marked, quoted
from levier.clauses.trades import ACTION, ACTION_LABEL, FRAMEWORK, TAKEOVER, UPKEEP, trade_labels, trade_of
from levier.clauses.unsplit import unsplit
from levier.clauses.values import PENALTY_KINDS, ClauseError, ClauseValues
from levier.clauses.words import filled
from levier.rulebook.levers import Facts, levers_for
from levier.rulebook.levers.conditions import IS_MANDATORY, TOO_FEW_HOURS
from levier.rulebook.levers.wording import spaced

Variant = Literal["fixed", "per_amount", "takeover", "headcount", "condition"]
# Variant -> (the part that says how hours are counted, its French name).
VARIANTS: dict[Variant, tuple[str, str]] = {
    "fixed": ("hours_fixed", "heures fixes"),
    "per_amount": ("hours_per_amount", "heures par montant facturé"),
    "takeover": ("hours_takeover", "personnel à reprendre"),
    "headcount": ("hours_headcount", "heures comptées en emplois"),
    # Mandatory social condition where hours make no sense: texts of their own, no part on hours.
    "condition": ("hours_fixed", "condition sociale sans heures"),
}
HOUR_LEVERS = frozenset({"L2112-2", "L2112-2-1", "L2112-2_R2152-7"})
CONDITION_LEVERS = frozenset({"L2112-2", "L2112-2-1"})
# What a contract says while nobody has said which general conditions it refers to.
UNSAID = "parts/derogations_to_say"
_DUTIES = ("L2112-2-1", "L3114-2-1")
# The parts that only some drafts hold, with the levers that call them.
_WITH_CRITERION = ("with_criterion_letter", "with_criterion_fiche", "with_criterion_rc")


@dataclass(frozen=True, slots=True)
class OwnText:
    """An organisation's own version of a document: its Markdown, slots and fields included, and its name."""

    markdown: str
    label: str
    is_action: bool = False


def has_text(lever_code: str) -> bool:
    """Say whether a first text exists for this lever."""
    return lever_code in RECIPES


def documents_of(lever_code: str) -> tuple[tuple[str, str], ...]:
    """The code and the title of each document of a lever. Raises ClauseError for a lever without a text."""
    return tuple((piece.document, piece.title) for piece in _recipe(lever_code).pieces)


# The very text drafted fulfils the duty: there is nothing to set aside.
_NO_DEROGATION = "aucune : la condition ci-dessus est retenue"


def draft(
    lever_code: str,
    *,
    facts: Facts,
    values: ClauseValues | None = None,
    variant: Variant | None = None,
    trade: str | None = None,
    own: Mapping[str, OwnText] | None = None,
    beside: Collection[str] = (),
) -> ClauseDraft:
    """Return the first text of a lever for this need.

    Hours are written only when the buyer gave `values.hours`; otherwise the gap shows the calibrated range.
    `variant` and `trade` are read from the facts when they are None. `own` gives an organisation's own text of
    a document, used in the place of ours. `beside`: the other levers drafted for the same lot, which may already
    hold the note on the duty. Raises ClauseError (French sentence) for a lever without a text, an
    unknown variant or trade, TemplateError for an own text that cannot be read.
    """
    recipe = _recipe(lever_code)
    if variant is not None and variant not in VARIANTS:
        raise ClauseError(f"La variante « {variant} » n’existe pas : {', '.join(VARIANTS)}.")
    given = values or ClauseValues()
    found_trade = _trade(trade, facts)
    advices = {advice.code: advice for advice in levers_for(facts)}
    advice = advices[lever_code]
    chosen: Variant = variant or variant_for(lever_code, facts, given, trade=trade)
    is_sliced = chosen == "per_amount"
    gaps = gaps_for(facts, trade=found_trade, is_unsplit=given.is_unsplit, is_per_amount=is_sliced)
    duty = next((code for code in _DUTIES if advices[code].outcome == "required"), "")
    ways = {"is_per_amount": is_sliced, "is_upkeep": found_trade in UPKEEP}
    words = filled(given, facts, is_mandatory=lever_code in _DUTIES or bool(duty), **ways)
    choice = _choice(lever_code, recipe, chosen, given, facts, found_trade)
    words["derogation"] = words.get("derogation") or _NO_DEROGATION
    note = () if duty in beside else duty_note(lever_code, duty)
    documents, missing = _written((*_kept(recipe, chosen), *note), chosen, choice, words, gaps, own or {})
    is_counted = lever_code in HOUR_LEVERS
    return ClauseDraft(
        lever=lever_code,
        title=advice.title,
        variant=VARIANTS[chosen][1] if is_counted else "",
        documents=tuple(documents),
        gaps=tuple(Gap(name, spaced(gaps[name])) for name in missing),
        checks=advising.warnings(advice, facts, given, chosen, recipe.checks if chosen != "condition" else ()),
        sources=tuple(dict.fromkeys((*recipe.sources, advice.source, *advising.penalty_sources(lever_code)))),
        trade=trade_labels().get(found_trade, ""),
        programme=words.get("name_of_programme", ""),
        rules=quoted(document.markdown for document in documents),
        controls=check(documents, lever=lever_code, facts=facts, values=given, is_in_hours=is_counted and chosen != "condition"),
    )  # fmt: skip


def house_text(lever_code: str, document: str, *, trade: str = "", kept: frozenset[str] = frozenset()) -> str:
    """Our own text of a document for one trade, its fields still open: what is read, and copied to be adapted.

    The slots in `kept` stay as they are. Raises ClauseError for a lever or a document without a text.
    """
    return "\n".join(one.text for one in _house(lever_code, document, trade, kept))


def house_paths(lever_code: str, document: str, *, trade: str = "") -> tuple[str, ...]:
    """The path of every text of ours a document is made of for one trade. Raises ClauseError as above."""
    piece = _piece(lever_code, document)
    parts = (path for one in _house(lever_code, document, trade, frozenset()) for path in one.paths)
    return tuple(dict.fromkeys((*_paths(piece, trade), *parts)))


def trades_of(lever_code: str) -> dict[str, str]:
    """Code → French name of what the texts of a lever may be asked for: the trades, and an action where a clause may ask one."""
    return trade_labels() | ({ACTION: ACTION_LABEL} if lever_code in CONDITION_LEVERS else {})


def _paths(piece: Piece, trade: str) -> tuple[str, ...]:
    """The templates of a document for a trade. Raises ClauseError when an action has no such document."""
    if trade != ACTION:
        return piece.templates
    if not (paths := condition_templates(piece)):
        raise ClauseError(f"Une action sans heures n’a pas de document « {piece.document} ».")
    return paths


def _piece(lever_code: str, document: str) -> Piece:
    piece = _recipe(lever_code).piece(document)
    if piece is None:
        raise ClauseError(f"Le levier « {lever_code} » n’a pas de document « {document} ».")
    return piece


def _house(lever_code: str, document: str, trade: str, kept: frozenset[str]) -> list[Assembled]:
    piece = _piece(lever_code, document)
    is_framework = trade == FRAMEWORK
    facts = Facts(is_framework=is_framework)
    variant: Variant = (
        "per_amount"
        if is_framework
        else "takeover"
        if trade == "cleaning"
        else "condition"
        if trade == ACTION
        else "fixed"
    )
    found_trade = "" if is_framework else _trade(trade, facts)
    choice = _choice(lever_code, _recipe(lever_code), variant, ClauseValues(), facts, found_trade)
    return [assemble(read(path), choice, kept=kept) for path in _paths(piece, trade)]


def variant_for(lever_code: str, facts: Facts, values: ClauseValues, *, trade: str | None = None) -> Variant:
    """How the hours are counted: chosen from the facts, then from what the buyer gave. Raises ClauseError."""
    if trade == ACTION and lever_code not in CONDITION_LEVERS:
        raise ClauseError(f"Le levier « {lever_code} » n’a pas de texte pour une action sans heures.")
    if lever_code in CONDITION_LEVERS and (
        trade == ACTION or _asks_an_action(values) or (IS_MANDATORY(facts) and TOO_FEW_HOURS(facts))
    ):
        return "condition"
    if values.tranche_hours is not None and values.hours is None:
        # Decided so, staff to take over or not: the text follows the decision.
        return "per_amount"
    if facts.has_staff_takeover or values.takeover_hours:
        return "takeover"
    if facts.is_framework or trade == FRAMEWORK:
        return "per_amount"
    if (
        _trade(trade, facts) == "cleaning"
        and facts.has_staff_takeover is None
        and values.takeover_hours is None
    ):
        # A cleaning contract nearly always moves its staff: the text asks before it counts.
        return "takeover"
    return "headcount" if values.headcount else "fixed"


def _asks_an_action(values: ClauseValues) -> bool:
    """Whether the buyer said an action (training, pupils welcomed…) and no hours: Article L2112-2 allows either."""
    return bool(values.social_condition) and values.hours is None and values.tranche_hours is None


def _recipe(lever_code: str) -> Recipe:
    if lever_code not in RECIPES:
        raise ClauseError(f"Aucun texte n’est écrit pour le levier « {lever_code} » : {', '.join(RECIPES)}.")
    return RECIPES[lever_code]


def _trade(trade: str | None, facts: Facts) -> str:
    """The trade asked for, else the one of the CPV code; a framework agreement keeps the trade of its code."""
    if trade and trade != ACTION and trade not in trade_labels():
        raise ClauseError(f"Le métier « {trade} » n’existe pas : {', '.join(trade_labels())}.")
    return trade if trade and trade not in (FRAMEWORK, ACTION) else trade_of(facts.cpv)


def _choice(
    lever_code: str, recipe: Recipe, variant: Variant, values: ClauseValues, facts: Facts, trade: str
) -> Choice:
    parts: dict[str, str | None] = {
        "hours": VARIANTS[variant][0],
        "kept": "kept_action" if variant == "condition" else "kept_hours",
        # No hours, no hours attested.
        "termination": "termination_condition" if variant == "condition" else "termination",
        "residence": "residence_programme" if facts.programme else "residence",
        "effort": "effort_per_amount" if variant == "per_amount" else "effort_hours",
        "split": "split_per_amount" if variant == "per_amount" else "split_hours",
        "derogations": _derogations(values),
        # The combined contract ends once, after what the criterion adds.
        "clause_end": None if lever_code == "L2112-2_R2152-7" else "end",
        # The clause names the facilitator a few lines above.
        "criterion_contact": None if lever_code == "L2112-2_R2152-7" else "criterion_contact",
        "pace": "pace" if variant == "per_amount" else None,
        "criterion_volume": "criterion_volume_with_clause"
        if lever_code == "L2112-2_R2152-7"
        else "criterion_volume",
        "share": "share_per_amount" if variant == "per_amount" else "share_hours",
    }
    parts |= {
        f"penalty_{kind}": f"penalty_{kind}" if kind in values.penalty_kinds else None
        for kind in PENALTY_KINDS
    }
    if recipe.is_concession and parts["penalty_hour"]:
        # Of twenty years perhaps: the hours are looked at before the end.
        parts["penalty_hour"] = "concession_penalty_hour"
    parts |= dict.fromkeys(_WITH_CRITERION, None) if "R2152-7" not in lever_code else {}
    trades = [trade] if trade else []
    if variant == "takeover" or facts.has_staff_takeover or values.takeover_hours:
        trades.append(TAKEOVER)
    else:
        parts |= {"takeover": None, "takeover_scope": None}
    if variant == "per_amount":
        # A framework whose hours are fixed (staff to take over) would contradict itself.
        trades.append(FRAMEWORK)
    # What the lever says of lots is its very object.
    is_unsplit = values.is_unsplit and lever_code != "L2113-10"
    return Choice(
        parts, tuple(trades), facts.programme, recipe.lever_folder or lever_code, is_unsplit, trade in UPKEEP
    )


def _derogations(values: ClauseValues) -> str | None:
    if not values.ccag:
        return UNSAID.removeprefix("parts/")
    return None if values.ccag == NONE else "derogations"


def _kept(recipe: Recipe, variant: Variant) -> tuple[Piece, ...]:
    if variant != "condition":
        return recipe.pieces
    return tuple(piece for piece in recipe.pieces if condition_templates(piece))


def _written(
    pieces: tuple[Piece, ...],
    variant: Variant,
    choice: Choice,
    words: Mapping[str, str],
    gaps: Mapping[str, str],
    own: Mapping[str, OwnText],
) -> tuple[list[DraftDocument], tuple[str, ...]]:
    """Every document, and the fields still to fill, once each, in the order they are met."""
    documents: list[DraftDocument] = []
    missing: dict[str, None] = {}
    for piece in pieces:
        document, asked = _document(piece, variant, choice, words, gaps, _own_of(piece, variant, own))
        documents.append(document)
        missing |= dict.fromkeys(_asked_once(asked, variant))
    return documents, tuple(missing)


def _own_of(piece: Piece, variant: Variant, own: Mapping[str, OwnText]) -> OwnText | None:
    """What the organisation wrote of this document; what it wrote of a clause in hours says nothing of an action."""
    found = own.get(piece.document)
    if found is None or condition_templates(piece) == piece.templates:
        return found
    return found if found.is_action == (variant == "condition") else None


def _document(
    piece: Piece,
    variant: Variant,
    choice: Choice,
    words: Mapping[str, str],
    gaps: Mapping[str, str],
    own: OwnText | None,
) -> tuple[DraftDocument, tuple[str, ...]]:
    paths = condition_templates(piece) if variant == "condition" else piece.templates
    sources = [own.markdown] if own else [read(path) for path in paths]
    assembled = [assemble(text, choice) for text in sources]
    text = "\n".join(one.text for one in assembled)
    if choice.is_unsplit and not own:
        text = unsplit(text)
    used = dict.fromkeys(() if own else paths) | dict.fromkeys(
        path for one in assembled for path in one.paths
    )
    rendered = render(numbered(text), words, gaps, name=piece.title)
    return (
        DraftDocument(
            code=piece.document,
            title=piece.title,
            markdown=marked(rendered.markdown),
            is_main=piece.is_main,
            is_extract=piece.is_extract,
            texts=tuple(version_of(path) for path in used),
            own=own.label if own else "",
        ),
        rendered.missing,
    )


def _asked_once(missing: tuple[str, ...], variant: Variant) -> tuple[str, ...]:
    # The annex repeats the hours of the article: it is one value to give, not two.
    hours = ("tranche_hours", "tranche_amount") if variant == "per_amount" else ("hours",)
    repeated = {
        "hours_commitment": hours,
        "hours_weeks": hours,
        "takeover_answer": ("takeover_hours",),
        "support": ("object",),
        "overseas": ("territory",),
    }
    return tuple(name for field in missing for name in repeated.get(field, (field,)))
