"""The handover note: one page, whoever asks, whatever the size of the purchase."""

import io
import re
import zipfile
from datetime import date, timedelta

import pytest
from django.utils import timezone

from levier.purchasing import handover, lot_lines
from levier.purchasing.lot_lines import LotLine
from levier.purchasing.models import ContactSide, PurchaseState
from levier.purchasing.queries.exchanges import OpenExchanges, open_exchanges
from levier.purchasing.queries.purchases import whole_purchase
from tests.factories import exchanges
from tests.factories import purchases as make
from tests.factories.accounts import organisation
from tests.factories.needs import buyer

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TODAY = date(2026, 11, 25)


def test_it_says_the_state_who_acts_the_people_the_lots_and_the_last_steps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    town, desk = organisation(name="Valmont"), organisation(name="Maison de l’emploi")
    purchase = make.purchase(
        town, state=PurchaseState.TO_STUDY, facilitator=desk, title="École *<b>neuve</b>*"
    )
    make.contacts(purchase)
    for number in range(7):
        purchase.events.create(before="a_etudier", after="a_etudier", side=ContactSide.BUYER, note=f"mot {number}",
                               at=timezone.now() + timedelta(minutes=number))  # fmt: skip
    said = {
        "test": lambda _, lots, __: [LotLine(one.pk, ("480 h d’insertion",), is_signed=True) for one in lots]
    }
    monkeypatch.setattr(lot_lines, "_providers", said)
    text = handover.as_markdown(
        whole_purchase(purchase, reader=buyer(town)), on=TODAY, exchanges=OpenExchanges()
    )
    assert "Avec les entreprises" not in text
    assert "**Maison de l’emploi** doit étudier" in text
    assert r"\*\<b\>neuve" in text
    assert text.count("à nommer") == 2 and "Personne referent" in text
    assert "480 h d’insertion" in text and "(signé)" in text
    assert "mot 6" in text and "mot 2" in text and "mot 1" not in text
    assert "reprendre" in text


def test_a_large_purchase_still_holds_on_one_page() -> None:
    town, desk = organisation(), organisation()
    purchase = make.purchase(
        town, state=PurchaseState.TO_STUDY, facilitator=desk, lots=0, title="Objet long " * 18
    )
    for number in range(40):
        make.lot(purchase, title=f"Lot au titre bien long, numéro {number}, " * 4, takeover_known=False)
    for side in ContactSide:
        make.contacts(purchase, side)
    for _ in range(9):
        purchase.events.create(
            before="a_etudier", after="a_etudier", side=ContactSide.BUYER, note="Une question. " * 140
        )
    for number in range(4):
        exchanges.trades(purchase, f"a{number}@exemple.invalid", title="Une consultation au titre long " * 5)
    exchanges.question(exchanges.desk(purchase))
    whole, talks = whole_purchase(purchase, reader=buyer(town)), open_exchanges(purchase)
    pdf = handover.handover_note(whole, "pdf", on=TODAY, exchanges=talks)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    word = zipfile.ZipFile(io.BytesIO(handover.handover_note(whole, "docx", on=TODAY, exchanges=talks)))
    content = word.read("word/document.xml").decode()
    assert content.count('w:val="Title"') == 1 and "et 32\u00a0autres lots" in content
    assert 'w:w="11906"' in content


def test_it_says_what_runs_with_companies_and_what_waits() -> None:
    purchase = make.purchase(state=PurchaseState.DECIDED)
    running = exchanges.trades(purchase, "a@exemple.invalid", "b@exemple.invalid", title="Heures *tenables*")
    exchanges.answered(running.parties.get(email="a@exemple.invalid"))
    exchanges.ended(exchanges.trades(purchase, "c@exemple.invalid", title="Déjà publiée"))
    desk = exchanges.desk(purchase)

    def note(on: date) -> str:
        whole = whole_purchase(purchase, reader=buyer(purchase.organisation))
        return handover.as_markdown(whole, on=on, exchanges=open_exchanges(purchase))

    today = timezone.localdate()
    text = note(today)
    assert r"Heures \*tenables\*" in text and "1\u00a0réponse pour 2\u00a0participants" in text
    assert "Déjà publiée" not in text and "aucune n’attend" in text
    exchanges.question(desk)
    exchanges.question(desk, set_aside_at=timezone.now(), set_aside_reason="double")
    assert "**1 sans réponse**" in note(today) and "date passée" not in note(today)
    assert "date passée" in note(desk.answers_by + timedelta(days=1))
