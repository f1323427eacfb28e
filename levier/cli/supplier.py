"""`levier supplier`: every value at one SIRET, who says it, and where the sources differ."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from levier.cli.boot import start_django
from levier.cli.output import json_option, refuse, write_json

if TYPE_CHECKING:
    from levier.directory.provenance import ProvenanceRow
    from levier.directory.queries import SupplierSheet


@click.command("supplier", epilog="Exemple : levier supplier 99900000100011 --json")
@click.argument("siret")
@json_option
def supplier_command(siret: str, as_json: bool) -> None:
    """Ce que chaque source dit d’un SIRET, pour tous les types qui s’y trouvent."""
    start_django()
    from levier.directory.queries import sirets_of, supplier_sheets_at
    from levier.organisations.identifiers import clean_digits, is_valid_siren, is_valid_siret

    digits = clean_digits(siret)
    # The numbers of the demonstration are false on purpose: looked for before they are judged.
    sheets = supplier_sheets_at(digits)
    if is_valid_siren(digits):
        known = ", ".join(sirets_of(digits))
        advice = f"l’annuaire connaît {known}" if known else "l’annuaire n’en connaît aucun établissement"
        refuse(f"{digits} est un SIREN, un SIRET (14 chiffres) est attendu : {advice}.", as_json=as_json)
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
    from levier.directory.provenance import conflicts_of, departure_of

    card = sheet.card
    state = "" if card.is_listed else " (hors de l’annuaire)"
    where = f", {card.place_label}" if card.place_label else ""
    click.secho(f"{card.display_name} — {card.kind.name}{where}{state}", bold=True)
    if left := departure_of(sheet.provenance):
        click.echo(f"  Plus aucune liste ne la nomme : {left.source_label} depuis le {left.since:%d/%m/%Y}.")
    for row in sheet.provenance:
        kept = "  " if row.is_published else "✗ "
        gone = f", disparue depuis le {row.gone_since:%d/%m/%Y}" if row.gone_since else ""
        value = " ".join(row.value.split())
        click.echo(
            f"  {kept}{row.label:<20} {value}  — {row.source_label}, vue le {row.seen_on:%d/%m/%Y}{gone}"
        )
    for conflict in conflicts_of(sheet.provenance):
        click.echo(
            f"  ! {conflict.label} : {_said(conflict.others)} ; la fiche montre {_said(conflict.shown) or 'autre chose'}."
        )


def _said(rows: "Sequence[ProvenanceRow]") -> str:
    """« value » (who says it), each value once: two lines of one list may have been merged."""
    who: dict[str, list[str]] = {}
    for row in rows:
        who.setdefault(" ".join(row.value.split()), []).append(row.source_label)
    return ", ".join(f"« {value} » ({', '.join(dict.fromkeys(labels))})" for value, labels in who.items())
