"""How allauth speaks through Levier: its mails leave by the house's own outbox."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter

from levier.core import mail


class AccountAdapter(DefaultAccountAdapter):
    """Sends every account mail as a job deferred in the same transaction."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Render allauth's plain-text templates and queue the mail."""
        message = self.render_mail(template_prefix, email, {"email": email} | context)
        mail.send(to=email, subject=str(message.subject), body=str(message.body))
