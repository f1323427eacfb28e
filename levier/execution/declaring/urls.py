"""Addresses of declared hours: the grid of the facilitator, the month of a company."""

from django.urls import path

from levier.execution.declaring import views

app_name = "declaring"

urlpatterns = [
    path("suivi/contrats/<int:pk>/grille", views.grid, name="grid"),
    path("suivi/contrats/<int:pk>/grille/accepter", views.accept_green, name="accept_green"),
    path("suivi/contrats/lignes/<int:pk>/decider", views.decide, name="decide"),
    path("contrats/<int:pk>/declarer", views.company, name="company"),
]
