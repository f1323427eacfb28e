"""Addresses of the directory: results, exports, sheets, places as one types."""

from django.urls import path

from levier.directory import panel_views as panel
from levier.directory import views

app_name = "directory"

urlpatterns = [
    path("fournisseurs", views.search, name="search"),
    path("fournisseurs/export.<str:form>", views.export, name="export"),
    path("fournisseurs/comparer", views.compare, name="compare"),
    path("fournisseurs/panel", panel.panel, name="panel"),
    path("fournisseurs/panel.csv", panel.panel_csv, name="panel_csv"),
    path("fournisseurs/<slug:slug>", views.sheet, name="sheet"),
    path("lieux", views.places, name="places"),
]
