"""Reads a pasted clause: hours, penalties, deadlines, contacts; what it does not say becomes a question."""

import re
from dataclasses import dataclass

_NUMBER = r"(\d{1,3}(?:[ .\u00a0\u202f]\d{3})+|\d{1,6})"
# Bounded gaps: a text of 5,000 characters costs nothing.
_HOURS = re.compile(
    rf"(?<![\d,.]){_NUMBER}[ \u00a0\u202f]?(?:h|heures?)\b(?:[^.;\n]{{0,40}}\binsertion)?", re.IGNORECASE
)
_BEFORE_HOURS = re.compile(
    r"(?:insertion|volume|minimum|moins|effort|engagement|objectif)[^.;\n]{0,60}$", re.IGNORECASE
)
_PENALTY = re.compile(
    rf"(?<![\d,.]){_NUMBER}(?:,\d+)?[ \u00a0\u202f]?(?:€|euros?)[^.;\n]{{0,30}}(?:par|/)[ \u00a0\u202f]?heure",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_WORDS = {
    "hours": re.compile(r"\bheures?\b", re.IGNORECASE),
    "publics": re.compile(r"demandeurs? d.emploi|\brsa\b|publics?|éligib|bénéficiaires?", re.IGNORECASE),
    "modalities": re.compile(
        r"embauche|mise à disposition|sous-traitance|cotraitance|co-traitance", re.IGNORECASE
    ),
    "facilitator": re.compile(r"facilitat|maison de l.emploi|\bplie\b|guichet", re.IGNORECASE),
    "reporting": re.compile(
        r"relevés?|justificatifs?|attestations?|trimestr|mensuel|chaque mois", re.IGNORECASE
    ),
    "penalties": re.compile(r"pénalit", re.IGNORECASE),
    "globalisation": re.compile(r"globalis|mutualis", re.IGNORECASE),
    "group": re.compile(r"groupement|cotraitan|co-traitan", re.IGNORECASE),
}
QUESTIONS = {
    "hours": "Combien d’heures d’insertion le lot demande-t-il, et sont-elles fixes ou liées aux montants facturés ?",
    "publics": "Quelles personnes sont éligibles, et qui valide leur éligibilité avant l’embauche ?",
    "modalities": "Toutes les modalités sont-elles ouvertes : embauche, mise à disposition, sous-traitance, cotraitance ?",
    "facilitator": "Qui est le facilitateur de cette opération, et comment le joindre pendant la consultation ?",
    "reporting": "Quels justificatifs faut-il remettre, à qui, et à quel rythme ?",
    "penalties": "Quelles pénalités s’appliquent, et dans quels cas le titulaire en est-il dispensé ?",
    "globalisation": "Les heures peuvent-elles être globalisées avec celles d’autres marchés ou lots ?",
    "group": "Comment les heures se répartissent-elles entre cotraitants ?",
}


@dataclass(frozen=True, slots=True)
class ClauseRead:
    """What a clause says. `hours` in hours, `penalty` in euros an hour; None when it does not say.

    `missing`: keys of QUESTIONS the text leaves open; empty when there is no text at all.
    """

    hours: float | None
    penalty: float | None
    mails: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def questions(self) -> tuple[str, ...]:
        """What to ask the buyer, by the platform of the consultation."""
        return tuple(QUESTIONS[key] for key in self.missing)


def read_clause(text: str) -> ClauseRead:
    """Read a pasted text; an empty one leaves every question open but says nothing."""
    if not text.strip():
        return ClauseRead(None, None, (), ())
    return ClauseRead(
        hours=_hours(text),
        penalty=next((_value(found[1]) for found in _PENALTY.finditer(text)), None),
        mails=tuple(dict.fromkeys(_MAIL.findall(text)))[:3],
        missing=tuple(key for key, pattern in _WORDS.items() if not pattern.search(text)),
    )


def _hours(text: str) -> float | None:
    """The largest number of hours said to be of insertion; hours a week or a month are not."""
    told = []
    for found in _HOURS.finditer(text):
        after = text[found.end() : found.end() + 24].lower()
        if re.match(r"\W{0,3}(?:par|/|hebdo|mensuel)", after):
            continue
        if "insertion" in found[0].lower() or _BEFORE_HOURS.search(
            text[max(0, found.start() - 80) : found.start()]
        ):
            told.append(_value(found[1]))
    return max(told, default=None)


def _value(number: str) -> float:
    return float(re.sub(r"\D", "", number))
