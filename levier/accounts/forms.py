"""Sign-in forms."""

from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import RequestLoginCodeForm as AllauthRequestLoginCodeForm


class LoginForm(AllauthLoginForm):
    """Mail address and password."""


class RequestLoginCodeForm(AllauthRequestLoginCodeForm):
    """Mail address only: a code follows."""
