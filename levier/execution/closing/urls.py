"""Addresses of the end of a contract, and the public one of an attestation."""

from django.urls import path

from levier.execution.closing import views

app_name = "closing"

urlpatterns = [
    path("contrats/<int:pk>/cloture", views.closing, name="closing"),
    path("contrats/<int:pk>/bilan.<str:form>", views.bilan_file, name="bilan"),
    path("suivi/contrats/<int:pk>/situations", views.situations, name="situations"),
    path("attestations/cles.pem", views.attestation_keys, name="keys"),
    path("attestations/<slug:token>", views.attestation, name="attestation"),
    path("attestations/<slug:token>/attestation.<str:form>", views.attestation_file, name="attestation_file"),
]
