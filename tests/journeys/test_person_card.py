"""A card opened on a phone: a month disputed, corrected by the facilitator, confirmed by the person, seen on the contract."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.journeys.site import Site
from tests.journeys.visitor import HEIGHT, Visitor

FACILITATOR = "facilitateur@exemple.invalid"
_HELD = f"""
from datetime import date
from decimal import Decimal
from levier.accounts.models import Role, User
from levier.execution import actions as contracts
from levier.execution.cards.answering import make_card
from levier.execution.cards.links import address_of
from levier.execution.declaring import actions as declaring
from levier.execution.declaring.policies import facilitator_desk
from levier.execution.models import DeclarationLine
from levier.execution.people import actions as people
from levier.organisations.models import Organisation
from levier.rulebook.eligibility import Facts, ProofSeen
by = User.objects.get(email="{FACILITATOR}")
own = by.memberships.filter(role=Role.FACILITATOR).earliest("pk").organisation
buyer, holder = (
    Organisation.objects.create(name=name, siren=siren, is_demo=True)
    for name, siren in (("Ville de la carte", "999999801"), ("Entreprise de la carte", "999999802"))
)
contract = contracts.open_contract(
    by=by, buyer=buyer, holder=holder, facilitator=own, members=[],
    commitments=[contracts.CommitmentValues(hours=Decimal(480))],
    values=contracts.ContractValues(title="Contrat de la carte", notified_on=date(2026, 1, 5), starts_on=date(2026, 2, 1),
                                    ends_on=date(2028, 1, 31), departement_code="59"),
)
who = people.add_participant(by=by, follower=own, given_name="Nadia", family_name="Carte", birth_on=date(1990, 5, 4),
                             email="nadia@personne.invalid", is_own_address=True)
people.give_notice(by=by, participant=who, on=date(2026, 3, 1), way="main")
proof = ProofSeen("caf_rsa", issued_on=date(2026, 1, 15), seen_on=date(2026, 2, 20))
facts = Facts(entry_on=date(2026, 3, 2), allocations=frozenset({{"rsa"}}), proofs=(proof,))
entry, _ = people.enter(by=by, participant=who, contract=contract, company=holder, facts=facts, rules="ccag_2021",
                        employer_kind="DIRECT", modality="embauche")
people.decide_entry(by=by, entry=entry, is_valid=True)
commitment, desk = contract.commitments.get(), facilitator_desk(by, contract.pk)
declaring.save_hours(by=by, desk=desk, commitment=commitment, cells={{(entry.pk, date(2026, 4, 1)): Decimal(35)}})
line = DeclarationLine.objects.get(entry=entry.pk)
declaring.accept(by=by, desk=desk, line=line, seen=line.hours)
print(address_of(make_card(by=by, participant=who), by_mail=True).partition("/ma-carte")[2], who.pk, contract.pk)
"""


def test_a_month_disputed_then_confirmed_from_a_card(new_visitor: Callable[..., Visitor], site: Site) -> None:
    card, person, contract = site.run(_HELD).split()[-3:]
    phone, desk = new_visitor(java_script_enabled=False), new_visitor()
    page = phone.page
    page.set_viewport_size({"width": 390, "height": HEIGHT})
    phone.open(f"/ma-carte{card}")
    expect(page.get_by_text("Nadia")).to_have_count(0)
    for label, value in (("Jour", "4"), ("Mois", "5"), ("Année", "1990")):
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Ouvrir ma carte").click()
    expect(page.get_by_role("heading", name="Bonjour Nadia")).to_be_visible()
    page.get_by_role("link", name="Non, ce n’est pas juste").click()
    page.get_by_label("J’ai travaillé moins d’heures").check()
    page.get_by_label("Combien d’heures avez-vous faites ?").fill("28")
    page.get_by_role("button", name="Envoyer ma question").click()
    expect(page.get_by_text("Votre question est partie", exact=True)).to_be_visible()

    desk.sign_in(FACILITATOR)
    desk.open(f"/suivi/personnes/{person}")
    desk.check_main_page()
    desk.page.get_by_label("Réponse que la personne lira").select_option(label="Les heures sont corrigées.")
    desk.page.get_by_role("button", name="Répondre").click()
    expect(desk.page.get_by_text("La réponse est enregistrée")).to_be_visible()

    phone.open("/ma-carte/")
    expect(page.get_by_text("Les heures sont corrigées.")).to_be_visible()
    page.get_by_role("button", name="Oui, c’est juste : 28 h").click()
    expect(page.get_by_text("Vous avez dit : c’est juste")).to_be_visible()

    desk.open(f"/contrats/{contract}")
    expect(desk.page.get_by_role("term").filter(has_text="Confirmées par la personne")).to_be_visible()
    # The pages of the card, as a reader with scripts sees them: axe needs one.
    reader = new_visitor()
    reader.open(f"/ma-carte{card}")
    reader.check_accessible()
    for label, value in (("Jour", "4"), ("Mois", "5"), ("Année", "1990")):
        reader.page.get_by_label(label).fill(value)
    reader.page.get_by_role("button", name="Ouvrir ma carte").click()
    reader.check_main_page()
