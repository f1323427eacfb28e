"""Owns the fields a clause text may ask for, and the words shown while a value is missing."""

from levier.clauses.trades import tasks_of
from levier.core.typography import euros, figure, percent
from levier.rulebook.levers import Facts
from levier.rulebook.levers.wording import hours_range
from levier.rulebook.thresholds import threshold

# Every field a text may ask for, with the words shown while it is missing.
# To whom a concession may be reserved: one family, never both (L3113-3).
CONCESSION_FAMILIES = (
    "aux entreprises adaptées, aux ESAT et aux structures équivalentes",
    "aux structures d’insertion par l’activité économique et aux structures équivalentes",
)
GAPS: dict[str, str] = {
    "buyer": "nom de l’acheteur",
    "object": "objet du marché",
    "lot": "lot ou lots concernés",
    "support": "objet du marché",
    "operation": "nom de l’opération",
    "territory": "territoire d’exécution",
    "overseas": "collectivité d’outre-mer",
    "contact": "nom, téléphone et courriel du contact",
    "facilitator": "nom, téléphone et courriel du facilitateur",
    "tasks": "tâches du marché accessibles à une personne qui apprend le métier",
    "start": "date de début",
    "end": "date de fin",
    "answer_deadline": "date limite de réponse",
    "legal_basis": "base légale",
    "of_legal_basis": "base légale",
    "concession_basis": "base légale",
    "of_concession_basis": "base légale",
    "hours": "nombre d’heures d’insertion",
    "hours_commitment": "nombre d’heures d’insertion",
    "hours_weeks": "nombre de semaines",
    "takeover_answer": "« non », ou les heures mensuelles du personnel à reprendre",
    "takeover_hours": "heures mensuelles du personnel à reprendre",
    "headcount": "nombre d’emplois",
    "annual_hours": "heures de travail d’un emploi sur la durée du marché",
    "tranche_hours": "heures par tranche",
    "tranche_amount": "montant de la tranche (HT)",
    "trigger_sentence": "montant à partir duquel l’engagement commence, ou « dès la première commande »",
    "eligibility_months": "durée de validité de l’éligibilité ; l’usage est de 24 mois",
    "cdi_months": "durée pendant laquelle un CDI compte",
    "name_of_programme": "nom du programme",
    "publics_of_programme": "publics du programme",
    "rate_of_programme": "part des heures demandée par le programme",
    "penalty_hour": "montant par heure",
    "penalty_proof": "montant par jour",
    "penalty_final_report": "montant par jour",
    "penalty_meeting": "montant par réunion",
    "penalty_action": "montant forfaitaire ; aucun n’a été observé, proportionnez-le à ce qui est demandé",
    "penalty_notice_days": "délai laissé par la mise en demeure, en jours",
    "penalty_cap_rate": "plafond, en part d’un montant",
    "penalty_cap_base": "montant qui sert de base, par exemple « montant HT du lot »",
    "penalty_optional": "contrepartie convenue, ou « aucune »",
    "criterion_weight": "pondération",
    "criterion_tasks": "part",
    "criterion_support": "part",
    "criterion_training": "part",
    "criterion_outcome": "part",
    "criterion_price": "part",
    "social_condition": "une condition liée à l’objet, que l’on peut compter, par exemple : former à ce métier deux "
    "personnes éloignées de l’emploi, 70 heures chacune ; accueillir deux élèves ou étudiants de ce métier, quatre "
    "semaines chacun ; une action d’égalité professionnelle dans l’équipe affectée au marché",
    "separable_part": "partie détachée",
    "insurance": "assurances demandées",
    "suppliers": "structures sollicitées",
    "same_purchases": "achats de même nature",
    "choice_reason": "raison du choix",
    "reason_of_lever": "levier retenu, et pourquoi",
    "reason_of_lot": "raison du lot distinct",
    "last_purchase": "date et montant, ou « aucun »",
    "ccag_name": "cahier des clauses administratives générales",
    "ccag_insertion_article": "numéro de l’article sur l’insertion sociale",
    "ccag_penalty_article": "numéro de l’article sur les pénalités",
    "ccag_termination_article": "numéro de l’article sur la résiliation pour faute",
    "derogation": "« aucune », ou le cas retenu et ses motifs",
    "amount": "montant estimé du besoin entier (HT)",
    "direct_threshold": "seuil en vigueur au lancement",
    "eu_threshold": "seuil européen en vigueur au lancement",
    "youth_ratio": "rapport des taux de chômage",
    "youth_share": "part des heures",
    "reservation_share": "part minimale",
    "concession_reserved_to": f"une seule famille : « {CONCESSION_FAMILIES[0]} », ou « {CONCESSION_FAMILIES[1]} »",
}


def usual_cap_base(*, is_concession: bool, is_framework: bool, is_unsplit: bool = False) -> str:
    """What a cap of penalties is usually a share of: a concession has no price, a framework only what is ordered."""
    if is_concession:
        return "valeur HT de la concession, estimée à sa signature"
    whole = "marché" if is_unsplit else "lot"
    return f"montant HT facturé au titre du {whole}" if is_framework else f"montant HT du {whole}"


def gaps_for(
    facts: Facts, *, trade: str = "", is_unsplit: bool = False, is_per_amount: bool = False
) -> dict[str, str]:
    """The words of the gaps for this need, with the calibrated hours, the tasks and the penalties observed."""
    gaps = dict(GAPS)
    if facts.hours is not None:
        calibrated = (
            f"le calibrage donne {hours_range(facts)}"
            if facts.hours.high
            else "le calibrage n’en donne aucune, préférez une condition sans heures"
        )
        gaps["hours"] = gaps["hours_commitment"] = f"nombre d’heures d’insertion ; {calibrated}"
    if is_per_amount:
        gaps["hours_commitment"] = "heures par tranche de montant facturé"
    if tasks := tasks_of(trade):
        gaps["tasks"] += f", par exemple : {tasks}"
    for name, table, unit in (
        ("penalty_hour", "hour_penalty_observed", "par heure"),
        ("penalty_proof", "proof_penalty_observed", "par jour"),
        ("penalty_final_report", "final_report_penalty_observed", "par jour"),
        ("penalty_meeting", "meeting_penalty_observed", "par absence"),
    ):
        low, high = (threshold(table, bound=bound).value for bound in ("low", "high"))
        seen = f"observé à {euros(high)} dans un contrat public"
        if low != high:
            seen = f"observé de {figure(low)} à {euros(high)} dans trois contrats publics"
        gaps[name] = f"montant {unit} ; {seen}"
    base = usual_cap_base(
        is_concession=facts.is_concession, is_framework=facts.is_framework, is_unsplit=is_unsplit
    )
    gaps["penalty_cap_base"] = f"montant qui sert de base, par exemple « {base} »"
    cap = threshold("penalty_cap_observed").value
    gaps["penalty_cap_rate"] += f" ; observé : {percent(cap)} dans un contrat public"
    return gaps
