"""The national forms of the BOAMP: what is read of them, what is skipped, and that no person is kept."""

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from levier.core.audit import Actor
from levier.purchasing import actions
from levier.purchasing.models import NoticeLot, Reservation
from levier.purchasing.notices.files import Found, notices_in
from tests.factories.notices import dated, written

PARIS = ZoneInfo("Europe/Paris")
SAMPLE = "boamp_national.jsonl"


def found_in(folder: Path, text: str | None = None) -> list[Found]:
    return list(notices_in(written(folder, SAMPLE, text)))


def test_a_call_says_what_where_until_when_and_whom_to_call(tmp_path: Path) -> None:
    notice = found_in(tmp_path)[0].notice
    assert notice is not None
    assert (notice.notice_id, notice.buyer_name, notice.buyer_siren) == (
        "boamp-26-910001", "Ville de Valmont-sur-Lys", "356000000",
    )  # fmt: skip
    assert (
        notice.url.endswith("26-910001")
        and notice.documents_url == "https://marches.valmont.invalid/2026-021"
    )
    assert (notice.contact.name, notice.reference) == ("Service de la commande publique", "2026-021")
    reserved, plain = notice.lots
    assert (reserved.title, reserved.cpv, plain.title, plain.cpv) == (
        "Cimetières du nord", "77310000", "Cimetières du sud", "77310000",
    )  # fmt: skip
    assert (reserved.place.departements, reserved.place.town) == (("59",), "Tourcoing")
    assert reserved.deadline is not None and reserved.deadline.astimezone(PARIS).hour == 12
    assert reserved.said.reservation == Reservation.INCLUSIVE and "ESAT" in reserved.said.reserved_kinds
    assert plain.said.reasons == (), "the conditions of candidature say nothing of the contract"


def test_the_other_form_names_no_correspondent(tmp_path: Path) -> None:
    notice = found_in(tmp_path)[1].notice
    assert notice is not None and "Camille" not in repr(notice)
    assert (notice.contact.phone, notice.contact.email) == ("03 99 00 12 12", "travaux@bailleur.invalid")
    (lot,) = notice.lots
    assert (lot.cpv, lot.said.hours, lot.place.departements) == ("45442100", 350, ("59",))
    assert "350 heures d’insertion" in lot.said.reasons[0] and len(lot.said.reasons) == 1


def test_what_has_no_clause_or_is_no_call_is_skipped_with_its_reason(tmp_path: Path) -> None:
    _, _, plain, award, correction, cancelled = found_in(tmp_path)
    assert "sans clause" in plain.skipped and "sans clause" in correction.skipped
    assert "ni un appel" in award.skipped
    assert cancelled.notice is not None and cancelled.notice.is_cancelled
    assert cancelled.notice.changes == "26-910002"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"idweb": None}, "son numéro"),
        ({"dateparution": "hier"}, "sa date de parution"),
        ({"nomacheteur": "", "donnees": {"MAPA": {"initial": {"description": {"objet": "Clause sociale"}}}}}, "son acheteur"),
        ({"donnees": {"MAPA": []}, "objet": "Clause sociale", "code_departement": None, "code_departement_prestation": "999"}, "où"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(tmp_path: Path, changes: dict[str, object], said: str) -> None:
    record = json.loads(dated(SAMPLE).splitlines()[0]) | changes
    (found,) = found_in(tmp_path, json.dumps([record]))
    assert found.notice is None and said in found.problem


@pytest.mark.django_db
def test_a_cancellation_takes_its_call_off_the_page(tmp_path: Path, settings: object) -> None:
    settings.LEVIER_HOME = tmp_path / "home"  # type: ignore[attr-defined]
    report = actions.import_notices(path=written(tmp_path, SAMPLE), by=Actor.machine("essai"))
    assert (report.read, report.created, report.skipped, report.rejected) == (6, 3, 3, 0)
    open_now = NoticeLot.objects.open_at(datetime.now(PARIS))
    assert {one.title for one in open_now} == {"Cimetières du nord"}
    assert open_now.get().commune_id == "59599"
