"""Declares the room to Django."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "levier.organisations"
    label = "organisations"
    verbose_name = "Organisations"
