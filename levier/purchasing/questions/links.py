"""The signed addresses of a follower: to confirm, to stop. Nothing is stored of them."""

from django.conf import settings
from django.http import Http404
from django.urls import reverse

from levier.core.signed_rows import key_signed, sign_key
from levier.purchasing.models import QuestionFollower

_SALT = "levier.purchasing.questions"


def address_of(follower: QuestionFollower) -> str:
    """The page where an address confirms that it follows, or stops."""
    signed = sign_key(follower.pk, salt=_SALT)
    return settings.SITE_URL + reverse("purchasing:question_follow", args=[signed])


def follower_of(signed: str) -> QuestionFollower:
    """The follower behind a link. Raises Http404 for one we did not sign, or an address that has stopped."""
    pk = key_signed(signed, salt=_SALT, refusal="Ce lien n’est pas entier : copiez-le jusqu’au bout.")
    found = QuestionFollower.objects.select_related("desk__purchase__organisation").filter(pk=pk).first()
    if found is None:
        raise Http404("Cette adresse ne suit plus cette consultation.")
    return found
