"""A spreadsheet taken over: read, accounted for, written, undone, taken again; who may."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import Http404
from django.test import Client

from levier.accounts.models import Role, User
from levier.core.models import AuditEvent
from levier.execution.actions import ContactPerson, set_contacts
from levier.execution.errors import RefusedError
from levier.execution.incoming import actions, chosen, shelf
from levier.execution.incoming.columns import (
    TAKING_FIELDS,
    guess,
    read_day,
    read_month,
    split_name,
    title_weight,
)
from levier.execution.incoming.forms import HoursFileForm
from levier.execution.incoming.sheets import LARGEST_BYTES, read_tables
from levier.execution.incoming.taking.writing import undo
from levier.execution.models import (
    Contract,
    Declaration,
    DeclarationLine,
    Entry,
    HoursStatement,
    IncomingFile,
    IncomingState,
    LedgerHead,
    LedgerPosting,
    Participant,
    SavedColumns,
)
from levier.execution.people.scope import acting
from levier.execution.policies import contracts_of, get_contract_for
from levier.organisations.models import Organisation
from levier.purchasing.purchase_exports import workbook
from tests.factories.accounts import member, organisation, user, valid_siren
from tests.texts import plain_spaces

NIR = "2 85 05 78 006 084 91"
MONTHLY = (
    "N° de marché;Objet du marché;Acheteur;SIRET acheteur;Titulaire;SIREN titulaire;Début du marché;Fin du marché;Heures à réaliser;"
    "Nom;Prénom;Né(e) le;Sexe;N° Sécu;Mois;Heures réalisées mois\n"
)


class Structure:
    """A structure that starts, its facilitator, and what it kept in a spreadsheet."""

    def __init__(self) -> None:
        self.organisation = organisation(name="Maison de l’emploi")
        self.facilitator = member(self.organisation, role=Role.FACILITATOR).user
        self.buyer, self.holder = organisation(name="Ville"), organisation(name="Bati Nord")

    def line(self, name: str, month: str, hours: str, *, born: str = "04/05/1990", ref: str = "M-12") -> str:
        family, given = name.split()
        return (
            f"{ref};Rénovation de l’école;Ville;{self.buyer.siren}00011;Bati Nord;{self.holder.siren};01/01/2026;31/12/2026;480;"
            f"{family};{given};{born};F;{NIR};{month};{hours}\n"
        )

    def sheet(self) -> bytes:
        rows = [
            self.line("QUATREVINGTS Zéphirine", "01/2026", "35,5"),
            self.line("QUATREVINGTS Zéphirine", "02/2026", "40"),
            self.line("Aubépin Léo", "février 2026", "20", born="1985-01-02"),
            self.line("Aubépin Léo", "mars 2031", "20", born="1985-01-02"),
            self.line("Sansdate Ana", "02/2026", "10", born=""),
            self.line("Aubépin Léo", "03/2026", "douze", born="1985-01-02"),
            self.line("Aubépin Léo", "12/2025", "9", born="1985-01-02"),
        ]
        return (MONTHLY + "".join(rows)).encode("cp1252", errors="replace")

    def give(self, content: bytes | None = None, name: str = "suivi 2026.csv") -> IncomingFile:
        return actions.receive(
            by=self.facilitator, organisation=self.organisation, content=content or self.sheet(), name=name
        )

    def confirm(self, file: IncomingFile, **fields: Any) -> IncomingFile:
        actions.confirm(
            by=self.facilitator, file=file, digest=file.account["digest"], is_statement_seen=False, **fields
        )
        return file

    def people(self) -> list[Participant]:
        with acting(followers=[self.organisation.pk]):
            return list(Participant.objects.filter(follower=self.organisation))

    @property
    def done(self) -> Decimal:
        return sum(
            LedgerHead.objects.filter(commitment__contract__facilitator=self.organisation).values_list(
                "done", flat=True
            ),
            Decimal(),
        )


@pytest.fixture
def structure(db: None, settings: Any, tmp_path: Any) -> Structure:
    settings.LEVIER_HOME = tmp_path
    return Structure()


def as_user(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


@pytest.mark.parametrize(
    ("typed", "month"),
    [
        ("mars 2026", 3),
        ("03/2026", 3),
        ("2026-03", 3),
        ("Mars-26", 3),
        ("févr. 2026", 2),
        ("01/03/2026", 3),
        ("Heures mars 2026", 3),
    ],
)
def test_a_month_is_read_as_people_write_it(typed: str, month: int) -> None:
    assert read_month(typed) == date(2026, month, 1)


def test_what_is_no_month_nor_day_is_not_guessed() -> None:
    assert read_month("lot 2") is None
    assert read_month("mars") is None
    assert read_day("31/03/26") == date(2026, 3, 31)
    assert read_day("46112") == date(2026, 3, 31)
    with pytest.raises(RefusedError, match="n’est pas une date"):
        read_day("31/02/2026")


def test_capitals_tell_the_family_name() -> None:
    assert split_name("Zoé DE LA TOUR", family_first=True) == ("DE LA TOUR", "Zoé")
    assert split_name("Dupont Zoé", family_first=True) == ("Dupont", "Zoé")
    assert split_name("Zoé Dupont", family_first=False) == ("Dupont", "Zoé")


def test_titles_are_found_under_a_banner_and_numbers_of_people_are_stripped() -> None:
    rows = [
        ["Suivi des clauses 2026", "", "", ""], ["", "", "", ""], ["Salarié", "Matricule", "Janvier 2026", "févr. 2026"],
        ["DUPONT Zoé", "1850578006084", 35.5, ""], ["MARTIN Léo", "185057800608436", "", 12], ["voir 1 85 05 78 006 084 36", "", 1, ""],
    ]  # fmt: skip
    (table,) = read_tables(workbook("Feuille", rows[0], rows[1:]), "suivi.xlsx", weight=title_weight)
    assert table.titles[0] == "Salarié"
    assert table.stripped == ("Matricule",)
    assert table.blanked == 1
    assert "1850578" not in str(table)
    assert guess(table, known={}, fields=TAKING_FIELDS).roles == ("full_name", "", "mois", "mois")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "est vide"),
        (b"PK\x03\x04rien", "ne s’ouvre pas"),
        (b"\x00\x01", "n’est pas un tableau"),
        (b"Nom;Prenom\n", "aucune ligne"),
    ],
)
def test_a_file_that_is_no_table_gets_a_sentence(content: bytes, told: str) -> None:
    with pytest.raises(RefusedError, match=told):
        read_tables(content, "x.csv")


def test_the_weight_of_a_file_is_read_before_its_content() -> None:
    file = SimpleUploadedFile("suivi.csv", b"a;b")
    file.size = LARGEST_BYTES + 1
    form = HoursFileForm({"month": "2026-03"}, {"file": file})
    assert "dépasse 20 Mo" in str(form.errors["file"])


def test_each_line_is_accounted_for_and_nothing_is_written(structure: Structure) -> None:
    file = structure.give()
    account = file.account
    assert (file.state, account["hours"]) == (IncomingState.READ, "95.50")
    assert (account["read"], account["understood"], account["questioned"], account["refused"]) == (7, 3, 2, 2)
    reasons = {line: reason for line, _, _, reason, _ in shelf.remarks_at(file.stored_as)}
    assert "n’a pas commencé" in reasons[5]
    assert "date de naissance" in reasons[6]
    assert "n’est pas un nombre d’heures" in reasons[7]
    assert "précèdent le début du contrat" in reasons[8]
    assert not Contract.objects.filter(facilitator=structure.organisation).exists()
    assert not structure.people()
    kept = b"".join(path.read_bytes() for path in (shelf._folder()).iterdir())
    assert shelf.tables_at(file.stored_as)[0].stripped == ("N° Sécu",)
    assert b"006084" not in kept
    assert "006 084" not in str(shelf.tables_at(file.stored_as))


def test_taken_over_undone_and_taken_again(structure: Structure) -> None:
    first = structure.confirm(structure.give())
    contract = Contract.objects.get(facilitator=structure.organisation)
    assert (contract.reference, contract.holder, contract.buyer) == (
        "M-12",
        structure.holder,
        structure.buyer,
    )
    assert structure.done == Decimal("95.50")
    assert {one.family_name for one in structure.people()} == {"QUATREVINGTS", "Aubépin"}
    assert DeclarationLine.objects.filter(incoming=first, state="acceptee").count() == 3

    again = structure.give()
    assert again.account["known"] == 3
    assert again.account["understood"] == 0
    assert actions.again(again) == first

    done = undo(by=structure.facilitator, file=first)
    assert (done.reversed, done.people, done.contracts, done.kept_contracts) == (3, 2, 1, 0)
    assert structure.done == 0
    assert not structure.people()
    assert as_user(structure.facilitator).get(f"/contrats/{contract.pk}").status_code == 404
    assert LedgerPosting.objects.filter(commitment__contract=contract, kind="reversal").count() == 4
    with pytest.raises(RefusedError, match="déjà annulée"):
        undo(by=structure.facilitator, file=first)

    structure.confirm(structure.give())
    assert structure.done == Decimal("95.50")
    assert Contract.objects.filter(facilitator=structure.organisation, removed_at=None).count() == 1


def test_an_undoing_keeps_what_something_else_hangs_on(structure: Structure) -> None:
    first = structure.confirm(structure.give())
    more = structure.sheet() + structure.line("QUATREVINGTS Zéphirine", "03/2026", "12").encode("cp1252")
    second = structure.confirm(structure.give(more))
    done = undo(by=structure.facilitator, file=first)
    assert (done.people, done.contracts, done.kept_contracts) == (1, 0, 1)
    assert structure.done == 12
    undo(by=structure.facilitator, file=second)
    assert structure.done == 0


def test_an_undoing_keeps_the_months_it_did_not_make_or_that_hold_a_statement(structure: Structure) -> None:
    file = structure.confirm(structure.give())
    commitment = Contract.objects.get(facilitator=structure.organisation).commitments.get()
    with_statement = Declaration.objects.get(commitment=commitment, month=date(2026, 1, 1))
    bare, sent = (
        Declaration.objects.create(
            commitment=commitment, company=structure.holder, month=date(2026, month, 1)
        )
        for month in (4, 5)
    )
    for one in (with_statement, sent):
        HoursStatement.objects.create(declaration=one, file="releve.pdf", size=1)
    done = undo(by=structure.facilitator, file=file)
    assert (done.people, done.contracts, done.kept_contracts, structure.done) == (2, 0, 1, 0)
    assert set(commitment.declarations.all()) == {with_statement, bare, sent}


def test_months_as_columns_for_one_contract_and_a_name_without_its_siren(structure: Structure) -> None:
    structure.holder.delete()
    siren = valid_siren()
    head = [
        "Marché",
        "Acheteur",
        "Entreprise",
        "Début du marché",
        "Fin du marché",
        "Heures dues",
        "Nom et prénom",
        "DDN",
        "janvier",
        "février",
    ]
    rows = [
        [
            "École",
            "Ville",
            "Toits & Co",
            "2026-01-01",
            "2026-12-31",
            300,
            "DUPONT Zoé",
            "1990-05-04",
            35.5,
            "",
        ]
    ]
    file = structure.give(workbook("Suivi", head, rows), "suivi.xlsx")
    assert file.account["questioned"] + file.account["refused"] == file.account["read"]
    guessed = guess(chosen.tables_of(file)[0], known={}, fields=TAKING_FIELDS)
    roles = dict(zip(head, guessed.roles, strict=True))
    actions.choose(
        by=structure.facilitator, file=file, sheet=0, roles=roles, year=2026, month=None, contract=None,
        sirens={"Toits & Co": siren, "Ville": structure.buyer.siren},
    )  # fmt: skip
    assert file.account["understood"] == 1, shelf.remarks_at(file.stored_as)
    structure.confirm(file)
    assert structure.done == Decimal("35.5")
    assert Organisation.objects.get(siren=siren).name == "Toits & Co"
    # What was said once is known for the next file.
    other = structure.give(workbook("Suivi", [*head[:-2], "mars 2026"], [[*rows[0][:-2], 20]]), "mars.xlsx")
    assert other.account["understood"] == 1


@pytest.mark.slow
def test_what_changed_since_the_account_is_read_again_and_not_written(structure: Structure) -> None:
    one, two = structure.give(), structure.give()
    structure.confirm(one)
    structure.confirm(two)
    assert two.state == IncomingState.READ
    assert "quelque chose a changé" in two.problem
    assert two.account["known"] == 3
    assert structure.done == Decimal("95.50")


def test_no_name_nor_number_in_the_tables_that_are_not_about_people(structure: Structure) -> None:
    structure.confirm(structure.give())
    said = "".join(str(row) for row in AuditEvent.objects.values_list("details", "object_key", "verb"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(f::text, ' ') FROM execution_incomingfile f")
        said += cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(s::text, ' ') FROM execution_savedcolumns s")
        said += cursor.fetchone()[0] or ""
    assert "QUATREVINGTS" not in said
    assert "006084" not in said.replace(" ", "")


@pytest.mark.slow
def test_only_the_facilitators_of_the_structure_open_its_files(structure: Structure) -> None:
    file = structure.give()
    colleague = member(structure.organisation, role=Role.BUYER).user
    other = member(organisation(), role=Role.FACILITATOR).user
    for who, status in ((structure.facilitator, 200), (colleague, 403), (other, 404), (user(), 404)):
        client = as_user(who)
        assert client.get(f"/suivi/fichiers/{file.pk}").status_code == status
        assert client.get(f"/suivi/fichiers/{file.pk}/bilan.csv").status_code == status
        if status != 200:
            for word in ("ecrire", "annuler", "oublier"):
                assert client.post(f"/suivi/fichiers/{file.pk}/{word}").status_code == status
    assert Client().get(f"/suivi/fichiers/{file.pk}").status_code == 302
    with pytest.raises(RefusedError, match="facilitateurs de la structure"):
        undo(by=other, file=file)


@pytest.mark.slow
def test_the_pages_take_over_from_the_file_to_the_grid(structure: Structure) -> None:
    client = as_user(structure.facilitator)
    assert client.get("/suivi/reprise").status_code == 200
    upload = SimpleUploadedFile("suivi.csv", structure.sheet())
    response = client.post(
        "/suivi/reprise", {"file": upload, "structure": structure.organisation.pk}, follow=True
    )
    page = plain_spaces(response.content.decode())
    assert "Reprendre ces 3 lignes" in page
    assert "« N° Sécu »" in page
    file = IncomingFile.objects.get(organisation=structure.organisation)
    response = client.post(
        f"/suivi/fichiers/{file.pk}/ecrire", {"bilan": file.account["digest"], "releve": "on"}, follow=True
    )
    assert "C’est écrit" in response.content.decode()
    contract = Contract.objects.get(facilitator=structure.organisation)
    grid = plain_spaces(client.get(f"/suivi/contrats/{contract.pk}/grille?jusqu=2026-02").content.decode())
    assert 'value="35,5"' in grid
    assert LedgerHead.objects.get(commitment__contract=contract).documented == Decimal("95.50")
    response = client.post(f"/suivi/fichiers/{file.pk}/annuler", follow=True)
    assert "La reprise est annulée : 3 écritures inverses" in plain_spaces(response.content.decode())
    assert client.get("/suivi/reprise").status_code == 200
    assert client.post(f"/suivi/fichiers/{file.pk}/oublier", follow=True).status_code == 200
    assert not Entry.objects.filter(contract=contract).exists()


@pytest.mark.slow
def test_a_contract_taken_over_has_no_buyer_until_it_names_one(structure: Structure) -> None:
    """Whoever opens the SIREN of the buyer first learns and decides nothing; the contact of the buyer does."""
    structure.confirm(structure.give())
    contract = Contract.objects.get(facilitator=structure.organisation)
    squatter = member(structure.buyer, role=Role.BUYER).user
    with pytest.raises(Http404):
        get_contract_for(squatter, contract.pk)
    assert not contracts_of(squatter).exists()
    person = ContactPerson(name="Mme Acheteuse", email=squatter.email)
    set_contacts(by=structure.facilitator, contract=contract, side="acheteur", people={"referent": person})
    assert get_contract_for(squatter, contract.pk, to="decide") in contracts_of(squatter)


def test_a_line_of_people_is_never_kept_as_titles(structure: Structure) -> None:
    with pytest.raises(RefusedError, match="Aucun titre"):
        structure.give("QUATREVINGTS;Zéphirine;04/05/1990\nAubépin;Léo;02/01/1985\n".encode())
    file = structure.give("Zéphirine;Nom;04/05/1990\nLéo;Aubépin;02/01/1985\n".encode())
    roles = {"Zéphirine": "given_name", "Nom": "family_name", "04/05/1990": "birth_on"}
    actions.choose(by=structure.facilitator, file=file, sheet=0, roles=roles, year=None, month=None, contract=None, sirens={})  # fmt: skip
    kept = SavedColumns.objects.get().roles
    assert kept["nom"] == "family_name" and all(one == "nom" or one.startswith("#") for one in kept)
    assert file.choices["roles"] == {"nom": "family_name", "colonne 1": "given_name", "colonne 3": "birth_on"}
    assert chosen.columns_of(file, chosen.tables_of(file)[0]).roles == tuple(roles.values())
