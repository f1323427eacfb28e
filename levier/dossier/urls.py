"""Addresses of the dossier."""

from django.urls import path

from levier.dossier import purchase_views, views
from levier.dossier.bidding import views as bidding
from levier.dossier.bidding import winner_views

app_name = "dossier"

urlpatterns = [
    path("dossier", views.page, name="page"),
    path("dossier/export/<str:target>", views.export, name="export"),
    path("dossier/mes-partages", views.mine, name="mine"),
    path("dossier/textes", views.texts, name="texts"),
    path("dossier/publier", views.publish, name="publish"),
    path("dossier/demander", views.refer, name="refer"),
    path("dossier/achat", purchase_views.prepare_purchase, name="prepare_purchase"),
    path("dossier/note-opportunite/<str:target>", purchase_views.note, name="note"),
    path("achats/<int:pk>/note-opportunite.<str:target>", purchase_views.purchase_note, name="purchase_note"),
    path("dossier/partager", views.share, name="share"),
    path("dossier/partage/<str:token>", views.shared, name="shared"),
    path("repondre", bidding.bid, name="bid"),
    path("remporte", bidding.won, name="won"),
    path("remporte/<str:token>", winner_views.winner, name="winner"),
    path("remporte/<str:token>/offre.<str:form>", winner_views.offer_file, name="winner_offer"),
    path("dossier/retrait/<str:secret>", views.revoke, name="revoke"),
]
