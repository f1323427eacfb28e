"""Declares the room to Django."""

from django.apps import AppConfig


class ClausesConfig(AppConfig):
    name = "levier.clauses"
    label = "clauses"
    verbose_name = "Clauses"

    def ready(self) -> None:
        """Say, on the page of a purchase, what is studied of each lot."""
        from levier.purchasing import lot_lines

        lot_lines.register("study", "levier.clauses.studies.lot_lines.lines_of")
        lot_lines.register_hold("offer", "levier.clauses.offers.winners.holds_of")
        lot_lines.register_estimator("study", "levier.clauses.studies.estimates.estimates_of")
