"""`levier search`: suppliers by words, place, kind and sector."""

import click

from levier.cli.boot import start_django
from levier.cli.output import json_option, refuse, write_json
from levier.core.typography import figure, kilometres


@click.command(
    "search", epilog='Exemple : levier search "espaces verts" --near Roubaix --radius 30 --kind EA --json'
)
@click.argument("text", default="")
@click.option("--near", help="Lieu autour duquel chercher.")
@click.option("--radius", type=click.FloatRange(1, 500), help="Rayon en kilomètres (avec --near).")
@click.option("--kind", "kinds", multiple=True, help="Type de structure (EI, ETTI, EA, ESAT…), répétable.")
@click.option("--sector", "sectors", multiple=True, help="Secteur d'achat (slug), répétable.")
@click.option("--cpv", help="Code CPV.")
@click.option("--departement", "departements", multiple=True, help="Code de département, répétable.")
@click.option("--with-ess", is_flag=True, help="Ajouter les entreprises de l'ESS au sens large.")
@click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True)
@click.option("--offset", type=click.IntRange(0, 10_000), default=0)
@json_option
def search_command(
    text: str, near: str | None, radius: float | None, kinds: tuple[str, ...], sectors: tuple[str, ...],
    cpv: str | None, departements: tuple[str, ...], with_ess: bool, limit: int, offset: int, as_json: bool,
) -> None:  # fmt: skip
    """Chercher des fournisseurs inclusifs."""
    start_django()
    from levier.core.search import SearchError
    from levier.directory import index
    from levier.directory.kinds import UnknownKindError
    from levier.directory.search import Near, SupplierQuery
    from levier.reference.queries import place_finder
    from levier.reference.sectors import UnknownSectorError

    around = None
    if near:
        matches = place_finder().find(near, limit=1)
        if not matches:
            refuse(f"Le lieu « {near[:60]} » est inconnu.", as_json=as_json)
        place = matches[0].place
        around = Near(place.latitude, place.longitude, place.landmass or None)
    elif radius:
        refuse("Un rayon demande un lieu : ajoutez --near.", as_json=as_json, code=2)
    query = SupplierQuery(
        text=text, near=around, radius_km=radius, kinds=tuple(kind.upper() for kind in kinds), sectors=sectors,
        cpv=(cpv,) if cpv else (), departements=departements, with_ess=with_ess, limit=limit, offset=offset,
        sort="distance" if around and not text else "relevance",
    )  # fmt: skip
    try:
        page, found = index.search(query)
    except (SearchError, UnknownKindError, UnknownSectorError) as problem:
        refuse(str(problem), as_json=as_json)
    if as_json:
        write_json(
            {
                "total": page.total,
                "corrected": page.corrected,
                "relaxed": page.relaxed,
                "results": [
                    {"distance_km": one.hit.distance_km, "why": one.hit.why} | _card(one.card)
                    for one in found
                ],
            }
        )
    else:
        click.echo(
            f"{figure(page.total)} structures"
            + (f" (recherche corrigée : {page.corrected})" if page.corrected else "")
        )
        for one in found:
            where = kilometres(one.hit.distance_km)
            trades = ", ".join(tag.label for tag in one.card.sectors[:2]) or one.card.activity_label
            click.echo(
                f"  {one.card.kind.code:<5} {one.card.display_name} — {one.card.place_label} {where} — {trades}"
            )
    if not page.total:
        raise SystemExit(1)


def _card(card: object) -> dict[str, object]:
    from levier.directory.queries import SupplierCard

    assert isinstance(card, SupplierCard)
    return {
        "key": card.key, "siret": card.siret, "name": card.display_name, "kind": card.kind.code,
        "kind_label": card.kind.name, "city": card.commune_name or card.city, "departement": card.departement_code,
        "sectors": [tag.slug for tag in card.sectors], "activity": card.activity_status, "is_demo": card.is_demo,
        "sources": card.sources, "seen_on": card.seen_on,
    }  # fmt: skip
