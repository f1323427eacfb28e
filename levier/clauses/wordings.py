"""Owns the wordings a text must hold, and what to write when it does not; those set aside are in `set_aside`."""

import re
from collections.abc import Iterable

HOUR_LEVERS = frozenset({"L2112-2", "L2112-2-1", "L2112-2_R2152-7"})
PENALTY_LEVERS = HOUR_LEVERS | {"L2691-1", "L3114-2", "L3114-2-1"}
FREE_MEANS = re.compile(
    r"(?:choisit|choisissent) librement|libre (?:de|du choix de) ses moyens|moyens (?:qu['’]il choisit|de son choix)"
)
FREE_MEANS_SENTENCE = (
    "La liberté des moyens n’est pas écrite. Ajoutez : « Le titulaire choisit librement ses moyens, et peut les "
    "combiner : embauche directe, mise à disposition, sous-traitance ou cotraitance »."
)

SHARES_NOT_WHOLE = "Les parts de la note font {total} % : revoyez-les pour qu’elles fassent 100 %."
PENALTY_MISSING = (
    "Aucune pénalité n’est écrite : l’acheteur ne pourra pas en appliquer. Reprenez l’article sur les pénalités, "
    "avec un montant, ou assumez de n’en avoir aucune."
)
PENALTY_WITHOUT_AMOUNT = (
    "Une pénalité sans montant ne s’applique pas : donnez un montant en euros (par heure, par jour ou par "
    "absence), et au plafond une part et sa base ; ou retirez la ligne."
)
CAP_MISSING = (
    "Aucun plafond n’est écrit. Ajoutez : « L’ensemble de ces pénalités est plafonné à … % du montant HT du lot », avec la "
    "part que vous choisissez."
)
_MEMBER = re.compile(r"co-?traitant|membres?\b|mandataire")
_ITS_SHARE = re.compile(r"heures|insertion|engagement|\bparts?\b|action")
_ASKED = re.compile(
    r"répart|réalis|indiqu|précis|rempli|renseign|complèt|détaill|prend en charge|assur|engage"
)
_OF_MONEY = re.compile(r"honoraire|paiement|facturation|règlement des|prix")


def asks_split(sentence: str) -> bool:
    """Whether a sentence or a row of a table, in small letters, asks what each member of a group does."""
    if not _MEMBER.search(sentence) or not _ITS_SHARE.search(sentence) or _OF_MONEY.search(sentence):
        return False
    return sentence.startswith("|") or bool(_ASKED.search(sentence))


MEMBER_SPLIT_SENTENCE = (
    "La part de chaque cotraitant n’est pas demandée. Ajoutez à l’annexe un tableau « Membre, part du lot, heures "
    "d’insertion », dont le total est l’engagement."
)

_DENIED = re.compile(r"(?:\bne |\bn['’]|\baucune?\b|\bsans\b|\bpas d)[^.;:]{0,25}$")


def is_said(pattern: str, sentences: Iterable[str]) -> bool:
    """Whether one of the sentences, in small letters, says it without denying it."""
    return any(
        not _DENIED.search(text[: match.start()])
        for text in sentences
        for match in re.finditer(pattern, text)
    )


_CLAUSE = (
    (
        r"condition[^.]{0,80}(?:social|insertion|emploi)|clauses? (?:sociale|d['’]insertion)|(?:actions?|heures|objectifs?|engagement) d['’]insertion"
        r"|insertion[^.]{0,80}condition|considérations? sociales?",
        "L’avis n’annonce pas la condition. Écrivez : « Le marché comporte une condition sociale d’exécution ».",
    ),
    (r"l2112-2", "L’avis ne cite pas l’article. Ajoutez : « fondée sur l’article L2112-2 du code de la commande publique »."),
)  # fmt: skip
_INSERTION = r"crit[èe]re[^.]{0,160}insertion|insertion[^.]{0,160}(?:crit[èe]re|pondér|\d ?%)"
_CRITERION = (
    (
        _INSERTION,
        "L’avis n’annonce pas le critère. Ajoutez l’insertion professionnelle à la liste des critères, avec sa pondération.",
    ),
    (
        r"r2152-7",
        "L’avis ne cite pas l’article. Ajoutez : « (article R2152-7 du code de la commande publique) ».",
    ),
)


def _reserved(article: str) -> tuple[tuple[str, str], ...]:
    return (
        (r"réservée?", "L’avis n’annonce pas la réservation. Écrivez : « Marché réservé », et à qui."),
        (
            rf"{article.lower()}\b(?!-)",
            f"L’avis ne cite pas l’article de la réservation. Ajoutez : « article {article} du code de la commande "
            "publique ».",
        ),
    )


# Lever → what its notice must say: (pattern, what to write when it is missing).
ANNOUNCED: dict[str, tuple[tuple[str, str], ...]] = {
    "L2112-2": _CLAUSE,
    "L2112-2-1": _CLAUSE,
    "R2152-7": _CRITERION,
    "L2112-2_R2152-7": (*_CLAUSE, *_CRITERION),
    "L2691-1": (
        (
            r"condition",
            "L’avis n’annonce pas la condition. Écrivez : « Condition particulière d’exécution ».",
        ),
        (r"l2691-1", "L’avis ne cite pas l’article L2691-1 : ajoutez-le."),
    ),
    "R2123-1": ((r"r2123-1", "L’avis ne cite pas l’article R2123-1 : ajoutez-le."),),
    "L3114-2": (
        (
            r"condition",
            "L’avis n’annonce pas la condition. Écrivez : « La concession comporte une condition sociale ».",
        ),
        (r"l3114-2", "L’avis ne cite pas l’article L3114-2 : ajoutez-le."),
    ),
    "L3124-5": (
        (_INSERTION, "L’avis n’annonce pas le critère : ajoutez-le à la liste."),
        (r"l3124-5", "L’avis ne cite pas l’article L3124-5 : ajoutez-le."),
    ),
    "L3113-1": _reserved("L3113-1"),
} | {code: _reserved(code) for code in ("L2113-12", "L2113-13", "L2113-13-1", "L2113-14", "L2113-15")}
ANNOUNCED["L3114-2-1"] = ANNOUNCED["L3114-2"]
