"""What in a question tells who asks it: a way to reach somebody, an identifier, a company that names itself."""

import re

from levier.purchasing.errors import RefusedError

_TELLING = {
    "une adresse électronique": re.compile(r"[\w.+-]+@[\w-]+\.\w", re.IGNORECASE),
    "un numéro de téléphone": re.compile(r"(?<!\d)(?:0|\+33[ .]?)[1-9](?:[ .-]?\d{2}){4}(?!\d)"),
    "un SIREN ou un SIRET": re.compile(r"(?<!\d)\d{3}[ .]?\d{3}[ .]?\d{3}(?:[ .]?\d{5})?(?!\d)"),
    "la forme d’une société (SARL, SAS…)": re.compile(r"\b(?:SARL|SASU?|EURL|SNC|SCOP|SCIC)\b"),
    "« notre société », « notre entreprise » suivi d’un nom": re.compile(
        r"\b(?:notre|ma) (?:société|entreprise|structure|association),? [A-ZÀÂÉÈ«][\w’'-]+"
    ),
}


def refuse_telling(words: str, *, who: str) -> None:
    """Refuse words that would tell who asks, once published. `who`: what to do about it, as a sentence. Raises RefusedError."""
    found = [label for label, pattern in _TELLING.items() if pattern.search(words)]
    if found:
        raise RefusedError(
            f"La question contient {' et '.join(found)} : cela fait reconnaître qui la pose. {who}"
        )
