"""Addresses of networks, inside those of the directory; `pk` is the number of the organisation."""

from django.urls import path

from levier.directory.networks.views import home, importing, members, own, vouching

urlpatterns = [
    path("mon-reseau", home.mine, name="networks"),
    path("mon-reseau/<int:pk>", home.network, name="network"),
    path("mon-reseau/<int:pk>/presentation", home.presentation, name="network_presentation"),
    path("mon-reseau/<int:pk>/inviter", home.invite, name="network_invite"),
    path("mon-reseau/<int:pk>/faits", vouching.facts, name="facts"),
    path("mon-reseau/<int:pk>/membres", members.members, name="members"),
    path("mon-reseau/<int:pk>/membres.<str:form>", members.members_file, name="members_file"),
    path("mon-reseau/<int:pk>/ajouter", members.add, name="member_add"),
    path("mon-reseau/<int:pk>/importer", importing.bring, name="members_import"),
    path("mon-reseau/<int:pk>/a-rattacher", members.settle, name="members_settle"),
    path("mon-reseau/<int:pk>/membres/<slug:slug>", members.member, name="member"),
    path("mon-reseau/<int:pk>/membres/<slug:slug>/retirer", members.remove, name="member_remove"),
    path("mon-reseau/<int:pk>/membres/<slug:slug>/remettre", members.restore, name="member_restore"),
    path("mon-reseau/<int:pk>/membres/<slug:slug>/reponse", home.answer_request, name="member_answer"),
    path("mon-reseau/<int:pk>/membres/<slug:slug>/attester", vouching.vouch, name="vouch"),
    path("mon-reseau/<int:pk>/membres/<slug:slug>/corriger", vouching.correct, name="correct"),
    path("mon-reseau/attestations/<int:pk>", vouching.change_vouch, name="vouch_change"),
    path("mon-reseau/corrections/<int:pk>", vouching.withdraw_correction, name="correction_withdraw"),
    path("mon-offre/corrections/<int:pk>", own.answer_correction, name="correction_answer"),
    path("mon-offre/fiche/<slug:slug>/reseaux", own.ask, name="network_ask"),
    path("mon-offre/fiche/<slug:slug>/reseaux/<int:pk>", own.change_membership, name="membership_change"),
]
