"""The signed-in account of a request: every page here is closed to anonymous readers by the middleware."""

from django.http import HttpRequest

from levier.accounts.models import User


def account(request: HttpRequest) -> User:
    """The account that asks."""
    assert isinstance(request.user, User)
    return request.user
