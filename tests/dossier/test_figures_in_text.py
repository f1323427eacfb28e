"""A sentence is read as a buyer means it."""

import pytest

from levier.dossier.figures_in_text import read_figures, without_spans


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("rénovation d'une école à Roubaix, 1,5 M€ sur 18 mois", 1_500_000),
        ("Nettoyage de bureaux, Lille, 120 k€, 24 mois", 120_000),
        ("mur, 45 000 €", 45_000),
        ("mur, 45 000 euros HT", 45_000),
        ("collège, 12 millions d'euros", 12_000_000),
        ("tonte 60k", 60_000),
        ("travaux 1.500.000 €", 1_500_000),
        ("école de 2 000 m², 1,2M€", 1_200_000),
        ("gros chantier, 2,1 Md€", 2_100_000_000),
        ("remise de -3 000 €", -3_000),
        ("école de 300 m2", None),
        ("18 mois de chantier", None),
        ("gardiennage à Lyon 3e, 300 k€", 300_000),
        ("numérisation, 90 000 € TTC", 75_000),
        ("impression, 24 k€ par an TTC", 20_000),
        ("nettoyage des rues, 80 000 par an", 80_000),
        ("linge, 35 tonnes par an", None),
        ("école maternelle - 145 000,00 €HT - 9 mois", 145_000),
        ("désherbage, 40ke par an x3", 40_000),
        ("tonte, 45 k€ an, 2 ans", 45_000),
        ("fournitures, 18 000 HT", 18_000),
        ("chaises pour 18 000 élèves", None),
    ],
)
def test_amount(text: str, amount: float | None) -> None:
    assert read_figures(text).amount_ht == amount


@pytest.mark.parametrize(
    ("text", "amount", "is_yearly"),
    [
        ("cantine, 250 000 repas par an à 4,10 €", 1_025_000, True),
        ("repas à 4,10 € l'unité, 250 000 par an, budget 1 M€", 1_000_000, False),
        ("repas à 4,10 € le repas, 250 000 repas par an", 1_025_000, True),
        ("200 ordinateurs reconditionnés à 300 € pièce", 60_000, False),
        ("agents de sécurité, 12 000 heures à 24,50 €/h", 294_000, False),
        ("120 paniers à 12 €", 1_440, False),
        ("traiteur, 35 € par personne, 200 personnes", 7_000, False),
        ("ménage à 24 €/h", None, False),
        ("école de 12 classes à 1,5 M€", 1_500_000, False),
        ("traiteur pour 40 personnes à 1 200 €", 1_200, False),
        ("chantier de 12 mois à 45 000 €", 45_000, False),
        ("3 lots à 90 €", 90, False),
        ("maintenance, 1 200 € par mois", 14_400, True),
        ("1 200 logements à 6,50 € par logement et par mois", 93_600, True),
        ("couture de 400 sacs en bâches, 9 € pièce", 3_600, False),
        ("2 km de haies à 18 €/ml", 36_000, False),
        ("60 places à 28 € la nuit", None, False),
        ("ménage de 4 gîtes, 25€/h, 20h par semaine", 26_000, True),
        ("120 véhicules, 15 € par véhicule, une fois par mois", 21_600, True),
        ("repas à 5 € pièce", None, False),
        ("agents, 8 heures par jour à 24 €/h", None, False),
        ("nettoyage 2 500 € HT/mois", 30_000, True),
        ("45 000 € le marché", 45_000, False),
    ],
)
def test_so_many_at_so_much(text: str, amount: float | None, is_yearly: bool) -> None:
    figures = read_figures(text)
    assert (figures.amount_ht, figures.is_yearly) == (amount and pytest.approx(amount), is_yearly)


def test_what_is_bought_keeps_its_name_without_its_numbers() -> None:
    text = "200 ordinateurs reconditionnés à 300 € pièce, 12 mois"
    assert without_spans(text, read_figures(text).spans) == "ordinateurs reconditionnés"
    text = "12 000 repas portés à domicile, 8,20 € le repas"
    assert without_spans(text, read_figures(text).spans) == "repas portés à domicile"
    text = "gardiennage, reprise 2 100 h/mois"
    assert without_spans(text, read_figures(text).spans) == "gardiennage"


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("18 mois", 18), ("sur 2 ans", 24), ("un an", 12), ("6 semaines", 1.38), ("chantier de 45 jours", 1.48),
        ("3 ans reconductible 1 fois", 72), ("12 mois, renouvelable tacitement trois fois", 48),
        ("1 an reconductible 3 fois un an", 48), ("2 ans ferme, reconductible une fois pour 12 mois", 36),
        ("-3 mois", -3), ("école - 9 mois", 9), ("désherbage, 40 k€ par an x3", 36), ("80 000 €/an reconductible 3 fois", 48), ("2 ans + 2x1 an", 48),
        ("tri, 40 k€/an x 2 ans", 24),
        ("pas de durée", None), ("dix-huit mois", 18), ("deux ans", 24),
    ],
)  # fmt: skip
def test_months(text: str, months: float | None) -> None:
    assert read_figures(text).months == months


def test_estimate_and_maximum_of_a_framework() -> None:
    figures = read_figures("Accord-cadre voirie d'un EPCI, estimé 2,4 M€, maximum 4 M€")
    assert (figures.amount_ht, figures.max_amount_ht) == (2_400_000, 4_000_000)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("Nettoyage de bureaux, Lille, 120 k€, 24 mois, 140 h/mois à reprendre", 140),
        ("gardiennage, 300 heures par mois à reprendre", 300),
        ("gardiennage, 3000 heures par mois reprises", 3_000),
        ("ménage sans personnel à reprendre", 0),
        ("ménage, reprise de 3 salariés (260 h/mois au total)", 260),
        ("gardiennage, personnel à reprendre : 140 heures par mois", 140),
        ("ménage, 300 h par mois", None),
        ("ménage, 300 h par mois. Reprise du personnel.", None),
        ("ménage", None),
    ],
)
def test_takeover(text: str, hours: float | None) -> None:
    assert read_figures(text).takeover_hours == hours


@pytest.mark.parametrize(
    ("text", "amount", "lots"),
    [
        ("collège, lot isolation 400k€, lot menuiseries 250k€, lot chauffage 500 k€", 1_150_000, 3),
        ("école en 2 lots : gros œuvre 300 k€, peinture 80 k€", 380_000, 2),
        ("lot 1 : 300 k€, lot 2 : 80 k€, soit 380 k€ au total", 380_000, 2),
        ("nettoyage en 3 lots, 240 k€", 240_000, 3),
        ("école, 1,5 M€, dont 200 k€ de peinture", 1_500_000, None),
        ("lot de 20 chaises, 3 k€", 3_000, None),
        ("ménage, lot unique, 210 k€", 210_000, 1),
        ("lot 1 gros œuvre 800 000, lot 2 peinture 90 000", 890_000, 2),
    ],
)
def test_lots_are_added_up(text: str, amount: float, lots: int | None) -> None:
    figures = read_figures(text)
    assert (figures.amount_ht, figures.lots) == (amount, lots)


def test_a_maximum_may_be_of_a_year() -> None:
    figures = read_figures("accord-cadre de peinture, max 1 M€ par an, 4 ans")
    assert (figures.max_amount_ht, figures.is_maximum_yearly, figures.months) == (1_000_000, True, 48)


def test_people_and_inhabitants_are_not_amounts() -> None:
    figures = read_figures("Traiteur, vœux, 600 personnes, 18 k€, commune de 12 000 habitants")
    assert (figures.guests, figures.inhabitants, figures.amount_ht) == (600, 12_000, 18_000)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("avec 2 500 heures d'insertion", 2_500),
        ("une clause d'insertion de 1 500 h", 1_500),
        ("300 heures par an", None),
    ],
)
def test_the_hours_of_insertion_one_has_in_mind(text: str, hours: float | None) -> None:
    assert read_figures(text).insertion_hours == hours


def test_the_words_that_remain() -> None:
    text = "Nettoyage de bureaux, 120 k€, 24 mois"
    assert without_spans(text, read_figures(text).spans) == "Nettoyage de bureaux"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Accord-cadre voirie d'un EPCI, estimé 2,4 M€, maximum 4 M€", "Accord-cadre voirie d'un EPCI"),
        ("blanchisserie de l'hôpital, 90 k€/an sur 3 ans", "blanchisserie de l'hôpital"),
        ("école, 1,5 M€ sur 18 mois, avec cantine", "école, avec cantine"),
        ("peinture des écoles, max 1 M€ par an, 4 ans", "peinture des écoles"),
        ("nettoyage dans le 90 k€", "nettoyage"),
        ("nettoyage, 14 agents à reprendre, 12 sites", "nettoyage, 12 sites"),
        ("traiteur pour un séminaire de 120 personnes à midi", "traiteur pour un séminaire à midi"),
        ("marché de 2 millions de terrassement", "marché de terrassement"),
        ("transport, reprise de 12 conducteurs", "transport"),
        ("ménage — lot unique — 90 k€ sur 3 ans — reprise de 3 salariés (260 h/mois au total)", "ménage"),
        ("médiathèque avec 2 500 heures d'insertion imposées, 3 M€", "médiathèque"),
        ("nettoyage de 3 usines (90 k€, Segré)", "nettoyage de 3 usines (Segré)"),
        ("repas de crèches (140 repas/jour), 2 M€/4 ans", "repas de crèches"),
        ("impression max 200 000 HT département", "impression département"),
        ("3 agents d'entretien pendant 6 mois", "agents d'entretien"),
        ("transport, 22 conducteurs à reprendre", "transport"),
        ("ménage, 350 k€ par an, contrat 3 ans", "ménage"),
        ("ascenseurs, 3 ans reconductible 1 fois", "ascenseurs"),
        ("achat de chaises pour la région, 90 k€", "achat de chaises"),
        ("numérisation d'archives, conseil départemental de la , 60 k€", "numérisation d'archives"),
    ],
)
def test_no_preposition_is_left_hanging(text: str, words: str) -> None:
    assert without_spans(text, read_figures(text).spans) == words


def test_the_least_a_framework_promises_is_no_estimate() -> None:
    figures = read_figures("mini 50 000 € maxi 400 000 € par an, 1 an renouvelable 3 fois")
    assert (figures.amount_ht, figures.max_amount_ht, figures.is_maximum_yearly) == (None, 400_000, True)


def test_a_yearly_amount_says_so() -> None:
    assert read_figures("linge, 90 k€/an sur 3 ans").is_yearly
    assert not read_figures("linge, 90 k€ sur 3 ans").is_yearly
