"""Public notices from file to page: imported once, corrected, cancelled, awarded; shown to who may answer; the Monday mail."""

import io
import tarfile
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localdate

from levier.accounts.models import Role, User
from levier.core.audit import Actor
from levier.core.downloads import Downloaded, DownloadError
from levier.core.models import OutgoingMail
from levier.organisations.models import Organisation
from levier.purchasing import actions
from levier.purchasing.contracts.formats import UnreadableFileError
from levier.purchasing.models import (
    Contract,
    ContractHolder,
    Notice,
    NoticeLot,
    NoticeRun,
    NoticeWinner,
    Purchase,
    PurchaseState,
    Reservation,
)
from levier.purchasing.notices import fetching
from levier.purchasing.queries.awarded import recently_awarded
from levier.purchasing.queries.notices import notice_source, open_notice_lots
from levier.purchasing.queries.reaching import Sheet
from tests.factories import exchanges
from tests.factories import purchases as make
from tests.factories.accounts import member, organisation, user
from tests.factories.needs import listed
from tests.factories.notices import CALL, dated, text_of, written

pytestmark = pytest.mark.django_db
MACHINE = Actor.machine("essai")
GREEN, CLEANING = "creation-espaces-verts", "nettoyage-locaux"
RESERVED, CLAUSED = "Tonte et taille, lot réservé", "Nettoyage des écoles"


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    settings.LEVIER_HOME = tmp_path / "home"
    return tmp_path


def brought(folder: Path, *names: str, **changes: str) -> None:
    for name in names:
        path = written(folder, name, dated(name, **changes))
        actions.import_notices(path=path, by=MACHINE)


def titles(**asked: Any) -> list[str]:
    return [one.lot.title for one in open_notice_lots(now=timezone.now(), **asked)]


def supplier(kind: str = "EI", **fields: Any) -> tuple[User, Organisation]:
    place = organisation()
    given = {"departement_code": "59", "sectors": [GREEN, CLEANING], "activity_status": "stated"} | fields
    listed(place, kind=kind, **given)
    return member(place, role=Role.SUPPLIER).user, place


def test_a_folder_is_imported_once_and_what_is_bad_is_named(home: Path) -> None:
    folder = home / "avis"
    folder.mkdir()
    written(folder, "call.xml")
    written(folder, "call.xml", dated("call.xml").replace(">FRA<", ">BEL<"), as_name="belge.xml")
    written(folder, "call.xml", "<ContractNotice/>", as_name="vide.xml")
    written(folder, "boamp.jsonl")
    report = actions.import_notices(path=folder, by=MACHINE)
    assert (report.read, report.created, report.skipped, report.rejected) == (6, 2, 2, 2)
    assert any("formulaire national" in reason for reason in report.reasons)
    assert (
        report.rejects_file is not None and "vide.xml\u00a0» : il ne dit pas sa nature" in report.problems[1]
    )
    rejects = report.rejects_file.read_text()
    assert "vide.xml;il ne dit pas sa nature" in rejects and "26-900003" in rejects
    assert NoticeRun.objects.get().rejected == 2
    again = actions.import_notices(path=folder, by=MACHINE)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)
    boamp = Notice.objects.get(url__contains="boamp.fr")
    assert boamp.lots.get().reasons[0].startswith("«") and "d’insertion" in boamp.lots.get().reasons[0]
    tried = actions.import_notices(path=written(home, "correction.xml"), by=MACHINE, dry_run=True)
    assert tried.created == 1 and not Notice.objects.filter(changes=CALL).exists()


def test_archives_are_read_member_by_member(home: Path) -> None:
    content = dated("call.xml").encode()
    with zipfile.ZipFile(home / "avis.zip", "w") as archive:
        archive.writestr("a/call.xml", content)
        archive.writestr("LISEZMOI.txt", b"...")
    with tarfile.open(home / "avis.tar.gz", "w:gz") as archive:
        entry = tarfile.TarInfo("../../award.xml")
        entry.size = len(award := dated("award.xml").encode())
        archive.addfile(entry, io.BytesIO(award))
    assert actions.import_notices(path=home / "avis.zip", by=MACHINE).created == 1
    assert actions.import_notices(path=home / "avis.tar.gz", by=MACHINE).created == 1
    cut = home / "coupe.zip"
    cut.write_bytes((home / "avis.zip").read_bytes()[:100])
    for path, said in (
        (cut, "XML"),
        (written(home, "vide.json", "{}"), "results"),
        (written(home, "rien.xml", ""), "vide"),
    ):
        try:
            assert actions.import_notices(path=path, by=MACHINE).rejected == 1
        except UnreadableFileError as problem:
            assert said in str(problem) and path.name in str(problem)


@pytest.mark.parametrize("order", [("call.xml", "correction.xml"), ("correction.xml", "call.xml")])
def test_a_correction_replaces_in_whatever_order(home: Path, order: tuple[str, str]) -> None:
    brought(home, *order)
    lots = open_notice_lots(now=timezone.now())
    assert [one.lot.title for one in lots] == [RESERVED, CLAUSED], (
        "reserved first, each once, the plain one never"
    )
    assert {one.lot.notice.changes for one in lots} == {CALL}


def test_a_cancellation_closes_and_an_older_version_never_comes_back(home: Path) -> None:
    brought(home, "call.xml")
    text = dated("correction.xml").replace("cor-buy", "cancel")
    actions.import_notices(path=written(home, "correction.xml", text), by=MACHINE)
    assert titles() == []
    newer = dated("call.xml", **{"<cbc:VersionID>01": "<cbc:VersionID>03", "Nettoyage": "Ménage"})
    actions.import_notices(path=written(home, "call.xml", newer), by=MACHINE)
    brought(home, "call.xml")
    assert NoticeLot.objects.filter(title="Ménage des écoles").count() == 1, "version 1 does not overwrite 3"


def test_a_lot_leaves_at_its_hour_and_at_its_award(home: Path) -> None:
    brought(home, "call.xml")
    deadline = NoticeLot.objects.get(title=CLAUSED).deadline
    assert deadline is not None
    assert len(open_notice_lots(now=deadline - timedelta(minutes=1))) == 2
    assert open_notice_lots(now=deadline) == ()
    brought(home, "award.xml")
    assert titles() == [], "awarded before its date"


def test_a_consultation_published_here_is_shown_once(home: Path) -> None:
    brought(home, "call.xml")
    buyer = organisation(name="Ville de Valmont")
    Notice.objects.update(buyer_siren=buyer.siren, buyer_siret="")
    purchase = make.purchase(buyer, state=PurchaseState.PUBLISHED, title="Autre achat")
    exchanges.desk(purchase)
    assert len(titles()) == 2
    Purchase.objects.filter(pk=purchase.pk).update(reference="2026-014")
    assert titles() == []


def test_a_supplier_sees_what_is_for_its_kind_its_place_and_its_trade(home: Path) -> None:
    brought(home, "call.xml")

    def asked(kind: str = "EI", place: str = "59", sectors: tuple[str, ...] = (GREEN, CLEANING)) -> list[str]:
        return titles(sheets=[Sheet(place, sectors, kind, (50.63, 3.06))])

    assert asked() == asked("ESAT") == [RESERVED, CLAUSED]
    assert asked("SCOP") == [CLAUSED], "reserved to others"
    assert asked(place="62") == [CLAUSED] and asked(place="75") == []
    assert asked(sectors=(CLEANING,)) == [CLAUSED] and asked(sectors=("peinture-vitrerie",)) == []
    first, second = open_notice_lots(now=timezone.now(), sheets=[Sheet("59", (), "EI", (50.63, 3.06))])
    assert (
        first.distance_km is not None
        and 5 < first.distance_km < 15
        and "Roubaix (59), à environ" in first.where
    )
    assert "votre structure en est une" in first.why and "480" in second.why
    assert second.where == "Nord (59), Pas-de-Calais (62)"
    NoticeLot.objects.update(reservation=Reservation.EXECUTION, reserved_kinds=[], reserved_to="")
    (line, *_) = open_notice_lots(now=timezone.now(), sheets=[Sheet("59", (), "ESAT")])
    assert "vérifiez dans les documents" in line.why and "Exécution réservée" in line.reserved_words


@pytest.mark.slow
def test_the_page_is_public_and_names_the_service_and_no_person(home: Path) -> None:
    brought(home, "call.xml")
    html = Client().get("/opportunites?lieu=59").content.decode()
    assert html.index(RESERVED) < html.index(CLAUSED)
    assert (
        "https://ted.europa.eu/fr/notice/-/detail/700001-2026" in html and "marches.valmont.invalid" in html
    )
    assert "Service de la commande publique" in html and "03 99 00 56 78" in html and "12\u00a0h" in html
    assert "480 heures d’insertion" in html and "Camille Exemple" not in html and "Pourquoi vous" not in html
    assert RESERVED not in Client().get("/opportunites?lieu=2A").content.decode()
    pk = NoticeLot.objects.get(title=CLAUSED).pk
    assert f"/repondre?avis={pk}" in html
    form = Client().get(f"/repondre?avis={pk}").content.decode()
    assert CLAUSED in form and "480" in form and "Ville de Valmont-sur-Lys" in form
    brought(home, "award.xml")
    html = Client().get("/opportunites?lieu=59").content.decode()
    assert (
        RESERVED not in html.split("Qui vient")[0]
        and "Propreté du Val SARL" in html
        and "Dominique" not in html
    )
    assert Client().get(f"/repondre?avis={pk}").status_code == 404
    assert Client().get("/repondre?avis=x").status_code == 200


@pytest.mark.slow
def test_each_reader_finds_what_is_for_its_own_sheets(home: Path) -> None:
    brought(home, "call.xml")
    owner, place = supplier()
    colleague = member(place, role=Role.SUPPLIER).user
    elsewhere, _ = supplier(departement_code="75")
    for one, is_own, is_shown in (
        (owner, True, True), (colleague, True, True), (elsewhere, False, False), (user(), False, True),
    ):  # fmt: skip
        client = Client()
        client.force_login(one)
        html = client.get("/opportunites").content.decode()
        assert (RESERVED in html) == is_shown
        assert ("Pourquoi vous" in html) == is_own


@pytest.mark.slow
def test_the_monday_mail_tells_a_lot_once_and_who_won(home: Path) -> None:
    near, place = supplier()
    far, away = supplier(departement_code="75")
    brought(home, "call.xml")
    for one, own in ((near, place), (far, away)):
        actions.ask_for_alert(by=one, organisation=own)
    OutgoingMail.objects.all().delete()
    assert actions.send_weekly_alerts(by=MACHINE, today=localdate()) == 1
    mail = OutgoingMail.objects.get()
    assert mail.to_address == near.email
    assert mail.body.index(RESERVED) < mail.body.index(CLAUSED) and "contact de l’avis" in mail.body
    assert (
        "ted.europa.eu" in mail.body and "À remettre" not in mail.body and "à remettre avant le" in mail.body
    )
    brought(home, "award.xml")
    OutgoingMail.objects.all().delete()
    actions.send_weekly_alerts(by=MACHINE, today=localdate() + timedelta(days=7))
    body = OutgoingMail.objects.get().body
    assert "Propreté du Val SARL" in body and "SIREN 356000000" in body and "03 99 00 90 12" in body
    assert RESERVED in body and "Dominique" not in body, "the lot won by a person, without its name"
    assert "À remettre" not in body and "LOTS OUVERTS" not in body


def test_an_award_carries_the_clause_of_its_call_and_is_told_once(home: Path) -> None:
    brought(home, "award.xml")
    assert recently_awarded(today=localdate()).contracts == (), "the award alone says no clause"
    brought(home, "call.xml")
    found = recently_awarded(today=localdate(), departements=["59"], sectors=[CLEANING]).contracts
    (one,) = found
    assert one.is_social and one.holders[0].phone == "03 99 00 90 12" and "ted.europa.eu" in one.url
    assert sorted(len(each.holders) for each in recently_awarded(today=localdate()).contracts) == [0, 1]
    # The same award in the data of contracts: told once, by the notice.
    Notice.objects.update(buyer_siren="213500001", buyer_siret="")
    twin = Contract.objects.create(
        uid="double", source="essai", object="Nettoyage", cpv="90919200", buyer_siren="213500001",
        departement_code="59", notified_on=localdate() - timedelta(days=6), social_considerations=["clause"],
        content_hash="0" * 32, first_seen=localdate(), last_seen=localdate(),
    )  # fmt: skip
    ContractHolder.objects.create(contract=twin, rank=1, siret="35600000000048", id_kind="SIRET")
    assert "double" not in {each.uid for each in recently_awarded(today=localdate()).contracts}
    assert len(recently_awarded(today=localdate(), limit=1).contracts) == 1
    assert len(recently_awarded(today=localdate(), limit=1, offset=1).contracts) == 1
    ContractHolder.objects.update(siret="55210055400013")
    assert "double" in {each.uid for each in recently_awarded(today=localdate()).contracts}


def test_contacts_are_forgotten_once_all_is_closed(home: Path) -> None:
    brought(home, "call.xml", "award.xml")
    now = timezone.now()
    old = {"calls_before": now + timedelta(days=1), "awards_before": localdate() + timedelta(days=1)}
    NoticeLot.objects.update(is_closed=False)
    assert actions.forget_notice_contacts(by=MACHINE, **old) == 2, (
        "the award and its winner; the call is open"
    )
    assert not NoticeWinner.objects.exclude(phone="").exists()
    assert Notice.objects.get(form="call").contact_phone
    old["calls_before"] = now + timedelta(days=60)
    assert actions.forget_notice_contacts(by=MACHINE, **old) == 1
    assert actions.forget_notice_contacts(by=MACHINE, **old) == 0


def test_the_boamp_is_fetched_day_by_day_and_a_dead_network_leaves_what_was_there(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(fetching, "FIRST_DAYS", 3)
    broken = {"on": False}

    def download(url: str, target: Path, *, largest: int) -> Downloaded:
        day = parse_qs(urlsplit(url).query)["where"][0].split("'")[1]
        asked.append(day)
        if broken["on"]:
            raise DownloadError("Le fichier n'a pas pu être téléchargé (pas de réponse du serveur).")
        target.parent.mkdir(parents=True, exist_ok=True)
        has_any = day == (localdate() - timedelta(days=1)).isoformat()
        is_new = has_any and not target.exists()
        target.write_text(dated("boamp.jsonl") if has_any else "")
        return Downloaded(target, is_new, "")

    monkeypatch.setattr(fetching, "download", download)
    result = fetching.fetch_boamp(by=MACHINE, today=localdate())
    assert result.state == "done" and "1 nouveaux" in result.sentence.replace("\u202f", " ")
    assert len(asked) == 4 and notice_source().state == "fresh"
    assert fetching.fetch_boamp(by=MACHINE, today=localdate()).state == "unchanged"
    broken["on"] = True
    failed = fetching.fetch_boamp(by=MACHINE, today=localdate())
    assert failed.state == "failed" and "pas de réponse" in failed.sentence
    assert Notice.objects.count() == 1 and titles() == [CLAUSED]
    source = notice_source()
    assert (source.notices, source.open_social_lots) == (1, 1)
    NoticeRun.objects.update(finished_at=timezone.now() - timedelta(days=9))
    assert notice_source().state == "late"


def test_the_samples_are_written_by_us() -> None:
    for name in ("call.xml", "correction.xml", "award.xml", "boamp.jsonl"):
        assert ".invalid" in text_of(name)
