"""POST /api/v1/dossiers: the whole answer, or French sentences; nothing typed is ever logged."""

import json
import logging
from typing import Any

import pytest
from django.test import Client

from levier.dossier.models import Snapshot
from tests.api.calls import post, refusal
from tests.odd_inputs import ANSWERED_TEXTS, NORMAL, REFUSED_TEXTS, REFUSED_VALUES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]

KEYS = {
    "need", "made_on", "answer", "lever", "levers", "calibration", "suppliers", "questions", "facilitator",
    "similar_contracts", "clause", "next_steps", "warnings",
}  # fmt: skip
NUMBERS = {"amount_ht", "max_amount_ht", "months", "takeover_hours", "lot_count", "posts"}


@pytest.mark.slow
def test_a_sentence_gives_the_whole_dossier(client: Client) -> None:
    body = post(client, "dossiers", {"text": "Rénovation d'une école à Roubaix, 1,5 M€, 18 mois"}).json()
    assert set(body) == KEYS
    assert body["lever"] == "L2112-2"
    assert body["calibration"]["range"] == {"low": 893, "likely": 1071, "high": 1250}
    assert body["need"]["place"]["code"] == "59512"
    assert {"total", "work", "people", "unknown"} <= set(body["suppliers"])
    assert body["suppliers"]["total"] == sum(
        body["suppliers"]["counts"][code]["total"] for code in ("work", "people")
    )
    assert body["clause"]["documents"][0]["markdown"]


@pytest.mark.slow
def test_fields_win_over_the_sentence(client: Client) -> None:
    body = {
        "text": "Rénovation d'une école à Roubaix, 1,5 M€",
        "place": "Lens",
        "amount_ht": 900_000,
        "months": 10,
    }
    need = post(client, "dossiers", body).json()["need"]
    assert (need["place"]["name"], need["amount_ht"], need["months"]) == ("Lens", 900_000, 10)


@pytest.mark.slow
def test_the_lever_asked_for_is_the_one_written(client: Client) -> None:
    body = post(client, "dossiers", {"text": f"{NORMAL}, 1 M€, 12 mois", "lever": "R2152-7"}).json()
    assert body["lever"] == "R2152-7"


@pytest.mark.slow
def test_nothing_is_stored(client: Client) -> None:
    post(client, "dossiers", {"text": NORMAL})
    assert not Snapshot.objects.exists()


@pytest.mark.parametrize("text", REFUSED_TEXTS.values(), ids=list(REFUSED_TEXTS))
def test_a_text_no_purchase_can_be_is_refused_with_sentences(client: Client, text: str) -> None:
    assert refusal(post(client, "dossiers", {"text": text}))


@pytest.mark.slow
@pytest.mark.parametrize("text", ANSWERED_TEXTS.values(), ids=list(ANSWERED_TEXTS))
def test_an_odd_text_is_answered(client: Client, text: str) -> None:
    response = post(client, "dossiers", {"text": text})
    assert response.status_code == 200
    assert response.json()["need"]["given"]["text"] == text


@pytest.mark.parametrize(
    ("field", "value"), [(name, one) for name, many in REFUSED_VALUES.items() for one in many]
)
def test_a_bad_value_names_its_field(client: Client, field: str, value: str) -> None:
    body: dict[str, Any] = {"text": NORMAL, "amount_ht": 1_000_000, "months": 12}
    body[field] = float(value) if field in NUMBERS else value
    assert field in refusal(post(client, "dossiers", body))


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("text", ["a", "b"], "un texte est attendu"),
        ("text", 12, "un texte est attendu"),
        ("text", None, "un texte est attendu"),
        ("text", "é" * 5_001, "5000 caractères au plus"),
        ("place", {"name": "Lille"}, "un texte est attendu"),
        ("amount_ht", "beaucoup", "un nombre est attendu"),
        ("amount_ht", [1], "un nombre est attendu"),
        ("lot_count", 2.5, "un nombre entier est attendu"),
        ("is_framework", "peut-être", "true ou false"),
        ("launch_date", "12/03/2027", "une date est attendue"),
        ("buyer_side", "semi-public", "'public'"),
        ("cpv", "4" * 13, "12 caractères au plus"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_in_french(
    client: Client, field: str, value: Any, words: str
) -> None:
    found = refusal(post(client, "dossiers", {"text": NORMAL} | {field: value}))
    assert words in found[field]


@pytest.mark.parametrize("body", [b"", b"[]", b'"texte"', b"12", b"null", b"[{}]"])
def test_a_body_that_is_no_object_is_refused(client: Client, body: bytes) -> None:
    found = refusal(post(client, "dossiers", body))
    assert "objet JSON" in found.get("body", "") or "Dites ce que vous voulez acheter" in found["text"]


@pytest.mark.parametrize("body", [b"{", b"text=abc", b"\xff\xfe", b'{"text": "\xe9"}'])
def test_a_body_that_is_no_json_is_refused(client: Client, body: bytes) -> None:
    assert refusal(post(client, "dossiers", body), status=400) == {}


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"9" * 400])
@pytest.mark.parametrize("field", [b"amount_ht", b"months", b"takeover_hours", b"lot_count", b"posts"])
def test_a_number_that_is_not_finite_is_refused(client: Client, field: bytes, number: bytes) -> None:
    body = b'{"text": "%s", "%s": %s}' % (NORMAL.encode(), field, number)
    assert refusal(post(client, "dossiers", body))


@pytest.mark.slow
@pytest.mark.parametrize("text", [b"\\ud800 \\u00e9cole", b"\\u0000 nettoyage", b"\\u001b[31m nettoyage"])
def test_characters_no_text_has_never_break_the_api(client: Client, text: bytes) -> None:
    response = post(client, "dossiers", b'{"text": "%s"}' % text)
    assert response.status_code in {200, 422}
    assert response.json()


@pytest.mark.slow
def test_an_unknown_field_is_left_aside(client: Client) -> None:
    assert post(client, "dossiers", {"text": NORMAL, "colour": "bleu"}).status_code == 200


def test_a_get_is_refused(client: Client) -> None:
    assert client.get("/api/v1/dossiers").status_code == 405


def test_what_is_typed_is_never_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    secret = "rénovation de la villa secrète du directeur"
    with caplog.at_level(logging.DEBUG):
        for body in (
            {"text": secret},
            {"text": secret, "amount_ht": "x"},
            {"text": secret, "place": "Zzyzx"},
        ):
            post(client, "dossiers", body)
        post(client, "dossiers", json.dumps({"text": secret})[:-1].encode())
    ours = [record for record in caplog.records if not record.name.startswith("django.db")]
    assert "villa secrète" not in " ".join(record.getMessage() for record in ours)
