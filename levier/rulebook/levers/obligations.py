"""Owns the wording of the two duties to set a social condition, for contracts and for concessions."""

from levier.rulebook.derogations import derogations, is_ready_for_lawyer, reasons_record
from levier.rulebook.levers.facts import Facts
from levier.rulebook.levers.table import Obligation
from levier.rulebook.levers.thresholds_of import eu_thresholds
from levier.rulebook.thresholds import start_date


def social_condition(facts: Facts) -> Obligation:
    """Return the duty of L2112-2-1 (contracts) or L3114-2-1 (concessions) as it reads for this need."""
    article = "L3114-2-1" if facts.is_concession else "L2112-2-1"
    start = start_date(article)
    cases = derogations(is_concession=facts.is_concession)
    thresholds = eu_thresholds(facts)
    # Several thresholds are possible while the buyer is unknown: the highest is the only sure one.
    highest = max(thresholds, key=lambda row: row.value, default=None)
    contract = "la concession" if facts.is_concession else "le marché"
    return Obligation(
        article=article,
        text=f"À partir du seuil européen, {contract} prévoit au moins une condition d’exécution relative au "
        "domaine social ou à l’emploi, notamment en faveur des personnes défavorisées. Le seuil se lit "
        "sur le "
        "besoin entier, tous lots compris, et la date est celle du lancement. Cette condition n’est pas "
        "forcément une clause en heures d’insertion.",
        amount_ht=facts.amount_for_thresholds,
        threshold_ht=None if highest is None else highest.value,
        launch_date=facts.launch_date,
        starts_on=start.on,
        derogations=cases,
        reasons_record=reasons_record(is_concession=facts.is_concession),
        is_ready_for_lawyer=is_ready_for_lawyer(cases),
        status="confirmed" if start.basis_status == "confirmed" else "to_confirm",
    )
