"""One value at a time: amounts, dates, durations, CPV codes, places, from what publishers really write."""

import re
from collections.abc import Collection
from datetime import date
from decimal import Decimal, InvalidOperation

from levier.purchasing.contracts.anomalies import Anomaly
from levier.purchasing.models import PlaceKind

Found = list[str]

# What publishers write in place of nothing: « non communiqué », « marché (ou champ) non concerné »…
_NOTHING = frozenset({"", "null", "none", "nan", "n/a"})
_NOT_COMMUNICATED = frozenset(
    {"nc", "cdl", "mq", "inx", "test", "non communiqué", "non renseigné", "sans objet"}
)
_LONGEST_NOTHING = max(map(len, _NOTHING | _NOT_COMMUNICATED))
# Above, no French contract of these data: Grand Paris Express lots stay below two billion.
_ABSURD_AMOUNT = Decimal("5e9")
_MAX_MONTHS = 600
_DEPARTEMENT = re.compile(r"0[1-9]|[1-8]\d|9[0-5]|2[AB]|97[1-8]|98[4678]|989")


def text(value: object, anomalies: Found, limit: int = 255) -> str:
    """Trimmed text on one line; « NC » and its like become an empty text and an anomaly."""
    if value is None or isinstance(value, (dict, list)):
        return ""
    plain = " ".join(str(value).replace("\x00", "").split())
    if len(plain) <= _LONGEST_NOTHING:
        word = plain.casefold()
        if word in _NOTHING:
            return ""
        if word in _NOT_COMMUNICATED:
            anomalies.append(Anomaly.NOT_COMMUNICATED)
            return ""
    return plain[:limit]


def amount(value: object, anomalies: Found) -> tuple[Decimal | None, Decimal | None]:
    """(credible amount or None, published amount), in euros without tax, from a number or « 14 700,00 »."""
    plain = text(value, anomalies)
    if not plain:
        anomalies.append(Anomaly.AMOUNT_MISSING)
        return None, None
    if isinstance(value, str):
        anomalies.append(Anomaly.AMOUNT_AS_TEXT)
    plain = re.sub(r"[\s€]", "", plain)
    if "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    try:
        published = Decimal(plain)
    except InvalidOperation:
        published = Decimal("NaN")
    if not published.is_finite():
        anomalies.append(Anomaly.AMOUNT_UNREADABLE)
        return None, None
    kept = published.quantize(Decimal("0.01")) if abs(published) < Decimal("1e18") else None
    if published < 0 or published >= _ABSURD_AMOUNT:
        anomalies.append(Anomaly.AMOUNT_ABSURD)
    elif published <= 1:
        anomalies.append(Anomaly.AMOUNT_TINY)
    elif re.fullmatch(r"9{6,}", str(int(published))):
        anomalies.append(Anomaly.AMOUNT_FILLER)
    else:
        return kept, kept
    return None, kept


def day(value: object, anomalies: Found) -> date | None:
    """A date from « 2019-04-25+02:00 », « 2019-04-25T00:00:00Z » or « 25/04/2019 »; None if it is none."""
    plain = text(value, anomalies)
    found = re.match(r"(\d{4})-(\d{1,2})-(\d{1,2})", plain)
    if found:
        year, month, number = (int(part) for part in found.groups())
    else:
        found = re.match(r"(\d{1,2})/(\d{1,2})/(\d{4})", plain)
        if not found:
            return None
        number, month, year = (int(part) for part in found.groups())
    try:
        return date(year, month, number)
    except ValueError:
        return None


def months(value: object, anomalies: Found) -> int | None:
    """A duration in months from 36, 48.0 or « 36 »."""
    plain = text(value, anomalies)
    found = re.fullmatch(r"(\d{1,9})([.,]\d+)?", plain)
    if not found:
        anomalies.append(Anomaly.MONTHS_MISSING)
        return None
    number = int(found[1])
    if number == 0:
        anomalies.append(Anomaly.MONTHS_ZERO)
        return None
    if number > _MAX_MONTHS:
        anomalies.append(Anomaly.MONTHS_ABSURD)
        return None
    return number


def cpv(value: object, known: Collection[str], anomalies: Found) -> str:
    """Eight digits of the nomenclature, or "". Spreadsheets lose leading zeros: 9310000 is 09310000.

    `known`: the codes of the nomenclature; when it is empty only the shape is checked.
    """
    plain = text(value, anomalies)
    # The check digit follows a dash: 45000000-7.
    digits = re.sub(r"\.0$", "", plain).split("-")[0].replace(" ", "").replace(".", "")
    if not digits:
        anomalies.append(Anomaly.CPV_EMPTY)
        return ""
    if not digits.isascii() or not digits.isdigit() or len(digits) > 9:
        anomalies.append(Anomaly.CPV_UNREADABLE)
        return ""
    if len(digits) == 9:
        digits = digits[:8]
    if len(digits) == 8:
        return _nearest_known(digits, known, anomalies)
    with_zero = f"0{digits}"
    if len(digits) == 7 and (with_zero in known or (not known and with_zero[:2] in {"03", "09"})):
        anomalies.append(Anomaly.CPV_ZERO_RESTORED)
        return with_zero
    completed = digits.ljust(8, "0")
    if len(digits) >= 2 and (completed in known or not known):
        anomalies.append(Anomaly.CPV_SHORTENED)
        return completed
    anomalies.append(Anomaly.CPV_UNREADABLE)
    return ""


def _nearest_known(digits: str, known: Collection[str], anomalies: Found) -> str:
    """The code itself, else its nearest ancestor in the nomenclature, else ""."""
    if not known or digits in known:
        return digits
    for length in range(7, 1, -1):
        ancestor = digits[:length].ljust(8, "0")
        if ancestor in known:
            anomalies.append(Anomaly.CPV_UNKNOWN)
            return ancestor
    anomalies.append(Anomaly.CPV_UNREADABLE)
    return ""


_PLACE_KINDS = {
    "commune": PlaceKind.COMMUNE,
    "insee": PlaceKind.COMMUNE,
    "postal": PlaceKind.POSTAL_CODE,
    "arrondissement": PlaceKind.ARRONDISSEMENT,
    "canton": PlaceKind.CANTON,
    "partement": PlaceKind.DEPARTEMENT,
    "region": PlaceKind.REGION,
    "région": PlaceKind.REGION,
    "pays": PlaceKind.COUNTRY,
}


def place(code_value: object, kind_value: object, anomalies: Found) -> tuple[str, str, str]:
    """(code, kind, département code) of the place of performance; each empty when unknown."""
    code = text(code_value, anomalies, 20).upper()
    written = text(kind_value, anomalies).casefold()
    kind = next((kind for word, kind in _PLACE_KINDS.items() if word in written), PlaceKind.UNKNOWN)
    if not code:
        anomalies.append(Anomaly.PLACE_MISSING)
        return "", PlaceKind.UNKNOWN.value, ""
    if kind == PlaceKind.DEPARTEMENT:
        code = code.zfill(2)
        if re.fullmatch(r"\d{5}", code):
            anomalies.append(Anomaly.PLACE_KIND_WRONG)
            kind = PlaceKind.POSTAL_CODE
    elif kind in {PlaceKind.COMMUNE, PlaceKind.POSTAL_CODE} and re.fullmatch(r"\d{4}", code):
        code = code.zfill(5)
    departement = _departement(code, kind)
    if not departement and kind not in {PlaceKind.REGION, PlaceKind.COUNTRY}:
        anomalies.append(Anomaly.PLACE_UNKNOWN)
    return code, kind.value, departement


def _departement(code: str, kind: PlaceKind) -> str:
    if kind in {PlaceKind.REGION, PlaceKind.COUNTRY}:
        return ""
    if kind == PlaceKind.DEPARTEMENT:
        candidate = "2A" if code == "20" else code
    elif kind == PlaceKind.POSTAL_CODE and code.startswith("20"):
        # Corsica: 200xx and 201xx are the south, 202xx and above the north.
        candidate = "2A" if code[2:3] in {"0", "1"} else "2B"
    elif code.startswith(("97", "98")):
        candidate = code[:3]
    else:
        candidate = code[:2]
    return candidate if _DEPARTEMENT.fullmatch(candidate) else ""
