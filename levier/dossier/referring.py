"""From a dossier to the request sent to the facilitator: its figures, copied as words."""

from levier.core.typography import day, euros, figure
from levier.dossier.need import PROGRAMMES
from levier.dossier.result import Dossier


def need_lines(dossier: Dossier) -> list[tuple[str, str]]:
    """(label, value) of what the buyer may send: the need as understood, then the answer in three lines."""
    need = dossier.need
    lines = [
        ("Objet", need.object[:1].upper() + need.object[1:]),
        ("Code CPV", f"{need.cpv.code} {need.cpv.label}" if need.cpv else ""),
        ("Lieu d’exécution", need.place.label if need.place else ""),
        ("Montant estimé HT", euros(need.amount_ht) if need.amount_ht is not None else ""),
        ("Maximum de l’accord-cadre HT", euros(need.max_amount_ht) if need.max_amount_ht is not None else ""),
        ("Durée", f"{figure(need.months, 1)} mois" if need.months is not None else ""),
        ("Lots", figure(need.lot_count) if need.lot_count else ""),
        ("Programme", PROGRAMMES.get(need.programme, need.programme)),
        ("Lancement", "" if need.is_launch_assumed else day(need.launch_date)),
        ("Levier envisagé", dossier.answer.lever),
        ("Heures envisagées", dossier.answer.hours),
        ("Fournisseurs", dossier.answer.suppliers),
    ]
    return [(label, value) for label, value in lines if value]
