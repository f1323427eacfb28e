"""Owns the check of the hours of a text against the lot: calibrated range, useful volume, silence of the facts."""

import re
from collections.abc import Iterator

from levier.clauses.result import Outcome, Written
from levier.clauses.sentences import FIELD_TO_FILL, Sentence, sentences
from levier.clauses.values import ClauseValues
from levier.core.typography import euros, figure
from levier.rulebook.levers import Facts
from levier.rulebook.levers.wording import hours_range

_HOURS = re.compile(r"(\d[\d ]*(?:,\d+)?) ?(?:h\b|heures\b)")
_COMMITS = re.compile(
    r"(?:s['’]engage|réserv|consacr|réalis|effectu|engagement|volume|objectif)[^.;]{0,80}\d ?(?:h|heures)\b[^.;]*(?:insertion|clause|éloigné)"
    r"|(?:insertion|éloigné)[^.;]{0,80}(?:au moins|minimum|soit|volume|:) ?[^.;]{0,40}\d ?(?:h|heures)\b"
)
# « 35 h par semaine », « 7 h de formation » is no commitment of the lot.
_IS_A_PACE = re.compile(
    r"hebdomadaire|par (?:semaine|jour|mois|personne|an)\b|/ ?semaine|de formation|quotidien|48 ?h"
)


def proportion(document: Written, facts: Facts, values: ClauseValues) -> tuple[Outcome, Sentence | None, str]:
    """The outcome, the sentence that states the hours (None when there is none), and what to write instead.

    The figure written in the text counts: somebody may have changed it after the draft.
    """
    every = list(_stated(document))
    stated = every[0] if every else None
    hours = stated[1] if stated else values.hours
    sentence = stated[0] if stated else None
    if values.tranche_hours is not None and values.tranche_amount_ht:
        return _per_amount(sentence, facts, values)
    if hours is None:
        return "unknown", sentence, "Choisissez le nombre d’heures dans la fourchette du calibrage."
    if hours < facts.minimum_hours:
        return (
            "fail",
            sentence,
            f"{figure(hours)} h, c’est moins que le volume utile à un parcours ({figure(facts.minimum_hours)} h) : "
            "augmentez, ou choisissez un autre levier.",
        )
    if facts.hours is None:
        asked = (
            "Dites s’il y a du personnel à reprendre, et pour combien d’heures par mois"
            if facts.is_takeover_open
            else "Donnez l’objet (CPV), le montant et la durée"
        )
        return (
            "unknown",
            sentence,
            f"{asked} : sans calibrage, personne ne peut dire si ce nombre d’heures est à la mesure du lot.",
        )
    # The table may be right and a sentence further down say another figure.
    for said, figure_said in (
        (sentence, hours),
        *((one, said) for one, said in every if not one.text.startswith("|")),
    ):
        if figure_said > facts.hours.high:
            return (
                "fail",
                said,
                f"{figure(figure_said)} h dépasse le calibrage ({hours_range(facts)}) : écrivez un nombre dans cette fourchette, "
                "ou justifiez-le dans le dossier.",
            )
    return "ok", sentence, ""


def _per_amount(
    sentence: Sentence | None, facts: Facts, values: ClauseValues
) -> tuple[Outcome, Sentence | None, str]:
    """Hours by slice: what they come to on the estimated amount is what is compared."""
    amount = facts.lot_amount_ht or facts.need_amount_ht
    if facts.hours is None or amount is None:
        return "unknown", sentence, "Donnez le montant estimé de l’accord-cadre et sa durée pour le comparer."
    assert values.tranche_hours is not None and values.tranche_amount_ht
    trigger = values.trigger_amount_ht or 0
    if amount < trigger:
        return (
            "fail",
            sentence,
            f"Sur l’estimé ({euros(amount)} HT), le seuil de {euros(trigger)} HT n’est pas atteint : aucune heure ne "
            "serait due. Baissez le seuil, ou choisissez un autre levier.",
        )
    counted = amount if values.is_trigger_retroactive is not False else amount - trigger
    total = values.tranche_hours * counted / values.tranche_amount_ht
    if total > facts.hours.high:
        return (
            "fail",
            sentence,
            f"Sur l’estimé, ces tranches donnent {figure(total)} h, plus que le calibrage ({hours_range(facts)}) : "
            "baissez les heures par tranche.",
        )
    return "ok", sentence, ""


def _stated(document: Written) -> Iterator[tuple[Sentence, float]]:
    """The hours of the commitment: in its table, else in a sentence that commits; a value still to give is no figure."""
    read = list(sentences(document.markdown))
    in_table = [one for one in read if "engagement" in one.place.lower() and one.text.startswith("|")]
    in_words = [one for one in read if not one.text.startswith("|") and _COMMITS.search(one.text.lower())]
    for sentence in (*in_table, *in_words):
        text = FIELD_TO_FILL.sub("", sentence.text)
        if _IS_A_PACE.search(text.lower()):
            continue
        for match in _HOURS.finditer(text):
            yield sentence, float(match.group(1).replace(" ", "").replace(",", "."))
