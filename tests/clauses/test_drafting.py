"""A first clause text stands alone, says the law, leaves the means free and shows what is left to fill."""

import re
from dataclasses import replace
from datetime import date

import pytest

from levier.clauses.drafting import VARIANTS, draft, has_text
from levier.clauses.gaps import GAPS, gaps_for
from levier.clauses.library import all_texts, read
from levier.clauses.recipes import RECIPES, condition_templates
from levier.clauses.rendering import Choice, TemplateError, assemble, fields_of, render, slots_of
from levier.clauses.values import PENALTY_KINDS, ClauseError, ClauseValues
from levier.rulebook.levers import LEVERS, Facts, HoursRange

SCHOOL = Facts(
    buyer_kind="collectivite",
    contract_kind="travaux",
    need_amount_ht=1_500_000,
    launch_date=date(2026, 12, 1),
    cpv="45214210",
    hours=HoursRange(890, 1000, 1240),
)
FULL = ClauseValues(
    buyer="Ville de Roubaix",
    object="rénovation de l'école Jean-Macé",
    lot="lot 4, peinture",
    operation="école Jean-Macé",
    tasks="préparation des supports, peinture",
    contact="service des marchés, marches@ville.invalid",
    answer_deadline=date(2026, 12, 18),
    facilitator="Maison de l'emploi, 03 20 00 00 00",
    start=date(2027, 3, 1),
    end=date(2028, 8, 31),
    hours=1000,
    eligibility_months=24,
    penalty_hour=60,
    penalty_proof=75,
    penalty_final_report=100,
    penalty_meeting=100,
    penalty_notice_days=15,
    penalty_cap_rate=0.05,
    penalty_cap_base="montant HT du lot",
    criterion_weight=0.15,
    criterion_tasks=0.4,
    criterion_support=0.3,
    criterion_training=0.2,
    criterion_outcome=0.1,
)
# What our own texts must pass whatever the values: the other controls wait for facts and amounts.
WORDING_CONTROLS = {
    "freedom_of_means",
    "no_local_preference",
    "announced_in_notice",
    "contract_criterion",
    "member_split",
    "personal_data",
    "buyer_decides",
}
CCAP_ORDER = (
    "Base légale et lot",
    "Personnes concernées",
    "Engagement d’heures",
    "Période d’exécution",
    "Correspondant",
    "Modalités au choix",
    "Tuteur",
    "Facilitateur",
    "Contrôle",
    "Difficultés",
    "Après le marché",
    "pénalités",
)


def plain(text):
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def document(found, code):
    return next(plain(piece.markdown) for piece in found.documents if piece.code == code)


def text_of(found):
    return plain("\n".join(piece.markdown for piece in found.documents))


def test_clause_gives_every_document_and_no_gap_once_everything_is_chosen():
    found = draft("L2112-2", facts=SCHOOL, values=FULL)
    assert [piece.code for piece in found.main_documents] == ["avis", "rc", "ccap", "ae"]
    assert [piece.code for piece in found.other_documents] == ["cctp", "lettre", "fiche", "penalites"]
    assert [piece.code for piece in found.documents if piece.is_extract] == ["penalites"]
    assert found.is_complete
    assert "[à compléter" not in text_of(found)
    assert "| lot 4, peinture | 1 000 h |" in document(found, "ccap")
    assert "1er mars 2027" in document(found, "ccap")


@pytest.mark.slow
def test_the_article_keeps_the_order_of_parts_of_real_contracts():
    ccap = document(draft("L2112-2", facts=SCHOOL, values=FULL), "ccap")
    headings = "\n".join(line for line in ccap.splitlines() if line.startswith("#"))
    places = [headings.index(title) for title in CCAP_ORDER]
    assert places == sorted(places)


def test_hours_are_never_taken_from_the_range():
    found = draft("L2112-2", facts=SCHOOL, values=ClauseValues(lot="lot 4"))
    assert "890 à 1 240 h" in text_of(found)
    assert "[à compléter : nombre d’heures d’insertion ; le calibrage donne 890 à 1 240 h]" in text_of(found)
    assert "1 000 h" not in text_of(found)
    assert "hours" in {gap.name for gap in found.gaps}


def test_a_calibration_of_no_hours_does_not_propose_to_write_zero():
    found = draft(
        "L2112-2", facts=replace(SCHOOL, hours=HoursRange(0, 0, 0)), values=ClauseValues(lot="lot 4")
    )
    assert "le calibrage n’en donne aucune, préférez une condition sans heures]" in text_of(found)


@pytest.mark.parametrize(
    ("facts", "base"),
    [
        (SCHOOL, "montant HT du lot"),
        (replace(SCHOOL, is_framework=True), "montant HT facturé au titre du lot"),
        (replace(SCHOOL, is_concession=True), "valeur HT de la concession, estimée à sa signature"),
    ],
)
def test_the_cap_of_penalties_has_a_base_the_contract_knows(facts, base):
    assert f"par exemple « {base} »" in gaps_for(facts)["penalty_cap_base"]


def test_missing_values_are_shown_and_listed_once():
    found = draft("L2112-2", facts=SCHOOL)
    names = [gap.name for gap in found.gaps]
    assert len(names) == len(set(names))
    assert {"buyer", "object", "lot", "facilitator", "penalty_hour", "eligibility_months"} <= set(names)


@pytest.mark.slow
def test_hours_repeated_in_the_annex_are_one_value_to_give():
    fixed = [gap.name for gap in draft("L2112-2", facts=SCHOOL).gaps]
    per_amount = [gap.name for gap in draft("L2112-2", facts=SCHOOL, variant="per_amount").gaps]
    assert fixed.count("hours") == 1
    assert "hours_commitment" not in fixed + per_amount
    assert {"tranche_hours", "tranche_amount"} <= set(per_amount)
    assert "hours" not in per_amount


@pytest.mark.slow
def test_concession_text_follows_its_own_part_of_the_code():
    facts = Facts(is_concession=True, need_amount_ht=9e6, launch_date=date(2027, 1, 4))
    text = text_of(draft("L3114-2-1", facts=facts, values=FULL))
    assert "l’article L3114-2 du code" in text
    assert "L2112" not in text
    assert "L3114-2-1 [à confirmer]" in document(draft("L3114-2-1", facts=facts), "note")
    assert "L3114-2-1" not in document(draft("L3114-2-1", facts=facts), "contrat")


def test_penalties_are_proposed_with_the_observed_range_and_its_source():
    found = draft("L2112-2", facts=SCHOOL)
    assert "observé de 50 à 200 €" in document(found, "ccap")
    assert "l’acheteur les fixe" in document(found, "ccap")
    assert "L’acheteur seul décide, par écrit et en donnant ses motifs, d’appliquer une pénalité" in document(
        found, "ccap"
    )
    assert any("jamais imposées" in check for check in found.checks)
    assert any("21_BAM_048" in source for source in found.sources)


@pytest.mark.slow
def test_penalty_outside_what_was_observed_is_questioned():
    def questioned(amount):
        values = ClauseValues(penalty_hour=amount)
        return any(
            "sort de ce qui a été observé" in c for c in draft("L2112-2", facts=SCHOOL, values=values).checks
        )

    assert [questioned(amount) for amount in (49, 50, 200, 201)] == [True, False, False, True]


def test_framework_counts_hours_by_amount_invoiced():
    facts = Facts(
        contract_kind="travaux",
        need_amount_ht=2.4e6,
        max_amount_ht=4e6,
        is_framework=True,
        buyer_kind="collectivite",
    )
    values = ClauseValues(tranche_hours=40, tranche_amount_ht=100_000, trigger_amount_ht=0)
    found = draft("L2112-2", facts=facts, values=values)
    assert found.variant == "heures par montant facturé"
    assert "40 h | 100 000 € HT facturée" in document(found, "ccap")
    assert "dès la première commande" in document(found, "ccap")
    assert "40 h d’insertion par tranche de 100 000 € HT" in document(found, "ae")
    assert any("pas sur son maximum" in check for check in found.checks)


@pytest.mark.parametrize(
    ("retroactive", "words"), [(True, "depuis le début"), (False, "au-delà"), (None, "[à compléter")]
)
def test_a_trigger_says_what_becomes_of_the_first_orders(retroactive, words):
    values = ClauseValues(trigger_amount_ht=2_700_000, is_trigger_retroactive=retroactive)
    found = draft("L2112-2", facts=SCHOOL, values=values, variant="per_amount")
    sentence = document(found, "ccap").split("compte à proportion. ")[1].split("L’engagement est global")[0]
    assert words in sentence
    assert any("déclenchement" in check for check in found.checks) is (retroactive is None)


def test_staff_takeover_puts_the_staff_before_the_clause():
    facts = Facts(contract_kind="services", need_amount_ht=600_000, cpv="90911200", has_staff_takeover=True)
    found = draft("L2112-2", facts=facts, values=ClauseValues(takeover_hours=400))
    assert found.variant == "personnel à reprendre"
    assert "400 h par mois" in document(found, "ccap")
    assert "Aucune personne reprise n’est remplacée" in document(found, "ccap")


@pytest.mark.slow
def test_above_the_thresholds_the_text_cites_the_obligation():
    above = Facts(
        buyer_kind="collectivite", contract_kind="travaux", need_amount_ht=12e6, launch_date=date(2026, 12, 1)
    )
    assert "L2112-2-1" in document(draft("L2112-2", facts=above), "avis")
    assert "L2112-2-1" not in document(draft("L2112-2", facts=SCHOOL), "avis")


def test_a_lever_set_aside_says_so_in_the_checks():
    small = Facts(contract_kind="travaux", need_amount_ht=45_000, hours=HoursRange(25, 32, 40))
    checks = draft("L2112-2", facts=small).checks
    assert "n’est pas conseillé" in checks[0]


@pytest.mark.slow
def test_hours_outside_the_range_are_questioned():
    def words(hours):
        return " ".join(draft("L2112-2", facts=SCHOOL, values=ClauseValues(hours=hours)).checks)

    assert "dépasse le haut" in words(1241)
    assert "sous le bas" in words(889)
    assert "fourchette" not in words(1000)


def test_criterion_is_tied_to_the_contract_with_a_scoring_frame():
    found = draft("R2152-7", facts=SCHOOL, values=FULL)
    rc = document(found, "rc")
    assert "15 %" in rc
    assert "Il ne porte ni sur sa politique générale" in rc
    assert "| 40 % |" in rc
    assert any("417580" in check for check in found.checks)


def test_clause_and_criterion_share_their_documents():
    found = draft("L2112-2_R2152-7", facts=SCHOOL, values=FULL)
    assert [piece.code for piece in found.main_documents] == ["avis", "rc", "ccap", "ae", "cadre"]
    assert "Clause sociale d’insertion" in document(found, "rc")
    assert "Critère : insertion professionnelle" in document(found, "rc")


@pytest.mark.parametrize("code", ["L2113-12", "L2113-13", "L2113-14"])
def test_a_reservation_cites_its_article_and_the_half(code):
    found = draft(code, facts=SCHOOL, values=FULL)
    for piece in ("avis", "rc"):
        assert f"article {code}" in document(found, piece)
        assert "50 %" in document(found, piece)


def test_joint_reservation_shuts_out_prison_work():
    assert "n’est pas ouvert aux opérateurs du travail pénitentiaire" in text_of(
        draft("L2113-14", facts=SCHOOL)
    )


def test_direct_purchase_letter_gives_the_threshold_of_the_need():
    facts = Facts(
        contract_kind="services", need_amount_ht=18_000, launch_date=date(2026, 11, 25), cpv="55520000"
    )
    found = draft(
        "R2122-8", facts=facts, values=ClauseValues(object="buffet des vœux", suppliers=("ESAT A", "EI B"))
    )
    assert "60 000 € HT" in document(found, "lettre")
    assert "ESAT A, EI B" in document(found, "note")
    assert any("découpez pas" in check for check in found.checks)


def test_private_commitment_has_no_public_law_and_optional_money():
    found = draft("EVI", facts=Facts(buyer_side="private", hours=HoursRange(100, 150, 200)), values=FULL)
    text = text_of(found)
    assert "L2112" not in text
    assert "ne s’applique pas" in text
    assert "pénalité" not in text.lower()
    assert "convenue, ou « aucune »" in text


def test_overseas_clause_shows_the_share_and_asks_for_the_ratio():
    facts = Facts(contract_kind="travaux", need_amount_ht=2e6, territory="976", youth_unemployment_ratio=1.8)
    found = draft("L2691-1", facts=facts, values=ClauseValues(territory="Mayotte"))
    assert "au moins 30 % des heures" in document(found, "avis")
    assert "1,8 fois" in document(found, "ccap")
    assert any("à confirmer" in check for check in found.checks)


@pytest.mark.slow
@pytest.mark.parametrize("code", sorted(RECIPES))
def test_every_text_cites_an_article_or_says_it_is_private_and_leaves_the_means_free(code):
    side = "private" if code in {"EVI", "ACHAT-PRIVE"} else "public"
    concession = code.startswith("L3")
    facts = Facts(buyer_side=side, need_amount_ht=300_000, contract_kind="services", is_concession=concession)
    found = draft(code, facts=facts)
    text = text_of(found)
    assert side == "private" or re.search(r"[LR]\d{4}-\d+", text)
    assert not [control for control in found.failed_controls if control.code in WORDING_CONTROLS]
    assert "CCAG" not in text
    assert found.sources
    assert "{" not in text


@pytest.mark.parametrize("path", sorted(all_texts()))
def test_every_template_is_used_and_asks_only_for_known_fields(path):
    assert set(fields_of(read(path))) <= set(GAPS)
    slots = {slot for one in all_texts() for slot in slots_of(read(one))}
    pieces = [piece for recipe in RECIPES.values() for piece in recipe.pieces]
    used = {template for piece in pieces for template in (*piece.templates, *condition_templates(piece))}
    folder, name = (
        path.split("/")[0],
        re.sub("_(?:in_framework|unsplit|upkeep)$", "", path.rsplit("/", 1)[-1]),
    )
    kinds = {"parts": "part", "trades": "trade", "programmes": "programme"}
    chosen = {part for part, _ in VARIANTS.values()} | {
        "kept_hours", "kept_action", "residence_programme", "derogations_to_say", "end", "termination_condition",
        "concession_penalty_hour", "criterion_volume_with_clause",
    }  # fmt: skip
    chosen |= {f"{what}_{how}" for what in ("split", "effort", "share") for how in ("hours", "per_amount")}
    chosen |= {f"penalty_{kind}" for kind in PENALTY_KINDS}
    assert path in used or f"{kinds.get(folder, 'lever')}_{name}" in slots or name in chosen


def test_a_mandatory_condition_without_hours_gets_a_text_without_hours():
    goods = Facts(
        buyer_kind="etat",
        contract_kind="fournitures",
        need_amount_ht=160_000,
        launch_date=date(2027, 3, 22),
        cpv="30192000",
        hours=HoursRange(0, 0, 0),
    )
    found = draft("L2112-2-1", facts=goods)
    assert [piece.code for piece in found.main_documents] == ["avis", "rc", "ccap", "ae", "note"]
    assert "cctp" not in [piece.code for piece in found.documents]
    assert "social_condition" in [gap.name for gap in found.gaps]
    assert not {"hours", "penalty_hour"} & {gap.name for gap in found.gaps}
    assert "L2112-2-1" in document(found, "ccap")
    assert not [control.code for control in found.failed_controls if control.code in WORDING_CONTROLS]


def test_every_recipe_is_the_one_of_a_lever():
    assert set(RECIPES) <= {lever.code for lever in LEVERS}
    assert has_text("L2112-2")
    assert not has_text("L2111-3")


def test_a_lever_without_a_text_gets_a_sentence():
    with pytest.raises(ClauseError, match="Aucun texte"):
        draft("L2111-3", facts=SCHOOL)
    with pytest.raises(ClauseError, match="variante"):
        draft("L2112-2", facts=SCHOOL, variant="mensuelle")


def test_an_unknown_field_or_part_is_refused():
    with pytest.raises(TemplateError, match="« inconnu »"):
        render("Bonjour {inconnu}", {}, {})
    with pytest.raises(TemplateError, match="accolade"):
        render("Bonjour {", {}, {})
    with pytest.raises(TemplateError, match="parts/rien"):
        assemble(read("L2112-2/ccap"), Choice({"hours": "rien"}))


def test_what_the_buyer_types_stays_plain_text():
    values = ClauseValues(object="<script>\n# titre {hours} | *gras*", lot="a\nb")
    avis = document(draft("L2112-2", facts=SCHOOL, values=values), "avis")
    assert "<script>" not in avis.replace("\\<", "")
    assert r"\<script\> \# titre {hours} \| \*gras\*" in avis
    assert "Lot concerné : a b." in avis


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"hours": -1}, "nombre d’heures"),
        ({"penalty_hour": float("nan")}, "montant par heure"),
        ({"criterion_weight": 15}, "de 0 à 1"),
        ({"object": "x" * 5_001}, "Texte trop long"),
        ({"start": date(2027, 2, 1), "end": date(2027, 1, 1)}, "précède"),
        ({"tranche_amount_ht": 1e15}, "montant de la tranche"),
    ],
)
def test_impossible_values_get_a_sentence(changes, words):
    with pytest.raises(ClauseError, match=words):
        ClauseValues(**changes)
