"""Addresses of the directory: results, exports, review of duplicates, sheets, places as one types."""

from django.urls import path

from levier.directory import panel_views as panel
from levier.directory import views
from levier.directory.lists import views as lists
from levier.directory.resolution import views as resolution
from levier.directory.selections import views as selections

app_name = "directory"

urlpatterns = [
    path("fournisseurs", views.search, name="search"),
    path("fournisseurs/export.<str:form>", views.export, name="export"),
    path("fournisseurs/comparer", views.compare, name="compare"),
    path("fournisseurs/panel", panel.panel, name="panel"),
    path("fournisseurs/panel.csv", panel.panel_csv, name="panel_csv"),
    path("fournisseurs/doublons", resolution.review, name="duplicates"),
    path("fournisseurs/doublons/decisions", resolution.decisions, name="duplicate_decisions"),
    path("fournisseurs/doublons/<int:pk>", resolution.decide, name="duplicate"),
    path("fournisseurs/<slug:slug>", views.sheet, name="sheet"),
    path("apporter-une-liste", lists.bring, name="bring"),
    path("apporter-une-liste/<int:pk>", lists.one, name="brought"),
    path("apporter-une-liste/<int:pk>/publier", lists.publish, name="brought_publish"),
    path("apporter-une-liste/<int:pk>/retirer", lists.forget, name="brought_forget"),
    path("apporter-une-liste/<int:pk>/rejets.csv", lists.rejects, name="brought_rejects"),
    path("lieux", views.places, name="places"),
    path("mes-listes", selections.lists, name="lists"),
    path("mes-listes/ajouter", selections.add, name="list_add"),
    path("mes-listes/<int:pk>", selections.one_list, name="list"),
    path("mes-listes/<int:pk>.csv", selections.list_csv, name="list_csv"),
    path("mes-listes/<int:pk>/retirer", selections.remove, name="list_remove"),
    path("mes-listes/<int:pk>/supprimer", selections.delete, name="list_delete"),
    path("mes-recherches", selections.searches, name="searches"),
    path("mes-recherches/<int:pk>", selections.change_search, name="search_change"),
]
