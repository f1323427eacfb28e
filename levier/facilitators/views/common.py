"""What the pages of this room share: who reads, the number in an address, refusals in a page."""

import re

from django.http import Http404, HttpRequest

from levier.accounts.models import User
from levier.core.audit import Actor

VISITOR = Actor.machine("visiteur")


def account(request: HttpRequest) -> User:
    """The signed-in account: the middleware closes every view that does not say otherwise."""
    assert isinstance(request.user, User)
    return request.user


def number_of(slug: str) -> int:
    """The number a structure's address begins with. Raises Http404."""
    found = re.match(r"[0-9]{1,15}(?=-|$)", slug)
    if found is None:
        raise Http404("Cette structure n’existe pas.")
    return int(found.group())
