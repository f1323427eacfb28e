"""Generates a SIRENE stock in its real shape: three files, all their columns, the same rows for the same seed.

    python -m benchmarks.generate_sirene /tmp/stock --establishments 5000000 --format csv

Ten establishments for seven legal units, in the order of the SIREN, as INSEE writes them; firms and names are invented.
About 1 % of the establishments are selected by the packaged rules of `sirene-ess` (selection.yaml).
"""

from __future__ import annotations

import argparse
import gzip
from importlib import resources
from pathlib import Path
from typing import Literal

import duckdb

SEED = 20261125
Format = Literal["csv", "parquet"]
ESTABLISHMENTS = "StockEtablissement_utf8"
UNITS = "StockUniteLegale_utf8"
PLACES = "GeolocalisationEtablissement_Sirene_pour_etudes_statistiques_utf8"

# A number from 0 to 999 999 that only depends on the row, the question asked of it, the seed (and the locked DuckDB,
# whose hash it is).
_MACROS = """
CREATE MACRO draw(i, question) AS CAST(hash(i * 1000 + question + {seed}) % 1000000 AS BIGINT);
CREATE MACRO doubled(digit) AS 2 * digit - CASE WHEN digit > 4 THEN 9 ELSE 0 END;
CREATE MACRO digit(number, place) AS (number // CAST(10 ^ place AS BIGINT)) % 10;
-- The Luhn key of the 8 digits of a SIREN, of the 13 of a SIRET.
CREATE MACRO key_of_8(n) AS (10 - (doubled(digit(n, 0)) + digit(n, 1) + doubled(digit(n, 2)) + digit(n, 3)
    + doubled(digit(n, 4)) + digit(n, 5) + doubled(digit(n, 6)) + digit(n, 7)) % 10) % 10;
CREATE MACRO key_of_13(n) AS (10 - (doubled(digit(n, 0)) + digit(n, 1) + doubled(digit(n, 2)) + digit(n, 3)
    + doubled(digit(n, 4)) + digit(n, 5) + doubled(digit(n, 6)) + digit(n, 7) + doubled(digit(n, 8)) + digit(n, 9)
    + doubled(digit(n, 10)) + digit(n, 11) + doubled(digit(n, 12))) % 10) % 10;
CREATE MACRO siren_of(unit) AS (20000000 + unit) * 10 + key_of_8(20000000 + unit);
CREATE MACRO siret_of(unit, place) AS (siren_of(unit) * 10000 + place) * 10 + key_of_13(siren_of(unit) * 10000 + place);
CREATE MACRO word(i, question) AS
    ['ATELIER', 'SERVICES', 'JARDINS', 'MENUISERIE', 'NETTOYAGE', 'TRANSPORTS', 'IMPRIMERIE', 'RESTAURATION', 'PEINTURE',
     'RECYCLAGE', 'BLANCHISSERIE', 'COUTURE', 'LOGISTIQUE', 'INFORMATIQUE', 'FORMATION', 'SOLIDARITE', 'HORIZON', 'AVENIR',
     'RELAIS', 'TREMPLIN', 'COMPTOIR', 'FABRIQUE', 'MAISON', 'ESPACE', 'PLOMBERIE'][draw(i, question) % 25 + 1];
CREATE MACRO syllables(i, question) AS
    ['AR', 'BEL', 'CAR', 'DOR', 'FLO', 'GER', 'LAN', 'MOR', 'NER', 'PLA', 'QUI', 'RIS', 'SAL', 'TOR', 'VAL', 'VER'][draw(i, question) % 16 + 1]
    || ['ANE', 'IER', 'ON', 'ETTE', 'AUD', 'EUX', 'INE', 'OT', 'ARD', 'ELLE', 'OIS', 'ENT'][draw(i, question + 1) % 12 + 1];
CREATE MACRO activity(i, question) AS
    ['43.34Z', '81.21Z', '81.30Z', '88.99B', '94.99Z', '56.10A', '47.11B', '68.20B', '70.22Z', '62.01Z', '86.90D', '49.41A',
     '01.11Z', '96.01A', '41.20A', '10.71C', '93.12Z', '85.59A', '94.91Z', '78.20Z'][draw(i, question) % 20 + 1];
"""

# Persons, companies, property companies, associations and cooperatives, in rough proportion to the register; of
# associations with employees more than the real share, so that the rules select about 1 % of the establishments.
_UNITS = """
SELECT unit,
       CASE WHEN draw(unit, 1) < 600000 THEN 1000 WHEN draw(unit, 1) < 740000 THEN 5499
            WHEN draw(unit, 1) < 830000 THEN 5710 WHEN draw(unit, 1) < 870000 THEN 6540
            WHEN draw(unit, 1) < 998000 THEN 9220 WHEN draw(unit, 1) < 999000 THEN 5458 ELSE 5558 END AS category,
       CASE WHEN draw(unit, 2) < 650000 THEN 'A' ELSE 'C' END AS state,
       CASE WHEN draw(unit, 3) < 700000 THEN 'NN' WHEN draw(unit, 3) < 750000 THEN '01' WHEN draw(unit, 3) < 770000 THEN '02'
            WHEN draw(unit, 3) < 790000 THEN '03' WHEN draw(unit, 3) < 940000 THEN '11' WHEN draw(unit, 3) < 990000 THEN '12'
            ELSE '21' END AS band,
       CASE WHEN draw(unit, 4) < 100000 THEN 'P' ELSE 'O' END AS diffusion
FROM range({units}) u(unit)
"""

_UNIT_COLUMNS = """
SELECT CAST(siren_of(unit) AS VARCHAR) AS siren, diffusion AS statutDiffusionUniteLegale,
       CASE WHEN draw(unit, 5) < 100000 THEN true END AS unitePurgeeUniteLegale,
       DATE '1980-01-01' + CAST(draw(unit, 6) % 16000 AS INTEGER) AS dateCreationUniteLegale,
       CASE WHEN draw(unit, 7) < 100000 THEN syllables(unit, 8)[1:4] END AS sigleUniteLegale,
       CASE WHEN category = 1000 THEN CASE WHEN unit % 2 = 0 THEN 'M' ELSE 'F' END END AS sexeUniteLegale,
       CASE WHEN category = 1000 THEN CASE WHEN diffusion = 'P' THEN '[ND]' ELSE syllables(unit, 9) END END AS prenom1UniteLegale,
       NULL::VARCHAR AS prenom2UniteLegale, NULL::VARCHAR AS prenom3UniteLegale, NULL::VARCHAR AS prenom4UniteLegale,
       CASE WHEN category = 1000 THEN CASE WHEN diffusion = 'P' THEN '[ND]' ELSE syllables(unit, 9) END END AS prenomUsuelUniteLegale,
       NULL::VARCHAR AS pseudonymeUniteLegale,
       CASE WHEN category = 9220 THEN 'W' || lpad(CAST(unit % 1000000000 AS VARCHAR), 9, '0') END AS identifiantAssociationUniteLegale,
       band AS trancheEffectifsUniteLegale, CASE WHEN band <> 'NN' THEN 2024 END AS anneeEffectifsUniteLegale,
       TIMESTAMP '2026-01-01 00:00:00' + to_minutes(CAST(draw(unit, 10) % 400000 AS BIGINT)) AS dateDernierTraitementUniteLegale,
       1 + draw(unit, 11) % 5 AS nombrePeriodesUniteLegale,
       CASE WHEN band <> 'NN' THEN 'PME' END AS categorieEntreprise,
       CASE WHEN band <> 'NN' THEN 2024 END AS anneeCategorieEntreprise,
       DATE '2000-01-01' + CAST(draw(unit, 12) % 9000 AS INTEGER) AS dateDebut, state AS etatAdministratifUniteLegale,
       CASE WHEN category = 1000 THEN CASE WHEN diffusion = 'P' THEN '[ND]' ELSE syllables(unit, 13) END END AS nomUniteLegale,
       NULL::VARCHAR AS nomUsageUniteLegale,
       CASE WHEN category <> 1000 THEN word(unit, 14) || ' ' || syllables(unit, 15) || ' ' || word(unit, 17) END AS denominationUniteLegale,
       NULL::VARCHAR AS denominationUsuelle1UniteLegale, NULL::VARCHAR AS denominationUsuelle2UniteLegale,
       NULL::VARCHAR AS denominationUsuelle3UniteLegale, category AS categorieJuridiqueUniteLegale,
       activity(unit, 18) AS activitePrincipaleUniteLegale, 'NAFRev2' AS nomenclatureActivitePrincipaleUniteLegale,
       siret_of(unit, 1) % 100000 AS nicSiegeUniteLegale,
       CASE WHEN category IN (9220, 5458, 5558) AND draw(unit, 19) < 900000 THEN 'O' WHEN category <> 1000 THEN 'N' END
           AS economieSocialeSolidaireUniteLegale,
       CASE WHEN draw(unit, 20) < 200 THEN 'O' END AS societeMissionUniteLegale,
       CASE WHEN band = 'NN' THEN 'N' ELSE 'O' END AS caractereEmployeurUniteLegale,
       activity(unit, 18) AS activitePrincipaleNAF25UniteLegale
FROM units ORDER BY unit
"""

_ESTABLISHMENT_COLUMNS = """
SELECT CAST(siren_of(p.unit) AS VARCHAR) AS siren, CAST(siret_of(p.unit, p.place) AS VARCHAR)[10:14] AS nic,
       CAST(siret_of(p.unit, p.place) AS VARCHAR) AS siret, u.diffusion AS statutDiffusionEtablissement,
       DATE '1980-01-01' + CAST(draw(p.i, 30) % 16000 AS INTEGER) AS dateCreationEtablissement,
       CASE WHEN p.place = 1 THEN u.band ELSE 'NN' END AS trancheEffectifsEtablissement,
       CASE WHEN p.place = 1 AND u.band <> 'NN' THEN 2024 END AS anneeEffectifsEtablissement,
       NULL::VARCHAR AS activitePrincipaleRegistreMetiersEtablissement,
       TIMESTAMP '2026-01-01 00:00:00' + to_minutes(CAST(draw(p.i, 31) % 400000 AS BIGINT)) AS dateDernierTraitementEtablissement,
       p.place = 1 AS etablissementSiege, 1 + draw(p.i, 32) % 5 AS nombrePeriodesEtablissement,
       CASE WHEN draw(p.i, 33) < 150000 THEN 'BATIMENT ' || chr(CAST(65 + draw(p.i, 33) % 6 AS INTEGER)) END AS complementAdresseEtablissement,
       CASE WHEN u.diffusion = 'P' THEN '[ND]' ELSE CAST(1 + draw(p.i, 34) % 180 AS VARCHAR) END AS numeroVoieEtablissement,
       NULL::VARCHAR AS indiceRepetitionEtablissement, NULL::VARCHAR AS dernierNumeroVoieEtablissement,
       NULL::VARCHAR AS indiceRepetitionDernierNumeroVoieEtablissement,
       ['RUE', 'AV', 'CHE', 'BD', 'RTE', 'PL'][draw(p.i, 35) % 6 + 1] AS typeVoieEtablissement,
       CASE WHEN u.diffusion = 'P' THEN '[ND]' ELSE 'DU ' || syllables(p.i, 36) END AS libelleVoieEtablissement,
       c.postal AS codePostalEtablissement, c.city AS libelleCommuneEtablissement,
       NULL::VARCHAR AS libelleCommuneEtrangerEtablissement, NULL::VARCHAR AS distributionSpecialeEtablissement,
       c.code AS codeCommuneEtablissement, NULL::VARCHAR AS codeCedexEtablissement, NULL::VARCHAR AS libelleCedexEtablissement,
       NULL::VARCHAR AS codePaysEtrangerEtablissement, NULL::VARCHAR AS libellePaysEtrangerEtablissement,
       c.code || '_' || lpad(CAST(draw(p.i, 37) % 10000 AS VARCHAR), 4, '0') AS identifiantAdresseEtablissement,
       CAST(650000 + draw(p.i, 38) / 5 AS VARCHAR) AS coordonneeLambertAbscisseEtablissement,
       CAST(6600000 + draw(p.i, 39) / 5 AS VARCHAR) AS coordonneeLambertOrdonneeEtablissement,
       NULL::VARCHAR AS complementAdresse2Etablissement, NULL::VARCHAR AS numeroVoie2Etablissement,
       NULL::VARCHAR AS indiceRepetition2Etablissement, NULL::VARCHAR AS typeVoie2Etablissement,
       NULL::VARCHAR AS libelleVoie2Etablissement, NULL::VARCHAR AS codePostal2Etablissement,
       NULL::VARCHAR AS libelleCommune2Etablissement, NULL::VARCHAR AS libelleCommuneEtranger2Etablissement,
       NULL::VARCHAR AS distributionSpeciale2Etablissement, NULL::VARCHAR AS codeCommune2Etablissement,
       NULL::VARCHAR AS codeCedex2Etablissement, NULL::VARCHAR AS libelleCedex2Etablissement,
       NULL::VARCHAR AS codePaysEtranger2Etablissement, NULL::VARCHAR AS libellePaysEtranger2Etablissement,
       DATE '2000-01-01' + CAST(draw(p.i, 40) % 9000 AS INTEGER) AS dateDebut,
       CASE WHEN u.state = 'C' OR draw(p.i, 41) < 50000 THEN 'F' ELSE 'A' END AS etatAdministratifEtablissement,
       CASE WHEN draw(p.i, 42) < 120000 THEN word(p.i, 43) || ' ' || syllables(p.i, 44) END AS enseigne1Etablissement,
       NULL::VARCHAR AS enseigne2Etablissement, NULL::VARCHAR AS enseigne3Etablissement,
       NULL::VARCHAR AS denominationUsuelleEtablissement,
       activity(p.unit, 18) AS activitePrincipaleEtablissement, 'NAFRev2' AS nomenclatureActivitePrincipaleEtablissement,
       CASE WHEN u.band = 'NN' THEN 'N' ELSE 'O' END AS caractereEmployeurEtablissement,
       activity(p.unit, 18) AS activitePrincipaleNAF25Etablissement
FROM places p JOIN units u ON u.unit = p.unit JOIN communes c ON c.number = p.commune
ORDER BY p.i
"""

_PLACE_COLUMNS = """
SELECT CAST(siret_of(p.unit, p.place) AS VARCHAR) AS siret, 650000 + draw(p.i, 38) / 5 AS x, 6600000 + draw(p.i, 39) / 5 AS y,
       ['11', '12', '21', '22', '33'][draw(p.i, 50) % 5 + 1] AS qualite_xy, '2154' AS epsg,
       CASE WHEN draw(p.i, 51) < 50000 THEN 'QN0' || c.code[1:2] || lpad(CAST(draw(p.i, 51) % 90 + 10 AS VARCHAR), 2, '0') || 'M'
            ELSE 'HZ' END AS plg_qp24,
       c.code || '0000' AS plg_iris, NULL::VARCHAR AS plg_zus, 'HZ' AS plg_qp15, NULL::VARCHAR AS plg_qva,
       c.code AS plg_code_commune, CAST(draw(p.i, 52) % 100 AS DOUBLE) AS distance_precision, '1' AS qualite_qp24,
       '1' AS qualite_iris, NULL::VARCHAR AS qualite_zus, '1' AS qualite_qp15, NULL::VARCHAR AS qualite_qva,
       c.latitude + (draw(p.i, 53) - 500000) / 2e7 AS y_latitude, c.longitude + (draw(p.i, 54) - 500000) / 2e7 AS x_longitude
FROM places p JOIN communes c ON c.number = p.commune
ORDER BY p.i
"""


def write_stock(folder: Path, establishments: int, formats: tuple[Format, ...], seed: int = SEED) -> None:
    """The three files in each format, in ``folder``, under INSEE's names."""
    folder.mkdir(parents=True, exist_ok=True)
    work = folder / "generating.duckdb"
    with duckdb.connect(str(work), config={"threads": 2, "temp_directory": str(folder)}) as database:
        database.execute(_MACROS.format(seed=seed))
        communes = resources.files("levier.reference") / "data" / "territories" / "communes.csv.gz"
        unpacked = folder / "communes.csv"
        with communes.open("rb") as packed:
            unpacked.write_bytes(gzip.decompress(packed.read()))
        database.execute(
            "CREATE TABLE communes AS SELECT row_number() OVER (ORDER BY code) - 1 AS number, code, upper(name) AS city,"
            " split_part(postal_codes, '|', 1) AS postal, latitude::DOUBLE AS latitude, longitude::DOUBLE AS longitude"
            f" FROM read_csv('{unpacked}', all_varchar = true, header = true)"
            " WHERE latitude IS NOT NULL AND postal_codes IS NOT NULL"
        )
        unpacked.unlink()
        (count,) = database.execute("SELECT count(*) FROM communes").fetchall()[0]
        units = establishments * 7 // 10 + 1
        database.execute(f"CREATE TABLE units AS {_UNITS.format(units=units)}")
        database.execute(
            "CREATE TABLE places AS SELECT i, i * 7 // 10 AS unit,"
            " CASE WHEN i > 0 AND (i - 1) * 7 // 10 = i * 7 // 10 THEN 2 ELSE 1 END AS place,"
            f" draw(i, 60) % {count} AS commune FROM range({establishments}) p(i)"
        )
        for name, query in (
            (UNITS, _UNIT_COLUMNS),
            (ESTABLISHMENTS, _ESTABLISHMENT_COLUMNS),
            (PLACES, _PLACE_COLUMNS),
        ):
            for form in formats:
                options = "FORMAT csv, HEADER" if form == "csv" else "FORMAT parquet, COMPRESSION zstd"
                database.execute(f"COPY ({query}) TO '{folder / name}.{form}' ({options})")
    work.unlink()


def main() -> None:
    """Write the stock asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--establishments", type=int, default=5_000_000)
    parser.add_argument("--format", choices=("csv", "parquet"), action="append")
    parser.add_argument("--seed", type=int, default=SEED)
    chosen = parser.parse_args()
    write_stock(chosen.folder, chosen.establishments, tuple(chosen.format or ("csv", "parquet")), chosen.seed)
    for path in sorted(chosen.folder.iterdir()):
        print(f"{path.stat().st_size / 1e6:8.0f} MB {path.name}")


if __name__ == "__main__":
    main()
