"""Declares the room to Django."""

from django.apps import AppConfig


class DossierConfig(AppConfig):
    name = "levier.dossier"
    label = "dossier"
    verbose_name = "Dossier"
