"""The house's own table of a consultation, to download: its titles, one example row, how to fill each column."""

import io
from datetime import date

import xlsxwriter

from levier.purchasing.consultation.columns import COLUMNS

_EXAMPLE: dict[str, object] = {
    "number": 1,
    "title": "Nettoyage des écoles",
    "text": "Cinq écoles, passage quotidien",
    "cpv": "90919200",
    "amount_ht": 240000,
    "months": 24,
    "starts_on": date(2027, 9, 1).strftime("%d/%m/%Y"),
    "place": "Roubaix",
    "takeover": 140,
    "purchase": "Entretien des bâtiments scolaires",
    "reference": "2027-014",
}
_HELP = {
    "title": "Seule colonne obligatoire.",
    "cpv": "Huit chiffres. Vide : il est proposé d’après l’objet, vous le corrigez ensuite.",
    "amount_ht": "En euros, hors taxes. « 1,5 M€ » et « 120 k€ » sont lus.",
    "max_amount_ht": "Le remplir fait du lot un accord-cadre.",
    "is_framework": "oui ou non.",
    "months": "Vide : la durée de l’achat.",
    "starts_on": "12/03/2027.",
    "place": "Commune, code postal, EPCI ou département.",
    "takeover": "Un nombre d’heures par mois, « non » s’il n’y en a pas, vide si ce n’est pas connu.",
    "purchase": "L’objet de toute la consultation ; la première ligne remplie suffit.",
}


def template_xlsx() -> bytes:
    """The workbook: « Lots » to fill, « Aide » to read."""
    handle = io.BytesIO()
    book = xlsxwriter.Workbook(handle, {"in_memory": True})
    bold = book.add_format({"bold": True})
    lots, notes = book.add_worksheet("Lots"), book.add_worksheet("Aide")
    notes.set_column(0, 0, 30)
    notes.set_column(1, 1, 90)
    for column, (part, (title, _)) in enumerate(COLUMNS.items()):
        lots.write_string(0, column, title, bold)
        lots.set_column(column, column, max(12, len(title) + 3))
        value = _EXAMPLE.get(part)
        if isinstance(value, int):
            lots.write_number(1, column, value)
        elif value is not None:
            lots.write_string(1, column, str(value))
        notes.write_string(column, 0, title, bold)
        notes.write_string(column, 1, _HELP.get(part, ""))
    lots.freeze_panes(1, 0)
    book.close()
    return handle.getvalue()
