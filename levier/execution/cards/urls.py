"""Addresses of a card: the person's own pages, without account."""

from django.urls import path

from levier.execution.cards import views

app_name = "card"

urlpatterns = [
    path("", views.home, name="home"),
    path("ouvrir/<str:signed>", views.open_page, name="open"),
    path("mois/<int:line>/confirmer", views.confirm, name="confirm"),
    path("mois/<int:line>/contester", views.dispute, name="dispute"),
    path("lien", views.mail_link, name="mail_link"),
    path("corriger", views.correct, name="correct"),
    path("effacer", views.erase, name="erase"),
    path("document", views.send, name="send"),
    path("mes-donnees", views.everything, name="everything"),
    path("mes-donnees.json", views.everything_file, name="everything_file"),
    path("perdue", views.lost, name="lost"),
    path("fermer", views.close, name="close"),
]
