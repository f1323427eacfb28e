"""A facilitator takes a spreadsheet over, undoes it, takes it again; the hours show in the grid and in the ledger."""

from collections.abc import Callable

from playwright.sync_api import expect

from levier.organisations.identifiers import is_valid_siren
from tests.journeys.visitor import Visitor

FACILITATOR = "facilitateur@exemple.invalid"


def sheet() -> bytes:
    """Two people, a line nobody can read, and the numbers that must go."""
    buyer, holder = [
        str(number) for number in range(100_000_000, 100_000_030) if is_valid_siren(str(number))
    ][:2]
    head = (
        "N° de marché;Objet du marché;Acheteur;SIREN acheteur;Titulaire;SIREN titulaire;Début du marché;Fin du marché;"
        "Heures à réaliser;Nom;Prénom;Date de naissance;N° Sécu;janv. 2026;févr. 2026\n"
    )
    common = f"R-7;Toiture de la halle;Ville de Reprise;{buyer};Toitures Reprise;{holder};01/01/2026;31/12/2026;300"
    return (
        f"{head}{common};SAVATE;Ulysse;04/05/1990;190055912345678;35,5;40\n"
        f"{common};BOURDON;Fleur;12/09/1985;285095912345678;;20\n"
        f"{common};CORBEAU;Iris;;;douze;\n"
    ).encode()


def test_a_spreadsheet_is_taken_over_undone_and_taken_again(new_visitor: Callable[..., Visitor]) -> None:
    visitor = new_visitor()
    page = visitor.page
    visitor.sign_in(FACILITATOR)
    visitor.open("/contrats")
    page.get_by_role("link", name="Reprendre un tableau").click()
    for turn in ("first", "again"):
        page.get_by_label("Votre tableau de suivi").set_input_files(
            {"name": "suivi.csv", "mimeType": "text/csv", "buffer": sheet()}
        )
        page.get_by_role("button", name="Lire ce tableau").click()
        expect(page.get_by_text("« N° Sécu »")).to_be_visible()
        expect(page.get_by_text("n’est pas un nombre d’heures")).to_be_visible()
        if turn == "first":
            visitor.check_main_page()
        page.get_by_role("button", name="Reprendre ces 3 lignes").click()
        expect(page.get_by_text("C’est écrit")).to_be_visible()
        if turn == "first":
            page.get_by_role("button", name="Annuler toute cette reprise").click()
            expect(page.get_by_text("3 écritures inverses passées")).to_be_visible()
            page.get_by_role("link", name="Reprendre de nouveau un tableau").click()
    page.get_by_role("link", name="Voir mes contrats").click()
    page.get_by_role("link", name="Toiture de la halle").click()
    expect(page.get_by_text("95,5", exact=False).first).to_be_visible()
    page.get_by_role("link", name="Saisir et décider les heures").click()
    page.goto(page.url + "?jusqu=2026-02")
    expect(page.get_by_label("Ulysse SAVATE, 01/2026")).to_have_value("35,5")
