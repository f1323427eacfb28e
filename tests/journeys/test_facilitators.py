"""A buyer asks from the dossier, the facilitator answers; a structure keeps its page (conventions: test_four_lots)."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.journeys.visitor import Visitor

BUYER = "acheteur@exemple.invalid"
FACILITATOR = "facilitateur@exemple.invalid"
NEED = "Nettoyage de bureaux à Lille, 120 000 € sur 24 mois"


def test_the_directory_and_its_map_are_public_and_accessible(visitor: Visitor) -> None:
    visitor.open("/facilitateurs?lieu=Lille")
    visitor.check_main_page()
    visitor.page.get_by_role("link", name="métropole de Lille").first.click()
    expect(visitor.page.get_by_text("Camille Exemple").first).to_be_visible()
    visitor.check_main_page()
    visitor.page.get_by_label("Votre nom").fill("Alix")
    visitor.page.get_by_label("Votre adresse électronique").fill("alix@exemple.invalid")
    visitor.page.get_by_label("Votre message").fill("Bonjour")
    visitor.page.get_by_role("button", name="Envoyer le message").click()
    expect(visitor.page.get_by_text("Votre message est parti")).to_be_visible()
    visitor.open("/facilitateurs/carte")
    visitor.check_main_page()
    visitor.page.get_by_role("link", name="Grand Est").click()
    expect(visitor.page.get_by_role("heading", name="Les trous")).to_be_visible()
    visitor.check_main_page()
    visitor.open("/facilitateurs?departement=59")
    visitor.check_main_page()
    visitor.open("/facilitateurs/prescripteurs?lieu=Lille")
    visitor.page.get_by_role("button", name="Voir la carte").click()
    # Three networks at the centre of Lille under one mark, which opens their names.
    visitor.page.locator(".leaflet-marker-icon.map-tone-mixed").click()
    expect(visitor.page.locator(".leaflet-popup").get_by_text("Mission locale — Lille")).to_be_visible()
    expect(visitor.page.get_by_text("Chaque marque est au centre de la commune")).to_be_visible()
    visitor.check_main_page()


def test_a_request_from_the_dossier_is_answered_in_time(new_visitor: Callable[..., Visitor]) -> None:
    buyer, worker = new_visitor(), new_visitor()
    buyer.sign_in(BUYER)
    buyer.ask(NEED)
    page = buyer.page
    page.get_by_role("button", name="Demander au facilitateur").click()
    expect(page.get_by_text("Qui recevra votre demande")).to_be_visible()
    buyer.check_main_page()
    page.get_by_label("Votre demande").fill("Combien d’heures demander ?")
    page.get_by_label("J’accepte que").check()
    page.get_by_role("button", name="Envoyer au facilitateur").click()
    expect(page.get_by_text("Votre demande est partie")).to_be_visible()
    address = page.url
    buyer.check_main_page()

    worker.sign_in(FACILITATOR)
    worker.open("/mon-portefeuille")
    worker.check_main_page()
    worker.page.get_by_role("link", name="Nettoyage de bureaux").first.click()
    worker.check_main_page()
    worker.page.get_by_label("Votre mot à l’acheteur").fill("Combien de sites ?")
    worker.page.get_by_role("button", name="Poser la question").click()
    expect(worker.page.get_by_text("Le délai est arrêté", exact=True)).to_be_visible()

    page.goto(address)
    page.get_by_label("Réponse à la question").fill("Trois sites.")
    buyer.check_accessible()
    page.get_by_role("button", name="Envoyer ma réponse").click()
    expect(page.get_by_text("Le délai reprend")).to_be_visible()

    worker.page.reload()
    worker.page.get_by_label("Votre mot à l’acheteur").fill("Nous proposons 900 heures.")
    worker.page.get_by_role("button", name="Prendre en charge").click()
    worker.check_main_page()
    page.reload()
    expect(page.get_by_text("Nous proposons 900 heures.")).to_be_visible()
    buyer.open("/demandes")
    buyer.check_main_page()
    worker.open("/demandes")
    worker.check_main_page()


def test_a_structure_keeps_its_page_and_an_animation_verifies(new_visitor: Callable[..., Visitor]) -> None:
    worker, network, staff = new_visitor(), new_visitor(), new_visitor()
    worker.sign_in(FACILITATOR)
    worker.open("/facilitateurs?lieu=Lille")
    worker.page.get_by_role("link", name="métropole de Lille").first.click()
    worker.page.get_by_role("link", name="Tenir cette page").click()
    worker.check_main_page()
    worker.page.get_by_role("link", name="Ajouter une personne").click()
    worker.check_main_page()

    network.sign_in("reseau@exemple.invalid")
    network.open("/facilitateurs/animation")
    network.check_main_page()
    network.page.get_by_role("link", name="Vérifier").first.click()
    network.check_main_page()
    network.page.get_by_label("Oui, tout est exact").check()
    network.page.get_by_role("button", name="Enregistrer ma vérification").click()
    expect(network.page.get_by_text("votre vérification est enregistrée")).to_be_visible()

    staff.sign_in("moderation@exemple.invalid")
    staff.open("/facilitateurs/animateurs")
    staff.check_main_page()
