"""A lot in the words of the rule book: thresholds on the whole need, hours on the lot."""

from datetime import date
from decimal import Decimal
from typing import Any

from levier.purchasing.lot_facts import lot_facts, lot_need
from levier.purchasing.models import Lot, Purchase
from levier.purchasing.open_points import open_points
from levier.rulebook.calibration import lot_calibration
from levier.rulebook.levers import levers_for
from tests.texts import plain_spaces

TODAY = date(2026, 11, 25)


def purchase(**fields: Any) -> Purchase:
    known = {"side": "public", "buyer_kind": "collectivite", "contract_kind": "travaux", "title": "École"}
    return Purchase(
        **known | {"launch_on": date(2027, 3, 1), "departement_code": "59", "place_code": "59512"} | fields
    )


def lots(of: Purchase, *amounts: int | None, **fields: Any) -> list[Lot]:
    return [
        Lot(purchase=of, number=number, title=f"Lot {number}", cpv="45214200",
            amount_ht=None if amount is None else Decimal(amount), **fields)
        for number, amount in enumerate(amounts, start=1)
    ]  # fmt: skip


def test_the_whole_need_is_what_the_buyer_says_else_the_sum_of_the_lots() -> None:
    of = purchase()
    rows = lots(of, 1_000_000, 5_000_000)
    assert lot_facts(rows[0], siblings=rows).need_amount_ht == 6_000_000
    of.amount_ht = Decimal(7_000_000)
    facts = lot_facts(rows[0], siblings=rows)
    assert (facts.need_amount_ht, facts.lot_amount_ht, facts.lot_count) == (7_000_000, 1_000_000, 2)
    assert facts.launch_date == date(2027, 3, 1)


def test_a_sum_with_an_unknown_lot_is_unknown() -> None:
    rows = lots(purchase(), 1_000_000, None)
    assert lot_facts(rows[0], siblings=rows).need_amount_ht is None


def test_the_maximum_of_another_lot_counts_for_the_thresholds_of_this_one() -> None:
    of = purchase()
    plain, framework = lots(of, 1_000_000, 2_000_000)
    framework.is_framework, framework.max_amount_ht = True, Decimal(6_000_000)
    rows = [plain, framework]
    assert lot_facts(plain, siblings=rows).amount_for_thresholds == 7_000_000
    assert lot_facts(framework, siblings=rows).amount_for_thresholds == 7_000_000


def test_a_small_lot_of_a_large_need_bears_the_duty_of_the_whole() -> None:
    rows = lots(purchase(), 100_000, 6_000_000)
    alone = lots(purchase(), 100_000)
    duty = [one.code for one in levers_for(lot_facts(rows[0], siblings=rows)) if one.obligation]
    none = [one.code for one in levers_for(lot_facts(alone[0], siblings=alone)) if one.obligation]
    assert duty and not none


def test_an_answer_given_of_nobody_to_take_over_is_not_an_unknown() -> None:
    (lot,) = lots(purchase(), 120_000, takeover_known=True)
    lot.cpv = "90919200"
    assert lot_facts(lot, siblings=[lot]).has_staff_takeover is False
    assert lot_need(lot, on=TODAY).takeover_known
    lot.takeover_hours = Decimal(130)
    assert lot_facts(lot, siblings=[lot]).has_staff_takeover is True
    lot.takeover_known, lot.takeover_hours = False, None
    assert lot_facts(lot, siblings=[lot]).has_staff_takeover is None


def test_the_need_of_a_lot_calibrates() -> None:
    of = purchase(months=Decimal(18))
    (lot,) = lots(of, 1_500_000, posts=Decimal(10))
    need = lot_need(lot, on=TODAY)
    assert (need.months, need.posts, need.weeks, need.territory) == (18, 10, 78, "59")
    found = lot_calibration(**{name: getattr(need, name) for name in need.__slots__})
    assert found.verdict == "clause" and found.hours


def test_the_lot_says_its_own_place_and_length_before_the_purchase() -> None:
    (lot,) = lots(
        purchase(months=Decimal(18)), 90_000, months=Decimal(6), place_code="976", departement_code="976"
    )
    need = lot_need(lot, on=TODAY)
    assert (need.months, need.territory) == (6, "976")


def test_what_is_unknown_and_decides_is_asked_once() -> None:
    of = Purchase(side="public", title="X")
    rows = [Lot(purchase=of, number=1, title="Ménage", cpv="90919200"), Lot(purchase=of, number=2, title="?")]
    said = [(point.lot.number if point.lot else 0, point.text) for point in open_points(of, rows)]
    assert sum(number == 0 for number, _ in said) == 5
    of.side = "private"  # no threshold is read on it
    assert [point.text for point in open_points(of, rows) if point.lot is None] == [
        "Où le marché sera-t-il exécuté ? Le lieu décide du facilitateur et des structures."
    ]
    assert any(number == 1 and "reprendre" in text for number, text in said)
    assert any(number == 2 and "CPV" in text for number, text in said)
    whole = purchase(amount_ht=Decimal(50_000), months=Decimal(3))
    assert not open_points(whole, lots(whole, 50_000))
    (over,) = open_points(whole, lots(whole, 20_000, 40_000))
    assert over.lot is None and plain_spaces(over.text).startswith(
        "Les lots font ensemble 60 000 €, plus que"
    )
    # The first lot still stands for the whole need: its amount would count twice.
    twice = lots(whole, 50_000, 10_000)
    twice[0].title = whole.title
    assert ["encore le besoin entier" in point.text for point in open_points(whole, twice)] == [True]
