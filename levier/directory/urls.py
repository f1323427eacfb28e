"""Addresses of the directory: results, exports, sheets, their owners and networks, open data, lists, duplicates, places."""

from django.urls import path

from levier.directory import panel_views as panel
from levier.directory import views
from levier.directory.lists import views as lists
from levier.directory.networks.urls import urlpatterns as networks
from levier.directory.open_data import pages
from levier.directory.ownership.views import claims, sheets
from levier.directory.resolution import views as resolution
from levier.directory.selections import views as selections
from levier.directory.solicitations import views as solicitations

app_name = "directory"

urlpatterns = [
    path("fournisseurs", views.search, name="search"),
    path("fournisseurs/export.<str:form>", views.export, name="export"),
    path("fournisseurs/carte.geojson", views.chart, name="chart"),
    path("fournisseurs/comparer", views.compare, name="compare"),
    path("fournisseurs/panel", panel.panel, name="panel"),
    path("fournisseurs/panel.csv", panel.panel_csv, name="panel_csv"),
    path("fournisseurs/doublons", resolution.review, name="duplicates"),
    path("fournisseurs/doublons/decisions", resolution.decisions, name="duplicate_decisions"),
    path("fournisseurs/doublons/<int:pk>", resolution.decide, name="duplicate"),
    path("fournisseurs/<slug:slug>", views.sheet, name="sheet"),
    path("apporter-une-liste", lists.bring, name="bring"),
    path("apporter-une-liste/<int:pk>", lists.one, name="brought"),
    path("apporter-une-liste/<int:pk>/feuille", lists.sheet, name="brought_sheet"),
    path("apporter-une-liste/<int:pk>/publier", lists.publish, name="brought_publish"),
    path("apporter-une-liste/<int:pk>/retirer", lists.forget, name="brought_forget"),
    path("apporter-une-liste/<int:pk>/rejets.csv", lists.rejects, name="brought_rejects"),
    path("donnees-ouvertes", pages.page, name="open_data"),
    path("donnees-ouvertes/plateformes.csv", pages.platforms, name="platforms"),
    path("donnees-ouvertes/schemas/<slug:name>.schema.json", pages.schema, name="schema"),
    path("donnees-ouvertes/<str:file_name>", pages.download, name="open_file"),
    path("lieux", views.places, name="places"),
    path("mes-listes", selections.lists, name="lists"),
    path("mes-listes/ajouter", selections.add, name="list_add"),
    path("mes-listes/<int:pk>", selections.one_list, name="list"),
    path("mes-listes/<int:pk>.<str:form>", selections.list_file, name="list_file"),
    path("mes-listes/<int:pk>/retirer", selections.remove, name="list_remove"),
    path("mes-listes/<int:pk>/supprimer", selections.delete, name="list_delete"),
    path("mes-recherches", selections.searches, name="searches"),
    path("mes-recherches/arret/<str:signed>", selections.stop_search, name="search_stop"),
    path("mes-recherches/<int:pk>", selections.change_search, name="search_change"),
    path("mon-offre/", claims.own_sheets, name="own_sheets"),
    path("mon-offre/demander/<slug:slug>", claims.ask, name="ask"),
    path("mon-offre/demande/<int:pk>", claims.claim, name="claim"),
    path("mon-offre/demande/<int:pk>/retirer", claims.withdraw, name="withdraw"),
    path("mon-offre/demande/<int:pk>/reponse", claims.accept, name="accept"),
    path("mon-offre/equipe/", claims.team, name="sheet_team"),
    path("mon-offre/equipe/<int:pk>", claims.colleague, name="colleague"),
    path("mon-offre/relecture/", claims.reviews, name="reviews"),
    path("mon-offre/relecture/<int:pk>", claims.review, name="review"),
    path("mon-offre/relecture/<int:pk>/justificatif", claims.document, name="document"),
    path("mon-offre/lien/<str:token>", sheets.confirmation, name="confirmation"),
    path("mon-offre/fiche/<slug:slug>", sheets.own_sheet, name="own_sheet"),
    path("ne-plus-me-solliciter/<str:signed>", solicitations.unsubscribe, name="unsubscribe"),
    path("invitations/arret/<str:signed>", solicitations.older_invitation, name="older_invitation"),
    path("mon-offre/fiche/<slug:slug>/courriels", solicitations.own, name="own_solicitations"),
    path("mon-offre/fiche/<slug:slug>/confirmer", sheets.confirm, name="confirm"),
    path("mon-offre/fiche/<slug:slug>/siren", sheets.confirm_number, name="confirm_number"),
    path("mon-offre/fiche/<slug:slug>/renouveler", sheets.renew, name="renew"),
    path(
        "mon-offre/fiche/<slug:slug>/activites-inexactes", sheets.refuse_activities, name="refuse_activities"
    ),
    path("mon-offre/fiche/<slug:slug>/images/<slug:name>", sheets.change_image, name="change_image"),
    *networks,
    path("mon-offre/fiche/<slug:slug>/<slug:part>", sheets.save_part, name="save_part"),
    path("medias/<slug:name>-<str:size>.jpg", sheets.picture, name="picture"),
]
