"""Where an animation may put a structure: inside what it animates, and never for its own organisation."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied

from levier.facilitators.loading import Reach
from levier.facilitators.models import AnimatorLevel, Scope, Structure
from levier.facilitators.policies.structures import (
    Reader,
    animations_of,
    check_animates,
    get_structure_to_check,
    is_staff,
    structures_to_check,
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


def reach_of(user: Reader) -> Reach | None:
    """What an import of this animation may write; None: everything. Raises Http404 to who animates nothing."""
    member = check_animates(user)
    animations = animations_of(member)
    if is_staff(member):
        return None
    checked = structures_to_check(member).prefetch_related("coverages")
    if any(one.level == AnimatorLevel.COUNTRY for one in animations):
        return Reach(lambda areas: True, frozenset(checked.values_list("pk", flat=True)))
    mine, seen = {str(one.region_id) for one in animations}, dict[tuple[str, str], bool]()

    def covers(areas: Iterable[tuple[str, str]]) -> bool:
        for area in areas:
            if area not in seen:
                seen[area] = bool(mine & _regions_of(*area))
            if not seen[area]:
                return False
        return True

    inside = [one.pk for one in checked if covers((each.scope, each.code) for each in one.coverages.all())]
    return Reach(covers, frozenset(inside))


def _regions_of(scope: str, code: str) -> set[str]:
    if scope == Scope.REGION:
        return {code}
    if scope == Scope.DEPARTEMENT:
        return set(Departement.objects.filter(code=code).values_list("region_id", flat=True))
    if scope == Scope.COUNTRY:
        return set()
    inside = Commune.objects.filter(**({"epci_id": code} if scope == Scope.EPCI else {"code": code}))
    return set(inside.values_list("region_id", flat=True))
