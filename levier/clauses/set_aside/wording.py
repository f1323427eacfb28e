"""Owns how one wording is looked for: inside its clause of the sentence, denied or not, demanded or only said."""

import re
from dataclasses import dataclass

# What a clause ends at: « les embauches ne sont pas admises : seules les mises à disposition comptent » is two.
_ENDS = re.compile(r"[;:|]|, (?:mais|toutefois|cependant|sauf)\b")
_SAID = (
    r"(?:port|not|compt|concern|regard|demand|contien|exig|impos|joi|transm|envo|rem|fourni|fixe|pren|appréci|décri|"
    r"peu[tv]|pourr|doi|devr|est pas|sont pas|sera pas|seront pas|a pas|ont pas|applique)"
)
# « ni bulletin de paie », « sans préférence locale », « n’exige pas que » before; « n’est pas notée » after.
_DENIED_BEFORE = re.compile(
    rf"\b(?:ni|aucune?|jamais|pas d[e'’])\b[^.]*$|\bsans (?:[\w'’-]+ ){{0,3}}$"
    rf"|\b(?:ne |n['’])(?:(?:lui|leur|vous|les|la|le|y|se) |l['’])?{_SAID}\w*[^.]*$"
)
_DENIED_AFTER = re.compile(
    r"^(?:(?!, (?:ce|si|car|qui|dont)\b)[^.])*?\b(?:(?:ne |n['’])(?:lui |leur |y )?(?:sont|est|seront|sera|ser[ao]nt|entre|entrent|"
    r"compte|comptent|rapporte|rapportent|donne|donnent|peut|peuvent|doit|doivent|a|ont)\b[^.]{0,12}\b(?:pas|jamais|aucun|ni)\b"
    r"|reste(?:nt)? chez|(?:est|sont) (?:interdite?s?|exclue?s?|refusée?s?|inutiles?))"
)
# « Ne comptent jamais : … ; … »: what follows is denied to the end.
_DENIED_LIST = re.compile(
    r"\b(?:jamais|ne comptent pas|ne sont pas (?:notée?s?|demandée?s?|prise?s? en compte)|n['’]entrent pas [\w ]{0,40}|"
    r"exclue?s?|interdite?s?) ?:"
)
# « Le critère ne se limite pas à … » denies nothing.
_NOT_LIMITED = re.compile(r"\b(?:ne |n['’])se (?:limite|borne|réduit)")


@dataclass(frozen=True, slots=True)
class Wording:
    """A wording to change, and what to write instead.

    `pattern` finds it in a sentence in small letters. `needs`, when given, must stand in the same sentence: what makes
    a demand of it. `unless`, in the same clause, makes it harmless. `is_cased`: `pattern` reads capitals too.
    `is_denial`: the wording is itself a prohibition, « ne peut pas recourir à… »: a negation does not clear it.
    """

    pattern: re.Pattern[str]
    advice: str
    needs: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None
    is_cased: bool = False
    is_denial: bool = False

    def is_in(self, sentence: str) -> bool:
        """Whether the sentence, as written, holds the wording as a demand."""
        small = sentence.lower()
        read = sentence if self.is_cased else small
        if self.needs is not None and not self.needs.search(small):
            return False
        return any(self._counts(small, match) for match in self.pattern.finditer(read))

    def _counts(self, small: str, match: re.Match[str]) -> bool:
        start = max((end.end() for end in _ENDS.finditer(small, 0, match.start())), default=0)
        after = _ENDS.search(small, match.end())
        end = after.start() if after else len(small)
        if self.unless is not None and self.unless.search(small[start:end].strip()):
            return False
        if self.is_denial:
            return True  # the wording is itself a prohibition
        if _DENIED_LIST.search(small, 0, match.start()):
            return False
        before = small[start : match.start()]
        if _DENIED_BEFORE.search(before) and not _NOT_LIMITED.search(before):
            return False
        return not _DENIED_AFTER.search(small[match.end() : end])


def wording(
    pattern: str, advice: str, *, needs: str = "", unless: str = "", is_cased: bool = False, is_denial: bool = False
) -> Wording:  # fmt: skip
    """A wording from its patterns, all in small letters: five times quicker than `re.IGNORECASE`."""
    return Wording(
        re.compile(pattern),
        advice,
        re.compile(needs) if needs else None,
        re.compile(unless) if unless else None,
        is_cased,
        is_denial,
    )
