"""A buyer prepares a purchase from its need, names its people and hands it over; the facilitator finds it."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.journeys.visitor import Visitor

BUYER = "acheteur@exemple.invalid"
FACILITATOR = "facilitateur@exemple.invalid"
NEED = "Nettoyage de bureaux à Roubaix, 120 000 € sur 24 mois"


def name_people(visitor: Visitor, member: str, substitute: str) -> None:
    """The colleague with an account, and a substitute without one."""
    page = visitor.page
    first, second = page.get_by_role("group", name="Référent"), page.get_by_role("group", name="Suppléant")
    first.get_by_label("Un membre de l’organisation").select_option(label=member)
    second.get_by_label("Nom").fill(substitute)
    second.get_by_label("Téléphone").fill("01 99 00 00 01")
    visitor.check_main_page()
    page.get_by_role("button", name="Enregistrer les contacts").click()
    expect(page.get_by_text(substitute)).to_be_visible()


def write_lots(buyer: Visitor) -> None:
    """Add one, remove the first, put it back."""
    page = buyer.page
    page.get_by_role("link", name="Ajouter un lot").click()
    page.get_by_label("Objet du lot").fill("Nettoyage des vitres")
    page.get_by_label("Montant estimé, hors taxes (€)").fill("20 000")
    buyer.check_main_page()
    page.get_by_role("button", name="Ajouter le lot").click()
    expect(page.get_by_text("Code CPV proposé d’après l’objet")).to_be_visible()
    page.get_by_role("button", name="Retirer le lot 1").click()
    expect(page.get_by_role("heading", name="1. Nettoyage des vitres")).to_be_visible()
    page.get_by_text("Lots retirés").click()
    page.get_by_role("button", name="Remettre").click()
    expect(page.get_by_role("heading", name="2. Nettoyage des vitres")).to_be_visible()


def test_a_purchase_goes_from_the_dossier_to_its_facilitator(new_visitor: Callable[..., Visitor]) -> None:
    buyer, facilitator = new_visitor(), new_visitor()
    page = buyer.page
    buyer.sign_in(BUYER)
    buyer.ask(NEED)
    page.get_by_role("button", name="Préparer cet achat").click()
    page.wait_for_url("**/achats/*")
    expect(page.get_by_role("heading", name="1. Nettoyage de bureaux")).to_be_visible()
    buyer.check_main_page()

    write_lots(buyer)
    page.get_by_role("link", name="Modifier les contacts").click()
    name_people(buyer, "Alix Exemple", "Sasha Exemple")
    page.get_by_role("link", name="Confier l’achat").click()
    buyer.check_main_page()
    page.get_by_label("Guichet clause sociale").check()
    page.get_by_label("Un mot pour la structure").fill("Réponse avant la fin du mois, merci.")
    page.get_by_role("button", name="Confier l’achat").click()
    expect(page.get_by_text("doit étudier chaque lot")).to_be_visible()
    buyer.check_main_page()

    helper = facilitator.page
    facilitator.sign_in(FACILITATOR)
    facilitator.site.wait_for_mail(FACILITATOR, saying="Réponse avant la fin du mois")
    facilitator.open("/achats?tour=facilitateur")
    facilitator.check_main_page()
    helper.get_by_role("link", name="Nettoyage de bureaux").click()
    expect(helper.get_by_role("heading", name="À vous de jouer")).to_be_visible()
    expect(helper.get_by_role("link", name="Ajouter un lot")).to_have_count(0)
    helper.get_by_role("link", name="Modifier les contacts").click()
    name_people(facilitator, "Camille Exemple", "Claude Exemple")
    with helper.expect_download() as kept:
        helper.get_by_role("link", name="PDF de la note de passation").click()
    assert kept.value.suggested_filename.endswith(".pdf")
    # The studies of the lots have their own journey: nothing is proposed before them.
    helper.get_by_role("button", name="Proposer à l’acheteur").click()
    expect(helper.get_by_text("Il manque l’étude de ces lots : 1, 2.")).to_be_visible()


def test_a_consultation_is_read_before_anything_is_created(new_visitor: Callable[..., Visitor]) -> None:
    buyer = new_visitor()
    page = buyer.page
    buyer.sign_in(BUYER)
    buyer.open("/achats/importer")
    buyer.check_main_page()
    content = b"Lot;Objet du lot;Montant HT;CPV\n1;Vitres;50000;90911300\n2;Sols;cher;90919200\n"
    page.locator("#fichier").set_input_files(
        {"name": "Écoles.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Lire le fichier").click()
    expect(page.get_by_text("Ligne 3, « Sols »")).to_be_visible()
    buyer.check_main_page()
    page.get_by_role("link", name="Continuer avec 1 lot").click()
    expect(page.get_by_label("Objet")).to_have_value("Écoles")
    buyer.check_main_page()
    page.get_by_role("button", name="Créer l’achat").click()
    expect(page.get_by_role("heading", name="1. Vitres")).to_be_visible()
