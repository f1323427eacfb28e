"""Addresses of the directory: results, exports, review of duplicates, sheets, places as one types."""

from django.urls import path

from levier.directory import views
from levier.directory.resolution import views as resolution

app_name = "directory"

urlpatterns = [
    path("fournisseurs", views.search, name="search"),
    path("fournisseurs/export.<str:form>", views.export, name="export"),
    path("fournisseurs/doublons", resolution.review, name="duplicates"),
    path("fournisseurs/doublons/decisions", resolution.decisions, name="duplicate_decisions"),
    path("fournisseurs/doublons/<int:pk>", resolution.decide, name="duplicate"),
    path("fournisseurs/<slug:slug>", views.sheet, name="sheet"),
    path("lieux", views.places, name="places"),
]
