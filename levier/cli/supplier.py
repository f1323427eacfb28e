"""`levier supplier`: every value at one SIRET, who says it, and where the sources differ."""

from typing import TYPE_CHECKING, Any

import click

from levier.cli.boot import start_django
from levier.cli.output import json_option, refuse, write_json

if TYPE_CHECKING:
    from levier.directory.queries import SupplierSheet


@click.command("supplier", epilog="Exemple : levier supplier 99900000100011 --json")
@click.argument("siret")
@json_option
def supplier_command(siret: str, as_json: bool) -> None:
    """Ce que chaque source dit d’un SIRET, pour tous les types qui s’y trouvent."""
    start_django()
    from levier.directory.queries import supplier_sheets_at
    from levier.organisations.identifiers import clean_digits, is_valid_siret

    digits = clean_digits(siret)
    # The numbers of the demonstration are false on purpose: looked for before they are judged.
    sheets = supplier_sheets_at(digits)
    if not sheets and not is_valid_siret(digits):
        refuse(
            f"« {siret[:40]} » n’est pas un SIRET : 14 chiffres et une clé juste sont attendus.",
            as_json=as_json,
        )
    if not sheets:
        refuse(f"Aucune source importée ne connaît le SIRET {digits}.", as_json=as_json)
    if as_json:
        write_json({"siret": digits, "suppliers": [_document(sheet) for sheet in sheets]})
        return
    for sheet in sheets:
        _show(sheet)


def _document(sheet: "SupplierSheet") -> dict[str, Any]:
    from levier.directory.provenance import conflicts_of
    from levier.directory.story import story_of

    card = sheet.card
    return {
        "key": card.key, "kind": card.kind.code, "kind_label": card.kind.name, "name": card.display_name,
        "is_listed": card.is_listed, "is_demo": card.is_demo, "is_gone": card.is_gone,
        "activity": card.activity_status, "sectors": [tag.slug for tag in card.sectors],
        "departement": card.departement_code, "values": sheet.provenance,
        "conflicts": conflicts_of(sheet.provenance), "history": story_of(card.id),
    }  # fmt: skip


def _show(sheet: "SupplierSheet") -> None:
    from levier.directory.provenance import conflicts_of

    card = sheet.card
    state = "" if card.is_listed else " (hors de l’annuaire)"
    click.secho(f"{card.display_name} — {card.kind.name}, {card.place_label}{state}", bold=True)
    for row in sheet.provenance:
        kept = "  " if row.is_published else "✗ "
        gone = f", disparue depuis le {row.gone_since:%d/%m/%Y}" if row.gone_since else ""
        value = " ".join(row.value.split())
        click.echo(
            f"  {kept}{row.label:<20} {value}  — {row.source_label}, vue le {row.seen_on:%d/%m/%Y}{gone}"
        )
    for conflict in conflicts_of(sheet.provenance):
        shown = ", ".join(dict.fromkeys(row.source_label for row in conflict.shown)) or "aucune source"
        others = ", ".join(dict.fromkeys(row.source_label for row in conflict.others))
        click.echo(
            f"  ! {conflict.label} : {others} dit autre chose que {shown} ; la valeur de {shown} est retenue."
        )
