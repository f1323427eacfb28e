"""Declares the room to Django."""

from django.apps import AppConfig


class CommunityConfig(AppConfig):
    name = "levier.community"
    label = "community"
    verbose_name = "Communauté"
