"""Companies and a buyer before and during a consultation: a question answered for all, the trades consulted, open lots."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from playwright.sync_api import expect

from tests.journeys.visitor import Visitor

BUYER = "acheteur@exemple.invalid"
FACILITATOR = "facilitateur@exemple.invalid"
FEDERATION = "parcours-metiers@exemple.invalid"
CONSULTATION = "Entretien du patrimoine"
QUESTION = "Un salarié déjà en parcours chez nous compte-t-il dès le premier jour ?"
ANSWER = "Oui, si son parcours est en cours au premier jour du marché."


def open_desk(visitor: Visitor) -> None:
    """From the list of purchases to the questions of the published one."""
    visitor.open("/achats")
    visitor.page.get_by_role("link", name=CONSULTATION).click()
    visitor.open(visitor.page.url.removeprefix(visitor.site.url) + "/questions")


def test_a_question_is_drafted_signed_and_read_by_all(new_visitor: Callable[..., Visitor]) -> None:
    company, facilitator, buyer = new_visitor(), new_visitor(), new_visitor()
    page = company.page
    company.open("/opportunites")
    page.get_by_role("link", name="Propreté des salles municipales").click()
    company.check_main_page()
    page.get_by_label("Votre question sur la clause d’insertion").fill(QUESTION)
    page.get_by_role("button", name="Transmettre ma question").click()
    expect(page.get_by_text("Votre question est transmise, sans votre nom")).to_be_visible()
    expect(page.get_by_text(QUESTION)).to_have_count(0)

    facilitator.sign_in(FACILITATOR)
    open_desk(facilitator)
    asked = facilitator.page.get_by_role("article").filter(has_text=QUESTION)
    asked.get_by_label("La réponse").fill(ANSWER)
    asked.get_by_role("button", name="Garder en projet").click()
    expect(facilitator.page.get_by_text("l’acheteur la signera")).to_be_visible()

    buyer.sign_in(BUYER)
    open_desk(buyer)
    buyer.check_main_page()
    drafted = buyer.page.get_by_role("article").filter(has_text=QUESTION)
    expect(drafted.get_by_label("La réponse")).to_have_value(ANSWER)
    drafted.get_by_role("button", name="Signer et publier pour tous").click()
    expect(buyer.page.get_by_text("publiées pour tous", exact=False).first).to_be_visible()

    page.reload()
    expect(page.get_by_role("article").filter(has_text=QUESTION).get_by_text(ANSWER)).to_be_visible()


def ask_the_trades(buyer: Visitor) -> None:
    """Prepare a purchase, say what is shared and with whom, read what will leave, send it."""
    page = buyer.page
    buyer.open("/achats/nouveau")
    page.get_by_label("Objet").fill("Parcours des métiers")
    page.get_by_role("button", name="Créer l’achat").click()
    expect(page.get_by_role("heading", level=1, name="Parcours des métiers")).to_be_visible()
    buyer.open(page.url.removeprefix(buyer.site.url) + "/metiers/nouvelle")
    page.get_by_label("Heures d’insertion estimées").fill("480")
    page.get_by_label("Réponses jusqu’au").fill((date.today() + timedelta(days=20)).isoformat())
    page.get_by_label("Qui consulter").fill(
        f"Fédération du parcours ; {FEDERATION} ; fédération\nBranche muette ; parcours-muet@exemple.invalid ; branche"
    )
    page.get_by_role("button", name="Voir ce qui partira").click()
    expect(page.get_by_text("Voici ce qui partira, au mot près")).to_be_visible()
    buyer.check_main_page()
    page.get_by_role("button", name="Ouvrir la consultation").click()
    expect(page.get_by_text("tous ont reçu le même texte")).to_be_visible()


def test_a_federation_answers_by_its_link_and_reads_everybody_afterwards(
    new_visitor: Callable[..., Visitor],
) -> None:
    buyer, federation = new_visitor(), new_visitor()
    buyer.sign_in(BUYER)
    ask_the_trades(buyer)

    mail = federation.site.wait_for_mail(FEDERATION)
    assert "480" in mail
    link = re.search(r"/metiers/\S+", mail)
    assert link
    federation.open(link[0])
    page = federation.page
    page.get_by_label("Faisable, avec des réserves").check()
    page.get_by_label("Combien d’heures").fill("400")
    page.get_by_label("Vos réserves").fill("Commencer au printemps.")
    page.get_by_label("Note à l’acheteur seul").fill("MOT CONFIDENTIEL")
    federation.check_main_page()
    page.get_by_role("button", name="Envoyer ma réponse").click()
    expect(page.get_by_text("Votre réponse est enregistrée")).to_be_visible()
    buyer.page.reload()
    expect(buyer.page.get_by_text("Commencer au printemps.")).to_have_count(0)

    # The deadline passes, which no page can do.
    federation.site.run(
        "from datetime import timedelta\n"
        "from django.utils import timezone\n"
        "from levier.purchasing.models import TradeConsultation\n"
        "rows = TradeConsultation.objects.filter(title__contains='Parcours des métiers')\n"
        "rows.update(deadline=timezone.localdate() - timedelta(days=1))"
    )
    buyer.page.reload()
    buyer.page.get_by_role("button", name="Publier").click()
    expect(buyer.page.get_by_text("MOT CONFIDENTIEL")).to_be_visible()
    buyer.check_main_page()

    page.reload()
    expect(page.get_by_role("article").filter(has_text="Fédération du parcours")).to_contain_text(
        "Commencer au printemps."
    )
    expect(page.get_by_role("row").filter(has_text="Branche muette")).to_contain_text("pas de réponse")
    expect(page.get_by_text("MOT CONFIDENTIEL")).to_have_count(0)
    federation.check_main_page()
