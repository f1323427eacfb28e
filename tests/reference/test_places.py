"""The place finder: what people type, and what they write in a sentence."""

from functools import cache

import pytest

from levier.reference.places import (
    Place,
    PlaceFinder,
    distance_km,
    folding,
    haversine_km,
    packaged_places,
    same_landmass,
)
from levier.reference.places.naming import of


@cache
def finder() -> PlaceFinder:
    """Built once: every test reads it, none changes it."""
    return PlaceFinder(packaged_places())


@pytest.fixture(scope="module", autouse=True)
def _built() -> None:
    """The second it takes to build belongs to no single test."""
    finder()


def place(kind: str, code: str) -> Place:
    found = finder().by_code(kind, code)
    assert found is not None
    return found


def test_the_finder_holds_every_commune_of_the_package() -> None:
    kinds = [place.kind for place in finder().places]
    assert kinds.count("commune") == 34_969
    assert kinds.count("arrondissement") == 45
    assert kinds.count("departement") == 109


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("Lomme", "commune", "59350"),
        ("Conques", "commune", "12218"),
        ("annecy le vieux", "commune", "74010"),
        ("Évry", "commune", "91228"),
        ("Le Bono", "commune", "56262"),
        ("lille", "commune", "59350"),
        ("lile", "commune", "59350"),
        ("59000", "commune", "59350"),
        ("59350", "commune", "59350"),
        ("Saint-Étienne", "commune", "42218"),
        ("st etienne", "commune", "42218"),
        ("métropole de Lyon", "epci", "200046977"),
        ("agglo de beziers", "epci", "243400769"),
        ("Seine-Saint-Denis", "departement", "93"),
        ("93", "departement", "93"),
        ("2A", "departement", "2A"),
        ("département du Nord", "departement", "59"),
        ("Mayotte", "departement", "976"),
        ("La Réunion", "departement", "974"),
        ("Hauts-de-France", "region", "32"),
        ("paca", "region", "93"),
        ("France", "pays", "FR"),
        ("paris 13", "arrondissement", "75113"),
        ("Marseille 8e", "arrondissement", "13208"),
        ("13e arrondissement de Paris", "arrondissement", "75113"),
        ("75013", "arrondissement", "75113"),
        # Also the INSEE codes of Albigny-sur-Saône and of Aix-en-Provence: people type postal codes.
        ("69003", "arrondissement", "69383"),
        ("13001", "arrondissement", "13201"),
        ("59512", "commune", "59512"),
        ("roubaix (59)", "commune", "59512"),
        ("Roubaix 59100", "commune", "59512"),
        ("59100 Roubais", "commune", "59512"),
        ("Villeneuve d'Ascq", "commune", "59009"),
        ("ville neuve dascq", "commune", "59009"),
        ("Villeneuve d’Ascq", "commune", "59009"),
        ("Vienne, Isère", "commune", "38544"),
        ("saint denis reunion", "commune", "97411"),
        ("chalon s/ saone", "commune", "71076"),
        ("mans", "commune", "72181"),
        ("1000", "commune", "01053"),
        ("strasbuorg", "commune", "67482"),
        ("marsei", "commune", "13055"),
        ("Labalme", "commune", "01200"),
    ],
)
def test_what_people_type_ranks_the_place_they_mean_first(text: str, kind: str, code: str) -> None:
    best = finder().find(text)[0]
    assert (best.place.kind, best.place.code) == (kind, code)


def test_a_name_shared_by_two_towns_gives_both_before_the_villages() -> None:
    labels = [match.place.label for match in finder().find("Saint-Denis", 3)]
    assert set(labels[:2]) == {"Saint-Denis (Seine-Saint-Denis)", "Saint-Denis (La Réunion)"}


@pytest.mark.parametrize("text", ["", "   ", "🎉", "zzzzqq", "x" * 50_000, "'; DROP TABLE", "000"])
def test_nonsense_finds_nothing(text: str) -> None:
    assert finder().find(text) == []


def test_limit_bounds_the_answer_and_scores_only_fall() -> None:
    matches = finder().find("saint", 7)
    scores = [match.score for match in matches]
    assert len(matches) == 7
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


@pytest.mark.parametrize(
    ("text", "words", "code"),
    [
        ("toiture de l'église de Conques 380000 euros 8 mois", "Conques", "12218"),
        ("nettoyage de la salle des fêtes d'Aubin 30 k€", "Aubin", "12013"),
        ("voirie Cherbourg, 2 M€", "Cherbourg", "50129"),
        ("rénovation d'une école à Roubaix, 1,5 M€ sur 18 mois", "Roubaix", "59512"),
        ("rénovation d'une école à roubaix", "roubaix", "59512"),
        ("Mur du cimetière, commune de 900 habitants, Lozère, 45 k€", "Lozère", "48"),
        ("Collège à Mayotte, 12 M€, 30 mois", "Mayotte", "976"),
        ("Nettoyage de bureaux, Lille, 120 k€, 24 mois", "Lille", "59350"),
        ("Traiteur, vœux, 600 personnes, 18 k€, Nantes", "Nantes", "44109"),
        ("gymnase à Saint-Denis (974)", "Saint-Denis (974)", "97411"),
        ("nettoyage 59100", "59100", "59512"),
        ("réfection de la toiture du collège de Tours", "Tours", "37261"),
        ("tonte dans la métropole de Lyon", "métropole de Lyon", "200046977"),
        ("voirie dans le Nord", "Nord", "59"),
        ("école à Roubais, 3 M€", "Roubais", "59512"),
        ("RENOVATION DE L'ECOLE DE ROUBAIX", "ROUBAIX", "59512"),
        ("Salle de réunion à La Réunion", "La Réunion", "974"),
        ("peinture, lot 3, Paris 13e", "Paris 13e", "75113"),
        ("Belloy-en-France : réfection de la voirie", "Belloy-en-France", "95056"),
        ("travaux au CHU de Nice", "Nice", "06088"),
        ("numérisation d'archives dans la Creuse, 60 k€", "Creuse", "23"),
        ("Voirie dans le Pas-de-Calais", "Pas-de-Calais", "62"),
        ("Nettoyage dans le Val-de-Marne, 90 k€", "Val-de-Marne", "94"),
        ("entretien des espaces verts pour le département de la Somme", "Somme", "80"),
        ("Numérisation d'archives, conseil départemental de la Creuse, 60 k€", "Creuse", "23"),
        ("restauration des collèges de la Marne", "Marne", "51"),
        ("Rénovation des collèges, Landes, 900 k€", "Landes", "40"),
        ("peinture d'une école à la Rochelle", "Rochelle", "17300"),
        ("aménagement du centre-bourg de Plouay, tranche ferme", "Plouay", "56166"),
        ("Rénovation de logements, Évreux quartier de la Madeleine, ANRU", "Évreux", "27229"),
        ("réfection de la rue de Lyon, Mâcon", "Mâcon", "71270"),
        ("Location de véhicules, SDIS 44, 1,2 M€", "44", "44"),
        ("ménage de notre siège à La Défense", "La Défense", "92062"),
        ("second œuvre bâtiment lille", "lille", "59350"),
        ("couverture de l'église Saint-Martin, village de 640 habitants dans la Creuse", "Creuse", "23"),
        (
            "espaces verts, Communauté d'agglomération du Beauvaisis, 2 M€",
            "Communauté d'agglomération du Beauvaisis",
            "200067999",
        ),
        ("voirie de la communauté urbaine de Dunkerque", "communauté urbaine de Dunkerque", "245900428"),
        ("infogérance, Caen la Mer, 1,4 M€", "Caen la Mer", "200065597"),
        ("voirie, CC Coeur de Loire, 200 k€", "CC Coeur de Loire", "200067916"),
        ("883 GRESSWILLER (Bas-Rhin)-Quartier Chassepot", "GRESSWILLER (Bas-Rhin)", "67168"),
        ("CHU DE NICE - DNA - TRAVAUX - Plomberie", "NICE", "06088"),
        ("voirie, commune de Saint-Pierre 974", "Saint-Pierre 974", "97416"),
        ("tonte à Plaine Commune", "Plaine Commune", "93066"),
        ("toilettes pour un festival à Carhaix, juillet", "Carhaix", "29024"),
    ],
)
def test_the_place_of_a_sentence_is_found_with_its_span(text: str, words: str, code: str) -> None:
    found = finder().find_in_sentence(text)
    assert found.match is not None
    assert found.span is not None
    assert (found.match.place.code, text[slice(*found.span)]) == (code, words)


@pytest.mark.parametrize(
    "text",
    [
        "accord-cadre voirie d'un EPCI, estimé 2,4 M€, maximum 4 M€",
        "Bois de chauffage",
        "Mur du cimetière, 45 k€",
        "Fourniture de pain pour les écoles",
        "Lot 2 : peinture",
        "travaux sur le pont",
        "Port de plaisance: dragage",
        "Confortement des berges de la Loire, 300 k€",
        "Fourniture de 10000 repas",
        "50 000 € de mobilier",
        "forages pour les alvéoles en GAN",
        "PLAQUES A COMPRESSION",
        "Rénovation du collège Saint-Joseph",
        "réfection de la chapelle Sainte-Anne, 90 k€",
        "",
        "🎉" * 100,
    ],
)
def test_common_words_are_no_place(text: str) -> None:
    assert finder().find_in_sentence(text) == (None, None, (), ())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Nettoyage des locaux de l'agglo de Valence, 120 000 €", "CA Valence Romans Agglo"),
        ("Cœur d'Essonne : entretien d'espaces verts", "CA Coeur d'Essonne Agglomération"),
        ("Val de Garonne agglo : nettoyage", "CA Val de Garonne Agglomération"),
        ("interco du Pays de l'Arbresle, voirie", "CC du Pays de l'Arbresle (CCPA)"),
        ("Voirie de la CC du Pays de Fontainebleau", "CA du Pays de Fontainebleau"),
        ("Nettoyage des gymnases de Paris Saclay", "CA Communauté Paris-Saclay"),
        ("Nettoyage pour le Grand Lyon", "Métropole de Lyon"),
        ("Nettoyage Plaine Commune", "Saint-Denis"),
    ],
)
def test_a_territory_is_found_as_people_call_it(text: str, name: str) -> None:
    found = finder().find_in_sentence(text)
    assert found.match is not None and found.match.place.name == name


@pytest.mark.parametrize(
    ("text", "name", "others"),
    [
        ("La ville de Lyon lance des travaux de peinture à Villeurbanne", "Villeurbanne", ()),
        ("Métropole de Lyon, travaux de voirie à Vénissieux", "Vénissieux", ()),
        ("Acheteur : ville de Lille. Lieu d'exécution : Roubaix. Nettoyage", "Roubaix", ()),
        ("Rénovation d'une école à Roubaix, acheteur : ville de Lille", "Roubaix", ()),
        ("La Région Bretagne, rénovation du lycée de Brest", "Brest", ()),
        (
            "Département du Rhône, 29 cours de la Liberté 69003 Lyon. Travaux au collège de Givors",
            "Givors",
            (),
        ),
        ("Le CCAS de Nantes rénove une crèche sise à Rezé", "Rezé", ()),
        # Alone, the town of the buyer is the place; an address too.
        ("Entretien des espaces verts de la ville de Lyon", "Lyon", ()),
        ("Rénovation d'un local, 29 cours de la Liberté 69003 Lyon", "Lyon 3e Arrondissement", ()),
        # Nothing says which: it is asked.
        ("Nettoyage de bureaux à Lyon, Bron et Villeurbanne", "Lyon", ("Bron", "Villeurbanne")),
        ("Mairie de Lille : rénovation de l'école Jules Ferry, Roubaix", "Lille", ("Roubaix",)),
    ],
)
def test_of_several_places_the_one_where_the_work_is_done(
    text: str, name: str, others: tuple[str, ...]
) -> None:
    found = finder().find_in_sentence(text)
    assert found.match is not None and found.match.place.name == name
    assert tuple(one.place.name for one in found.others) == others


def test_an_ambiguous_name_in_a_sentence_gives_its_rivals() -> None:
    found = finder().find_in_sentence("Construction d'un gymnase à Saint-Denis")
    assert found.is_ambiguous
    assert {match.place.departement for match in found.candidates} == {"93", "974"}
    assert not finder().find_in_sentence("école à Roubaix").is_ambiguous


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Lille", "de Lille"), ("Auch", "d’Auch"), ("Le Mans", "du Mans"), ("Les Abymes", "des Abymes"), ("48", "de la Lozère"),
        ("59", "du Nord"), ("40", "des Landes"), ("34", "de l’Hérault"), ("74", "de la Haute-Savoie"), ("Mayotte", "de Mayotte"),
        ("CA du Beauvaisis", "de la CA du Beauvaisis"), ("Bordeaux Métropole", "de Bordeaux Métropole"),
    ],
)  # fmt: skip
def test_a_place_is_said_as_french_says_it(text: str, said: str) -> None:
    assert of(finder().find(text)[0].place) == said


def test_distances_are_those_of_the_map() -> None:
    assert haversine_km(48.8566, 2.3522, 45.7640, 4.8357) == pytest.approx(391.5, abs=1)
    assert distance_km(place("commune", "59350"), place("commune", "59512")) == pytest.approx(11, abs=2)
    assert haversine_km(10, 20, 10, 20) == 0


@pytest.mark.parametrize(
    ("one", "other", "joined"),
    [
        (("commune", "59350"), ("commune", "13055"), True),
        (("commune", "2A004"), ("commune", "2B033"), True),
        (("commune", "2A004"), ("commune", "13055"), False),
        (("departement", "976"), ("departement", "974"), False),
        (("region", "94"), ("departement", "2A"), True),
        (("region", "04"), ("commune", "97411"), True),
        (("epci", "200093201"), ("departement", "59"), True),
        (("pays", "FR"), ("departement", "976"), True),
    ],
)
def test_no_radius_crosses_the_sea(one: tuple[str, str], other: tuple[str, str], joined: bool) -> None:
    assert same_landmass(place(*one), place(*other)) is joined


def test_a_territory_stands_among_its_people() -> None:
    nord = place("departement", "59")
    assert distance_km(nord, place("commune", "59350")) < 60
    assert nord.is_approximate
    assert not place("commune", "59350").is_approximate


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("L'Haÿ-les-Roses", "l hay les roses"),
        ("STE-FOY s/ Mer", "sainte foy sur mer"),
        ("Œuilly", "oeuilly"),
        ("  Saint   Ouen ", "saint ouen"),
    ],
)
def test_folding_gives_one_spelling(text: str, folded: str) -> None:
    assert folding.fold(text) == folded


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("Doubs (25204)", "commune", "25204"),
        ("ajaccio ( 2a004 )", "commune", "2A004"),
        ("CC des Quatre Rivières (247000623)", "epci", "247000623"),
        ("Roubaix (59100)", "commune", "59512"),
    ],
)
def test_a_name_with_its_official_code_is_that_place(text: str, kind: str, code: str) -> None:
    assert finder().find(text, limit=1)[0].place is place(kind, code)


def test_a_code_that_contradicts_the_name_does_not_decide() -> None:
    assert finder().find("Roubaix (59350)", limit=1)[0].place is not place("commune", "59350")
