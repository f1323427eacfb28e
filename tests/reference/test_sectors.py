"""Purchase sectors: complete, without false activity, and readable from a code or a name."""

from __future__ import annotations

import csv
import gzip
import re
from importlib import resources
from pathlib import Path

import pytest

from levier.reference import sectors
from levier.reference.cpv.text import phrase_key, stems

DATA = resources.files("levier.reference") / "data"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def cpv_codes() -> list[str]:
    with gzip.open(Path(str(DATA / "cpv" / "cpv.csv.gz")), "rt", encoding="utf-8", newline="") as stream:
        return [row["code"] for row in csv.DictReader(stream)]


def naf_codes() -> list[str]:
    with gzip.open(Path(str(DATA / "naf" / "naf_rev2.csv.gz")), "rt", encoding="utf-8", newline="") as stream:
        codes = [row["code"].replace(".", "") for row in csv.DictReader(stream)]
    return [code for code in codes if len(code) == 5]


def rows(name: str) -> list[dict[str, str]]:
    with Path(str(DATA / "sectors" / name)).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_list_has_two_levels_with_unique_slugs_and_labels() -> None:
    found = sectors.all_sectors()
    assert len({sector.slug for sector in found}) == len({sector.label for sector in found}) == len(found)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", sector.slug) for sector in found)
    assert 15 <= len(sectors.all_groups()) <= 30
    assert 120 <= len(found) <= 160
    # Both levels live in one table keyed by slug.
    assert not {sector.slug for sector in found} & {group.slug for group in sectors.all_groups()}
    assert {sector.group for sector in found} == set(sectors.all_groups())


def test_every_cpv_code_has_a_sector() -> None:
    assert [code for code in cpv_codes() if sectors.sector_for_cpv(code) is None] == []


def test_every_cpv_prefix_of_the_crosswalk_exists() -> None:
    codes = set(cpv_codes())
    prefixes = [row["cpv_prefix"] for row in rows("cpv_sectors.csv")]
    assert [prefix for prefix in prefixes if prefix.ljust(8, "0") not in codes] == []
    assert len(set(prefixes)) == len(prefixes)
    divisions_and_groups = {code[:2] for code in codes} | {code[:3] for code in codes if code[2] != "0"}
    assert divisions_and_groups - set(prefixes) == set()


@pytest.mark.parametrize(
    ("code", "slug"),
    [
        ("45261910-6", "charpente-couverture"),
        ("45", "construction-generale"),
        ("90919200", "nettoyage-locaux"),
        ("90911300", "vitrerie-nettoyage"),
        ("55520000", "traiteur"),
        ("45233141", "voirie"),
        ("45232410", "reseaux-humides"),
        ("77340000", "elagage"),
        ("79713000", "gardiennage"),
        ("98310000", "blanchisserie"),
        ("71221000", "architecture-moe"),
        ("18143000", "vetements-travail"),
        ("60130000", "transport-adapte"),
        ("85312110", "petite-enfance"),
    ],
)
def test_longest_cpv_prefix_wins(code: str, slug: str) -> None:
    found = sectors.sector_for_cpv(code)
    assert found is not None
    assert found.slug == slug


@pytest.mark.parametrize("code", ["", "4", "00000000", "abc", "99"])
def test_code_outside_the_nomenclature_has_no_sector(code: str) -> None:
    assert sectors.sector_for_cpv(code) is None


def test_every_naf_rev2_code_is_known() -> None:
    assert [code for code in naf_codes() if not sectors.is_known_naf(code)] == []


@pytest.mark.parametrize("code", ["8899B", "8810C", "7820Z", "9499Z", "7830Z", "84.11Z", "8299Z"])
def test_generic_naf_is_known_but_names_no_activity(code: str) -> None:
    assert sectors.is_known_naf(code)
    assert sectors.sectors_for_naf(code) == ()


@pytest.mark.parametrize(
    ("code", "slug"),
    [("4334Z", "peinture-vitrerie"), ("43.34Z", "peinture-vitrerie"), ("8130z", "creation-espaces-verts")],
)
def test_naf_is_read_with_or_without_dot_and_case(code: str, slug: str) -> None:
    assert [sector.slug for sector in sectors.sectors_for_naf(code)] == [slug]


def test_unknown_nomenclature_or_code_gives_nothing() -> None:
    assert sectors.sectors_for_naf("4334Z", nomenclature="naf_2025") == ()
    assert sectors.sectors_for_naf("") == ()


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("ELANCOUR ESPACES VERTS", "creation-espaces-verts"),
        ("Blanchisserie du Moulin (EA)", "blanchisserie"),
        ("L'atelier de réparation de vélos", "velos"),
        ("Ressourcerie Solidaire du Pays", "reemploi-ressourcerie"),
        ("PEINTURE SERVICES", "peinture-vitrerie"),
        ("Mise sous pli, conditionnement à façon", "conditionnement"),
    ],
)
def test_name_tells_the_sector(name: str, slug: str) -> None:
    assert slug in [guess.sector.slug for guess in sectors.sectors_for_text(name)]


def test_name_without_activity_tells_nothing() -> None:
    for name in ("Association Tremplin", "Les Amis de l'Espoir", "", "🙂🙂", "SARL DUPONT & FILS"):
        assert sectors.sectors_for_text(name) == ()


def test_two_expressions_are_surer_than_one_and_never_certain() -> None:
    one = sectors.sectors_for_text("jardinier")[0]
    two = sectors.sectors_for_text("jardinier, espaces verts, tonte")[0]
    assert one.sector == two.sector
    assert one.confidence < two.confidence < 1
    assert two.why == ("jardinier", "espaces verts", "tonte")


def test_expressions_are_distinct_once_folded() -> None:
    keys = [phrase_key(row["expression"]) for row in rows("sector_words.csv")]
    assert all(keys)
    named: dict[str, str] = {}
    for key, row in zip(keys, rows("sector_words.csv"), strict=True):
        assert named.setdefault(key, row["sector"]) == row["sector"], row["expression"]


def test_plain_words_of_buyers_add_to_the_expressions_and_name_known_sectors() -> None:
    seen: set[tuple[tuple[str, ...], str]] = set()
    for row in rows("buyer_words.csv"):
        key = (tuple(stems(row["expression"])), sectors.sector(row["sector"]).slug)
        assert key[0], row["expression"]
        assert key not in seen, row["expression"]
        seen.add(key)
        # An expression that already means something would never be looked up here.
        assert not sectors.sectors_for_text(row["expression"]), row["expression"]


def test_people_of_trades_are_sorted_add_to_the_other_words_and_are_understood_in_the_plural() -> None:
    seen: set[tuple[str, str]] = set()
    for row in rows("trade_people.csv"):
        key = (row["expression"], sectors.sector(row["sector"]).slug)
        assert key not in seen, row["expression"]
        seen.add(key)
        assert not sectors.sectors_for_text(row["expression"]), row["expression"]
        first, gap, rest = row["expression"].partition(" ")
        for asked in (row["expression"], f"{first}s{gap}{rest}"):
            assert row["sector"] in {one.sector.slug for one in sectors.sectors_asked(asked)}, asked


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("maçons", "gros-oeuvre"), ("peintres", "peinture-vitrerie"), ("jardiniers", "creation-espaces-verts"),
        ("couvreurs", "charpente-couverture"), ("plombier", "plomberie-chauffage"), ("traiteurs", "traiteur"),
        ("femme de ménage", "nettoyage-locaux"), ("femmes de ménage", "nettoyage-locaux"), ("éboueurs", "collecte-dechets"),
        ("électricienne", "electricite"), ("soudeuses", "metallerie-serrurerie"), ("jardinière", "creation-espaces-verts"),
        ("éducatrice spécialisée", "accompagnement-social"), ("aide-maçon", "gros-oeuvre"), ("chef boulanger", "pain-patisserie"),
        ("cuisinière de collectivité", "traiteur"), ("enseignante", "enseignement"), ("berger", "travaux-agricoles"),
    ],
)  # fmt: skip
def test_people_are_asked_for_as_their_trade(text: str, slug: str) -> None:
    assert sectors.sectors_asked(text)[0].sector.slug == slug


@pytest.mark.parametrize("text", ["développement durable", "agent", "chef d'équipe", "monteur de brûleurs"])
def test_a_rank_and_a_word_that_only_has_the_root_of_a_trade_name_none(text: str) -> None:
    assert not sectors.sectors_asked(text)


def test_a_town_is_no_trade_and_a_trade_no_town() -> None:
    assert not sectors.sectors_for_text("RÉGIE INTER QUARTIERS MACON")
    assert sectors.sectors_for_text("Maçonnerie du Val")
    assert sectors.words_to_look_for("maçons") == "maçonnerie"
    assert sectors.words_to_look_for("Nettoyage de vitres") == "Nettoyage de vitrerie"


@pytest.mark.parametrize(
    ("asked", "words"),
    [("livreurs", "livraison"), ("charpentier", "charpente"), ("peintres", "peinture"), ("nounou", ""),
     ("traiteur", "traiteur"), ("femme de ménage", "femme de ménage"), ("", "")],
)  # fmt: skip
def test_somebody_s_trade_is_looked_for_by_the_words_of_the_work(asked: str, words: str) -> None:
    assert sectors.words_to_look_for(asked) == words


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("déchets", {"collecte-dechets", "tri-recyclage", "dechetterie"}),
        ("linge", {"blanchisserie"}),
        ("agricole", {"travaux-agricoles"}),
        ("draps et serviettes", {"blanchisserie", "textile-maison"}),
        ("lavage de voitures", {"lavage-vehicules"}),
        ("lavage de voitures sans eau", {"lavage-vehicules"}),
        # What is restored or kept is no meal.
        ("restauration de haies bocagères", {"creation-espaces-verts"}),
        ("restauration de rivière", {"milieux-naturels"}),
        ("restauration de monuments historiques", {"patrimoine-bati"}),
        ("restauration", {"restaurant"}),
        ("location de vélos", {"velos"}),
        ("tonte de pelouse", {"creation-espaces-verts"}),
        ("Tremplin Énergie", set()),
        ("netoyage de bureau", set()),
        ("zzzz", set()),
        ("", set()),
    ],
)
def test_what_a_buyer_asks_for(text: str, slugs: set[str]) -> None:
    assert {guess.sector.slug for guess in sectors.sectors_asked(text)} == slugs


@pytest.mark.parametrize(
    "name", ["Déchets Services", "Linge et Compagnie", "Énergie Emploi", "Les Bureaux du Coeur"]
)
def test_a_plain_word_proves_nothing_in_a_name(name: str) -> None:
    plain = {row["expression"] for row in rows("buyer_words.csv")}
    why = {each for guess in sectors.sectors_for_text(name) for each in guess.why}
    assert not why & plain


def test_a_sector_that_is_no_more_is_none() -> None:
    assert sectors.find_sector("inconnu") is None
    assert sectors.find_sector("blanchisserie") == sectors.sector("blanchisserie")


def test_unknown_slug_says_so_in_french() -> None:
    with pytest.raises(sectors.UnknownSectorError, match="n’existe pas"):
        sectors.sector("inconnu")


def test_nearly_every_real_siae_has_a_known_code() -> None:
    source = SHARED / "3_organisations" / "siae" / "siae_lemarche.csv"
    if not source.exists():
        pytest.skip("données réelles absentes (../shared/data)")
    with source.open(encoding="utf-8", newline="") as stream:
        codes = [row["naf"] for row in csv.DictReader(stream)]
    assert sum(map(sectors.is_known_naf, codes)) / len(codes) >= 0.98


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Assure un service de nettoyage", "assurance"),
        ("Nous assurons la livraison", "assurance"),
        ("Recrute des personnes sans emploi", "recrutement"),
        ("Banque alimentaire du Nord", "banque-finance"),
        ("Nettoyage sans produits chimiques", "produits-chimiques"),
        ("SELF INTÉRIM", "restauration-collective"),
    ],
)
def test_words_that_only_look_like_a_trade_are_left_out(text: str, slug: str) -> None:
    assert slug not in {guess.sector.slug for guess in sectors.sectors_for_text(text)}


def test_an_insurance_is_still_an_insurance() -> None:
    assert sectors.sectors_for_text("Assurances de la flotte automobile")[0].sector.slug == "assurance"
