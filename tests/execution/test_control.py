"""Control of a contract: its facts, a default from the reminder to the buyer's decision, letters, who may do what."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localdate
from pytest_django import DjangoAssertNumQueries

from levier.accounts.models import Role, User
from levier.core.models import OutgoingMail
from levier.execution import actions as contracts
from levier.execution.control import actions, addresses, defaults, letters
from levier.execution.control.penalties import proposal_for
from levier.execution.control.telling import address_of
from levier.execution.models import (
    ControlMeeting,
    DefaultProcedure,
    DefaultStep,
    EvidenceRequest,
)
from levier.organisations.models import Establishment
from tests.factories import execution as make
from tests.factories import purchases
from tests.factories.accounts import member, organisation
from tests.factories.directory import supplier
from tests.factories.needs import buyer
from tests.texts import plain_spaces

pytestmark = pytest.mark.django_db
BUYER, DESK = frozenset({"buyer"}), frozenset({"facilitator"})


class Scene:
    """A contract that ended ten days ago with 380 of its 480 hours missing, its three sides, and penalties written."""

    def __init__(self) -> None:
        self.town, self.desk, self.firm = (
            organisation(name="Ville"),
            organisation(),
            organisation(name="Nord BTP"),
        )
        self.contract = make.contract(
            buyer=self.town, facilitator=self.desk, holder=self.firm, starts_on=localdate() - timedelta(days=375),
            ends_on=localdate() - timedelta(days=10), notified_on=localdate() - timedelta(days=380),
        )  # fmt: skip
        self.owner, self.helper = buyer(self.town), purchases.facilitator(self.desk)
        self.company = make.contractor(self.firm)
        contracts.set_contacts(
            by=self.owner, contract=self.contract, side="titulaire",
            people={"referent": contracts.ContactPerson(name="Sasha", email=self.company.email)},
        )  # fmt: skip
        commitment = self.contract.commitments.get()
        on = (localdate() - timedelta(days=100)).replace(day=1)
        for hours in (60, 40):
            month = make.month(151, employer=self.firm, on=on)
            contracts.post_done(
                by=self.helper, commitment=commitment, month=month, hours=Decimal(hours), evidence="declared"
            )
        defaults.write_penalties(
            by=self.owner, contract=self.contract, article="12.3",
            rules=[{"kind": "hour", "multiple": "2", "reference": "social_security_hourly_ceiling", "requires_notice": True}],
        )  # fmt: skip
        self.at = f"/contrats/{self.contract.pk}"

    def noticed(self) -> DefaultProcedure:
        """As far as the formal notice, its answer due in a week."""
        made = defaults.open_default(
            by=self.helper, contract=self.contract, sides=DESK, text="Où en êtes-vous ?"
        )
        defaults.move(
            by=self.owner, procedure=made, kind="mise_en_demeure", sides=BUYER, text="Faites les heures.",
            deadline=localdate() + timedelta(days=7),
        )  # fmt: skip
        return made

    def heard(self) -> DefaultProcedure:
        """As far as the observations, the time to answer gone yesterday."""
        made = defaults.open_default(by=self.helper, contract=self.contract, sides=DESK, text="Relance.")
        for kind, deadline in (("mise_en_demeure", localdate() - timedelta(days=1)), ("observations", None)):
            DefaultStep.objects.create(
                procedure=made, kind=kind, deadline=deadline, by_label="Nour", text="Aucune candidature.",
                facts={"all_means": kind == "observations"},
            )  # fmt: skip
        return made


def as_user(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


def text(response: Any) -> str:
    return plain_spaces(response.content.decode()).replace("&#x27;", "'")


@pytest.mark.slow
def test_four_people_in_front_of_control() -> None:
    scene = Scene()
    procedure = scene.noticed()
    notice = procedure.steps.get(kind="mise_en_demeure")
    told = actions.tell_difficulty(
        by=scene.company, label="Sasha", contract=scene.contract, cause="chantier", since_on=localdate()
    )
    wrong = actions.note_complaint(
        by=scene.helper, contract=scene.contract, origin="personne", received_on=localdate(), text="Secret de vestiaire",
    )  # fmt: skip
    drawn = actions.draw_sample(by=scene.helper, contract=scene.contract, size=1, seed="12")
    paper = EvidenceRequest.objects.get()
    everybody = {"buyer", "facilitator", "company"}
    pages = {
        f"{scene.at}": everybody, f"{scene.at}/controle": everybody, f"{scene.at}/controle/difficulte": everybody,
        f"/contrats/defauts/{procedure.pk}": everybody, f"/contrats/etapes/{notice.pk}/lettre.docx": everybody,
        f"{scene.at}/controle/globalisation": {"facilitator", "company"},
        f"{scene.at}/controle/reunion": {"buyer", "facilitator"}, f"{scene.at}/controle/piece": {"buyer", "facilitator"},
        f"{scene.at}/controle/penalites": {"buyer", "facilitator"}, f"{scene.at}/controle/defaut": {"buyer", "facilitator"},
        f"{scene.at}/controle/reclamation": {"facilitator"}, f"{scene.at}/controle/tirage": {"facilitator"},
        f"/contrats/tirages/{drawn.pk}": {"facilitator"}, f"/contrats/controle/vue/{paper.pk}": {"buyer", "facilitator"},
        f"/contrats/controle/cloture-reclamation/{wrong.pk}": {"facilitator"},
        f"/contrats/controle/suite/{told.pk}": {"buyer"}, f"/contrats/defauts/{procedure.pk}/decision": {"buyer"},
        f"/contrats/defauts/{procedure.pk}/proposition": {"facilitator"},
        f"/contrats/defauts/{procedure.pk}/observations": {"company"},
    }  # fmt: skip
    sides = {"buyer": scene.owner, "facilitator": scene.helper, "company": scene.company}
    strangers = [
        buyer(),
        purchases.facilitator(),
        make.contractor(organisation()),
        make.contractor(scene.firm),
    ]
    colleague = member(scene.town, role=Role.SUPPLIER).user
    for page, allowed in pages.items():
        for side, person in sides.items():
            assert as_user(person).get(page).status_code == (200 if side in allowed else 403), (page, side)
        assert as_user(colleague).get(page).status_code == 403, page
        for stranger in strangers:
            assert as_user(stranger).get(page).status_code == 404, page
        assert Client().get(page)["Location"].startswith("/compte/connexion/")


def test_a_complaint_is_read_by_the_following_structure_alone() -> None:
    scene = Scene()
    actions.note_complaint(
        by=scene.helper, contract=scene.contract, origin="personne", received_on=localdate(), text="Secret de vestiaire",
    )  # fmt: skip
    for person, reads in ((scene.helper, True), (scene.owner, False), (scene.company, False)):
        page = text(as_user(person).get(f"{scene.at}/controle"))
        assert ("Secret de vestiaire" in page) is reads
    assert "Le contrat est fini : il manque 380 h." in text(as_user(scene.company).get(scene.at))


@pytest.mark.slow
def test_a_default_from_the_reminder_to_the_answer_of_the_company() -> None:
    scene = Scene()
    helper, owner = as_user(scene.helper), as_user(scene.owner)
    began = helper.post(f"{scene.at}/controle/defaut", {"text": "Où en êtes-vous ?", "deadline": ""})
    at = began["Location"]
    asked = helper.post(f"{scene.at}/controle/defaut", {"text": "Encore", "deadline": ""})
    assert asked.status_code == 422 and "déjà ouverte" in text(asked)
    late = owner.post(f"{at}/mise_en_demeure", {"text": "Faites-les.", "deadline": localdate().isoformat()})
    assert "une date à venir" in text(late)
    deadline = localdate() + timedelta(days=7)
    owner.post(f"{at}/mise_en_demeure", {"text": "Faites-les <b>.", "deadline": deadline.isoformat()})
    notice = DefaultStep.objects.get(kind="mise_en_demeure")
    mails = OutgoingMail.objects.filter(to_address=scene.company.email)
    assert mails.count() == 2 and mails.filter(body__contains=address_of(notice)).exists()
    early = helper.post(f"{at}/proposition", {"hours": "", "all_means": ""})
    assert "rien n’est proposé ni décidé avant" in text(early)

    link = address_of(notice).removeprefix("http://").split("/", 1)[1]
    visitor = Client()
    page = visitor.get(f"/{link}")
    assert page["X-Robots-Tag"].startswith("noindex") and "100 h faites sur 480 h dues" in text(page)
    assert visitor.post(f"/{link}", {"text": "Rien reçu"}).status_code == 422
    assert DefaultStep.objects.count() == 2
    sent = visitor.post(
        f"/{link}", {"text": "Aucune candidature.", "all_means": "on", "name": "Jo", "role": "gérant"}
    )
    assert sent.status_code == 302
    assert "Vos observations sont reçues" in text(visitor.get(f"/{link}"))
    assert visitor.get(f"/{link[:-3]}xyz").status_code == 404


@pytest.mark.slow
def test_the_facilitator_proposes_and_the_buyer_waives() -> None:
    scene = Scene()
    helper, owner = as_user(scene.helper), as_user(scene.owner)
    procedure = scene.heard()
    at = f"/contrats/defauts/{procedure.pk}"
    actions.tell_difficulty(
        by=scene.company, label="Sasha", contract=scene.contract, cause="candidats",
        since_on=scene.contract.starts_on, until_on=scene.contract.starts_on + timedelta(days=70),
    )  # fmt: skip
    form = text(helper.get(f"{at}/proposition"))
    assert "10 semaines sans candidature" in form and 'value="91,8' in form
    # Two times the hourly ceiling of the year, for 480 − 100 − 91,8 hours.
    helper.post(
        f"{at}/proposition", {"hours": "91,8", "reason": "10 semaines sans candidature", "all_means": "non"}
    )
    proposal = DefaultStep.objects.get(kind="proposition")
    line = proposal.facts["lines"][0]
    assert line["quantity"] == "288.20"
    # The formal notice has just gone: nothing is due on its own day.
    assert line["amount"] == "0" and "court jusqu’au" in line["blocked_by"]
    assert "Proposition" not in text(as_user(scene.company).get(at))
    unsigned = owner.post(
        f"{at}/decision", {"outcome": "levee", "reason": "", "name": "Nour", "role": "directrice"}
    )
    assert unsigned.status_code == 422
    assert owner.post(
        f"{at}/decision", {"outcome": "levee", "reason": "Personne présenté.", "name": "Nour", "role": "directrice"}
    ).status_code == 302  # fmt: skip
    decision = DefaultStep.objects.get(kind="decision")
    assert decision.by_label == "Nour, directrice" and decision.facts["amount"] == "0"
    read = text(as_user(scene.company).get(at))
    assert "pénalité levée" in read and "Proposition" not in read
    for step, status in ((proposal, 404), (decision, 200)):
        assert as_user(scene.company).get(f"/contrats/etapes/{step.pk}/lettre.docx").status_code == status
    owner.post(f"{at}/cloture", {"text": "Réglé."})
    assert DefaultProcedure.objects.get().closed_at is not None
    with pytest.raises(ProgrammingError), transaction.atomic():
        DefaultStep.objects.filter(pk=decision.pk).update(text="autre")


@pytest.mark.slow
def test_what_a_buyer_applies_or_reduces() -> None:
    scene = Scene()
    procedure = scene.heard()
    defaults.write_penalties(
        by=scene.owner, contract=scene.contract, article="12.3", cap_rate=Decimal("0.1"), cap_base="montant du marché",
        cap_base_amount_ht=Decimal(100_000), rules=[{"kind": "hour", "amount": "60", "requires_notice": False}],
    )  # fmt: skip
    proposed = defaults.propose_penalty(
        by=scene.helper, procedure=procedure, sides=DESK, excuse=defaults.Excuse()
    )
    # 380 × 60 = 22 800 €, capped at a tenth of 100 000 €.
    assert (proposed.facts["before_cap"], proposed.facts["total"]) == ("22800.00", "10000.00")
    signed: dict[str, Any] = {
        "by": scene.owner, "procedure": procedure, "sides": BUYER, "reason": "Motif", "name": "Nour", "role": "directrice",
    }  # fmt: skip
    for amount in (None, Decimal(0), Decimal(10_000)):
        with pytest.raises(defaults.RefusedError, match="entre zéro et"):
            defaults.decide(**signed, outcome="reduite", amount=amount)
    with pytest.raises(defaults.RefusedError, match="revient à l’acheteur"):
        defaults.decide(**signed | {"sides": DESK}, outcome="levee", amount=None)
    made = defaults.decide(**signed, outcome="reduite", amount=Decimal("2500.50"))
    assert made.facts["amount"] == "2500.50"
    words = plain_spaces(letters.as_markdown(made))
    assert "Pénalité réduite" in words and "2 500,50 €" in words and "\\[à confirmer\\]" not in words
    assert "[à confirmer]" in words and "22 800 €" in words and "À trancher" not in words
    assert "mémoire en réclamation" in words and "Observations du titulaire reçues le" in words
    notice = procedure.steps.get(kind="mise_en_demeure")
    # The test is one transaction: the hours were written after the instant the database gives its rows.
    notice.at = timezone.now()
    first = plain_spaces(letters.as_markdown(notice))
    assert "[à compléter : référence du contrat]" in first and "manque 380 h" in first
    assert "Heures non réalisées, par heure : 60 €" in first and "Démarches précédentes : relance du" in first
    # What a letter quotes is that of its day: its step keeps it.
    assert (made.facts["due"], made.facts["done"]) == ("480.00", "100.00")
    for kind in ("docx", "pdf"):
        assert len(letters.written(made, kind)[0]) > 5000


def test_a_letter_bears_the_address_that_is_known_and_says_where_it_comes_from() -> None:
    scene = Scene()
    made = defaults.open_default(by=scene.helper, contract=scene.contract, sides=DESK, text="Relance.")
    step = made.steps.get()
    assert "[à compléter : adresse du titulaire]" in plain_spaces(letters.as_markdown(step))
    for siret, street, is_head in (("1", "1 rue du Dépôt", False), ("2", "2 quai du Port", None)):
        Establishment.objects.create(
            organisation=scene.firm,
            siret=siret * 14,
            address=street,
            postal_code="59000",
            is_head_office=is_head,
        )
    found = addresses.letter_address(scene.contract)
    assert found.text == "2 quai du Port, 59000" and "siège non connu" in found.origin
    sheet = supplier(
        siren=scene.firm.siren,
        siret=f"{scene.firm.siren}00021",
        address="3 rue de la Fiche",
        postal_code="59100",
        city="Roubaix",
    )
    found = addresses.letter_address(scene.contract)
    assert (
        found.text == "3 rue de la Fiche, 59100 Roubaix" and f"annuaire, SIRET {sheet.siret}" in found.origin
    )
    Establishment.objects.filter(siret="1" * 14).update(is_head_office=True)
    assert addresses.letter_address(scene.contract).text == "1 rue du Dépôt, 59000"
    client, page = as_user(scene.owner), f"/contrats/{scene.contract.pk}/controle/adresse"
    assert "siège, SIRET 11111111111111" in plain_spaces(client.get(page).content.decode())
    assert client.post(page, {"text": "4 place\nNeuve, 59200 Tourcoing"}).status_code == 302
    assert "4 place Neuve, 59200 Tourcoing" in plain_spaces(
        letters.as_markdown(DefaultStep.objects.get(pk=step.pk))
    )
    assert "écrite pour ce contrat" in text(client.get(f"/contrats/defauts/{made.pk}"))
    assert as_user(scene.company).get(page).status_code == 403


def test_a_second_procedure_proposes_only_what_was_not_decided() -> None:
    scene = Scene()
    contract = scene.contract
    defaults.write_penalties(
        by=scene.owner, contract=contract, article="12.3",
        rules=[{"kind": kind, "amount": "10", "requires_notice": False} for kind in ("hour", "proof_day", "meeting")],
    )  # fmt: skip

    def missed() -> None:
        actions.ask_evidence(by=scene.helper, contract=contract, kind="releve", due_on=localdate())
        ControlMeeting.objects.create(
            contract=contract, kind="suivi", held_on=localdate(), company="absent", noted_at=timezone.now()
        )

    def proposed(on: date) -> dict[str, Decimal]:
        found = proposal_for(procedure, defaults.Excuse(), today=on)
        return {one.kind: one.quantity for one in found.lines}

    missed()
    procedure = scene.heard()
    assert proposed(localdate()) == {"hour": 380, "meeting": 1}
    defaults.propose_penalty(by=scene.helper, procedure=procedure, sides=DESK, excuse=defaults.Excuse())
    defaults.decide(
        by=scene.owner, procedure=procedure, sides=BUYER, outcome="levee", amount=None, reason="Motif", name="Nour",
        role="directrice",
    )  # fmt: skip
    assert proposed(localdate()) == {}
    missed()
    assert proposed(localdate() + timedelta(days=4)) == {"proof_day": 8, "meeting": 1}


def test_the_penalties_of_a_contract_are_typed_once_and_shown_again() -> None:
    scene = Scene()
    owner = as_user(scene.owner)
    at = f"{scene.at}/controle/penalites"
    assert 'value="2"' in owner.get(at).content.decode()
    both = owner.post(at, {"hour_amount": "60", "hour_multiple": "4"})
    assert both.status_code == 422 and "un seul des deux" in text(both)
    assert "entre 0 et 100" in text(owner.post(at, {"hour_amount": "60", "cap_rate": "120"}))
    owner.post(
        at,
        {
            "hour_amount": "60",
            "proof_day_amount": "75,5",
            "proof_day_requires_notice": "on",
            "cap_rate": "20",
        },
    )
    clause = scene.contract.penalty_clause
    clause.refresh_from_db()
    assert [one["kind"] for one in clause.rules] == ["hour", "proof_day"] and clause.cap_rate == Decimal(
        "0.2"
    )
    assert 'value="75,5"' in owner.get(at).content.decode()


def test_the_page_of_control_costs_the_same_whatever_it_holds(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    scene = Scene()
    scene.noticed()
    for _ in range(3):
        actions.tell_difficulty(
            by=scene.company, label="Sasha", contract=scene.contract, cause="chantier", since_on=date(2026, 1, 5),
        )  # fmt: skip
        actions.ask_evidence(by=scene.helper, contract=scene.contract, kind="releve", due_on=localdate())
    client = as_user(scene.helper)
    with django_assert_num_queries(19):
        assert client.get(f"{scene.at}/controle").status_code == 200
