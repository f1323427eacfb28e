"""The end of a contract: bilan, close, attestation anybody verifies, situation of people; and the portfolio's lines."""

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localdate
from pytest_django import DjangoAssertNumQueries

from levier.accounts.models import Role, User
from levier.cli.attestation import attestation_command
from levier.execution import actions as contracts
from levier.execution.closing import actions, policies, signing
from levier.execution.closing.bilan import as_markdown, bilan_of
from levier.execution.control import actions as control
from levier.execution.control import defaults
from levier.execution.control.work import contracts_work
from levier.execution.errors import RefusedError
from levier.execution.models import (
    Attestation,
    Contract,
    ContractClosing,
    Entry,
    LedgerPosting,
    PersonSituation,
    PostingKind,
)
from levier.execution.people import actions as people_actions
from levier.execution.people.scope import acting
from levier.execution.work import people_work
from levier.rulebook.attestations import public_keys
from tests.factories import execution as make
from tests.factories import people as make_people
from tests.factories import purchases
from tests.factories.accounts import member, organisation, user
from tests.factories.needs import buyer
from tests.texts import plain_spaces

pytestmark = pytest.mark.django_db
SIGNED = {"geste": "clore", "name": "Nour", "role": "directrice", "reason": ""}


def as_user(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


def text(response: Any) -> str:
    return plain_spaces(response.content.decode(errors="replace")).replace("&#x27;", "'")


@pytest.fixture
def where() -> make_people.Place:
    found = make_people.place()
    contracts.set_contacts(
        by=found.buyer, contract=found.contract, side="titulaire",
        people={"referent": contracts.ContactPerson(name="Sasha", email=found.company.email)},
    )  # fmt: skip
    return found


def work(contract: Contract, hours: int, *, evidence: str = "declared") -> None:
    month = make.month(700, employer=contract.holder)
    contracts.post_done(
        by=user(), commitment=contract.commitments.get(), month=month, hours=Decimal(hours), evidence=evidence
    )


def decided_entry(where: make_people.Place, **fields: Any) -> Entry:
    entry = make_people.entry(where, make_people.participant(where, **fields))
    with acting(followers=[where.structure.pk]):
        return people_actions.decide_entry(by=where.facilitator, entry=entry, is_valid=True)


@pytest.mark.slow
def test_four_people_at_the_end_of_a_contract(where: make_people.Place) -> None:
    work(where.contract, 480)
    decided_entry(where)
    at, own = f"/contrats/{where.contract.pk}", f"/suivi/contrats/{where.contract.pk}/situations"
    sides = {"buyer": where.buyer, "facilitator": where.facilitator, "company": where.company}
    strangers = [buyer(), purchases.facilitator(), make.contractor(organisation())]
    colleague = member(where.contract.buyer, role=Role.SUPPLIER).user
    for page, allowed in (
        (f"{at}/cloture", set(sides)), (f"{at}/bilan.docx", set(sides)), (own, {"facilitator"}),
    ):  # fmt: skip
        for side, person in sides.items():
            answer = as_user(person).get(page)
            assert answer.status_code == (200 if side in allowed else 403), (page, side)
            assert (make_people.FAMILY in text(answer)) is (page == own and side == "facilitator")
        assert as_user(colleague).get(page).status_code == 403
        assert {as_user(one).get(page).status_code for one in strangers} == {404}
        assert Client().get(page)["Location"].startswith("/compte/connexion/")
    for person, status in ((where.company, 403), (strangers[0], 404), (colleague, 403)):
        for act in ({"geste": "attester"}, SIGNED, {"geste": "bilan", "worked": "x"}):
            assert as_user(person).post(f"{at}/cloture", act).status_code == status
    assert not Attestation.objects.exists() and not ContractClosing.objects.exists()


@pytest.mark.slow
def test_an_attestation_is_verified_by_anybody_until_it_is_withdrawn(
    where: make_people.Place, tmp_path: Path
) -> None:
    at = f"/contrats/{where.contract.pk}/cloture"
    client = as_user(where.facilitator)
    work(where.contract, 400)
    early = client.post(at, {"geste": "attester"})
    assert early.status_code == 422 and "l’attestation vient quand tout est fait" in text(early)
    work(where.contract, 80, evidence="documented")
    assert client.post(at, {"geste": "attester"}).status_code == 302
    made = Attestation.objects.get()
    public, anonymous = f"/attestations/{made.token}", Client()
    page = anonymous.get(public)
    seen = text(page)
    assert (
        "Valable" in seen
        and "a fait 480 h d’insertion sur 480 h dues" in seen
        and made.digest in seen
        and "<svg" in seen
    )
    assert page["X-Robots-Tag"].startswith("noindex")
    assert where.facilitator.email not in seen and "Participant" not in seen
    file = tmp_path / "attestation.json"
    file.write_bytes(anonymous.get(f"{public}/attestation.json").content)
    keys = tmp_path / "cles.pem"
    keys.write_bytes(anonymous.get("/attestations/cles.pem").content)
    proved = CliRunner().invoke(attestation_command, ["verify", str(file), "--keys", str(keys)])
    assert proved.exit_code == 0 and made.digest in proved.output and "Signature valide" in proved.output
    for changed in (file.read_text().replace('"480.00"', '"481.00"'), "{}", "[", json.dumps({"format": 1})):
        file.write_text(changed)
        assert CliRunner().invoke(attestation_command, ["verify", str(file)]).exit_code == 1, changed
    assert anonymous.get(f"{public}/attestation.pdf").content.startswith(b"%PDF")
    for field in ("digest", "signature"):
        with pytest.raises(IntegrityError, match="ne change plus"), transaction.atomic():
            Attestation.objects.update(**{field: "0" * 64})

    assert client.post(at, {"geste": "retirer", "reason": ""}).status_code == 422
    client.post(at, {"geste": "retirer", "reason": "Heures comptées deux fois"})
    assert "Retirée" in text(anonymous.get(public)) and "deux fois" in text(anonymous.get(public))
    assert anonymous.get(f"{public}/attestation.json").status_code == 404
    unknown = anonymous.get("/attestations/0123456789abcdef0123456789abcdef")
    assert unknown.status_code == 404 and "Inconnue" in text(unknown)
    assert client.post(at, {"geste": "attester"}).status_code == 302
    assert Attestation.objects.filter(withdrawn_at=None).count() == 1


@pytest.mark.slow
def test_an_attestation_says_when_the_ledger_was_corrected_since(where: make_people.Place) -> None:
    work(where.contract, 480)
    made = actions.attest(by=where.buyer, contract=where.contract)
    public = f"/attestations/{made.token}"
    assert "Valable" in text(Client().get(public))
    wrong = LedgerPosting.objects.get(commitment__contract=where.contract, kind=PostingKind.DONE)
    contracts.reverse(by=where.facilitator, posting=wrong, reason="erreur")
    for page in (Client().get(public), as_user(where.buyer).get(f"/contrats/{where.contract.pk}/cloture")):
        seen = text(page)
        assert "Corrigée depuis" in seen and "0 h faites sur 480 h dues" in seen and "Valable" not in seen


def test_an_attestation_of_a_cut_ledger_is_not_to_be_believed(where: make_people.Place) -> None:
    work(where.contract, 480)
    content = actions.attest(by=where.buyer, contract=where.contract).content
    Attestation.objects.update(
        withdrawn_at=timezone.now(), withdrawn_by=where.buyer, withdrawn_reason="essai"
    )
    content["heads"][0]["hash"] = "f" * 64
    forged = Attestation.objects.create(
        contract=where.contract, token="f" * 32, content=content, digest=actions.fingerprint(content),
        issued_by=where.buyer, **signed(content),
    )  # fmt: skip
    assert "À ne pas croire" in text(Client().get(f"/attestations/{forged.token}"))


def signed(content: dict[str, Any]) -> dict[str, Any]:
    key, signature = signing.sign(content)
    return {"key": key, "signature": signature}


@pytest.mark.slow
def test_a_row_that_the_key_did_not_sign_is_not_to_be_believed(
    where: make_people.Place, settings: Any, tmp_path: Path
) -> None:
    settings.LEVIER_HOME = tmp_path
    work(where.contract, 480)
    made = actions.attest(by=where.buyer, contract=where.contract)
    path = signing._path()
    assert path.stat().st_mode & 0o777 == 0o600 and "PRIVATE" not in signing.published()
    content = made.content | {"holder": "Autre"}
    actions.withdraw(by=where.buyer, attestation=made, reason="essai")
    for rank, signature in enumerate(({}, signed(made.content))):
        forged = Attestation.objects.create(
            contract=where.contract, token=str(rank) * 32, content=content, digest=actions.fingerprint(content),
            issued_by=where.buyer, **signature,
        )  # fmt: skip
        page = text(Client().get(f"/attestations/{forged.token}"))
        assert "À ne pas croire" in page and "Signature fausse" in page
        actions.withdraw(by=where.buyer, attestation=forged, reason="essai")


@pytest.mark.slow
def test_a_retired_key_goes_on_proving_what_it_signed_unless_it_was_stolen(
    where: make_people.Place, settings: Any, tmp_path: Path
) -> None:
    settings.LEVIER_HOME = tmp_path
    work(where.contract, 480)
    made = actions.attest(by=where.buyer, contract=where.contract)
    public, run = f"/attestations/{made.token}", CliRunner()
    before = signing._path().read_text()
    assert run.invoke(attestation_command, ["rotate"]).exit_code == 0
    assert "Signature valide" in text(Client().get(public)) and signing._path().read_text() != before
    published = run.invoke(attestation_command, ["keys"]).output
    assert (
        len(public_keys(published)) == 2
        and published == Client().get("/attestations/cles.pem").content.decode()
    )
    # The key of a secret is changed there first.
    settings.ATTESTATION_KEY = signing._path().read_text()
    assert "LEVIER_ATTESTATION_KEY" in run.invoke(attestation_command, ["rotate"]).output
    settings.ATTESTATION_KEY = before
    with pytest.raises(RefusedError, match="est retirée"):
        signing.sign({})
    settings.ATTESTATION_KEY = ""
    for key, told in (
        ("0" * 16, "Aucune clé"),
        (signing.sign({})[0].pk, "en service"),
        (made.key_id, "ne prouve plus"),
    ):
        assert told in run.invoke(attestation_command, ["distrust", key]).output
    page = text(Client().get(public))
    assert "Valable" in page and "Clé retirée" in page and "Signature valide" not in page
    assert made.key_id not in public_keys(signing.published())


@pytest.mark.slow
def test_only_the_buyer_closes_what_is_not_done(where: make_people.Place) -> None:
    at = f"/contrats/{where.contract.pk}/cloture"
    helper, owner = as_user(where.facilitator), as_user(where.buyer)
    helper.post(at, {"geste": "bilan", "worked": "Deux équipes stables", "hard": "", "after": ""})
    assert "seul l’acheteur décide" in text(helper.post(at, SIGNED | {"reason": "x"}))
    assert "dites pourquoi vous clôturez" in text(owner.post(at, SIGNED))
    procedure = defaults.open_default(
        by=where.facilitator, contract=where.contract, sides=frozenset({"facilitator"}), text="Relance"
    )
    assert "procédure de retard est ouverte" in text(owner.post(at, SIGNED | {"reason": "x"}))
    defaults.move(
        by=where.facilitator,
        procedure=procedure,
        kind="cloture",
        sides=frozenset({"facilitator"}),
        text="Réglé",
    )
    assert owner.post(at, SIGNED | {"reason": "Chantier abandonné"}).status_code == 302
    closed = ContractClosing.objects.get()
    assert (closed.basis, closed.signed, closed.worked) == (
        "decide",
        "Nour, directrice",
        "Deux équipes stables",
    )
    assert "Ce contrat est clos" in text(owner.post(at, {"geste": "bilan", "worked": "autre"}))
    with pytest.raises(IntegrityError, match="clos ne change plus"), transaction.atomic():
        ContractClosing.objects.update(worked="autre")
    assert owner.post(at, {"geste": "attester"}).status_code == 302
    assert Attestation.objects.get().content["basis"] == "decide"
    words = plain_spaces(as_markdown(bilan_of(where.contract, today=localdate())))
    assert "0 h faites sur 480 h dues" in words and "Chantier abandonné" in words and "Deux équipes" in words
    assert "Il manque 480 h" in words and f"suivi par {where.structure.name}" in words


@pytest.mark.slow
def test_people_of_one_contract_are_read_by_their_follower_alone(where: make_people.Place) -> None:
    entries = [decided_entry(where, given_name=f"Ana{'abcdef'[rank]}", sex="F") for rank in range(4)]
    few = policies.people_counts(where.facilitator, where.contract)
    assert few is not None and few.people is None
    entries += [decided_entry(where, given_name=name, sex="H") for name in ("Bo", "Cy")]
    counts = policies.people_counts(where.facilitator, where.contract)
    assert counts is not None and counts.people == 6
    # Four women, two men: either number would give the other.
    assert dict(counts.cuts[0].counts) == {"Femme": None, "Homme": None}
    at = f"/suivi/contrats/{where.contract.pk}/situations"
    client = as_user(where.facilitator)
    answers = {f"s-{one.pk}-sortie": "cdi" for one in entries}
    assert client.post(at, answers).status_code == 302
    with acting(followers=[where.structure.pk]):
        assert PersonSituation.objects.count() == 6
    assert not PersonSituation.objects.exists(), "outside the scope nobody sees a situation"
    for person, reads in ((where.facilitator, True), (where.buyer, False), (where.company, False)):
        seen = text(as_user(person).get(f"/contrats/{where.contract.pk}/cloture"))
        written = plain_spaces(as_markdown(bilan_of(where.contract, today=localdate(), reader=person)))
        for words in (seen, written):
            assert ("Situation : à la sortie" in words and "CDI : 6" in words) is reads, person
            assert ("Femmes et hommes" in words or "Âge à l’entrée" in words) is reads, person
            assert make_people.FAMILY not in words
    assert client.post(at, {f"s-{entries[0].pk}-sortie": "retraite"}).status_code == 422
    client.post(at, {f"s-{entries[0].pk}-sortie": ""})
    end = where.contract.ends_on
    told = [
        one.title.split(" : ")[1] for one in people_work(where.facilitator, end) if "situation" in one.title
    ]
    assert told == ["situation de 1 personne à demander"]
    assert policies.situations_to_ask(where.facilitator, end - timedelta(days=1)) == []
    assert policies.situations_to_ask(where.facilitator, end + timedelta(days=190))[0][1] == 6
    assert policies.situations_to_ask(where.buyer, end) == []
    with acting(followers=[where.structure.pk]):
        assert PersonSituation.objects.count() == 5
    other = make_people.place()
    assert as_user(other.facilitator).post(at, answers).status_code == 404


@pytest.mark.slow
def test_the_portfolio_says_who_must_do_what(
    where: make_people.Place, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_people.entry(where)
    contract, today = where.contract, localdate()
    control.tell_difficulty(by=None, label="Jo, gérant", contract=contract, cause="candidats", since_on=today)
    late = control.ask_evidence(by=where.facilitator, contract=contract, kind="releve", due_on=today)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE execution_evidencerequest SET due_on = %s WHERE id = %s",
            [today - timedelta(days=3), late.pk],
        )
    control.plan_meeting(
        by=where.facilitator, contract=contract, kind="visite", held_on=today + timedelta(days=4)
    )
    defaults.open_default(
        by=where.facilitator, contract=contract, sides=frozenset({"facilitator"}), text="Relance"
    )
    make.contract(
        buyer=contract.buyer, facilitator=where.structure, starts_on=today - timedelta(days=200),
        ends_on=today + timedelta(days=30), title="Muet",
    )  # fmt: skip
    over = make.contract(
        buyer=contract.buyer, facilitator=where.structure, starts_on=today - timedelta(days=200),
        ends_on=today - timedelta(days=1), title="Fini",
    )  # fmt: skip
    with django_assert_num_queries(36):
        mine = {(one.kind, one.title): one for one in contracts_work(where.facilitator, today)}
    told = {(kind, title.split(" : ", 1)[1]): one.who for (kind, title), one in mine.items()}
    assert told["À valider", "1\u00a0entrée de personne à valider"] == "me"
    difficulty = "difficulté signalée (aucune candidature présentée)"
    assert told["À valider", f"{difficulty}, à préparer pour l’acheteur"] == "me"
    assert told["En retard", "Relevé d’heures, à remettre"] == "me"
    assert told["Procédures en cours", "relance envoyée, suite à donner"] == "me"
    assert told["À venir", "visite sur site"] == "me"
    assert mine["En retard", "Fini : contrat fini, heures manquantes"].url == f"/contrats/{over.pk}/controle"
    assert ("À venir", "fin du contrat, heures à finir") in told
    assert ("Sans nouvelles", "personne n’y est encore entré") in told
    of_buyer = {one.title: one.who for one in contracts_work(where.buyer, today)}
    assert of_buyer[f"{contract.title} : {difficulty}, suite à décider"] == "me"
    assert not [title for title in of_buyer if "entrée" in title]
    # Only who counts opens the grid: the buyer reads the contract.
    assert not [one.url for one in contracts_work(where.buyer, today) if "/grille" in one.url]
    assert [one.url for one in contracts_work(where.facilitator, today) if "/grille" in one.url]
    assert contracts_work(where.company, today) == [] and contracts_work(purchases.facilitator(), today) == []
    for _ in range(3):
        make.contract(buyer=contract.buyer, facilitator=where.structure, title="Un de plus")
    with django_assert_num_queries(36):
        contracts_work(where.facilitator, today)
