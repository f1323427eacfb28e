"""The score of two suppliers: its bounds, its symmetry, what each piece of evidence is worth, and the blocks."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from levier.directory.kinds import CODES
from levier.directory.resolution.finding import find_pairs
from levier.directory.resolution.naming import name_words, phone_digits, site_domain, skeleton, street
from levier.directory.resolution.scoring import Facts, compare
from levier.directory.resolution.weights import DOUBTFUL, SAME

HERE = Facts(
    kind="EI", name="Les Jardins du Lez", siren="999100019", siret="99910001900010", commune="34172",
    city="Montpellier", departement="34", address="12 rue de la Loge", latitude=43.61, longitude=3.88, is_precise=True,
    phone="04 67 00 00 00", email="contact@jardins.invalid", website="https://jardins.invalid",
    sources=frozenset({"siae"}),
)  # fmt: skip
ELSEWHERE = {"sources": frozenset({"geiq"})}

_words = st.sampled_from(
    ["jardins", "lez", "esat", "asso", "37", "antenne", "propreté", "st", "A.S.E.", "du"]
)
_facts = st.builds(
    Facts,
    kind=st.sampled_from(["EI", "ESAT"]),
    name=st.lists(_words, max_size=5).map(" ".join),
    brand=st.sampled_from(["", "ASE", "Jardins"]),
    siren=st.sampled_from([None, "999100019", "999100027"]),
    siret=st.sampled_from([None, "99910001900010", "99910001900028"]),
    commune=st.sampled_from([None, "34172", "34057"]),
    departement=st.sampled_from(["", "34", "59"]),
    address=st.sampled_from(["", "12 rue de la Loge", "12 R DE LA LOGE", "3 av. X"]),
    latitude=st.sampled_from([None, 43.61, 43.7]),
    longitude=st.just(3.88),
    is_precise=st.booleans(),
    phone=st.sampled_from(["", "0467000000", "+33 4 67 00 00 00"]),
    email=st.sampled_from(["", "a@b.invalid"]),
    website=st.sampled_from(["", "b.invalid", "facebook.com/b"]),
    sources=st.sets(st.sampled_from(["siae", "geiq", "ess"])).map(frozenset),
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(_facts, _facts)
def test_a_score_is_symmetric_and_between_0_and_1(left: Facts, right: Facts) -> None:
    score, evidence = compare(left, right)
    assert 0 <= score <= 1
    assert (score, evidence) == compare(right, left)
    if left.kind != right.kind:
        assert score == 0
    if left.sources & right.sources:
        assert score < SAME


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(_facts)
def test_the_same_facts_with_a_number_and_a_town_score_1(facts: Facts) -> None:
    whole = replace(
        facts, name="Les Jardins du Lez", siren="999100019", siret="99910001900010", commune="34172"
    )
    assert compare(whole, replace(whole, sources=frozenset({"other"})) if whole.sources else whole)[0] in {
        1.0
    }


@pytest.mark.parametrize("kind", [code for code in CODES if code != "EI"])
def test_two_kinds_are_never_one_supplier(kind: str) -> None:
    assert compare(HERE, replace(HERE, kind=kind, **ELSEWHERE))[0] == 0


@pytest.mark.parametrize(
    ("change", "least", "most"),
    [
        ({}, 1, 1),
        ({"siret": "99910001900028", "phone": "", "email": "", "website": ""}, SAME, 1),  # moved in its town
        ({"siret": "99910001900028", "commune": "34057", "address": "", "latitude": None, "phone": "", "email": "",
          "website": ""}, DOUBTFUL, SAME),  # another town: move or branch, a person says
        ({"siren": None, "siret": None}, SAME, 1),
        ({"siren": None, "siret": None, "phone": "", "email": "", "website": "", "name": "Jardin du Lez"},
         DOUBTFUL, 1),
        ({"siren": "999100027", "siret": "99910002700015"}, 0, SAME),  # another legal unit
        ({"name": "Propreté du Nord", "siren": None, "siret": None, "phone": "", "email": "", "website": ""},
         0, DOUBTFUL),
        ({"name": "Les Jardins du Lez – antenne de Lattes", "siret": "99910001900028", "commune": "34129",
          "latitude": 43.57, "address": "", "phone": "", "email": "", "website": ""}, 0, DOUBTFUL),
    ],
)  # fmt: skip
def test_what_evidence_is_worth(change: dict[str, str | None], least: float, most: float) -> None:
    score, evidence = compare(HERE, replace(HERE, **{**ELSEWHERE, **change}))  # type: ignore[arg-type]
    assert least <= score <= most, (score, evidence)


def test_a_source_that_lists_both_makes_it_a_question_at_most() -> None:
    score, evidence = compare(HERE, replace(HERE, siret="99910001900028"))
    assert DOUBTFUL <= score < SAME
    assert evidence["listed_apart"] < 0


def test_the_trace_holds_no_value() -> None:
    _, evidence = compare(HERE, replace(HERE, **ELSEWHERE))
    assert evidence["siren"] > 0
    assert all(isinstance(points, float) for points in evidence.values())
    assert not {"04 67 00 00 00", "contact@jardins.invalid"} & set(evidence)


def test_names_are_compared_by_the_words_that_name() -> None:
    assert name_words("ASSOC. ESAT Les Cèdres").core == "cedres"
    assert name_words("A.S.E. Insertion").tokens == ("ase",)
    assert name_words("Association Auboise de Sauvegarde de l'Enfance").initials == "aase"
    assert name_words("GEIQ BTP 53").numbers == {"53"}
    assert name_words("Antenne de Niort").is_branch
    assert street("12, R. de la Loge") == street("12 rue de La Loge")
    assert skeleton("phillipe") == skeleton("filipe")
    assert phone_digits("+33 4 67 00 00 00") == phone_digits("04.67.00.00.00") == "467000000"
    assert site_domain("https://www.exemple.fr/nous") == "exemple.fr"
    assert site_domain("https://facebook.com/nous") == ""


def test_initials_and_numbers_speak() -> None:
    long = Facts(
        kind="ACI", name="Association auboise de sauvegarde de l'enfance", commune="10323", departement="10"
    )
    assert compare(long, replace(long, name="AASE"))[1]["name"] > 0
    group = Facts(kind="GEIQ", name="GEIQ BTP 53", commune="53130", departement="53")
    assert compare(group, replace(group, name="GEIQ BTP 37"))[1]["numbers"] < 0


def test_a_name_of_kind_and_town_says_little() -> None:
    town = Facts(kind="ESAT", name="ESAT de Dijon", city="Dijon", commune="21231", departement="21")
    named = replace(town, name="ESAT des Cèdres")
    assert compare(town, town)[1]["name"] < compare(named, named)[1]["name"]


def test_a_contact_many_share_says_nothing() -> None:
    network = [replace(HERE, name=f"Maison {word}", siren=None, siret=None, address="", **ELSEWHERE)  # type: ignore[arg-type]
               for word in ("Bleue", "Verte", "Rouge", "Jaune", "Noire")]  # fmt: skip
    assert find_pairs(network)[0] == []


def test_pairs_are_found_by_number_name_sound_or_contact() -> None:
    bare = {"siren": None, "siret": None, "address": "", "phone": "", "email": "", "website": "", **ELSEWHERE}
    moved = replace(HERE, commune="34057", city="Castelnau", **ELSEWHERE)  # type: ignore[arg-type]
    named = replace(HERE, name="Jardyns du Lez", **bare)  # type: ignore[arg-type]
    called = replace(HERE, name="JDL", **{**bare, "phone": HERE.phone, "email": HERE.email})  # type: ignore[arg-type]
    for other in (moved, named, called):
        assert find_pairs([HERE, other])[1] == 1
    assert find_pairs([HERE, replace(HERE, kind="ESAT", **ELSEWHERE)])[1] == 0  # type: ignore[arg-type]
