"""Sentences of buyers' own texts: those a check must name, those it must leave alone; and whole texts of their own."""

from pathlib import Path

import pytest
import yaml

from levier.clauses.checks import check
from levier.clauses.own_texts import controls_of
from levier.clauses.result import EditedText
from tests.clauses.test_drafting import FULL, SCHOOL

BLOCKS = yaml.safe_load((Path(__file__).parents[1] / "cases" / "edited_sentences.yaml").read_text("utf-8"))


_BASE = """### Facilitateur

Le titulaire choisit librement ses moyens. Facilitateur : Maison de l'emploi, 03 20 00 00 00.

### Pénalités

Une pénalité de 60 € est due par heure manquante. Plafond : 5 % du lot.

### Divers
"""


def _findings(document, sentence):
    """What each failed check names in a sound text once the sentence is added to it."""
    text = EditedText(document, "Texte", f"{_BASE}\n\n{sentence}\n")
    found = check([text], lever="L2112-2", facts=SCHOOL, values=FULL, is_in_hours=False)
    asked_elsewhere = {"member_split", "announced_in_notice"}
    return {one.code: one.findings for one in found if not one.is_ok and one.code not in asked_elsewhere}


@pytest.mark.slow
@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block["check"])
def test_each_sentence_to_change_is_named_and_each_harmless_one_left_alone(block):
    missed = []
    for sentence in block["changes"]:
        findings = _findings(block["document"], sentence).get(block["check"], ())
        if [one.excerpt for one in findings] != [sentence] or not findings[0].advice:
            missed.append(sentence)
    alarmed = [sentence for sentence in block["stays"] if _findings(block["document"], sentence)]
    assert (missed, alarmed) == ([], [])


def test_a_sentence_cut_by_a_pdf_or_set_in_bold_is_read_whole():
    cut = "Le titulaire devra obligatoirement\nrecourir à une ETTI."
    (finding,) = _findings("ccap", cut)["freedom_of_means"]
    assert finding.excerpt == "Le titulaire devra obligatoirement recourir à une ETTI."
    assert "no_local_preference" in _findings("rc", "Priorité aux entreprises **locales**.")


def _outcome(code, document, text, lever="L2112-2"):
    found = check([EditedText(document, "Texte", text)], lever=lever, facts=SCHOOL, values=FULL)
    return next(one for one in found if one.code == code)


@pytest.mark.parametrize(
    ("text", "is_ok"),
    [
        ("Clause sociale d'insertion de 480 heures (articles L. 2112-2 et suivants du code).", True),
        ("Une action d'insertion est prévue, en application de l'article L.2112-2 du CCP.", True),
        ("### Clause d'insertion\n\nLe lot 2 est concerné (art. L 2112-2).", True),
        ("Le marché comporte une condition d'exécution environnementale (L2112-2).", False),
        ("Le marché ne comporte aucune clause sociale (L2112-2).", False),
        ("Le marché comporte une clause sociale.", False),
    ],
)
def test_a_notice_announces_in_the_words_of_buyers(text, is_ok):
    assert _outcome("announced_in_notice", "avis", text).is_ok is is_ok


@pytest.mark.parametrize(
    ("text", "is_ok"),
    [
        ("### Facilitateur\n\nMaison de l'emploi, 03-20-00-00-00.", True),
        ("Le facilitateur est le PLIE. On le joint au +262 262 00 00 00.", True),
        ("Le facilitateur est le PLIE.\n\n### Acheteur\n\nService des marchés, 03 20 00 00 00.", False),
    ],
)
def test_the_phone_of_the_buyer_is_not_that_of_the_facilitator(text, is_ok):
    assert _outcome("facilitator_contact", "ccap", text).is_ok is is_ok


@pytest.mark.parametrize(
    ("text", "is_ok"),
    [
        ("Chaque membre du groupement indique le nombre d'heures d'insertion qu'il réalise.", True),
        ("En cas de groupement, préciser la répartition des heures entre les co-traitants.", True),
        ("La répartition des paiements entre les membres du groupement figure en annexe.", False),
        ("Le candidat s'engage à 480 h. Le mandataire est solidaire.", False),
    ],
)
def test_the_annex_asks_the_split_in_the_words_of_buyers(text, is_ok):
    assert _outcome("member_split", "ae", text).is_ok is is_ok


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Le titulaire s'engage à réaliser 5 000 heures d'insertion.", "fail"),
        ("Le titulaire réserve 1 000 heures à des personnes éloignées de l'emploi.", "ok"),
        (
            "### Engagement\n\n| Heures | 1 000 h |\n|---|---|\n\nIl s'engage à 9 000 heures d'insertion.",
            "fail",
        ),
        ("### Engagement\n\n| Durée | 35 h par semaine |\n|---|---|\n| Heures d'insertion | 1 000 h |", "ok"),
    ],
)
def test_the_hours_are_read_in_a_sentence_too(text, outcome):
    assert _outcome("proportionate_hours", "ccap", text).outcome == outcome


@pytest.mark.parametrize(
    ("text", "failed"),
    [
        ("Pénalité : {penalty_hour} par heure. Plafond : {penalty_cap_rate}.", set()),
        ("Une pénalité est due par heure non réalisée, plafonnée à 5 % du lot.", {"penalty_amounts"}),
        ("Une pénalité de 60 € est due par heure non réalisée.", {"penalty_amounts"}),
    ],
)
def test_an_own_text_is_read_for_its_penalties_before_any_value_is_given(text, failed):
    whole = f"Le titulaire choisit librement ses moyens.\n\nFacilitateur : {{facilitator}}\n\n### Pénalités\n\n{text}"
    found = controls_of(whole, "L2112-2", "ccap", "CCAP")
    assert {one.code for one in found if not one.is_ok} == failed
