"""The advice of practice fits the trade, the place and the size."""

from levier.rulebook.cautions import cautions_for


def texts(**facts: object) -> str:
    known: dict[str, object] = {
        "cpv": "45214200", "kind": "travaux", "territory": "59", "amount_ht": 1_500_000, "is_framework": False,
    }  # fmt: skip
    return " ".join(caution.text for caution in cautions_for(**(known | facts)))  # type: ignore[arg-type]


def test_a_school_brings_holidays_and_thin_lots() -> None:
    assert "vacances" in texts()
    assert "lot technique mince" in texts()
    assert "ETTI" in texts()


def test_overseas_changes_who_supplies_people() -> None:
    assert "Outre-mer" in texts(territory="976")
    assert "Outre-mer" not in texts(territory="59")


def test_a_caterer_is_warned_of_the_day_and_of_the_year() -> None:
    advice = texts(cpv="55520000", kind="services", amount_ht=18_000)
    assert "capacité le jour" in advice
    assert "sur l’année" in advice


def test_a_row_about_an_amount_is_silent_while_it_is_unknown() -> None:
    assert "lot technique" not in texts(amount_ht=None)


def test_every_row_has_its_source() -> None:
    found = cautions_for(cpv="45233140", kind="travaux", territory="59", amount_ht=2e6, is_framework=True)
    assert found
    assert all(caution.source for caution in found)


def test_the_pacific_gets_its_own_caution_and_no_mainland_supplier() -> None:
    texts = " ".join(
        caution.text
        for caution in cautions_for(
            cpv="45212330", kind="travaux", territory="987", amount_ht=4_000_000, is_framework=False
        )
    )
    assert "Nouvelle-Calédonie" in texts
    assert "ETTI" not in texts


def test_one_trade_is_not_told_to_look_at_each_lot() -> None:
    texts = [
        caution.text
        for caution in cautions_for(
            cpv="45442100", kind="travaux", territory="31", amount_ht=250_000, is_framework=False
        )
    ]
    assert not any("chaque lot" in text for text in texts)
