"""What one sentence means: kinds, place, radius, trade, number, and what stays a word."""

import pytest

from levier.directory.sentence import Sentence, read
from levier.reference.places import PlaceFinder
from levier.reference.queries import place_finder

pytestmark = pytest.mark.django_db


@pytest.fixture
def finder() -> PlaceFinder:
    """The one of the process: built once, whatever the tests."""
    return place_finder()


def summary(found: Sentence) -> tuple[tuple[str, ...], str, str]:
    place = f"{found.place.kind} {found.place.code}" if found.place else " ".join(found.departements)
    return found.kinds, place, found.rest


@pytest.mark.parametrize(
    ("text", "kinds", "place", "rest"),
    [
        ("ESAT blanchisserie 93", ("ESAT",), "departement 93", "blanchisserie"),
        ("espaces verts près de Chelles", (), "commune 77108", "espaces verts"),
        ("entretien espaces vert lille", (), "commune 59350", "entretien espaces vert"),
        ("nettoyage seine saint denis", (), "departement 93", "nettoyage"),
        ("nettoyage (13)", (), "departement 13", "nettoyage"),
        ("espaces verts 77500", (), "commune 77108", "espaces verts"),
        ("ETTI Lyon", ("ETTI",), "commune 69123", ""),
        ("geiq btp 67", ("GEIQ",), "departement 67", "btp"),
        ("ateliers et chantiers d'insertion du Rhône", ("ACI",), "departement 69", ""),
        ("Entreprises de travail temporaire d’insertion à Nantes", ("ETTI",), "commune 44109", ""),
        ("traiteur Île-de-France", (), "region 11", "traiteur"),
        ("nettoyage PACA", (), "region 93", "nettoyage"),
        ("peinture Alsace", (), "67 68", "peinture"),
        ("Nantes espaces verts", (), "commune 44109", "espaces verts"),
        ("nettoyage Chelles 77", (), "commune 77108", "nettoyage"),
        ("régie de quartier paris 18", (), "arrondissement 75118", ""),
        ("laveur de vitres Lyon 3e", (), "arrondissement 69383", "laveur de vitres"),
        ("nettoyage Marseille 13ème arrondissement", (), "arrondissement 13213", "nettoyage"),
        ("nettoyage Marseille 13", (), "commune 13055", "nettoyage"),
        ("nettoyage paris 18 mois", (), "commune 75056", "nettoyage 18 mois"),
        ("vitrerie 69003", (), "arrondissement 69383", "vitrerie"),
        # The number tells the namesake; without one, the largest.
        ("ménage Saint Denis 93", (), "commune 93066", "ménage"),
        ("nettoyage Vienne 38", (), "commune 38544", "nettoyage"),
        ("métropole de Lille nettoyage", (), "epci 200093201", "nettoyage"),
        ("Pays Basque restauration", (), "epci 200067106", "restauration"),
        # « insertion » says nothing beside a place.
        ("insertion mayotte", (), "departement 976", ""),
        ("nettoyage strasboug", (), "commune 67482", "nettoyage"),
        ("ESAT sein saint denis", ("ESAT",), "departement 93", ""),
        # A mistyped city beside a trade, were a village spelled more like it; never a word of purchases.
        ("espace vert bordeau", (), "commune 33063", "espace vert"),
        ("blanchisserie nante", (), "commune 44109", "blanchisserie"),
        ("déchets lile", (), "commune 59350", "déchets"),
        ("légumes renes", (), "commune 35238", "légumes"),
        ("nettoyage marseile", (), "commune 13055", "nettoyage"),
        ("nettoyage parois", (), "", "nettoyage parois"),
        ("peinture bardeaux", (), "", "peinture bardeaux"),
        ("crèche d'insertion", (), "", "crèche"),
        # Words that are also villages, départements or initials.
        ("menuiserie bois", (), "", "menuiserie bois"),
        ("jardins", (), "", "jardins"),
        ("SOS chantiers nature", (), "", "SOS chantiers nature"),
        ("inter'ess", (), "", "inter'ess"),
        ("j'ai besoin de nettoyage", (), "", "nettoyage"),
        ("35 heures de ménage", (), "", "35 heures de ménage"),
        ("nettoyage 500 m2", (), "", "nettoyage 500 m2"),
        ("", (), "", ""),
        ("🦄🦄", (), "", ""),
    ],
)
def test_a_sentence_is_read(
    finder: PlaceFinder, text: str, kinds: tuple[str, ...], place: str, rest: str
) -> None:
    assert summary(read(text, finder)) == (kinds, place, rest)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("80746931700018", "80746931700018"),
        ("siret 807 469 317 00018 romainville", "80746931700018"),
        ("802.636.738.00014", "80263673800014"),
        ("SIREN 831 097 555", "831097555"),
        ("FR12 481731321", "481731321"),
        ("nettoyage 59000", ""),
        ("1234567", ""),
    ],
)
def test_a_number_is_looked_up_whatever_stands_beside(finder: PlaceFinder, text: str, digits: str) -> None:
    assert read(text, finder).identifier == digits


@pytest.mark.parametrize(
    "text", ["espaces verts à 20 km de Chelles", "espaces verts dans un rayon de 20 km autour de Chelles"]
)
def test_a_radius_in_the_sentence_goes_with_its_place(finder: PlaceFinder, text: str) -> None:
    found = read(text, finder)
    assert (found.radius_km, found.place and found.place.code, found.rest) == (20, "77108", "espaces verts")


def test_a_quality_borne_in_a_name_is_asked_by_the_word_or_the_kind(finder: PlaceFinder) -> None:
    found = read("régie de quartier espaces verts", finder)
    assert found.kinds == ()
    assert found.named_kinds == (("regie quartier", ("REGIE",)),)
    assert found.is_trade


def test_without_its_words_a_part_leaves_the_rest_of_the_sentence(finder: PlaceFinder) -> None:
    found = read("ESAT blanchisserie près de Lille", finder)
    left = {part.role: found.without(part) for part in found.parts}
    assert left == {
        "kind": "blanchisserie près de Lille",
        "place": "ESAT blanchisserie",
        "trade": "ESAT près de Lille",
    }


def test_with_a_place_of_its_own_no_word_is_a_place(finder: PlaceFinder) -> None:
    assert summary(read("nettoyage Lille", finder, with_place=False)) == ((), "", "nettoyage Lille")


@pytest.mark.parametrize(
    ("text", "sizes", "kinds", "rest"),
    [
        ("petite structure de nettoyage", ("micro", "petite"), (), "nettoyage"),
        ("grandes entreprises d'insertion peinture", ("moyenne", "grande"), ("EI",), "peinture"),
        ("petits ESAT", ("micro", "petite"), ("ESAT",), ""),
        ("TPE traiteur", ("micro",), (), "traiteur"),
        ("petite enfance", (), (), "petite enfance"),
        ("gros œuvre", (), (), "gros œuvre"),
        ("grande cuisine", (), (), "grande cuisine"),
    ],
)
def test_a_size_is_read_before_what_it_sizes_up(
    finder: PlaceFinder, text: str, sizes: tuple[str, ...], kinds: tuple[str, ...], rest: str
) -> None:
    found = read(text, finder)
    assert (found.sizes, found.kinds, found.rest) == (sizes, kinds, rest)
    assert "size" not in {part.role for part in found.parts} or found.without(found.parts[0]) != text
