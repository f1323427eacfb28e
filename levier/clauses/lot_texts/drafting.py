"""The texts of a lot: the levers signed (or proposed), filled with what the purchase and its people say."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from levier.clauses.drafting import draft, has_text
from levier.clauses.models import ChoiceKind, LotChoice, LotTextValues
from levier.clauses.publication import PublicationFields, publication_fields
from levier.clauses.queries import own_texts
from levier.clauses.result import ClauseDraft, DraftDocument, Gap
from levier.clauses.studies.lot_lines import in_words
from levier.clauses.studies.presenting import facts_in_view
from levier.clauses.studies.queries import last_choices
from levier.clauses.typed import value_names, values_from
from levier.clauses.values import ClauseValues
from levier.core.documents.converting import escape
from levier.core.typography import day
from levier.purchasing.models import ContactSide, Lot
from levier.rulebook.levers import Facts

DAYS_A_MONTH = 365.25 / 12
SLICE = 100_000


@dataclass(frozen=True, slots=True)
class LotTexts:
    """Every draft of a lot, what is left to fill, and what to publish. `choice` None: nothing is chosen yet."""

    choice: LotChoice | None
    drafts: tuple[ClauseDraft, ...]
    gaps: tuple[Gap, ...]
    publication: PublicationFields | None
    typed: dict[str, str]

    @property
    def documents(self) -> tuple[DraftDocument, ...]:
        """The documents of every lever, extracts left out."""
        return tuple(one for made in self.drafts for one in made.documents if not one.is_extract)

    @property
    def is_signed(self) -> bool:
        """Whether the buyer has signed what these texts say."""
        return self.choice is not None and self.choice.kind == ChoiceKind.DECISION

    @property
    def is_ready_for_lawyer(self) -> bool:
        """Whether every draft is complete, passes its checks, and quotes confirmed rules only."""
        return bool(self.drafts) and all(made.is_ready_for_lawyer for made in self.drafts)


def texts_of(lot: Lot) -> LotTexts:
    """The texts of the decision, else of the proposal. Raises ClauseError for a typed value refused."""
    found = last_choices([lot]).get(lot.pk, {})
    choice = found.get(ChoiceKind.DECISION) or found.get(ChoiceKind.PROPOSAL)
    kept = LotTextValues.objects.filter(lot=lot).first()
    typed = dict(kept.values) if kept else {}
    if choice is None or not choice.levers:
        return LotTexts(choice, (), (), None, typed)
    facts = facts_in_view(lot, choice.version.result if choice.version else None)
    values = values_from(known_values(lot, choice) | typed)
    drafts = tuple(_drafts(lot, choice, facts, values))
    gaps = {gap.name: gap for made in drafts for gap in made.gaps}
    return LotTexts(
        choice=choice,
        drafts=drafts,
        gaps=tuple(gap for name, gap in gaps.items() if field_of(name)),
        publication=publication_fields(choice.levers, is_concession=lot.purchase.is_concession),
        typed=typed,
    )


def _drafts(lot: Lot, choice: LotChoice, facts: Facts, values: ClauseValues) -> list[ClauseDraft]:
    made = []
    for code in choice.levers:
        if has_text(code):
            own = own_texts(lot.purchase.organisation, code)
            made.append(draft(code, facts=facts, values=values, own=own))
    return made


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
        "lot": f"lot {lot.number}, {lot.title}",
        "territory": lot.place_label or purchase.place_label,
        "contact": _line(mine) if mine else "",
        "facilitator": ", ".join(filter(None, (purchase.facilitator.name if purchase.facilitator else "", _line(theirs) if theirs else ""))),
        "start": start,
        "end": start + timedelta(days=round(float(months) * DAYS_A_MONTH)) if start and months else None,
        "hours": choice.hours,
        "takeover_hours": lot.takeover_hours or None,
        "headcount": lot.headcount,
    }  # fmt: skip
    if choice.hours_per_100k:
        values |= {"tranche_hours": choice.hours_per_100k, "tranche_amount_ht": SLICE}
    return {name: value for name, value in values.items() if value not in (None, "")}


def _line(contact: Any) -> str:
    return ", ".join(filter(None, (contact.name, contact.phone, contact.email)))


def field_of(gap: str) -> str:
    """The name of the value that fills a gap; empty when nothing typed fills it."""
    names = value_names()
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
    left = len(found.gaps)
    state = f"{left} valeur{'s' if left > 1 else ''} à compléter, en couleur dans les textes" if left else ""
    if not left:
        state = (
            "prêt pour le juriste" if found.is_ready_for_lawyer else "complet, des contrôles restent à passer"
        )
    facts = {
        "Acheteur": purchase.organisation.name,
        "Marché": purchase.title + (f" ({purchase.reference})" if purchase.reference else ""),
        "Lot": f"{lot.number}, {lot.title}",
        "Levier": in_words(choice),
        "Décision": decided + (f" ({choice.by})" if choice.by else ""),
        "État du texte": state,
    }
    lines = [f"| **{name}** | {escape(value)} |" for name, value in facts.items()]
    titles = [f"{number}. {one.title}" for number, one in enumerate(found.documents, 1)]
    return "\n".join(
        ["| | |", "|:----------------|:------------------------------------------------|", *lines, "",
         "Ce fichier réunit les textes du lot ; chacun se copie dans la pièce qui porte son nom.", "", *titles]
    )  # fmt: skip
