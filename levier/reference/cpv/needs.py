"""What a CPV says in law and in practice, and the parts of a text that asks for several things at once."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from levier.reference.cpv.ranker import CpvRanker, DivisionMatch
from levier.reference.cpv.tables import BUILDINGS

Kind = Literal["travaux", "fournitures", "services"]

# Divisions of works and of services; every other division is a supply (CPV regulation 213/2008, structure).
_WORKS = re.compile("45")
_SERVICES = re.compile("5[015]|6[03456]|7[0-35-79]|8[05]|9[028]")
_SEPARATORS = re.compile(
    r"\s*(?:[;\n•|]|,(?!\d)|\+|(?<!\d)\.(?=\s)|\bet\b|\bainsi que\b|\bplus\b|\bpuis\b|\bmais aussi\b)\s*",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?:(?:aussi|également)\s+)?(?:(?:des|de la|du|de|le|la|les|un|une)\s+|[dl]['’]\s*)?", re.IGNORECASE
)
# Who buys: « collecte des déchets, communauté de communes du Pays de Mirecourt » asks for one thing.
_BUYER = re.compile(
    r"^(?:la |le |les |une? |l['’])?(?:communauté (?:de communes|d['’]agglomération|urbaine)|agglomération|métropole|"
    r"commune|ville|département|région|conseil (?:départemental|régional)|syndicat|ccas|cias|sdis|oph|opac|chu?|ehpad|ministère|"
    r"préfecture|rectorat|université|bailleur|office public)\b",
    re.IGNORECASE,
)
# When, and not what: « saison d'été », « année 2027 ».
_WHEN = re.compile(
    r"^(?:saison|année|exercice|période|campagne|hiver|été|printemps|automne)\b", re.IGNORECASE
)
# How large the thing is: « hébergement d'urgence, 60 places ».
_SIZED = re.compile(
    r"^\d+ (?:places?|lits?|berceaux|classes|sites?|logements?|bâtiments?|niveaux|étages?|lots?)\b",
    re.IGNORECASE,
)
# What goes on with the thing before: « leurs accessoires », « autres prestations liées », « pour les services de l'État ».
_GOES_ON = re.compile(
    r"^(?:leurs?|ses|sa|son|ceux|celles?|autres?|divers\w*|avec|dans|sur|pour|afin|hors|non|y compris|notamment|ainsi|/|-|\(|"
    r"(?:[\w-]+ )?(?:annexes?|associée?s?|liée?s?|connexes?|diverses?)\b)|\b(?:annexes|associée?s|liées|connexes)$",
    re.IGNORECASE,
)
# The steps of one contract: « fourniture, livraison et pose de bancs », « conception et réalisation ».
_STEP = re.compile(
    r"^(?:livraison|pose|dépose|installation|montage|mise (?:en|à) [\w']+|garantie|suivi|réalisation|élaboration|conception|"
    r"acquisition|remise|enlèvement|évacuation|stockage|support|expertise|assistance|évolution|intégration|développement)\b",
    re.IGNORECASE,
)
# They are steps when nothing says of what; else a trade of their own: « entretien d'espaces verts ».
_STEP_ALONE = re.compile(
    r"^(?:licence|maintenance|entretien|exploitation|achat|fournitures?|remplacement|rénovation|réhabilitation|travaux|études?|transport|"
    r"formation|contrôle|accessoire|consommable|service)s?$",
    re.IGNORECASE,
)
# « Fourniture de gants, tabliers et masques » is one order of goods.
_GOODS = re.compile(r"\s*(?:fournitures?|achats?|acquisition) (?:de|du|des|d['’])", re.IGNORECASE)
# A list is short, and so is what it is made of; more words are the title of one contract. In words.
_LONGEST_ITEM, _LONGEST_LIST = 6, 24
# « accueil physique et téléphonique »: two adjectives of one noun.
_ADJECTIVE = re.compile(r"(?:iques?|elles?|els?|ales?|aux|ives?|ifs?)$", re.IGNORECASE)
_OF = re.compile(r"\b(?:de|du|des)\b|\bd['’]", re.IGNORECASE)
# « réparation d'ordinateurs, collège »: a building nobody builds is where, and not what.
_WORKS_SAID = re.compile(
    r"constr|rénov|renov|réhabili|rehabili|extension|aménag|amenag|travaux|réfection|refection|restruct|bâtir|édifi|édific|création",
    re.IGNORECASE,
)
# Machines, their software and who looks after them are of one trade in four divisions: « maintenance informatique et infogérance ».
_COMPUTING = re.compile("72|48|302|503")
# A fragment counts as a need of its own when its words point to one division this clearly.
_SURE = 0.3
_SECOND = 0.2
_MOST_FRAGMENTS = 30


@dataclass(frozen=True, slots=True)
class NeedFragment:
    """One need among several: its words, its likeliest CPV code, and its division with its share."""

    text: str
    code: str
    division: DivisionMatch


def detect_need_kind(cpv: str) -> Kind:
    """Return works, supplies or services for a CPV code, as the public procurement code names them."""
    if _WORKS.match(cpv):
        return "travaux"
    return "services" if _SERVICES.match(cpv) else "fournitures"


def _rows(name: str) -> list[dict[str, str]]:
    source = resources.files("levier.reference") / "data" / "cpv" / name
    return list(csv.DictReader(source.read_text(encoding="utf-8").splitlines()))


@cache
def _social_ranges() -> tuple[tuple[str, str], ...]:
    return tuple((row["cpv_from"], row["cpv_to"]) for row in _rows("lexicon_social_services.csv"))


def is_social_service(cpv: str) -> bool:
    """Tell whether a code is a social or other specific service (L2123-1, directive 2014/24/EU annex XIV)."""
    return any(first <= cpv <= last for first, last in _social_ranges())


@cache
def _takeover_branches() -> dict[str, str]:
    return {row["cpv_prefix"]: row["branch"] for row in _rows("lexicon_takeover.csv")}


def takeover_branch(cpv: str) -> str | None:
    """Return the branch whose agreement may transfer staff to the new contractor, or None.

    A hint for one question (« y a-t-il du personnel à reprendre ? »), never a statement of law.
    """
    branches = _takeover_branches()
    return next((branches[cpv[:size]] for size in range(len(cpv), 1, -1) if cpv[:size] in branches), None)


def split_needs(text: str, ranker: CpvRanker | None = None) -> list[NeedFragment]:
    """Return the separate needs of a shopping list; empty when the text asks for one thing only.

    « nettoyage, traiteur, peinture et gardiennage » gives four fragments. Words that only place or size
    a need (« Lille, 120 k€, 24 mois ») are not needs, nor are the steps of one contract (« livraison et pose »);
    fragments of one division are joined.
    """
    if len(text.split()) > _LONGEST_LIST:
        return []
    reader = ranker or CpvRanker.from_package()
    found: dict[str, NeedFragment] = {}
    before = ""
    for raw in map(str.strip, _SEPARATORS.split(text)[:_MOST_FRAGMENTS]):
        fragment = _bare(_LEAD.sub("", raw)).rstrip(".")
        is_aside = _is_name(raw, text) or _is_buyer(raw, text) or _is_no_item(fragment, text)
        matches = reader.divisions(fragment, 2) if fragment and not is_aside else []
        if not matches or matches[0].share < _SURE or _completes(fragment, raw, before, matches[0].division):
            continue
        before = raw
        # « nettoyage et vitrerie »: a second reading that joins what is already asked for is the better one.
        joined = (match for match in matches if match.division in found and match.share >= _SECOND)
        division = next(joined, matches[0])
        code = reader.rank(fragment, 1)[0].code
        if found and code.startswith(BUILDINGS) and not _WORKS_SAID.search(fragment):
            continue
        # Whose words vote for another division but whose code lies in one already asked for goes with it.
        settled = code[:2] if code[:2] in found else division.division
        trade = "72" if _COMPUTING.match(code) else settled
        if trade in found:
            former = found[trade]
            found[trade] = NeedFragment(f"{former.text}, {fragment}", former.code, former.division)
        else:
            found[trade] = NeedFragment(fragment, code, division)
    fragments = list(found.values())
    is_one_order = bool(_GOODS.match(text)) and all(
        detect_need_kind(fragment.code) == "fournitures" for fragment in fragments
    )
    return fragments if len(fragments) > 1 and not is_one_order else []


def _is_no_item(fragment: str, text: str) -> bool:
    """Tell whether a fragment is no thing of a list: a time, a step of the same contract, words that go on, a whole title."""
    if (
        _SIZED.match(fragment)
        or _WHEN.match(fragment)
        or _GOES_ON.search(fragment)
        or len(fragment.split()) > _LONGEST_ITEM
    ):
        return True
    if _STEP_ALONE.match(fragment):
        return True
    return bool(_STEP.match(fragment)) and not text.lstrip().startswith(f"{fragment} ")


def _bare(fragment: str) -> str:
    """One word without what it is for: « cartons pour la préfecture » is cardboard; more words are left as they are."""
    word = fragment.partition(" pour ")[0]
    return fragment if " " in word else word


def _completes(fragment: str, raw: str, before: str, division: str) -> bool:
    """Tell whether one word without an article goes on with what stands before it, of the same noun or of the same work.

    « collecte de papier et cartons » asks for no cardboard, « accueil physique et téléphonique » for no telephone.
    """
    if not before or " " in fragment or not raw.startswith(fragment):
        return False
    if _ADJECTIVE.search(fragment) and _ADJECTIVE.search(before):
        return True
    return bool(_OF.search(before)) and detect_need_kind(division) == "fournitures"


def _is_name(fragment: str, text: str) -> bool:
    """Tell whether a fragment inside `text` is only a name with capitals (« Saint-Denis »), hence a place."""
    inside = not text.lstrip().startswith(fragment)
    parts = re.findall(r"[^\W\d_]+", fragment)
    return inside and not text.isupper() and bool(parts) and all(part[0].isupper() for part in parts)


def _is_buyer(fragment: str, text: str) -> bool:
    """Tell whether a fragment after the first one only says who buys."""
    return bool(_BUYER.match(fragment)) and not text.lstrip().startswith(fragment)
