"""The mail backend of an installation without a mail server: the console and LEVIER_HOME/mail."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone


class ConsoleAndFolderBackend(BaseEmailBackend):
    """Prints each mail and files it as one .eml, so that a code can be read during a demonstration."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the mails; returns how many. Raises OSError when the folder cannot be written."""
        folder = Path(settings.MAIL_FOLDER)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            recipient = re.sub(r"[^a-z0-9.@-]", "_", (message.to or ["personne"])[0].lower())
            path = folder / f"{timezone.now():%Y%m%d-%H%M%S-%f}-{recipient}.eml"
            path.write_bytes(message.message().as_bytes())
            sys.stderr.write(f"\n--- courriel pour {', '.join(message.to)} ({path.name})\n")
            sys.stderr.write(f"Objet : {message.subject}\n\n{message.body}\n---\n")
        return len(email_messages)
