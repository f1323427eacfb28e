"""When a need is to be met, as buyers say it; and dates that say something else."""

from datetime import date

import pytest

from levier.dossier.dates_in_text import read_dates

TODAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("text", "start", "said"),
    [
        ("traiteur pour un séminaire à Nantes en mars, 6 000 €", date(2027, 3, 1), "en mars"),
        ("buffet le samedi 12 juin 2027", date(2027, 6, 12), "le samedi 12 juin 2027"),
        ("stand du 3 au 12 mai", date(2027, 5, 3), "du 3 au 12 mai"),
        ("transport scolaire dès la rentrée", date(2027, 9, 1), "dès la rentrée"),
        ("travaux, démarrage mi-avril", date(2027, 4, 15), "démarrage mi-avril"),
        ("école, début 2027", date(2027, 1, 1), "début 2027"),
        ("le marché actuel se termine en juin 2027 : tonte", date(2027, 6, 1), "le marché actuel se termine en juin 2027"),
        ("repas du 26 novembre au 2 décembre", date(2026, 11, 26), "du 26 novembre au 2 décembre"),
        ("chantier à partir du 01/07/2027", date(2027, 7, 1), "à partir du 01/07/2027"),
        ("livraison fin 2028 d'une école", None, ""), ("contrat jusqu'en mars 2028", None, ""),
        ("rénovation rue du 8 mai 1945 à Lille", None, ""), ("loi du 11 février 2005", None, ""),
        ("banquet en janvier 2019", None, ""), ("peinture à Cinq-Mars-la-Pile", None, ""),
        ("stands pour octobre rose", None, ""), ("étude pour le 31 février 2027", None, ""),
        ("repas du lundi au vendredi, de 12 à 14 h", None, ""),
    ],
)  # fmt: skip
def test_the_start(text: str, start: date | None, said: str) -> None:
    read = read_dates(text, today=TODAY)
    assert (read.start, read.said) == (start, said)


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("nettoyage de septembre 2027 à juin 2028", 10), ("impression, période juillet 2027 - juin 2030", 36),
        ("véhicules du 1er août au 31 décembre", 5), ("de janvier à décembre", 12),
        ("stand du 3 au 12 mai", None), ("élagage entre mars et juin 2027", None),
    ],
)  # fmt: skip
def test_two_dates_are_a_duration(text: str, months: float | None) -> None:
    assert read_dates(text, today=TODAY).months == months


def test_the_launch_is_told_from_the_start() -> None:
    read = read_dates("consultation lancée en janvier 2027, travaux à partir de septembre 2027", today=TODAY)
    assert (read.launch, read.start) == (date(2027, 1, 1), date(2027, 9, 1))
