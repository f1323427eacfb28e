"""Declares the room to Django."""

from django.apps import AppConfig


class PurchasingConfig(AppConfig):
    name = "levier.purchasing"
    label = "purchasing"
    verbose_name = "Achats"
