"""Names of the territories that structures and people cover."""

from collections import defaultdict
from collections.abc import Iterable

from levier.facilitators.answers import Territory
from levier.facilitators.models import Scope
from levier.reference.models import Commune, Departement, Epci, Region


def area_names(areas: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """(scope, code) → « Nord (59) », « Métropole Européenne de Lille »…; an unknown code stays as it is."""
    codes: dict[str, set[str]] = defaultdict(set)
    wanted = list(dict.fromkeys(areas))
    for scope, code in wanted:
        codes[scope].add(code)
    names: dict[tuple[str, str], str] = {(Scope.COUNTRY.value, "FR"): "toute la France"}
    readers = {
        Scope.COMMUNE.value: Commune.objects.all(),
        Scope.EPCI.value: Epci.objects.all(),
        Scope.DEPARTEMENT.value: Departement.objects.all(),
        Scope.REGION.value: Region.objects.all(),
    }
    for scope, rows in readers.items():
        if codes[scope]:
            for code, name in rows.filter(code__in=codes[scope]).values_list("code", "name"):
                names[scope, code] = f"{name} ({code})" if scope == Scope.DEPARTEMENT else name
    return {area: names.get(area, area[1]) for area in wanted}


def area_keys(place: Territory) -> set[str]:
    """« scope:code » of every territory that contains a place: what a person's territories are compared with."""
    return {f"{scope}:{code}" for scope, code in place.areas}
