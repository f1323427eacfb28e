"""Addresses of the people a structure follows."""

from django.urls import path

from levier.execution.cards import structure_views as cards
from levier.execution.people import views

app_name = "people"

urlpatterns = [
    path("personnes", views.index, name="index"),
    path("personnes/nouvelle", views.new, name="new"),
    path("personnes/<uuid:key>", views.sheet, name="sheet"),
    path("personnes/<uuid:key>/note", views.notice, name="notice"),
    path("personnes/<uuid:key>/adresse", cards.address, name="address"),
    path("personnes/<uuid:key>/note/courriel", cards.mail_notice, name="mail_notice"),
    path("personnes/<uuid:key>/carte", cards.sheet, name="notice_sheet"),
    path("personnes/<uuid:key>/donnees", cards.copy, name="copy"),
    path("personnes/<uuid:key>/donnees.json", cards.copy_file, name="copy_file"),
    path("personnes/<uuid:key>/carte/faire", cards.make_card, name="make_card"),
    path("personnes/<uuid:key>/carte/annuler", cards.revoke_card, name="revoke_card"),
    path("personnes/note/<int:pk>", cards.notice_text, name="notice_text"),
    path("personnes/mois/<int:pk>/repondre", cards.answer_dispute, name="answer_dispute"),
    path("personnes/demandes/<int:pk>/repondre", cards.answer_request, name="answer_request"),
    path("personnes/documents/<int:pk>", cards.proof_file, name="proof_file"),
    path("personnes/documents/<int:pk>/vu", cards.see_proof, name="see_proof"),
    path("personnes/<uuid:key>/entree", views.enter, name="enter"),
    path("personnes/entrees/<int:pk>/decider", views.decide, name="decide"),
    path("personnes/entrees/<int:pk>/contrat-de-travail", views.work_contract, name="work_contract"),
    path("personnes/entrees/<int:pk>/sortie", views.leave, name="leave"),
]
