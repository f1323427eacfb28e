"""What the pages of the editors share: who reads."""

from django.http import HttpRequest

from levier.accounts.models import User


def account(request: HttpRequest) -> User:
    """The signed-in account: the middleware closes every view that does not say otherwise."""
    assert isinstance(request.user, User)
    return request.user
