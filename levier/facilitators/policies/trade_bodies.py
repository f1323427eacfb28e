"""Who writes the register of professional bodies: an animation, inside its territory; the national one and the staff."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.http import Http404

from levier.facilitators.models import AnimatorLevel, TradeBody
from levier.facilitators.policies.structures import NO_PAGE, Reader, animations_of, check_animates
from levier.reference.models import Departement


def get_trade_body_for(user: Reader, pk: int) -> TradeBody:
    """A body of the territory one animates. Raises Http404 to who animates nothing, PermissionDenied elsewhere."""
    check_animates(user)
    found = TradeBody.objects.filter(pk=pk).first()
    if found is None:
        raise Http404(NO_PAGE)
    if not may_write(user, found.territories):
        raise PermissionDenied("cette organisation n’est pas de votre territoire d’animation")
    return found


def may_write(user: Reader, territories: Iterable[str]) -> bool:
    """Whether a body with this territory is this reader's to write; « nothing » is the whole country."""
    return is_inside(territories_written(user), territories)


def is_inside(written: set[str] | None, territories: Iterable[str]) -> bool:
    """Whether a territory lies in those of ``territories_written``."""
    wanted = set(territories)
    return written is None or (bool(wanted) and wanted <= written)


def territories_written(user: Reader) -> set[str] | None:
    """The areas (« region:84 », « departement:69 ») whose bodies this reader writes; None: the whole country."""
    animations = animations_of(user)
    if getattr(user, "is_staff", False) or any(one.level == AnimatorLevel.COUNTRY for one in animations):
        return None
    regions = {str(one.region_id) for one in animations if one.region_id}
    inside = {f"region:{code}" for code in regions}
    codes = Departement.objects.filter(region_id__in=regions).values_list("code", flat=True)
    return inside | {f"departement:{code}" for code in codes}
