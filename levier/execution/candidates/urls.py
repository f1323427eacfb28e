"""Addresses of posts and candidates."""

from django.urls import path

from levier.execution.candidates import views

app_name = "candidates"

urlpatterns = [
    path("suivi/postes", views.index, name="index"),
    path("suivi/postes/<int:pk>", views.position, name="position"),
    path("suivi/postes/<int:pk>/proposer", views.propose, name="propose"),
    path("suivi/postes/<int:pk>/contacts", views.contacts, name="contacts"),
    path("suivi/postes/<int:pk>/fermer", views.close, name="close"),
    path("suivi/candidatures/<int:pk>/avancer", views.move, name="move"),
    path("suivi/candidatures/<int:pk>/retirer", views.withdraw, name="withdraw"),
    path("contrats/<int:pk>/postes/nouveau", views.new, name="new"),
    path("contrats/<int:pk>/sans-candidat", views.drought, name="drought"),
]
