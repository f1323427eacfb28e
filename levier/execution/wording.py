"""The words of a private commitment: nobody buys under the public code there, and nobody holds a public contract."""

import re
from typing import Final

from django.forms import Form

from levier.execution.models import Commitment, Contract, Regime
from levier.rulebook.counting import counting_labels
from levier.rulebook.eligibility import set_labels

# As our own sentences write them → as a private contract says them; the longer ones first.
_PRIVATE: Final = (
    ("Contrôle, difficultés, pénalités", "Contrôle, difficultés"),
    ("Retards et pénalités", "Retards"),
    ("observations du titulaire", "observations de l’entreprise"),
    ("les pénalités du contrat", "les pénalités, si le contrat en prévoit"),
    ("heures dues", "heures engagées"),
    ("dû", "engagé"),
    ("de l’acheteur", "du donneur d’ordre"),
    ("à l’acheteur", "au donneur d’ordre"),
    ("l’acheteur", "le donneur d’ordre"),
    ("acheteur", "donneur d’ordre"),
    ("du titulaire", "de l’entreprise engagée"),
    ("au titulaire", "à l’entreprise engagée"),
    ("le titulaire", "l’entreprise engagée"),
    ("titulaire", "entreprise engagée"),
)
_WORDS: Final = dict(_PRIVATE)
_FOUND: Final = re.compile("|".join(rf"\b{re.escape(one)}\b" for one, _ in _PRIVATE), re.IGNORECASE)


def said(text: str, contract: Contract) -> str:
    """A sentence of ours in the words of that contract; never what somebody typed."""
    if contract.regime != Regime.VOLUNTARY:
        return text
    return _FOUND.sub(lambda found: _like(found[0], _WORDS.get(found[0]) or _WORDS[found[0].lower()]), text)


def in_words_of(contract: Contract, *forms: Form) -> None:
    """Give the labels and hints of these forms the words of a contract."""
    for form in forms:
        for field in form.fields.values():
            if field.label:
                field.label = said(str(field.label), contract)
            field.help_text = said(str(field.help_text), contract)


def rules_in_words(commitment: Commitment | None) -> tuple[str, str]:
    """The names of the sets a commitment follows: publics, count of hours; empty while nobody said."""
    if commitment is None:
        return "", ""
    publics, counting = dict(set_labels()), dict(counting_labels())
    return publics.get(commitment.publics_rule, ""), counting.get(commitment.counting_rule, "")


def _like(model: str, word: str) -> str:
    return word[0].upper() + word[1:] if model[0].isupper() else word
