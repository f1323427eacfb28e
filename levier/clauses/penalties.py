"""Owns the check of the penalties of a text: each has an amount, and the whole a cap."""

import re
from collections.abc import Iterator, Sequence

from levier.clauses import wordings
from levier.clauses.sentences import FIELD_TO_FILL, Sentence

_GAP = "[à compléter"
_PENALTY = re.compile(r"\bpénali(?:té|s)")
_UNIT = re.compile(
    r"\b(?:par|pour chaque|à chaque|pour toute) (?:heure|jour|absence|réunion|semaine|mois|personne)\b|/ ?(?:h|heure|jour)\b"
)
_LETTERS = r"(?:dix|quinze|vingt|trente|quarante|cinquante|soixante|cents?|mille)[\w -]{0,30}"
# An amount, or what gives one: a share of the price, a multiple of the minimum wage.
_AMOUNT = re.compile(
    rf"(?:\d(?:[\d ]*\d)?(?:[.,]\d+)?|\b{_LETTERS}) ?(?:€|euros?\b|eur\b)|\d ?(?:%|‰)|\d ?/ ?\d[\d ]*\d|pour (?:cent|mille)\b"
    r"|\bsmic\b|plafond horaire|minimum garanti|salaire minimum"
)  # fmt: skip
_BLANK = re.compile(r"(?:…|\.{3,}|_{2,}|\bx{2,}|\?) ?(?:€|euros?\b|eur\b|%)")
_IMPOSES = re.compile(
    r"(?:encour|pénalisé|forfaitaire|journalière|f(?:ait|era|ont|eront) l['’]objet|expos|passible|soumis|donne lieu|entraîn|"
    r"sanctionn|s['’]appliqu|(?:est|sont|sera|seront) (?:appliquée?s?|dues?|infligée?s?))"
)
# What speaks of a penalty without setting one: who decides, where it is written, when it is not due.
_ONLY_SPEAKS = re.compile(
    r"suivante|ci-dessous|ci-après|tableau|prévues? (?:à|au|par)|article|décid|décision|retenue|plafon|renonc|\bn['’]|\bne\b|"
    r"après mise en demeure du|groupement|montant total"
)
# « plafonnée à 5 % » is the cap, not the amount.
_OF_THE_CAP = re.compile(r"plafon[^.;]*")
_CAP = re.compile(
    r"plafon|dans la limite de|ne (?:peut|peuvent|pourra|pourront) (?:excéder|dépasser)|limitée?s? à|maximum"
)


def problems(read: Sequence[Sentence]) -> Iterator[tuple[Sentence | None, str]]:
    """Each sentence that sets a penalty without its amount, with what to write; None for what is nowhere."""
    said = [one for one in read if not one.is_note]
    penalties = [one for one in said if _PENALTY.search(f"{one.place} {one.text}".lower())]
    if not penalties:
        yield None, wordings.PENALTY_MISSING
        return
    priced = {one.place for one in penalties if _AMOUNT.search(_bare(one))}
    for one in penalties:
        if _lacks_amount(one, is_priced_place=one.place in priced):
            yield one, wordings.PENALTY_WITHOUT_AMOUNT
    if not any(_CAP.search(one.text.lower()) for one in penalties):
        yield None, wordings.CAP_MISSING


def _lacks_amount(sentence: Sentence, *, is_priced_place: bool) -> bool:
    text = sentence.text.lower()
    if _GAP in text and ("plafond" in text or "base" in text):
        return True
    bare = _bare(sentence)
    if _BLANK.search(bare):
        return True
    if _AMOUNT.search(_OF_THE_CAP.sub("", bare)):
        return False
    text = _OF_THE_CAP.sub("", text)
    is_row = text.startswith("|")
    if _UNIT.search(text) and (is_row or _PENALTY.search(text)) and not _says_only(text):
        return True
    return (
        not is_row
        and not is_priced_place
        and bool(_PENALTY.search(text) and _IMPOSES.search(text))
        and not _says_only(text)
    )


def _says_only(text: str) -> bool:
    return bool(_ONLY_SPEAKS.search(text)) and not text.startswith("|")


def _bare(sentence: Sentence) -> str:
    """In small letters, without the words of a value still to give."""
    return FIELD_TO_FILL.sub("", sentence.text).lower()
