"""Which professional bodies speak for a trade, here; the whole register for its page."""

from collections.abc import Iterable

from levier.facilitators.models import TradeBody
from levier.reference.queries import departement
from levier.reference.sectors import Sector, all_groups, find_sector, sector_for_cpv, sectors_for_naf


def trade_bodies_for(cpvs: Iterable[str], departement_code: str) -> list[TradeBody]:
    """The bodies of the trades of these CPV codes whose territory reaches the département; the nearest first.

    Without a known CPV, none: everybody is nobody's choice. Without a département, the national ones only.
    """
    wanted = [(code, sector_for_cpv(code)) for code in cpvs if code]
    if not wanted:
        return []
    here = _areas(departement_code)
    found = [
        one
        for one in TradeBody.objects.filter(is_hidden=False)
        if (not one.territories or here & set(one.territories))
        and any(_speaks_for(one, code, sector) for code, sector in wanted)
    ]
    return sorted(found, key=lambda one: (not one.territories, not one.is_confirmed, one.name))


def _areas(code: str) -> set[str]:
    found = departement(code) if code else None
    return {f"departement:{found.code}", f"region:{found.region_id}"} if found else set()


def _speaks_for(body: TradeBody, cpv: str, sector: Sector | None) -> bool:
    for trade in body.trades:
        kind, _, code = trade.partition(":")
        if kind == "cpv":
            if cpv.startswith(code):
                return True
        elif kind == "naf":
            if sector in sectors_for_naf(code):
                return True
        elif sector is not None and trade in {sector.slug, sector.group.slug}:
            return True
    return False


def trade_in_words(trade: str) -> str:
    """« Nettoyage et propreté », « CPV 909 », « NAF 8121Z »."""
    kind, _, code = trade.partition(":")
    if code:
        return f"{kind.upper()} {code}"
    known = {group.slug: group.label for group in all_groups()}
    sector = find_sector(trade)
    return known.get(trade) or (sector.label if sector else trade)
