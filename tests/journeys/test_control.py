"""A contract in the red: formal notice, observations by link, penalty waived by the buyer, close, attestation verified by anybody."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from playwright.sync_api import expect

from tests.journeys.visitor import Visitor

COMPANY = "titulaire@exemple.invalid"
_CONTRACT = f"""
from datetime import date, timedelta
from decimal import Decimal
from levier.accounts.models import Membership, User
from levier.execution import actions
from levier.execution.control import defaults
from levier.organisations.models import Organisation
from uuid import uuid4
owner = User.objects.get(email="acheteur@exemple.invalid")
helper = User.objects.get(email="facilitateur@exemple.invalid")
town = Membership.objects.filter(user=owner, role="buyer").first().organisation
desk = Membership.objects.filter(user=helper, role="facilitator").first().organisation
holder = Organisation.objects.exclude(pk__in=[town.pk, desk.pk]).order_by("pk").first()
today = date.today()
made = actions.open_contract(
    by=owner, buyer=town, holder=holder, facilitator=desk,
    values=actions.ContractValues(title="Toitures des écoles", notified_on=today - timedelta(400),
        starts_on=today - timedelta(380), ends_on=today - timedelta(5)),
    commitments=[actions.CommitmentValues(hours=Decimal(480))],
    contacts={{"referent": actions.ContactPerson(name="Sasha", email="{COMPANY}")}})
on = (today - timedelta(200)).replace(day=1)
month = actions.record_month(by=helper, participant_id=uuid4(), employer=holder, month=on, worked=Decimal(100))
actions.post_done(by=helper, commitment=made.commitments.get(), month=month, hours=Decimal(60), evidence="declared")
defaults.write_penalties(by=owner, contract=made, article="12.3",
    rules=[{{"kind": "hour", "amount": "50", "requires_notice": False}}])
print(made.pk)
"""


def remind(helper: Visitor, pk: str) -> str:
    """The facilitator sees the red light and reminds the company; the address of the default."""
    page = helper.page
    helper.open("/mon-portefeuille")
    page.get_by_role("link", name="Toitures des écoles : contrat fini, heures manquantes").click()
    expect(page.get_by_text(re.compile(r"60\sh faites sur 480\sh dues"))).to_be_visible()
    helper.open(f"/contrats/{pk}")
    expect(page.locator(".standing-sentence .status")).to_have_text("Terminé, heures manquantes")
    helper.check_main_page()
    page.get_by_role("link", name="Contrôle, difficultés, pénalités").click()
    page.get_by_role("link", name="Relancer le titulaire").click()
    page.get_by_label("Ce que vous écrivez au titulaire").fill("Il manque 420 heures : que prévoyez-vous ?")
    page.get_by_role("button", name="Envoyer la relance").click()
    expect(page.get_by_role("heading", name="Relance")).to_be_visible()
    return page.url


def put_on_notice(owner: Visitor) -> str:
    """The buyer puts the company on notice; the link it receives by mail."""
    page = owner.page
    page.get_by_role("link", name="Mettre en demeure").click()
    page.get_by_label("Ce que vous écrivez au titulaire").fill("Faites les heures dues.")
    page.get_by_label("Observations attendues avant le").fill((date.today() + timedelta(days=2)).isoformat())
    page.get_by_role("button", name="Mettre en demeure").click()
    letter = owner.site.wait_for_mail(COMPANY, saying="/observations/")
    return re.search(r"https?://\S+/observations/\S+", letter)[0]  # type: ignore[index]


def let_the_time_to_answer_pass(owner: Visitor, default: str) -> None:
    """Which no page can do: nothing is proposed before the day promised to the company is over."""
    owner.site.run(
        "from datetime import timedelta\n"
        "from django.utils import timezone\n"
        "from levier.execution.models import DefaultStep\n"
        "past = timezone.localdate() - timedelta(days=1)\n"
        "for kind, deadline in (('mise_en_demeure', past), ('observations', None)):\n"
        f"    DefaultStep.objects.create(procedure_id={default.rpartition('/')[2]}, kind=kind, deadline=deadline,"
        " by_label='Nour', text='Aucune candidature.')"
    )


def sign(visitor: Visitor, name: str, role: str) -> None:
    visitor.page.get_by_label("Votre nom").fill(name)
    visitor.page.get_by_label("Votre qualité").fill(role)


def waive(owner: Visitor) -> None:
    """The buyer waives the penalty with its reason, then closes the procedure."""
    page = owner.page
    page.get_by_role("link", name="Décider", exact=True).click()
    page.get_by_label("Pénalité levée").check()
    page.get_by_label("Motif").fill("Aucune candidature n’a été présentée.")
    sign(owner, "Nour Petit", "directrice")
    page.get_by_role("button", name="Décider").click()
    expect(
        page.get_by_role("heading", name=re.compile("Décision de l’acheteur.*pénalité levée"))
    ).to_be_visible()
    page.get_by_role("link", name="Clore la procédure").click()
    page.get_by_label("Pourquoi la procédure est close").fill("Décidé.")
    page.get_by_role("button", name="Clore la procédure").click()


def test_from_a_red_light_to_an_attestation(new_visitor: Callable[..., Visitor]) -> None:
    helper, owner, company = new_visitor(), new_visitor(), new_visitor()
    pk = helper.site.run(_CONTRACT).split()[-1]
    helper.sign_in("facilitateur@exemple.invalid")
    owner.sign_in("acheteur@exemple.invalid")
    default = remind(helper, pk)
    owner.page.goto(default)
    company.page.goto(put_on_notice(owner))
    company.page.get_by_label("Vos observations").fill("Aucune candidature ne nous a été présentée.")
    sign(company, "Sasha Lambert", "conducteur de travaux")
    company.page.get_by_role("button", name="Envoyer nos observations").click()
    expect(company.page.get_by_text("Vos observations sont reçues").first).to_be_visible()

    let_the_time_to_answer_pass(owner, default)
    helper.page.goto(default)
    helper.page.get_by_role("link", name="Proposer un calcul").click()
    helper.page.get_by_role("button", name="Proposer un calcul").click()
    expect(helper.page.get_by_text("21 000 €").first).to_be_visible()
    owner.page.goto(default)
    waive(owner)

    owner.open(f"/contrats/{pk}/cloture")
    page = owner.page
    page.get_by_text("Clore le contrat").first.click()
    page.get_by_label("Pourquoi clore").fill("Le chantier est fini.")
    sign(owner, "Nour Petit", "directrice")
    page.get_by_role("button", name="Clore le contrat").click()
    page.get_by_role("button", name="Délivrer l’attestation").click()
    address = page.get_by_role("link", name=re.compile("attestations")).get_attribute("href")
    company.page.goto(address or "")
    expect(company.page.get_by_text("Valable", exact=True)).to_be_visible()
    company.check_main_page()
