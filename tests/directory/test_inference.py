"""What a supplier does, deduced: the judged suppliers are well formed, and the surest sectors come first."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from levier.directory.inference import WonContracts, deduce, inferred_activity
from levier.directory.kinds import CODES
from levier.reference.sectors import sector

GOLD = Path(__file__).resolve().parents[1] / "gold" / "activities.yaml"


def test_the_judged_suppliers_name_known_kinds_and_sectors() -> None:
    rows = yaml.load(GOLD.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    assert len(rows) >= 120
    for key, row in rows.items():
        siret, _, kind = key.partition(":")
        assert len(siret) == 14 and kind in CODES
        assert not set(row["sure"]) & set(row["perhaps"])
        for slug in (*row["sure"], *row["perhaps"]):
            assert sector(slug).slug == slug


def test_what_two_sources_say_is_surer_than_what_one_says() -> None:
    naf = {"code": "8121Z", "nomenclature": "naf_rev2"}
    alone = deduce({"name": "Hygie", "naf": naf}, "EI").ranked[0]
    both = deduce({"name": "Hygie nettoyage", "naf": naf}, "EI").ranked[0]
    assert alone[1] == both[1] == "nettoyage-locaux"
    assert alone[0] < both[0] < 1


@pytest.mark.parametrize("kind", ["AI", "ETTI", "GEIQ"])
def test_the_naf_of_who_makes_people_available_says_nothing_but_contracts_do(kind: str) -> None:
    values = {"name": "Structure", "naf": {"code": "7820Z", "nomenclature": "naf_rev2"}}
    assert inferred_activity(values, kind) is None
    found = inferred_activity(values, kind, won=[WonContracts("traiteur", 2, date(2024, 1, 1))])
    assert found is not None
    assert (found["sectors"], found["origin"]) == (
        ["traiteur"], "déduites : marchés remportés (2, dernier en 2024)",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "sectors"),
    [
        ("BATI RENOV", ["construction-generale"]),
        ("VAL CLEAN", ["nettoyage-locaux"]),
        ("ECO NETT'", ["nettoyage-locaux"]),
        ("NET AUTO SERVICES", ["lavage-vehicules"]),
        ("E.L.P. ELEC", ["electricite"]),
        # Whole words of a name: not the end of an address, nor the same letters in a presentation.
        ("VALMONT.NET", []),
        ("CLEANTECH", []),
        ("RESSOURCERIE DU VAL (REPA’AR)", ["reemploi-ressourcerie"]),
        # A trade said in full is not weakened by its abbreviation.
        ("RENOV PEINTURE", ["peinture-vitrerie", "construction-generale"]),
    ],
)  # fmt: skip
def test_an_abbreviation_means_a_trade_in_a_name_alone(name: str, sectors: list[str]) -> None:
    assert [slug for _, slug in deduce({"name": name}, "EI").ranked] == sectors
    said = {
        slug
        for _, slug in deduce(
            {"name": "Hygie", "description": "Un travail propre, net et clean."}, "EI"
        ).ranked
    }
    assert said == set()
