"""The passage of a sheet that answers a trade it does not list."""

import pytest

from levier.directory.passages import excerpt

TEXT = "Mise à disposition de personnes pour le nettoyage, la manutention, l’entretien d’espaces verts et les remplacements dans les écoles."


@pytest.mark.parametrize(
    ("phrase", "found"),
    [
        ("espace vert", "…\u00a0pour le nettoyage, la manutention, l’entretien d’espaces verts et les remplacements dans les écoles."),
        ("entretien d'espaces verts", "…\u00a0personnes pour le nettoyage, la manutention, l’entretien d’espaces verts et les remplacements "
         "dans les écoles."),
        ("mise à disposition", "Mise à disposition de personnes pour le nettoyage, la manutention,\u00a0…"),
        ("verts nettoyage", ""),
        ("traiteur", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_the_words_are_found_where_they_stand(phrase: str, found: str) -> None:
    assert excerpt(TEXT, phrase) == found
