"""« Qui vient de remporter » : contracts awarded nearby that carry a social clause, or probably do; what a Monday mail tells.

Holders are named only when they are known to be legal persons: a sole trader's name is a person's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from levier.accounts.models import User
from levier.directory.models import Supplier
from levier.directory.ownership.queries import own_suppliers
from levier.organisations.identifiers import is_valid_siret
from levier.organisations.models import Organisation
from levier.purchasing.matching import area_label, reaches
from levier.purchasing.models import Answer, NeedRecipient, NeedState, PublishedNeed
from levier.purchasing.queries.open_lots import OpenLotLine, Sheet, open_lots
from levier.reference.sectors import cpv_prefixes_of
from levier.rulebook import parameters

PER_PAGE = 25
# Read before the trade and the place are compared.
_MOST_SHOWN = 500
# Sheets of one account compared with the needs open near it.
_MOST_OWN = 50
_LIKELY = "likely_clause_amount"
# Words of a legal form: a name that bears one is a company's.
_LEGAL_FORM = re.compile(
    r"\b(?:sarl|sas|sasu|sa|eurl|snc|scop|scic|sci|selarl|scp|gie|sem|spl|epic|association|assoc|societe|société|"
    r"groupement|cooperative|coopérative|mutuelle|regie|régie|syndicat|federation|fédération|fondation)\b",
    re.IGNORECASE,
)

_AWARDED = """
    SELECT contract.id, contract.uid, contract.object, contract.cpv,
           coalesce(nullif(contract.buyer_name, ''), buyer.name, '') AS buyer, contract.buyer_siren,
           contract.amount_ht, contract.months, contract.notified_on, contract.departement_code,
           coalesce(departement.name, '') AS departement_name, commune.name AS commune_name,
           contract.social_considerations && ARRAY['clause', 'critere', 'reserve']::varchar[] AS is_social,
           holders.rows
    FROM purchasing_contract AS contract
    LEFT JOIN organisations_organisation AS buyer ON buyer.siren = contract.buyer_siren
    LEFT JOIN reference_departement AS departement ON departement.code = contract.departement_code
    LEFT JOIN reference_commune AS commune
           ON contract.place_kind = 'commune' AND commune.code = contract.place_code
    LEFT JOIN LATERAL (
        SELECT json_agg(json_build_array(holder.siret, holder.id_kind, holder.name, unit.name, unit.legal_category,
                                         town.name, town.departement_id) ORDER BY holder.rank) AS rows
        FROM purchasing_contractholder AS holder
        LEFT JOIN organisations_organisation AS unit ON unit.siren = left(holder.siret, 9)
        LEFT JOIN organisations_establishment AS place ON place.siret = holder.siret
        LEFT JOIN reference_commune AS town ON town.code = place.commune_id
        WHERE holder.contract_id = contract.id
    ) AS holders ON TRUE
    WHERE contract.notified_on BETWEEN %(since)s AND %(until)s
      AND (%(departements)s::text[] = '{}' OR contract.departement_code = ANY(%(departements)s::text[]))
      AND (%(prefixes)s::text[] = '{}' OR contract.cpv LIKE ANY(%(prefixes)s::text[]))
      AND (%(seen_after)s::date IS NULL OR contract.first_seen > %(seen_after)s::date)
      AND (
          contract.social_considerations && ARRAY['clause', 'critere', 'reserve']::varchar[]
          OR (contract.social_considerations @> ARRAY['inconnu']::varchar[] AND EXISTS (
              SELECT 1 FROM unnest(%(divisions)s::text[], %(amounts)s::numeric[]) AS likely(division, amount)
              WHERE left(contract.cpv, 2) = likely.division AND contract.amount_ht >= likely.amount
          ))
      )
    ORDER BY contract.notified_on DESC, contract.id
    LIMIT %(limit)s OFFSET %(offset)s
"""


@dataclass(frozen=True)
class Holder:
    """A company to call. An empty name: we do not know that it is a legal person, so it is not named."""

    siren: str
    name: str
    place: str


@dataclass(frozen=True)
class Awarded:
    """A contract somebody has just won. `is_social`: published as such; else the clause is only probable."""

    uid: str
    object: str
    cpv: str
    buyer: str
    amount_ht: Decimal | None
    months: int | None
    notified_on: date
    place: str
    is_social: bool
    holders: tuple[Holder, ...]


@dataclass(frozen=True)
class AwardedPage:
    """A slice of contracts; `is_last` is False when more follow. `since`: from which day they were looked for.

    `thresholds` and `recent`: the parameters that decided.
    """

    contracts: tuple[Awarded, ...]
    since: date
    is_last: bool
    thresholds: tuple[parameters.Parameter, ...]
    recent: parameters.Parameter


def recently_awarded(
    *,
    today: date,
    departements: Sequence[str] = (),
    sectors: Sequence[str] = (),
    seen_after: date | None = None,
    offset: int = 0,
    limit: int = PER_PAGE,
) -> AwardedPage:
    """Contracts notified recently (`recent_award_days`), there and of these sectors (anywhere, any when empty). One SQL query.

    `seen_after`: only those first published here after that day.
    """
    thresholds = _thresholds(today)
    prefixes = sorted({f"{prefix}%" for slug in sectors for prefix in cpv_prefixes_of(slug)})
    recent = parameters.get("recent_award_days", on=today)
    since = today - timedelta(days=recent.value)
    with connection.cursor() as cursor:
        cursor.execute(
            _AWARDED,
            {
                "since": since,
                "until": today,
                "departements": list(departements),
                "prefixes": prefixes,
                "seen_after": seen_after,
                "divisions": [one.key for one in thresholds],
                "amounts": [one.value for one in thresholds],
                "limit": limit + 1,
                "offset": offset,
            },
        )
        rows = cursor.fetchall()
    return AwardedPage(
        contracts=tuple(_awarded(row) for row in rows[:limit]),
        since=since,
        is_last=len(rows) <= limit,
        thresholds=thresholds,
        recent=recent,
    )


def _thresholds(today: date) -> tuple[parameters.Parameter, ...]:
    return tuple(one for one in parameters.all_parameters() if one.name == _LIKELY and one.covers(today))


def _awarded(row: tuple[Any, ...]) -> Awarded:
    (_, uid, subject, cpv, buyer, siren, amount, months, day, code, departement, commune, social, holders) = (
        row
    )
    place = f"{commune} ({code})" if commune else (f"{departement} ({code})" if departement else code)
    return Awarded(
        uid=uid,
        object=subject,
        cpv=cpv,
        buyer=buyer or f"SIREN {siren}",
        amount_ht=amount,
        months=months,
        notified_on=day,
        place=place,
        is_social=bool(social),
        holders=tuple(found for one in holders or () if (found := _holder(*one)) is not None),
    )


def _holder(
    siret: str,
    id_kind: str,
    published: str,
    known: str | None,
    legal_category: str | None,
    town: str | None,
    departement: str | None,
) -> Holder | None:
    """None for a natural person, and for an identifier that leads to nobody."""
    if id_kind != "SIRET" or not is_valid_siret(siret):
        return None
    # INSEE: the categories that begin with 1 are natural persons.
    if legal_category and legal_category.startswith("1"):
        return None
    name = known or published
    is_legal_unit = bool(legal_category) or bool(_LEGAL_FORM.search(name))
    place = f"{town} ({departement})" if town else ""
    return Holder(siret[:9], name if is_legal_unit else "", place)


@dataclass(frozen=True)
class Ground:
    """Where a supplier's organisation works and what it does: what its opportunities are chosen by."""

    departements: tuple[str, ...]
    sectors: tuple[str, ...]
    sheets: tuple[Sheet, ...] = ()


def ground_of(organisation: Organisation) -> Ground:
    """The départements and sectors of an organisation's listed suppliers, together and one by one. One SQL query."""
    rows = Supplier.objects.filter(organisation=organisation, is_listed=True).order_by("pk")
    sheets = tuple(
        Sheet(code, tuple(slugs), kind)
        for code, slugs, kind in rows.values_list("departement_code", "sectors", "kind")
    )
    departements = sorted({one.departement for one in sheets if one.departement})
    sectors = sorted({slug for one in sheets for slug in one.sectors})
    return Ground(tuple(departements), tuple(sectors), sheets)


def open_needs(user: User, *, today: date, limit: int = 20) -> list[NeedRecipient]:
    """Needs this account's organisations received, may still answer and have not: the most urgent first."""
    return list(
        NeedRecipient.objects.received_by(user)
        .filter(need__state=NeedState.SENT, need__deadline__gte=today, answer=Answer.NONE)
        .select_related("need__organisation", "supplier")
        .order_by("need__deadline", "pk")[:limit]
    )


@dataclass(frozen=True)
class ShownNeed:
    """A need whose buyer lets other suppliers in, and the supplier of the reader it is for."""

    need: PublishedNeed
    supplier: Supplier
    area: str


def shown_needs(suppliers: Sequence[Supplier], *, today: date, limit: int = 20) -> list[ShownNeed]:
    """Needs shown to suppliers that did not receive them, of their trade and place; one line per need."""
    if not suppliers:
        return []
    waiting = (
        PublishedNeed.objects.filter(state=NeedState.SENT, is_shown=True, deadline__gte=today)
        .exclude(recipients__supplier__in=suppliers)
        .select_related("organisation")
        .order_by("deadline", "pk")[:_MOST_SHOWN]
    )
    found = []
    for need in waiting:
        one = next((supplier for supplier in suppliers if reaches(need, supplier)), None)
        if one is not None:
            found.append(ShownNeed(need, one, area_label(need)))
    return found[:limit]


@dataclass(frozen=True)
class WeeklyNews:
    """What a Monday mail would say. `shown`: needs of others, open near here; `lots`: open lots, near and for this
    organisation. Both since the last mail."""

    contracts: tuple[Awarded, ...]
    needs: tuple[NeedRecipient, ...]
    ground: Ground
    shown: tuple[ShownNeed, ...] = ()
    lots: tuple[OpenLotLine, ...] = ()

    @property
    def count(self) -> int:
        """How many opportunities it tells."""
        return len(self.contracts) + len(self.needs) + len(self.shown) + len(self.lots)


def weekly_news(
    organisation: Organisation, user: User, *, since: datetime | None, today: date, limit: int = 10
) -> WeeklyNews:
    """Since the last mail (a week by default), new contracts, open needs and lots near; and needs still to answer."""
    ground = ground_of(organisation)
    contracts: tuple[Awarded, ...] = ()
    first, most = (
        timedelta(days=parameters.get("news_days", key, on=today).value) for key in ("first", "most")
    )
    last = since.date() if since else today - first
    if ground.departements:
        contracts = recently_awarded(
            today=today,
            departements=ground.departements,
            sectors=ground.sectors,
            seen_after=max(last, today - most),
            limit=limit,
        ).contracts
    needs = [one for one in open_needs(user, today=today) if one.supplier.organisation_id == organisation.pk]
    own = list(own_suppliers(user).filter(organisation=organisation, is_listed=True)[:_MOST_OWN])
    shown = [
        one
        for one in shown_needs(own, today=today, limit=limit)
        if one.need.sent_at and one.need.sent_at.date() >= max(last, today - most)
    ]
    earliest = timezone.make_aware(datetime.combine(today - most if since else last, time.min))
    lots = (
        open_lots(
            today=today,
            sheets=ground.sheets,
            opened_after=max(since, earliest) if since else earliest,
            limit=limit,
        )
        if ground.departements
        else ()
    )
    return WeeklyNews(contracts, tuple(needs), ground, tuple(shown), lots)
