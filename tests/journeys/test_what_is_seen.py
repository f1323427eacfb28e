"""What was looked at once is not looked at again, and a fault in what is new is still found."""

import pytest

from tests.journeys.visitor import Visitor

# Each is added at the end of a paragraph or of a title that was seen: the rule that must find it.
FAULTS = {
    "link-name": "(page) => page.querySelector('main p').insertAdjacentHTML('beforeend', '<a href=\"/\"></a>')",
    "color-contrast": "(page) => { page.querySelector('main p').style.color = '#ccc'; }",
    "heading-order": "(page) => page.querySelector('main h2').insertAdjacentHTML('afterend', '<h5>Trop bas</h5>')",
    "label": "(page) => page.querySelector('main p').insertAdjacentHTML('beforeend', '<input aria-labelledby=\"rien\">')",
}


def test_a_page_seen_is_left_and_each_new_fault_is_told(visitor: Visitor) -> None:
    visitor.open("/mentions-legales")
    visitor.check_main_page()
    for rule, spoil in FAULTS.items():
        visitor.page.reload()
        visitor.check_accessible()
        visitor.page.evaluate(f"() => ({spoil})(document)")
        with pytest.raises(AssertionError, match=rule):
            visitor.check_accessible()
