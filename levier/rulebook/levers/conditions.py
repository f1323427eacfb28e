"""Owns the conditions the decision tables share, each with the French words shown to a reader."""

from levier.rulebook.levers.facts import OVERSEAS, PACIFIC, Facts
from levier.rulebook.levers.table import ALWAYS as ALWAYS
from levier.rulebook.levers.table import Condition
from levier.rulebook.levers.thresholds_of import (
    direct_purchase_thresholds,
    eu_thresholds,
    position,
    social_thresholds,
)
from levier.rulebook.thresholds import start_date, threshold

# Reading of the supply within reach, taken from the public platform of inclusive purchasing: a hint, no more.
ENOUGH_SUPPLIERS = 11
FEW_SUPPLIERS = 2
# Trades where an insertion worksite can be the object of the contract: green spaces, finishing works, upkeep.
INSERTION_PROJECT_CPV = ("773", "454", "9061", "9051", "45262")
# Divisions in which the listed health, social, education and cultural services are found.
SOCIAL_CPV = ("75", "80", "85", "92", "98")
# Health, social and cultural services of article 77 of directive 2014/24/EU: catering, security or mail, which
# are « autres services spécifiques » too, are not among them.
ESS_CPV = (
    "75121", "75122", "75123", "79622", "79624", "79625", "8011", "803", "8042", "8043", "80511", "8052", "8059",
    "85", "925", "926", "98133",
)  # fmt: skip

IS_PRIVATE = Condition("l’acheteur est privé", lambda facts: facts.buyer_side == "private")
IS_CONCESSION = Condition("le contrat est une concession", lambda facts: facts.is_concession)
IS_DEFENCE = Condition("le contrat relève de la défense ou de la sécurité", lambda facts: facts.is_defence)
IS_PACIFIC = Condition(
    "le lieu est à Wallis-et-Futuna, en Polynésie française ou en Nouvelle-Calédonie",
    lambda facts: facts.territory in PACIFIC,
)
IS_OVERSEAS = Condition("le lieu est outre-mer (liste de L2691-1)", lambda facts: facts.territory in OVERSEAS)
IS_FRAMEWORK = Condition("c’est un accord-cadre", lambda facts: facts.is_framework)
IS_SUPPLIES = Condition(
    "le contrat porte sur des fournitures", lambda facts: facts.contract_kind == "fournitures"
)
IS_WORKS = Condition("le contrat porte sur des travaux", lambda facts: facts.contract_kind == "travaux")
IS_UTILITY = Condition(
    "l’acheteur est une entité adjudicatrice", lambda facts: facts.buyer_kind == "entite_adjudicatrice"
)
IS_STATE_OR_STATUTORY = Condition(
    "l’acheteur est l’État, une collectivité ou un organisme visé par la loi",
    lambda facts: facts.buyer_kind in (None, "etat", "collectivite", "etablissement_local"),
)
IS_SOCIAL_SERVICE = Condition(
    "la prestation est un service social ou spécifique listé", lambda facts: facts.is_social_service is True
)
# Narrower: the services a lot may reserve to the social economy.
IS_RESERVABLE_TO_ESS = Condition(
    "la prestation est un service social ou spécifique que l’on peut réserver à l’ESS",
    lambda facts: facts.is_social_service is True and (not facts.cpv or facts.cpv.startswith(ESS_CPV)),
)
MAY_BE_SOCIAL_SERVICE = Condition(
    "la prestation est peut-être un service social ou spécifique listé",
    lambda facts: facts.is_social_service is None and facts.cpv.startswith(SOCIAL_CPV),
)
HAS_PROGRAMME = Condition("l’opération relève d’un programme", lambda facts: bool(facts.programme))

AMOUNT_UNKNOWN = Condition(
    "le montant du besoin est inconnu", lambda facts: facts.amount_for_thresholds is None
)
KIND_UNKNOWN = Condition("la nature du contrat est inconnue", lambda facts: facts.contract_kind is None)
LAUNCH_UNKNOWN = Condition("la date de lancement est inconnue", lambda facts: facts.launch_date is None)
MAXIMUM_UNKNOWN = Condition(
    "c’est un accord-cadre sans maximum connu",
    lambda facts: facts.is_framework and facts.max_amount_ht is None,
)


def _direct_position(facts: Facts) -> str:
    return position(facts.amount_for_thresholds, direct_purchase_thresholds(facts))


def _eu_position(facts: Facts) -> str:
    return position(facts.amount_for_thresholds, eu_thresholds(facts))


BELOW_DIRECT_PURCHASE = Condition(
    "le besoin entier est sous le seuil de l’achat direct", lambda facts: _direct_position(facts) == "below"
)
ABOVE_DIRECT_PURCHASE = Condition(
    "le besoin entier atteint le seuil de l’achat direct", lambda facts: _direct_position(facts) == "above"
)
BELOW_EU = Condition(
    "le besoin entier est sous le seuil européen", lambda facts: _eu_position(facts) == "below"
)
ABOVE_EU = Condition(
    "le besoin entier atteint le seuil européen", lambda facts: _eu_position(facts) == "above"
)
EU_UNKNOWN = Condition(
    "les faits connus ne suffisent pas à situer le besoin par rapport au seuil européen",
    lambda facts: _eu_position(facts) == "unknown",
)
ONLY_LOT_BELOW_EU = Condition(
    "le lot est sous le seuil européen alors que le besoin entier l’atteint",
    lambda facts: (
        facts.lot_amount_ht is not None and position(facts.lot_amount_ht, eu_thresholds(facts)) == "below"
    ),
)
ONLY_MAXIMUM_ABOVE_EU = Condition(
    "seul le maximum de l’accord-cadre atteint le seuil européen",
    lambda facts: (
        facts.is_framework
        and facts.need_amount_ht is not None
        and position(facts.need_amount_ht, eu_thresholds(facts)) == "below"
    ),
)
BELOW_SOCIAL_THRESHOLD = Condition(
    "un service social ou spécifique sous son seuil propre",
    lambda facts: (
        facts.is_social_service is True
        and position(facts.amount_for_thresholds, social_thresholds(facts)) != "above"
    ),
)


def launched_before(rule: str) -> Condition:
    """Whether the consultation was launched before `rule` applied."""
    start = start_date(rule).on
    return Condition(
        f"la consultation a été lancée avant le {start:%d/%m/%Y}",
        lambda facts: facts.launch_date is not None and facts.launch_date < start,
    )


# The same article 35 makes the environment compulsory: a consultation not yet launched is under it.
ENVIRONMENT_IS_DUE = Condition(
    "les conditions et les critères doivent aussi tenir compte de l’environnement",
    lambda facts: (
        facts.buyer_side == "public"
        and not (facts.is_defence or facts.territory in PACIFIC)
        and (facts.launch_date is None or facts.launch_date >= start_date("L2112-2-1").on)
    ),
)


def is_mandatory(facts: Facts) -> bool:
    """Whether L2112-2-1 surely weighs on this contract."""
    return (
        facts.buyer_side == "public"
        and not (facts.is_concession or facts.is_defence or facts.territory in PACIFIC)
        and facts.launch_date is not None
        and facts.launch_date >= start_date("L2112-2-1").on
        and _eu_position(facts) == "above"
        and not BELOW_SOCIAL_THRESHOLD(facts)
    )


IS_MANDATORY = Condition("la condition sociale est obligatoire (L2112-2-1)", is_mandatory)

IS_SMALL_BUYER = Condition(
    "l’acheteur compte moins de 3 500 habitants",
    lambda facts: facts.buyer_population is not None and facts.buyer_population < 3_500,
)
IS_CATERING = Condition(
    "la prestation est un service de restauration", lambda facts: facts.cpv.startswith("55")
)
IS_SCHOOL_WORKS = Condition(
    "les travaux portent sur un bâtiment d’enseignement", lambda facts: facts.cpv.startswith("45214")
)

HOURS_UNKNOWN = Condition("le volume d’heures n’est pas calculé", lambda facts: facts.hours is None)
TOO_FEW_HOURS = Condition(
    "la fourchette d’heures reste sous le minimum utile",
    lambda facts: facts.hours is not None and facts.hours.high < facts.minimum_hours,
)
ENOUGH_HOURS = Condition(
    "toute la fourchette d’heures atteint le minimum utile",
    lambda facts: facts.hours is not None and facts.hours.low >= facts.minimum_hours,
)
TAKEOVER_OPEN = Condition(
    "on ne sait pas s’il y a du personnel à reprendre", lambda facts: facts.is_takeover_open
)
TAKEOVER = Condition("il y a du personnel à reprendre", lambda facts: facts.has_staff_takeover is True)
MAY_TAKE_OVER = Condition(
    "il y a, ou il peut y avoir, du personnel à reprendre",
    lambda facts: bool(TAKEOVER(facts) or TAKEOVER_OPEN(facts)),
)
SEPARABLE = Condition("une partie peut être détachée", lambda facts: facts.has_separable_part is True)
SEPARABLE_UNKNOWN = Condition(
    "on ne sait pas si une partie peut être détachée", lambda facts: facts.has_separable_part is None
)
SHORT_WORKS = Condition(
    "des travaux de moins de six mois",
    lambda facts: (
        facts.contract_kind == "travaux" and facts.duration_months is not None and facts.duration_months < 6
    ),
)
SUITS_INSERTION_PROJECT = Condition(
    "le métier se prête à un chantier d’insertion",
    lambda facts: (
        facts.cpv.startswith(INSERTION_PROJECT_CPV)
        or (facts.contract_kind == "travaux" and _direct_position(facts) == "below")
    ),
)


def _overseas_ratio() -> float:
    return threshold("overseas_youth_ratio").value


YOUTH_RATIO_UNKNOWN = Condition(
    "le chômage des jeunes du territoire n’est pas renseigné",
    lambda facts: facts.youth_unemployment_ratio is None,
)
YOUTH_RATIO_LOW = Condition(
    "le chômage des jeunes reste sous une fois et demie le taux national",
    lambda facts: (
        facts.youth_unemployment_ratio is not None and facts.youth_unemployment_ratio < _overseas_ratio()
    ),
)


def suppliers_known(family: str) -> Condition:
    """Whether the number of suppliers of a family (« insertion », « handicap », « prison ») is known."""
    return Condition(
        f"le nombre de structures ({family}) est connu", lambda facts: _reach(facts, family) is not None
    )


def suppliers_at_least(family: str, count: int) -> Condition:
    """Whether at least `count` suppliers of a family are within reach."""
    return Condition(
        f"au moins {count} structures ({family}) à portée",
        lambda facts: (_reach(facts, family) or 0) >= count,
    )


def _reach(facts: Facts, family: str) -> int | None:
    return {
        "insertion": facts.insertion_suppliers_in_reach,
        "handicap": facts.handicap_suppliers_in_reach,
        "prison": facts.prison_suppliers_in_reach,
    }[family]
