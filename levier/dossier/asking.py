"""The questions that decide, and only those: what is missing, why it matters, which chip answers it."""

from levier.core.typography import apostrophes, counted
from levier.dossier.need import Need, Problem
from levier.dossier.result import OpenQuestion
from levier.reference.cpv.tables import BUILDING_TRADES
from levier.rulebook.calibration import LotCalibration
from levier.rulebook.levers import LeverAdvice
from levier.rulebook.levers.facts import PACIFIC

# Works of this size are usually let in lots; the hours are then set lot by lot.
LOTS_FROM_HT = 200_000
# Programmes with rules of their own concern operations of some size.
PROGRAMME_FROM_HT = 1_000_000

# The fact a lever waits for → the field of the page that answers it. Facts the page computes are not asked.
FIELDS_OF_FACTS = {
    "launch_date": "launch_date",
    "need_amount_ht": "amount_ht",
    "max_amount_ht": "max_amount_ht",
    "contract_kind": "cpv",
    "buyer_kind": "buyer_kind",
    "has_staff_takeover": "takeover_hours",
}


def open_questions(
    need: Need, advices: tuple[LeverAdvice, ...], calibration: LotCalibration | None
) -> tuple[OpenQuestion, ...]:
    """What to ask, most decisive first, each field once."""
    questions = [
        *_parts(need),
        *_place(need),
        *_amount(need),
        *_years(need),
        *_takeover(need, calibration),
        *_framework(need),
    ]
    questions += [*_months(need, calibration), *_lots(need), *_programme(need), *_from_levers(need, advices)]
    by_field: dict[str, OpenQuestion] = {}
    for question in questions:
        by_field.setdefault(question.field, question)
    return tuple(by_field.values())


def several_needs(need: Need) -> Problem:
    """A shopping list: ask which need comes first rather than answer a mixture."""
    parts = " ; ".join(f"« {apostrophes(part)} »" for part in need.parts[:8])
    return Problem(
        "text",
        f"Ce texte contient plusieurs besoins : {parts}. Faites un dossier par besoin : "
        "les leviers et les heures changent de l’un à l’autre. Par lequel commencez-vous ?",
    )


def _parts(need: Need) -> list[OpenQuestion]:
    """Two things in one sentence are often one contract (« conception et réalisation »): answered, and asked."""
    if not need.parts:
        return []
    said = " ; ".join(f"« {apostrophes(part)} »" for part in need.parts)
    return [
        OpenQuestion(
            "cpv",
            f"Est-ce un seul besoin ? Ce texte en dit deux : {said}.",
            "Les leviers et les heures changent de l’un à l’autre : s’ils sont séparés, un lot chacun, et un dossier par lot.",
        )
    ]


def _years(need: Need) -> list[OpenQuestion]:
    if not need.is_one_year_counted:
        return []
    return [
        OpenQuestion(
            "months",
            "Le montant est donné par an : pour combien de mois en tout, reconductions comprises ?",
            "Les seuils et les heures se lisent sur le besoin entier ; en attendant, une seule année est comptée.",
        )
    ]


def _place(need: Need) -> list[OpenQuestion]:
    if need.place is None:
        return [
            OpenQuestion(
                "place",
                "Où la prestation sera-t-elle réalisée ?",
                "Le lieu décide des structures et du facilitateur.",
            )
        ]
    if need.place_candidates and not need.given.place:
        others = ", ".join(place.label for place in need.place_candidates[:3])
        return [
            OpenQuestion(
                "place",
                f"S’agit-il bien de {need.place.label} ? Sinon : {others}.",
                "Plusieurs lieux portent ce nom."
                if any(one.name == need.place.name for one in need.place_candidates)
                else "Votre texte nomme plusieurs lieux : celui de l’exécution décide des structures et du facilitateur.",
            )
        ]
    return []


def _amount(need: Need) -> list[OpenQuestion]:
    if need.amount_ht is not None or need.is_framework:
        return []
    return [
        OpenQuestion(
            "amount_ht",
            "Quel est le montant estimé du besoin entier, hors taxes ?",
            "Il décide des heures, des seuils et du levier.",
        )
    ]


def _takeover(need: Need, calibration: LotCalibration | None) -> list[OpenQuestion]:
    decides = (
        calibration is not None and calibration.trade.takeover_possible and calibration.verdict != "no_clause"
    )
    if need.is_takeover_answered or not decides:
        return []
    asked = "Y a-t-il du personnel à reprendre, et pour combien d’heures par mois (0 s’il n’y en a pas) ?"
    if need.takeover_staff:
        asked = f"{counted(need.takeover_staff, 'personne')} à reprendre : pour combien d’heures par mois en tout ?"
    return [
        OpenQuestion(
            "takeover_hours",
            asked,
            "Dans ce métier, le personnel repris peut ramener les heures d’insertion à zéro.",
        )
    ]


def _framework(need: Need) -> list[OpenQuestion]:
    if not need.is_framework:
        return []
    found = []
    if need.amount_ht is None:
        found.append(
            OpenQuestion(
                "amount_ht",
                "Quel montant de commandes estimez-vous, hors taxes ?",
                "Les heures se calibrent sur l’estimé, jamais sur le maximum.",
            )
        )
    if need.max_amount_ht is None:
        found.append(
            OpenQuestion(
                "max_amount_ht",
                "Quel est le montant maximum de l’accord-cadre, hors taxes ?",
                "Les seuils européens se lisent sur le maximum.",
            )
        )
    return found


def _months(need: Need, calibration: LotCalibration | None) -> list[OpenQuestion]:
    if need.months is not None or calibration is None or calibration.verdict == "no_clause":
        return []
    return [
        OpenQuestion(
            "months",
            "Quelle est la durée d’exécution, en mois ?",
            "Trop court, un chantier ne porte pas un parcours.",
        )
    ]


def _lots(need: Need) -> list[OpenQuestion]:
    is_large = need.amount_ht is not None and need.amount_ht >= LOTS_FROM_HT
    if need.contract_kind != "travaux" or not is_large or need.lot_count is not None or need.is_framework:
        return []
    if need.cpv and need.cpv.code.startswith(BUILDING_TRADES) and need.amount_ht < PROGRAMME_FROM_HT:
        return []
    return [
        OpenQuestion(
            "lot_count",
            "En combien de lots ?",
            "Les heures se fixent lot par lot ; tous n’ont pas besoin d’une clause.",
        )
    ]


def _programme(need: Need) -> list[OpenQuestion]:
    is_large = need.amount_ht is not None and need.amount_ht >= PROGRAMME_FROM_HT
    if need.contract_kind != "travaux" or not is_large or need.programme:
        return []
    if need.place and need.place.departement in PACIFIC:
        return []
    return [
        OpenQuestion(
            "programme",
            "L’opération relève-t-elle d’un programme (ANRU, Grand Paris Express…) ?",
            "Un programme impose ses taux et ses publics.",
        )
    ]


def _from_levers(need: Need, advices: tuple[LeverAdvice, ...]) -> list[OpenQuestion]:
    found = []
    for advice in advices:
        if not advice.is_retained or advice.outcome not in {"to_answer", "required"}:
            continue
        for question in advice.questions:
            field = FIELDS_OF_FACTS.get(question.code)
            if field and not _is_known(need, field):
                found.append(OpenQuestion(field, question.text, f"Décide du levier « {advice.title} »."))
    return found


def _is_known(need: Need, field: str) -> bool:
    return getattr(need, field, None) not in {None, ""} and field != "launch_date"
