"""Declares the room to Django."""

import logging

from django.apps import AppConfig


class ExecutionConfig(AppConfig):
    name = "levier.execution"
    label = "execution"
    verbose_name = "Exécution"

    def ready(self) -> None:
        """Say, on the page of a purchase, which contracts its lots became; hear of the addresses that answer no more."""
        from django.conf import settings

        from levier.core import mail_returns
        from levier.purchasing import lot_lines
        from levier.rulebook.eligibility import use_own_sets

        # The lines of a lot come in the order of these names: after its study.
        lot_lines.register("won_contract", "levier.execution.lot_lines.lines_of")
        lot_lines.register_hold("won_contract", "levier.execution.lot_lines.holds_of")
        for problem in use_own_sets(settings.ELIGIBILITY_SETS):
            logging.getLogger("levier.eligibility").warning("Liste de publics laissée de côté. %s", problem)
        mail_returns.register("levier.execution.declaring.contacts.note_returned")
