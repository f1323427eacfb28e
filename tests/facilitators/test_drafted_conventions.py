"""Conventions written here: the text and its versions, both signatures, the resolver, terms, measures, who may."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from levier.accounts.models import Membership, Role, User
from levier.core.audit import Actor
from levier.core.models import OutgoingMail
from levier.core.typography import day
from levier.facilitators import actions, convention_text, queries
from levier.facilitators.actions.signing import has_space
from levier.facilitators.errors import RefusedError
from levier.facilitators.models import Convention, ConventionKind, Structure
from levier.facilitators.queries.conventions import public_conventions
from levier.organisations.models import Organisation
from tests.factories.accounts import member, organisation, user
from tests.factories.network import animation, animator_of, ask, buyer_of, desk, facilitator_of
from tests.texts import plain_spaces

pytestmark = pytest.mark.django_db
BY = Actor.machine("tests")
PDF = b"%PDF-1.7 convention signee\n%%EOF\n"


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.LEVIER_HOME = tmp_path


class Pair:
    """A desk and a buyer, each with somebody who manages."""

    def __init__(self) -> None:
        self.house, self.town = organisation(name="Maison"), organisation(name="Ville")
        self.structure = desk("departement:59", place=self.house, name="PLIE du Val")
        self.worker = member(self.house, role=Role.FACILITATOR, is_admin=True).user
        self.mayor = member(self.town, role=Role.BUYER, is_admin=True).user

    def draft(self, **changes: Any) -> Convention:
        return actions.save_convention(
            by=self.worker, structure=self.structure, values=values(self.town, **changes)
        )

    def proposed(self, **changes: Any) -> Convention:
        return actions.propose_convention(by=self.worker, convention=self.draft(**changes))

    def signed(self, **changes: Any) -> Convention:
        made = self.proposed(**changes)
        for one, by in zip(made.parties.all(), (self.worker, self.mayor), strict=True):
            sign(one, by)
        made.refresh_from_db()
        return made


def values(town: Organisation, **changes: Any) -> actions.ConventionValues:
    soon = timezone.localdate() + timedelta(days=60)
    fields: dict[str, Any] = {
        "kind": "acheteur", "title": "Convention de coopération", "valid_from": timezone.localdate(),
        "valid_to": timezone.localdate() + timedelta(days=700),
        "structure_party": actions.PartyValues(name="PLIE du Val", signatory_name="Camille Exemple"),
        "others": (actions.PartyValues(name=town.name, siren=town.siren or ""),),
        "services": ("conseil", "reperage", "suivi"), "territory": "Nord",
        "commitments": (
            actions.CommitmentValues(party=0, text="Répondre vite", measure="delai", target=Decimal(5)),
            actions.CommitmentValues(party=0, text="Venir", measure="visites", target=Decimal(2)),
            actions.CommitmentValues(party=1, text="Nommer un correspondant", measure="constat", due_on=soon),
        ),
    }  # fmt: skip
    return actions.ConventionValues(**(fields | changes))


def promise(**changes: Any) -> actions.CommitmentValues:
    return actions.CommitmentValues(**({"party": 0, "text": "a"} | changes))


def sign(party: Any, by: User) -> Any:
    return actions.sign_convention(
        by=by,
        party=party,
        sha256=party.convention.versions.first().sha256,
        signer_name="Alix",
        signer_title="maire",
    )


def as_user(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


def upload(content: bytes = PDF, name: str = "signée.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def test_there_are_eight_services() -> None:
    assert len(convention_text.services()) == 8


def test_the_file_of_a_signed_convention_says_who_signed_it_and_when() -> None:
    pair = Pair()
    assert "Signatures données" not in convention_text.footer(pair.proposed().versions.get())
    signed = convention_text.footer(pair.signed().versions.get())
    assert signed.count("Alix, maire") == 2 and signed.count(day(timezone.localdate())) == 2
    assert signed.index("Signatures données") < signed.index("Empreinte du texte")


def test_a_convention_without_an_end_is_not_said_to_be_renewed() -> None:
    lasting = Pair().draft(valid_to=None).versions.get().text
    assert "se renouvelle" not in lasting and "tant qu’elle n’est pas dénoncée" in lasting
    assert (
        "Elle se renouvelle par un accord écrit de toutes les parties. Chaque"
        in Pair().draft().versions.get().text
    )


@pytest.mark.parametrize("kind", ConventionKind.values)
def test_each_kind_has_a_whole_text_with_its_annex(kind: str) -> None:
    text = (
        Pair()
        .draft(kind=kind, title="Titre *gras* {x}", special_terms="# Faux titre\n<b>html</b>")
        .versions.get()
        .text
    )
    assert "Titre \\*gras\\* \\{x\\}" in text and "\\# Faux titre" in text and "\\<b\\>" in text
    assert "PLIE du Val" in text and "Ville" in text and "compléter" not in text
    # A company and the signatories of a charter give the structure no data to handle for them.
    is_alone = kind in {"entreprise", "charte"}
    assert ("la structure est sous-traitante" in text) != is_alone
    assert ("Aucune ne traite de données pour le compte d’une autre" in text) == is_alone
    assert ("l’acheteur et" in text or "avec l’acheteur ses achats" in text) == (kind == "acheteur")
    assert "5\u00a0jours ouvrés au plus" in text
    assert "Le programme, trimestre par trimestre" in text and "Aucune participation financière" in text


def test_a_text_that_changed_is_a_new_version_and_nothing_else_is() -> None:
    pair = Pair()
    made = pair.draft()
    again = actions.save_convention(
        by=pair.worker, structure=pair.structure, values=values(pair.town), convention=made
    )
    assert again.versions.count() == 1
    parties = set(made.parties.values_list("pk", flat=True))
    actions.save_convention(
        by=pair.worker, structure=pair.structure, values=values(pair.town, territory="Lille"), convention=made
    )
    assert [one.number for one in made.versions.all()] == [2, 1]
    assert set(made.parties.values_list("pk", flat=True)) == parties


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": " "}, "titre"),
        ({"services": ()}, "au moins un service"),
        ({"services": ("danse",)}, "au moins un service"),
        ({"others": ()}, "l’autre partie"),
        ({"valid_to": date(2000, 1, 1)}, "après le début"),
        ({"kind": "pacte"}, "nature"),
        ({"others": (actions.PartyValues(name="X", siren="123456789"),)}, "est faux"),
        ({"others": (actions.PartyValues(name="X"),)}, "SIREN de l’acheteur"),
        ({"others": (actions.PartyValues(name="X"), actions.PartyValues(name="Y"))}, "deux parties"),
        ({"commitments": (actions.CommitmentValues(party=0, text="a", measure="delai"),)}, "sa valeur"),
        ({"commitments": (promise(party=9, measure="visites", target=Decimal(1)),)}, "n’existe pas"),
        ({"commitments": (promise(measure=""),)}, "ce qui le mesure"),
        ({"commitments": ()}, "au moins un engagement"),
        # The facts are the structure's: its visits would keep the promise of the town.
        (
            {"commitments": (promise(party=1, measure="visites", target=Decimal(1)),)},
            "suivent votre structure",
        ),
        ({"commitments": (promise(measure="constat"),)}, "la date à laquelle"),
        ({"commitments": (promise(measure="constat", due_on=date(2000, 1, 1)),)}, "en dehors"),
        ({"commitments": (promise(measure="visites", due_on=date(2030, 1, 1)),)}, "sa valeur"),
    ],
)
def test_a_wrong_draft_is_refused_with_what_to_do(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RefusedError, match=sentence):
        Pair().draft(**changes)
    assert not Convention.objects.exists()


@pytest.mark.slow
def test_both_sign_the_same_text_and_the_resolver_names_it_first() -> None:
    pair = Pair()
    nearer = desk("commune:59512")

    def first() -> int | None:
        return queries.facilitator_for(commune_code="59512", buyer_siren=pair.town.siren).primary.structure_id

    made = pair.proposed()
    ours, theirs = made.parties.all()
    assert first() == nearer.pk
    with pytest.raises(RefusedError, match="a changé"):
        actions.sign_convention(
            by=pair.mayor, party=theirs, sha256="0" * 64, signer_name="A", signer_title="b"
        )
    sign(ours, pair.worker)
    assert first() == nearer.pk
    with pytest.raises(RefusedError, match="déjà signé"):
        sign(ours, pair.worker)
    signature = sign(theirs, pair.mayor)
    made.refresh_from_db()
    assert (made.state, signature.sha256) == ("signee", made.versions.first().sha256)
    assert first() == pair.structure.pk
    assert ask(place=pair.town, by=pair.mayor).structure == pair.structure
    actions.end_convention(
        by=pair.mayor, party=theirs, convention=made, reason="Nous changeons d’organisation.", is_agreed=True
    )
    tomorrow = timezone.localdate() + timedelta(days=1)
    answer = queries.facilitator_for(commune_code="59512", buyer_siren=pair.town.siren, on=tomorrow)
    assert answer.primary.structure_id == nearer.pk


def test_a_text_taken_back_needs_every_signature_again() -> None:
    pair = Pair()
    made = pair.proposed()
    ours, theirs = made.parties.all()
    sign(ours, pair.worker)
    actions.rework_convention(by=pair.worker, convention=made)
    with pytest.raises(RefusedError, match="n’attend pas"):
        sign(theirs, pair.mayor)
    actions.save_convention(
        by=pair.worker, structure=pair.structure, values=values(pair.town, territory="Lille"), convention=made
    )
    actions.propose_convention(by=pair.worker, convention=made)
    sign(theirs, pair.mayor)
    made.refresh_from_db()
    assert made.state == "proposee"
    assert made.versions.get(number=1).signatures.count() == 1
    with pytest.raises(RefusedError, match="signé"):
        actions.delete_convention(by=pair.worker, convention=made)


@pytest.mark.slow
def test_an_import_never_touches_what_was_signed_here(tmp_path: Path) -> None:
    pair = Pair()
    Structure.objects.filter(pk=pair.structure.pk).update(source="structures", source_key="plie:plie du val")
    made = pair.signed()
    path = tmp_path / "structures.csv"
    path.write_text("kind,name,coverage\nplie,PLIE du Val,departement:62\n", encoding="utf-8")
    assert actions.import_structures(source="structures", path=path, by=BY).updated == 1
    assert Convention.objects.filter(pk=made.pk).exists()


def test_a_paper_copy_is_deposited_by_one_and_recognised_by_the_other() -> None:
    pair = Pair()
    made = pair.proposed()
    ours, theirs = made.parties.all()
    signer = {"signer_name": "Alix", "signer_title": "maire"}
    for bad in (b"MZ executable", b"%PDF-1.7 coupe", b""):
        with pytest.raises(RefusedError, match="PDF entier"):
            actions.deposit_copy(by=pair.worker, party=ours, upload=upload(bad), **signer)
    copy = actions.deposit_copy(by=pair.worker, party=ours, upload=upload(), **signer)
    made.refresh_from_db()
    assert made.state == "proposee"
    assert any(
        "copie signée" in mail.subject for mail in OutgoingMail.objects.filter(to_address=pair.mayor.email)
    )
    actions.recognise_copy(by=pair.mayor, party=theirs, copy=copy, **signer)
    made.refresh_from_db()
    assert made.state == "signee"
    assert set(made.versions.first().signatures.values_list("sha256", flat=True)) == {copy.sha256}


@pytest.mark.slow
def test_the_animation_vouches_only_for_a_party_without_a_space() -> None:
    pair = Pair()
    Membership.objects.filter(organisation=pair.town).delete()
    made = pair.proposed()
    ours, theirs = made.parties.all()
    copy = actions.deposit_copy(
        by=pair.worker, party=ours, upload=upload(), signer_name="C", signer_title="d"
    )
    north, south = animator_of(animation("32")), animator_of(animation("93"))
    address = f"/conventions/{made.pk}/parties/{theirs.pk}/confirmer"
    assert as_user(south).post(address, {"copie": copy.pk}).status_code == 404
    assert as_user(pair.worker).post(address, {"copie": copy.pk}).status_code == 403
    assert as_user(north).post(f"/conventions/{made.pk}/signer", {}).status_code == 403
    as_user(north).post(address, {"copie": copy.pk})
    made.refresh_from_db()
    assert made.state == "signee"
    other = Pair().proposed()
    with_space = other.parties.last()
    assert has_space(with_space)
    with pytest.raises(RefusedError, match="a un espace"):
        actions.vouch_for_party(by=north, party=with_space, copy=copy, checker_name="Animation")


@pytest.mark.slow
def test_who_opens_a_convention_and_who_signs_it() -> None:
    pair = Pair()
    made = pair.draft()
    address = f"/conventions/{made.pk}"
    colleague = facilitator_of(pair.structure)
    clerk = buyer_of(pair.town)
    accountant = member(pair.town, role=Role.NETWORK, is_admin=True).user
    strangers = [user(), buyer_of(), Pair().worker, Pair().mayor, animator_of(animation("93"))]
    for inside in (pair.worker, colleague):
        assert as_user(inside).get(address).status_code == 200
    for outside in (pair.mayor, clerk, *strangers):
        assert as_user(outside).get(address).status_code == 404  # a draft is its structure's
    actions.propose_convention(by=pair.worker, convention=made)
    for inside in (pair.worker, colleague, pair.mayor, clerk):
        assert as_user(inside).get(address).status_code == 200
        assert as_user(inside).get(f"{address}/texte.docx").status_code == 200
    assert as_user(accountant).get(address).status_code == 403
    signer = {
        "maniere": "texte", "empreinte": made.versions.first().sha256, "signer_name": "Alix",
        "signer_title": "maire", "has_power": "on",
    }  # fmt: skip
    for outside in strangers:
        assert as_user(outside).get(address).status_code == 404
        assert as_user(outside).post(f"{address}/signer", signer).status_code == 404
        for act in ("proposer", "reprendre", "terminer", "supprimer"):
            assert as_user(outside).post(f"{address}/{act}", {"motif": "x"}).status_code == 404
    for not_manager in (clerk, colleague, accountant):
        assert as_user(not_manager).post(f"{address}/signer", signer).status_code == 403
    assert as_user(pair.mayor).get(f"{address}/modifier").status_code == 403
    assert as_user(pair.mayor).post(f"{address}/reprendre").status_code == 403
    unsure = as_user(pair.mayor).post(f"{address}/signer", signer | {"has_power": ""})
    assert unsure.status_code == 422 and "n’engage pas" in unsure.content.decode()
    assert as_user(pair.mayor).post(f"{address}/signer", signer).status_code == 302
    assert as_user(pair.worker).post(f"{address}/signer", signer).status_code == 302
    made.refresh_from_db()
    assert made.state == "signee"
    Structure.objects.filter(pk=pair.structure.pk).update(organisation=None, proven_at=None)
    assert as_user(pair.worker).get(address).status_code == 404


@pytest.mark.slow
def test_a_copy_is_read_by_the_parties_only_and_always_downloaded() -> None:
    pair = Pair()
    made = pair.proposed()
    copy = actions.deposit_copy(
        by=pair.worker, party=made.parties.first(), upload=upload(), signer_name="C", signer_title="d"
    )
    address = f"/conventions/{made.pk}/copies/{copy.pk}"
    response = as_user(pair.mayor).get(address)
    assert response["Content-Disposition"].startswith("attachment")
    assert b"".join(response.streaming_content) == PDF
    other = Pair()
    wrong = other.proposed()
    assert as_user(other.mayor).get(address).status_code == 404
    assert as_user(other.mayor).get(f"/conventions/{wrong.pk}/copies/{copy.pk}").status_code == 404


@pytest.mark.slow
def test_a_convention_is_written_in_the_form_and_comes_back_whole() -> None:
    pair = Pair()
    client = as_user(pair.worker)
    address = f"/conventions/nouvelle/{pair.structure.pk}/acheteur"
    assert "Rencontrer les équipes" in client.get(address).content.decode()
    fields = {
        "c-title": "Convention 2027", "c-services": ["conseil"], "c-territory": "Nord", "c-valid_from": "2027-01-01",
        "c-has_data_annex": "on", "c-structure_signatory": "Camille", "p-TOTAL_FORMS": "1", "p-INITIAL_FORMS": "0",
        "p-0-name": pair.town.name, "p-0-siren": pair.town.siren, "e-TOTAL_FORMS": "2", "e-INITIAL_FORMS": "0",
        "e-0-party": "0", "e-0-text": "Répondre", "e-0-measure": "delai", "e-0-target": "4,5", "e-1-party": "1",
        "e-1-text": "", "c-structure_share_amount": "1200,50", "p-0-share_amount": "6 000", "p-0-share_for": "un poste",
    }  # fmt: skip
    bad = client.post(address, fields | {"p-0-siren": "123456789"})
    assert (
        bad.status_code == 422
        and "est faux" in bad.content.decode()
        and "Convention 2027" in bad.content.decode()
    )
    assert client.post(address, fields).status_code == 302
    made = Convention.objects.get()
    assert (made.buyer_siren, str(made.commitments.get().target)) == (pair.town.siren, "4.5")
    html = client.get(f"/conventions/{made.pk}/modifier").content.decode()
    assert 'value="Convention 2027"' in html and 'value="Camille"' in html and 'value="4,5"' in html
    assert 'value="6000"' in html and 'value="1200,50"' in html
    text = plain_spaces(made.versions.get().text)
    assert f"| {pair.town.name} | 6 000 € | un poste |" in text and "| Total | 7 200,50 € | |" in text
    assert as_user(Pair().worker).get(address).status_code == 404
    assert client.get(f"/conventions/nouvelle/{pair.structure.pk}/pacte").status_code == 404


@pytest.mark.slow
def test_the_public_reads_parties_and_services_never_a_signatory() -> None:
    pair = Pair()
    hidden = pair.signed(is_public=False)
    assert not public_conventions(pair.structure, on=timezone.localdate())
    Convention.objects.filter(pk=hidden.pk).update(is_public=True)
    html = Client().get(f"/facilitateurs/{pair.structure.slug}").content.decode()
    assert "Conventions signées" in html and "Ville" in html and "Conseiller et assister" in html
    assert "Camille Exemple" not in html and "Alix" not in html
