"""Reads a pasted clause: hours, publics, penalties, contacts; what it does not say becomes a question."""

import re
from dataclasses import dataclass, fields

from levier.dossier.bidding.hours_in_text import NUMBER, HoursRead, read_hours, value_of
from levier.dossier.numbers_in_letters import in_digits

_EUROS = r"(?:,\d+)?\)?[ \u00a0\u202f]?(?:€|euros?)(?: ?ht)?"
_PENALTY = re.compile(
    rf"(?<![\d,.]){NUMBER}{_EUROS}[^.;,\n]{{0,30}}?(?:par|/)[ \u00a0\u202f]?(?:nombre d.)?h(?:eures?)?\b",
    re.IGNORECASE,
)
_PROOF_PENALTY = re.compile(
    rf"(?<![\d,.]){NUMBER}{_EUROS}[^.;,\n]{{0,20}}?(?:par|/)[ \u00a0\u202f]?jour\b", re.IGNORECASE
)
# « une pénalité égale à deux fois le SMIC horaire », by hour not done.
_SMIC_PENALTY = re.compile(
    r"pénalité[^.;\n]{0,120}?\b(?P<times>\d{1,2}(?:,\d{1,2})?|une?|deux|trois|quatre|cinq) fois[^.;\n\d]{0,40}?\bsmic\b",
    re.IGNORECASE,
)
_TIMES = {"un": 1.0, "une": 1.0, "deux": 2.0, "trois": 3.0, "quatre": 4.0, "cinq": 5.0}
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
# « Facilitateur : Maison de l'emploi…, 04 00… », « confie l'accompagnement de la clause à : … », « s'adresser à : … ».
_FACILITATOR = re.compile(
    r"(?:\bfacilitat(?:eur|rice)s?(?:[ '’][^\W\d_]+){0,10}|accompagnement (?:de la clause|de l.action d.insertion)[^:\n.]{0,40}|"
    r"question sur la clause[^:\n.]{0,60}|renseignements sur (?:la clause|l.insertion)[^:\n.]{0,40})"
    r"[ \u00a0\u202f]*:[ \u00a0\u202f]*(?P<said>[^\n]{4,240})",
    re.IGNORECASE,
)
# « prendra contact avec la Maison de l'emploi et de la formation, tél. 04 00… ».
_CONTACTED = re.compile(
    r"(?:contact(?:e|era|er|ez)?(?: est pris)?(?: avec)?|rapproch\w+ d[eu]|s.adress\w+ (?:à|au)) (?:la |le |l['’])?"
    r"(?P<said>(?:maison (?:de l['’]emploi|métropolitaine)|mde\b|plie\b|mission locale|guichet|facilitat\w+)[^\n]{0,240})",
    re.IGNORECASE,
)
# Without a way to reach it, a sentence about « le facilitateur » names nobody.
_REACHED = re.compile(r"@|\d{2}[ .]\d{2}|\bMme\b|\bM\. ")
_END_OF_CONTACT = re.compile(r"(?<=\w{5})\.(?=\s)|\.(?=\s+[A-ZÀÂÉÈÊ])|\.\s*$|;\s|\s\(")
# « la Maison de l'emploi (MEF) de… »
_SHORT_NAME = re.compile(r"\s\([^()\n]{2,40}\)")
_NAMED = re.compile(r"[^\W\d_]{3}")
LONGEST_CONTACT = 160
_PUBLICS = {
    "RSA": r"\brsa\b|revenu de solidarité active",
    "demandeurs d’emploi de longue durée": r"demandeurs? d.emploi de (?:très )?longue durée|\bdeld\b|plus d.(?:un|1) an|"
    r"plus de (?:12|douze) mois",
    "travailleurs handicapés": r"handicap|\brqth\b|\bboeth\b|5212-13",
    "jeunes": r"jeunes?\b|moins de (?:25|26|30|vingt-six) ans",
    "plus de 50 ans": r"(?:plus|\+) de (?:50|cinquante) ans|séniors?",
    "habitants de QPV": r"quartiers? prioritaires?|\bqpv\b",
    "ASS, AAH": r"\bass\b|\baah\b|allocation (?:de solidarité spécifique|aux? adultes?)",
    "salariés de l’insertion": r"\biae\b|insertion par l.activité économique|\betti\b|\bgeiq\b|structures? d.insertion",
    "réfugiés": r"réfugi|protection subsidiaire",
    "personnes sous main de justice": r"main de justice|détenu|\bppsmj\b",
}
_PUBLIC_WORDS = {label: re.compile(pattern, re.IGNORECASE) for label, pattern in _PUBLICS.items()}
_WORDS = {
    "hours": re.compile(r"\bheures?\b", re.IGNORECASE),
    "publics": re.compile(r"demandeurs? d.emploi|\brsa\b|publics?\b|éligib|bénéficiaires?", re.IGNORECASE),
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
class ClauseRead(HoursRead):
    """What a clause says; None when it does not say. Penalties in euros: an hour, a day of delay.

    `penalty_smic`: the penalty of an hour, in times the hourly minimum wage. `missing`: keys of QUESTIONS the text leaves
    open; empty when there is no text at all.
    """

    penalty: float | None = None
    penalty_smic: float | None = None
    proof_penalty: float | None = None
    publics: tuple[str, ...] = ()
    # Whom the text names to help with the clause, as it says it.
    facilitator: str = ""
    mails: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def questions(self) -> tuple[str, ...]:
        """What to ask the buyer, by the platform of the consultation."""
        return tuple(QUESTIONS[key] for key in self.missing)


def read_clause(text: str) -> ClauseRead:
    """Read a pasted text; an empty one leaves every question open but says nothing."""
    if not text.strip():
        return ClauseRead()
    # A form sends its lines ended by both signs.
    text = in_digits("\n".join(text.splitlines()))
    hours = read_hours(text)
    flat = " ".join(text.split())
    penalty, smic = _PENALTY.search(flat), _SMIC_PENALTY.search(flat)
    proof = _PROOF_PENALTY.search(flat)
    return ClauseRead(
        **{one.name: getattr(hours, one.name) for one in fields(HoursRead)},
        penalty=value_of(penalty[1]) if penalty else None,
        penalty_smic=_times(smic["times"]) if smic and not penalty else None,
        proof_penalty=value_of(proof[1]) if proof else None,
        publics=tuple(label for label, pattern in _PUBLIC_WORDS.items() if pattern.search(text)),
        facilitator=_facilitator(text),
        mails=tuple(dict.fromkeys(_MAIL.findall(text)))[:3],
        missing=tuple(key for key, pattern in _WORDS.items() if not pattern.search(text)),
    )


def _times(said: str) -> float:
    return _TIMES.get(said.lower()) or float(said.replace(",", "."))


def _facilitator(text: str) -> str:
    """The name and the ways to reach the facilitator, cut at the end of their sentence; empty when the text names nobody."""
    for pattern in (_FACILITATOR, _CONTACTED):
        for found in pattern.finditer(text):
            name = _END_OF_CONTACT.split(_SHORT_NAME.sub("", found["said"]), maxsplit=1)[0]
            said = " ".join(name.split()).strip(" ,.-–—")
            if pattern is _CONTACTED and _REACHED.search(said):
                said = said[:1].upper() + said[1:]
            if _NAMED.search(said) and said[:1].isupper() and len(said) <= LONGEST_CONTACT:
                return said
    return ""
