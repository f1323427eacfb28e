"""The baseline of benchmarks/sirene.py: the same import of a SIRENE stock, written with pandas in chunks.

It does what ours does: the same rules of selection, join, checks, places, activities and ESS by law, and the same rows in
the same four tables, references checked. It is spared what ours also does: no hash of what was known, no merge
with other sources, no change log, no rejects, no report, no lookup of postal codes (every commune has its code).
Three ways: the known DAG's (chunks read as text, `to_sql` to SQLite, joined there; rows sent by INSERT, many at a time);
filtered chunk by chunk in memory, then INSERT; the same, then COPY. Only the columns that serve are read.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
import time
from pathlib import Path
from typing import Any, Literal

from benchmarks.generate_sirene import ESTABLISHMENTS, PLACES, UNITS

CHUNK = 500_000
Method = Literal["sqlite", "insert", "copy"]
SOURCE = "sirene-ess"
_UNIT = ["siren", "denominationUniteLegale", "sigleUniteLegale", "etatAdministratifUniteLegale",
         "categorieJuridiqueUniteLegale", "activitePrincipaleUniteLegale", "trancheEffectifsUniteLegale",
         "economieSocialeSolidaireUniteLegale"]  # fmt: skip
_ESTABLISHMENT = ["siren", "siret", "trancheEffectifsEtablissement", "anneeEffectifsEtablissement",
                  "etablissementSiege", "numeroVoieEtablissement", "typeVoieEtablissement",
                  "libelleVoieEtablissement", "codePostalEtablissement", "libelleCommuneEtablissement",
                  "codeCommuneEtablissement", "etatAdministratifEtablissement", "enseigne1Etablissement",
                  "activitePrincipaleEtablissement", "activitePrincipaleNAF25Etablissement"]  # fmt: skip
_PLACE = ["siret", "qualite_xy", "y_latitude", "x_longitude", "plg_qp24", "qualite_qp24"]
_EMPLOYERS = ("01", "02", "03", "11", "12", "21", "22", "31", "32", "41", "42", "51", "52", "53")


def import_stock(folder: Path, method: Method) -> dict[str, Any]:
    """Read, select, check and write in one transaction that is rolled back. Returns seconds by stage and rows."""
    import pandas
    from django.db import connection, transaction

    seconds: dict[str, float] = {}
    start = time.perf_counter()
    firms = _joined_in_sqlite(pandas, folder) if method == "sqlite" else _selected(pandas, folder)
    seconds["read, filter and join"] = time.perf_counter() - start
    rows = _checked(firms)
    seconds["places, checks, activities"] = time.perf_counter() - start - sum(seconds.values())
    with transaction.atomic():
        with connection.cursor() as cursor:
            _write(cursor, rows, method)
            # What a commit would check: the references of every row.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
        seconds["write, references checked"] = time.perf_counter() - start - sum(seconds.values())
    return {"suppliers": len(rows), "seconds": time.perf_counter() - start, "stages": seconds}


def _read(pandas: Any, folder: Path, name: str, columns: list[str]) -> Any:
    return pandas.read_csv(folder / f"{name}.csv", dtype=str, usecols=columns, chunksize=CHUNK)


def _selected(pandas: Any, folder: Path) -> Any:
    """The firms that selection.yaml wants, with their head office and its point."""
    kept = []
    for chunk in _read(pandas, folder, UNITS, _UNIT):
        category = chunk.categorieJuridiqueUniteLegale.str.zfill(4)
        naf = chunk.activitePrincipaleUniteLegale.str.replace(".", "", regex=False).fillna("")
        band = chunk.trancheEffectifsUniteLegale
        is_scop = category.isin(["5458", "5558", "5658"]) & band.isin(_EMPLOYERS)
        is_ess = (
            category.str.startswith(("92", "93", "82", "5"))
            & (chunk.economieSocialeSolidaireUniteLegale == "O")
            & band.isin(_EMPLOYERS[3:])
            & ~naf.str.startswith(("9491", "9492", "9420", "84"))
        )
        wanted = (is_scop | is_ess) & (category != "1000") & (chunk.etatAdministratifUniteLegale == "A")
        part = chunk[wanted & chunk.denominationUniteLegale.notna()].copy()
        part["category"], part["unit_naf"] = category[part.index], naf[part.index]
        part["kind"] = is_scop[part.index].map({True: "SCOP", False: "ESS"})
        kept.append(part)
    units = pandas.concat(kept)
    sirens = set(units.siren)
    kept = []
    for chunk in _read(pandas, folder, ESTABLISHMENTS, _ESTABLISHMENT):
        kept.append(
            chunk[
                chunk.siren.isin(sirens)
                & (chunk.etatAdministratifEtablissement == "A")
                & (chunk.etablissementSiege == "true")
            ]
        )
    places = pandas.concat(kept).merge(units, on="siren")
    sirets = set(places.siret)
    points = pandas.concat(
        [chunk[chunk.siret.isin(sirets)] for chunk in _read(pandas, folder, PLACES, _PLACE)]
    )
    return places.merge(points, on="siret", how="left").drop_duplicates(["siret", "kind"])


def _joined_in_sqlite(pandas: Any, folder: Path) -> Any:
    """The same firms: every line to SQLite, then one query."""
    work = folder / "baseline.sqlite"
    with contextlib.closing(sqlite3.connect(work)) as database:
        for table, name, columns in (
            ("unit", UNITS, _UNIT),
            ("establishment", ESTABLISHMENTS, _ESTABLISHMENT),
            ("place", PLACES, _PLACE),
        ):
            for chunk in _read(pandas, folder, name, columns):
                chunk.to_sql(table, database, if_exists="append", index=False)
        database.execute("CREATE INDEX unit_siren ON unit (siren)")
        database.execute("CREATE INDEX place_siret ON place (siret)")
        firms = pandas.read_sql(_SQLITE_JOIN, database)
    work.unlink()
    return firms.drop_duplicates(["siret", "kind"])


_SQLITE_JOIN = """
SELECT e.*, u.denominationUniteLegale, u.economieSocialeSolidaireUniteLegale,
       substr('0000' || u.categorieJuridiqueUniteLegale, -4) AS category,
       replace(coalesce(u.activitePrincipaleUniteLegale, ''), '.', '') AS unit_naf,
       CASE WHEN u.categorieJuridiqueUniteLegale IN ('5458', '5558', '5658') THEN 'SCOP' ELSE 'ESS' END AS kind,
       p.qualite_xy, p.y_latitude, p.x_longitude, p.plg_qp24, p.qualite_qp24
FROM establishment e JOIN unit u ON u.siren = e.siren LEFT JOIN place p ON p.siret = e.siret
WHERE e.etatAdministratifEtablissement = 'A' AND e.etablissementSiege = 'true'
  AND u.etatAdministratifUniteLegale = 'A' AND u.denominationUniteLegale IS NOT NULL
  AND u.trancheEffectifsUniteLegale NOT IN ('NN', '00')
  AND (u.categorieJuridiqueUniteLegale IN ('5458', '5558', '5658')
       OR (substr(u.categorieJuridiqueUniteLegale, 1, 2) IN ('92', '93', '82') OR u.categorieJuridiqueUniteLegale LIKE '5%')
          AND u.economieSocialeSolidaireUniteLegale = 'O' AND u.trancheEffectifsUniteLegale >= '11'
          AND replace(coalesce(u.activitePrincipaleUniteLegale, ''), '.', '') NOT IN ('9491Z', '9492Z', '9420Z')
          AND coalesce(u.activitePrincipaleUniteLegale, '') NOT LIKE '84%')
"""


def _shown(value: Any) -> str:
    return "" if not isinstance(value, str) or value.upper() == "[ND]" else " ".join(value.split())


def _checked(firms: Any) -> list[dict[str, Any]]:
    """Each firm as the values that our import gives it."""
    from levier.directory.inference import inferred_activity
    from levier.organisations.identifiers import is_valid_siret
    from levier.reference.legal import ess_status
    from levier.reference.models import Commune
    from levier.reference.queries import legal_category_labels, naf_links

    communes = {row["code"]: row for row in Commune.objects.select_related("departement").values(
        "code", "departement_id", "region_id", "departement__region_id", "epci_id", "latitude", "longitude", "precision")}  # fmt: skip
    labels, links = legal_category_labels(), naf_links()
    rows = []
    for firm in firms.to_dict("records"):
        name, siret = _shown(firm["denominationUniteLegale"]), firm["siret"]
        if not name or not is_valid_siret(siret):
            continue
        values: dict[str, Any] = {"name": name[:255], "siret": siret, "siren": siret[:9]}
        brand = _shown(firm["enseigne1Etablissement"])
        if brand and brand.casefold() != name.casefold():
            values["brand"] = brand[:255]
        if firm["category"] in labels:
            values["legal_form"] = labels[firm["category"]][:150]
        values["place"] = _place(firm, communes)
        naf = _shown(firm["activitePrincipaleEtablissement"]).replace(".", "")
        if naf:
            values["naf"] = {"code": naf, "nomenclature": "naf_rev2"}
        ess = ess_status(
            firm["category"], firm["unit_naf"], declared=firm["economieSocialeSolidaireUniteLegale"] == "O"
        )
        values["legal_unit"] = {"category": firm["category"]}
        if ess.status == "by_law":
            values["legal_unit"]["ess"] = ess.reason
        values["naf_2025"] = _shown(firm["activitePrincipaleNAF25Etablissement"]).replace(".", "")
        if _shown(firm["trancheEffectifsEtablissement"]):
            values["headcount"] = {"band": firm["trancheEffectifsEtablissement"]}
        district = _shown(firm["plg_qp24"])
        if firm["qualite_qp24"] in ("1", "2") and district:
            values["qpv"] = {"code": district if district.startswith("QN") else "", "known": True}
        activity = inferred_activity(values, firm["kind"], links)
        if activity:
            values["activity"] = activity
        key = f"{siret}:{firm['kind']}"
        text = json.dumps(values, ensure_ascii=False, sort_keys=True)
        values["hash"] = hashlib.md5(f"{key}\n{text}".encode()).hexdigest()
        rows.append({"key": key, "kind": firm["kind"], "text": text, "values": values})
    return rows


def _place(firm: dict[str, Any], communes: dict[str, Any]) -> dict[str, Any]:
    way = (firm["numeroVoieEtablissement"], firm["typeVoieEtablissement"], firm["libelleVoieEtablissement"])
    place = {
        "address": " ".join(filter(None, map(_shown, way))),
        "postal_code": _shown(firm["codePostalEtablissement"]),
        "city": _shown(firm["libelleCommuneEtablissement"]),
    }
    found = communes.get(firm["codeCommuneEtablissement"])
    if found:
        place |= {
            "commune": found["code"], "departement": found["departement_id"] or "", "epci": found["epci_id"] or "",
            "region": found["region_id"] or found["departement__region_id"] or "",
            "latitude": found["latitude"], "longitude": found["longitude"], "precision": found["precision"],
        }  # fmt: skip
    if firm["qualite_xy"] in ("11", "12", "21"):
        place |= {
            "latitude": round(float(firm["y_latitude"]), 6),
            "longitude": round(float(firm["x_longitude"]), 6),
            "precision": "address",
        }
    return place


def _send(cursor: Any, method: Method, table: str, columns: str, rows: list[tuple[Any, ...]]) -> None:
    if method == "copy":
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join(["%s"] * len(rows[0]))
    cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)


def _write(cursor: Any, rows: list[dict[str, Any]], method: Method) -> None:
    """Legal units, establishments, suppliers, source records: the tables that our import writes."""
    from django.utils import timezone

    today = timezone.localdate().isoformat()
    units = {row["values"]["siren"]: row["values"] for row in rows}
    _send(cursor, method, "organisations_organisation", "siren, name, legal_category, legal_form, is_demo", [
        (siren, said["name"], said["legal_unit"]["category"], said.get("legal_form", "")[:120], False)
        for siren, said in units.items()])  # fmt: skip
    cursor.execute("SELECT siren, id FROM organisations_organisation")
    unit_ids = dict(cursor.fetchall())
    _send(cursor, method, "organisations_establishment",
          "organisation_id, siret, name, address, postal_code, commune_id, naf, naf_nomenclature, is_active", [
              (unit_ids[said["siren"]], said["siret"], said.get("brand", said["name"]), said["place"]["address"],
               said["place"]["postal_code"], said["place"].get("commune"), said.get("naf", {}).get("code", ""),
               said.get("naf", {}).get("nomenclature", ""), True)
              for said in {row["values"]["siret"]: row["values"] for row in rows}.values()])  # fmt: skip
    cursor.execute("SELECT siret, id FROM organisations_establishment")
    place_ids = dict(cursor.fetchall())
    origins = json.dumps({"*": {"source": SOURCE, "seen": today}})
    _send(cursor, method, "directory_supplier", _SUPPLIER, [
        _supplier(row, unit_ids, place_ids, origins, today) for row in rows])  # fmt: skip
    cursor.execute("SELECT key, id FROM directory_supplier")
    ids = dict(cursor.fetchall())
    _send(cursor, method, "directory_sourcerecord",
          "source_id, source_key, supplier_id, stated_key, kind, values, content_hash, first_seen, last_seen", [
              (SOURCE, row["key"], ids[row["key"]], row["key"], row["kind"], row["text"], row["values"]["hash"],
               today, today) for row in rows])  # fmt: skip


_SUPPLIER = (
    "key, kind, organisation_id, establishment_id, siret, siren, name, brand, legal_form, description, address,"
    " postal_code, city, commune_id, departement_code, region_code, epci_code, latitude, longitude, precision, naf,"
    " naf_nomenclature, website, phone, email, sectors, activity_status, activity_origin, activity_confidence,"
    " convention_status, profile, origins, is_demo, is_listed, first_seen"
)


def _supplier(
    row: dict[str, Any], unit_ids: dict[str, int], place_ids: dict[str, int], origins: str, today: str
) -> tuple[Any, ...]:
    said = row["values"]
    place, activity, naf = said["place"], said.get("activity", {}), said.get("naf", {})
    profile = {name: said[name] for name in ("legal_unit", "naf_2025", "headcount", "qpv") if said.get(name)}
    return (
        row["key"], row["kind"], unit_ids[said["siren"]], place_ids[said["siret"]], said["siret"], said["siren"],
        said["name"], said.get("brand", ""), said.get("legal_form", ""), "", place["address"], place["postal_code"],
        place["city"], place.get("commune"), place.get("departement", ""), place.get("region", ""),
        place.get("epci", ""), place.get("latitude"), place.get("longitude"), place.get("precision", ""),
        naf.get("code", ""), naf.get("nomenclature", ""), "", "", "", activity.get("sectors", []),
        activity.get("status", "unknown"), activity.get("origin", ""), activity.get("confidence"), "unknown",
        json.dumps(profile, ensure_ascii=False), origins, False, True, today,
    )  # fmt: skip
