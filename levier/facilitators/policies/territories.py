"""Where an animation may put a structure: inside what it animates, and never for its own organisation."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied

from levier.facilitators.models import AnimatorLevel, Scope, Structure
from levier.facilitators.policies.structures import (
    Reader,
    animations_of,
    check_animates,
    get_structure_to_check,
    is_staff,
)
from levier.reference.models import Commune, Departement


def get_structure_to_register(user: Reader, pk: int) -> Structure:
    """A structure whose territory one may change. Raises Http404 outside of one's régions, PermissionDenied for one's own."""
    member = check_animates(user)
    found = get_structure_to_check(member, pk)
    if not may_cover(member, ((one.scope, one.code) for one in found.coverages.all())):
        raise PermissionDenied("cette structure couvre aussi une autre région : l’animation nationale décide")
    return found


def may_cover(user: Reader, areas: Iterable[tuple[str, str]]) -> bool:
    """Whether every territory meets a région this account animates; an EPCI over two régions is of both."""
    animations = animations_of(user)
    if is_staff(user) or any(one.level == AnimatorLevel.COUNTRY for one in animations):
        return True
    mine = {str(one.region_id) for one in animations}
    return bool(mine) and all(mine & _regions_of(scope, code) for scope, code in areas)


def _regions_of(scope: str, code: str) -> set[str]:
    if scope == Scope.REGION:
        return {code}
    if scope == Scope.DEPARTEMENT:
        return set(Departement.objects.filter(code=code).values_list("region_id", flat=True))
    if scope == Scope.COUNTRY:
        return set()
    inside = Commune.objects.filter(**({"epci_id": code} if scope == Scope.EPCI else {"code": code}))
    return set(inside.values_list("region_id", flat=True))
