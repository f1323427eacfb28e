"""Addresses of the dossier."""

from django.urls import path

from levier.dossier import views

app_name = "dossier"

urlpatterns = [
    path("dossier", views.page, name="page"),
    path("dossier/export/<str:target>", views.export, name="export"),
    path("dossier/mes-partages", views.mine, name="mine"),
    path("dossier/publier", views.publish, name="publish"),
    path("dossier/demander", views.refer, name="refer"),
    path("dossier/partager", views.share, name="share"),
    path("dossier/partage/<str:token>", views.shared, name="shared"),
    path("dossier/retrait/<str:secret>", views.revoke, name="revoke"),
]
