"""Addresses of the directory: results, exports, sheets, places as one types."""

from django.urls import path

from levier.directory import views
from levier.directory.lists import views as lists

app_name = "directory"

urlpatterns = [
    path("fournisseurs", views.search, name="search"),
    path("fournisseurs/export.<str:form>", views.export, name="export"),
    path("fournisseurs/<slug:slug>", views.sheet, name="sheet"),
    path("apporter-une-liste", lists.bring, name="bring"),
    path("apporter-une-liste/<int:pk>", lists.one, name="list"),
    path("apporter-une-liste/<int:pk>/publier", lists.publish, name="list_publish"),
    path("apporter-une-liste/<int:pk>/retirer", lists.forget, name="list_forget"),
    path("apporter-une-liste/<int:pk>/rejets.csv", lists.rejects, name="list_rejects"),
    path("lieux", views.places, name="places"),
]
