"""Each check before export fails on the wrong text, passes on the right one, and names the sentence to change."""

from dataclasses import replace
from datetime import date

import pytest

from levier.clauses.checks import check
from levier.clauses.drafting import draft
from levier.clauses.result import EditedText
from levier.clauses.values import ClauseValues
from levier.rulebook.levers import Facts, HoursRange
from tests.clauses.test_drafting import FULL, SCHOOL
from tests.texts import plain_spaces


def control(code, documents, *, lever="L2112-2", facts=SCHOOL, values=FULL):
    found = {one.code: one for one in check(documents, lever=lever, facts=facts, values=values)}
    return found.get(code)


def ours(lever="L2112-2", *, facts=SCHOOL, values=FULL):
    return list(draft(lever, facts=facts, values=values).documents)


def edited(documents, code, old, new):
    """The same documents, one of them changed by its buyer."""
    made = [
        EditedText(one.code, one.title, plain_spaces(one.markdown).replace(old, new))
        if one.code == code
        else one
        for one in documents
    ]
    assert plain_spaces("".join(one.markdown for one in made)) != plain_spaces(
        "".join(one.markdown for one in documents)
    ), "the sentence to change is no longer in the text"
    return made


def added(documents, code, sentence):
    return [
        EditedText(one.code, one.title, f"{one.markdown}\n\n{sentence}\n") if one.code == code else one
        for one in documents
    ]


@pytest.mark.slow
def test_our_clause_filled_in_passes_every_check_and_is_ready_for_the_lawyer():
    found = draft("L2112-2", facts=SCHOOL, values=FULL)
    assert [one.code for one in found.failed_controls] == []
    assert [one.code for one in found.controls] == [
        "freedom_of_means", "no_local_preference", "announced_in_notice", "proportionate_hours",
        "facilitator_contact", "penalty_amounts", "member_split", "confirmed_rules", "personal_data",
        "buyer_decides",
    ]  # fmt: skip
    assert found.is_ready_for_lawyer
    assert not draft("L2112-2", facts=SCHOOL, values=replace(FULL, buyer="")).is_ready_for_lawyer


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "document", "sentence", "words"),
    [
        ("freedom_of_means", "ccap", "Le titulaire devra obligatoirement recourir à une ETTI.", "librement ses moyens"),
        ("freedom_of_means", "ccap", "Les heures sont faites exclusivement par une entreprise d'insertion.", "exclusivement"),
        ("freedom_of_means", "rc", "Le titulaire doit embaucher en CDI deux personnes.", "CDI est discriminatoire"),
        ("no_local_preference", "ccap", "Les postes vont aux habitants de la commune.", "préférence locale"),
        ("no_local_preference", "rc", "Priorité aux entreprises locales.", "préférence locale"),
        ("no_local_preference", "rc", "Le candidat est implanté dans le département.", "préférence locale"),
        ("contract_criterion", "rc", "Le critère note la politique RSE du candidat.", "417580"),
        ("contract_criterion", "rc", "Le critère ne se limite pas à la politique RSE du candidat.", "417580"),
        ("contract_criterion", "rc", "Un label RSE vaut deux points.", "417580"),
        ("confirmed_rules", "ccap", "La durée est de trois ans [à confirmer].", "retirez la marque"),
        ("confirmed_rules", "ccap", "Voir l'article L9999-1 du code.", "L9999-1"),
        ("personal_data", "ccap", "Joindre les bulletins de paie.", "relevés d’heures"),
        ("buyer_decides", "ccap", "La pénalité est appliquée par le facilitateur.", "Seul l’acheteur"),
    ],
)  # fmt: skip
def test_a_wrong_sentence_is_named_with_what_to_write(code, document, sentence, words):
    documents = ours()
    before = control(code, documents)
    assert before is None or before.is_ok
    found = control(code, added(documents, document, sentence))
    assert found.outcome == "fail"
    (finding,) = found.findings
    assert finding.excerpt == sentence
    assert finding.document == document
    assert words in plain_spaces(finding.advice)


@pytest.mark.parametrize(
    "sentence",
    [
        "Il n’envoie ni bulletin de paie ni numéro de sécurité sociale.",
        "Le critère ne porte ni sur la politique RSE du candidat, ni sur ses labels RSE.",
        "Votre politique sociale générale et vos labels RSE ne sont pas notés.",
        "Aucune condition d'implantation n'est demandée : les entreprises locales ou non répondent.",
    ],
)
def test_a_sentence_that_denies_is_left_alone(sentence):
    documents = added(ours(), "rc", sentence)
    failed = {
        one.code for one in check(documents, lever="L2112-2", facts=SCHOOL, values=FULL) if not one.is_ok
    }
    assert failed == set()


def test_free_means_that_were_cut_out_are_missed():
    documents = edited(ours(), "ccap", "choisit librement ses moyens", "organise ses moyens")
    found = control("freedom_of_means", documents)
    assert found.outcome == "fail"
    assert found.findings[0].place == "Modalités"
    assert "choisit librement" in found.findings[0].advice


@pytest.mark.slow
def test_a_programme_or_overseas_may_speak_of_the_people_of_a_place_never_of_its_companies():
    people, companies = "Les postes vont aux habitants du quartier.", "Priorité aux entreprises locales."
    anru = replace(SCHOOL, programme="anru-2014")
    assert control("no_local_preference", added(ours(), "ccap", people), facts=anru).is_ok
    assert not control("no_local_preference", added(ours(), "ccap", companies), facts=anru).is_ok
    overseas = replace(SCHOOL, territory="974", youth_unemployment_ratio=1.8)
    documents = ours("L2691-1", facts=overseas)
    assert control("no_local_preference", documents, lever="L2691-1", facts=overseas).is_ok


@pytest.mark.parametrize(
    ("lever", "old"),
    [
        ("L2112-2", "une condition sociale d’exécution, fondée sur l’article L2112-2 du"),
        ("R2152-7", "(articles L2152-7 et R2152-7 du code de la commande publique)"),
        ("L2113-12", "article L2113-12 du code de la commande publique ; part"),
    ],
)  # fmt: skip
def test_what_the_notice_does_not_announce_is_missed(lever, old):
    documents = ours(lever)
    assert control("announced_in_notice", documents, lever=lever).is_ok
    found = control("announced_in_notice", edited(documents, "avis", old, "le"), lever=lever)
    assert found.outcome == "fail"
    assert {finding.document for finding in found.findings} == {"avis"}
    none = control("announced_in_notice", [one for one in documents if one.code == "ccap"], lever=lever)
    assert none.findings[0].title == "Avis de publicité"


@pytest.mark.parametrize(
    ("hours", "outcome"), [(889, "ok"), (1000, "ok"), (1240, "ok"), (1241, "fail"), (40, "fail")]
)
def test_hours_are_compared_with_the_calibration_as_they_stand_in_the_text(hours, outcome):
    found = control("proportionate_hours", edited(ours(), "ccap", "1 000 h", f"{hours} h"))
    assert found.outcome == outcome
    if outcome == "fail":
        assert found.findings[0].place == "3. Engagement d’heures"
        assert f"{hours} h" in found.findings[0].excerpt


@pytest.mark.slow
def test_hours_nobody_can_compare_are_neither_right_nor_wrong():
    bare = Facts(contract_kind="travaux", need_amount_ht=1_500_000)
    assert control("proportionate_hours", ours(facts=bare), facts=bare).outcome == "unknown"
    cleaning = replace(bare, contract_kind="services", cpv="90910000")
    asked = control("proportionate_hours", ours(facts=cleaning), facts=cleaning)
    assert asked.outcome == "unknown" and "personnel à reprendre" in str(asked)
    assert (
        control("proportionate_hours", ours(values=ClauseValues()), values=ClauseValues()).outcome
        == "unknown"
    )


@pytest.mark.slow
def test_hours_by_slice_are_compared_on_the_estimate():
    facts = replace(SCHOOL, is_framework=True, max_amount_ht=4e6)
    values = replace(FULL, hours=None, tranche_amount_ht=100_000, trigger_amount_ht=0)
    for tranche, outcome in ((60, "ok"), (600, "fail")):
        given = replace(values, tranche_hours=tranche)
        assert (
            control("proportionate_hours", ours(facts=facts, values=given), facts=facts, values=given).outcome
            == outcome
        )


@pytest.mark.parametrize(
    ("contact", "is_ok"),
    [("Maison de l’emploi, 03 20 00 00 00", True), ("MDE, clause@mde.invalid", True), ("Maison de l’emploi", False), ("", False)],
)  # fmt: skip
def test_the_facilitator_can_be_called(contact, is_ok):
    values = replace(FULL, facilitator=contact, contact="service des marchés")
    found = control("facilitator_contact", ours(values=values), values=values)
    assert found.is_ok is is_ok
    if not is_ok:
        assert found.findings[0].document in {"rc", "ccap"}


@pytest.mark.slow
def test_a_penalty_has_an_amount_and_the_whole_a_cap():
    documents = ours()
    assert control("penalty_amounts", documents).is_ok
    found = control("penalty_amounts", edited(documents, "ccap", "60 € par heure", "une somme par heure"))
    assert "une somme par heure manquante" in found.findings[0].excerpt
    unsaid = ours(values=replace(FULL, penalty_hour=None))
    assert "par heure manquante" in control("penalty_amounts", unsaid).findings[0].excerpt
    without = ours(values=replace(FULL, penalty_cap_rate=None))
    assert "plafond" in control("penalty_amounts", without).findings[0].excerpt
    head, _ = plain_spaces(documents[2].markdown).split("## Article : pénalités")
    gone = [EditedText("ccap", "CCAP", head.replace("pénalités", "suites"))]
    assert "Aucune pénalité n’est écrite" in control("penalty_amounts", gone).findings[0].advice


def test_a_penalty_left_out_by_the_buyer_is_not_missed():
    values = replace(
        FULL, penalty_kinds=("hour",), penalty_proof=None, penalty_final_report=None, penalty_meeting=None
    )
    documents = ours(values=values)
    assert "par jour" not in plain_spaces(documents[2].markdown).split("Article : pénalités")[1]
    assert control("penalty_amounts", documents, values=values).is_ok


def test_the_annex_asks_for_the_share_of_each_member():
    documents = ours()
    assert control("member_split", documents).is_ok
    bare = [EditedText("ae", "Annexe", "Le candidat s'engage à réaliser 480 h d'insertion.\n\nSignature :")]
    assert control("member_split", bare).findings[0].document == "ae"
    assert control("member_split", [one for one in documents if one.code != "ae"]).outcome == "fail"


def test_a_rule_not_confirmed_keeps_the_lawyer_away():
    above = replace(
        SCHOOL, need_amount_ht=12e6, launch_date=date(2026, 12, 1), hours=HoursRange(890, 1000, 1240)
    )
    found = draft("L2112-2", facts=above, values=FULL)
    assert "L2112-2-1 [à confirmer]" in plain_spaces(found.document("avis").markdown)
    assert [one.code for one in found.failed_controls] == ["confirmed_rules"]
    assert not found.is_ready_for_lawyer
    assert {one.code for one in found.rules if one.status == "to_confirm"} == {"L2112-2-1"}
