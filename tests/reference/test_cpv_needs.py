"""What a CPV says (kind, social service, takeover), and shopping lists told apart from single needs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from levier.reference.cpv import detect_need_kind, is_social_service, split_needs, takeover_branch
from levier.reference.cpv.tables import cpv_labels
from tests.reference.test_cpv_ranker import SIX_NEEDS

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("45214200", "travaux"),
        ("90910000", "services"),
        ("30213000", "fournitures"),
        ("76100000", "services"),
    ],
)
def test_kind_follows_the_division(code: str, kind: str) -> None:
    assert detect_need_kind(code) == kind


def test_there_are_twenty_one_service_divisions() -> None:
    assert len({code[:2] for code in cpv_labels() if detect_need_kind(code) == "services"}) == 21


@pytest.mark.parametrize(
    ("code", "social"),
    [
        ("85312110", True),
        ("80530000", True),
        ("55520000", True),
        ("79713000", True),
        ("79100000", True),
        ("90910000", False),
        ("45000000", False),
        ("77310000", False),
    ],
)
def test_social_and_specific_services(code: str, social: bool) -> None:
    assert is_social_service(code) is social


def test_european_list_of_social_services_is_contained() -> None:
    source = SHARED / "2_nomenclatures" / "cpv" / "eforms_cpv_social_services.gc"
    if not source.exists():
        pytest.skip("données réelles absentes (../shared/data)")
    pattern = r'<Value ColumnRef="code">\s*<SimpleValue>(.*?)</SimpleValue>'
    codes = re.findall(pattern, source.read_text(encoding="utf-8"))
    assert len(codes) > 100
    assert [code for code in codes if not is_social_service(code)] == []


@pytest.mark.parametrize(
    ("code", "branch"),
    [
        ("90919200", "propreté"),
        ("55523100", "restauration collective"),
        ("79713000", "sécurité privée"),
        ("55520000", None),
        ("45233140", None),
    ],
)
def test_takeover_is_asked_only_where_a_branch_provides_for_it(code: str, branch: str | None) -> None:
    assert takeover_branch(code) == branch


def test_shopping_list_is_split() -> None:
    found = split_needs("nettoyage, traiteur, peinture et gardiennage, plus des ordinateurs")
    assert [fragment.text for fragment in found] == [
        "nettoyage",
        "traiteur",
        "peinture",
        "gardiennage",
        "ordinateurs",
    ]
    assert [fragment.division.division for fragment in found] == ["90", "55", "45", "79", "30"]
    assert all(fragment.code.startswith(fragment.division.division) for fragment in found)


@pytest.mark.parametrize(
    "text",
    [text for text, _ in SIX_NEEDS]
    + [
        "nettoyage, lille, 120 k€",
        "entretien des espaces verts et élagage",
        "Nettoyage et vitrerie",
        "Prestation d'accueil physique et téléphonique",
        "collecte de papier et cartons pour la préfecture",
        "entretien du littoral, saison d'été",
        "maintenance informatique et infogérance",
        "réparation d'ordinateurs, collège",
        "collecte des déchets ménagers, communauté de communes du Pays de Mirecourt",
        "",
        "🙂, 🎉",
    ],
)
def test_one_need_is_not_split(text: str) -> None:
    assert split_needs(text) == []


def test_an_article_is_not_taken_out_of_a_word() -> None:
    texts = ", ".join(fragment.text for fragment in split_needs("cahiers, du lait, farine, ordinateurs"))
    assert "lait" in texts.replace(",", "").split(), texts
