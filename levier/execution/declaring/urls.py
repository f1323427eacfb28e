"""Addresses of declared hours: the grid of the facilitator, the month of a company by its account or by a link."""

from django.urls import path

from levier.execution.declaring.views import checks, grid, links, month, reaching, whole

app_name = "declaring"

urlpatterns = [
    path("suivi/contrats/<int:pk>/grille", grid.grid, name="grid"),
    path("suivi/contrats/<int:pk>/grille/accepter", grid.accept_green, name="accept_green"),
    path("suivi/contrats/<int:pk>/controles", checks.checks, name="checks"),
    path("suivi/contrats/<int:pk>/joindre", reaching.reach, name="reach"),
    path("suivi/contrats/lignes/<int:pk>/decider", grid.decide, name="decide"),
    path("suivi/contrats/releves/<int:pk>", reaching.statement, name="statement"),
    path("suivi/contrats/releves/<int:pk>/vu", reaching.see, name="see"),
    path("suivi/contrats/annonces/<int:pk>", reaching.change, name="change"),
    path("contrats/mon-mois", whole.whole, name="whole"),
    path("contrats/<int:pk>/declarer", month.company, name="company"),
    path("declarer/<str:token>", links.link, name="link"),
    path("declarer/<str:token>/code", links.ask_code, name="ask_code"),
    path("declarer/<str:token>/ouvrir", links.enter, name="enter"),
    path("declarer/rappels/<str:token>", links.stop, name="stop"),
]
