"""Declares the room to Django."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "levier.portal"
    label = "portal"
    verbose_name = "Portail"
