"""Hours declared by a program: its key, each line answered, the same call once; nothing for anybody else."""

import json
from datetime import date
from typing import Any

import pytest
from django.test import Client

from levier.accounts.models import Membership, Role, User
from levier.execution.incoming import programs
from levier.execution.models import ApiKey, ContractParty, DeclarationLine
from levier.organisations.models import Organisation
from tests.execution.test_declaring import World, open_to_company
from tests.factories import execution as contracts
from tests.factories.accounts import member, organisation, user

pytestmark = pytest.mark.django_db


class Program:
    """A payroll program with the key of the company that holds the contract."""

    def __init__(self) -> None:
        self.world = World()
        self.author = open_to_company(self.world)
        self.contract = self.world.where.contract
        self.secret = key_for(self.author, self.contract.holder)

    def call(
        self, lines: list[dict[str, Any]], *, call: str = "paie-2026-04", secret: str = "", **body: Any
    ) -> Any:
        return Client().post(
            f"/api/v1/contracts/{self.contract.pk}/declarations",
            json.dumps({"month": "2026-04", "lines": lines} | body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret or self.secret}", "Idempotency-Key": call},
        )

    def get(self, path: str, secret: str = "") -> Any:
        return Client().get(f"/api/v1{path}", headers={"Authorization": f"Bearer {secret or self.secret}"})


def key_for(who: User, own: Organisation) -> str:
    return programs.make_key(by=who, organisation=own, label="Paie")[1]


@pytest.fixture
def program() -> Program:
    return Program()


@pytest.mark.slow
def test_each_line_is_answered_and_the_same_call_writes_once(program: Program) -> None:
    lines = [
        {"family_name": "quatrevingts dupontel", "given_name": "Zephirine", "hours": 200},
        {"family_name": "Ailleurs", "given_name": "Jean", "hours": 10},
        {"family_name": "Quatrevingts-Dupontel", "given_name": "Zoé", "hours": 10},
        {"entry": program.world.entry.pk, "hours": -3},
        {"entry": 999_999, "hours": 1},
    ]
    said = program.call(lines, send=True).json()
    assert [one["outcome"] for one in said["lines"]] == [
        "kept",
        "refused",
        "questioned",
        "refused",
        "refused",
    ], said
    assert {"over_35_a_week", "over_48_a_week"} & {one["name"] for one in said["lines"][0]["checks"]}
    assert (said["kept"], said["sent"], said["repeated"]) == (1, True, False)
    line = DeclarationLine.objects.get()
    assert (line.hours, line.declaration.month, line.declaration.state) == (200, date(2026, 4, 1), "envoyee")
    again = program.call(lines, send=True).json()
    assert again == said | {"repeated": True}
    assert DeclarationLine.objects.count() == 1
    other = program.call(lines[:1])
    assert other.status_code == 422
    assert "déjà servi" in other.json()["detail"]
    assert program.call(lines[:1], call="autre-appel").json()["lines"][0]["outcome"] == "unchanged"
    assert "Idempotency-Key" in program.call(lines, call="").json()["detail"]
    # A correction of a month already sent, sent as well.
    corrected = program.call([lines[0] | {"hours": 150}], call="correction", send=True).json()
    assert (corrected["kept"], corrected["sent"]) == (1, True)
    assert DeclarationLine.objects.get().hours == 150


@pytest.mark.parametrize("hours", [-3, 1e9, 35.555, "1e400"])
def test_a_number_that_is_no_number_of_hours_is_refused_in_a_sentence(program: Program, hours: Any) -> None:
    """Alone, so that nothing else refuses the line before."""
    said = program.call([{"entry": program.world.entry.pk, "hours": hours}])
    assert said.status_code in (200, 422), said.content
    (line,) = said.json().get("lines") or [{"outcome": "refused", "reason": said.json()["detail"]}]
    assert line["outcome"] == "refused" and line["reason"].endswith(".")
    assert not DeclarationLine.objects.exists()


@pytest.mark.slow
def test_the_contracts_and_people_of_the_organisation_of_the_key_are_read(program: Program) -> None:
    for kind, fields in (("cotraitant", {"share_rate": "0.2"}), ("sous_traitant", {"tier": 1})):
        ContractParty.objects.create(
            contract=program.contract, organisation=organisation(), kind=kind, **fields
        )
    (row,) = program.get("/contracts").json()
    assert (row["id"], row["due"], row["left"]) == (program.contract.pk, 480.0, 480.0)
    assert program.get(f"/contracts/{program.contract.pk}").json()["commitments"][0]["due"] == 480.0
    (person,) = program.get(f"/contracts/{program.contract.pk}/people").json()
    assert person["name"] == "Zéphirine Q."
    assert set(person) == {"entry", "name", "is_valid", "eligible_until", "entered_on", "left_on"}


@pytest.mark.slow
def test_a_wrong_key_learns_nothing(program: Program) -> None:
    where = program.world.where
    colleague = member(program.contract.holder, role=Role.CONTRACTOR).user
    elsewhere = contracts.contract()
    rival = contracts.contractor(elsewhere.holder)
    path = f"/contracts/{program.contract.pk}"
    assert program.get(path, key_for(colleague, program.contract.holder)).status_code == 404
    assert program.get(path, key_for(rival, elsewhere.holder)).status_code == 404
    assert program.call([], secret=key_for(rival, elsewhere.holder)).status_code == 404
    assert program.get(f"/contracts/{elsewhere.pk}").status_code == 404
    # The author also works for another firm: its key there opens nothing of this one.
    second = organisation()
    Membership.objects.create(user=program.author, organisation=second, role=Role.CONTRACTOR)
    other = key_for(program.author, second)
    assert program.get(path, other).status_code == 404
    assert program.call([], secret=other).status_code == 404
    assert program.get("/contracts", other).json() == []
    for secret in ("levier_faux", "autre"):
        refused = program.get("/contracts", secret)
        assert refused.status_code == 401
        assert "clé d’API" in refused.json()["detail"]
    # The facilitator's key declares for everybody, as in its grid.
    assert program.get(f"{path}/people", key_for(where.facilitator, where.structure)).status_code == 200
    Membership.objects.filter(user=program.author, organisation=program.contract.holder).delete()
    assert program.get("/contracts").status_code == 401


@pytest.mark.slow
def test_a_key_is_made_shown_once_and_revoked_on_its_page(program: Program) -> None:
    client = Client()
    client.force_login(program.author)
    page = client.post(
        "/suivi/cles", {"organisation": program.contract.holder.pk, "label": "Silae"}
    ).content.decode()
    made = ApiKey.objects.get(label="Silae")
    secret = page.split('id="cle"')[1].split(">", 1)[1].split("<", 1)[0].strip()
    assert programs.key_of(secret) == made
    assert secret not in client.get("/suivi/cles").content.decode()
    other = Client()
    other.force_login(contracts.contractor(organisation()))
    assert other.post(f"/suivi/cles/{made.pk}/retirer").status_code == 404
    assert client.post(f"/suivi/cles/{made.pk}/retirer").status_code == 302
    assert programs.key_of(secret) is None
    outsider = Client()
    outsider.force_login(user())
    assert outsider.get("/suivi/cles").status_code == 403
    assert Client().get("/suivi/cles").status_code == 302
