"""Forecast and light of a contract, draws, steps of a default, small cells: pure, with invented figures."""

from base64 import b64encode
from datetime import date
from decimal import Decimal
from itertools import permutations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from levier.rulebook.attestations import (
    BrokenAttestationError,
    Signature,
    as_file,
    key_identifier,
    public_keys,
    signed_bytes,
    verify,
)
from levier.rulebook.default_steps import open_steps, refusal
from levier.rulebook.forecast import Progress, progress
from levier.rulebook.months import add_months
from levier.rulebook.sampling import SamplingError, Unit, draw
from levier.rulebook.small_cells import hidden_below

START, END = date(2026, 1, 1), date(2026, 12, 31)


def of(*hours: int, due: int = 480, today: date = date(2026, 7, 1), waiting: int = 0) -> Progress:
    monthly = {add_months(START, rank): Decimal(value) for rank, value in enumerate(hours) if value}
    return progress(
        due=Decimal(due), monthly=monthly, starts_on=START, ends_on=END, today=today, waiting=Decimal(waiting)
    )


@pytest.mark.parametrize(
    ("seen", "light", "words"),
    [
        (of(40, 40, 40, 40, 40, 40), "green", "faites avant la fin"),
        (of(10, 10, 10, 10, 10, 10), "red", "haut de la fourchette (120,5 h)"),
        (of(35, 45, 20, 60, 30, 40), "amber", "il manquerait"),
        (of(80, 80, 80, 80, 80, 80), "green", "Toutes les heures dues"),
        (of(40, 40, 40, 40, today=date(2027, 1, 5)), "red", "il manque 320 h"),
        (of(today=date(2026, 1, 20)), "none", "trop tôt"),
        (of(10, today=date(2026, 2, 20)), "red", "10 h faites, pour 65,8 h"),
        (of(40, today=date(2026, 2, 20)), "amber", "attendues à ce jour"),
        (of(60, today=date(2026, 2, 20)), "green", "rythme attendu"),
        (of(), "red", "Aucune heure n’est faite, pour"),
        (of(due=0), "none", "Rien n’est dû"),
    ],
)
def test_the_light_says_why(seen: Progress, light: str, words: str) -> None:
    assert (seen.light, words in seen.reasons[0].replace("\u202f", " ").replace("\xa0", " ")) == (
        light, True,
    ), seen  # fmt: skip


def test_a_steady_pace_is_prolonged_and_silence_is_told() -> None:
    steady = of(40, 40, 40, 40, 40, 40, waiting=12).forecast
    assert steady and steady.low == steady.end == steady.high
    assert abs(steady.end - 480) < 3 and steady.months == 6 and "8 cas sur 10" in steady.assumes
    silent = of(100, 100, 100, 100, 0, 0)
    assert "Aucune heure faite depuis 2 mois" in silent.reasons[-1] and silent.light == "amber"
    assert any("12" in one and "pas comptées" in one for one in of(40, waiting=12).reasons)
    assert of(40, 40, today=date(2026, 3, 1)).forecast is None


@pytest.mark.slow
@given(st.lists(st.integers(0, 200), min_size=6, max_size=6))
def test_a_forecast_never_undoes_what_is_done(hours: list[int]) -> None:
    seen = of(*hours)
    assert seen.forecast is not None
    assert seen.done <= seen.forecast.low <= seen.forecast.end <= seen.forecast.high


def test_a_draw_can_be_made_again_by_anybody() -> None:
    units = [
        Unit(str(number), 10 + number, "declared" if number % 2 else "documented") for number in range(20)
    ]
    first = draw(units, size=5, seed="lille-2026", on=END)
    assert first == draw(reversed(units), size=5, seed="lille-2026", on=END)
    assert first.picked != draw(units, size=5, seed="autre", on=END).picked
    assert len(first.picked) == 5 and len(first.others) == 15
    assert draw(units[:2], size=5, seed="x", on=END).others == ()
    # The heavier is drawn more often: 3 × the weight, over many seeds, in the proportion 3 to 1.
    pair = [Unit("a", 30, "documented"), Unit("b", 10, "documented")]
    wins = sum(draw(pair, size=1, seed=str(n), on=END).picked[0].key == "a" for n in range(2000))
    assert 1430 < wins < 1570
    for bad in ({"size": 0, "seed": "x"}, {"size": 1, "seed": " "}):
        with pytest.raises(SamplingError):
            draw(units, on=END, **bad)  # type: ignore[arg-type]


def test_no_sign_of_an_attestation_can_be_changed() -> None:
    """Digits of the content and of the fingerprint, one at a time."""
    whole = as_file(
        {"due": "480.00", "done": "480.00", "holder": "Nord"}, address="https://exemple.invalid/a"
    )
    assert verify(whole).content["due"] == "480.00"
    within = whole[whole.index('"content"') : whole.index('"format"')]
    for place, sign in enumerate(within):
        if sign.isdigit():
            changed = within[:place] + str((int(sign) + 1) % 10) + within[place + 1 :]
            with pytest.raises(BrokenAttestationError):
                verify(whole.replace(within, changed))


def test_a_file_says_who_signed_it_and_no_other_key_passes() -> None:
    private, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    content = {"done": "480.00", "address": "https://exemple.invalid/a"}

    def file(signer: Ed25519PrivateKey, claimed: Ed25519PrivateKey = private, **changes: str) -> str:
        value = b64encode(signer.sign(signed_bytes(content))).decode()
        key = key_identifier(claimed.public_key().public_bytes_raw())
        return as_file(content | changes, address=str(content["address"]), signature=Signature(key, value))

    keys = public_keys(f"# la clé\n{pem}")
    assert verify(file(private), keys=keys).is_proved and not verify(file(private)).is_proved
    for broken, told in (
        (file(other), "ne correspond pas"), (file(other, other), "pas parmi celles"),
        (file(private, done="481.00"), "ne correspond pas"), (as_file(content, address="https://exemple.invalid/a"), "pas de signature"),
        (file(private).replace('"address": "https://exemple.invalid/a",\n  "content"', '"address": "https://faux.invalid",\n  "content"'), "adresse"),
        (file(private).replace('"value"', '"valeur"'), "manque"),
    ):  # fmt: skip
        with pytest.raises(BrokenAttestationError, match=told):
            verify(broken, keys=keys)
    with pytest.raises(BrokenAttestationError, match="aucune clé"):
        public_keys("rien")


BUYER, DESK, FIRM = frozenset({"buyer"}), frozenset({"facilitator"}), frozenset({"company"})


@pytest.mark.parametrize(
    ("done", "step", "sides", "on", "told"),
    [
        ((), "relance", DESK, 1, ""),
        ((), "mise_en_demeure", BUYER, 1, "commence par une relance"),
        (("relance",), "mise_en_demeure", DESK, 1, "revient à l’acheteur"),
        (("relance",), "mise_en_demeure", BUYER, 1, ""),
        (("relance",), "decision", BUYER, 1, "ne vient pas maintenant"),
        (("relance", "mise_en_demeure"), "proposition", DESK, 10, "rien n’est proposé ni décidé avant"),
        (("relance", "mise_en_demeure"), "proposition", DESK, 16, ""),
        # A first answer does not end the time the letter gave.
        (
            ("relance", "mise_en_demeure", "observations"),
            "proposition",
            DESK,
            15,
            "rien n’est proposé ni décidé avant",
        ),
        (("relance", "mise_en_demeure", "observations"), "observations", FIRM, 15, ""),
        (("relance", "mise_en_demeure", "observations"), "proposition", DESK, 16, ""),
        (("relance", "mise_en_demeure", "proposition"), "observations", FIRM, 15, ""),
        (
            ("relance", "mise_en_demeure", "proposition"),
            "decision",
            BUYER,
            15,
            "rien n’est proposé ni décidé avant",
        ),
        (("relance", "reunion"), "cloture", DESK, 10, ""),
        (("relance", "mise_en_demeure", "observations"), "cloture", DESK, 20, "l’acheteur seul clôt"),
        (("relance", "mise_en_demeure", "observations"), "cloture", BUYER, 20, ""),
        (("relance", "mise_en_demeure"), "observations", FIRM, 15, ""),
        (("relance", "mise_en_demeure"), "observations", FIRM, 16, "délai pour répondre est passé"),
        (("relance", "mise_en_demeure"), "observations", BUYER, 10, "entreprise titulaire"),
        (("relance", "mise_en_demeure", "proposition"), "decision", DESK, 20, "revient à l’acheteur"),
        (("relance", "mise_en_demeure", "proposition"), "decision", BUYER, 20, ""),
        (("relance", "mise_en_demeure", "proposition"), "decision", FIRM, 20, "revient à l’acheteur"),
    ],
)
def test_each_step_has_its_time_and_its_side(done, step, sides, on: int, told: str) -> None:  # type: ignore[no-untyped-def]
    said = refusal(done, step, sides, notice_deadline=date(2026, 5, 15), today=date(2026, 5, on))
    assert (said == "") is (told == "") and told in said
    assert (step in open_steps(done, sides, notice_deadline=date(2026, 5, 15), today=date(2026, 5, on))) is (
        told == ""
    )


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ((2, 2), None),
        ((6, 7), (6, 7)),
        ((0, 9), (0, 9)),
        ((2, 9), (None, None)),
        ((2, 9, 6), (None, 9, None)),
        ((1, 2, 9), (None, None, None)),
        ((3, 3, 9), (None, None, 9)),
    ],
)
def test_small_counts_cannot_be_read_back(
    counts: tuple[int, ...], shown: tuple[int | None, ...] | None
) -> None:
    for order in permutations(range(len(counts))):
        found = hidden_below({str(rank): counts[rank] for rank in order})
        assert (found is None) is (shown is None)
        if found and shown:
            assert [found[str(rank)] for rank in range(len(counts))] == list(shown)
