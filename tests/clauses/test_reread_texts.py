"""What a jurist of a town hall and a facilitator struck out when they read the texts whole, and what they wrote instead."""

import re
from dataclasses import replace

from levier.clauses.drafting import OwnText, draft
from tests.clauses.test_drafting import FULL, SCHOOL
from tests.clauses.test_reading_grid import CASES, TRADES, WHOLE, _draft, _facts
from tests.texts import plain_spaces


def test_no_text_speaks_with_the_words_of_another() -> None:
    """A lot of a contract without lots, a proportion nobody set, works in a kitchen: what a lawyer strikes out first."""
    odd = {
        "lots of a contract without any": (
            r"-unsplit$",
            "L2113-10 L2111-1 R2111-1",
            r"(?i)\blots?\b|d’autre lot",
        ),
        "a proportion the social economy has not": (
            r"^L2113-15·",
            "",
            r"cette proportion|au moins la moitié",
        ),
        "a building site in a kitchen": (
            r"^R2123-1·(?:catering|cleaning|intellectual)",
            "",
            r"(?<!atelier et )chantier",
        ),
        "no hours, stated": (r".", "", r"\b0 h\b"),
        "an attendance sheet without names": (r".", "", r"émargement"),
        "an instruction left in the text": (r".", "", r"(?m)^(?!>).*\bL’acheteur décrit ici"),
    }
    found = []
    for what, (cases, apart, words) in odd.items():
        for case in (
            one for one in CASES if re.search(cases, one) and one.split("·")[0] not in apart.split()
        ):
            for document in _draft(case).documents:
                # What was typed is the buyer's.
                text = re.sub(r"« (?:lot|Lot)[^»]*»", "", plain_spaces(document.markdown))
                found += [(what, case, document.code, hit) for hit in re.findall(words, text)]
    assert found == []


def test_what_ends_early_or_is_upkeep_or_an_action_is_counted_as_such() -> None:
    fixed = plain_spaces(_draft("L2112-2·works").document("ccap").markdown)
    assert "heures dues sont réduites à proportion du montant" in fixed
    upkeep = plain_spaces(_draft("L2112-2·green_spaces-upkeep").document("ccap").markdown)
    assert (
        "10 % [à confirmer] au moins des heures travaillées dans les marchés liés à la gestion urbaine"
        in upkeep
    )
    action = _draft("L2112-2·action")
    contract = plain_spaces(action.document("ccap").markdown)
    assert action.variant == "condition sociale sans heures"
    assert (
        "1 000 € pour l’action entière" in contract
        and "Aucun nombre d’heures d’insertion n’est demandé" in contract
    )
    facts = _facts("L2691-1", TRADES["works"], territory="974")
    young = draft("L2691-1", facts=facts, values=replace(WHOLE, territory="Saint-Denis (La Réunion)"))
    assert "(La Réunion)" in young.document("avis").markdown
    assert "Saint-Denis" not in "".join(one.markdown for one in young.documents)
    both = {one.code: plain_spaces(one.markdown) for one in _draft("L2112-2_R2152-7·works").documents}
    assert "un nombre plus grand n’apporte aucun point" in both["rc"] and "les comprennent" in both["ccap"]


def test_what_an_organisation_wrote_of_hours_is_not_used_for_an_action() -> None:
    own = {"rc": OwnText("L’engagement demandé est de {hours_commitment}.", "version 2 de la Ville")}
    action = replace(FULL, hours=None, social_condition="accueillir deux élèves")
    for values, is_own in ((FULL, True), (action, False)):
        made = draft("L2112-2", facts=SCHOOL, values=values, own=own)
        assert bool(made.document("rc").own) is is_own
        assert not [gap for gap in made.gaps if gap.name == "hours"]
