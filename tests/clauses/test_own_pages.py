"""An organisation's own texts: written beside ours, checked, compared, taken back; who may see and write them."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from levier.accounts.models import Role, User
from levier.clauses import actions, own_texts
from levier.clauses.drafting import draft
from levier.clauses.models import TemplateVariant
from levier.clauses.queries import kept_texts, of_trade
from levier.clauses.queries import own_texts as texts_of
from levier.clauses.values import ClauseError, ClauseValues
from levier.core.models import AuditEvent
from levier.organisations.models import Organisation
from levier.rulebook.levers import Facts
from tests.factories import accounts as make
from tests.texts import plain_spaces

pytestmark = pytest.mark.django_db

KEY = {"lever": "L2112-2", "document": "rc", "trade": ""}
OURS = own_texts.copy_of("L2112-2", "rc", "")
THEIRS = OURS + "\nNotre ville tient une permanence pour les candidats : {contact}.\n"


@pytest.fixture
def place() -> Organisation:
    return make.organisation(name="Ville de Valmont")


@pytest.fixture
def people(place: Organisation) -> dict[str, User]:
    return {
        "buyer": make.member(place).user,
        "facilitator": make.member(place, role=Role.FACILITATOR).user,
        "colleague": make.member(place, role=Role.CONTRACTOR).user,
        "elsewhere": make.member(make.organisation()).user,
        "outsider": make.user(),
    }


@pytest.fixture
def kept(people: dict[str, User], place: Organisation) -> TemplateVariant:
    return actions.save_variant(
        by=people["buyer"], organisation=place, markdown=THEIRS, note="permanence", **KEY
    )


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


WRITE = "/mes-textes/{}/L2112-2/rc"
EXPECTED = {"buyer": 200, "facilitator": 200, "colleague": 403, "elsewhere": 404, "outsider": 404}


@pytest.mark.parametrize("who", sorted(EXPECTED))
def test_who_writes_a_text(who: str, people: dict[str, User], place: Organisation) -> None:
    client = signed_in(people[who])
    assert client.get(WRITE.format(place.pk)).status_code == EXPECTED[who]
    sent = client.post(WRITE.format(place.pk), {"markdown": THEIRS, "note": "", "do": "save"})
    assert sent.status_code == (302 if EXPECTED[who] == 200 else EXPECTED[who])
    assert TemplateVariant.objects.count() == (1 if EXPECTED[who] == 200 else 0)


@pytest.mark.parametrize("who", sorted(EXPECTED))
def test_who_sees_a_version_and_takes_it_back(
    who: str, people: dict[str, User], kept: TemplateVariant
) -> None:
    client = signed_in(people[who])
    is_member = who in {"buyer", "facilitator", "colleague"}
    assert client.get(f"/mes-textes/version/{kept.pk}").status_code == (200 if is_member else 404)
    assert client.get(f"/mes-textes/version/{kept.pk}.md").status_code == (200 if is_member else 404)
    answer = client.post(f"/mes-textes/version/{kept.pk}/maison").status_code
    assert answer == (302 if EXPECTED[who] == 200 else EXPECTED[who])
    assert TemplateVariant.objects.count() == (2 if EXPECTED[who] == 200 else 1)


def test_nobody_reaches_them_without_an_account(client: Client, kept: TemplateVariant) -> None:
    for address in ("/mes-textes", f"/mes-textes/version/{kept.pk}", WRITE.format(kept.organisation_id)):
        assert "/compte/" in client.get(address)["Location"]


def test_a_version_is_kept_numbered_dated_and_audited(
    kept: TemplateVariant, people: dict[str, User], place: Organisation
) -> None:
    again = actions.save_variant(
        by=people["facilitator"], organisation=place, markdown=OURS + "\nUne phrase.\n", **KEY
    )
    assert (kept.version, again.version) == (1, 2)
    assert kept.based_on_versions["L2112-2/rc"] >= 1
    events = list(AuditEvent.objects.filter(verb="clauses.save_variant").order_by("id"))
    assert [event.details["version"] for event in events] == [1, 2]
    assert "permanence" not in str(events[0].details)


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("", "vide"),
        ("   \n", "vide"),
        ("x" * 40_001, "trop long"),
        ("Bonjour {inconnu}", "{inconnu}"),
        ("{part_secret}", "{part_secret}"),
        ("{lever_who}", "{lever_who}"),
        ("Une accolade {", "accolade"),
        (OURS, "le même"),
    ],
)
def test_a_text_that_cannot_be_used_gets_a_sentence(
    markdown: str, words: str, people: dict[str, User], place: Organisation
) -> None:
    with pytest.raises(ClauseError, match=words.replace("{", "{")) as refusal:
        actions.save_variant(by=people["buyer"], organisation=place, markdown=markdown, **KEY)
    assert str(refusal.value).endswith(".")
    client = signed_in(people["buyer"])
    if markdown.strip():
        answer = client.post(WRITE.format(place.pk), {"markdown": markdown, "do": "save"})
        assert answer.status_code == 422
        assert markdown[:200].splitlines()[0] in answer.content.decode().replace("&#x27;", "'").replace(
            "&quot;", '"'
        )
    assert not TemplateVariant.objects.exists()


def test_a_preview_writes_nothing_and_names_what_to_change(
    people: dict[str, User], place: Organisation
) -> None:
    client = signed_in(people["buyer"])
    wrong = OURS + "\nPriorité aux entreprises locales.\n"
    html = plain_spaces(
        client.post(WRITE.format(place.pk), {"markdown": wrong, "do": "preview"}).content.decode()
    )
    assert "Aucune préférence locale" in html
    assert "« Priorité aux entreprises locales. »" in html
    assert not TemplateVariant.objects.exists()


@pytest.mark.slow
def test_an_own_text_serves_the_clauses_of_its_organisation_alone(
    kept: TemplateVariant, place: Organisation
) -> None:
    facts = Facts(contract_kind="travaux", need_amount_ht=1.5e6, cpv="45214210")
    theirs = draft("L2112-2", facts=facts, own=texts_of(place, "L2112-2", "works")).document("rc")
    assert "tient une permanence" in plain_spaces(theirs.markdown)
    assert "[à compléter : nom, téléphone et courriel du contact]" in plain_spaces(theirs.markdown)
    assert theirs.own == "texte de Ville de Valmont, version 1"
    other = draft("L2112-2", facts=facts, own=texts_of(make.organisation(), "L2112-2", "works")).document(
        "rc"
    )
    assert "permanence" not in other.markdown
    assert other.own == ""


@pytest.mark.slow
def test_the_dossier_uses_the_texts_of_the_only_organisation_one_writes_for(
    kept: TemplateVariant, people: dict[str, User]
) -> None:
    need = {"text": "Rénovation d'une école à Roubaix, 1,5 M€ sur 18 mois"}
    said = {
        who: "tient une permanence" in signed_in(people[who]).post("/dossier/textes", need).content.decode()
        for who in people
    }
    assert said == {
        "buyer": True,
        "facilitator": True,
        "colleague": False,
        "elsewhere": False,
        "outsider": False,
    }


def test_the_text_of_a_trade_wins_over_the_one_of_every_trade(
    kept: TemplateVariant, people: dict[str, User], place: Organisation
) -> None:
    actions.save_variant(
        by=people["buyer"], organisation=place, markdown="## Nettoyage\n\n{hours_commitment}", **(KEY | {"trade": "cleaning"})
    )  # fmt: skip
    assert "Nettoyage" in texts_of(place, "L2112-2", "cleaning")["rc"].markdown
    assert "permanence" in texts_of(place, "L2112-2", "works")["rc"].markdown
    last = TemplateVariant.objects.of(place, "L2112-2", "rc", "cleaning").first()
    actions.return_to_house(by=people["buyer"], variant=last)
    assert "permanence" in texts_of(place, "L2112-2", "cleaning")["rc"].markdown


@pytest.mark.slow
def test_going_back_and_taking_up_again_are_new_versions(
    kept: TemplateVariant, people: dict[str, User], place: Organisation
) -> None:
    client = signed_in(people["buyer"])
    client.post(f"/mes-textes/version/{kept.pk}/maison")
    assert texts_of(place, "L2112-2") == {}
    client.post(f"/mes-textes/version/{kept.pk}/reprendre")
    assert [one.version for one in TemplateVariant.objects.of(place, "L2112-2", "rc", "")] == [3, 2, 1]
    assert "permanence" in texts_of(place, "L2112-2")["rc"].markdown
    for do in ("reprendre", "maison"):
        last = TemplateVariant.objects.of(place, "L2112-2", "rc", "").first()
        assert client.post(f"/mes-textes/version/{last.pk}/{do}").status_code == 302
    with pytest.raises(ClauseError, match="déjà"):
        actions.return_to_house(by=people["buyer"], variant=kept)


def test_the_differences_with_ours_are_shown(kept: TemplateVariant, people: dict[str, User]) -> None:
    html = plain_spaces(signed_in(people["colleague"]).get(f"/mes-textes/version/{kept.pk}").content.decode())
    assert "<ins>" in html
    assert "tient une permanence" in html.split("<ins>")[1].split("</ins>")[0]
    assert "<del>" not in html
    assert "Écrire une nouvelle version" not in html


@pytest.mark.slow
def test_a_change_of_ours_is_told_to_those_who_wrote_beside_it(
    kept: TemplateVariant, people: dict[str, User]
) -> None:
    client = signed_in(people["buyer"])
    assert "a changé" not in client.get("/mes-textes").content.decode()
    TemplateVariant.objects.update(based_on_versions={"L2112-2/rc": 0})
    assert "notre texte a changé" in client.get("/mes-textes").content.decode()
    assert "Notre texte a changé depuis" in client.get(f"/mes-textes/version/{kept.pk}").content.decode()


@pytest.mark.slow
def test_a_text_that_calls_a_field_we_no_longer_have_stops_no_draft(
    kept: TemplateVariant, people: dict[str, User], place: Organisation
) -> None:
    TemplateVariant.objects.update(markdown="Bonjour {ancien_champ}")
    assert texts_of(place, "L2112-2") == {}
    client = signed_in(people["buyer"])
    assert "à reprendre" in client.get("/mes-textes").content.decode()
    page = client.get(f"/mes-textes/version/{kept.pk}")
    assert "Ce texte ne peut plus servir" in page.content.decode()
    assert client.get(f"/mes-textes/version/{kept.pk}.md").status_code == 404


def test_what_somebody_writes_is_shown_and_never_obeyed(people: dict[str, User], place: Organisation) -> None:
    text = "## Titre\n\n<script>alert(1)</script> [lien](javascript:x) ![i](/etc/passwd)"
    made = actions.save_variant(by=people["buyer"], organisation=place, markdown=text, **KEY)
    html = signed_in(people["buyer"]).get(f"/mes-textes/version/{made.pk}").content.decode()
    assert "<script>alert" not in html
    assert 'javascript:x"' not in html


def test_the_table_refuses_two_same_versions_and_a_text_that_is_none(
    kept: TemplateVariant, place: Organisation
) -> None:
    for fields in (
        {"version": 1, "markdown": "x"},
        {"version": 5, "markdown": ""},
        {"version": 5, "markdown": "x", "is_house": True},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            TemplateVariant.objects.create(organisation=place, **(KEY | fields))


@pytest.mark.parametrize("count", [1, 4])
def test_the_queries_do_not_grow_with_the_texts(
    count: int, people: dict[str, User], place: Organisation
) -> None:
    for document in ("rc", "avis", "ae", "ccap")[:count]:
        actions.save_variant(
            by=people["buyer"],
            organisation=place,
            lever="L2112-2",
            document=document,
            markdown="## Un texte\n\nUne phrase.",
        )
    client = signed_in(people["buyer"])
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/mes-textes").status_code == 200
    assert len(queries) == 5, [query["sql"][:90] for query in queries]


def test_the_text_of_an_action_is_read_adapted_and_used_for_an_action_only(
    client: Client, people: dict[str, User], place: Organisation
) -> None:
    read = client.get("/textes/L2112-2/ccap?metier=action").content.decode()
    assert "Aucun nombre d’heures d’insertion n’est demandé" in read and "Engagement d’heures" not in read
    for address in ("/textes/L2112-2/cctp?metier=action", "/textes/L2113-12/rc?metier=action"):
        assert client.get(address).status_code == 404
    client.force_login(people["buyer"])
    assert client.get(f"{WRITE.format(place.pk)}?metier=action").status_code == 200
    words = "## Notre condition\n\nLe titulaire réalise : {social_condition}."
    actions.save_variant(
        by=people["buyer"], organisation=place, markdown=words, note="", **KEY | {"trade": "action"}
    )
    kept = kept_texts([place], "L2112-2")
    action = ClauseValues(social_condition="accueillir deux élèves")
    for values, kinds, is_own in ((action, ("action",), True), (ClauseValues(hours=100), ("action",), False)):
        made = draft("L2112-2", facts=Facts(), values=values, own=of_trade(kept, *kinds))
        assert bool(made.document("rc").own) is is_own
