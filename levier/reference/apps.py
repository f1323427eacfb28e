"""Declares the reference room to Django."""

from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    name = "levier.reference"
    label = "reference"
    verbose_name = "Référentiels"
    default_auto_field = "django.db.models.BigAutoField"
