"""POST /api/v1/calibrations: the methods of the rule book by their names."""

from typing import Any

import pytest
from django.test import Client

from tests.api.calls import post, refusal

INPUTS = {"amount_ht": 1_000_000, "labour_share": 0.5, "insertion_rate": 0.05, "hourly_cost": 30}


def test_the_example_of_the_manual(client: Client) -> None:
    body = post(client, "calibrations", {"method": "amount", "inputs": INPUTS}).json()
    assert body["hours"] == 833
    assert {"hours", "labour_hours", "person_weeks", "fte", "range", "trace"} <= set(body)
    assert set(body["range"]) == {"low", "likely", "high"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"method": "guess", "inputs": {}}, "method"),
        ({"method": "amount", "inputs": INPUTS | {"colour": 1}}, "colour"),
        ({"method": "amount", "inputs": INPUTS | {"settings": 1}}, "settings"),
        ({"method": "amount", "inputs": {"amount_ht": 1}}, "labour_share"),
        ({"method": "amount", "inputs": INPUTS | {"labour_share": 1.5}}, "labour_share"),
        ({"method": "amount", "inputs": INPUTS | {"amount_ht": -1}}, "amount_ht"),
        ({"method": "amount", "inputs": INPUTS | {"hourly_cost": 0}}, "hourly_cost"),
        ({"method": "amount"}, "inputs"),
        ({"inputs": INPUTS}, "method"),
        ({"method": "amount", "inputs": [1, 2]}, "inputs"),
        ({"method": "amount", "inputs": INPUTS | {"amount_ht": "x"}}, "amount_ht"),
        ({"method": "x" * 41, "inputs": {}}, "method"),
    ],
)
def test_a_bad_input_names_its_field(client: Client, body: dict[str, Any], field: str) -> None:
    assert field in refusal(post(client, "calibrations", body))


@pytest.mark.parametrize("name", ["method", "self", "function", "on"])
def test_a_name_of_the_code_is_not_an_input(client: Client, name: str) -> None:
    assert refusal(post(client, "calibrations", {"method": "amount", "inputs": INPUTS | {name: 1}}))


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"1e999"])
def test_a_number_that_is_not_finite_is_refused(client: Client, number: bytes) -> None:
    inputs = b'{"amount_ht": %s, "labour_share": 0.5, "insertion_rate": 0.05, "hourly_cost": 30}' % number
    assert refusal(post(client, "calibrations", b'{"method": "amount", "inputs": %s}' % inputs))
