"""Declares the room to Django."""

from django.apps import AppConfig


class ExecutionConfig(AppConfig):
    name = "levier.execution"
    label = "execution"
    verbose_name = "Exécution"

    def ready(self) -> None:
        """Say, on the page of a purchase, which contracts its lots became; hear of the addresses that answer no more."""
        from levier.core import mail_returns
        from levier.purchasing import lot_lines

        # The lines of a lot come in the order of these names: after its study.
        lot_lines.register("won_contract", "levier.execution.lot_lines.lines_of")
        mail_returns.register("levier.execution.declaring.contacts.note_returned")
