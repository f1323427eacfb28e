"""The facts of control: difficulties, globalisations, meetings, proofs, complaints; what the holder hears of each."""

import re
from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from levier.core.models import OutgoingMail
from levier.execution import actions as contracts
from levier.execution.control import actions
from levier.execution.models import (
    Complaint,
    DifficultyNotice,
    EvidenceRequest,
    GlobalisationAnswer,
    ProofSample,
)
from levier.rulebook.sampling import draw
from tests.execution.test_control import Scene, as_user, text
from tests.factories import execution as make
from tests.factories.accounts import user

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_difficulties_and_globalisations_are_decided_by_their_buyer() -> None:
    scene = Scene()
    company, owner = as_user(scene.company), as_user(scene.owner)
    refused = company.post(
        f"{scene.at}/controle/difficulte",
        {
            "cause": "candidats",
            "since_on": localdate().isoformat(),
            "until_on": "2020-01-01",
            "note": "gardé",
        },
    )
    assert (
        refused.status_code == 422
        and "finit avant de commencer" in text(refused)
        and "gardé" in text(refused)
    )
    company.post(
        f"{scene.at}/controle/difficulte", {"cause": "candidats", "since_on": localdate().isoformat()}
    )
    told = DifficultyNotice.objects.get()
    owner.post(
        f"/contrats/controle/suite/{told.pk}", {"outcome": "suspendue", "note": "Le temps de trouver."}
    )
    told.refresh_from_db()
    assert told.outcome == "suspendue" and told.decided_by == scene.owner
    assert "déjà décidée" in text(
        owner.post(f"/contrats/controle/suite/{told.pk}", {"outcome": "maintenue", "note": "x"})
    )

    other = make.contract(holder=scene.firm)
    contracts.set_contacts(
        by=user(), contract=other, side="titulaire",
        people={"referent": contracts.ContactPerson(name="Sasha", email=scene.company.email)},
    )  # fmt: skip
    company.post(f"{scene.at}/controle/globalisation", {"others": [other.pk], "note": "Une seule équipe"})
    mine = GlobalisationAnswer.objects.get(contract=scene.contract)
    assert owner.post(f"/contrats/controle/reponse/{mine.pk}", {"answer": "oui"}).status_code == 302
    theirs = GlobalisationAnswer.objects.get(contract=other)
    assert owner.post(f"/contrats/controle/reponse/{theirs.pk}", {"answer": "oui"}).status_code == 404
    assert (GlobalisationAnswer.objects.get(pk=mine.pk).state, theirs.state) == ("acceptee", "a_decider")
    told = "\n".join(
        OutgoingMail.objects.filter(to_address=scene.company.email).values_list("body", flat=True)
    )
    assert "Le temps de trouver." in told and "acceptée pour ce contrat" in told


@pytest.mark.slow
def test_meetings_proofs_and_complaints_are_noted_once() -> None:
    scene = Scene()
    company, helper = as_user(scene.company), as_user(scene.helper)
    helper.post(
        f"{scene.at}/controle/reunion", {"kind": "suivi", "held_on": localdate().isoformat(), "place": ""}
    )
    meeting = scene.contract.meetings.get()
    helper.post(
        f"/contrats/controle/compte-rendu/{meeting.pk}",
        {"company": "absent", "buyer": "present", "facilitator": "present", "conclusions": ""},
    )
    assert "Titulaire : absent" in text(company.get(f"{scene.at}/controle"))

    helper.post(f"{scene.at}/controle/tirage", {"size": 1, "seed": "nord"})
    drawn = ProofSample.objects.get()
    again = draw(actions.units_of(scene.contract), size=1, seed="nord", on=localdate())
    assert again.as_json()["picked"] == tuple(drawn.content["picked"])
    paper = EvidenceRequest.objects.get(sample=drawn)
    assert paper.due_on == localdate() + timedelta(days=15) and re.search(
        r"tirées au hasard : 1\.\d+ \(\d\d/\d{4}, ", paper.label
    )
    told = OutgoingMail.objects.filter(to_address=scene.company.email).values_list("subject", "body")
    (asked,) = [body for subject, body in told if subject.startswith("Pièce demandée avant le")]
    assert paper.what in asked and any(subject.startswith("Réunion") for subject, _ in told)
    helper.post(f"/contrats/controle/vue/{paper.pk}", {"on": localdate().isoformat()})
    assert EvidenceRequest.objects.get().seen_by == scene.helper
    helper.post(
        f"{scene.at}/controle/reclamation",
        {"origin": "personne", "received_on": localdate().isoformat(), "text": "Froid"},
    )
    wrong = Complaint.objects.get()
    helper.post(f"/contrats/controle/cloture-reclamation/{wrong.pk}", {"answer": "Chauffé"})
    assert Complaint.objects.get().closed_by == scene.helper
