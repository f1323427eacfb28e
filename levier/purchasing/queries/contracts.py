"""Past contracts like a need, and the contracts a company has won."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import connection

from levier.core.search import IndexMissingError, IndexOutdatedError, Query
from levier.core.search.french import stems
from levier.core.typography import euros
from levier.purchasing import index
from levier.purchasing.models import SocialConsideration

# Enough for the re-ranking by place, amount and CPV to have a choice, few enough for one short SQL query.
_CANDIDATES = 40
_SOCIAL = {
    SocialConsideration.CLAUSE.value,
    SocialConsideration.CRITERION.value,
    SocialConsideration.RESERVED.value,
}
_HYDRATE = """
    SELECT contract.id, contract.uid, contract.object, contract.cpv, contract.buyer_siren,
           contract.buyer_name, coalesce(organisation.name, '') AS known_buyer,
           contract.amount_ht, contract.months, contract.notified_on, contract.departement_code,
           coalesce(departement.name, '') AS departement_name,
           coalesce(departement.region_id, '') AS region, contract.social_considerations,
           coalesce(holders.names, '{}'), contract.nature, contract.source
    FROM purchasing_contract AS contract
    LEFT JOIN organisations_organisation AS organisation ON organisation.siren = contract.buyer_siren
    LEFT JOIN reference_departement AS departement ON departement.code = contract.departement_code
    LEFT JOIN LATERAL (
        SELECT array_agg(CASE WHEN name <> '' THEN name ELSE siret END ORDER BY rank) AS names
        FROM purchasing_contractholder WHERE contract_id = contract.id
    ) AS holders ON TRUE
    WHERE contract.id = ANY(%s)
"""


@dataclass(frozen=True)
class SimilarContract:
    """A past contract like the need. Amounts in euros without tax; None is « not published or not credible ».

    `amount_ratio`: its amount divided by the need's (None when one is unknown). `has_social`: True, False, or
    None when the publication does not say. `why`: short French reasons.
    """

    uid: str
    object: str
    cpv: str
    buyer: str
    buyer_siren: str
    holders: tuple[str, ...]
    amount_ht: Decimal | None
    months: int | None
    notified_on: date | None
    departement_code: str
    departement_name: str
    amount_ratio: float | None
    has_social: bool | None
    why: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class WonContract:
    """A contract a company holds, alone or with `partners` co-contractors."""

    uid: str
    object: str
    cpv: str
    buyer: str
    amount_ht: Decimal | None
    months: int | None
    notified_on: date | None
    departement_code: str
    has_social: bool | None
    partners: int


def similar_contracts(
    *,
    text: str,
    cpv: str = "",
    departement: str = "",
    region: str = "",
    amount_ht: float | None = None,
    limit: int = 6,
) -> list[SimilarContract]:
    """Past contracts like a need: words first, then CPV, place and order of magnitude.

    `cpv`: 2 to 8 digits; when enough contracts are of the need's division, only those are compared. Contracts
    of one buyer that say the same thing count once. Without index, or without contracts, an empty list.
    """
    try:
        scores = _candidates(text, cpv[:2])
    except (IndexMissingError, IndexOutdatedError):
        return []
    if not scores:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_HYDRATE, [list(scores)])
        rows = cursor.fetchall()
    best = max(scores.values()) or 1.0
    need = _Need(cpv.rstrip("0"), departement, region, amount_ht)
    weighed = [(need.weight(row, scores[row[0]] / best), row) for row in rows]
    weighed.sort(key=lambda pair: (-pair[0], pair[1][0]))
    return [need.answer(row) for row in islice(_distinct(row for _, row in weighed), limit)]


def _candidates(text: str, division: str) -> dict[int, float]:
    """Contract id → text score; from the division, then from everywhere if it gives too few."""
    words = text[:1_000]
    filters: dict[str, tuple[str, ...]] = {"division": (division,)} if len(division) == 2 else {}
    engine = index.engine()
    scores: dict[int, float] = {}
    for chosen in [filters, {}] if filters else [{}]:
        page = engine.search(Query(text=words, match="any", filters=chosen, correct=False, limit=_CANDIDATES))
        for hit in page.hits:
            scores.setdefault(int(hit.key), hit.score if chosen == filters else hit.score / 2)
        if len(scores) >= _CANDIDATES // 4:
            break
    return scores


@dataclass(frozen=True)
class _Need:
    """What a past contract is compared with."""

    cpv: str
    departement: str
    region: str
    amount_ht: float | None

    def weight(self, row: tuple[Any, ...], text_score: float) -> float:
        """The higher the more alike: text for a half, the rest shared between CPV, place, amount, date."""
        cpv, amount, notified, departement, region = row[3], row[7], row[9], row[10], row[12]
        common = len(_common_prefix(self.cpv, cpv)) if len(self.cpv) >= 2 else 0
        total = text_score + 0.12 * min(common, 5)
        if self.departement and departement == self.departement:
            total += 0.3
        elif self.region and region == self.region:
            total += 0.15
        ratio = self._ratio(amount)
        if ratio is not None:
            total += 0.4 * max(-1.0, 1 - abs(math.log10(ratio)))
        elif amount is not None:
            total += 0.05
        return total + (0.02 * (notified.year - 2015) if notified else 0.0)

    def _ratio(self, amount: Decimal | None) -> float | None:
        if amount is None or not self.amount_ht or self.amount_ht <= 0:
            return None
        return float(amount) / float(self.amount_ht)

    def answer(self, row: tuple[Any, ...]) -> SimilarContract:
        """The row as its reader sees it."""
        return SimilarContract(
            uid=row[1],
            object=row[2],
            cpv=row[3],
            buyer=row[5] or row[6] or f"SIREN {row[4]}",
            buyer_siren=row[4],
            holders=tuple(row[14]),
            amount_ht=row[7],
            months=row[8],
            notified_on=row[9],
            departement_code=row[10],
            departement_name=row[11],
            amount_ratio=self._ratio(row[7]),
            has_social=_has_social(row[13]),
            why=tuple(self._reasons(row)),
            source=row[16],
        )

    def _reasons(self, row: tuple[Any, ...]) -> Iterable[str]:
        common = len(_common_prefix(self.cpv, row[3])) if len(self.cpv) >= 2 else 0
        if common >= 4:
            yield "même catégorie d’achat (CPV)"
        elif common >= 2:
            yield "même division d’achat (CPV)"
        yield "objet proche"
        if self.departement and row[10] == self.departement:
            yield "même département"
        elif self.region and row[12] == self.region:
            yield "même région"
        ratio = self._ratio(row[7])
        if ratio is not None and 0.5 <= ratio <= 2:
            yield f"montant du même ordre ({euros(row[7])})"


def _common_prefix(left: str, right: str) -> str:
    length = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        length += 1
    return left[:length]


def _has_social(considerations: Iterable[str]) -> bool | None:
    """None when the publication is silent: an absent field is not a « no »."""
    found = set(considerations)
    if found & _SOCIAL:
        return True
    return False if SocialConsideration.NONE.value in found else None


def _distinct(rows: Iterable[tuple[Any, ...]]) -> Iterable[tuple[Any, ...]]:
    """One contract per buyer and subject: lots of one consultation differ by a few words and numbers."""
    kept: list[tuple[str, frozenset[str]]] = []
    for row in rows:
        words = frozenset(stems(re.sub(r"\d+", " ", row[2])[:400]))
        if not any(
            buyer == row[4] and len(words & other) >= 0.6 * min(len(words), len(other))
            for buyer, other in kept
        ):
            kept.append((row[4], words))
            yield row


_WON = """
    SELECT contract.uid, contract.object, contract.cpv,
           coalesce(nullif(contract.buyer_name, ''), organisation.name, 'SIREN ' || contract.buyer_siren),
           contract.amount_ht, contract.months, contract.notified_on, contract.departement_code,
           contract.social_considerations,
           (SELECT count(*) FROM purchasing_contractholder AS other WHERE other.contract_id = contract.id) - 1
    FROM purchasing_contract AS contract
    LEFT JOIN organisations_organisation AS organisation ON organisation.siren = contract.buyer_siren
    WHERE contract.id IN (
        SELECT contract_id FROM purchasing_contractholder WHERE siret LIKE %s AND id_kind = 'SIRET'
    )
    ORDER BY contract.notified_on DESC NULLS LAST, contract.id LIMIT %s
"""


def contracts_won_by(siren: str, *, limit: int = 20) -> list[WonContract]:
    """The latest contracts of a company (all its establishments), from the open data loaded here."""
    if not re.fullmatch(r"\d{9}", siren):
        return []
    with connection.cursor() as cursor:
        cursor.execute(_WON, [f"{siren}%", limit])
        rows = cursor.fetchall()
    return [_won(*row) for row in rows]


def _won(
    uid: str,
    subject: str,
    cpv: str,
    buyer: str,
    amount_ht: Decimal | None,
    months: int | None,
    notified_on: date | None,
    departement: str,
    considerations: list[str],
    partners: int,
) -> WonContract:
    has_social = _has_social(considerations)
    return WonContract(
        uid, subject, cpv, buyer, amount_ht, months, notified_on, departement, has_social, partners
    )
