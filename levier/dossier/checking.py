"""Refuses what cannot be a need: each problem is a French sentence tied to its field."""

import math

from levier.dossier.figures_in_text import FiguresRead
from levier.dossier.need import (
    BUYER_KINDS,
    LARGEST_AMOUNT,
    LONGEST_MONTHS,
    LONGEST_TEXT,
    PROGRAMMES,
    NeedInput,
    Problem,
)
from levier.organisations.identifiers import clean_digits, is_valid_siren


def either(typed: float | None, read: float | None) -> float | None:
    return typed if typed is not None else read


def check_size(given: NeedInput) -> list[Problem]:
    if len(given.text) > LONGEST_TEXT:
        return [
            Problem(
                "text",
                f"Le texte fait {len(given.text)} caractères ; la limite est de {LONGEST_TEXT}. "
                "Résumez le besoin en une ou deux phrases.",
            )
        ]
    if not given.text.strip() and not given.cpv:
        return [
            Problem(
                "text", "Dites ce que vous voulez acheter, par exemple « rénovation d’une école à Roubaix »."
            )
        ]
    return []


def check_values(given: NeedInput, figures: FiguresRead) -> list[Problem]:
    """Every typed or read value that no purchase can have."""
    return [*_amounts(given, figures), *_quantities(given, figures), *_choices(given)]


def _amounts(given: NeedInput, figures: FiguresRead) -> list[Problem]:
    problems = []
    amounts = (("amount_ht", "Le montant", given.amount_ht, figures.amount_ht),)
    amounts += (("max_amount_ht", "Le maximum", given.max_amount_ht, figures.max_amount_ht),)
    for field, label, typed, read in amounts:
        value = either(typed, read)
        if value is None or 0 < value <= LARGEST_AMOUNT:
            continue
        if value <= 0:
            sentence = f"{label} doit être supérieur à 0 €. Laissez vide s’il n’est pas encore connu."
            problems.append(Problem(field, sentence))
        elif math.isnan(value):
            problems.append(Problem(field, f"{label} n’est pas un nombre : écrivez par exemple 120000."))
        else:
            problems.append(
                Problem(field, f"{label} dépasse dix milliards d’euros : vérifiez l’unité (k€, M€).")
            )
    estimate, maximum = (
        either(given.amount_ht, figures.amount_ht),
        either(given.max_amount_ht, figures.max_amount_ht),
    )
    if estimate and maximum and estimate > maximum > 0:
        problems.append(
            Problem(
                "max_amount_ht",
                "Le maximum de l’accord-cadre est inférieur à l’estimé : vérifiez les deux montants.",
            )
        )
    return problems


def _quantities(given: NeedInput, figures: FiguresRead) -> list[Problem]:
    problems = []
    months = either(given.months, figures.months)
    if months is not None and not 0 < months <= LONGEST_MONTHS:
        problems.append(Problem("months", "La durée doit être comprise entre 1 et 600 mois."))
    takeover = either(given.takeover_hours, figures.takeover_hours)
    if takeover is not None and not 0 <= takeover <= 1_000_000:
        problems.append(
            Problem(
                "takeover_hours",
                "Les heures à reprendre sont un nombre d’heures par mois, 0 s’il n’y en a pas.",
            )
        )
    if given.lot_count is not None and not 1 <= given.lot_count <= 200:
        problems.append(Problem("lot_count", "Le nombre de lots va de 1 à 200."))
    if given.posts is not None and not 1 <= given.posts <= 100_000:
        problems.append(Problem("posts", "Le nombre de postes va de 1 à 100 000."))
    if given.launch_date and not 2000 <= given.launch_date.year <= 2100:
        problems.append(Problem("launch_date", "La date de lancement doit être entre 2000 et 2100."))
    return problems


def _choices(given: NeedInput) -> list[Problem]:
    problems = []
    if given.buyer_side not in {"", "public", "private"}:
        problems.append(Problem("buyer_side", "L’acheteur est « public » ou « private » (privé)."))
    if given.programme and given.programme not in PROGRAMMES:
        problems.append(
            Problem("programme", f"Programme inconnu. Valeurs admises : {', '.join(PROGRAMMES)}.")
        )
    if given.buyer_kind and given.buyer_kind not in BUYER_KINDS:
        problems.append(
            Problem("buyer_kind", f"Type d’acheteur inconnu. Valeurs admises : {', '.join(BUYER_KINDS)}.")
        )
    if given.buyer_siren and not is_valid_siren(clean_digits(given.buyer_siren)):
        problems.append(
            Problem(
                "buyer_siren",
                "Ce SIREN est faux : il compte neuf chiffres. Laissez vide s’il n’est pas connu.",
            )
        )
    return problems
