"""The house's texts carry versions, quote only registered rules, and change with the trade and the programme."""

from datetime import date

import pytest

from levier.clauses.drafting import documents_of, draft, house_text
from levier.clauses.library import all_texts, fingerprint, manifest, read, version_of
from levier.clauses.own_texts import copy_of, problem_of, shown
from levier.clauses.recipes import RECIPES
from levier.clauses.rules import ARTICLE, marked, register, unmarked
from levier.clauses.trades import all_trades, trade_labels, trade_of
from levier.clauses.values import ClauseError, ClauseValues
from levier.rulebook.levers import Facts
from levier.rulebook.programmes import all_programmes
from tests.texts import plain_spaces


def test_every_text_has_the_version_of_what_it_says():
    known = manifest()
    assert set(known) == all_texts()
    stale = [path for path in known if known[path]["fingerprint"] != fingerprint(path)]
    assert not stale, 'run: python scripts/version_texts.py "what changed"'
    assert all(version_of(path).version >= 1 and version_of(path).change for path in known)
    assert all(isinstance(version_of(path).date, date) for path in known)


def test_every_article_quoted_is_in_the_register_with_its_status_and_source():
    quoted = {match.group(0) for path in all_texts() for match in ARTICLE.finditer(read(path))}
    assert quoted <= set(register())
    assert all(rule.source and rule.status in {"confirmed", "to_confirm"} for rule in register().values())


def test_an_article_not_confirmed_is_marked_once_in_a_text():
    text = marked("Articles L2113-16 et R2691-1 ; l'article R2691-1 ; l'article L2112-2.")
    assert (
        text
        == "Articles L2113-16 [à confirmer] et R2691-1 [à confirmer] ; l'article R2691-1 ; l'article L2112-2."
    )
    assert unmarked(text) == "Articles L2113-16 et R2691-1 ; l'article R2691-1 ; l'article L2112-2."


def test_a_draft_says_the_version_of_every_text_it_is_made_of():
    found = draft("L2112-2", facts=Facts(cpv="45214210", contract_kind="travaux", programme="anru-2014"))
    paths = {version.path for version in found.document("ccap").texts}
    assert {
        "L2112-2/ccap",
        "parts/publics",
        "parts/hours_fixed",
        "trades/works/window",
        "programmes/anru-2014/publics",
    } <= paths
    assert "trades/cleaning/window" not in paths


@pytest.mark.parametrize(
    ("cpv", "trade"),
    [
        ("45214210", "works"), ("90911200", "cleaning"), ("77310000", "green_spaces"), ("45112700", "green_spaces"),
        ("55520000", "catering"), ("71240000", "intellectual_services"), ("30192000", ""), ("", ""),
    ],
)  # fmt: skip
def test_the_trade_comes_from_the_cpv_code(cpv, trade):
    assert trade_of(cpv) == trade


# Trade → (document, what only this trade says).
SAID = {
    "works": [("ccap", "à l’échelle de l’opération"), ("ccap", "accueil sécurité"), ("cctp", "installations communes")],
    "cleaning": [("rc", "Personnel à reprendre"), ("ccap", "liste jointe au dossier"), ("ccap", "fiches de données de sécurité")],
    "green_spaces": [("ccap", "tient compte des saisons"), ("cctp", "programme annuel d’entretien")],
    "catering": [("ccap", "méthode HACCP"), ("ccap", "interrompre le service")],
    "intellectual_services": [("ccap", "l’alternance"), ("ccap", "confidentialité")],
    "framework": [("ccap", "facturée"), ("ccap", "écart, ainsi que les bons de commande"), ("rc", "bons de commande")],
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("trade", sorted(SAID))
def test_each_trade_has_its_own_words_and_no_other(trade):
    assert set(SAID) == set(trade_labels())
    facts = Facts(contract_kind="services", need_amount_ht=300_000)
    texts = {
        code: {
            one.code: plain_spaces(one.markdown)
            for one in draft("L2112-2", facts=facts, trade=code).documents
        }
        for code in SAID
    }
    for document, words in SAID[trade]:
        assert words in texts[trade][document]
        assert [code for code in SAID if words in texts[code][document]] == [trade] or words == "facturée"


def test_a_framework_of_a_trade_speaks_of_both():
    facts = Facts(
        contract_kind="travaux", need_amount_ht=2.4e6, max_amount_ht=4e6, is_framework=True, cpv="45233141"
    )
    ccap = plain_spaces(draft("L2112-2", facts=facts).document("ccap").markdown)
    assert "accueil sécurité du chantier" in ccap
    assert "reconductions comprises" in ccap


def test_intellectual_services_count_in_jobs_once_their_number_is_given():
    facts = Facts(contract_kind="services", need_amount_ht=300_000, cpv="72200000")
    found = draft("L2112-2", facts=facts, values=ClauseValues(headcount=1, annual_hours=1_500, hours=1_500))
    assert found.variant == "heures comptées en emplois"
    assert "équivaut à 1 emploi à temps plein" in plain_spaces(found.document("ccap").markdown)


def test_cleaning_asks_for_the_staff_before_it_counts():
    facts = Facts(contract_kind="services", need_amount_ht=300_000, cpv="90911200")
    assert "takeover_hours" in [gap.name for gap in draft("L2112-2", facts=facts).gaps]
    none = draft("L2112-2", facts=facts, values=ClauseValues(takeover_hours=0))
    assert none.variant == "heures fixes"


@pytest.mark.slow
@pytest.mark.parametrize("programme", [one.key for one in all_programmes()])
def test_each_programme_has_its_own_words(programme):
    facts = Facts(
        contract_kind="travaux", need_amount_ht=3e6, programme=programme, launch_date=date(2016, 5, 2)
    )
    ccap = plain_spaces(draft("L2112-2", facts=facts).document("ccap").markdown)
    without = plain_spaces(draft("L2112-2", facts=Facts(contract_kind="travaux")).document("ccap").markdown)
    assert "L’opération relève du programme" in ccap
    assert "L’opération relève du programme" not in without


def test_a_programme_share_that_ran_out_is_marked():
    def ccap(day):
        facts = Facts(contract_kind="travaux", programme="anru-2014", launch_date=day)
        return plain_spaces(draft("L2112-2", facts=facts).document("ccap").markdown)

    assert "que 5 % au moins" in ccap(date(2020, 5, 4))
    assert "que 5 % [à confirmer] au moins" in ccap(date(2026, 12, 1))


@pytest.mark.parametrize("trade", ["", *(one.code for one in all_trades()), "framework"])
def test_our_own_text_can_be_read_with_its_fields_open(trade):
    for lever in RECIPES:
        for document, _ in documents_of(lever):
            text = house_text(lever, document, trade=trade)
            assert text.strip()
            assert "{part_" not in text
    with pytest.raises(ClauseError, match="métier"):
        house_text("L2112-2", "ccap", trade="boulangerie")
    with pytest.raises(ClauseError, match="document"):
        house_text("L2112-2", "contrat")


@pytest.mark.parametrize("lever", RECIPES)
def test_every_text_of_ours_may_be_copied_read_and_kept(lever):
    """An organisation starts from our text: a slot that only a draft fills would refuse its own copy."""
    for document, _ in documents_of(lever):
        for trade in ("", "cleaning", "framework"):
            copy = copy_of(lever, document, trade)
            assert problem_of(copy, lever) == ""
            assert "{" not in shown(copy, lever)
