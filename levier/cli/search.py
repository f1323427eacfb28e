"""`levier search`: suppliers by words, place, kind and sector."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from levier.cli.boot import start_django
from levier.cli.output import json_option, refuse, write_json
from levier.core.typography import counted, figure, kilometres

if TYPE_CHECKING:
    from levier.directory.index import FoundSupplier
    from levier.directory.loosening import Loosened
    from levier.directory.understood import Understood
    from levier.reference.places import Place


@click.command("search", epilog='Exemple : levier search "EA espaces verts à 30 km de Roubaix" --json')
@click.argument("text", default="")
@click.option("--near", help="Lieu autour duquel chercher.")
@click.option("--radius", type=click.FloatRange(1, 500), help="Rayon en kilomètres (avec --near).")
@click.option("--kind", "kinds", multiple=True, help="Type de structure (EI, ETTI, EA, ESAT…), répétable.")
@click.option("--sector", "sectors", multiple=True, help="Secteur d’achat (slug), répétable.")
@click.option("--cpv", help="Code CPV.")
@click.option("--departement", "departements", multiple=True, help="Code de département, répétable.")
@click.option(
    "--family", "families", multiple=True, help="Famille de structures (insertion, handicap…), répétable."
)
@click.option("--size", "sizes", multiple=True, help="Taille : micro, petite, moyenne, grande ; répétable.")
@click.option(
    "--way", "ways", multiple=True, help="Forme : services, works, supplies, staffing, joint ; répétable."
)
@click.option("--word-for-word", is_flag=True, help="Chercher les mots tels quels, sans y lire type ni lieu.")
@click.option("--with-ess", is_flag=True, help="Ajouter les entreprises de l’ESS au sens large.")
@click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True)
@click.option("--offset", type=click.IntRange(0, 10_000), default=0)
@json_option
def search_command(
    text: str, near: str | None, radius: float | None, kinds: tuple[str, ...], sectors: tuple[str, ...],
    cpv: str | None, departements: tuple[str, ...],
    families: tuple[str, ...], sizes: tuple[str, ...], ways: tuple[str, ...], word_for_word: bool, with_ess: bool, limit: int, offset: int,
    as_json: bool,
) -> None:  # fmt: skip
    """Chercher des fournisseurs inclusifs : une phrase dit tout (« ESAT blanchisserie 93 »), ou les options."""
    start_django()
    from levier.core.search import SearchError
    from levier.directory.filters import kinds_asked
    from levier.directory.kinds import UnknownKindError
    from levier.directory.search import SupplierQuery
    from levier.directory.understanding import literal, understand_text
    from levier.directory.understood import around
    from levier.reference.sectors import UnknownSectorError

    place = _place(near, as_json) if near else None
    try:
        base = SupplierQuery(
            kinds=kinds_asked(families, [kind.upper() for kind in kinds], with_ess=with_ess), sizes=sizes, ways=ways,
            sectors=sectors, cpv=(cpv,) if cpv else (), departements=departements, with_ess=with_ess, limit=limit, offset=offset,
            sort="distance" if place and not text else "relevance",
        )  # fmt: skip
        if place:
            base, _ = around(base, place, radius)
        understood = (
            literal(text, base) if word_for_word
            else understand_text(text, base, radius_km=radius, with_place=place is None)
        )  # fmt: skip
        if radius and understood.query.near is None:
            refuse("Un rayon demande un lieu : nommez-le, ou ajoutez --near.", as_json=as_json, code=2)
        total = _answer(understood, place or understood.place, near or "", as_json=as_json)
    except (SearchError, UnknownKindError, UnknownSectorError) as problem:
        refuse(str(problem), as_json=as_json)
    if not total:
        raise SystemExit(1)


def _answer(understood: "Understood", place: "Place | None", near: str, *, as_json: bool) -> int:
    """Search and say who is found, then who comes from elsewhere; how many they are together."""
    from levier.directory import index
    from levier.directory.coming import coming_page
    from levier.directory.loosening import in_fields, loosened

    page = index.find(understood.query)
    there = coming_page(understood.query, place, limit=understood.query.limit)
    found, coming = index.carded(page.hits, there.hits)
    # The words of a known trade are not mended: it is found by itself.
    corrected = understood.mended or (None if understood.is_trade else page.corrected)
    offers = () if page.total else loosened(understood, understood.query, near)
    if as_json:
        about = {"total": page.total, "corrected": corrected, "understood": understood.as_dict()}
        lists = {"relaxed": page.relaxed, "results": [_result(one) for one in found]}
        write_json(
            about
            | in_fields(offers, near)
            | lists
            | {"coming_total": there.total, "coming": [_result(one) for one in coming]}
        )
    else:
        _say(understood, page.total, corrected, found, offers)
        _say_coming(there.total, coming)
    return page.total + there.total


def _say(
    understood: "Understood",
    total: int,
    corrected: str | None,
    found: Sequence["FoundSupplier"],
    offers: tuple["Loosened", ...],
) -> None:
    from levier.directory.loosening import why_nobody

    if understood.parts:
        click.echo("Compris : " + " · ".join(part.label for part in understood.parts))
    mended = f" (recherche corrigée : {corrected})" if corrected else ""
    click.echo(f"{counted(total, 'structure')}{mended}")
    for one in found:
        click.echo(_line(one))
    if offers:
        click.echo(why_nobody(offers))
    for offer in offers:
        click.echo(f"  {offer.title} : {offer.found}")


def _say_coming(total: int, coming: Sequence["FoundSupplier"]) -> None:
    if total:
        click.echo(f"Établis ailleurs, ils disent intervenir ici : {figure(total)}")
    for one in coming:
        click.echo(_line(one))


def _place(near: str, as_json: bool) -> "Place":
    from levier.reference.queries import place_finder

    matches = place_finder().find(near, limit=1)
    if not matches:
        refuse(f"Le lieu « {near[:60]} » est inconnu.", as_json=as_json)
    return matches[0].place


def _line(found: "FoundSupplier") -> str:
    where = kilometres(found.hit.distance_km)
    trades = ", ".join(tag.label for tag in found.card.sectors[:2]) or found.card.activity_label
    card = found.card
    return f"  {card.kind.code:<5} {card.display_name} — {card.place_label} {where} — {trades}"


def _result(found: "FoundSupplier") -> dict[str, object]:
    card = found.card
    return {
        "distance_km": found.hit.distance_km, "why": found.hit.why,
        "key": card.key, "siret": card.siret, "name": card.display_name, "kind": card.kind.code,
        "kind_label": card.kind.name, "city": card.commune_name or card.city, "departement": card.departement_code,
        "sectors": [tag.slug for tag in card.sectors], "ways": card.ways.codes,
        "size": card.size, "activity": card.activity_status, "is_demo": card.is_demo,
        "sources": card.sources, "seen_on": card.seen_on,
    }  # fmt: skip
