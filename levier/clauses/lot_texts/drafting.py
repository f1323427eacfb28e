"""The texts of a lot: the levers signed (or proposed), filled with what the purchase and its people say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from levier.clauses.drafting import draft, has_text, variant_for
from levier.clauses.models import ChoiceKind, LotChoice, LotTextValues, TemplateVariant
from levier.clauses.publication import PublicationFields, publication_fields, without_consideration
from levier.clauses.queries import kept_texts, of_trade
from levier.clauses.result import ClauseDraft, DraftDocument, Gap
from levier.clauses.studies.lot_lines import in_words
from levier.clauses.studies.presenting import facts_in_view
from levier.clauses.studies.queries import last_choices
from levier.clauses.trades import ACTION, FRAMEWORK, trade_of
from levier.clauses.typed import value_names, values_from
from levier.clauses.values import ClauseValues
from levier.core.documents.converting import escape
from levier.core.typography import day
from levier.organisations.models import Organisation
from levier.purchasing.models import Ccag, ContactSide, Lot, Purchase
from levier.purchasing.reply_deadlines import ReplyWarning, reply_warning
from levier.rulebook.levers import Facts
from levier.rulebook.months import last_day_of_contract


@dataclass(frozen=True, slots=True)
class LotTexts:
    """Every draft of a lot, what is left to fill, and what to publish. `choice` None: nothing is chosen yet."""

    choice: LotChoice | None
    drafts: tuple[ClauseDraft, ...]
    gaps: tuple[Gap, ...]
    publication: PublicationFields | None
    typed: dict[str, str]
    reply_warning: ReplyWarning | None = None
    is_unsplit: bool = False

    @property
    def documents(self) -> tuple[DraftDocument, ...]:
        """The documents of every lever, extracts left out."""
        return tuple(one for made in self.drafts for one in made.documents if not one.is_extract)

    @property
    def is_signed(self) -> bool:
        """Whether the buyer has signed what these texts say."""
        return self.choice is not None and self.choice.kind == ChoiceKind.DECISION

    @property
    def state(self) -> str:
        """How far the text is, in words."""
        left = len(self.gaps)
        if left:
            return f"{left} valeur{'s' if left > 1 else ''} à compléter, en couleur dans les textes"
        return (
            "prêt pour le juriste" if self.is_ready_for_lawyer else "complet, des contrôles restent à passer"
        )

    @property
    def is_ready_for_lawyer(self) -> bool:
        """Whether every draft is complete, passes its checks, and quotes confirmed rules only."""
        return bool(self.drafts) and all(made.is_ready_for_lawyer for made in self.drafts)


def texts_of(lot: Lot) -> LotTexts:
    """The texts of the decision, else of the proposal. Raises ClauseError for a typed value refused."""
    return texts_of_lots([lot])[lot.pk]


def texts_of_lots(lots: Sequence[Lot], *, siblings: Sequence[Lot] | None = None) -> dict[int, LotTexts]:
    """The texts of several lots of one purchase, by lot; as many SQL queries for ten lots as for one.

    `siblings`: every present lot of the purchase, when loaded. Raises ClauseError as `texts_of`.
    """
    choices = last_choices(lots)
    if siblings is None and lots:
        siblings = list(lots[0].purchase.lots.present())
    kept = {
        row.lot_id: dict(row.values) for row in LotTextValues.objects.filter(lot__in=[one.pk for one in lots])
    }
    own: dict[str, list[TemplateVariant]] = {}
    found = {}
    for lot in lots:
        said = choices.get(lot.pk, {})
        choice = said.get(ChoiceKind.DECISION) or said.get(ChoiceKind.PROPOSAL)
        for code in choice.levers if choice else ():
            if code not in own and has_text(code):
                own[code] = kept_texts(_writers(lot.purchase), code)
        found[lot.pk] = _texts(lot, choice, kept.get(lot.pk, {}), own, siblings)
    return found


def _texts(
    lot: Lot, choice: LotChoice | None, typed: dict[str, str], own: Mapping[str, list[TemplateVariant]],
    siblings: Sequence[Lot] | None,
) -> LotTexts:  # fmt: skip
    number = f"LOT-{lot.number or 1:04d}"
    if choice is None or not choice.levers:
        is_decided = choice is not None and choice.kind == ChoiceKind.DECISION
        return LotTexts(choice, (), (), without_consideration(number) if is_decided else None, typed)
    version = choice.version
    given = version.given if version and not lot.takeover_known else {}
    facts = facts_in_view(lot, version.result if version else None, given, siblings=siblings)
    # A purchase of one lot is a contract nobody split.
    is_unsplit = siblings is not None and len(siblings) == 1
    values = values_from(known_values(lot, choice) | {"is_unsplit": is_unsplit} | typed)
    # The last wins: an organisation’s own text of an action is for an action only.
    trades = (*((FRAMEWORK,) if facts.is_framework else ()), trade_of(facts.cpv))
    drafts = tuple(
        draft(
            code,
            facts=facts,
            values=values,
            own=of_trade(own[code], *_kinds(code, facts, values, trades)),
            beside=choice.levers,
        )
        for code in choice.levers
        if code in own
    )
    gaps = {gap.name: gap for made in drafts for gap in made.gaps}
    return LotTexts(
        choice=choice,
        drafts=drafts,
        gaps=tuple(gap for name, gap in gaps.items() if field_of(name)),
        publication=publication_fields(choice.levers, is_concession=lot.purchase.is_concession, lot=number),
        typed=typed,
        reply_warning=reply_warning(lot.purchase, values.answer_deadline),
        is_unsplit=is_unsplit,
    )


def _writers(purchase: Purchase) -> list[Organisation]:
    """Whose own texts serve a purchase: those of the structure it is entrusted to, unless the buyer keeps its own."""
    return [one for one in (purchase.facilitator, purchase.organisation) if one is not None]


def _kinds(code: str, facts: Facts, values: ClauseValues, trades: tuple[str, ...]) -> tuple[str, ...]:
    """What own texts are looked for: those of an action when the lot asks for one, else those of its trade."""
    return (ACTION,) if variant_for(code, facts, values) == "condition" else trades


def known_values(lot: Lot, choice: LotChoice) -> dict[str, Any]:
    """What the purchase and its decision already say, by the names of ClauseValues."""
    purchase = lot.purchase
    start = lot.starts_on or purchase.starts_on
    months = lot.months or purchase.months
    contacts = {(one.side, one.rank): one for one in purchase.contacts.all()}
    mine = next((one for (side, _), one in sorted(contacts.items()) if side == ContactSide.BUYER), None)
    theirs = next(
        (one for (side, _), one in sorted(contacts.items()) if side == ContactSide.FACILITATOR), None
    )
    values: dict[str, Any] = {
        "buyer": purchase.organisation.name,
        "object": purchase.title,
        "operation": purchase.title,
        "lot": f"lot {lot.number} « {_without_quotes(lot.title)} »",
        "lot_title": lot.title,
        "territory": lot.place_label or purchase.place_label,
        "contact": _line(mine) if mine else "",
        "facilitator": ", ".join(filter(None, (purchase.facilitator.name if purchase.facilitator else "", _line(theirs) if theirs else ""))),
        "start": start,
        "end": last_day_of_contract(start, months) if start and months else None,
        "hours": choice.hours,
        "ccag": _ccag(lot),
        "takeover_hours": _taken_over(lot, choice),
    }  # fmt: skip
    if chosen := choice.slice:
        values |= {
            "tranche_hours": chosen.hours, "tranche_amount_ht": chosen.amount_ht,
            "trigger_amount_ht": chosen.trigger_ht, "is_trigger_retroactive": chosen.is_retroactive,
        }  # fmt: skip
    values |= _in_jobs(choice)
    return {name: value for name, value in values.items() if value not in (None, "")}


def _without_quotes(title: str) -> str:
    """A title set between « » keeps its own marks apart: “ and ”."""
    return title.replace("« ", "“").replace(" »", "”").replace("«", "“").replace("»", "”")


def _ccag(lot: Lot) -> str:
    """The general conditions of the purchase; those of works say nothing of a lot of cleaning, which is then asked."""
    chosen = lot.purchase.ccag
    return "" if chosen == Ccag.WORKS and not lot.cpv.startswith("45") else chosen


def _taken_over(lot: Lot, choice: LotChoice) -> Any:
    """Hours a month of the staff to take over: the lot says it; the study answers for a lot that was never told; 0: nobody."""
    answered = choice.version.given.get("takeover_hours") if choice.version else None
    return lot.takeover_hours or 0 if lot.takeover_known else answered


def _in_jobs(choice: LotChoice) -> dict[str, Any]:
    """The jobs opened and the hours of each, when the hours decided are those of a study counted in jobs."""
    version = choice.version
    if version is None or choice.hours is None or version.result.get("method") != "headcount":
        return {}
    jobs = version.given.get("headcount")
    if not jobs or version.result["range"].get("likely") != float(choice.hours):
        return {}
    return {"headcount": jobs, "annual_hours": float(choice.hours) / float(jobs)}


def _line(contact: Any) -> str:
    return ", ".join(filter(None, (contact.name, contact.phone, contact.email)))


def field_of(gap: str) -> str:
    """The name of the value that fills a gap; empty when nothing typed fills it."""
    names = value_names()
    if gap == "trigger_sentence":
        return "trigger_amount_ht"
    return gap if gap in names else f"{gap}_ht" if f"{gap}_ht" in names else ""


def checked(values: dict[str, str]) -> dict[str, str]:
    """The values typed, empty ones left out. Raises ClauseError naming the first that cannot be."""
    kept = {name: " ".join(value.split()) for name, value in values.items() if value.strip()}
    values_from(kept)
    return kept


def opening(lot: Lot, found: LotTexts) -> str:
    """The first page of the file that holds every text of a lot: what it is, how far it is decided, what it holds."""
    choice = found.choice
    assert choice is not None
    purchase = lot.purchase
    decided = (
        f"Décision signée le {day(choice.at)}"
        if found.is_signed
        else f"Proposition du {day(choice.at)}, pas encore signée par l’acheteur"
    )
    facts = {
        "Acheteur": purchase.organisation.name,
        "Marché": purchase.title + (f" ({purchase.reference})" if purchase.reference else ""),
        "Lot": "" if found.is_unsplit else f"{lot.number}, {lot.title}",
        "Levier": in_words(choice),
        "Décision": decided + (f" ({choice.by})" if choice.by else ""),
        "État du texte": found.state,
    }
    lines = [f"| **{name}** | {escape(value)} |" for name, value in facts.items() if value]
    titles = [f"{number}. {one.title}" for number, one in enumerate(found.documents, 1)]
    return "\n".join(
        ["| | |", "|:----------------|:------------------------------------------------|", *lines, "",
         f"Ce fichier réunit les textes du {'marché' if found.is_unsplit else 'lot'} ; chacun se copie dans la pièce qui porte son nom.", "", *titles]
    )  # fmt: skip
