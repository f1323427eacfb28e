"""A tiny SIRENE stock with INSEE's own columns, in Parquet or zipped CSV, for tests. Every firm is invented."""

import csv
import io
import zipfile
from pathlib import Path

import duckdb

from levier.directory.sources.sirene.stock import ESTABLISHMENT, PLACE, UNIT

ESTABLISHMENTS = [
    # The roofs: head office, open, 10 to 19 people.
    {"siren": "999100019", "siret": "99910001900010", "statutDiffusionEtablissement": "O",
     "trancheEffectifsEtablissement": "11", "anneeEffectifsEtablissement": "2023", "etablissementSiege": "true",
     "numeroVoieEtablissement": "3", "typeVoieEtablissement": "RUE", "libelleVoieEtablissement": "DU COMPAS",
     "codePostalEtablissement": "59100", "libelleCommuneEtablissement": "ROUBAIX", "codeCommuneEtablissement": "59512",
     "dateDebut": "2015-01-01", "etatAdministratifEtablissement": "A", "activitePrincipaleEtablissement": "43.34Z",
     "nomenclatureActivitePrincipaleEtablissement": "NAFRev2", "activitePrincipaleNAF25Etablissement": "43.34Y"},
    # The intermediate association: closed, address masked.
    {"siren": "999100027", "siret": "99910002700013", "statutDiffusionEtablissement": "P", "etablissementSiege": "true",
     "libelleVoieEtablissement": "[ND]", "codePostalEtablissement": "59000", "libelleCommuneEtablissement": "LILLE",
     "codeCommuneEtablissement": "59350", "dateDebut": "2026-03-31", "etatAdministratifEtablissement": "F",
     "activitePrincipaleEtablissement": "88.99B", "nomenclatureActivitePrincipaleEtablissement": "NAFRev2"},
    # A cooperative nobody lists, its second place, and a person.
    {"siren": "999200280", "siret": "99920028000017", "etablissementSiege": "true", "numeroVoieEtablissement": "1",
     "typeVoieEtablissement": "PL", "libelleVoieEtablissement": "DE LA SCOP", "codePostalEtablissement": "59000",
     "libelleCommuneEtablissement": "LILLE", "codeCommuneEtablissement": "59350", "dateDebut": "2020-01-01",
     "etatAdministratifEtablissement": "A", "activitePrincipaleEtablissement": "81.21Y",
     "nomenclatureActivitePrincipaleEtablissement": "NAF2025"},
    {"siren": "999200280", "siret": "99920028000025", "etablissementSiege": "false", "codeCommuneEtablissement": "59350",
     "etatAdministratifEtablissement": "A"},
    {"siren": "999200355", "siret": "99920035500017", "etablissementSiege": "true", "codeCommuneEtablissement": "59350",
     "etatAdministratifEtablissement": "A"},
]  # fmt: skip
UNITS = [
    {"siren": "999100019", "denominationUniteLegale": "LES TOITS D'ESSAI SARL", "etatAdministratifUniteLegale": "A",
     "categorieJuridiqueUniteLegale": "5499", "activitePrincipaleUniteLegale": "43.34Z",
     "trancheEffectifsUniteLegale": "11", "economieSocialeSolidaireUniteLegale": "O"},
    {"siren": "999100027", "denominationUniteLegale": "COUP DE MAIN D'ESSAI", "etatAdministratifUniteLegale": "A",
     "categorieJuridiqueUniteLegale": "9220", "activitePrincipaleUniteLegale": "88.99B"},
    {"siren": "999200280", "denominationUniteLegale": "NETTOYAGE COOPERATIF D'ESSAI", "etatAdministratifUniteLegale": "A",
     "categorieJuridiqueUniteLegale": "5458", "activitePrincipaleUniteLegale": "81.21Z",
     "trancheEffectifsUniteLegale": "12", "economieSocialeSolidaireUniteLegale": "O"},
    {"siren": "999200355", "etatAdministratifUniteLegale": "A", "categorieJuridiqueUniteLegale": "1000",
     "trancheEffectifsUniteLegale": "12", "economieSocialeSolidaireUniteLegale": "O"},
]  # fmt: skip
PLACES = [
    {"siret": "99910001900010", "qualite_xy": "11", "y_latitude": "50.6902", "x_longitude": "3.1818",
     "plg_qp24": "QN05930M", "qualite_qp24": "1"},
    {"siret": "99910002700013", "qualite_xy": "33", "y_latitude": "50.63", "x_longitude": "3.06",
     "plg_qp24": "HZ", "qualite_qp24": "1"},
]  # fmt: skip
FILES = {
    "StockEtablissement_utf8": (ESTABLISHMENT, ESTABLISHMENTS),
    "StockUniteLegale_utf8": (UNIT, UNITS),
    "GeolocalisationEtablissement_Sirene_pour_etudes_statistiques_utf8": (PLACE, PLACES),
}


def write_stock(folder: Path, ending: str, *, without: tuple[str, ...] = (), key_first: bool = False) -> Path:
    """The three files in ``folder``, « .parquet », « .csv » or « .zip »; the path of the establishments.

    ``without``: columns that INSEE does not publish (any more). ``key_first``: SIREN or SIRET first, as INSEE does.
    """
    for name, (columns, rows) in FILES.items():
        kept = [column for column in columns if column not in without]
        text = io.StringIO()
        titles = ["siret" if name.startswith("Geo") else "siren"] if key_first else []
        titles += [title for title in ("autre", *kept) if title not in titles]
        writer = csv.DictWriter(text, titles, extrasaction="ignore", restval="")
        writer.writeheader()
        writer.writerows(rows)
        table = folder / f"{name}.csv"
        table.write_text(text.getvalue(), encoding="utf-8")
        if ending == ".parquet":
            duckdb.sql(
                f"COPY (SELECT * FROM read_csv('{table}', all_varchar = true)) TO '{folder / name}.parquet'"
            )
        elif ending == ".zip":
            with zipfile.ZipFile(folder / f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
                archive.write(table, f"{name}.csv")
        if ending != ".csv":
            table.unlink()
    return folder / f"StockEtablissement_utf8{ending}"
