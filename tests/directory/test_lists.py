"""A list in anybody's columns: what is recognised, who may bring it, a trial that publishes nothing, its publication."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from levier.accounts.models import Membership, Role
from levier.core.audit import Actor
from levier.core.models import AuditEvent
from levier.directory.lists import actions
from levier.directory.lists.actions import ListRefusedError, import_mapped, save_mapping
from levier.directory.lists.proposing import propose, recognise
from levier.directory.models import ListImport, SavedMapping, SourceRun, Supplier
from tests.cli.calls import document, refusal, run
from tests.factories import accounts as make
from tests.texts import plain_spaces

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

LIST = (
    "N° SIRET;Nom de la structure;Statut;CP;Ville;Activités;E-mail;Remarque\n"
    "99920112200010;CHANTIER APPORTE D'ESSAI;Atelier et chantier d'insertion;59100;Roubaix;Peinture, vitrerie;a@exemple.invalid;x\n"
    "99920119700012;ADAPTEE APPORTEE D'ESSAI;Entreprise adaptée;59000;Lille;;;\n"
    "99920119700013;SIRET FAUX D'ESSAI;Entreprise adaptée;59000;Lille;;;\n"
)
URL = "/apporter-une-liste"


@pytest.fixture(autouse=True)
def _home(settings: object, tmp_path: Path) -> None:
    settings.LEVIER_HOME = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def network() -> Membership:
    return make.member(make.organisation(name="Réseau d'essai"), role=Role.NETWORK)


def list_file(tmp_path: Path, text: str = LIST) -> Path:
    path = tmp_path / "liste.csv"
    path.write_text(text, encoding="utf-8")
    return path


def brought(client: Client, member: Membership, text: str = LIST, name: str = "liste.csv") -> ListImport:
    client.force_login(member.user)
    answer = client.post(URL, {"label": "Adhérents 2026", "file": SimpleUploadedFile(name, text.encode())})
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    return ListImport.objects.order_by("-id")[0]


def columns_of(received: ListImport) -> dict[str, str]:
    return {f"column_{column}": title for column, title in received.mapping.columns.items()}


def test_columns_are_recognised_by_their_titles_then_by_their_cells(tmp_path: Path) -> None:
    found = propose(list_file(tmp_path))
    assert found.columns == {
        "siret": "N° SIRET", "type": "Statut", "nom": "Nom de la structure", "code_postal": "CP",
        "ville": "Ville", "courriel": "E-mail", "secteurs": "Activités",
    }  # fmt: skip
    assert len(found.rows) == 3
    by_cells = recognise(
        ["A", "B", "C"],
        [["x", "99920112200010", "a@exemple.invalid"], ["y", "999 201 197 00012", "b@exemple.invalid"]],
    )
    assert by_cells == {"siret": "B", "courriel": "C"}


def test_a_mapping_is_a_source_of_its_own_and_keeps_the_words_of_the_list(tmp_path: Path) -> None:
    path = list_file(tmp_path)
    mapping = save_mapping(
        name="Adhérents", label="Adhérents", columns=propose(path).columns, kind="", by=Actor.machine("essai")
    )
    trial = import_mapped(mapping=mapping, path=path, by=Actor.machine("essai"), dry_run=True)
    assert (trial.read, trial.created, trial.rejected, Supplier.objects.count()) == (3, 2, 1, 0)
    import_mapped(mapping=mapping, path=path, by=Actor.machine("essai"))
    kinds = dict(Supplier.objects.values_list("siret", "kind"))
    assert kinds == {"99920112200010": "ACI", "99920119700012": "EA"}
    assert SourceRun.objects.get().source_id == f"list-{mapping.pk}"
    again = import_mapped(mapping=mapping, path=path, by=Actor.machine("essai"))
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)


def test_the_kind_of_every_row_may_be_given_once(tmp_path: Path) -> None:
    path = list_file(tmp_path, "siret;nom\n99920112200010;REGIE D'ESSAI\n")
    mapping = save_mapping(
        name="regies", label="Régies", columns={"siret": "siret", "nom": "nom"}, kind="REGIE",
        by=Actor.machine("essai"),
    )  # fmt: skip
    assert import_mapped(mapping=mapping, path=path, by=Actor.machine("essai")).created == 1
    assert Supplier.objects.get().kind == "REGIE"


def test_the_kind_of_every_row_comes_before_a_column_of_kinds(tmp_path: Path) -> None:
    path = list_file(
        tmp_path, "SIRET établissement;Enseigne;Catégorie;Commune étab.\n99920112200010;Essai;;Roubaix\n"
    )
    columns = propose(path).columns
    assert columns == {
        "siret": "SIRET établissement", "nom": "Enseigne", "type": "Catégorie", "ville": "Commune étab.",
    }  # fmt: skip
    mapping = save_mapping(name="ea", label="EA", columns=columns, kind="EA", by=Actor.machine("essai"))
    assert import_mapped(mapping=mapping, path=path, by=Actor.machine("essai")).created == 1
    assert Supplier.objects.get().kind == "EA"


@pytest.mark.parametrize(
    ("columns", "kind", "sentence"),
    [
        ({"nom": "Nom"}, "EI", "la colonne « SIRET »"),
        ({"siret": "S", "nom": "N"}, "", "le type de toutes les lignes"),
        ({"siret": "S", "nom": "S"}, "EI", "choisie deux fois"),
        ({"siret": "S", "nom": "N"}, "XX", "est inconnu"),
    ],
)
def test_an_incomplete_mapping_is_refused_with_what_to_do(
    columns: dict[str, str], kind: str, sentence: str
) -> None:
    with pytest.raises(ListRefusedError, match=sentence):
        save_mapping(name="x", label="x", columns=columns, kind=kind, by=Actor.machine("essai"))
    assert not SavedMapping.objects.exists()


def test_from_the_file_to_the_directory_by_the_page(client: Client, network: Membership) -> None:
    received = brought(client, network)
    page = plain_spaces(client.get(f"{URL}/{received.pk}").content.decode())
    assert "CHANTIER APPORTE D&#x27;ESSAI" in page and "Essayer sans publier" in page
    answer = client.post(f"{URL}/{received.pk}", {"label": "Adhérents", "kind": "", **columns_of(received)})
    assert answer.status_code == 302
    received.refresh_from_db()
    assert received.state == "checking"
    running = plain_spaces(client.get(f"{URL}/{received.pk}").content.decode())
    assert "Essai en cours" in running and "Essayer sans publier" not in running
    part = client.get(f"{URL}/{received.pk}", headers={"HX-Request": "true"})
    assert b"<html" not in part.content and "HX-Refresh" not in part
    actions.run_started(list_id=received.pk, by=Actor.machine("essai"))
    assert client.get(f"{URL}/{received.pk}", headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert not Supplier.objects.exists()
    shown = plain_spaces(client.get(f"{URL}/{received.pk}").content.decode())
    assert "Ce que donnerait la publication" in shown and "SIRET faux" in shown
    refused = client.get(f"{URL}/{received.pk}/rejets.csv")
    assert b"SIRET FAUX D'ESSAI" in refused.content
    client.post(f"{URL}/{received.pk}/publier")
    actions.run_started(list_id=received.pk, by=Actor.machine("essai"))
    assert Supplier.objects.count() == 2
    assert "Publiée dans l’annuaire" in client.get(f"{URL}/{received.pk}").content.decode()
    # A second run of the job finds nothing to do.
    runs = SourceRun.objects.count()
    actions.run_started(list_id=received.pk, by=Actor.machine("essai"))
    assert SourceRun.objects.count() == runs


def test_what_was_not_tried_is_not_published(client: Client, network: Membership) -> None:
    received = brought(client, network)
    client.post(f"{URL}/{received.pk}/publier")
    received.refresh_from_db()
    assert received.state == "received"
    page = client.get(f"{URL}/{received.pk}").content.decode()
    assert "Essayez d’abord la liste" in page


def test_the_same_name_takes_the_same_columns_again(client: Client, network: Membership) -> None:
    first = brought(client, network)
    client.post(
        f"{URL}/{first.pk}", {"label": "Adhérents 2026", "kind": "EI", "column_siret": "N° SIRET",
                              "column_nom": "Remarque"},
    )  # fmt: skip
    second = brought(client, network)
    assert second.mapping_id == first.mapping_id
    assert second.mapping.columns["nom"] == "Remarque"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("photo.png", b"\x89PNG", "n’est pas un tableau"),
        ("faux.xlsx", b"pas un classeur", "ne s’ouvre pas"),
        ("zero.csv", b"a\x00b\n", "n’est pas un tableau"),
    ],
)
def test_a_wrong_file_is_one_sentence_and_leaves_nothing(
    client: Client, network: Membership, tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    client.force_login(network.user)
    answer = client.post(URL, {"label": "Essai", "file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422
    assert sentence in plain_spaces(answer.content.decode())
    assert not ListImport.objects.exists()
    assert not list((tmp_path / "uploads").glob("*")) if (tmp_path / "uploads").exists() else True


def test_a_file_too_large_is_refused(
    client: Client, network: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "LARGEST_FILE", 100)
    client.force_login(network.user)
    answer = client.post(URL, {"label": "Essai", "file": SimpleUploadedFile("a.csv", LIST.encode())})
    assert (answer.status_code, "dépasse" in answer.content.decode()) == (422, True)


def test_owner_colleague_outsider_and_another_network(client: Client, network: Membership) -> None:
    received = brought(client, network)
    colleague = make.member(network.organisation, role=Role.NETWORK).user
    buyer = make.member(make.organisation(), role=Role.BUYER).user
    other = make.member(make.organisation(), role=Role.NETWORK).user
    staff = make.user(is_staff=True)
    pages = [f"{URL}/{received.pk}", f"{URL}/{received.pk}/rejets.csv"]
    posts = [f"{URL}/{received.pk}/publier", f"{URL}/{received.pk}/retirer"]
    client.logout()
    assert client.get(pages[0]).status_code == 302
    for person, status in ((colleague, 200), (staff, 200), (other, 404), (buyer, 403)):
        client.force_login(person)
        assert client.get(pages[0]).status_code == status
        if status != 200:
            assert [client.get(page).status_code for page in pages] == [status] * 2
            assert [client.post(page).status_code for page in posts] == [status] * 2
    client.force_login(buyer)
    assert client.get(URL).status_code == 403
    client.force_login(other)
    assert "Adhérents 2026" not in client.get(URL).content.decode()
    client.force_login(colleague)
    assert "Adhérents 2026" in client.get(URL).content.decode()


def test_a_file_that_is_removed_leaves_what_it_published(
    client: Client, network: Membership, django_capture_on_commit_callbacks: object
) -> None:
    received = brought(client, network)
    path = actions.upload_path(received.stored_as)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        client.post(f"{URL}/{received.pk}/retirer")
    assert (path.exists(), ListImport.objects.exists(), SavedMapping.objects.exists()) == (False, False, True)


def test_files_are_forgotten_after_a_month(
    client: Client, network: Membership, django_capture_on_commit_callbacks: object
) -> None:
    received, kept = brought(client, network), brought(client, network)
    ListImport.objects.filter(pk=received.pk).update(created_at=timezone.now() - timedelta(days=31))
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert actions.forget_old_lists(by=Actor.machine("essai")) == 1
    assert not actions.upload_path(received.stored_as).exists()
    assert actions.upload_path(kept.stored_as).exists()
    assert SavedMapping.objects.exists()


def test_the_trail_names_columns_and_never_their_cells(client: Client, network: Membership) -> None:
    brought(client, network)
    text = str(
        list(AuditEvent.objects.filter(verb__startswith="directory.").values_list("details", flat=True))
    )
    assert "siret" in text
    assert "exemple.invalid" not in text


def test_the_page_of_a_list_asks_a_fixed_number_of_questions(
    client: Client, network: Membership, django_assert_num_queries: object
) -> None:
    received = brought(client, network)
    with django_assert_num_queries(6):  # type: ignore[operator]
        client.get(f"{URL}/{received.pk}")


def workbook(tmp_path: Path) -> bytes:
    """As networks write them: a notice, a heading, titles on two rows (merged), numbers, a gap, a sheet of the departed."""
    import xlsxwriter

    path = tmp_path / "adherents.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("À lire").write(0, 0, "Ne pas diffuser")
        hidden = book.add_worksheet("Codes")
        hidden.write_row(0, 0, ["SIRET", "Nom", "Statut", "Ville", "Téléphone", "Courriel"])
        hidden.hide()
        for name, siret in (("Adhérents", 99920112200010), ("Partis", 99920119700012)):
            sheet = book.add_worksheet(name)
            sheet.merge_range(0, 0, 0, 5, "Réseau de l’Été, au 1er septembre")
            for column, title in enumerate(("Dénomination", "N° SIRET", "Catégorie")):
                sheet.merge_range(2, column, 3, column, title)
            sheet.merge_range(2, 3, 2, 5, "Coordonnées")
            sheet.write_row(3, 3, ["Code\npostal", "Commune", "Tél."])
            sheet.write_row(
                4,
                0,
                [f"{name} d’essai", siret, "Entreprise d’insertion", 1500, "Ambérieu-en-Bugey", 612345678],
            )
            sheet.write_row(7, 0, ["TOTAL", 1])
    return path.read_bytes()


def test_a_network_s_own_workbook_is_read_where_its_table_is(
    client: Client, network: Membership, tmp_path: Path
) -> None:
    client.force_login(network.user)
    sent = SimpleUploadedFile("adherents.xlsx", workbook(tmp_path))
    client.post(URL, {"label": "Adhérents", "file": sent})
    received = ListImport.objects.get()
    page = plain_spaces(client.get(f"{URL}/{received.pk}").content.decode())
    assert "<option selected>Adhérents</option>" in page and "Codes" not in page
    assert received.mapping.columns == {
        "siret": "N° SIRET", "type": "Catégorie", "nom": "Dénomination", "code_postal": "Code postal",
        "ville": "Commune", "telephone": "Tél.",
    }  # fmt: skip
    client.post(f"{URL}/{received.pk}", {"label": "Adhérents", "kind": "", **columns_of(received)})
    actions.run_started(list_id=received.pk, by=Actor.machine("essai"))
    client.post(f"{URL}/{received.pk}/publier")
    actions.run_started(list_id=received.pk, by=Actor.machine("essai"))
    received.refresh_from_db()
    assert (received.outcome["created"], received.outcome["rejected"]) == (1, 1)
    kept = Supplier.objects.get(siret="99920112200010")
    assert (kept.phone, kept.commune_id) == ("0612345678", "01004")
    # The number of the row in the spreadsheet, heading and gap counted.
    assert "\n8;type de structure absent;TOTAL" in client.get(
        f"{URL}/{received.pk}/rejets.csv"
    ).content.decode("utf-8-sig")
    assert client.post(f"{URL}/{received.pk}/feuille", {"feuille": "Partis"}).status_code == 302
    received.refresh_from_db()
    assert (received.sheet, received.state, received.outcome) == ("Partis", "received", {})
    client.post(f"{URL}/{received.pk}/feuille", {"feuille": "Codes"})
    assert "n’est pas dans le classeur" in client.get(f"{URL}/{received.pk}").content.decode()
    client.force_login(make.member(make.organisation(name="Autre"), role=Role.NETWORK).user)
    assert client.post(f"{URL}/{received.pk}/feuille", {"feuille": "Adhérents"}).status_code == 404


def test_a_workbook_saved_as_text_keeps_its_heading_and_is_read_below_it(tmp_path: Path) -> None:
    path = tmp_path / "adherents.csv"
    path.write_bytes(
        (
            'Réseau de l’Été;;;;\r\n;;;;\r\nDénomination;N° SIRET;Catégorie;"Code\npostal";Commune\r\n'
            "Un, deux;99920112200010;EI;1500;Ambérieu-en-Bugey\r\n;;;;\r\nFaux;123;EI;;\r\n"
        ).encode("cp1252")
    )
    found = propose(path)
    assert found.columns["code_postal"] == "Code postal" and found.rows[0][0] == "Un, deux"
    mapping = save_mapping(
        name="texte", label="Texte", columns=found.columns, kind="", by=Actor.machine("essai")
    )
    report = import_mapped(mapping=mapping, path=path, by=Actor.machine("essai"))
    assert (report.read, report.created, report.rejected) == (2, 1, 1)
    assert "6;SIRET faux" in Path(report.rejects_path or "").read_text(encoding="utf-8-sig").replace("\r", "")


def test_a_workbook_that_would_fill_the_memory_is_not_opened(
    client: Client, network: Membership, tmp_path: Path
) -> None:
    import xlsxwriter

    path = tmp_path / "loin.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "SIRET")
        sheet.write(1_000_000, 16_000, "x")
    client.force_login(network.user)
    sent = SimpleUploadedFile("loin.xlsx", path.read_bytes())
    answer = client.post(URL, {"label": "Loin", "file": sent})
    assert answer.status_code == 422 and "très loin du tableau" in answer.content.decode()


def test_the_command_keeps_the_proposed_columns_under_a_name(tmp_path: Path) -> None:
    path = str(list_file(tmp_path))
    assert "Nommez la correspondance" in refusal("import", "list", path, code=2)
    first = run("import", "list", path, "--mapping", "adherents", "--dry-run")
    assert first.exit_code == 0, first.output
    assert "SIRET ← N° SIRET" in first.stdout and "Essai à blanc : 3 lues" in plain_spaces(first.stdout)
    again = run("import", "list", path, "--mapping", "adherents")
    assert "enregistrée" not in again.stdout
    assert Supplier.objects.count() == 2
    # A list is a source like another: told with the others, and in the licences of the open files.
    (told,) = [one for one in document("sources")["suppliers"] if one["label"] == "adherents"]
    assert (told["records"], told["kinds"], told["last_run"]["read"]) == (2, ["ACI", "EA"], 3)
    assert "Celle de la liste apportée" in Client().get("/donnees-ouvertes").content.decode()
    assert "un autre nom" in refusal("import", "list", path, "--mapping", "adherents", "--kind", "EA")
    book = tmp_path / "adherents.xlsx"
    book.write_bytes(workbook(tmp_path))
    read = run("import", "list", str(book), "--mapping", "reseau", "--sheet", "Partis", "--dry-run").stdout
    assert "Feuille lue : Partis. Laissées de côté : À lire, Adhérents." in plain_spaces(read)
    assert "À lire, Adhérents, Partis" in plain_spaces(
        refusal("import", "list", str(book), "--mapping", "reseau", "--sheet", "Lune")
    )
