"""Addresses of files that bring hours, people and contracts."""

from django.urls import path

from levier.execution.incoming import confirm_views, key_views, mail_views, views

app_name = "incoming"

urlpatterns = [
    path("suivi/reprise", views.taking, name="taking"),
    path("suivi/reprise/un-contrat", views.one_contract, name="one_contract"),
    path("suivi/courriels/<int:pk>/vu", mail_views.seen, name="seen"),
    path("suivi/courriels/pieces/<int:pk>", mail_views.paper, name="paper"),
    path("suivi/courriels/pieces/<int:pk>/bulletin", mail_views.payslip, name="payslip"),
    path("suivi/cles", key_views.keys, name="keys"),
    path("suivi/cles/<int:pk>/retirer", key_views.revoke, name="revoke_key"),
    path("suivi/fichiers/<int:pk>", views.file, name="file"),
    path("suivi/fichiers/<int:pk>/ecrire", views.write, name="write"),
    path("suivi/fichiers/<int:pk>/annuler", views.undo, name="undo"),
    path("suivi/fichiers/<int:pk>/oublier", views.forget, name="forget"),
    path("suivi/fichiers/<int:pk>/bilan.<str:form>", views.account_file, name="account_file"),
    path("suivi/contrats/<int:pk>/fichier", views.hours, {"is_company": False}, name="desk_hours"),
    path("suivi/contrats/<int:pk>/modele.xlsx", views.template, {"is_company": False}, name="desk_template"),
    path("contrats/<int:pk>/confirmer", confirm_views.confirm, name="confirm"),
    path("contrats/<int:pk>/fichier", views.hours, {"is_company": True}, name="company_hours"),
    path("contrats/<int:pk>/modele.xlsx", views.template, {"is_company": True}, name="company_template"),
]
