"""Declares the room to Django."""

from django.apps import AppConfig


class ExecutionConfig(AppConfig):
    name = "levier.execution"
    label = "execution"
    verbose_name = "Exécution"

    def ready(self) -> None:
        """Say, on the page of a purchase, which contracts its lots became; hear of the addresses that answer no more."""
        from levier.core.mail import returns
        from levier.execution.declaring.contacts import note_returned
        from levier.execution.lot_lines import lines_of
        from levier.purchasing import lot_lines

        # The lines of a lot come in the order of these names: after its study.
        lot_lines.register("won_contract", lines_of)
        returns.register(note_returned)
