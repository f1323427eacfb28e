"""The national forms of the BOAMP: what is read of them, what is skipped, and that no person is kept."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from levier.core.audit import Actor
from levier.purchasing import actions
from levier.purchasing.actions.notices import NoticeReport
from levier.purchasing.models import NoticeForm, NoticeLot, NoticeWinner, Reservation
from levier.purchasing.notices.files import Found, notices_in
from levier.purchasing.notices.following import awarded_lots, new_deadline
from levier.purchasing.notices.notice import ReadLot
from levier.purchasing.queries.awarded import recently_awarded
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
    assert reserved.deadline is not None and reserved.deadline.astimezone(PARIS).hour == 12, (
        "as the form says, not its record"
    )
    assert reserved.said.reservation == Reservation.INCLUSIVE and "ESAT" in reserved.said.reserved_kinds
    assert plain.said.reasons == (), "the conditions of candidature say nothing of the contract"


def test_the_other_form_names_no_correspondent(tmp_path: Path) -> None:
    notice = found_in(tmp_path)[1].notice
    assert notice is not None and "Camille" not in repr(notice)
    assert (notice.contact.phone, notice.contact.email) == ("03 99 00 12 12", "travaux@bailleur.invalid")
    (lot,) = notice.lots
    assert (lot.cpv, lot.said.hours, lot.place.departements) == ("45442100", 350, ("59",))
    assert lot.deadline is not None and lot.deadline.hour == 16 and notice.reference == "TX-7"
    assert "350 heures d’insertion" in lot.said.reasons[0] and len(lot.said.reasons) == 1


def test_what_has_no_clause_or_is_no_call_is_skipped_with_its_reason(tmp_path: Path) -> None:
    _, _, plain, award, correction, cancelled = found_in(tmp_path)
    assert "sans clause" in plain.skipped and "sans clause" in award.skipped, "it says no notice it follows"
    assert correction.notice is not None and correction.notice.form == NoticeForm.CORRECTION
    assert cancelled.notice is not None and cancelled.notice.is_cancelled
    assert cancelled.notice.changes == "26-910002"


@pytest.mark.parametrize(
    ("path", "value", "seen"),
    [
        ("code_departement_prestation", "6", "('06',)"),
        ("code_departement_prestation", ["20A", "2B"], "('2A', '2B')"),
        ("said natureMarche lieuExecution", {"cp": "20200"}, "('2B',)"),
        ("said lots lot", [{"intitule": "Lot n°3 - Nord"}, {"description": "04 : Sud"}], "['3', '4']"),
        ("said lots lot", [{"intitule": "Lot 7 Nord"}, {"intitule": "2 000 m² de sols"}], "['7', '2']"),
        ("said lots lot", [{"intitule": "1.5 t de sel"}, {"codeCPV": [{"objetPrincipal": {"classPrincipale": "34927100"}}]}], "34927100"),
        ("said procedure dateReceptionOffres", "2030-07-01T10:00:00Z", "2030-07-01 12:00"),
        ("said procedure dateReceptionOffres", "", "11:00"),
        ("said informComplementaire", "Clause d&amp;#039;insertion<br/>Visite", "Clause d'insertion Visite"),
        ("said adressesComplt", {"document": {"nom": "clause d’insertion"}}, "Clause sociale"),
    ],
)  # fmt: skip
def test_what_real_records_write_otherwise_is_read(
    tmp_path: Path, path: str, value: object, seen: str
) -> None:
    record = json.loads(dated(SAMPLE).splitlines()[0])
    record["donnees"] = json.loads(record["donnees"])
    said = record["donnees"]["FNSimple"]["initial"]
    if path.startswith("code_"):
        said["natureMarche"]["lieuExecution"] = ""
    *parents, last = path.removeprefix("said ").split()
    place = said if path.startswith("said") else record
    for name in parents:
        place = place[name]
    place[last] = value
    said["natureMarche"]["description"] = "Clause sociale"
    (found,) = found_in(tmp_path, json.dumps([record]))
    assert found.notice is not None, found
    lots = found.notice.lots
    read = f"{lots[0].place.departements} {[one.number for one in lots]} {lots[-1].cpv} {lots[0].deadline} {lots[0].said.reasons}"
    assert seen in read
    assert "clause d’insertion" not in read, "whom to ask says nothing of the contract"


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
    assert (report.read, report.created, report.skipped, report.rejected) == (6, 4, 2, 0)
    open_now = NoticeLot.objects.open_at(datetime.now(PARIS))
    assert {one.title for one in open_now} == {"Cimetières du nord"}
    assert open_now.get().commune_id == "59599"


NOBODY: list[tuple[str, str]] = []


@pytest.mark.parametrize(
    ("text", "amount", "winners"),
    [
        ("Date d'attribution : 01/10/26\nMarché n° : 2026 Tx\nPeinture Du Nord SAS, 30 Rue Haute, 59100 Roubaix\nMontant Ht : 935 220,00 Euros",
         "935220.00", [("Peinture Du Nord SAS", "")]),
        ("Peinture Du Nord SAS, 30 Rue Haute, 59100 Roubaix\nMontant Ht min : 10 000 Euros\nMontant Ht max : 90 000 Euros", None,
         [("Peinture Du Nord SAS", "")]),
        ("Nom du titulaire : DU NORD SAS\nMontant de l'offre HT DU NORD SAS : 284 782.86 euro(s).", "284782.86", [("DU NORD SAS", "")]),
        ("Le marché a été attribué à l'entreprise DUNORD - SIRET 356 000 000 00048\nPrix global : 118 105,94Euros HT.", "118105.94",
         [("DUNORD", "356000000")]),
        ("attribué à 1 entreprise(s) -  NORD MAINTENANCE (35600000000048) Notifié le 30/09/2026", None, [("NORD MAINTENANCE", "356000000")]),
        # A name that may be a person's is not kept; somebody won all the same.
        ("Attribué à M. Camille Exemple, 59100 Roubaix", None, [("", "")]),
        ("Nombre d'offres reçues : 1\nCet avis a été déclaré Infructueux", None, NOBODY),
    ],
)  # fmt: skip
def test_an_award_told_in_words_names_companies_alone(
    text: str, amount: str | None, winners: list[tuple[str, str]]
) -> None:
    (lot,) = awarded_lots({"attributionMarche": text}, ReadLot(number="", title="Peinture"))
    assert [(one.name, one.siren) for one in lot.winners] == winners
    assert lot.amount_ht == (Decimal(amount) if amount else None)


@pytest.mark.parametrize(
    ("said", "deadline"),
    [
        ("Date limite de réception des offres : au lieu de 06/11/2026 à 12h00, lire : 13/11/2026 à 12h00", "2026-11-13T12:00"),
        ("La remise des offres est reportée au jeudi 15 octobre 2026 à 14 heures.", "2026-10-15T14:00"),
        ("Nouvelle date limite : 6/10/26 à 12h30", "2026-10-06T12:30"),
        ({"rect": [{"rubDelais": "ReceptionOffres", "lireDate": "2026-11-13T11:00:00Z"}]}, "2026-11-13T12:00"),
        ("Date limite : au lieu de lire 30/09/2026 à 12h00", None),
        ("La date limite est reportée au 12 mars", None),
        ("La visite est reportée au 12/03/2026 à 12h00", None),
    ],
)  # fmt: skip
def test_a_new_deadline_is_read_when_it_is_plain(said: object, deadline: str | None) -> None:
    found = new_deadline({"infosRectif": said})
    assert found == (datetime.fromisoformat(deadline).replace(tzinfo=PARIS) if deadline else None)


def what_follows_a_call(said: str) -> tuple[dict[str, dict[str, object]], date, datetime]:
    """A call, what follows it and an award of an unknown call; the day they appear and the new deadline."""
    call = json.loads(dated(SAMPLE).splitlines()[0])
    today = date.fromisoformat(call["dateparution"]) + timedelta(days=1)
    later = datetime.combine(today + timedelta(days=90), datetime.min.time(), PARIS).replace(hour=16)

    def following(number: str, nature: str, block: dict[str, object], tied: str) -> dict[str, object]:
        form = {"organisme": {"cp": "59100"}, nature.lower(): block | {"avisInitial": {"idWeb": tied}}}
        return call | {
            "idweb": number, "nature": nature, "dateparution": today.isoformat(), "datelimitereponse": None,
            "annonce_lie": ["26-1"], "donnees": {"FNSimple": form},
        }  # fmt: skip

    words = f"La date limite est reportée au {later:%d/%m/%Y} à 16h00.{said}"
    text = "Lot 1 - Nord\nJardins du Nord SARL, 1 rue Haute, 59100 Roubaix\nLot 2 - Sud\nDéclaré sans suite"
    records = {
        "call": call,
        "postponed": following("26-910011", "RECTIFICATIF", {"infosRectif": words}, "26-910001"),
        # It speaks of the correction alone, which speaks of the call.
        "award": following("26-910012", "ATTRIBUTION", {"attributionMarche": text}, "26-910011"),
        "other": following("26-910013", "ATTRIBUTION", {"attributionMarche": text}, "26-910003"),
    }
    return records, today, later


CLAUSE = " Le marché comporte une clause sociale d’insertion."


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("said", ["", CLAUSE])
@pytest.mark.parametrize(
    "order",
    [("call", "postponed", "award"), ("award", "postponed", "call"), ("postponed", "call", "award"), ("award postponed call",)],
)  # fmt: skip
def test_what_follows_a_call_reaches_it_in_whatever_order(
    tmp_path: Path, settings: object, order: tuple[str, ...], said: str
) -> None:
    """Each import in its own file, or all in one; `said`: the correction alone already tells a clause."""
    settings.LEVIER_HOME = tmp_path / "home"  # type: ignore[attr-defined]
    records, today, later = what_follows_a_call(said)

    def brought(*names: str) -> NoticeReport:
        text = json.dumps([records[name] for name in names])
        return actions.import_notices(path=written(tmp_path, "avis.json", text), by=Actor.machine("essai"))

    open_now = NoticeLot.objects.open_at(datetime.now(PARIS))
    for names in order:
        assert brought(*names.split()).created == len(names.split())
        if names == "postponed" and "call" in order[: order.index(names)]:
            assert [(one.title, one.deadline) for one in open_now.all()] == [("Cimetières du nord", later)]
    assert not open_now.all().exists(), "its award closes it, and its correction is no call"
    assert {one.deadline for one in NoticeLot.objects.filter(notice__form=NoticeForm.CALL)} == {later}
    (won,) = recently_awarded(today=today, departements=("59",)).contracts
    assert (won.object, won.holders[0].name, won.is_social) == (
        "Cimetières du nord",
        "Jardins du Nord SARL",
        True,
    )
    winner = NoticeWinner.objects.get()
    assert winner.lot.reservation == Reservation.INCLUSIVE, "the clause of its call"
    assert winner.lot.notice.changes == "26-910001"
    # Of a call that says no clause, which is not kept: never shown.
    brought("other")
    assert len(recently_awarded(today=today, departements=("59",)).contracts) == 1
    # The call brought again, with another text, forgets neither.
    records["call"] |= {"objet": "Entretien de nos cimetières"}
    assert brought("call").updated == 1
    assert {one.deadline for one in NoticeLot.objects.filter(notice__form=NoticeForm.CALL)} == {later}
    assert not open_now.all().exists()
    brought("award", "postponed", "other")
    again = brought("award", "postponed", "other")
    assert (again.created, again.updated, again.unchanged) == (0, 0, 3)
