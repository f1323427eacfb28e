"""Declares the room to Django."""

from django.apps import AppConfig


class FacilitatorsConfig(AppConfig):
    name = "levier.facilitators"
    label = "facilitators"
    verbose_name = "Facilitateurs"
