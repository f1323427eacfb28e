"""« Qui vient de remporter » : contracts and lots awarded nearby that carry a social clause, or probably do.

Two sources: the essential data of contracts, months late and whole; the award notices, days old, above the thresholds.
Holders are named only when they are known to be legal persons: a sole trader's name is a person's.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from levier.organisations.identifiers import is_valid_siret
from levier.purchasing.notices.parties import bears_legal_form
from levier.purchasing.queries.calling import call_for, trades_called
from levier.purchasing.queries.open_lots import placed_at
from levier.purchasing.queries.reaching import LotPlace, Point, Reach, Reached, Sheet
from levier.reference.models import Commune
from levier.reference.sectors import cpv_prefixes_of
from levier.rulebook import parameters

PER_PAGE = 25
# Read before the reach of a supplier's sheets is compared.
_MOST_READ = 1_000
_LIKELY = "likely_clause_amount"
# Beyond, a place is told by how many départements it holds.
_MOST_NAMED = 3
_POSTAL_LENGTH = 5
# A lot of an award notice comes sooner, with its address: the same award in the data of contracts (buyer, winner, trade)
# is then left out. The slice of contracts is cut before the two are joined, so that the index on their date serves.
_AWARDED = """
    WITH noticed AS MATERIALIZED (
        SELECT lot.id, notice.notice_id || ' ' || lot.number AS uid, lot.title AS object, lot.cpv,
               notice.buyer_name AS buyer, notice.buyer_siren, lot.amount_ht, NULL::smallint AS months,
               coalesce(lot.awarded_on, notice.published_on) AS notified_on, lot.departements, lot.commune_id,
               notice.url, notice.is_demo,
               ARRAY(SELECT winner.siren FROM purchasing_noticewinner AS winner
                     WHERE winner.lot_id = lot.id AND winner.siren <> '') AS sirens
        FROM purchasing_noticelot AS lot
        JOIN purchasing_notice AS notice ON notice.id = lot.notice_id
        WHERE notice.form = 'award' AND NOT notice.is_replaced AND NOT notice.is_cancelled
          AND (lot.reservation <> '' OR lot.reasons <> '{}')
          AND EXISTS (SELECT 1 FROM purchasing_noticewinner AS winner WHERE winner.lot_id = lot.id)
          AND coalesce(lot.awarded_on, notice.published_on) BETWEEN %(since)s AND %(until)s
          AND (%(departements)s::text[] = '{}' OR lot.departements && %(departements)s::varchar[])
          AND (%(prefixes)s::text[] = '{}' OR lot.cpv LIKE ANY(%(prefixes)s::text[]))
          AND (%(seen_after)s::timestamptz IS NULL OR notice.first_seen > %(seen_after)s::timestamptz)
    ), contracts AS (
        SELECT contract.*, contract.social_considerations && ARRAY['clause', 'critere', 'reserve']::varchar[] AS is_social
        FROM purchasing_contract AS contract
        WHERE contract.notified_on BETWEEN %(since)s AND %(until)s
          AND (%(departements)s::text[] = '{}' OR contract.departement_code = ANY(%(departements)s::text[])
               OR (contract.departement_code = '' AND contract.place_kind = 'region' AND contract.place_code IN (
                   SELECT region_id FROM reference_departement WHERE code = ANY(%(departements)s::text[]))))
          AND (%(prefixes)s::text[] = '{}' OR contract.cpv LIKE ANY(%(prefixes)s::text[]))
          AND (%(seen_on)s::date IS NULL OR contract.first_seen > %(seen_on)s::date)
          AND (
              contract.social_considerations && ARRAY['clause', 'critere', 'reserve']::varchar[]
              OR (contract.social_considerations @> ARRAY['inconnu']::varchar[] AND EXISTS (
                  SELECT 1 FROM unnest(%(divisions)s::text[], %(amounts)s::numeric[]) AS likely(division, amount)
                  WHERE left(contract.cpv, 2) = likely.division AND contract.amount_ht >= likely.amount
              ))
          )
          AND NOT EXISTS (
              SELECT 1 FROM noticed JOIN purchasing_contractholder AS holder ON holder.contract_id = contract.id
              WHERE noticed.buyer_siren = contract.buyer_siren AND left(holder.siret, 9) = ANY(noticed.sirens)
                AND left(noticed.cpv, 3) = left(contract.cpv, 3)
          )
        ORDER BY contract.notified_on DESC, contract.uid
        LIMIT %(limit)s + %(offset)s
    ), chosen AS (
        SELECT 'contract' AS origin, id, uid, object, cpv, buyer_name AS buyer, buyer_siren, amount_ht, months, notified_on,
               ARRAY[departement_code]::varchar[] AS departements,
               CASE WHEN place_kind = 'commune' THEN place_code END AS commune_id, is_social, '' AS url, FALSE AS is_demo,
               CASE WHEN place_kind IN ('region', 'code_postal') THEN place_code ELSE '' END AS wider
        FROM contracts
        UNION ALL
        SELECT 'notice', id, uid, object, cpv, buyer, buyer_siren, amount_ht, months, notified_on, departements, commune_id,
               TRUE, url, is_demo, ''
        FROM noticed
        ORDER BY notified_on DESC, uid
        LIMIT %(limit)s OFFSET %(offset)s
    )
    SELECT chosen.uid, chosen.object, chosen.cpv, coalesce(nullif(chosen.buyer, ''), buyer.name, '') AS buyer,
           chosen.buyer_siren, chosen.amount_ht, chosen.months, chosen.notified_on, chosen.departements,
           departement.name, region.name, commune.name, commune.latitude, commune.longitude, chosen.wider, chosen.is_social,
           chosen.url, chosen.is_demo, holders.rows
    FROM chosen
    LEFT JOIN reference_region AS region ON region.code = chosen.wider
    LEFT JOIN organisations_organisation AS buyer ON buyer.siren = chosen.buyer_siren AND chosen.buyer_siren <> ''
    LEFT JOIN reference_departement AS departement ON departement.code = chosen.departements[1]
    LEFT JOIN reference_commune AS commune ON commune.code = chosen.commune_id
    LEFT JOIN LATERAL (
        SELECT json_agg(json_build_array(won.siret, won.id_kind, won.name, unit.name, unit.legal_category,
                                         town.name, town.departement_id, won.phone, won.email) ORDER BY won.rank) AS rows
        FROM (
            SELECT holder.rank, holder.siret, holder.id_kind, holder.name, '' AS phone, '' AS email
            FROM purchasing_contractholder AS holder
            WHERE chosen.origin = 'contract' AND holder.contract_id = chosen.id
            UNION ALL
            SELECT winner.rank, coalesce(nullif(winner.siret, ''), winner.siren), 'AVIS', winner.name, winner.phone,
                   winner.email
            FROM purchasing_noticewinner AS winner
            WHERE chosen.origin = 'notice' AND winner.lot_id = chosen.id
        ) AS won
        LEFT JOIN organisations_organisation AS unit ON unit.siren = left(won.siret, 9)
        LEFT JOIN organisations_establishment AS place ON place.siret = won.siret
        LEFT JOIN reference_commune AS town ON town.code = place.commune_id
    ) AS holders ON TRUE
    ORDER BY chosen.notified_on DESC, chosen.uid
"""


class _Row(NamedTuple):
    """One line of `_AWARDED`. `wider`: the code of a région, or a postal code, when no commune is said."""

    uid: str
    object: str
    cpv: str
    buyer: str
    buyer_siren: str
    amount_ht: Decimal | None
    months: int | None
    notified_on: date
    departements: list[str]
    departement: str | None
    region: str | None
    commune: str | None
    latitude: float | None
    longitude: float | None
    wider: str
    is_social: bool | None
    url: str
    is_demo: bool
    holders: list[list[Any]] | None


@dataclass(frozen=True)
class Holder:
    """A company to call. An empty name: we do not know that it is a legal person, so it is not named. Its number or its name is there.

    `phone` and `email`: what the award notice publishes of a legal person; empty otherwise.
    """

    siren: str
    name: str
    place: str
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class Awarded:
    """A contract somebody has just won. `is_social`: published as such; else the clause is only probable.

    `url`: its award notice, empty when it comes from the data of contracts, or has no address. `why`: for a supplier, why it is
    near; empty for the public.
    """

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
    url: str = ""
    is_demo: bool = False
    why: str = ""


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
    sheets: Sequence[Sheet] = (),
    seen_after: datetime | None = None,
    offset: int = 0,
    limit: int = PER_PAGE,
) -> AwardedPage:
    """Contracts notified recently (`recent_award_days`), there and of these sectors (anywhere, any when empty). One SQL query.

    `sheets`: instead, those of the trade and within reach of one of these suppliers, and why; four SQL queries at most.
    `seen_after`: only those first seen here after that moment; contracts, whose day alone is known, after that day.
    """
    reach = Reach.of(sheets)
    if sheets:
        departements, sectors = sorted(reach.departements or ()), trades_called(sheets)
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
                "seen_on": timezone.localdate(seen_after) if seen_after else None,
                "divisions": [one.key for one in thresholds],
                "amounts": [one.value for one in thresholds],
                "limit": _MOST_READ if sheets else limit + 1,
                "offset": 0 if sheets else offset,
            },
        )
        rows = [_Row(*row) for row in cursor.fetchall()]
    found = _within_reach(rows, reach)[offset:] if sheets else [(row, Reached("")) for row in rows]
    return AwardedPage(
        contracts=tuple(_awarded(row, reached) for row, reached in found[:limit]),
        since=since,
        is_last=len(found) <= limit,
        thresholds=thresholds,
        recent=recent,
    )


def _within_reach(rows: Sequence[_Row], reach: Reach) -> list[tuple[_Row, Reached]]:
    points = _points_of_postal_codes({row.wider for row in rows if len(row.wider) == _POSTAL_LENGTH})
    found = []
    for row in rows:
        place = _place_of(row, reach, points)
        one = next(filter(None, (_called(row, sheet, place, reach) for sheet in reach.sheets)), None)
        if one is not None:
            found.append((row, one))
    return found


def _called(row: _Row, sheet: Sheet, place: LotPlace, reach: Reach) -> Reached | None:
    call = call_for(row.cpv, sheet)
    if call is None:
        return None
    near = reach.reached(sheet, call.sector, place)
    return near and replace(near, why=f"{call.why} {near.why}".strip())


def _place_of(row: _Row, reach: Reach, points: Mapping[str, Point]) -> LotPlace:
    if row.region:
        return LotPlace(reach.of_region(row.wider))
    known = None if row.latitude is None or row.longitude is None else (row.latitude, row.longitude)
    return LotPlace(tuple(filter(None, row.departements)), known or points.get(row.wider))


def _points_of_postal_codes(codes: Set[str]) -> dict[str, Point]:
    """The middle of the communes of each postal code. One SQL query, none without codes."""
    if not codes:
        return {}
    held: dict[str, list[Point]] = {}
    rows = Commune.objects.filter(postal_codes__overlap=sorted(codes))
    for postal_codes, latitude, longitude in rows.values_list("postal_codes", "latitude", "longitude"):
        for code in codes & set(postal_codes):
            held.setdefault(code, []).append((latitude, longitude))
    return {
        code: (sum(one[0] for one in points) / len(points), sum(one[1] for one in points) / len(points))
        for code, points in held.items()
    }


def _thresholds(today: date) -> tuple[parameters.Parameter, ...]:
    return tuple(one for one in parameters.all_parameters() if one.name == _LIKELY and one.covers(today))


def _awarded(row: _Row, reached: Reached) -> Awarded:
    return Awarded(
        uid=row.uid,
        object=row.object,
        cpv=row.cpv,
        buyer=row.buyer or (f"SIREN {row.buyer_siren}" if row.buyer_siren else "acheteur non précisé"),
        amount_ht=row.amount_ht,
        months=row.months,
        notified_on=row.notified_on,
        place=placed_at(_place_in_words(row), reached.distance_km),
        is_social=bool(row.is_social),
        holders=tuple(found for one in row.holders or () if (found := _holder(*one)) is not None),
        url=row.url,
        is_demo=row.is_demo,
        why=reached.why,
    )


def _place_in_words(row: _Row) -> str:
    codes = row.departements
    if len(codes) > 1:
        return (
            f"départements {', '.join(codes)}" if len(codes) <= _MOST_NAMED else f"{len(codes)} départements"
        )
    named = row.commune or row.departement
    return f"{named} ({codes[0]})" if named else row.region or codes[0] or "lieu non précisé"


def _holder(
    siret: str,
    id_kind: str,
    published: str,
    known: str | None,
    legal_category: str | None,
    town: str | None,
    departement: str | None,
    phone: str,
    email: str,
) -> Holder | None:
    """None for a natural person, and for an identifier that leads to nobody."""
    # The numbers of a notice were checked when it was read; it may give none, and the name then says who it is.
    if id_kind != "AVIS" and not (id_kind == "SIRET" and is_valid_siret(siret)):
        return None
    # INSEE: the categories that begin with 1 are natural persons.
    if legal_category and legal_category.startswith("1"):
        return None
    name, siren = known or published, siret[:9]
    place = f"{town} ({departement})" if town else ""
    if legal_category or bears_legal_form(name):
        return Holder(siren, name, place, phone, email)
    return Holder(siren, "", place) if siren else None
