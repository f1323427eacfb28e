"""The register of professional bodies: what the house knows, who writes it, its file, what a trade is offered."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from levier.accounts.models import Role, User
from levier.core.audit import Actor
from levier.facilitators import actions
from levier.facilitators.models import TradeBody
from levier.facilitators.queries.trade_bodies import trade_bodies_for
from tests.factories.accounts import member, organisation, user
from tests.factories.network import animation, animator_of

pytestmark = pytest.mark.django_db
PAGE = "/facilitateurs/metiers"
GIVEN = {
    "name": "Propreté du Nord",
    "kind": "branche",
    "trades": "proprete ; naf:81.21Z ; cpv:909",
    "source": "son site",
}
FILE = """name,trades,territories,source,email,confirmed
Paysage 59,espaces-verts,departement:59,son site,contact@paysage.invalid,oui
Rien,danse,departement:59,son site,,
Loin,proprete,departement:34,son site,,
Partout,proprete,,son site,,
"""


def as_user(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


@pytest.fixture
def north() -> Client:
    return as_user(animator_of(animation("32")))


@pytest.mark.slow
def test_the_house_knows_a_body_for_the_four_usual_trades_and_says_to_confirm_it() -> None:
    by = Actor.machine("tests")
    assert actions.load_trade_bodies(by=by) == TradeBody.objects.count() >= 15
    assert actions.load_trade_bodies(by=by) == 0
    for cpv in ("45442100", "90919200", "77310000", "55500000", "79713000"):
        assert trade_bodies_for([cpv], "59"), cpv
    assert (
        not trade_bodies_for(["", "98000000"], "59")
        and not TradeBody.objects.filter(is_confirmed=True).exists()
    )
    html = Client().get(f"{PAGE}?famille=proprete").content.decode()
    assert "Fédération des entreprises de propreté" in html and "à confirmer" in html and "FNTP" not in html
    assert "Ajouter une organisation" not in html


@pytest.mark.slow
def test_an_animation_writes_inside_its_territory_and_the_nearest_body_comes_first(north: Client) -> None:
    actions.load_trade_bodies(by=Actor.machine("tests"))
    for wrong, sentence in (
        ({"territories": ""}, "n’est pas celui que vous animez"), ({"territories": "Hérault"}, "que vous animez"),
        ({"territories": "Nord", "trades": "danse"}, "inconnu"), ({"territories": "Zzyzx"}, "ni un département"),
    ):  # fmt: skip
        answer = north.post(f"{PAGE}/nouvelle", GIVEN | wrong)
        assert answer.status_code == 422 and sentence in answer.content.decode(), wrong
    assert north.post(f"{PAGE}/nouvelle", GIVEN | {"territories": "Nord"}).status_code == 302
    made = TradeBody.objects.get(name="Propreté du Nord")
    assert (made.trades, made.territories) == (["proprete", "naf:8121Z", "cpv:909"], ["departement:59"])
    assert trade_bodies_for(["90919200"], "59")[0] == made and made not in trade_bodies_for(
        ["90919200"], "34"
    )
    html = north.get(f"{PAGE}/{made.pk}").content.decode()
    assert 'value="Nord (59)"' in html
    assert north.post(f"{PAGE}/{made.pk}", GIVEN | {"territories": "Nord (59)"}).status_code == 302
    national = TradeBody.objects.exclude(pk=made.pk)[0]
    listed = north.get(PAGE).content.decode()
    assert f'href="{PAGE}/{made.pk}"' in listed and f'href="{PAGE}/{national.pk}"' not in listed
    assert north.post(f"{PAGE}/{made.pk}/retirer").status_code == 302
    assert made not in trade_bodies_for(["90919200"], "59")


@pytest.mark.slow
def test_a_file_says_what_it_kept_and_why_not_the_rest(north: Client) -> None:
    for expected in ("1 créées", "1 inchangées"):
        upload = SimpleUploadedFile("metiers.csv", FILE.encode(), "text/csv")
        html = north.post(f"{PAGE}/importer", {"fichier": upload}).content.decode()
        assert expected in html and "4 lues" in html and "3 refusées" in html
    assert "ligne 3 : Métier « danse » inconnu" in html and "« Loin » n’est pas du territoire" in html
    assert north.post(f"{PAGE}/importer").status_code == 422
    broken = SimpleUploadedFile("metiers.csv", b"a,b\n1,2\n", "text/csv")
    assert "n’a pas les colonnes" in north.post(f"{PAGE}/importer", {"fichier": broken}).content.decode()


@pytest.mark.slow
def test_nobody_else_writes_it(north: Client) -> None:
    north.post(f"{PAGE}/nouvelle", GIVEN | {"territories": "Nord"})
    made = TradeBody.objects.get()
    for other in (
        member(organisation(), role=Role.BUYER).user,
        member(organisation(), role=Role.NETWORK).user,
    ):
        for address in (f"{PAGE}/nouvelle", f"{PAGE}/importer", f"{PAGE}/{made.pk}"):
            assert as_user(other).get(address).status_code == 404
    south = as_user(animator_of(animation("76")))
    assert south.get(f"{PAGE}/{made.pk}").status_code == 403
    assert south.post(f"{PAGE}/{made.pk}/retirer").status_code == 403
    assert Client().get(f"{PAGE}/nouvelle").status_code == 302
    assert as_user(user(is_staff=True)).get(f"{PAGE}/{made.pk}").status_code == 200
