"""Addresses of the directory: results, exports, sheets, places as one types, and sheets kept by their owners."""

from django.urls import path

from levier.directory import views
from levier.directory.ownership.views import claims, sheets

app_name = "directory"

urlpatterns = [
    path("fournisseurs", views.search, name="search"),
    path("fournisseurs/export.<str:form>", views.export, name="export"),
    path("fournisseurs/<slug:slug>", views.sheet, name="sheet"),
    path("lieux", views.places, name="places"),
    path("mon-offre/", claims.own_sheets, name="own_sheets"),
    path("mon-offre/demander/<slug:slug>", claims.ask, name="ask"),
    path("mon-offre/demande/<int:pk>", claims.claim, name="claim"),
    path("mon-offre/demande/<int:pk>/retirer", claims.withdraw, name="withdraw"),
    path("mon-offre/demande/<int:pk>/reponse", claims.accept, name="accept"),
    path("mon-offre/relecture/", claims.reviews, name="reviews"),
    path("mon-offre/relecture/<int:pk>", claims.review, name="review"),
    path("mon-offre/relecture/<int:pk>/justificatif", claims.document, name="document"),
    path("mon-offre/lien/<str:token>", sheets.confirmation, name="confirmation"),
    path("mon-offre/fiche/<slug:slug>", sheets.own_sheet, name="own_sheet"),
    path("mon-offre/fiche/<slug:slug>/confirmer", sheets.confirm, name="confirm"),
    path("mon-offre/fiche/<slug:slug>/renouveler", sheets.renew, name="renew"),
    path(
        "mon-offre/fiche/<slug:slug>/activites-inexactes", sheets.refuse_activities, name="refuse_activities"
    ),
    path("mon-offre/fiche/<slug:slug>/images/<slug:name>/retirer", sheets.remove_image, name="remove_image"),
    path("mon-offre/fiche/<slug:slug>/<slug:part>", sheets.save_part, name="save_part"),
    path("medias/<slug:name>-<str:size>.jpg", sheets.picture, name="picture"),
]
