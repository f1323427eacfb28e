"""One notice read: codes and quoted words, places, deadlines, winners; bad ones get a sentence."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from levier.purchasing.models import NoticeForm, Reservation
from levier.purchasing.notices.files import notices_in
from levier.purchasing.notices.notice import ReadNotice, SkippedNoticeError
from levier.purchasing.notices.reading import read_notice
from levier.purchasing.notices.said import what_is_said
from levier.purchasing.notices.trees import UnreadableNoticeError, tree_of_xml
from tests.factories.notices import CALL, text_of

PARIS = ZoneInfo("Europe/Paris")


def read(text: str) -> ReadNotice:
    return read_notice(tree_of_xml(text.encode()))


def test_a_call_says_who_buys_what_where_until_when_and_whom_to_call() -> None:
    notice = read(text_of("call.xml"))
    assert (notice.notice_id, notice.version, notice.form) == (CALL, 1, NoticeForm.CALL)
    assert notice.url == "https://ted.europa.eu/fr/notice/-/detail/700001-2026"
    assert notice.documents_url == "https://marches.valmont.invalid/2026-014"
    assert notice.contact.name == "Service de la commande publique", "the touch point for more information"
    reserved, clause, plain = notice.lots
    assert (reserved.place.departements, reserved.place.town) == (("59",), "Roubaix")
    assert clause.place.departements == ("59", "62"), "the place of the whole, an ancient région"
    # +02:00 in January is how French notices write noon in Paris.
    assert reserved.deadline == datetime(2027, 1, 15, 12, tzinfo=PARIS)
    assert reserved.said.reservation == Reservation.INCLUSIVE and "ESAT" in reserved.said.reserved_kinds
    assert "BT-71" in reserved.said.reasons[0]
    assert clause.said.reservation == Reservation.NONE and clause.said.hours == 480
    assert "480 heures d’insertion" in clause.said.reasons[0]
    # Conditions of candidature, « insertion paysagère » and another social objective say nothing of a clause.
    assert plain.said.reasons == () and plain.said.reservation == Reservation.NONE


def test_a_person_named_as_contact_is_not_kept() -> None:
    text = text_of("call.xml").replace(
        "TPO-0001</cbc:ID></cac:PartyIdentification></cac:Add",
        "X</cbc:ID></cac:PartyIdentification></cac:Add",
    )
    contact = read(text).contact
    assert (contact.name, contact.phone) == ("", "03 99 00 12 34")
    assert "Camille" not in repr(read(text))


def test_an_award_names_the_winner_of_the_signed_contract_and_no_natural_person() -> None:
    notice = read(text_of("award.xml"))
    alone, firm, nobody = notice.lots
    assert alone.winners[0].name == "" and alone.winners[0].phone == "" and alone.amount_ht == 48_000
    (winner,) = firm.winners
    assert (winner.siren, winner.name) == ("356000000", "Propreté du Val SARL")
    assert firm.amount_ht == Decimal("210000.50"), "the tender not signed is not added"
    assert nobody.winners == () and nobody.amount_ht is None
    assert "Dominique" not in repr(notice)
    ongoing = read(text_of("award.xml").replace("clos-nw", "open-nw"))
    assert len(ongoing.lots) == 2, "a lot still in competition has no result: it closes nothing"


@pytest.mark.parametrize(
    ("text", "reservation", "is_told"),
    [
        ("Lot réservé en application de l’article L. 2113-12 du CCP.", Reservation.INCLUSIVE, True),
        ("Articles L.2113-13 et suivants : structures d’insertion.", Reservation.INCLUSIVE, True),
        ("Marché réservé, L2113-15.", Reservation.ESS, True),
        ("Ce marché n’est pas réservé au titre de l’article L. 2113-12.", Reservation.NONE, False),
        ("Marché non réservé (L. 2113-13).", Reservation.NONE, False),
        ("Clause sociale obligatoire : 5 % des heures.", Reservation.NONE, True),
        ("Actions d'insertion professionnelle à prévoir", Reservation.NONE, True),
        ("Aucune clause d’insertion n’est prévue.", Reservation.NONE, False),
        ("Clause sociale : sans objet", Reservation.NONE, False),
        ("Bonne insertion dans le site, insertion paysagère et urbaine.", Reservation.NONE, False),
        ("Articles L. 2112-20 et L. 2113-10 du code.", Reservation.NONE, False),
        ("Conditions d’exécution (article L.2112-2).", Reservation.NONE, True),
        ("Publics éloignés de l'emploi", Reservation.NONE, True),
        ("Pénalité en cas de non-respect de la clause sociale", Reservation.NONE, True),
        ("Marché non réservé (art. L. 2113-12).", Reservation.NONE, False),
    ],
)  # fmt: skip
def test_words_that_say_a_clause_and_words_that_do_not(
    text: str, reservation: Reservation, is_told: bool
) -> None:
    said = what_is_said(texts=[text])
    assert (said.reservation, bool(said.reasons)) == (reservation, is_told)
    assert all(reason.startswith("«") for reason in said.reasons), "quoted"


def test_codes_and_what_they_do_not_say() -> None:
    assert (
        what_is_said(participation=["none"], objectives=["acc-all", "gen-eq"], strategic=["soc-obj"]).reasons
        == ()
    )
    assert "BT-06" in what_is_said(strategic=["soc-obj"]).reasons[0]
    assert "BT-775" in what_is_said(strategic=["soc-obj"], objectives=["opp"]).reasons[0]
    execution = what_is_said(is_execution_reserved=True)
    assert execution.reservation == Reservation.EXECUTION and execution.reserved_kinds == ()
    only = what_is_said(participation=["res-ws"], texts=["Réservé, L. 2113-13"])
    assert "EI" in only.reserved_kinds and "ESAT" not in only.reserved_kinds, (
        "the text is more exact than the code"
    )
    # What is said for all the lots reserves none of them.
    shared = what_is_said(shared_texts=["Certains lots sont réservés (L. 2113-12)."])
    assert shared.reservation == Reservation.NONE and "vérifiez pour ce lot" in shared.reasons[0]
    assert what_is_said(texts=["120 heures d’insertion", "80 heures d’insertion"]).hours is None


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("<cbc:Name languageID=\"FRA\">Ville de Valmont-sur-Lys</cbc:Name>", "", "acheteur (BT-500)"),
        (f"<cbc:ID schemeName=\"notice-id\">{CALL}</cbc:ID>", "", "identifiant (BT-701)"),
        ("schemeName=\"Lot\"", "schemeName=\"Part\"", "aucun lot (BT-137)"),
        (" listName=\"competition\"", "", "nature (BT-02)"),
        ("2026-11-02+01:00", "hier", "date d’envoi"),
        ("LOT-0002", "LOT-0001", "même numéro"),
        ("FRE1", "BE32", "où le marché s’exécute"),
        ("<cbc:VersionID>", "<cbc:VersionID", "XML"),
        ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]>", "DOCTYPE"),
        ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<?xml version=\"1.0\" encoding=\"nulle-part\"?>", "encodage"),
    ],
)  # fmt: skip
def test_a_bad_notice_gets_a_sentence_that_says_what_is_missing(before: str, after: str, said: str) -> None:
    text = text_of("call.xml")
    if before == "FRE1":
        text = text.replace("59100", "").replace(">FRA</cbc:Identif", "></cbc:Identif")
    assert before in text
    with pytest.raises(UnreadableNoticeError, match=said.replace("(", r"\(").replace(")", r"\)")):
        read(text.replace(before, after))


def test_what_is_not_for_us_is_said_and_not_rejected() -> None:
    for before, after in ((">FRA<", ">BEL<"), ("competition", "planning")):
        with pytest.raises(SkippedNoticeError):
            read(text_of("call.xml").replace(before, after))


@pytest.mark.real_data
def test_the_real_french_notices_and_the_official_examples(shared_data: Path) -> None:
    real = [one.notice for one in notices_in(shared_data / "5_marches" / "eforms_reels_fr")]
    assert len(real) == 4 and all(real)
    known = {one.publication: one for one in real if one}
    school = known["41387-2024"]
    assert (school.buyer_siret, school.lots[0].place.postal_code) == ("20005375900011", "87500")
    glass = known["47522-2024"]
    assert [lot.cpv for lot in glass.lots] == ["90511100", "90511400"]
    assert glass.lots[0].deadline == datetime(2024, 2, 28, 12, tzinfo=PARIS)
    assert glass.contact.name == "Service marchés publics"
    # One builds an ESAT, another collects glass: none is reserved, none says a clause.
    assert not any(lot.said.reasons or lot.said.reservation for one in real if one for lot in one.lots)
    examples = list(notices_in(shared_data / "5_marches" / "eforms_exemples_sdk"))
    assert not [one for one in examples if one.problem]
    french = [one.notice for one in examples if one.notice]
    assert len(french) == 4 and {one.form for one in french if one} == {NoticeForm.CALL, NoticeForm.AWARD}
    (old,) = notices_in(shared_data / "5_marches" / "boamp" / "boamp_rdf_test-pub-3.xml")
    assert "eForms" in old.problem
    # The codes of the examples, read as if their buyers were French.
    maximal = (shared_data / "5_marches" / "eforms_exemples_sdk" / "cn_24_maximal.xml").read_text("utf-8")
    first, second = read(maximal.replace(">LUX<", ">FRA<").replace(">LU000<", ">FRE11<")).lots
    assert (first.said.reservation, second.said.reservation) == (Reservation.ESS, Reservation.EXECUTION)
