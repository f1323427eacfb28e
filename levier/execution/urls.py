"""Addresses of the contracts and of the ledger."""

from django.urls import path

from levier.execution.views import contracts, digest, writing

app_name = "execution"

urlpatterns = [
    path("message-du-matin", digest.mine, name="my_digest"),
    path("message-du-matin/<str:token>", digest.by_link, name="digest"),
    path("contrats", contracts.contracts, name="contracts"),
    path("contrats/nouveau", writing.new_contract, name="new_contract"),
    path("contrats/liste.<str:form>", contracts.contracts_file, name="contracts_file"),
    path("contrats/<int:pk>", contracts.contract, name="contract"),
    path("contrats/<int:pk>/ecritures.<str:form>", contracts.lines_file, name="lines_file"),
    path("contrats/<int:pk>/pieces/nouvelle", writing.order, name="order"),
    path("contrats/<int:pk>/avenants/nouveau", writing.amendment, name="amendment"),
    path("contrats/<int:pk>/engagements/nouveau", writing.commitment, name="commitment"),
    path("contrats/<int:pk>/regles", writing.rules, name="rules"),
    path("contrats/<int:pk>/contacts/<str:side>", writing.contacts, name="contacts"),
    path("contrats/<int:pk>/sous-traitants/nouveau", writing.subcontractor, name="subcontractor"),
    path("contrats/<int:pk>/entreprises/<int:party_pk>", writing.party, name="party"),
    path("contrats/pieces/<int:pk>/annuler", writing.cancel_order, name="cancel_order"),
    path("contrats/avenants/<int:pk>/decider", writing.decide, name="decide"),
    path("contrats/avenants/<int:pk>/accord", writing.record, name="record_decision"),
    path("contrats/ecritures/<int:pk>/annuler", writing.reverse, name="reverse"),
    path("achats/lots/<int:lot_pk>/attribuer", writing.award, name="award"),
]
