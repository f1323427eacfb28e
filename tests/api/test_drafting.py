"""POST /api/v1/levers and /drafts: the levers of a lot, the text of a clause, and their refusals."""

from typing import Any

import pytest
from django.test import Client

from tests.api.calls import post, refusal
from tests.texts import plain_spaces

LOT = {"cpv": "45214210", "amount_ht": 1_500_000, "months": 18, "launch_date": "2026-12-01"}


def test_the_levers_of_a_lot_with_what_to_publish(client: Client) -> None:
    body = post(client, "levers", LOT).json()
    assert body["levers"][0]["code"] == "L2112-2"
    assert body["levers"][0]["has_text"]
    assert body["calibration"]["range"]["low"] == 893
    assert body["publication"]["decp"] == ["Clause sociale"]
    chosen = post(client, "levers", LOT | {"chosen": ["L2112-2", "L2113-12"]}).json()
    assert chosen["compatibility"][0]["verdict"] == "warn"
    assert chosen["publication"]["decp"] == ["Clause sociale", "Marché réservé"]


@pytest.mark.slow
def test_the_text_of_a_clause_in_one_document_or_all(client: Client) -> None:
    values = {"hours": 1000, "facilitator": "MDE, 03 20 00 00 00", "penalty_hour": 60}
    one = post(client, "drafts", LOT | {"lever": "L2112-2", "document": "ccap", "values": values}).json()
    assert [document["code"] for document in one["documents"]] == ["ccap"]
    assert "60\u00a0€ par heure" in one["documents"][0]["markdown"]
    assert not one["is_ready_for_lawyer"]
    assert {"gaps", "checks", "controls", "rules", "publication"} <= set(one)
    every = post(client, "drafts", LOT | {"lever": "L2112-2", "values": values}).json()
    assert len(every["documents"]) == 8


@pytest.mark.parametrize(
    ("address", "body", "words"),
    [
        ("levers", LOT | {"cpv": "04000000"}, "04"),
        ("levers", LOT | {"amount_ht": -1}, "montant"),
        ("levers", LOT | {"chosen": ["L1"]}, "L1"),
        ("levers", LOT | {"buyer_kind": "mairie"}, "mairie"),
        ("drafts", LOT | {"lever": "L1"}, "Aucun texte"),
        ("drafts", LOT, "lever"),
        ("drafts", LOT | {"lever": "L2112-2", "trade": "boulangerie"}, "boulangerie"),
        ("drafts", LOT | {"lever": "L2112-2", "document": "contrat"}, "contrat"),
        ("drafts", LOT | {"lever": "L2112-2", "values": {"heures": 1}}, "heures"),
        ("drafts", LOT | {"lever": "L2112-2", "values": {"hours": "beaucoup"}}, "nombre"),
        ("drafts", LOT | {"lever": "L2112-2", "values": {"hours": -5}}, "positif"),
        ("drafts", LOT | {"lever": "L2112-2", "values": {"start": "demain"}}, "date"),
        ("drafts", LOT | {"lever": "L2112-2", "values": {"object": "x" * 5_001}}, "trop long"),
        ("drafts", LOT | {"lever": "L2112-2", "values": [1]}, "values"),
    ],
)
def test_a_bad_input_gets_a_sentence(client: Client, address: str, body: dict[str, Any], words: str) -> None:
    response = post(client, address, body)
    refusal(response)
    assert words in plain_spaces(response.json()["detail"])
