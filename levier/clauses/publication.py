"""Owns what a choice of levers becomes in public data: DECP, eForms and OCDS fields for one lot."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from levier.clauses.values import ClauseError
from levier.rulebook.levers import LEVERS

Status = Literal["confirmed", "to_confirm"]
NO_CONSIDERATION = "Pas de considération sociale"
CLAUSE, CRITERION, RESERVED = "Clause sociale", "Critère social", "Marché réservé"
RESERVED_CONCESSION = "Concession réservée"

_CLAUSE_LEVERS = frozenset({"L2112-2", "L2112-2-1", "L2691-1", "L3114-2", "L3114-2-1"})
_CRITERION_LEVERS = frozenset({"R2152-7", "L3124-5"})
_WORKSHOPS = frozenset({"L2113-12", "L2113-13", "L2113-13-1", "L2113-14"})
_PRIVATE = frozenset({"EVI", "ACHAT-PRIVE"})
# Codes of the official lists, with the words we show.
SOCIAL_OBJECTIVES = {
    "opp": "emploi des personnes éloignées du travail ou handicapées",
    "gen-eq": "égalité entre les femmes et les hommes",
    "work-cond": "conditions de travail équitables",
    "acc-all": "accessibilité pour tous",
    "et-eq": "égalité des origines",
    "hum-right": "droits humains dans la chaîne d’approvisionnement",
    "other": "autre",
}
_OCDS_GOALS = {
    "opp": "social.disadvantagedEmploymentOpportunities",
    "gen-eq": "social.genderEquality",
    "work-cond": "social.laborRightsPromotion",
    "acc-all": "social.accessibility",
    "et-eq": "social.ethnicEquality",
    "hum-right": "social.humanRightsInSupplyChain",
    "other": "social",
}
# The core schema of OCDS 1.1 knows none of the fields we give: each comes from an extension, to declare in the package.
_OCDS_EXTENSION = "https://raw.githubusercontent.com/open-contracting-extensions/{}/extension.json"
OCDS_EXTENSIONS = {
    "lots": _OCDS_EXTENSION.format("ocds_lots_extension/master"),
    "hasSustainability": _OCDS_EXTENSION.format("ocds_sustainability_extension/master"),
    "sustainability": _OCDS_EXTENSION.format("ocds_sustainability_extension/master"),
    "otherRequirements": _OCDS_EXTENSION.format("ocds_otherRequirements_extension/master"),
    "contractTerms": _OCDS_EXTENSION.format("ocds_contractTerms_extension/master"),
}
_RESERVED_TO = {
    "res-ws": "structures du handicap et de l’insertion",
    "res-pub-ser": "organisations ayant une mission de service public",
    "none": "participation non réservée",
}


@dataclass(frozen=True, slots=True)
class EformsField:
    """One business term of the European notice: its code list, its value, our words for it."""

    term: str
    label: str
    list_name: str
    value: str
    words: str


@dataclass(frozen=True, slots=True)
class PublicationFields:
    """What to publish for a lot. `decp` is empty when nothing is to be published; `notes` say why, or what to check."""

    decp: tuple[str, ...] = ()
    eforms: tuple[EformsField, ...] = ()
    ocds: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    status: Status = "confirmed"

    def as_dict(self) -> dict[str, Any]:
        """The three formats in plain values: `decp` and `ocds` as their schemas write them, `eforms` by term."""
        return {
            "decp": self.decp_object,
            "eforms": [asdict(one) for one in self.eforms],
            "ocds": self.ocds,
            "ocds_extensions": list(self.ocds_extensions),
            "notes": list(self.notes),
            "status": self.status,
        }

    @property
    def ocds_extensions(self) -> tuple[str, ...]:
        """The addresses of the OCDS extensions our fields belong to: the `extensions` of the release package."""
        names = ["lots", *(name for lot in self.ocds["tender"]["lots"] for name in lot)] if self.ocds else []
        return tuple(dict.fromkeys(OCDS_EXTENSIONS[name] for name in names if name in OCDS_EXTENSIONS))

    @property
    def decp_object(self) -> dict[str, Any]:
        """The field as the DECP schema writes it; empty when there is nothing to publish."""
        return {"considerationsSociales": {"considerationSociale": list(self.decp)}} if self.decp else {}


def publication_fields(
    levers: Iterable[str],
    *,
    is_concession: bool = False,
    objectives: Iterable[str] = ("opp",),
    lot: str = "LOT-0001",
) -> PublicationFields:
    """The fields of one lot for the levers its buyer has chosen.

    `objectives` are codes of the European list of social objectives. No lever at all gives no value: « not
    decided » is never published as « no social consideration ». Raises ClauseError for an unknown code.
    """
    codes = _split(levers)
    wanted = tuple(dict.fromkeys(objectives))
    for one in wanted:
        if one not in SOCIAL_OBJECTIVES:
            raise ClauseError(f"L’objectif social « {one} » n’existe pas : {', '.join(SOCIAL_OBJECTIVES)}.")
    if not codes:
        return PublicationFields(
            notes=("Aucun levier n’est encore choisi : ne publiez pas « Pas de considération sociale ».",)
        )
    if codes <= _PRIVATE:
        return PublicationFields(notes=("Contrat privé : rien n’est à publier.",))
    decp = _decp(codes, is_concession)
    is_social = decp != (NO_CONSIDERATION,)
    notes = _notes(codes)
    return PublicationFields(
        decp=decp,
        eforms=_eforms(codes, is_social, wanted),
        ocds=_ocds(codes, is_social, wanted, lot),
        notes=notes,
        status="to_confirm" if codes & {"R2123-1", "L2113-13-1"} else "confirmed",
    )


def without_consideration(lot: str = "LOT-0001") -> PublicationFields:
    """The fields of a lot for which it was decided, and signed, that no lever is retained."""
    none: frozenset[str] = frozenset()
    return PublicationFields((NO_CONSIDERATION,), _eforms(none, False, ()), _ocds(none, False, (), lot))


def is_published(lever: str) -> bool:
    """Whether choosing this lever changes what is published of the lot."""
    codes = frozenset(lever.split("_"))
    return bool(codes & (_CLAUSE_LEVERS | _CRITERION_LEVERS | {"R2123-1"})) or _is_reserved(codes)


def _split(levers: Iterable[str]) -> frozenset[str]:
    """The levers one by one: « clause and criterion » is both."""
    known = {lever.code for lever in LEVERS}
    found: set[str] = set()
    for code in levers:
        if code not in known:
            raise ClauseError(f"Le levier « {code} » n’existe pas.")
        found.update(code.split("_"))
    return frozenset(found)


def _is_reserved(codes: frozenset[str]) -> bool:
    return bool(codes & (_WORKSHOPS | {"L2113-15", "L3113-1"}))


def _decp(codes: frozenset[str], is_concession: bool) -> tuple[str, ...]:
    values = []
    if codes & (_CLAUSE_LEVERS | {"R2123-1"}):
        values.append(CLAUSE)
    if codes & (_CRITERION_LEVERS | {"R2123-1"}):
        values.append(CRITERION)
    if _is_reserved(codes):
        values.append(RESERVED_CONCESSION if is_concession or "L3113-1" in codes else RESERVED)
    return tuple(values) or (NO_CONSIDERATION,)


def _eforms(codes: frozenset[str], is_social: bool, objectives: tuple[str, ...]) -> tuple[EformsField, ...]:
    reserved = "res-ws" if codes & (_WORKSHOPS | {"L3113-1"}) else "none"
    if "L2113-15" in codes:
        reserved = "res-pub-ser"
    execution = "yes" if "L2113-13-1" in codes else "no"
    strategic = "soc-obj" if is_social else "none"
    found = [
        EformsField(
            "BT-06-Lot", "Achat stratégique", "strategic-procurement", strategic,
            "réalisation d’objectifs sociaux" if is_social else "pas d’achat stratégique",
        )
    ]  # fmt: skip
    if is_social:
        found += [
            EformsField("BT-775-Lot", "Objectif social", "social-objective", one, SOCIAL_OBJECTIVES[one])
            for one in objectives
        ]
    found += [
        EformsField(
            "BT-71-Lot", "Participation réservée", "reserved-procurement", reserved, _RESERVED_TO[reserved]
        ),
        EformsField(
            "BT-736-Lot", "Exécution réservée", "reserved-execution", execution,
            "exécution en emploi protégé" if execution == "yes" else "exécution non réservée",
        ),
    ]  # fmt: skip
    return tuple(found)


def _ocds(codes: frozenset[str], is_social: bool, objectives: tuple[str, ...], lot: str) -> dict[str, Any]:
    strategies = []
    if codes & _CLAUSE_LEVERS:
        strategies.append("contractPerformanceConditions")
    if codes & (_CRITERION_LEVERS | {"R2123-1"}):
        strategies.append("awardCriteria")
    if _is_reserved(codes):
        strategies.append("selectionCriteria")
    if "R2123-1" in codes:
        strategies.append("technicalSpecifications")
    found: dict[str, Any] = {"id": lot, "hasSustainability": is_social}
    if is_social:
        found["sustainability"] = [
            {"goal": _OCDS_GOALS[one], "strategies": list(strategies)} for one in objectives
        ]
    if codes & (_WORKSHOPS | {"L3113-1"}):
        found["otherRequirements"] = {"reservedParticipation": ["shelteredWorkshop"]}
    elif "L2113-15" in codes:
        found["otherRequirements"] = {"reservedParticipation": ["publicServiceMissionOrganization"]}
    if "L2113-13-1" in codes:
        found["contractTerms"] = {"reservedExecution": True}
    return {"tender": {"lots": [found]}}


def _notes(codes: frozenset[str]) -> tuple[str, ...]:
    notes = []
    if "R2123-1" in codes:
        notes.append(
            "L’insertion est l’objet du marché : aucune valeur de la nomenclature ne le dit. « Clause sociale » et "
            "« Critère social » sont notre lecture, à confirmer."
        )
    if "L2113-13-1" in codes:
        notes.append("Travail pénitentiaire : le classement européen est notre lecture, à confirmer.")
    if "R2122-8" in codes:
        notes.append(
            "Achat direct : les données essentielles se publient à partir de 40 000 € HT ; la commande à une "
            "structure inclusive n’est pas une considération sociale au sens de la nomenclature."
        )
    return tuple(notes)
