"""Addresses of the studies of lots and of the tables of values."""

from django.urls import path

from levier.clauses.offers import views as offers
from levier.clauses.referent import views as referent
from levier.clauses.studies import table_views, views

app_name = "clauses"

urlpatterns = [
    path("achats/lots/<int:lot_pk>/etude", views.study, name="study"),
    path("achats/lots/<int:lot_pk>/proposer", views.propose, name="propose"),
    path("achats/lots/<int:lot_pk>/decider", views.decide, name="decide"),
    path("achats/lots/<int:lot_pk>/sans-clause.<str:form>", views.derogation, name="derogation"),
    path("achats/lots/<int:lot_pk>/offre", offers.offer, name="offer"),
    path("achats/lots/<int:lot_pk>/offre/remettre", offers.hand_over, name="hand_over_offer"),
    path("achats/lots/<int:lot_pk>/offre.<str:form>", offers.file, name="offer_file"),
    path("etudes/<int:pk>", views.version, name="version"),
    path("etudes/<int:pk>.json", views.version_json, name="version_json"),
    path("etudes/scenarios/<int:pk>", views.remove_scenario, name="remove_scenario"),
    path("referent", referent.page, name="referent"),
    path("tables", table_views.tables, name="tables"),
    path("tables/<int:pk>", table_views.table, name="table"),
    path("tables/<int:pk>/apprises", table_views.accept, name="accept"),
    path("tables/<int:pk>/lots-realises", table_views.realised, name="realised"),
]
