"""Declares the room to Django."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "levier.directory"
    label = "directory"
    verbose_name = "Fournisseurs inclusifs"
