"""The words of a payslip are known from those of the papers that speak of one."""

import pytest

from levier.core.payslips import is_named_as_payslip, is_payslip

PAYSLIPS = [
    "BATI EXEMPLE SARL   BULLETIN DE PAIE\nPériode du 01/03/2027",
    "Bulletln de salaire, mars 2027",
    "FICHE DEPAIE mars 2027",
    "Votre fiche : salaire brut 1 800,00, CSG déductible, NETA PAYER 1 400,00",
    "Part salariale 78,68   Part patronale 116,76",
    "… vous aider à faire valoir vos droits, conservez ce bulletin de paie sans limitation de durée",
]
OTHER_PAPERS = {
    "relevé d’agence": "RELEVÉ D’HEURES. Il sert à l’établissement du bulletin de paie ; n’y joignez ni bulletin de paie ni photo.",
    "consigne": "Planning de mars. Pas de bulletin de salaire, jamais votre fiche de paie, sans fiche de paye.",
    "page mal lue": "RELEVÉ D’HEURES "
    + "lundi sept heures chantier de l’école " * 12
    + "\nbulletin de paie et de la facture",
    "facture": "FACTURE. Total HT 6 400,25, TVA 20 %, NET À PAYER 7 680,30 €. Salaire de référence 12,40 € brut.",
    "contrat": "Contrat de mission. Salaire brut : 12,40 € de l’heure. Période d’essai : deux jours. Retraite complémentaire : caisse du bâtiment. "
    "Le prélèvement à la source s’applique. Salaire de base : le minimum conventionnel.",
    "allocation": "Attestation de paiement. Allocation journalière brute 31,59 €, CSG, CRDS, retraite complémentaire, "
    "prélèvement à la source, net imposable, montant net social, assurance chômage.",
    "impôt": "Avis d’impôt sur les revenus. Revenu net imposable. Prélèvement à la source. CSG déductible.",
    "attestation": "L’employeur certifie que la salariée a fait 151,67 h sur le chantier, congés payés et heures supplémentaires compris.",
}


@pytest.mark.parametrize("words", PAYSLIPS)
def test_a_payslip_is_known(words: str) -> None:
    assert is_payslip(words)


@pytest.mark.parametrize("paper", OTHER_PAPERS)
def test_what_only_speaks_of_pay_is_no_payslip(paper: str) -> None:
    assert not is_payslip(OTHER_PAPERS[paper])


def test_the_name_of_a_file_says_it_too() -> None:
    assert is_named_as_payslip("Bulletin_de-paie mars.jpg") and not is_named_as_payslip("releve-mars.jpg")
