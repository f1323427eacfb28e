"""Hours of a month given as a file: people found by name, the checks of the grid, written as typed hours are; who may."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from levier.accounts.models import Role, User
from levier.execution.declaring import policies as desks
from levier.execution.errors import RefusedError
from levier.execution.incoming import actions, shelf
from levier.execution.incoming.sheets import read_tables
from levier.execution.models import DeclarationLine, Entry, IncomingFile, IncomingState
from levier.execution.people import actions as people
from levier.execution.tasks import run_file
from levier.purchasing.purchase_exports import workbook
from tests.execution.test_declaring import World, as_user, open_to_company
from tests.factories import people as make
from tests.factories.accounts import member, organisation, user
from tests.texts import plain_spaces

pytestmark = pytest.mark.django_db
MONTH = date(2026, 4, 1)
HEAD = "Matricule;Nom;Prénom;N° SS;Heures payées\n"


class Payroll(World):
    """The world of declared hours, and a payroll of its company."""

    def __init__(self) -> None:
        super().__init__()
        self.company = open_to_company(self)
        self.twin = self.named("Lou", "Martin", date(1980, 1, 1))
        self.other = self.named("Lou", "Martin", date(1999, 9, 9))

    def named(self, given: str, family: str, born: date, *, told: bool = True) -> Entry:
        who = make.participant(self.where, given_name=given, family_name=family, birth_on=born)
        if told:
            people.give_notice(by=self.where.facilitator, participant=who, on=date(2026, 3, 1), way="main")
        return people.decide_entry(
            by=self.where.facilitator, entry=make.entry(self.where, who), is_valid=True
        )

    def give(self, content: bytes, *, name: str = "paie.csv", is_company: bool = True) -> IncomingFile:
        who = self.company if is_company else self.where.facilitator
        desk = (desks.company_desk if is_company else desks.facilitator_desk)(who, self.where.contract.pk)
        own = self.where.contract.holder if is_company else self.where.structure
        return actions.receive(
            by=who,
            organisation=own,
            content=content,
            name=name,
            desk=desk,
            commitment=self.commitment,
            month=MONTH,
        )


@pytest.fixture
def payroll(settings: Any, tmp_path: Any) -> Payroll:
    settings.LEVIER_HOME = tmp_path
    return Payroll()


def outcomes(file: IncomingFile) -> dict[int, tuple[str, str]]:
    return {line: (outcome, reason) for line, _, outcome, reason, _ in shelf.remarks_at(file.stored_as)}


@pytest.mark.slow
def test_people_are_found_inside_the_contract_and_a_doubt_is_a_question(payroll: Payroll) -> None:
    rows = (
        "1;QUATREVINGTS-DUPONTEL;ZEPHIRINE;285057800608491;20\n"
        "1;quatrevingts dupontel;Zéphirine;285057800608491;15,5\n"
        "2;MARTIN;Lou;185057800608436;30\n"
        "3;Quatrevingts-Dupontel;Zoé;;30\n"
        "4;Ailleurs;Jean;;151,67\n"
        "1;Zéphirine;Quatrevingts-Dupontel;;-3\n"
    )
    file = payroll.give((HEAD + rows).encode())
    said = outcomes(file)
    assert file.state == IncomingState.READ, file.problem
    assert [said[line][0] for line in range(2, 8)] == [
        "understood", "understood", "questioned", "questioned", "aside", "refused",
    ]  # fmt: skip
    assert "Ajoutée à la ligne 2" in said[3][1]
    assert "Deux personnes de ce nom" in said[4][1]
    assert "est-ce la même personne" in said[5][1]
    assert "n’est pas sur ce contrat" in said[6][1]
    assert not DeclarationLine.objects.exists()
    actions.confirm(
        by=payroll.company, file=file, digest=file.account["digest"], is_statement_seen=False, sends=True
    )
    line = DeclarationLine.objects.get()
    assert (line.hours, line.incoming, line.declaration.state) == (Decimal("35.5"), file, "envoyee")
    assert "28505" not in str(shelf.tables_at(file.stored_as))
    # The month is sent: a corrected file is written and reaches the facilitator.
    again = payroll.give((HEAD + "1;Quatrevingts-Dupontel;Zéphirine;;40\n").encode())
    actions.confirm(
        by=payroll.company, file=again, digest=again.account["digest"], is_statement_seen=False, sends=True
    )
    line.refresh_from_db()
    assert (again.state, again.problem, line.hours) == (IncomingState.WRITTEN, "", 40)


@pytest.mark.slow
def test_a_payroll_of_other_words_is_mapped_by_hand_and_its_total_is_no_line(payroll: Payroll) -> None:
    text = (
        "Édition des heures - période 04/2026;;;;\n"
        "Mat.;N° SS;Salarié·e;Dt naiss.;Rub. 1010 trav.;Période\n"
        "7;1850359512345;QUATREVINGTS-DUPONTEL Zéphirine;;35,50;04/2026\n"
        # A day of this century is a month too, were it read as a title.
        "8;;Personne d’ailleurs;02/09/2001;1 070,50;04/2026\n"
        "Total général;;;;106,00;\n"
    )
    file = payroll.give(text.encode("cp1252"))
    assert "Aucune colonne ne dit les heures" in file.problem and not file.account
    roles = {"Mat.": "", "Salarié·e": "full_name", "Rub. 1010 trav.": "hours", "Période": "month"}
    actions.choose(
        by=payroll.company, file=file, sheet=0, roles=roles, year=None, month=None, contract=None, sirens={}
    )
    assert file.account["understood"] == 1 and "1 000 h d’écart" in plain_spaces(outcomes(file)[5][1])
    # Next month, the same titles say the same.
    later = payroll.give(text.replace("35,50", "36,50").encode("cp1252"))
    assert (later.problem, later.account["understood"]) == ("", 1)


@pytest.mark.slow
def test_what_was_typed_since_the_account_is_not_written_over(payroll: Payroll) -> None:
    payroll.type(20)
    file = payroll.give((HEAD + "1;Quatrevingts-Dupontel;Zéphirine;;30\n").encode(), is_company=False)
    payroll.type(25)
    actions.confirm(
        by=payroll.where.facilitator, file=file, digest=file.account["digest"], is_statement_seen=False
    )
    assert (file.state, DeclarationLine.objects.get().hours) == (IncomingState.READ, 25)
    assert "quelque chose a changé" in file.problem
    assert "Remplace 25 h" in plain_spaces(outcomes(file)[2][1])


@pytest.mark.slow
def test_what_the_grid_does_not_keep_a_file_does_not_write(payroll: Payroll) -> None:
    payroll.named("Ana", "Sansnote", date(1991, 1, 1), told=False)
    rows = "1;Sansnote;Ana;;20\n2;Quatrevingts-Dupontel;Zéphirine;;800\n"
    file = payroll.give((HEAD + rows).encode(), is_company=False)
    assert {outcome for outcome, _ in outcomes(file).values()} == {"refused"}
    assert "note d’information" in outcomes(file)[2][1]
    with pytest.raises(RefusedError, match="Aucune ligne"):
        actions.confirm(
            by=payroll.where.facilitator, file=file, digest=file.account["digest"], is_statement_seen=False
        )


@pytest.mark.slow
def test_the_template_comes_back_filled(payroll: Payroll) -> None:
    client = as_user(payroll.company)
    pk = payroll.where.contract.pk
    content = client.get(f"/contrats/{pk}/modele.xlsx").content
    (table,) = read_tables(content, "modele.xlsx")
    assert len(table.rows) == 3
    filled = workbook(
        "Heures", table.titles, [[*cells[:2], "04/2026", "", 10 + line] for line, cells in table.rows]
    )
    upload = SimpleUploadedFile("avril.xlsx", filled)
    page = client.post(
        f"/contrats/{pk}/fichier", {"file": upload, "month": "2026-04"}, follow=True
    ).content.decode()
    # The two of one name wait for their day of birth.
    assert "Écrire cette ligne" in page
    assert plain_spaces(page).count("Deux personnes de ce nom") == 2


@pytest.mark.slow
def test_a_job_reads_and_writes_a_large_file_and_says_how_far_it_is(
    payroll: Payroll, monkeypatch: Any
) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 0)
    deferred: list[int] = []
    monkeypatch.setattr(type(run_file), "defer", lambda self, *, file_id: deferred.append(file_id))
    file = payroll.give((HEAD + "1;Quatrevingts-Dupontel;Zéphirine;;20\n").encode())
    assert file.state == IncomingState.READING
    page = as_user(payroll.company).get(f"/suivi/fichiers/{file.pk}").content.decode()
    assert "<progress" in page
    with pytest.raises(RefusedError, match="en cours"):
        actions.confirm(by=payroll.company, file=file, digest="", is_statement_seen=False)
    run_file(file_id=deferred.pop())
    file.refresh_from_db()
    actions.confirm(by=payroll.company, file=file, digest=file.account["digest"], is_statement_seen=False)
    run_file(file_id=deferred[0])
    run_file(file_id=deferred[0])
    file.refresh_from_db()
    assert file.state == IncomingState.WRITTEN
    assert DeclarationLine.objects.get().hours == 20


@pytest.mark.slow
def test_each_side_opens_its_own_files_alone(payroll: Payroll) -> None:
    file = payroll.give((HEAD + "1;Quatrevingts-Dupontel;Zéphirine;;20\n").encode())
    pk = payroll.where.contract.pk
    unnamed = member(payroll.where.contract.holder, role=Role.CONTRACTOR).user
    people_and_status: list[tuple[User, int]] = [
        (payroll.company, 200), (unnamed, 404), (payroll.where.facilitator, 403), (payroll.where.buyer, 403),
        (member(organisation(), role=Role.FACILITATOR).user, 404), (user(), 404),
    ]  # fmt: skip
    for who, status in people_and_status:
        client = as_user(who)
        assert client.get(f"/suivi/fichiers/{file.pk}").status_code == status
        assert client.get(f"/contrats/{pk}/fichier").status_code == status
        assert client.get(f"/contrats/{pk}/modele.xlsx").status_code == status
    assert as_user(payroll.where.facilitator).get(f"/suivi/contrats/{pk}/fichier").status_code == 200
    assert as_user(payroll.company).get(f"/suivi/contrats/{pk}/fichier").status_code == 403
    assert Client().get(f"/contrats/{pk}/fichier").status_code == 302
