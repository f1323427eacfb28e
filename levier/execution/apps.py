"""Declares the room to Django."""

from django.apps import AppConfig


class ExecutionConfig(AppConfig):
    name = "levier.execution"
    label = "execution"
    verbose_name = "Exécution"

    def ready(self) -> None:
        """Say, on the page of a purchase, which contracts its lots became."""
        from levier.execution.lot_lines import lines_of
        from levier.purchasing import lot_lines

        lot_lines.register("contract", lines_of)
