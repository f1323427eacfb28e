"""What a careful reader checks on every text: each lever, trade, way of counting the hours and programme, filled to the end."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from levier.clauses.drafting import draft
from levier.clauses.general_conditions import NONE, general_conditions
from levier.clauses.recipes import RECIPES
from levier.clauses.result import ClauseDraft
from levier.clauses.rules import ARTICLE, register
from levier.clauses.values import ClauseError, ClauseValues
from levier.core.typography import MONTHS, day, figure
from levier.rulebook.levers import Facts, HoursRange
from tests.clauses.test_drafting import FULL
from tests.texts import plain_spaces

TRADES = {
    "works": "45214210", "cleaning": "90919300", "green_spaces": "77310000", "catering": "55524000",
    "intellectual_services": "72000000",
}  # fmt: skip
PROGRAMMES = ("anru-2014", "gpe", "solideo")
WHOLE = replace(
    FULL,
    territory="Roubaix",
    insurance="responsabilité civile professionnelle",
    concession_reserved_to="aux entreprises adaptées, aux ESAT et aux structures équivalentes",
    criterion_price=0.3,
    penalty_action=1000,
    penalty_optional="aucune",
    social_condition="former au métier deux personnes éloignées de l'emploi",
    separable_part="entretien des abords",
    suppliers=("ESAT A", "EI B"),
    same_purchases="aucun",
    choice_reason="prix et qualité de l'encadrement",
    reason_of_lever="une clause, pour ses tâches simples",
    reason_of_lot="peu technique",
    last_purchase="aucun",
    derogation="aucune",
)
PER_AMOUNT = {"hours": None, "tranche_hours": 40, "tranche_amount_ht": 100_000, "trigger_amount_ht": 0}


def _facts(lever: str, cpv: str, **more: object) -> Facts:
    return replace(
        Facts(
            buyer_side="private" if lever in {"EVI", "ACHAT-PRIVE"} else "public",
            buyer_kind="collectivite",
            contract_kind="travaux" if cpv.startswith("45") else "services",
            need_amount_ht=600_000,
            is_concession=lever.startswith("L3"),
            cpv=cpv,
            hours=HoursRange(890, 1000, 1240),
            youth_unemployment_ratio=1.8,
            launch_date=FULL.answer_deadline,
            has_staff_takeover=False,
        ),
        **more,
    )


def _cases() -> Iterator[tuple[str, str, Facts, ClauseValues]]:
    for lever in RECIPES:
        for trade, cpv in TRADES.items():
            yield lever, trade, _facts(lever, cpv), replace(WHOLE, takeover_hours=0)
    for lever in ("L2112-2", "L2112-2_R2152-7", "EVI"):
        taken = {"has_staff_takeover": True}
        for trade in ("cleaning", "catering"):
            with_staff = replace(WHOLE, takeover_hours=400)
            yield lever, f"{trade}-takeover", _facts(lever, TRADES[trade], **taken), with_staff
            framework = _facts(lever, TRADES[trade], is_framework=True, **taken)
            yield lever, f"{trade}-takeover-framework", framework, with_staff
            yield lever, f"{trade}-takeover-slices", framework, replace(with_staff, **PER_AMOUNT)
    for lever in RECIPES:
        for trade in ("works", "cleaning"):
            whole = replace(
                WHOLE, is_unsplit=True, lot="", penalty_cap_base="montant HT du marché", takeover_hours=0
            )
            yield lever, f"{trade}-unsplit", _facts(lever, TRADES[trade]), whole
    for lever in ("L2112-2", "L2112-2-1"):
        # An action in the place of hours: pupils welcomed, a training.
        yield lever, "action", _facts(lever, TRADES["catering"]), replace(WHOLE, hours=None)
    for trade in ("cleaning", "green_spaces"):
        yield "L2112-2", f"{trade}-upkeep", _facts("L2112-2", TRADES[trade], programme="anru-2014"), WHOLE
    for ccag in (*general_conditions(), NONE):
        numbers = dict.fromkeys(
            ("ccag_insertion_article", "ccag_penalty_article", "ccag_termination_article"), "12.3"
        )
        yield (
            "L2112-2",
            f"ccag-{ccag}",
            _facts("L2112-2", TRADES["works"]),
            replace(WHOLE, ccag=ccag, **numbers),
        )
    for lever in ("L2112-2", "L2112-2_R2152-7"):
        for trade in ("works", "green_spaces", "intellectual_services"):
            yield (
                lever,
                f"{trade}-framework",
                _facts(lever, TRADES[trade], is_framework=True),
                replace(WHOLE, **PER_AMOUNT),
            )
        for jobs in (0.5, 1, 2):
            counted = replace(WHOLE, headcount=jobs, annual_hours=1600, hours=1600 * jobs)
            yield lever, f"{jobs}-jobs", _facts(lever, TRADES["intellectual_services"]), counted
        for programme in PROGRAMMES:
            facts = _facts(lever, TRADES["works"], programme=programme)
            # SOLIDEO is over: the share it asked stands at its own dates only.
            yield lever, programme, replace(facts, launch_date=date(2023, 3, 1)), WHOLE
        few = replace(WHOLE, hours=35, penalty_notice_days=1)
        yield lever, "one", _facts(lever, TRADES["works"]), few


CASES = {f"{lever}·{name}": (lever, facts, values) for lever, name, facts, values in _cases()}


@cache
def _draft(case: str) -> ClauseDraft:
    lever, facts, values = CASES[case]
    return draft(lever, facts=facts, values=values)


def _prose(text: str) -> str:
    """The text without its leader dots and the rules of its tables."""
    lines = (line for line in text.splitlines() if not set(line) <= set("|:-= "))
    return "\n".join(re.sub("…{3,}", "x", line) for line in lines)


def _faults(raw: str) -> Iterator[str]:
    """What a reader would circle in one document."""
    text = plain_spaces(raw)
    yield from _faults_of_signs(raw, _prose(text))
    yield from _faults_of_shape(text)
    yield from (f"article unknown: {code}" for code in ARTICLE.findall(text) if code not in register())


def _faults_of_signs(raw: str, text: str) -> Iterator[str]:
    for name, pattern in {
        "double space": r"(?m)^[^|\n]*\S  +\S",
        "punctuation": r"\.\.|,,| ,| \.|\( | \)|,\.|;\.|\.,|\.;|: ?\.|\. ?:",
        "brace": r"[{}]",
        "straight apostrophe": r"[^\W\d_]'[^\W\d_]",
        "gap": r"\[à compléter[^\]]*\]",
        "singular": r"(?<![\d,.])(?<!\d )1 (?:heures|semaines|emplois|jours|personnes|lots|réunions)\b",
        "plural": r"(?<![,\d])(?:[2-9]|\d{2,}) (?:semaine|emploi|jour|heure|personne)\b",
        "nobody's weeks": r"\b0 semaine",
        "elision": r"(?<![\w-])(?:de|que|ne|se|la) (?:école|entretien|heure|insertion|objet|acheteur|entreprise)\b",
        "contraction": r"\b(?:de le|de les|à le|à les) (?!désigner|réserver)",
    }.items():  # fmt: skip
        yield from (f"{name}: {found.group(0)!r}" for found in re.finditer(pattern, text))
    # A sign of two parts keeps the word before it: no line starts with « ; ».
    yield from (f"loose sign: {sign!r}" for sign in re.findall(r"\w+ [;:!?»]|« \w+", _prose(raw)))


def _faults_of_shape(text: str) -> Iterator[str]:
    lines = [line for line in text.splitlines() if line.strip()]
    for line, following in zip(lines, [*lines[1:], "# end"], strict=True):
        levels = [len(one) - len(one.lstrip("#")) for one in (line, following)]
        if all(levels) and levels[1] <= levels[0]:
            yield f"empty section: {line}"
    for block in re.split(r"\n\s*\n", text):
        rows = [line for line in block.splitlines() if line.startswith("|")]
        if len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) > 1 or 0 < len(rows) < 3:
            yield f"table: {rows[0]}"
        if len([line for line in block.splitlines() if re.match(r"(?:-|\d+\.) ", line)]) == 1:
            yield f"list of one: {block[:60]}"
    sections = re.split(r"(?m)^## ", text)
    for section in sections:
        numbers = [int(number) for number in re.findall(r"(?m)^### (\d+)\. ", section)]
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"numbering: {numbers}"
        sentences = Counter(
            one for line in section.splitlines() if line[:1] != "|" for one in re.split(r"(?<=[.!?]) ", line)
        )
        yield from (f"said twice: {one}" for one, times in sentences.items() if times > 1 and len(one) > 60)


@pytest.mark.parametrize("lever", RECIPES)
def test_no_reader_would_circle_anything(lever: str) -> None:
    cases = [case for case in CASES if case.split("·")[0] == lever]
    found = {
        f"{case} › {document.code}": faults
        for case in cases
        for document in _draft(case).documents
        if (faults := [*_faults(document.markdown)])
    }
    assert found == {}


_STAFF = re.compile(r"(?i)\b(?:personnel|personnes?|contrats?|heures) (?:à reprendre|repris)")
_ASKED = re.compile(r"([\d ]+(?:,\d+)?) h d’insertion|\| ([\d ]+(?:,\d+)?) h \|")


@pytest.mark.parametrize("case", [case for case in CASES if case.startswith(("L2112", "EVI"))])
def test_the_documents_of_a_lot_say_the_same_hours_and_ways(case: str) -> None:
    """A text that counts by slices in one document and in hours in another is what a bidder disputes."""
    made, values = _draft(case), CASES[case][2]
    said = {
        document.code: {
            (one or other).strip() for one, other in _ASKED.findall(plain_spaces(document.markdown))
        }
        for document in made.documents
    }
    wanted = values.tranche_hours if values.hours is None else values.hours
    if wanted is None:
        assert values.social_condition and not set().union(*said.values())
        return
    assert set().union(*said.values()) <= {plain_spaces(f"{wanted:,.0f}".replace(",", " "))}
    by_slices = {document.code for document in made.documents if "par tranche" in document.markdown}
    assert bool(by_slices) == (values.hours is None)
    # Nobody to take over: no list, no staff anywhere. Somebody: said, whatever the trade and the way of counting.
    staff = [one.code for one in made.documents if _STAFF.search(one.markdown)]
    assert bool(staff) == bool(values.takeover_hours)


def test_no_penalty_without_notice_hearing_cap_and_decision() -> None:
    """An amount a contract writes without its procedure is one a judge sets aside."""
    for case in CASES:
        for document in _draft(case).documents:
            text = plain_spaces(document.markdown)
            if document.code in {"ccap", "contrat", "penalites"} and re.search(
                r"€ par (?:heure|jour|absence)", text
            ):
                missing = [
                    one
                    for one in ("mise en demeure", "observations", "seul", "par écrit", "renonce")
                    if one not in text
                ]
                assert not missing and re.search(r"plafonné|dans la limite de", text), (
                    case,
                    document.code,
                    missing,
                )
            if "résilier" in text and document.code == "ccap" and "L2195-3" in text:
                assert text.rindex("résilier") > text.rfind("€ par ") and "en demeure" in text, case


def test_each_contract_speaks_of_its_own_end() -> None:
    """A framework has no operation whose last lot is taken over; a concession looks at its hours before twenty years."""
    framework = _draft("L2112-2·works-framework")
    for code in ("ccap", "fiche"):
        text = plain_spaces(framework.document(code).markdown)
        assert not re.search(r"l’opération « |réception des travaux|fin du lot|d’un lot à l’autre", text), (
            code
        )
    assert "six mois après la fin du dernier bon de commande" in plain_spaces(
        framework.document("ccap").markdown
    )
    assert "à chaque revue de l’échéancier" in _draft("L3114-2·works").document("contrat").markdown
    action = draft(
        "L2112-2-1",
        facts=replace(_facts("L2112-2-1", "33600000"), hours=None),
        values=WHOLE,
        variant="condition",
    )
    assert "heure" not in plain_spaces(action.document("ccap").markdown).split("## Article : résiliation")[1]


@pytest.mark.slow
def test_a_penalty_speaks_of_what_its_contract_asks_and_of_its_own_parties() -> None:
    """A meeting or a report nobody asked for cannot be missed; a concession has no « titulaire »."""
    for case in CASES:
        for document in _draft(case).documents:
            text = document.markdown.lower()
            if document.code in {"ccap", "contrat"}:
                asked = re.split(r"## article : (?:pénalités|résiliation)", text)[0]
                said = [one for one in ("réunion de lancement", "semestriel", "bilan final") if one in text]
                assert [
                    one for one in said if one not in asked and one not in text.split("### 3. suivi")[-1]
                ] == [], (case, said)
            is_concession = case.startswith("L3")
            assert ("titulaire" if is_concession else "concessionnaire") not in text, (case, document.code)


@pytest.mark.slow
def test_a_contract_lists_what_it_departs_from_and_no_number_is_guessed() -> None:
    """An article of the general conditions nobody has read is asked for; a contract without any says nothing of them."""
    facts = _facts("L2112-2", TRADES["works"])
    for key, one in general_conditions().items():
        made = draft("L2112-2", facts=facts, values=replace(WHOLE, ccag=key))
        asked = {gap.name for gap in made.gaps}
        assert ("ccag_insertion_article" in asked) == (not one.insertion)
        assert "ccag_penalty_article" in asked
        assert ("ccag_termination_article" in asked) == (not one.termination)
        assert one.label in made.document("ccap").markdown
    alone = draft("L2112-2", facts=facts, values=replace(WHOLE, ccag=NONE)).document("ccap").markdown
    assert "dérogations" not in alone.lower()
    with pytest.raises(ClauseError, match="n’existe pas"):
        replace(WHOLE, ccag="fournitures")


def test_what_is_wrong_is_seen() -> None:
    """The grid itself: each fault it looks for, once."""
    text = (
        "## A\n\n## B\n\n### 2. C\n\nl'école , 1 semaines, 2 emploi {x} [à compléter : y] L9999-9 de insertion ; z\n\n"
        "- un seul point\n\n| a | b |\n|---|---|\n| c |\n"
    )
    kinds = {fault.split(":")[0] for fault in _faults(text)}
    assert kinds == {
        "empty section", "numbering", "straight apostrophe", "punctuation", "singular", "plural", "brace", "gap",
        "article unknown", "elision", "loose sign", "list of one", "table",
    }  # fmt: skip


# What a text says in figures, with the value it must be: the documents of one lot never say two things.
_LAW_DATES = {"21 août 2026", "2 mai 2022", "22 août 2021", "29 décembre 2025", "25 mai 2018"}
_SAID_DATE = re.compile(rf"\b(?:1er|\d{{1,2}}) (?:{'|'.join(MONTHS)}) \d{{4}}\b")
_SAID_HOURS = re.compile(r"(\d[\d ]*(?:,\d+)?) h(?: d’insertion| *\|)")
_SAID_PENALTY = re.compile(r"(\d[\d ]*(?:,\d+)?) € par (heure|jour|absence)")
_SAID_NOTICE = re.compile(r"laisse (\d+) jours?\b")
_SAID_DELAY = re.compile(
    r"(?i)(?:dans|sous) (?:les |le )?([^\W\d_]+(?: jours)?) (?:qui (?:suivent|suit) la notification|et donner le nom du correspondant)"
)
_OF_THE_CORRESPONDENT = {"quinze jours", "mois"}


def _said(pattern: re.Pattern[str], found: ClauseDraft) -> dict[str, set[str]]:
    """What each document says, the documents that say nothing left out."""
    texts = {one.code: plain_spaces(one.markdown) for one in found.documents}
    return {
        code: {"·".join(hit.groups()) or hit[0] for hit in pattern.finditer(text)}
        for code, text in texts.items()
    }


@pytest.mark.parametrize("lever", RECIPES)
def test_the_documents_of_one_lot_say_the_same_figures(lever: str) -> None:
    for case in (one for one in CASES if one.split("·")[0] == lever):
        _, facts, values = CASES[case]
        made = _draft(case)
        hours = {plain_spaces(figure(one, 2)) for one in (values.hours, values.tranche_hours) if one}
        given = {
            day(one) for one in (values.start, values.end, values.answer_deadline, facts.launch_date) if one
        }
        penalties = {
            f"{plain_spaces(figure(amount, 2))}·{unit}"
            for amount, unit in (
                (values.penalty_hour, "heure"), (values.penalty_proof, "jour"), (values.penalty_final_report, "jour"),
                (values.penalty_meeting, "absence"),
            )
            if amount is not None
        }  # fmt: skip
        for pattern, expected in (
            (_SAID_HOURS, hours), (_SAID_DATE, {plain_spaces(one) for one in given} | _LAW_DATES),
            (_SAID_PENALTY, penalties), (_SAID_NOTICE, {str(values.penalty_notice_days)}),
            (_SAID_DELAY, _OF_THE_CORRESPONDENT),
        ):  # fmt: skip
            odd = {code: said - expected for code, said in _said(pattern, made).items() if said - expected}
            assert not odd, (case, odd)


def test_the_figures_looked_for_are_there_to_be_found() -> None:
    made = _draft("L2112-2·cleaning")
    for pattern, codes in (
        (_SAID_HOURS, {"avis", "rc", "ccap", "ae", "lettre", "fiche"}), (_SAID_DATE, {"ccap", "lettre", "fiche"}),
        (_SAID_PENALTY, {"penalites"}), (_SAID_NOTICE, {"penalites"}), (_SAID_DELAY, {"ccap", "fiche"}),
    ):  # fmt: skip
        assert codes <= {code for code, said in _said(pattern, made).items() if said}, pattern.pattern
