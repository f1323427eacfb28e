"""A purchase sector typed in a form: by its name, by its slug, in everyday words, or refused with what to write."""

import pytest
from django.core.exceptions import ValidationError

from levier.directory.sector_field import SectorField
from levier.reference.sectors import all_sectors


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("blanchisserie", "blanchisserie"),
        ("création et entretien d'espaces verts", "creation-espaces-verts"),
        ("  Nettoyage de bureaux  et de locaux ", "nettoyage-locaux"),
        ("tonte de pelouses", "creation-espaces-verts"),
        ("traiteur", "traiteur"),
        ("Mise à disposition", "mise-a-disposition"),
        ("", ""),
    ],
)
def test_a_trade_is_understood_as_it_is_written(typed: str, slug: str) -> None:
    assert SectorField(required=False).clean(typed) == slug


def test_every_sector_is_chosen_by_its_own_name() -> None:
    field = SectorField()
    assert {one.slug: field.clean(one.label) for one in all_sectors()} == {
        one.slug: one.slug for one in all_sectors()
    }
    assert field.prepare_value("blanchisserie") == "Blanchisserie et location de linge"
    assert field.prepare_value("pas fini de tap") == "pas fini de tap", "what was typed is kept"


@pytest.mark.parametrize(
    ("typed", "said"), [("xyzzy", "n’est pas un métier de la liste"), ("déchets", "plusieurs métiers"), ("", "obligatoire")]
)  # fmt: skip
def test_what_names_no_trade_alone_gets_a_sentence(typed: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        SectorField().clean(typed)
