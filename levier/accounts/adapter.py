"""How allauth speaks through Levier: its mails leave by the house's own outbox."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from levier.core import mail
from levier.core.middleware import client_address


class AccountAdapter(DefaultAccountAdapter):
    """Sends every account mail as a job deferred in the same transaction; knows a caller behind the proxy."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """The caller, not the proxy: else one person's wrong passwords would shut the door on everybody."""
        return client_address(request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Render allauth's plain-text templates and queue the mail."""
        message = self.render_mail(template_prefix, email, {"email": email} | context)
        mail.send(to=email, subject=str(message.subject), body=str(message.body))
