"""What the duties of 2026 bring to a text: the note for the file, one contact for a clause with its criterion, the environment."""

from dataclasses import replace
from datetime import date

from levier.clauses.drafting import draft
from tests.clauses.test_drafting import FULL, SCHOOL, document, plain


def test_a_clause_that_fulfils_the_duty_keeps_its_note_for_the_file():
    large = replace(SCHOOL, need_amount_ht=7_000_000)
    for lever in ("L2112-2", "L2112-2_R2152-7"):
        note = document(draft(lever, facts=large, values=FULL), "note")
        assert "7 000 000 € HT" in plain(note) and "5 404 000 € HT" in plain(note)
        assert "1 000 h d’insertion" in plain(note) and "aucune : la condition ci-dessus est retenue" in note
    # Below the threshold there is no duty; beside the lever of the duty, the note is already there.
    assert all(one.code != "note" for one in draft("L2112-2", facts=SCHOOL, values=FULL).documents)
    beside = draft("L2112-2", facts=large, values=FULL, beside=["L2112-2", "L2112-2-1"])
    assert all(one.code != "note" for one in beside.documents)


def test_the_facilitator_is_named_once_in_the_rules_of_a_clause_with_a_criterion():
    both = document(draft("L2112-2_R2152-7", facts=SCHOOL, values=FULL), "rc")
    assert both.count("Maison de l’emploi") == 1
    assert "Maison de l’emploi" in document(draft("R2152-7", facts=SCHOOL, values=FULL), "rc")


def test_the_environment_made_compulsory_in_2026_is_recalled_beside_a_social_criterion():
    words = " ".join(draft("R2152-7", facts=SCHOOL, values=FULL).checks)
    assert "caractéristiques environnementales de l’offre" in words
    earlier = replace(SCHOOL, launch_date=date(2026, 8, 20))
    assert "environnementales" not in " ".join(draft("R2152-7", facts=earlier, values=FULL).checks)
