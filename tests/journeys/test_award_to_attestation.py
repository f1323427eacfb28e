"""One contract from award to attestation: three companies, two structures of insertion, and what goes wrong on the way.

An hour disputed and corrected, a subcontractor's late month, a person who leaves the RSA and her QPV in month five, eight weeks without
a candidate, a penalty waived. Each act is done on the pages by whom it belongs to; only the time that passes is written aside.
"""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from levier.organisations.identifiers import is_valid_siren
from levier.rulebook.months import add_months, first_of
from tests.journeys.site import Site
from tests.journeys.test_control import let_the_time_to_answer_pass, sign, waive
from tests.journeys.test_declared_hours import COMPANY, FACILITATOR, enter_by_code, send_the_link
from tests.journeys.visitor import Visitor

BUYER, SUBCONTRACTOR = "acheteur@exemple.invalid", "peinture@exemple.invalid"
TITLE = "Médiathèque des Quatre-Vents"
HOLDER, CO_CONTRACTOR, PAINTERS = "Gros œuvre des Vents", "Façades des Vents", "Peinture des Vents"
EI, ETTI = "Chantiers insertion des Vents", "Intérim insertion des Vents"
SIREN = dict(
    zip(
        (HOLDER, CO_CONTRACTOR, PAINTERS, EI, ETTI),
        [str(one) for one in range(100_000_100, 100_000_160) if is_valid_siren(str(one))],
        strict=False,
    )
)
TODAY = date.today()
# Six whole months: the first one of the contract, the fifth one, the sixth one.
FIRST, FIFTH, SIXTH = (add_months(first_of(TODAY), -ago) for ago in (6, 2, 1))
DRY_SINCE = TODAY - timedelta(days=57)
# Hers alone: another journey of the same site would make it a shared address, which proves nothing.
HER_MAIL = "nadia.vent@personne.invalid"
# What the contractor never reads of Nadia.
CATEGORY = re.compile(r"\b(RSA|QPV|minima)\b", re.IGNORECASE)

_FIVE_MONTHS = f"""
from datetime import date, timedelta
from decimal import Decimal
from levier.accounts.models import Membership, Role, User
from levier.execution.declaring import actions as declaring
from levier.execution.declaring.policies import facilitator_desk
from levier.execution.models import Contract, DeclarationLine, Entry, LineState
from levier.execution.people import actions as people
from levier.execution.people.scope import acting
from levier.organisations.models import Organisation
from levier.rulebook.eligibility import Facts, ProofSeen
from levier.rulebook.months import add_months
first, by = date.fromisoformat("{FIRST}"), User.objects.get(email="{FACILITATOR}")
contract = Contract.objects.get(title="{TITLE}")
firm = lambda name: Organisation.objects.get(name=name)
Membership.objects.create(user=User.objects.get(email="{COMPANY}"), organisation=contract.holder, role=Role.CONTRACTOR, is_admin=True)
desk, own = facilitator_desk(by, contract.pk), contract.facilitator
with acting(followers=[own.pk]):
    hours = {{Entry.objects.get(contract=contract).pk: ("{HOLDER}", 5)}}
proof = ProofSeen("caf_rsa", issued_on=first - timedelta(10), seen_on=first)
facts = Facts(entry_on=first, allocations=frozenset({{"rsa"}}), proofs=(proof,))
for given, name, kind, modality, months in (
    ("Teddy", "{CO_CONTRACTOR}", "DIRECT", "embauche", 6), ("Lou", "{PAINTERS}", "DIRECT", "embauche", 5),
    ("Odile", "{EI}", "EI", "sous-traitance", 6), ("Malik", "{ETTI}", "ETTI", "etti", 6),
):
    who = people.add_participant(by=by, follower=own, given_name=given, family_name="Vent", birth_on=date(1985, 3, 4))
    people.give_notice(by=by, participant=who, on=first, way="main")
    entry, _ = people.enter(by=by, participant=who, contract=contract, company=firm(name), facts=facts, rules="ccag_2021",
                            employer_kind=kind, modality=modality)
    people.decide_entry(by=by, entry=entry, is_valid=True)
    hours[entry.pk] = (name, months)
for one in contract.commitments.select_related("contractor"):
    is_shared = one.contractor.name == "{CO_CONTRACTOR}"
    cells = {{(key, add_months(first, rank)): Decimal(70) for key, (name, months) in hours.items()
             if (name == "{CO_CONTRACTOR}") == is_shared for rank in range(months)}}
    declaring.save_hours(by=by, desk=desk, commitment=one, cells=cells)
    for line in DeclarationLine.objects.filter(declaration__commitment=one, state=LineState.WAITING):
        declaring.accept(by=by, desk=desk, line=line, seen=line.hours, reason="verifie")
"""
_EIGHT_WEEKS_PASS = f"""
from datetime import date, timedelta
from levier.execution.models import Contract
contract = Contract.objects.get(title="{TITLE}")
contract.positions.update(published_on=date.fromisoformat("{DRY_SINCE}"))
Contract.objects.filter(pk=contract.pk).update(ends_on=date.fromisoformat("{TODAY}") - timedelta(days=1))
"""


def fill(page: Page, values: dict[str, str | date], *, send: str) -> None:
    """Fields by their name, then the button."""
    for name, value in values.items():
        field = page.locator(f"[name={name}]:not([type=hidden])").first
        if field.evaluate("(one) => one.tagName") == "SELECT":
            field.select_option(str(value))
        else:
            field.fill(str(value), force=True)
    page.get_by_role("button", name=send, exact=True).click()


def award(buyer: Visitor) -> str:
    """The contract with its group, then a subcontractor and two structures of insertion; gives its address."""
    page = buyer.page
    buyer.open("/contrats/nouveau")
    page.get_by_text("Groupement : cotraitants et parts écrites").click()
    fill(
        page,
        {
            "holder_siren": SIREN[HOLDER], "holder_name": HOLDER, "referent_name": "Sacha Exemple",
            "referent_email": COMPANY, "member1_siren": SIREN[CO_CONTRACTOR], "member1_name": CO_CONTRACTOR,
            "member1_share": "25", "title": TITLE, "facilitator_siren": "999999702",
            "notified_on": FIRST - timedelta(days=30), "starts_on": FIRST, "ends_on": TODAY + timedelta(days=60),
            "hours": "6000", "reporting_period": "mois",
        },
        send="Ouvrir le contrat",
    )  # fmt: skip
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    address = page.url.removeprefix(buyer.site.url)
    for name, email in ((PAINTERS, SUBCONTRACTOR), (EI, ""), (ETTI, "")):
        page.get_by_role("link", name="Ajouter un sous-traitant").click()
        fill(page, {"siren": SIREN[name], "name": name, "email": email}, send="Ajouter")
    expect(page.get_by_role("definition").filter(has_text=ETTI)).to_be_visible()
    return address


def welcome(desk: Visitor) -> str:
    """Nadia, told about her data, enters in month one under RSA and QPV; gives the address of her sheet."""
    page = desk.page
    desk.open("/suivi/personnes/nouvelle")
    who = {"given_name": "Nadia", "family_name": "Vent", "birth_on": "1990-05-04", "email": HER_MAIL}
    page.get_by_label("La personne m’a donné elle-même cette adresse").check()
    fill(page, who, send="Créer la fiche")
    page.get_by_text("J’ai remis la note d’information").click()
    fill(page, {"on": FIRST, "way": "main"}, send="Enregistrer")
    sheet = page.url.removeprefix(desk.site.url)
    page.get_by_role("link", name="Écrire une entrée").click()
    page.get_by_label("Contrat et entreprise qui déclare").select_option(label=f"{TITLE} · {HOLDER}")
    page.get_by_label("RSA", exact=True).check()
    fill(
        page,
        {
            "entry_on": FIRST, "employer_kind": "DIRECT", "modality": "embauche", "qpv": "oui", "proof_kind": "caf_rsa",
            "proof_issued_on": FIRST - timedelta(days=10), "proof_seen_on": FIRST,
        },
        send="Enregistrer l’entrée",
    )  # fmt: skip
    page.get_by_role("button", name="Valider l’entrée").click()
    expect(page.get_by_text("RSA").first).to_be_visible()
    return sheet


def declare(phone: Visitor, address: str, email: str, person: str, hours: str) -> None:
    """The company's month, by its link and a code."""
    enter_by_code(phone, address, email)
    phone.page.get_by_label(f"Heures faites, {person}").fill(hours)
    phone.page.get_by_role("button", name="Envoyer au facilitateur").click()
    expect(phone.page.get_by_text("Votre mois est envoyé")).to_be_visible()


def accept_the_green_line(desk: Visitor, grid: str, row: str) -> None:
    """The only line that waits has no remark."""
    desk.open(grid)
    expect(desk.page.get_by_role("row", name=row)).to_be_visible()
    desk.page.get_by_role("button", name="Accepter la ligne sans remarque").click()
    expect(desk.page.get_by_text("1 ligne acceptée")).to_be_visible()


def open_the_card(page: Page, address: str) -> None:
    page.goto(address)
    for label, value in (("Jour", "4"), ("Mois", "5"), ("Année", "1990")):
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Ouvrir ma carte").click()


def dispute_then_confirm(desk: Visitor, phone: Visitor, sheet: str) -> None:
    """Nadia says 70 hours instead of 72 from her printed card; the facilitator corrects; she confirms by the link her mail received."""
    desk.open(sheet)
    desk.page.get_by_role("button", name="Préparer la note et la carte").click()
    if not desk.page.url.endswith("/carte"):
        desk.page.get_by_role("link", name="Imprimer la note et la carte").click()
    card = desk.page.get_by_text(re.compile(r"^http\S+/ma-carte/")).inner_text()
    page = phone.page
    open_the_card(page, card)
    month = page.locator("section", has=page.locator(f"#mois-{SIXTH:%Y-%m}"))
    month.get_by_role("link", name="Non, ce n’est pas juste").click()
    page.get_by_label("J’ai travaillé moins d’heures").check()
    page.get_by_label("Combien d’heures avez-vous faites ?").fill("70")
    page.get_by_role("button", name="Envoyer ma question").click()
    desk.open(sheet)
    desk.page.get_by_label("Réponse que la personne lira").select_option(label="Les heures sont corrigées.")
    desk.page.get_by_role("button", name="Répondre").click()
    expect(desk.page.get_by_text("La réponse est enregistrée")).to_be_visible()
    told = re.search(r"http\S+/ma-carte/\S+", phone.site.wait_for_mail(HER_MAIL, saying="Une réponse"))
    assert told
    open_the_card(page, told[0])
    month.get_by_role("button", name="Oui, c’est juste : 70 h").click()
    expect(month.get_by_text("Vous avez dit : c’est juste")).to_be_visible()


def look_for_a_candidate(company: Visitor, contract: str) -> None:
    """A post opened; nobody comes for eight weeks, which are printed, and told as a difficulty."""
    page = company.page
    company.open(f"{contract}/postes/nouveau")
    fill(
        page,
        {
            "trade": "Agent de chantier", "place": "Gare, ligne 2", "starts_on": TODAY, "employer_kind": "DIRECT",
            "modality": "embauche", "contact_name": "Sacha", "contact_email": COMPANY, "backup_name": "Andrea",
            "backup_email": "travaux@exemple.invalid",
        },
        send="Publier le poste",
    )  # fmt: skip
    expect(page.get_by_text("Le poste est publié")).to_be_visible()
    company.site.run(_EIGHT_WEEKS_PASS)
    company.open(f"{contract}/sans-candidat")
    expect(page.get_by_text("Ce retard ne vient pas de l’entreprise")).to_be_visible()
    expect(page.get_by_text("Depuis 8 semaines")).to_be_visible()
    company.check_main_page()
    company.open(f"{contract}/controle/difficulte")
    page.get_by_label("Aucune candidature présentée").check()
    fill(page, {"since_on": DRY_SINCE}, send="Signaler")
    expect(page.get_by_text("Aucune candidature présentée")).to_be_visible()


def penalty_waived(buyer: Visitor, desk: Visitor, company: Visitor, contract: str) -> str:
    """Reminder, notice, observations by link, a proposal without the eight weeks, then the buyer's word; gives the address."""
    buyer.open(f"{contract}/controle/penalites")
    fill(buyer.page, {"article": "12.3", "hour_amount": "20"}, send="Enregistrer")
    desk.open(f"{contract}/controle/defaut")
    fill(desk.page, {"text": "Il manque des heures."}, send="Envoyer la relance")
    expect(desk.page.get_by_role("heading", name="Relance")).to_be_visible()
    default = desk.page.url.removeprefix(desk.site.url)
    already = len(buyer.site.mails_to(COMPANY))
    buyer.open(f"{default}/mise_en_demeure")
    fill(
        buyer.page, {"text": "Faites les heures dues.", "deadline": TODAY + timedelta(days=2)}, send="Mettre en demeure"
    )  # fmt: skip
    letter = buyer.site.wait_for_mail(COMPANY, already, saying="/observations/")
    company.page.goto(re.search(r"https?://\S+/observations/\S+", letter)[0])  # type: ignore[index]
    company.page.get_by_label("Vos observations").fill(
        "Huit semaines sans candidature : nous joignons la page."
    )
    sign(company, "Sacha Exemple", "conducteur de travaux")
    company.page.get_by_role("button", name="Envoyer nos observations").click()
    expect(company.page.get_by_text("Vos observations sont reçues").first).to_be_visible()
    let_the_time_to_answer_pass(buyer, default)
    desk.open(f"{default}/proposition")
    expect(desk.page.get_by_label("Heures non imputables au titulaire")).not_to_have_value("")
    expect(desk.page.get_by_label("Pourquoi")).to_have_value(re.compile("8 semaines"))
    desk.page.get_by_role("button", name="Proposer un calcul").click()
    buyer.open(default)
    buyer.page.get_by_text("D’où vient ce montant ?").click()
    expect(buyer.page.get_by_text("non imputables au titulaire : 8 semaines")).to_be_visible()
    waive(buyer)
    return default


def close_and_attest(buyer: Visitor, contract: str) -> str:
    """Gives the public address of the attestation."""
    page = buyer.page
    buyer.open(f"{contract}/cloture")
    page.get_by_text("Clore le contrat").first.click()
    page.get_by_label("Pourquoi clore").fill("Le chantier est fini.")
    sign(buyer, "Nour Petit", "directrice")
    page.get_by_role("button", name="Clore le contrat").click()
    page.get_by_role("button", name="Délivrer l’attestation").click()
    address = page.get_by_role("link", name=re.compile("attestations")).get_attribute("href")
    assert address
    return address


def words_of(content: bytes) -> str:
    """What a page or a file says; a workbook and a Word document are folders of texts."""
    if not content.startswith(b"PK"):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as folder:
        return " ".join(folder.read(name).decode(errors="ignore") for name in folder.namelist())


def check_it_never_learns_why(company: Visitor, contract: str, default: str) -> None:
    """Every page and file of the contractor, read whole."""
    ledger = ("/ecritures.csv", "/ecritures.xlsx", "/modele.xlsx", "/bilan.docx")
    pages = ("", "/declarer", "/confirmer", "/controle", "/cloture", "/sans-candidat", "/fichier", *ledger)
    for address in (*(contract + one for one in pages), default, "/contrats", "/contrats/mon-mois", "/contrats/liste.csv",
                    "/suivi/postes"):  # fmt: skip
        answer = company.page.context.request.get(company.site.url + address)
        assert answer.ok, f"{address}: {answer.status}"
        found = CATEGORY.search(words_of(answer.body()))
        assert not found, f"{address}: {found}"


def check_the_ledger(site: Site, folder: Path) -> None:
    """Exported, it holds; one figure changed by hand, it does not."""
    export = folder / "grand-livre.jsonl"
    said = site.command("ledger", "export", "--out", str(export))
    head = re.search(r"Empreinte générale : (\w+)", said)[1]  # type: ignore[index]
    assert "Le fichier tient" in site.command("ledger", "verify", str(export), "--head", head)
    whole = export.read_text()
    export.write_text(whole.replace("70.00", "71.00", 1))
    assert export.read_text() != whole
    with pytest.raises(AssertionError, match=r"[Ll]igne \d+"):
        site.command("ledger", "verify", str(export))


@pytest.mark.slow
def test_one_contract_from_award_to_attestation(
    new_visitor: Callable[..., Visitor], site: Site, tmp_path: Path
) -> None:
    buyer, desk, company, phone, anybody = (new_visitor() for _ in range(5))
    for visitor, email in ((buyer, BUYER), (desk, FACILITATOR), (company, COMPANY)):
        visitor.sign_in(email)
    contract = award(buyer)
    sheet, grid = welcome(desk), f"/suivi{contract}/grille"
    site.run(_FIVE_MONTHS)

    # Month five: she leaves both. Nothing is to write, and her window stands.
    desk.open(sheet)
    expect(desk.page.get_by_text("Une situation qui change ensuite n’y change rien")).to_be_visible()
    # Month six: the holder declares; the subcontractor, who is late, is seen by whoever follows the contract.
    desk.open(grid)
    declare(phone, send_the_link(desk), COMPANY, "Nadia V.", "72")
    accept_the_green_line(desk, grid, "Nadia")
    late = desk.page.get_by_role("paragraph").filter(has_text="mois manquant")
    expect(late).to_contain_text(PAINTERS)
    dispute_then_confirm(desk, anybody, sheet)
    desk.open(grid)
    declare(phone, send_the_link(desk, SUBCONTRACTOR), SUBCONTRACTOR, "Lou V.", "63")
    company.open(f"{contract}/confirmer")
    company.page.get_by_role("button", name="Confirmer les heures de Lou V.").click()
    expect(company.page.get_by_text("Heures confirmées.")).to_be_visible()
    accept_the_green_line(desk, grid, "Lou")
    expect(late).to_have_count(0)
    buyer.open(contract)
    # Six months of five people, 70 hours each, but 63 of Lou in the last one.
    expect(buyer.page.locator(".measures")).to_contain_text("2\u202f093")
    for level in ("Confirmées par la personne", "Confirmées par un tiers"):
        expect(buyer.page.get_by_role("term").filter(has_text=level)).to_be_visible()

    look_for_a_candidate(company, contract)
    default = penalty_waived(buyer, desk, company, contract)
    attestation = close_and_attest(buyer, contract)
    anybody.page.goto(attestation)
    expect(anybody.page.get_by_text("Valable", exact=True)).to_be_visible()
    check_it_never_learns_why(company, contract, default)
    check_the_ledger(site, tmp_path)
