"""Addresses of the directory: results, exports, sheets, open data, places as one types."""

from django.urls import path

from levier.directory import views
from levier.directory.open_data import pages

app_name = "directory"

urlpatterns = [
    path("fournisseurs", views.search, name="search"),
    path("fournisseurs/export.<str:form>", views.export, name="export"),
    path("fournisseurs/<slug:slug>", views.sheet, name="sheet"),
    path("donnees-ouvertes", pages.page, name="open_data"),
    path("donnees-ouvertes/plateformes.csv", pages.platforms, name="platforms"),
    path("donnees-ouvertes/schemas/<slug:name>.schema.json", pages.schema, name="schema"),
    path("donnees-ouvertes/<str:file_name>", pages.download, name="open_file"),
    path("lieux", views.places, name="places"),
]
