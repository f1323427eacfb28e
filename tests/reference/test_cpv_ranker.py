"""From a buyer's words to CPV codes: with the packaged data alone, and with the vote of a model."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from levier.reference.cpv import CpvModel, CpvRanker, ModelError, Sample, clean_samples, train
from levier.reference.cpv.model import FEWEST_SAMPLES, Settings
from levier.reference.cpv.network import NetworkSettings, fit_network
from levier.reference.cpv.sparse import SparseRows, fit_softmax
from levier.reference.cpv.text import words

SIX_NEEDS = [
    ("Rénovation d'une école à Roubaix, 1,5 M€, 18 mois", "45"),
    ("Nettoyage de bureaux, Lille, 120 k€, 24 mois, 140 h/mois à reprendre", "90"),
    ("Traiteur, vœux, 600 personnes, 18 k€, Nantes", "55"),
    ("Accord-cadre voirie d'un EPCI, estimé 2,4 M€, maximum 4 M€", "45"),
    ("Mur du cimetière, commune de 900 habitants, Lozère, 45 k€", "45"),
    ("Collège à Mayotte, 12 M€, 30 mois", "45"),
]


@pytest.fixture(scope="module")
def ranker() -> CpvRanker:
    return CpvRanker.from_package()


@pytest.fixture(scope="module")
def model() -> CpvModel:
    """A model of one invented word: buyers who write « zorglub » buy bread."""
    samples = [
        Sample(f"fourniture de zorglub numéro {letter}{other}", "15810000")
        for letter in "abcdefghijklmno"
        for other in "pqrstuvwxyzabcd"
    ]
    return train(samples, Settings(steps=6, group_steps=3, network=NetworkSettings(hidden=16, rounds=2)))


@pytest.mark.parametrize(("text", "division"), SIX_NEEDS)
def test_six_needs_find_their_division(ranker: CpvRanker, text: str, division: str) -> None:
    assert ranker.divisions(text)[0].division == division
    assert ranker.rank(text)[0].code.startswith(division)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ménage", "90910000"),
        ("réfection toiture", "45261910"),
        ("Nettoyage de bureaux", "90919200"),
        ("netoyage des vitres", "90911300"),
        ("vœux du maire", "55520000"),
        ("GARDIENNAGE", "79713000"),
        ("un traiteur pour un séminaire", "55520000"),
        ("travaux pour la réfection de la toiture", "45261910"),
        ("pose de compteurs d'eau communicants", "51210000"),
        ("V.R.D.", "45230000"),
        ("tonte des pelouses", "77314100"),
        ("EPI", "18143000"),
        ("travaux hôtel de ville", "45216100"),
        ("blanchisserie", "98310000"),
        ("peinture école maternelle", "45442100"),
        ("électricité - école maternelle", "45310000"),
        ("prestataire pour laver les vitres de la mairie", "90911300"),
        ("nettoyage de la mairie", "90910000"),
        ("ménage Ehpad", "90910000"),
        ("sécurité mairie", "79710000"),
        ("repas Ehpad", "55321000"),
        ("extension de la crèche", "45214100"),
        ("toiture crèche", "45261910"),
        ("désinfection de l'hôpital", "90921000"),
        ("maintenance centre de loisirs", "50000000"),
        ("transport pour le musée", "60000000"),
        ("construction d'un gymnase", "45212222"),
        ("vêtements de travail du théâtre", "18100000"),
        ("entretien des ascenseurs du stade", "50750000"),
        ("travaux de rénovation du collège", "45214220"),
        ("goûters école", "15800000"),
        ("centre d'appel", "79512000"),
        ("travaux école", "45214200"),
        ("reconditionnement de vélos", "50800000"),
        ("traitement des DEEE", "90514000"),
    ],
)
def test_buyers_words_find_the_code(ranker: CpvRanker, text: str, code: str) -> None:
    assert ranker.rank(text)[0].code == code


def test_toiture_ecole_is_works_first(ranker: CpvRanker) -> None:
    assert {match.code[:2] for match in ranker.rank("toiture école", 1)} == {"45"}


def test_place_amount_and_duration_change_nothing(ranker: CpvRanker) -> None:
    bare = [(match.code, match.share) for match in ranker.rank("nettoyage de bureaux")]
    dressed = ranker.rank("Nettoyage de bureaux à Nîmes, 120 000 € HT, 24 mois")
    assert [(match.code, match.share) for match in dressed] == bare


@pytest.mark.parametrize(
    "text", ["", "   ", "🙂🎉", "azertyuiop", "12345", "a" * 50_000, "🙂" * 50_000, "zz qq " * 9_000]
)
def test_nonsense_gets_no_answer_quickly(ranker: CpvRanker, text: str) -> None:
    start = time.perf_counter()
    assert ranker.rank(text) == []
    assert ranker.divisions(text) == []
    assert time.perf_counter() - start < 0.5


def test_answer_is_ordered_with_shares_and_reasons(ranker: CpvRanker) -> None:
    found = ranker.rank("collecte des déchets", limit=7)
    assert len(found) == 7
    assert [match.share for match in found] == sorted((match.share for match in found), reverse=True)
    assert all(0 <= match.share <= 1 for match in found)
    assert found[0].why[0] == "collecte des déchets"


def test_name_of_a_place_is_not_taken_for_a_mistake(ranker: CpvRanker) -> None:
    assert ranker.index.speller.correct("lille") is None
    assert ranker.index.speller.correct("gardienage") == "gardiennage"


def test_model_votes_on_words_the_labels_ignore(ranker: CpvRanker, model: CpvModel) -> None:
    assert ranker.rank("zorglub") == []
    taught = ranker.with_model(model)
    best = taught.rank("zorglub")[0]
    assert best.code.startswith("158")
    assert best.why == ("marchés semblables",)


@pytest.mark.slow
def test_model_survives_its_file(model: CpvModel, tmp_path: Path) -> None:
    target = tmp_path / "cpv.npz"
    model.save(target)
    again = CpvModel.load(target)
    assert target.stat().st_size < 5_000_000
    found = words("fourniture de zorglub")
    before, after = model.probabilities(found), again.probabilities(found)
    assert before and after
    assert after[0]["15"] == pytest.approx(before[0]["15"], abs=0.01)
    assert list(tmp_path.iterdir()) == [target]


def test_unreadable_model_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="relancez"):
        CpvModel.load(tmp_path / "absent.npz")
    (tmp_path / "broken.npz").write_bytes(b"not a model")
    with pytest.raises(ModelError, match="illisible"):
        CpvModel.load(tmp_path / "broken.npz")


def test_too_few_contracts_are_refused() -> None:
    with pytest.raises(ModelError, match=str(FEWEST_SAMPLES)):
        train([Sample("pain", "15810000")])


def test_samples_are_cleaned_and_counted() -> None:
    clean = clean_samples(
        [("Pain bio", "15810000-9"), ("PAIN, BIO.", "15810000"), ("", "45000000"), ("x", "NC")]
    )
    assert [sample.code for sample in clean.samples] == ["15810000"]
    assert (clean.repeated, clean.without_text, clean.without_code) == (1, 1, 1)


def test_sparse_products_equal_dense_ones() -> None:
    rows = SparseRows([{0: 3.0, 2: 4.0}, {}, {1: 1.0}], 4)
    dense = np.array([[0.6, 0, 0.8, 0], [0, 0, 0, 0], [0, 1, 0, 0]], np.float32)
    right = np.arange(8, dtype=np.float32).reshape(4, 2)
    left = np.arange(6, dtype=np.float32).reshape(3, 2)
    assert rows.times(right) == pytest.approx(dense @ right)
    assert rows.turned_times(left) == pytest.approx(dense.T @ left)


def test_network_learns_what_two_words_mean_together_and_repeats_itself() -> None:
    rows = [{0: 1.0}, {1: 1.0}, {0: 1.0, 1: 1.0}, {}] * 60
    classes, weights = np.array([0, 0, 1, 1] * 60), np.ones(240, np.float32)
    settings = NetworkSettings(hidden=8, rounds=60, dropped=0.0)
    network, again = (
        fit_network(rows, classes, weights, width=2, count=2, settings=settings) for _ in range(2)
    )
    one = network.probabilities(np.array([0]), np.array([1.0], np.float32))
    both = network.probabilities(np.array([0, 1]), np.array([0.7, 0.7], np.float32))
    assert one.argmax() == 0
    assert both.argmax() == 1
    assert (again.inner == network.inner).all()


def test_text_that_lost_its_accents_is_still_read() -> None:
    assert words("R�habilitation d�une �cole � M�con") == ["rehabilitation", "ecole", "mecon"]


def test_softmax_learns_and_repeats_itself() -> None:
    rows = SparseRows([{0: 1.0}, {1: 1.0}] * 4, 2)
    classes, weights = np.array([0, 1] * 4), np.ones(8, np.float32)
    matrix, offsets = fit_softmax(rows, classes, weights, count=2, penalty=1e-4, steps=20)
    assert (rows.times(matrix) + offsets).argmax(axis=1).tolist() == classes.tolist()
    again, _ = fit_softmax(rows, classes, weights, count=2, penalty=1e-4, steps=20)
    assert (again == matrix).all()


def test_words_leave_out_amounts_durations_and_elisions() -> None:
    assert words("L'entretien d'écoles, 1,5 M€ HT sur 18 mois, 1 200 m² et 600 personnes") == [
        "entretien",
        "ecoles",
    ]


class _Elsewhere:
    """A model whose contracts say « travaux » of pipes only."""

    def knows(self, word: str) -> bool:
        return False

    def probabilities(self, words: object) -> tuple[dict[str, float], dict[str, float]]:
        return {"45": 1.0}, {"452": 1.0}


def test_what_is_said_whole_is_not_made_more_precise_by_the_vote() -> None:
    ranker = CpvRanker.from_package().with_model(_Elsewhere())  # type: ignore[arg-type]
    assert ranker.rank("travaux", 1)[0].code == "45000000"
    assert ranker.rank("travaux de réseaux", 1)[0].code != "45000000"
