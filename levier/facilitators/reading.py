"""Reads the files of structures: our documented CSV, and the prescribers of les-emplois (JSON)."""

import gzip
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from levier.facilitators.loading import ConventionRow, ProgrammeRow, StructureRow
from levier.facilitators.models import DESK_KINDS, Scope, StructureKind
from levier.facilitators.reading_table import RejectedRowError, UnreadableFileError, day_of, table_rows
from levier.organisations.identifiers import clean_digits, is_valid_siren, is_valid_siret
from levier.reference.models import Commune, Departement, Epci, Region
from levier.reference.places.folding import fold
from levier.rulebook.programmes import all_programmes

COLUMNS = (
    "kind",
    "name",
    "siret",
    "email",
    "phone",
    "website",
    "address",
    "postal_code",
    "city",
    "coverage",
    "private_clients",
    "desk",
    "conventions",
    "programmes",
)
_REQUIRED = {"kind", "name", "coverage"}
_YES = {"oui", "1", "true", "vrai", "x"}
_LEAD = "chef"
_PRESCRIBER_KINDS = {
    "ML": StructureKind.MISSION_LOCALE,
    "FT": StructureKind.FRANCE_TRAVAIL,
    "CAP_EMPLOI": StructureKind.CAP_EMPLOI,
    "E2C": StructureKind.E2C,
    "EPIDE": StructureKind.EPIDE,
    "PLIE": StructureKind.PLIE,
    "DEPT": StructureKind.DEPARTEMENT,
}


class Places:
    """The codes that exist, and the commune of a seat by département and name."""

    def __init__(self) -> None:
        self._codes = {
            Scope.COMMUNE.value: set(Commune.objects.values_list("code", flat=True)),
            Scope.EPCI.value: set(Epci.objects.values_list("code", flat=True)),
            Scope.DEPARTEMENT.value: set(Departement.objects.values_list("code", flat=True)),
            Scope.REGION.value: set(Region.objects.values_list("code", flat=True)),
            Scope.COUNTRY.value: {"FR"},
        }
        self._seats: dict[tuple[str, str], tuple[str, str]] = {}
        self._epci_of_postal: dict[str, set[str]] = {}

    def _read_seats(self) -> None:
        """Only the prescribers need them: folding every name of commune takes half a second."""
        rows = Commune.objects.order_by("-parent_id", "code").values_list(
            "code", "name", "departement_id", "epci_id", "postal_codes"
        )
        for code, name, departement, epci, postal_codes in rows:
            self._seats[departement, fold_city(name)] = (code, epci or "")
            for postal in postal_codes:
                self._epci_of_postal.setdefault(postal, set()).add(epci or "")

    def exists(self, scope: str, code: str) -> bool:
        """Whether this territory is in the reference tables."""
        return code in self._codes.get(scope, ())

    def seat(self, departement: str, city: str, postal_code: str) -> tuple[str, str] | None:
        """(commune, EPCI) of a city name in a département, CEDEX and « ST » included.

        A former commune has no row of its own: its postal code tells the EPCI when it is in one only.
        """
        if not self._seats:
            self._read_seats()
        found = self._seats.get((departement, fold_city(city)))
        around = self._epci_of_postal.get(postal_code, set())
        if found is None and len(around) == 1 and "" not in around:
            return "", next(iter(around))
        return found


def fold_city(name: str) -> str:
    """« ST-OMER CEDEX 2 » and « Saint-Omer » give the same key; so do « Le Gosier » and « GOSIER »."""
    # « L’ » of a word processor and « L' » of a keyboard are one; « œ » has no accent to lose.
    typed = name.translate({0x2019: "'", 0x153: "oe", 0x152: "OE"})
    plain = unicodedata.normalize("NFKD", typed).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"\bcedex\b.*", "", re.sub(r"[^a-z0-9]+", " ", plain))
    plain = re.sub(r"\bste\b", "sainte", re.sub(r"\bst\b", "saint", plain))
    return re.sub(r"^(le|la|les|l) ", "", plain.strip()).strip()


def csv_rows(path: Path, places: Places) -> Iterator[tuple[str, StructureRow | str]]:
    """(« ligne 3 », structure) or (« ligne 3 », reason of the rejection). Raises UnreadableFileError.

    A structure written a second time otherwise is refused: which of the two is right is not ours to guess.
    """
    first: dict[str, tuple[str, StructureRow]] = {}
    for where, cells in table_rows(path, required=_REQUIRED, columns=COLUMNS):
        try:
            if isinstance(cells, str):
                raise RejectedRowError(cells)
            row = _csv_row(cells, places)
            known_at, known = first.setdefault(row.source_key, (where, row))
            if known != row:
                raise RejectedRowError(
                    f"« {row.name} » est déjà donnée à la {known_at}, autrement : gardez une seule des deux lignes."
                )
            yield where, row
        except RejectedRowError as reason:
            yield where, str(reason)


def kind_of(text: str) -> StructureKind:
    """« PLIE », « mde » or « Maison de l’emploi » as a kind. Raises RejectedRowError."""
    word = fold(text)
    for kind in StructureKind:
        if word in {fold(kind.value.replace("_", " ")), fold(str(kind.label))}:
            return kind
    said = f"Nature « {text} » inconnue" if text else "La nature de la structure est absente"
    raise RejectedRowError(f"{said} ; natures acceptées : {', '.join(StructureKind.values)}.")


def _csv_row(values: Mapping[str, str], places: Places) -> StructureRow:
    kind = kind_of(values["kind"])
    if not values["name"]:
        raise RejectedRowError("Le nom de la structure est absent.")
    siret = clean_digits(values["siret"])
    if siret and not is_valid_siret(siret):
        raise RejectedRowError(
            f"Le SIRET « {values['siret']} » est invalide : corrigez-le ou laissez-le vide."
        )
    if values["email"] and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", values["email"], re.I):
        raise RejectedRowError(f"L’adresse « {values['email']} » n’est pas une adresse électronique.")
    coverage = _coverage(values["coverage"], places)
    desk = values["desk"].casefold()
    return StructureRow(
        source="structures",
        source_key=(siret and f"{kind}:{siret}") or f"{kind}:{fold_city(values['name'])}"[:120],
        kind=kind.value,
        name=values["name"][:255],
        coverage=coverage,
        has_desk=desk in _YES if desk else kind in DESK_KINDS,
        siret=siret,
        email=values["email"],
        phone=values["phone"][:20],
        website=values["website"][:200],
        address=values["address"][:255],
        postal_code=_postal_code(values["postal_code"]),
        city=values["city"][:100],
        private_clients=values["private_clients"].casefold() in _YES,
        conventions=_conventions(values["conventions"]),
        programmes=_programmes(values["programmes"], places),
    )


def pieces_of(text: str) -> list[str]:
    """What stands between « ; » or « | »: a cell may use the one that is not the file's delimiter."""
    return [piece for part in re.split(r"[;|]", text) if (piece := part.strip())]


def _postal_code(text: str) -> str:
    digits = clean_digits(text)[:5]
    # A spreadsheet takes « 01000 » for a number.
    return digits.zfill(5) if len(digits) == 4 else digits


def area_of(column: str, text: str, places: Places) -> tuple[str, str]:
    """« epci:200093201 » as (scope, code); the zero that a spreadsheet took from « departement:01 » comes back."""
    written, colon, code = (piece.strip() for piece in text.partition(":"))
    scope = fold(written)
    if scope not in Scope.values:
        raise RejectedRowError(
            f"Colonne « {column} » : échelle « {written} » inconnue ; acceptées : {', '.join(Scope.values)}."
            if colon
            else f"Colonne « {column} » : « {written} » ne se lit pas ; écrivez l’échelle puis le code, par exemple « commune:59512 »."
        )
    width = {Scope.COMMUNE: 5, Scope.DEPARTEMENT: 2}.get(Scope(scope), 0)
    code = code.upper().zfill(width)
    if not places.exists(scope, code):
        raise RejectedRowError(
            f"Colonne « {column} » : territoire « {written}:{code} » inconnu des tables de référence ; vérifiez "
            "son code (code Insee, ou SIREN pour un EPCI)."
        )
    return scope, code


def _coverage(text: str, places: Places) -> tuple[tuple[str, str], ...]:
    """« departement:48;epci:200093201 » as pairs."""
    pairs = [area_of("coverage", piece, places) for piece in pieces_of(text)]
    if not pairs:
        raise RejectedRowError("Le territoire couvert est absent, par exemple « departement:48 ».")
    return tuple(dict.fromkeys(pairs))


def _conventions(text: str) -> tuple[ConventionRow, ...]:
    """« 999200009:2026-01-01:2028-12-31:chef;… » as conventions, in an order that the cell does not decide."""
    found: dict[tuple[str, date], ConventionRow] = {}
    for piece in pieces_of(text):
        row = _convention(piece)
        if found.setdefault((row.buyer_siren, row.valid_from), row) != row:
            raise RejectedRowError(
                f"Colonne « conventions » : deux conventions avec l’acheteur {row.buyer_siren} commencent le "
                f"{row.valid_from:%d/%m/%Y} ; gardez-en une seule."
            )
    return tuple(found[key] for key in sorted(found))


def _convention(piece: str) -> ConventionRow:
    siren, start, end, *rest = *(part.strip() for part in piece.split(":")), *[""] * 3
    if not start or piece.count(":") not in {2, 3} or rest[0] not in {"", _LEAD}:
        raise RejectedRowError(
            f"Colonne « conventions » : « {piece} » ne se lit pas ; écrivez SIREN:début:fin, par exemple "
            f"« 999200009:2026-01-01:2028-12-31 », puis « :{_LEAD} » si la structure est chef de file."
        )
    buyer = re.sub(r"\s", "", siren)
    if not re.fullmatch("[0-9]{9}", buyer) or not is_valid_siren(buyer):
        raise RejectedRowError(
            f"Colonne « conventions » : le SIREN d’acheteur « {siren} » est faux ; reprenez les neuf premiers "
            "chiffres de son SIRET."
        )
    valid_from, valid_to = _day(piece, start), _day(piece, end) if end else None
    if valid_to and valid_to < valid_from:
        raise RejectedRowError(
            f"Colonne « conventions » : la convention avec {buyer} finit le {valid_to:%d/%m/%Y}, avant de "
            f"commencer le {valid_from:%d/%m/%Y} ; corrigez l’une des deux dates."
        )
    return ConventionRow(buyer, valid_from, valid_to, rest[0] == _LEAD)


def _day(piece: str, text: str) -> date:
    try:
        return day_of(text)
    except ValueError:
        raise RejectedRowError(
            f"Colonne « conventions » : la date « {text} » de « {piece} » ne se lit pas ; écrivez-la "
            "AAAA-MM-JJ, par exemple 2026-01-31."
        ) from None


def _programmes(text: str, places: Places) -> tuple[ProgrammeRow, ...]:
    """« anru-2014:epci:200093201;… » as the territories where a programme designates the structure."""
    known = [programme.key for programme in all_programmes()]
    found = set()
    for piece in pieces_of(text):
        key, _, area = (part.strip() for part in piece.partition(":"))
        if key not in known:
            raise RejectedRowError(
                f"Colonne « programmes » : programme « {key} » inconnu ; acceptés : {', '.join(known)}."
            )
        if not area:
            raise RejectedRowError(
                f"Colonne « programmes » : « {piece} » est sans territoire ; écrivez par exemple "
                f"« {key}:epci:200093201 »."
            )
        found.add(ProgrammeRow(key, *area_of("programmes", area, places)))
    return tuple(sorted(found))


def prescriber_rows(path: Path, places: Places) -> Iterator[tuple[str, StructureRow | str]]:
    """The prescribers of les-emplois: names and seats are real, mail, phone and SIRET are not: never kept."""
    try:
        raw = path.read_bytes()
        listed = json.loads(gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw)
    except (OSError, EOFError, ValueError) as problem:
        raise UnreadableFileError(
            f"Le fichier « {path.name} » n’est pas une liste JSON lisible ({problem.__class__.__name__})."
        ) from None
    if not isinstance(listed, list):
        raise UnreadableFileError(f"Le fichier « {path.name} » n’est pas une liste de prescripteurs.")
    for item in listed:
        where = f"fiche {item.get('pk', '?')}" if isinstance(item, dict) else "fiche illisible"
        try:
            yield where, _prescriber(item, places)
        except RejectedRowError as reason:
            yield where, str(reason)


def _prescriber(item: Any, places: Places) -> StructureRow:
    fields = item.get("fields") if isinstance(item, dict) else None
    if not isinstance(fields, dict) or not fields.get("uid") or not fields.get("name"):
        raise RejectedRowError("Fiche sans nom ni identifiant.")
    kind = _PRESCRIBER_KINDS.get(str(fields.get("kind")))
    if kind is None:
        raise RejectedRowError(f"Nature « {fields.get('kind')} » : ne conseille pas les acheteurs.")
    if fields.get("authorization_status") == "REFUSED":
        raise RejectedRowError("Habilitation refusée.")
    if re.match(r"1234567|(\d)\1{8}", fields.get("siret") or ""):
        raise RejectedRowError("SIRET fictif : fiche d’essai de la source.")
    departement, city = str(fields.get("department") or ""), str(fields.get("city") or "")
    postal_code = clean_digits(fields.get("post_code"))[:5]
    seat = places.seat(departement, city, postal_code)
    covers_all = kind in {StructureKind.CAP_EMPLOI, StructureKind.DEPARTEMENT}
    if not covers_all and seat is None:
        raise RejectedRowError(
            f"Commune « {city} » ({departement}) introuvable : ressort impossible à déduire."
        )
    if covers_all and not places.exists(Scope.DEPARTEMENT.value, departement):
        raise RejectedRowError(f"Département « {departement} » inconnu.")
    commune, epci = seat or ("", "")
    near = (Scope.EPCI.value, epci) if epci else (Scope.COMMUNE.value, commune)
    website = str(fields.get("website") or "")
    return StructureRow(
        source="les-emplois",
        source_key=str(fields["uid"]),
        kind=kind.value,
        name=str(fields["name"]).strip()[:255],
        coverage=((Scope.DEPARTEMENT.value, departement),) if covers_all else (near,),
        has_desk=False,
        website=website[:200] if kind == StructureKind.MISSION_LOCALE else "",
        address=str(fields.get("address_line_1") or "")[:255],
        postal_code=postal_code,
        city=city[:100],
        commune_id=commune or None,
        is_assumed=not covers_all,
    )
