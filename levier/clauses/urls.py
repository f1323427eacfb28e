"""Addresses of the clauses: texts, public and own; studies of lots, tables of values, offers; the référent."""

from django.urls import path

from levier.clauses.lot_texts import views as lot_texts
from levier.clauses.offers import views as offers
from levier.clauses.referent import views as referent
from levier.clauses.studies import table_views
from levier.clauses.studies import views as studies
from levier.clauses.views import house, own

app_name = "clauses"

urlpatterns = [
    path("textes", house.levers, name="texts"),
    path("textes/<str:lever>", house.lever, name="lever"),
    path("textes/<str:lever>/<slug:document>", house.text, name="text"),
    path("textes/<str:lever>/<slug:document>.<slug:target>", house.file, name="file"),
    path("mes-textes", own.mine, name="mine"),
    path("mes-textes/<int:organisation>/<str:lever>/<slug:document>", own.write, name="write"),
    path("mes-textes/version/<int:pk>", own.version, name="version"),
    path("mes-textes/version/<int:pk>.<slug:target>", own.file, name="own_file"),
    path("mes-textes/version/<int:pk>/reprendre", own.restore, name="restore"),
    path("mes-textes/version/<int:pk>/maison", own.back, name="back"),
    path("achats/lots/<int:lot_pk>/etude", studies.study, name="study"),
    path("achats/lots/<int:lot_pk>/proposer", studies.propose, name="propose"),
    path("achats/lots/<int:lot_pk>/decider", studies.decide, name="decide"),
    path("achats/lots/<int:lot_pk>/sans-clause.<str:form>", studies.derogation, name="derogation"),
    path("achats/lots/<int:lot_pk>/textes", lot_texts.texts, name="lot_texts"),
    path("achats/lots/<int:lot_pk>/textes.<slug:target>", lot_texts.file, name="lot_file"),
    path("achats/lots/<int:lot_pk>/publication.json", lot_texts.publication, name="lot_publication"),
    path("achats/lots/<int:lot_pk>/publication.xml", lot_texts.publication_xml, name="lot_publication_xml"),
    path("achats/<int:pk>/textes", lot_texts.whole, name="purchase_texts"),
    path("achats/<int:pk>/textes.<slug:target>", lot_texts.whole_file, name="purchase_texts_file"),
    path(
        "achats/<int:pk>/publication.<slug:target>", lot_texts.whole_publication, name="purchase_publication"
    ),
    path("achats/lots/<int:lot_pk>/offre", offers.offer, name="offer"),
    path("achats/lots/<int:lot_pk>/offre/remettre", offers.hand_over, name="hand_over_offer"),
    path("achats/lots/<int:lot_pk>/offre/titulaire", offers.winner_link, name="winner_link"),
    path("achats/lots/<int:lot_pk>/offre.<str:form>", offers.file, name="offer_file"),
    path("etudes/<int:pk>", studies.version, name="study_version"),
    path("etudes/<int:pk>.json", studies.version_json, name="study_version_json"),
    path("etudes/scenarios/<int:pk>", studies.remove_scenario, name="remove_scenario"),
    path("referent", referent.page, name="referent"),
    path("achats/<int:pk>/referent", referent.of_purchase, name="purchase_referent"),
    path("achats/<int:pk>/referent/echanges.ics", referent.agenda, name="purchase_agenda"),
    path("tables", table_views.tables, name="tables"),
    path("tables/<int:pk>", table_views.table, name="table"),
    path("tables/<int:pk>/apprises", table_views.accept, name="accept"),
    path("tables/<int:pk>/lots-realises", table_views.realised, name="realised"),
]
