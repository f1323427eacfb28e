"""Recognises a payslip by its words, whether they come from a text, a PDF or a photograph read with a few wrong letters. Pure."""

import re
import unicodedata

from rapidfuzz import fuzz

TITLES = (
    "bulletin de paie",
    "bulletin de salaire",
    "bulletin de paye",
    "fiche de paie",
    "fiche de paye",
)
_NAMES = (*TITLES, "bulletin paie", "fiche paie", "bulletins de", "payslip")
# Before a title, in a sentence about payslips: « ni bulletin de paie », « l’établissement du bulletin de paie ».
_BEFORE_A_MENTION = frozenset(
    [
        "a", "au", "aucun", "aucune", "avec", "ce", "cette", "chaque", "comme", "d", "dans", "de", "dernier", "derniere", "des",
        "du", "et", "jamais", "l", "la", "le", "les", "leur", "ma", "mon", "ni", "non", "notre", "ou", "par", "pas", "pour",
        "premier", "premiere", "sa", "sans", "ses", "son", "sur", "ta", "ton", "un", "une", "vos", "votre",
    ]
)  # fmt: skip
ENOUGH = 4
# On a whole page, a title asks for one line of a payslip with it: the word before a mention may have been lost in the reading.
_TITLE = 3
_WHOLE_PAGE = 60
# What each word weighs: those of a payslip alone, then those that invoices, notices of tax and allowances carry too.
_WEIGHTS = {
    "conservez ce bulletin": 4,
    "net a payer": 2, "net paye": 2, "salaire brut": 2,
    "total des cotisations": 2, "total cotisations": 2, "allegement de cotisations": 2,
    "part patronale": 2, "part salariale": 2, "cotisations patronales": 2, "cotisations salariales": 2,
    "net imposable": 1, "net social": 1, "prelevement a la source": 1, "preleve a la source": 1, "cumul brut": 1,
    "csg": 1, "assurance chomage": 1, "retraite complementaire": 1, "complementaire tranche": 1,
    "plafonnee": 1, "deplafonnee": 1,
    # Papers that prove a situation, and speak of pay, of contributions and of tax.
    "periode d essai": -4, "allocation journaliere": -4, "aide au retour a l emploi": -4, "avis d impot": -4, "avis d imposition": -4,
}  # fmt: skip
# The same line under two names counts once.
_SAME = (
    ("total des cotisations", "total cotisations"),
    ("net a payer", "net paye"),
    ("prelevement a la source", "preleve a la source"),
    ("plafonnee", "deplafonnee"),
    ("retraite complementaire", "complementaire tranche"),
)
# One wrong letter in ten.
_ALIKE = 90.0
_LONG = 9


def is_named_as_payslip(name: str) -> bool:
    """Whether the name of a file says that it is a payslip."""
    plain = _plain(name)
    return any(one in plain for one in _NAMES)


def is_payslip(text: str) -> bool:
    """Whether these words are those of a payslip: its title standing as a title, or enough of its lines.

    A statement of hours that only speaks of payslips is none; nor is an invoice, an employment contract, a notice of allowance.
    """
    words = _plain(text).split()
    has_title = _has_title(words)
    return _weight(words) + (_TITLE if has_title else 0) >= ENOUGH or (has_title and len(words) < _WHOLE_PAGE)


def _weight(words: list[str]) -> int:
    whole, squeezed = f" {' '.join(words)} ", "".join(words)
    found = {one for one in _WEIGHTS if _is_in(one, whole, squeezed)}
    for first, *others in _SAME:
        if first in found:
            found.difference_update(others)
    return sum(_WEIGHTS[one] for one in found)


def _is_in(words: str, whole: str, squeezed: str) -> bool:
    """As words; a long expression also with a wrong letter or a missing space."""
    if f" {words} " in whole:
        return True
    plain = words.replace(" ", "")
    return len(plain) >= _LONG and fuzz.partial_ratio(plain, squeezed, score_cutoff=_ALIKE) > 0


def _has_title(words: list[str]) -> bool:
    titles = [one.replace(" ", "") for one in TITLES]
    for at in range(len(words)):
        if at and words[at - 1] in _BEFORE_A_MENTION:
            continue
        for length in (2, 3):
            said = "".join(words[at : at + length])
            if any(abs(len(said) - len(one)) < 3 and fuzz.ratio(said, one) > _ALIKE for one in titles):
                return True
    return False


def _plain(text: str) -> str:
    """In small letters, without accents; whatever is neither a letter nor a digit is one space."""
    bare = unicodedata.normalize("NFKD", text.replace("’", "'")).encode("ascii", "ignore").decode().lower()
    return " ".join(re.findall(r"[a-z0-9]+", bare))
