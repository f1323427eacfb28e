"""The parts of the owner's page: what each shows first, the groups of values it publishes, its state in a few words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone

from levier.core.typography import counted
from levier.directory.evidence.queries import won_by
from levier.directory.inference import WonContracts
from levier.directory.kinds import kind_of
from levier.directory.labels import LABEL_GROUP, LABELS
from levier.directory.models import Supplier
from levier.directory.ownership import queries
from levier.directory.ownership.forms import parts as fields
from levier.directory.ownership.wording import (
    teams_in_lines,
    turnover_words,
    workforce_words,
    written_labels,
    written_lines,
)

Data = QueryDict | None
# A structure of twelve trades says them all; more would make the page too heavy for a phone.
MOST_LINES = 12
# Trades written out beside the title of the part.
MOST_TOLD = 4


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the owner's page starts from: the supplier as published, and the owner's own words."""

    supplier: Supplier
    statement: queries.Statement

    @property
    def published(self) -> dict[str, Any]:
        """What readers see now, by group: the profile and the columns one may edit."""
        one = self.supplier
        return one.profile | {
            "brand": one.brand, "description": one.description, "phone": one.phone, "email": one.email,
            "website": one.website, "places": one.places,
        }  # fmt: skip

    @property
    def proposed_sectors(self) -> tuple[str, ...]:
        """Trades the lists deduced and that the owner has neither confirmed nor refused."""
        has_spoken = "activity" in self.statement.values
        is_guess = self.supplier.activity_status == Supplier.ActivityStatus.INFERRED
        return tuple(self.supplier.sectors) if is_guess and not has_spoken else ()

    @property
    def unsaid_trades(self) -> tuple[WonContracts, ...]:
        """Trades of contracts won that the sheet does not name, though its activities are stated."""
        is_stated = self.supplier.activity_status == Supplier.ActivityStatus.STATED
        return (
            tuple(one for one in won_by(self.supplier) if one.sector not in self.supplier.sectors)
            if is_stated
            else ()
        )


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the page. ``groups`` turns a valid form into groups of values; None when it has its own action."""

    slug: str
    title: str
    hint: str
    make: Callable[[Sheet, Data], Any]
    state: Callable[[Sheet], str]
    groups: Callable[[Any], dict[str, Any]] | None = None
    is_rows: bool = True
    row_name: str = "Ligne"


def _counted(count: int, noun: str) -> str:
    return counted(count, noun) if count else ""


def _rows(
    form: type[fields.Row],
    initial: Callable[[Sheet], list[dict[str, Any]]],
    new_row: Callable[[Sheet], dict[str, Any]] | None = None,
    **options: Any,
) -> Any:
    """A maker of lists: what was said before, then an empty line, which may start from something."""
    kind = fields.rows_of(form, **options)

    def make(sheet: Sheet, data: Data) -> Any:
        said = {"data": data} if data is not None else {"initial": initial(sheet)}
        rows = kind(**said, prefix=form.__name__.lower())
        rows.new_row = new_row(sheet) if new_row else None
        return rows

    return make


def _line_rows(sheet: Sheet) -> list[dict[str, Any]]:
    said = sheet.supplier.profile.get("lines") or []
    if said:
        return [
            {
                "sector": line["sector"], "ways": line["ways"], "area_kind": line["area"]["kind"],
                "km": line["area"].get("km"), "territories": ", ".join(line["area"].get("names", ())),
            }
            for line in said
        ]  # fmt: skip
    sectors = sheet.proposed_sectors or tuple(sheet.supplier.sectors)
    return [{"sector": slug} | _usual_line(sheet) for slug in sectors]


def _usual_line(sheet: Sheet) -> dict[str, Any]:
    ways = ["staffing"] if kind_of(sheet.supplier.kind).shelf == "people" else ["services"]
    return {"ways": ways, "area_kind": "radius", "km": 30}


def _new_line(sheet: Sheet) -> dict[str, Any]:
    """A new trade is most often done as the last one, and as far: only its name is left to type."""
    rows = _line_rows(sheet)
    return (
        {name: value for name, value in rows[-1].items() if name != "sector"} if rows else _usual_line(sheet)
    )


def line_groups(rows: fields.Rows) -> dict[str, Any]:
    """The lines, and the activities they stand for; without a line, activities nobody states."""
    lines = [{"sector": row["sector"], "ways": row["ways"], "area": row["area"]} for row in rows.kept()]
    sectors = list(dict.fromkeys(line["sector"] for line in lines))
    stated = {"sectors": sectors, "status": "stated", "origin": "déclarées par la structure", "confidence": 1}
    taken_back = {"sectors": [], "status": "unknown", "origin": "retirées par la structure"}
    return {"lines": lines, "activity": stated if sectors else taken_back}


def _label_rows(sheet: Sheet) -> list[dict[str, Any]]:
    said = sheet.statement.values
    rows: list[dict[str, Any]] = [
        {"label": slug, "until": _day(said[f"{LABEL_GROUP}{slug}"])}
        for slug in LABELS
        if f"{LABEL_GROUP}{slug}" in said
    ]
    return rows + [
        {"label": fields.CERTIFICATE, "name": one["name"], "until": _day(one)}
        for one in said.get("certificates", ())
    ]


def label_groups(rows: fields.Rows) -> dict[str, Any]:
    """Labels as groups of their own, the other certificates together."""
    groups: dict[str, Any] = {"certificates": []}
    for row in rows.kept():
        value = {"until": row["until"].isoformat()} if row["until"] else {}
        if row["label"] == fields.CERTIFICATE:
            groups["certificates"].append({"name": row["name"]} | value)
        else:
            groups[f"{LABEL_GROUP}{row['label']}"] = value
    return groups


def _day(value: Mapping[str, Any]) -> date | None:
    return date.fromisoformat(value["until"]) if value.get("until") else None


def _offer_groups(rows: fields.Rows) -> dict[str, Any]:
    return {"offers": [{"title": row["title"], "description": row["description"]} for row in rows.kept()]}


def _reference_groups(rows: fields.Rows) -> dict[str, Any]:
    return {
        "references": [
            {"client": row["client"], "work": row["work"], "year": row["year"]} for row in rows.kept()
        ]
    }


def _known(sheet: Sheet, group: str, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """What is published in a group, read with care: a list may give another shape."""
    rows = sheet.supplier.profile.get(group) or []
    return [{name: row.get(name) for name in names} for row in rows if isinstance(row, Mapping)]


def _contact_rows(sheet: Sheet) -> list[dict[str, Any]]:
    names = ("name", "position", "phone", "email", "is_public")
    return [{name: getattr(one, name) for name in names} for one in queries.contacts_of(sheet.supplier)]


def _capacity_rows(sheet: Sheet) -> list[dict[str, Any]]:
    """One row for the months in a row of which the same is said."""
    coming = [value for value, _ in fields.month_choices(timezone.localdate())]
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for one in queries.capacities_of(sheet.supplier):
        month = one.month.isoformat()
        if month not in coming:
            continue
        said = {"quantity": one.quantity, "unit": one.unit, "sector": one.sector, "area": one.area}
        rank = coming.index(month)
        # Keyed by the month that would come next: the row before it is the one this month goes on with.
        row = rows.pop((rank, *said.values()), None) or said | {"month": month, "lasting": 0}
        row["lasting"] += 1
        rows[rank + 1, *said.values()] = row
    return sorted(rows.values(), key=lambda row: row["month"])


def _make_presentation(sheet: Sheet, data: Data) -> forms.Form:
    return fields.PresentationForm(data, initial=sheet.published)


def _make_workforce(sheet: Sheet, data: Data) -> forms.Form:
    said = sheet.supplier.profile
    initial = {"places": sheet.supplier.places} | (said.get("workforce") or {})
    initial["turnover"] = (said.get("turnover") or {}).get("bracket", "")
    form = fields.WorkforceForm(data, initial=initial)
    if sheet.supplier.kind != "ESAT":
        del form.fields["places"]
    return form


def _workforce_groups(form: forms.Form) -> dict[str, Any]:
    values = form.cleaned_data
    workforce = {name: values[name] for name in ("insertion", "permanent") if values[name] is not None}
    groups: dict[str, Any] = {
        "workforce": workforce,
        "turnover": {"bracket": values["turnover"]} if values["turnover"] else {},
    }
    return groups | ({"places": values["places"]} if "places" in values else {})


def _presentation_state(sheet: Sheet) -> str:
    missing = [
        word
        for name, word in (("description", "présentation"), ("phone", "téléphone"), ("email", "courriel"))
        if not getattr(sheet.supplier, name)
    ]
    return f"il manque : {', '.join(missing)}" if missing else "complète"


def _activities_state(sheet: Sheet) -> str:
    """The trades themselves: a number would not say whether one was read right."""
    trades = list(dict.fromkeys(line.trade for line in written_lines(sheet.supplier.profile)))
    more = len(trades) - MOST_TOLD
    return ", ".join(trades[:MOST_TOLD]) + (f" et {more} de plus" if more > 0 else "")


def _capacity_state(sheet: Sheet) -> str:
    return " ; ".join(teams_in_lines(queries.last_said(sheet.supplier, today=timezone.localdate())))


PARTS: dict[str, Part] = {
    part.slug: part
    for part in (
        Part("activites", "Activités",
             "Ce que vous faites, sous quelle forme, jusqu’où : une ligne par métier. « Toute la France » s’arrête à la mer : "
             "pour la Corse ou l’outre-mer, nommez le département ou la région.",
             _rows(fields.LineForm, _line_rows, _new_line, most=MOST_LINES),
             _activities_state, line_groups,
             row_name="Activité"),
        Part("presentation", "Présentation et coordonnées",
             "Vos mots remplacent ceux des listes. Un champ vidé disparaît de la fiche.",
             _make_presentation, _presentation_state, lambda form: dict(form.cleaned_data), is_rows=False),
        Part("offres", "Offres", "Ce que vous vendez, avec vos mots : la recherche les lit.",
             _rows(fields.OfferForm, lambda sheet: _known(sheet, "offers", ("title", "description"))),
             lambda sheet: _counted(len(sheet.supplier.profile.get("offers") or ()), "offre"), _offer_groups,
             row_name="Offre"),
        Part("references", "Références clients", "Des organisations que vous avez servies.",
             _rows(fields.ReferenceForm, lambda sheet: _known(sheet, "references", ("client", "work", "year"))),
             lambda sheet: _counted(len(sheet.supplier.profile.get("references") or ()), "référence"),
             _reference_groups, row_name="Référence"),
        Part("labels", "Labels et certificats", "Avec leur date de fin : un label dépassé se voit.",
             _rows(fields.LabelForm, _label_rows, rows=fields.LabelRows),
             lambda sheet: _counted(len(written_labels(sheet.supplier.profile)), "label"), label_groups,
             row_name="Label"),
        Part("effectifs", "Effectifs et chiffre d’affaires", "Des ordres de grandeur suffisent.",
             _make_workforce,
             lambda sheet: " · ".join(filter(None, (workforce_words(sheet.supplier.profile),
                                                    turnover_words(sheet.supplier.profile)))),
             _workforce_groups, is_rows=False),
        Part("disponibilites", "Disponibilités",
             "Vos équipes libres dans les mois qui viennent. Ce que vous dites compte 45 jours.",
             _rows(fields.CapacityForm, _capacity_rows, rows=fields.CapacityRows), _capacity_state,
             row_name="Disponibilité"),
        Part("contacts", "Contacts",
             "Les personnes à appeler. Sans votre coche, elles ne sont vues que des membres de votre structure.",
             _rows(fields.ContactForm, _contact_rows, most=10),
             lambda sheet: _counted(len(queries.contacts_of(sheet.supplier)), "personne"), row_name="Contact"),
        Part("images", "Images", "Six au plus : vos réalisations, vos ateliers.",
             lambda sheet, data: fields.ImageForm(data),
             lambda sheet: _counted(len(sheet.supplier.profile.get("images") or ()), "image"), is_rows=False),
    )
}  # fmt: skip
