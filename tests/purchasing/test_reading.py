"""Reading published contracts: shapes, values, anomalies; nothing is invented and nothing lost in silence."""

from datetime import date
from decimal import Decimal

import pytest

from levier.purchasing.contracts import values
from levier.purchasing.contracts.anomalies import LABELS, Anomaly
from levier.purchasing.contracts.formats import UnreadableFileError, read_records
from levier.purchasing.contracts.mapping import RejectedRecordError, parse
from tests.factories.purchasing import published, write_json

CPV = {"09310000", "45000000", "45214200", "90919200", "90000000"}
A = Anomaly


def parsed(**changes):
    return parse(published(**changes), source="test", known_cpv=CPV, today=date(2026, 11, 1))


def test_a_correct_contract_has_no_anomaly():
    contract = parsed()
    assert contract.anomalies == ()
    assert (contract.amount_ht, contract.months, contract.departement_code) == (
        Decimal("120000.00"),
        24,
        "35",
    )
    assert contract.social_considerations == ("clause",)
    assert contract.holders[0].siret == "35600000000048"


def test_an_absent_consideration_is_unknown_never_none():
    assert parsed(considerationsSociales=None).social_considerations == ("inconnu",)
    stated = parsed(considerationsSociales={"considerationSociale": ["Pas de considération sociale"]})
    assert stated.social_considerations == ("aucune",)


@pytest.mark.parametrize(
    ("changes", "anomaly"),
    [
        ({"montant": 1}, A.AMOUNT_TINY),
        ({"montant": 99999999}, A.AMOUNT_FILLER),
        ({"montant": 1e17}, A.AMOUNT_ABSURD),
        ({"montant": "120000"}, A.AMOUNT_AS_TEXT),
        ({"codeCPV": "9310000"}, A.CPV_ZERO_RESTORED),
        ({"codeCPV": ""}, A.CPV_EMPTY),
        ({"codeCPV": "45214299"}, A.CPV_UNKNOWN),
        ({"titulaires": []}, A.HOLDERS_NONE),
        ({"titulaires": [{"denominationSociale": "SANS NUMERO"}]}, A.HOLDER_WITHOUT_ID),
        ({"titulaires": [{"id": "12345678901234", "typeIdentifiant": "SIRET"}]}, A.HOLDER_INVALID_SIRET),
        ({"titulaires": [{"id": "35600000000048", "typeIdentifiant": "SIRET"}]}, A.HOLDER_BARE),
        ({"dateNotification": None}, A.NOTIFIED_MISSING),
        ({"dateNotification": "0219-01-01"}, A.NOTIFIED_IMPLAUSIBLE),
        ({"dureeMois": "NC"}, A.NOT_COMMUNICATED),
        ({"dureeMois": 2000}, A.MONTHS_ABSURD),
        ({"offresRecues": 0}, A.ZERO_OFFERS),
        ({"procedure": "À la louche"}, A.PROCEDURE_UNKNOWN),
        ({"_type": "placeholder"}, A.PLACEHOLDER),
        ({"lieuExecution": {"code": "48500", "typeCode": "Code departement"}}, A.PLACE_KIND_WRONG),
        ({"id": None}, A.UID_DEDUCED),
    ],
)
def test_each_anomaly_is_named(changes, anomaly):
    assert anomaly in parsed(**changes).anomalies


def test_every_anomaly_has_a_french_label():
    assert set(LABELS) == set(Anomaly)


def test_an_incredible_amount_is_empty_but_still_shown_as_published():
    contract = parsed(montant=1)
    assert (contract.amount_ht, contract.published_amount) == (None, Decimal("1.00"))


@pytest.mark.parametrize("missing", ["objet", "acheteur"])
def test_without_object_or_buyer_the_record_is_rejected(missing):
    with pytest.raises(RejectedRecordError):
        parsed(**{missing: None})


@pytest.mark.parametrize(
    ("code", "kind", "expected"),
    [("20137", "Code postal", "2A"), ("97600", "Code postal", "976"), ("1", "Code département", "01")],
)
def test_departement_of_a_place(code, kind, expected):
    assert values.place(code, kind, [])[2] == expected


def test_french_amount_and_date():
    assert values.amount("14\u202f700,50 €", [])[0] == Decimal("14700.50")
    assert values.day("25/04/2019", []) == values.day("2019-04-25+02:00", []) == date(2019, 4, 25)


def test_csv_rows_of_one_contract_are_one_record(tmp_path):
    path = tmp_path / "marches.csv"
    path.write_text(
        "id;acheteur_id;objet;titulaire_id;titulaire_typeIdentifiant\n"
        "1;21350238800019;Voirie;35600000000048;SIRET\n"
        "1;21350238800019;Voirie;57172266900264;SIRET\n"
        "2;21350238800019;École;35600000000048;SIRET\n",
        encoding="cp1252",
    )
    records = list(read_records(path))
    assert [len(record.content["titulaires"]) for record in records] == [2, 1]
    assert records[1].content["objet"] == "École"


def test_xml_contract_has_its_considerations(tmp_path):
    path = tmp_path / "marches.xml"
    path.write_text(
        "<marches><marche><id>1</id><acheteur><id>21350238800019</id></acheteur>"
        "<objet>Toiture</objet>"
        "<titulaires><titulaire><id>35600000000048</id>"
        "<typeIdentifiant>SIRET</typeIdentifiant></titulaire>"
        "</titulaires><considerationsSociales>"
        "<considerationSociale>Clause sociale</considerationSociale>"
        "<considerationSociale>Critère social</considerationSociale></considerationsSociales>"
        "</marche></marches>",
        encoding="utf-8",
    )
    (record,) = read_records(path)
    contract = parse(record.content, source="x", known_cpv=CPV, today=date(2026, 1, 1), is_typed=False)
    assert contract.social_considerations == ("clause", "critere")
    assert len(contract.holders) == 1


@pytest.mark.parametrize("cut", [40, 300, 700])
def test_a_cut_file_is_refused_with_its_line(tmp_path, cut):
    path = write_json(tmp_path, published("1"), published("2"))
    path.write_text(path.read_text(encoding="utf-8")[:cut], encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="ligne 1, colonne"):
        list(read_records(path))


def test_a_file_of_something_else_is_refused(tmp_path):
    path = tmp_path / "autre.json"
    path.write_text('{"bonjour": [1, 2]}', encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="DECP"):
        list(read_records(path))
