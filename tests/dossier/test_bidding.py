"""The company's side: ways compared, the pasted clause read, what is asked back."""

import re
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client
from django.urls import reverse

from levier.clauses.offers.proposing import COMING, proposal_for
from levier.directory.index import SUPPLIERS
from levier.directory.local_offer import offer_of
from levier.dossier.bidding.clause_in_text import read_clause
from levier.dossier.bidding.composing import BidInput, compose_bid
from levier.dossier.bidding.consultation_in_text import read_consultation
from levier.dossier.need import NeedRefused
from levier.dossier.numbers_in_letters import in_digits
from levier.reference.places import PlaceFinder, packaged_places
from levier.reference.queries import place_by_code
from levier.rulebook.modalities import modalities, ways
from tests.factories import purchases as make
from tests.factories.directory import supplier
from tests.odd_inputs import ANSWERED_TEXTS, REFUSED_TEXTS

TODAY = date(2026, 11, 25)
CLAUSE = """Article 6. Le titulaire réalise au moins 1 250 heures d'insertion sur la durée du marché, à raison de
35 heures par semaine et par personne. Une pénalité de 60 € par heure non réalisée est appliquée. Le facilitateur,
clauses@mde.exemple.fr, valide l'éligibilité des demandeurs d'emploi. Relevés remis chaque mois."""


def test_the_hours_of_a_pasted_clause_are_those_of_insertion() -> None:
    found = read_clause(CLAUSE)
    assert found.hours == 1250
    assert found.penalty == 60
    assert found.mails == ("clauses@mde.exemple.fr",)
    assert set(found.missing) == {"modalities", "globalisation", "group"}
    assert len(found.questions) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "Facilitateur : Maison Métropolitaine, 04 00 00 00 00. Pénalité : 60 €",
            "Maison Métropolitaine, 04 00 00 00 00",
        ),
        (
            "L’acheteur confie l’accompagnement de la clause à : PLIE du Val, Karim Benali, k.benali@exemple.fr. Cette structure",
            "PLIE du Val, Karim Benali, k.benali@exemple.fr",
        ),
        (
            "Pour toute question sur la clause, les candidats peuvent s’adresser à : MDE du Pays de Retz.",
            "MDE du Pays de Retz",
        ),
        ("Le facilitateur vérifie l’éligibilité : avant l’embauche.", ""),
        ("Facilitateur : 06 12 34 56 78", ""),
    ],
)
def test_the_facilitator_a_text_names_is_the_one_to_call(text: str, said: str) -> None:
    assert read_clause(text).facilitator == said


PASTED = {
    case["name"]: case
    for case in yaml.safe_load(Path("tests/cases/pasted_texts.yaml").read_text(encoding="utf-8"))
}


@pytest.fixture(scope="module")
def places() -> PlaceFinder:
    return PlaceFinder(packaged_places())


def _read(text: str, places: PlaceFinder) -> dict[str, Any]:
    """All that is read of a text, under the names of the cases; what is not said is left out."""
    stated, clause = read_consultation(text, places).values, read_clause(text)
    if "place" in stated:
        stated["place"] = stated["place"].split(" (")[0]
    tranche = dict(zip(("tranche_hours", "tranche_amount"), clause.tranche or (), strict=False))
    figures = {
        name: getattr(clause, name)
        for name in ("hours", "penalty", "penalty_smic", "proof_penalty", "yearly", "monthly", "rate")
    }
    lists = {"lots": {lot.number: lot.hours for lot in clause.lots}, "mails": list(clause.mails)}
    return stated | tranche | {name: value for name, value in (figures | lists).items() if value}


@pytest.mark.parametrize("name", PASTED)
def test_a_pasted_text_says_what_it_states_and_nothing_else(name: str, places: PlaceFinder) -> None:
    expected = dict(PASTED[name]["reads"])
    publics = expected.pop("publics", None)
    assert _read(PASTED[name]["text"], places) == expected
    assert publics is None or list(read_clause(PASTED[name]["text"]).publics) == publics


def test_a_table_sent_by_a_form_is_read_with_its_titles_and_its_facilitator() -> None:
    """A form ends its lines by both signs, and a paste from a word processor puts tabs between the cells."""
    found = read_clause(PASTED["tableau sans unité"]["text"].replace("\n", "\r\n"))
    assert [(one.number, one.title) for one in found.lots] == [
        (1, "Gros œuvre – démolition"),
        (4, "Plâtrerie – peinture"),
    ]
    assert found.facilitator == "Mme Anaïs D'Hondt, 03 20 00 00 00"


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("quatre cent vingt heures", "420 heures"), ("mille deux cents heures", "1200 heures"),
        ("quatre-vingt-dix heures", "90 heures"), ("soixante et onze (71) euros", "soixante et onze (71) euros"),
        ("soixante et onze euros", "71 euros"), ("une heure", "une heure"), ("deux mille cinq cent un heures", "2501 heures"),
        ("350 (trois cent cinquante) heures", "350 (350) heures"),
    ],
)  # fmt: skip
def test_a_number_in_letters_is_read_as_it_is_said(written: str, digits: str) -> None:
    assert in_digits(written) == digits


@pytest.mark.parametrize("text", ["", "   ", "Le titulaire travaille 35 heures par semaine.", "480 euros"])
def test_a_text_without_hours_of_insertion_gives_none(text: str) -> None:
    assert read_clause(text).hours is None


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "9" * 60_000,
        "heures " * 9_000,
        "insertion 1 h " * 4_000,
        "a@" * 30_000,
        "objet : " * 7_000,
        "lot 1 - a " * 6_000,
        "insertion lot heures\n" + "1 a\t" * 12_000,
        "cent mille " * 5_000,
        "insertion lot heures\n1\n" * 2_500,
    ],
)
def test_odd_texts_cost_nothing(text: str, places: PlaceFinder) -> None:
    started = time.process_time()
    read_clause(text)
    read_consultation(text, places)
    assert time.process_time() - started < 3


def test_each_way_has_its_dated_values_and_says_what_counts() -> None:
    compared = ways(hours=480, months=6, on=TODAY, starts_on=date(2027, 2, 1))
    assert [way.modality.key for way in compared] == [one.key for one in modalities()]
    for way in compared:
        assert way.cost_low <= way.cost_likely <= way.cost_high
        assert way.modality.counts and way.modality.proof
        assert not way.lead.is_confirmed and not way.coefficient.is_confirmed


def test_the_ceiling_of_an_association_counts_in_people() -> None:
    (found,) = [way for way in ways(hours=1_500, months=24, on=TODAY) if way.modality.key == "ai"]
    assert found.people == 4
    assert "480" in found.cautions[0]


def test_a_start_too_close_is_said() -> None:
    late = {way.modality.key: way for way in ways(hours=480, months=6, on=TODAY, starts_on=date(2026, 12, 1))}
    assert any("trop proche" in text for text in late["geiq"].cautions)
    assert late["cotraitance"].is_fit


@pytest.mark.django_db
def test_hours_come_from_the_clause_unless_typed(demonstration: object) -> None:
    given = BidInput(moment="bid", object="peinture d'un collège", place="Roubaix", months=18, clause=CLAUSE)
    found = compose_bid(given, today=TODAY)
    assert (found.hours, found.is_read) == (1250, True)
    assert found.weekly == pytest.approx(1250 / 78)
    assert "1 250" in found.paragraph.replace("\u202f", " ").replace("\xa0", " ")
    # An acronym stays one in the middle of a sentence.
    assert not {"geiq", "etti", "eatt"} & set(re.findall(r"\w+", found.paragraph))
    assert "nom et fonction du tuteur" in found.gaps


@pytest.mark.django_db
def test_the_paragraph_says_the_ways_chosen_and_never_that_somebody_was_called(demonstration: object) -> None:
    given = BidInput(moment="bid", object="peinture", place="Roubaix", hours=480, months=12)
    proposed, chosen = (
        compose_bid(one, today=TODAY) for one in (given, replace(given, kept=("etti", "sous-traitance")))
    )
    assert len(proposed.kept) == 3
    assert "mission d’intérim" in chosen.paragraph and "embaucher directement" not in chosen.paragraph
    plain = " ".join(chosen.paragraph.split())
    assert "Structures consultées pour préparer cette offre : [à compléter" in plain
    assert "accord du facilitateur" not in chosen.paragraph, "the company chooses freely"


@pytest.mark.django_db
def test_the_first_step_of_a_winner_depends_on_what_is_known_of_the_buyer(demonstration: object) -> None:
    given = BidInput(moment="won", object="peinture", place="Roubaix", hours=480, starts_on=date(2026, 12, 7))
    unknown, known, private = (
        compose_bid(one, today=TODAY)
        for one in (given, replace(given, buyer_siren="999200009"), replace(given, is_private=True))
    )
    assert unknown.steps[0].title == "Demander à l’acheteur qui suit sa clause"
    assert known.steps[0].title == "Appeler le facilitateur de l’acheteur"
    assert private.facilitator.primary.reason != unknown.facilitator.primary.reason
    assert all(step.day is None or step.day >= TODAY for step in unknown.steps), "nothing is due yesterday"


@pytest.mark.django_db
@pytest.mark.slow
def test_who_supplies_people_of_another_branch_is_left_out() -> None:
    for number, (kind, sectors) in enumerate(
        [
            ("GEIQ", ["nettoyage-locaux"]),
            ("GEIQ", ["gros-oeuvre"]),
            ("EI", ["peinture-vitrerie"]),
            ("ESAT", []),
        ]
    ):
        supplier(
            kind=kind, sectors=sectors, name=f"Structure {number}", latitude=50.69, longitude=3.17, precision="address",
            departement_code="59", activity_status="stated" if sectors else "unknown",
        )  # fmt: skip
    SUPPLIERS.rebuild()
    given = BidInput(moment="bid", object="Plâtrerie – peinture", place="Roubaix", hours=480)
    lines = {line.way.modality.key: line for line in compose_bid(given, today=TODAY).lines}
    people = {one.card.display_name for one in lines["geiq"].suppliers}
    assert "Structure 1" in people and "Structure 0" not in people
    # The second trade of the lot is looked for too; who never said what it does is counted apart.
    assert "Structure 2" in {one.card.display_name for one in lines["sous-traitance"].suppliers}
    assert lines["sous-traitance"].unsaid >= 1


@pytest.mark.django_db
def test_what_is_missing_is_said_on_its_field(demonstration: object) -> None:
    with pytest.raises(NeedRefused) as refusal:
        compose_bid(BidInput(moment="bid", object="peinture", place="Roubaix"), today=TODAY)
    assert [one.field for one in refusal.value.problems] == ["hours"]
    with pytest.raises(NeedRefused) as refusal:
        compose_bid(BidInput(moment="bid", object="peinture", place="Atlantide", hours=10), today=TODAY)
    assert "place" in {one.field for one in refusal.value.problems}


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("name", ["bid", "won"])
def test_the_pages_are_open_and_answer(demonstration: object, name: str) -> None:
    client, address = Client(), reverse(f"dossier:{name}")
    assert client.get(address).status_code == 200
    values = {"object": "peinture d'un collège", "place": "Roubaix", "hours": "1 250 h", "months": "18 mois",
              "starts_on": "2027-03-01"}  # fmt: skip
    shown = client.post(address, values)
    assert shown.status_code == 200
    text = shown.content.decode()
    assert "Mission d" in text and "Façons de faire" in text
    # Won, it is too late to bid together or to write a bid; and no button leads to the need of a buyer.
    is_bid = name == "bid"
    assert ("cotraitance" in text, 'value="word"' in text) == (is_bid, is_bid)
    assert 'form="besoin"' not in text and "modèle d’article" not in text
    short = client.post(address, values | {"buyer_siren": "123"})
    assert list(short.context["form"].errors) == ["buyer_siren"]
    empty = client.post(address, {})
    assert empty.status_code == 422
    assert "Dites l’objet du lot" in empty.content.decode()


@pytest.mark.slow
@pytest.mark.django_db
def test_a_pasted_text_alone_is_enough(demonstration: object) -> None:
    client, address = Client(), reverse("dossier:bid")
    shown = client.post(address, {"clause": PASTED["règlement de la consultation entier"]["text"]})
    assert shown.status_code == 200
    bid = shown.context["bid"]
    assert (bid.hours, bid.need.place.name, bid.given.due_on) == (1250, "Villeurbanne", date(2027, 1, 15))
    text = shown.content.decode()
    assert "Lu dans votre texte" in text and 'value="Ville de Villeurbanne"' in text

    # Several lots: which one is asked, never chosen; what was read stays in the fields.
    lots = PASTED["plusieurs lots"]["text"]
    asked = client.post(address, {"clause": lots})
    assert asked.status_code == 422 and list(asked.context["form"].errors) == ["lot"]
    chosen = client.post(address, {"clause": lots, "lot": "2"})
    assert chosen.context["bid"].hours == 350
    form = chosen.context["form"]
    filled = {one.name: one.value() for one in form if one.value()} | {"lu": form.written}
    again = client.post(address, filled | {"lot": "3"})
    assert (again.context["bid"].hours, again.context["bid"].given.object) == (630, "Peinture, sols souples")
    # Another text in the same page: what the first one said does not stay.
    other = client.post(address, filled | {"clause": PASTED["avis d’appel public à la concurrence"]["text"]})
    assert (other.context["bid"].hours, other.context["bid"].need.place.name) == (2600, "Lens")

    # What somebody typed wins over the text; what neither says is asked on its field.
    typed = client.post(address, {"clause": CLAUSE, "object": "peinture", "place": "Lille", "hours": "10"})
    assert (typed.context["bid"].hours, typed.context["bid"].is_read) == (10, False)
    silent = client.post(address, {"clause": CLAUSE})
    assert set(silent.context["form"].errors) == {"object", "place"}
    share = client.post(address, {"clause": PASTED["une part des heures, sans volume"]["text"]})
    assert "des heures travaillées" in str(share.context["form"].errors["hours"])


@pytest.mark.slow
@pytest.mark.django_db
def test_the_paragraph_leaves_as_word(demonstration: object) -> None:
    values = {"object": "peinture", "place": "Roubaix", "hours": "480", "faire": "word"}
    answer = Client().post(reverse("dossier:bid"), values)
    assert answer.content.startswith(b"PK")


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.parametrize("text", [*REFUSED_TEXTS.values(), *ANSWERED_TEXTS.values()])
def test_odd_inputs_get_a_page(demonstration: object, text: str) -> None:
    answer = Client().post(
        reverse("dossier:bid"), {"object": text, "place": text, "hours": text, "clause": text}
    )
    assert answer.status_code in {200, 400, 422}


@pytest.mark.django_db
@pytest.mark.slow
def test_where_nobody_stands_who_says_it_comes_helps_the_company() -> None:
    lines = {"lines": [{"sector": "nettoyage-locaux", "area": {"kind": "departements", "codes": ["48"]}}]}
    supplier(
        name="Vient de Nîmes", kind="EI", sectors=["nettoyage-locaux"], activity_status="stated", profile=lines,
        latitude=43.84, longitude=4.36, departement_code="30", precision="address",
    )  # fmt: skip
    SUPPLIERS.rebuild()
    asked = BidInput(moment="bid", object="nettoyage de bureaux", place="Mende", hours=400, months=12)
    bid = compose_bid(asked, today=TODAY)
    helped = [line for line in bid.lines if any(one.card.name == "Vient de Nîmes" for one in line.suppliers)]
    assert helped, "an EI does the work"
    # The page of the territory and the offer of insertion of a lot there name it too.
    place = place_by_code("commune", "48095")
    assert place is not None
    territory = offer_of(place)
    assert "Vient de Nîmes" in {one.card.name for one in territory.coming}
    assert "Vient de Nîmes" not in {one.card.name for one in territory.found}
    lot = make.lot(
        make.purchase(lots=0, place_kind="commune", place_code="48095"), cpv="90910000", title="Nettoyage"
    )
    groups = dict(proposal_for(lot, None).groups)
    assert "Vient de Nîmes" in {card.name for card in groups[COMING]}
    for line in helped:
        assert line.suppliers[-1].why.endswith("établie ailleurs, dit intervenir ici")
        assert replace(line, reach=0).is_fit == line.way.is_fit
