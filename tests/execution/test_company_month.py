"""The month of a company without an account: link and code, one sending, statements, who comes and goes, reminders, its own page."""

import io
import os
import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from PIL import Image

from levier.accounts.models import Role, User
from levier.core.audit import Actor
from levier.core.models import OutgoingMail
from levier.execution import tasks
from levier.execution.declaring import actions, links, sending, team
from levier.execution.declaring.whole import whole_company
from levier.execution.errors import RefusedError
from levier.execution.models import (
    ChangeState,
    DeclarationLine,
    DeclarationLink,
    DeclarationSending,
    DifficultyNotice,
    Entry,
    HoursStatement,
    Participant,
    StaffChange,
)
from levier.execution.people.scope import acting
from tests.factories import people as make
from tests.factories.accounts import member
from tests.factories.company_month import FIRST, MONTH, Company
from tests.factories.photographs import inked_photo, reader_that_says
from tests.texts import plain_spaces

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(settings: Any, tmp_path: Path) -> Company:
    settings.LEVIER_HOME = tmp_path
    return Company()


def as_user(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


def text(response: Any) -> str:
    return plain_spaces(response.content.decode())


def photo(**exif: Any) -> SimpleUploadedFile:
    target = io.BytesIO()
    Image.new("RGB", (8, 8)).save(target, "PNG")
    return SimpleUploadedFile("releve.png", target.getvalue(), "image/png")


def code_of_last_mail() -> str:
    mail = OutgoingMail.objects.filter(message_id__startswith="declaration-code").latest("pk")
    found = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", mail.body)
    assert found
    return found[0]


def opened(company: Company) -> tuple[Client, str]:
    """A browser in which the code was given, and the address of the month."""
    client, page = Client(), links.address_of(company.link).partition("//")[2].partition("/")[2]
    client.post(f"/{page}/code")
    client.post(f"/{page}/ouvrir", {"code": code_of_last_mail().lower()})
    return client, f"/{page}"


@pytest.mark.slow
def test_a_link_names_nobody_before_its_code_and_opens_one_browser(company: Company) -> None:
    client, page = Client(), f"/declarer/{links.token_of(company.link)}"
    shut = client.get(page)
    assert make.GIVEN not in text(shut) and FIRST not in text(shut) and "r…@exemple.invalid" in text(shut)
    assert not OutgoingMail.objects.exists() and shut["X-Robots-Tag"] == "noindex, nofollow"
    client.post(f"{page}/code")
    assert client.post(f"{page}/ouvrir", {"code": "AAAA-AAAA"}).status_code == 422
    client.post(f"{page}/ouvrir", {"code": code_of_last_mail()})
    shown = text(client.get(page))
    assert "Zéphirine Q." in shown and make.FAMILY not in shown and "éligible jusqu’au" in shown
    assert make.GIVEN not in text(Client().get(page))
    # A code opens once.
    assert Client().post(f"{page}/ouvrir", {"code": code_of_last_mail()}).status_code == 422


@pytest.mark.slow
def test_five_wrong_codes_close_the_door_and_another_code_opens_it(company: Company) -> None:
    client, page = Client(), f"/declarer/{links.token_of(company.link)}"
    client.post(f"{page}/code")
    for _ in range(5):
        client.post(f"{page}/ouvrir", {"code": "AAAA-AAAA"})
    right = client.post(f"{page}/ouvrir", {"code": code_of_last_mail()})
    assert right.status_code == 422 and "ne vaut plus" in text(right)
    opened(company)
    DeclarationLink.objects.update(codes_sent=links.MOST_CODES)
    with pytest.raises(RefusedError, match="Trop de codes"):
        links.send_code(company.link)
    # The facilitator sends the link again: it takes codes again, each a mail of its own.
    sent = OutgoingMail.objects.count()
    links.open_link(
        contract=company.where.contract,
        company=company.link.company,
        email=FIRST,
        first_month=MONTH,
        month=MONTH,
    )
    links.send_code(company.link)
    assert OutgoingMail.objects.count() == sent + 1


@pytest.mark.slow
@pytest.mark.parametrize("why", ["closed", "expired", "forged"])
def test_a_link_that_is_no_more_says_nothing(company: Company, why: str) -> None:
    client, page = opened(company)
    if why == "closed":
        links.close_links(by=company.where.facilitator, contract=company.where.contract, email=FIRST)
    elif why == "expired":
        DeclarationLink.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    else:
        page = page[:-1] + ("A" if page[-1] != "A" else "B")
    for answer in (client.get(page), client.post(page, {"envoyer": "1"}), client.post(f"{page}/code")):
        assert answer.status_code == 404
    # A new one may be opened, and it is another.
    if why == "closed":
        again = links.open_link(
            contract=company.where.contract, company=company.link.company, email=FIRST, first_month=MONTH,
            month=MONTH,
        )  # fmt: skip
        assert again.pk != company.link.pk


@pytest.mark.slow
def test_a_month_is_sent_once_with_all_that_goes_with_it(company: Company) -> None:
    client, page = opened(company)
    name = f"h-{company.entry.pk}-2026-04"
    posted = {
        name: "70,5", f"avant-{name}": "", "envoyer": "1", "cle": str(uuid4()), f"depart-{company.entry.pk}": "2026-04-28",
        "given_name": "Inès", "family_name": "Nouvelle", "modality": "embauche", "on": "2026-05-04",
        "cause": "chantier", "since_on": "2026-04-20", "note": "Intempéries",
    }  # fmt: skip
    for _ in range(2):
        answer = client.post(page, posted | {"releves": photo(), "sans_bulletin": "1"}, follow=True)
    shown = text(answer)
    assert "Mois envoyé" in shown and "1 relevé" in shown and "Départ annoncé le 28 avril 2026" in shown
    line = DeclarationLine.objects.get()
    assert (line.hours, line.declared_by, line.declared_through_id) == (
        Decimal("70.5"),
        None,
        company.link.pk,
    )
    counts = [one.objects.count() for one in (DeclarationSending, HoursStatement, DifficultyNotice)]
    assert counts == [1, 1, 1]
    with acting(companies=[company.link.company_id]):
        assert StaffChange.objects.count() == 2
    receipt = OutgoingMail.objects.get(message_id__startswith="declaration-receipt")
    assert receipt.to_address == FIRST and company.commitment.head.hash in receipt.body
    assert "1 personne, 70,5 h" in plain_spaces(receipt.body) and make.GIVEN not in receipt.body
    assert DeclarationSending.objects.get().chain_head in receipt.body


@pytest.mark.slow
def test_a_page_changed_after_its_sending_is_sent_again_without_what_it_gave(company: Company) -> None:
    client, page = opened(company)
    name = f"h-{company.entry.pk}-2026-04"
    posted = {
        name: "70", f"avant-{name}": "", "envoyer": "1", "cle": str(uuid4()), "cause": "chantier", "note": "Intempéries",
        "given_name": "Inès", "family_name": "Nouvelle", "modality": "embauche", "on": "2026-05-04",
    }  # fmt: skip
    for hours in ("70", "72", "72"):
        assert (
            client.post(page, posted | {name: hours, "releves": photo(), "sans_bulletin": "1"}).status_code
            == 302
        )
    assert DeclarationLine.objects.get().hours == 72
    assert [one.hours for one in DeclarationSending.objects.all()] == [72, 70]
    assert HoursStatement.objects.count() == DifficultyNotice.objects.count() == 1
    with acting(followers=[company.where.structure.pk]):
        assert StaffChange.objects.count() == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("h", "douze", "n’est pas un nombre"),
        ("depart", "hier", "n’est pas une date"),
        ("given_name", "Inès", "À remplir pour annoncer"),
        ("note", "Intempéries", "Choisissez ce qui se passe"),
        ("releves", b"%PDF-1.4 rien", "ni un PDF"),
        ("releves", ("bulletin_de_paie.pdf", b"%PDF-1.4"), "bulletin de paie"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_sent(
    company: Company, field: str, value: Any, told: str
) -> None:
    client, page = opened(company)
    name = f"h-{company.entry.pk}-2026-04"
    posted: dict[str, Any] = {name: "70", "envoyer": "1", "cle": str(uuid4())}
    names = {"h": name, "depart": f"depart-{company.entry.pk}"}
    if field == "releves":
        sent_as, content = value if isinstance(value, tuple) else ("releve.pdf", value)
        value = SimpleUploadedFile(sent_as, content)
        assert "cochez la case" in text(
            client.post(page, posted | {field: SimpleUploadedFile(sent_as, content)})
        )
        posted["sans_bulletin"] = "1"
    answer = client.post(page, posted | {names.get(field, field): value})
    assert answer.status_code == 422 and told in text(answer)
    assert f'value="{"douze" if field == "h" else "70"}"' in text(answer)
    assert not DeclarationSending.objects.exists() and not DeclarationLine.objects.exists()
    folder = sending.received_files.folder(sending.ROOM)
    assert not folder.exists() or not list(folder.iterdir())


@pytest.mark.parametrize(("said", "is_kept"), [("BULLETIN DE SALAIRE", False), ("RELEVE DES HEURES", True)])
def test_where_photographs_are_read_nothing_is_asked_and_payslips_are_refused(
    company: Company, settings: Any, tmp_path: Path, said: str, is_kept: bool
) -> None:
    settings.OCR_COMMAND = reader_that_says(tmp_path, said)
    client, page = opened(company)
    name = f"h-{company.entry.pk}-2026-04"
    assert "sans_bulletin" not in text(client.get(page))
    sheet = SimpleUploadedFile("IMG_1.jpg", inked_photo())
    answer = client.post(page, {name: "70", "envoyer": "1", "cle": str(uuid4()), "releves": sheet})
    assert answer.status_code == (302 if is_kept else 422)
    assert is_kept or "C’est un bulletin de paie : ne l’envoyez pas" in text(answer)
    assert [one.is_unread for one in HoursStatement.objects.all()] == [False] * is_kept


@pytest.mark.slow
def test_nothing_new_is_not_sent(company: Company) -> None:
    company.send(70)
    with pytest.raises(RefusedError, match="rien de nouveau"):
        company.send(70)


@pytest.mark.slow
def test_a_statement_nobody_saw_goes_in_its_time_and_the_mention_stays(company: Company) -> None:
    company.send(70, statements=[photo()])
    found = HoursStatement.objects.get()
    shown = as_user(company.where.facilitator).get(f"/suivi/contrats/{company.where.contract.pk}/grille")
    assert "Non lue par la machine" in text(shown)
    path = sending.received_files.path_of(found.file, room=sending.ROOM)
    assert path and path.exists()
    os.utime(path, (0, 0))
    tasks.forget_unused_statements(0)
    assert path.exists()
    HoursStatement.objects.update(sent_at=timezone.now() - timedelta(days=40))
    tasks.forget_unused_statements(0)
    assert not path.exists()
    client = as_user(company.where.facilitator)
    grid = text(client.get(f"/suivi/contrats/{company.where.contract.pk}/grille"))
    assert "non vu, supprimé le" in grid and "Vu, effacer" not in grid
    assert client.get(f"/suivi/contrats/releves/{found.pk}").status_code == 404
    client.post(f"/suivi/contrats/releves/{found.pk}/vu")
    found.refresh_from_db()
    assert found.seen_on is None


@pytest.mark.slow
def test_a_statement_is_seen_then_gone_and_ticked_for_who_decides(company: Company) -> None:
    made = company.send(70, statements=[photo()])
    found = HoursStatement.objects.get()
    where, contract = company.where, company.where.contract
    elsewhere = make.place()
    named = as_user(member(contract.holder, role=Role.CONTRACTOR, email=FIRST).user)
    readers = {
        as_user(where.facilitator): 200, named: 403, as_user(where.buyer): 403, as_user(elsewhere.facilitator): 404,
        Client(): 302,
    }  # fmt: skip
    for client, expected in readers.items():
        answer = client.get(f"/suivi/contrats/releves/{found.pk}")
        if answer.streaming:
            assert b"".join(answer.streaming_content).startswith(b"\xff\xd8")  # type: ignore[arg-type]
        assert answer.status_code == expected
        if expected != 200:
            assert client.post(f"/suivi/contrats/releves/{found.pk}/vu").status_code == expected
    assert "Relevé d’heures, avril 2026" in text(
        as_user(where.facilitator).get(f"/suivi/contrats/{contract.pk}/grille")
    )
    path = sending.received_files.path_of(found.file, room=sending.ROOM)
    assert path and path.exists()
    as_user(where.facilitator).post(f"/suivi/contrats/releves/{found.pk}/vu")
    found.refresh_from_db()
    assert (found.file, found.seen_on, found.seen_by) == ("", timezone.localdate(), where.facilitator)
    page, ticked = f"/suivi/contrats/{contract.pk}/grille", 'name="releve" checked'
    assert ticked in text(as_user(where.facilitator).get(page)) and made.lines == 1
    # Only the box proves: unticked, the line is declared; a correction is not ticked beforehand.
    line = DeclarationLine.objects.get()
    line = actions.accept(by=where.facilitator, desk=company.follower, line=line, seen=line.hours)
    assert line.posting and (line.posting.evidence, line.statement_seen_by) == ("declared", None)
    company.send(82)
    shown = text(as_user(where.facilitator).get(page))
    assert 'name="releve"' in shown and ticked not in shown


@pytest.mark.slow
@pytest.mark.parametrize("decision", ["fiche", "ecarter"])
def test_somebody_new_waits_for_the_facilitator_and_the_names_typed_go(
    company: Company, decision: str
) -> None:
    arrival = sending.Arrival(
        given_name="Inès", family_name="Nouvelle", modality="embauche", on=date(2026, 5, 4)
    )
    found = company.change(arrival=arrival)
    assert not StaffChange.objects.exists()  # outside of any scope
    page = f"/suivi/contrats/annonces/{found.pk}"
    for client, expected in (
        (as_user(make.place().facilitator), 404),
        (as_user(company.where.buyer), 404),
        (Client(), 302),
    ):
        assert client.post(page, {"decision": "ecarter"}).status_code == expected
    client = as_user(company.where.facilitator)
    assert "Arrivée : Inès Nouvelle" in text(
        client.get(f"/suivi/contrats/{company.where.contract.pk}/grille")
    )
    client.post(page, {"decision": decision, "birth_on": "1990-02-03"})
    with acting(followers=[company.where.structure.pk]):
        found.refresh_from_db()
        known = Participant.objects.filter(family_name="Nouvelle").count()
        assert Entry.objects.count() == 1  # its eligibility is judged on its own page
    assert (found.given_name, found.family_name) == ("", "") and known == (decision == "fiche")
    assert found.state == (ChangeState.TAKEN if decision == "fiche" else ChangeState.SET_ASIDE)
    with pytest.raises(RefusedError, match="vient d’être traitée"):
        team.set_aside(by=company.where.facilitator, desk=company.follower, change=found)


@pytest.mark.slow
def test_the_names_of_who_was_announced_do_not_wait_for_ever(company: Company) -> None:
    arrival = sending.Arrival(
        given_name="Inès", family_name="Nouvelle", modality="embauche", on=date(2026, 5, 4)
    )
    company.change(arrival=arrival)
    machine, now = Actor.machine("essai"), timezone.now()
    assert team.set_aside_old(by=machine, before=now - timedelta(days=180)) == 0
    assert team.set_aside_old(by=machine, before=now + timedelta(days=1)) == 1
    with acting(followers=[company.where.structure.pk]):
        assert StaffChange.objects.get().family_name == ""


@pytest.mark.slow
def test_a_departure_is_noted_by_the_facilitator(company: Company) -> None:
    found = company.change(departures={company.entry.pk: date(2026, 4, 28)})
    team.note_departure(by=company.where.facilitator, desk=company.follower, change=found)
    with acting(followers=[company.where.structure.pk]):
        assert Entry.objects.get().left_on == date(2026, 4, 28)


@pytest.mark.slow
def test_a_company_decides_nothing_of_what_it_announced(company: Company) -> None:
    company.change(departures={company.entry.pk: date(2026, 4, 28)})
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        is_owner = cursor.fetchone()[0] != "levier_app"
    with acting(companies=[company.link.company_id]):
        changed = StaffChange.objects.update(state=ChangeState.TAKEN, decided_at=timezone.now())
    assert is_owner or changed == 0


@pytest.mark.slow
def test_a_company_reads_its_month_on_all_its_contracts(company: Company) -> None:
    user = member(company.where.contract.holder, role=Role.CONTRACTOR, email=FIRST).user
    found = whole_company(user)
    assert [one.contract.pk for one in found.dues] == [company.where.contract.pk]
    assert found.promises[0].plan.people == 1 and found.promises[0].plan.latest_on
    page = text(as_user(user).get("/contrats/mon-mois"))
    assert "Déclarer" in page and make.FAMILY not in page
    for other in (make.place().company, company.where.buyer, company.where.facilitator):
        assert "Aucun contrat ne vous est encore ouvert" in text(as_user(other).get("/contrats/mon-mois"))
    assert Client().get("/contrats/mon-mois").status_code == 302
