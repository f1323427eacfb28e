"""Facts that count for a convention: pushed by what happens, typed only where nothing sees them, and shown as such."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from levier.accounts.models import Role, User
from levier.clauses.models import ChoiceKind, LotChoice
from levier.facilitators import actions
from levier.facilitators.errors import RefusedError
from levier.facilitators.models import Convention, MeasureFact
from levier.facilitators.queries.measures import fact_lines, progress_of
from levier.purchasing import actions as purchasing
from levier.purchasing.models import ContactSide, PurchaseState
from levier.purchasing.questions.actions import draft_answer
from tests.facilitators.test_drafted_conventions import BY, Pair
from tests.factories import exchanges
from tests.factories import purchases as make
from tests.factories.accounts import member, organisation, user
from tests.factories.network import ask, buyer_of, desk, facilitator_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Any) -> None:
    settings.LEVIER_HOME = tmp_path


def as_user(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


@pytest.mark.slow
def test_an_answered_request_is_a_fact_once_and_agrees_with_the_progress() -> None:
    pair = Pair()
    made, today = pair.signed(), timezone.localdate()
    one = ask(place=pair.town, by=pair.mayor)
    actions.ask_question(by=pair.worker, request=one, who="PLIE", text="Combien ?")
    actions.reply_to_question(by=pair.mayor, request=one, text="Cent.")
    actions.accept_request(by=pair.worker, request=one, who="PLIE")
    (fact,) = MeasureFact.objects.all()
    assert (fact.measure, fact.buyer_siren, fact.source_key) == (
        "delai",
        pair.town.siren,
        f"referral-{one.pk}",
    )
    assert progress_of(made, on=today)[0].words.startswith("1\u00a0réponse pour 1\u00a0demande")
    (line,) = fact_lines(made, on=today)
    assert (line.source, line.is_typed) == ("demande au facilitateur", False)


def test_a_late_answer_to_a_question_breaks_the_promise() -> None:
    pair = Pair()
    made, today = pair.signed(), timezone.localdate()
    purchase = make.purchase(pair.town, state=PurchaseState.PUBLISHED, facilitator=pair.house)
    question = exchanges.question(
        exchanges.desk(purchase), asked_at=timezone.now() - timedelta(days=30), wording="Quoi ?"
    )
    draft_answer(by=pair.worker, side=ContactSide.FACILITATOR, question=question, words="", answer="Ceci.")
    answers = progress_of(made, on=today)[0]
    assert answers.is_kept is False and "1\u00a0réponse à des questions de candidats" in answers.words


def test_a_proposed_study_is_a_fact_once_even_when_studied_again() -> None:
    pair = Pair()
    purchase = make.purchase(pair.town, state=PurchaseState.TO_STUDY, facilitator=pair.house, lots=0)
    lot = make.lot(purchase)
    make.contacts(purchase, ContactSide.FACILITATOR)
    LotChoice.objects.create(lot=lot, kind=ChoiceKind.PROPOSAL, levers=["L2112-2"], hours=480)
    for _ in range(2):
        moved = purchasing.move_purchase(by=pair.worker, purchase=purchase, code="proposer")
        purchasing.move_purchase(by=pair.mayor, purchase=moved, code="revoir", note="Encore")
    (fact,) = MeasureFact.objects.all()
    assert (fact.measure, fact.source_key, fact.is_typed) == ("etudes", f"study-{purchase.pk}", False)
    assert purchase.title not in fact.label


def test_a_structure_unknown_here_pushes_nothing() -> None:
    purchase = make.purchase(state=PurchaseState.PUBLISHED, facilitator=organisation())
    question = exchanges.question(exchanges.desk(purchase))
    draft_answer(by=user(), side=ContactSide.FACILITATOR, question=question, words="", answer="Ceci.")
    assert not MeasureFact.objects.exists()


@pytest.mark.slow
def test_what_nothing_sees_is_typed_and_says_so() -> None:
    pair = Pair()
    made, today = pair.signed(), timezone.localdate()
    url = f"/conventions/{made.pk}/faits"
    given = {"measure": "bilans", "happened_on": today.isoformat(), "label": "Bilan du semestre"}
    for stranger in (user(), buyer_of(), facilitator_of(Pair().structure)):
        assert as_user(stranger).post(url, given).status_code == 404
    # The other party reads, and types nothing; a colleague without the role is told so.
    assert as_user(pair.mayor).post(url, given).status_code == 403
    assert as_user(member(pair.house, role=Role.SUPPLIER).user).post(url, given).status_code == 403
    assert not MeasureFact.objects.exists()
    assert as_user(pair.worker).post(url, given).status_code == 302
    fact = MeasureFact.objects.get()
    assert fact.is_typed and fact.typed_by == pair.worker
    page = as_user(pair.mayor).get(f"/conventions/{made.pk}").content.decode()
    assert "saisi à la main" in page and "Bilan du semestre" in page and "le reste est saisi" in page
    assert "Noter une rencontre" not in page


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        {"measure": "delai"}, {"measure": "etudes"}, {"label": " "},
        {"happened_on": (timezone.localdate() + timedelta(days=2)).isoformat()}, {"happened_on": "hier"},
        {"happened_on": "1999-01-01"},
    ],
)  # fmt: skip
def test_what_is_seen_or_odd_is_not_typed(change: dict[str, str]) -> None:
    pair = Pair()
    made = pair.signed()
    given = {"measure": "visites", "happened_on": timezone.localdate().isoformat(), "label": "GARDÉ"} | change
    answer = as_user(pair.worker).post(f"/conventions/{made.pk}/faits", given)
    assert answer.status_code == 422
    assert "GARDÉ" in answer.content.decode() or "label" in change
    assert not MeasureFact.objects.exists()


def test_nothing_is_typed_on_a_draft() -> None:
    pair = Pair()
    with pytest.raises(RefusedError, match="signée"):
        actions.type_measure_fact(
            by=pair.worker,
            convention=pair.draft(),
            measure="visites",
            happened_on=timezone.localdate(),
            label="x",
        )


def test_a_convention_of_another_buyer_reads_none_of_its_facts() -> None:
    pair = Pair()
    made, today = pair.signed(), timezone.localdate()
    actions.type_measure_fact(
        by=pair.worker, convention=made, measure="visites", happened_on=today, label="MOTS DE LA VILLE"
    )
    # As facts were typed before each named its convention.
    MeasureFact.objects.update(convention=None)
    for siren in ("999999999", ""):
        Convention.objects.filter(pk=made.pk).update(buyer_siren=siren)
        made.refresh_from_db()
        assert not fact_lines(made, on=today)


def test_a_fact_counts_for_whom_it_names_whichever_structure_its_organisation_runs() -> None:
    """An organisation may run two structures; a company's convention reads its own contracts; what is typed stays there."""
    pair = Pair()
    twin = desk("departement:62", place=pair.house, name="Antenne")
    today, company = timezone.localdate(), organisation(name="Bâtir")
    bought = pair.signed()
    worked = Pair.draft(
        pair, kind="entreprise", others=(actions.PartyValues(name="Bâtir", siren=company.siren or ""),)
    )
    Convention.objects.filter(pk=worked.pk).update(state="signee")
    worked.refresh_from_db()

    def seen(convention: Convention) -> list[str]:
        return [one.label for one in fact_lines(convention, on=today)]

    for number, (town, holder) in enumerate(
        [(pair.town.siren, company.siren), ("", "404833048"), ("130005481", "")]
    ):
        actions.record_measure_fact(
            by=BY, structure=twin, measure="visites", happened_on=today, label=f"visite {number}",
            source_key=f"meeting-{number}", buyer_siren=town or "", company_siren=holder or "",
        )  # fmt: skip
    actions.type_measure_fact(
        by=pair.worker, convention=worked, measure="visites", happened_on=today, label="saisie"
    )
    assert seen(bought) == ["visite 1", "visite 0"]
    assert seen(worked) == ["saisie", "visite 0"]
    assert progress_of(worked, on=today)[1].words == "2 sur 2 cette année"
