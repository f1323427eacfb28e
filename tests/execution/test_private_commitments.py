"""A private commitment: its own words on every page, and no weight on the studies of others."""

import pytest

from levier.clauses.models import LiveClause
from levier.execution import actions
from levier.execution.actions.weighing import weigh
from levier.execution.models import Contract
from tests.execution.test_contract_pages import Scene, as_user
from tests.factories.accounts import organisation
from tests.texts import plain_spaces

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_a_private_commitment_has_its_own_words_and_weighs_on_nobody() -> None:
    scene = Scene()
    pages = [f"/contrats/{scene.contract.pk}{page}" for page in ("", "/controle", "/cloture")]
    public = [plain_spaces(as_user(scene.owner).get(page).content.decode()) for page in pages]
    assert all("acheteur" in page for page in public) and "Retards et pénalités" in public[1]
    actions.add_subcontractor(by=scene.owner, contract=scene.contract, organisation=organisation())
    Contract.objects.filter(pk=scene.contract.pk).update(regime="volontaire")
    for page, before in zip(pages, public, strict=True):
        now = plain_spaces(as_user(scene.owner).get(page).content.decode())
        assert "onneur d’ordre" in now and "onneur d’ordre" not in before, page
        assert "l’acheteur" not in now.lower() and "itulaire" not in now.replace("/titulaire", ""), page
    assert LiveClause.objects.get().hours == 480
    scene.contract.refresh_from_db()
    weigh(scene.contract)
    assert not LiveClause.objects.exists()
