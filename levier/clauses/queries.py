"""Reads on the texts organisations keep of their own, and on ours as they are shown."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from levier.accounts.models import Role, User
from levier.clauses.drafting import OwnText, documents_of
from levier.clauses.models import TemplateVariant
from levier.clauses.own_texts import copy_of, problem_of
from levier.clauses.recipes import RECIPES
from levier.clauses.trades import ACTION, ACTION_LABEL, trade_labels
from levier.organisations.models import Organisation
from levier.rulebook.levers import Lever, lever

# Who writes clauses: those who buy, and those who help them.
WRITERS = (Role.BUYER, Role.FACILITATOR)
EVERY_TRADE = "tous les métiers"


@dataclass(frozen=True, slots=True)
class LeverTexts:
    """A lever and the documents it has, as (code, title)."""

    lever: Lever
    documents: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A paragraph of a comparison: the same in both, only in ours, or only in theirs."""

    kind: Literal["same", "ours", "theirs"]
    text: str


def all_lever_texts() -> tuple[LeverTexts, ...]:
    """Every lever with a text, in the order of the recipes."""
    return tuple(LeverTexts(lever(code), documents_of(code)) for code in RECIPES)


def trade_name(trade: str) -> str:
    """The French name of a trade, or « tous les métiers »."""
    return ACTION_LABEL if trade == ACTION else trade_labels().get(trade, EVERY_TRADE)


def writing_organisations(user: User) -> QuerySet[Organisation]:
    """The organisations this account may write texts for."""
    return (
        Organisation.objects.filter(memberships__user=user, memberships__role__in=WRITERS)
        .distinct()
        .order_by("name", "pk")
    )


def only_writer(user: User | AnonymousUser) -> Organisation | None:
    """The organisation whose texts serve this account: the one it writes for, when there is only one."""
    if not isinstance(user, User):
        return None
    found = list(writing_organisations(user)[:2])
    return found[0] if len(found) == 1 else None


def own_texts(organisation: Organisation, lever_code: str, trade: str = "") -> Mapping[str, OwnText]:
    """The texts to draft with for an organisation, by document: those of the trade, else those of every trade."""
    return of_trade(kept_texts([organisation], lever_code), trade)


def kept_texts(organisations: Sequence[Organisation], lever_code: str) -> list[TemplateVariant]:
    """What organisations keep of a lever, whatever the trade, those of the last one last: read once for all the lots of a purchase."""
    order = [one.pk for one in organisations]
    rows = TemplateVariant.objects.filter(organisation__in=order, lever=lever_code).current()
    return sorted(rows.select_related("organisation"), key=lambda row: order.index(row.organisation_id))


def of_trade(kept: Sequence[TemplateVariant], *trades: str) -> Mapping[str, OwnText]:
    """Among the texts kept of a lever, those to draft with, by document.

    The last organisation wins over those before it, and of its texts the last of `trades`.
    """
    order = ["", *trades]
    found: dict[str, OwnText] = {}
    places = list(dict.fromkeys(row.organisation_id for row in kept))
    served = [row for row in kept if row.trade in order]
    # A trade gone back to ours falls on the one before it, then on the one of every trade.
    for row in sorted(served, key=lambda one: (places.index(one.organisation_id), order.index(one.trade))):
        # A text that calls a field we no longer have would stop every draft: ours serves until it is mended.
        if not row.is_house and not problem_of(row.markdown, row.lever):
            label = f"texte de {row.organisation.name}, version {row.version}"
            found[row.document] = OwnText(row.markdown, label, is_action=row.trade == ACTION)
    return found


def variants_of(user: User) -> list[TemplateVariant]:
    """The texts in force of the organisations one belongs to, by organisation then lever."""
    rows = TemplateVariant.objects.filter(organisation__memberships__user=user).current()
    found = TemplateVariant.objects.filter(pk__in=rows.values("pk")).select_related(
        "organisation", "created_by"
    )
    return list(found.order_by("organisation__name", "organisation_id", "lever", "document", "trade"))


def history_of(variant: TemplateVariant) -> list[TemplateVariant]:
    """Every version of the same document, the last first."""
    rows = TemplateVariant.objects.of(variant.organisation, variant.lever, variant.document, variant.trade)
    return list(rows.select_related("created_by", "organisation"))


def compared(variant: TemplateVariant) -> tuple[DiffLine, ...]:
    """Our text and theirs, paragraph by paragraph."""
    ours = _paragraphs(copy_of(variant.lever, variant.document, variant.trade))
    theirs = _paragraphs(variant.markdown)
    lines: list[DiffLine] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(a=ours, b=theirs, autojunk=False).get_opcodes():
        if tag == "equal":
            lines += [DiffLine("same", text) for text in ours[i1:i2]]
        else:
            lines += [DiffLine("ours", text) for text in ours[i1:i2]]
            lines += [DiffLine("theirs", text) for text in theirs[j1:j2]]
    return tuple(lines)


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
