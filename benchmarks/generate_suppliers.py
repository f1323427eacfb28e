"""Generates realistic suppliers, the same ones for the same seed."""

from __future__ import annotations

import argparse
import csv
import gzip
import itertools
import json
import random
from collections.abc import Iterator
from dataclasses import asdict, replace
from importlib import resources

from levier.directory.kinds import KINDS
from levier.directory.search import SupplierRow
from levier.directory.ways import ways_of
from levier.reference.sectors import Sector, all_sectors

SEED = 20261122
_SYLLABLES = """
ar bel bo bri cal car cha clo cor dan del dor du er fa fer flo ga ger gi go gra gué har is jar jo ker la lan
le lou ma mar mé mi mon mor na né nor oli pa pé pla por qui ra ri ro rou sa sel so ta tel ti tor val ver vi vo
"""
SYLLABLES = _SYLLABLES.split()
_FIRST_WORDS = """
Atelier Ateliers Régie Association Services Chantier Entreprise Coopérative Maison Groupe Relais Jardins
Fabrique Comptoir Espace Solidarité Emploi Action Avenir Horizon Nouvelle Tremplin Pôle Envie Terre Cap
"""
FIRST_WORDS = _FIRST_WORDS.split()
VERBS = ("réalise", "assure", "propose", "prend en charge", "exécute", "organise")
CLIENTS = ("collectivités", "bailleurs sociaux", "entreprises", "établissements de santé", "particuliers")
STRENGTHS = (
    "équipe encadrée par des professionnels",
    "matériel adapté aux sites occupés",
    "produits écolabellisés",
    "interventions en horaires décalés",
    "capacité à répondre en groupement",
    "suivi de chantier hebdomadaire",
    "parcours d'insertion de dix-huit mois",
    "accompagnement socioprofessionnel",
    "démarche qualité certifiée",
    "véhicules propres",
    "sous-traitance industrielle et prestations sur site",
    "livraison dans le département",
)
LABELS = ("rse-i", "esus", "rfar", "iso-9001", "iso-14001", "qualibat", "ecocert")
NAF = (
    "8121Z",
    "8130Z",
    "4334Z",
    "4399C",
    "4120A",
    "5621Z",
    "9601A",
    "8899B",
    "7820Z",
    "8810C",
    "9499Z",
    "3811Z",
)
# Most bodies of the directory are ESS at large; the rest in rough proportion to the real families.
WEIGHTS = {
    "ESS": 60,
    "ACI": 8,
    "EI": 7,
    "AI": 4,
    "ETTI": 3,
    "GEIQ": 2,
    "ESAT": 6,
    "EA": 4,
    "SCOP": 5,
    "SCIC": 3,
}

# The national list of the ESS beside all the other lists: 1.3 million bodies for 200,000 suppliers.
NATIONAL_ESS_SHARE = 13 / 15
_ESS_PURPOSES = """
comité des fêtes|club sportif|amicale des sapeurs-pompiers|école de musique|association familiale|foyer rural
société de chasse|union commerciale|club de football|association sportive du collège|anciens combattants|théâtre
coopérative scolaire|mutuelle|crèche parentale|maison des jeunes|secours aux personnes|fondation|centre social
coopérative agricole|gymnastique volontaire|chorale|parents d'élèves|tennis club|aide à domicile|banque alimentaire
jardins familiaux|ressourcerie|épicerie solidaire|cyclotourisme|judo club|protection de la nature|patrimoine local
"""
ESS_PURPOSES = [one.strip() for line in _ESS_PURPOSES.strip().splitlines() for one in line.split("|")]
ESS_FORMS = ("ASSOCIATION", "ASSOCIATION", "ASSOCIATION", "COOPERATIVE", "MUTUELLE", "FONDATION", "")


def communes() -> list[dict[str, str]]:
    """The communes of the reference tables."""
    source = resources.files("levier.reference") / "data" / "territories" / "communes.csv.gz"
    with source.open("rb") as packed, gzip.open(packed, "rt", encoding="utf-8") as text:
        return [row for row in csv.DictReader(text) if row["latitude"]]


def expressions() -> dict[str, list[str]]:
    """How buyers and suppliers name the work of each sector."""
    source = resources.files("levier.reference") / "data" / "sectors" / "sector_words.csv"
    found: dict[str, list[str]] = {}
    for row in csv.DictReader(source.read_text(encoding="utf-8").splitlines()):
        found.setdefault(row["sector"], []).append(row["expression"])
    return found


def proper_name(rng: random.Random) -> str:
    """A made-up name of two to four syllables."""
    return "".join(rng.choices(SYLLABLES, k=rng.choice((2, 2, 3, 3, 4)))).capitalize()


def generate(count: int, seed: int = SEED) -> Iterator[SupplierRow]:
    """`count` suppliers with keys from 1."""
    rng = random.Random(seed)
    places = communes()
    cumulated = list(itertools.accumulate(int(place["population"] or 0) + 300 for place in places))
    sectors, words = all_sectors(), expressions()
    # A few trades make most of the offer, as in the real files.
    weights = [1 / (1 + rank) ** 0.6 for rank in range(len(sectors))]
    shuffled = sorted(sectors, key=lambda sector: (not words.get(sector.slug), rng.random()))
    kinds = [kind.code for kind in KINDS]
    kind_weights = [WEIGHTS.get(code, 1) for code in kinds]
    for key in range(1, count + 1):
        place = rng.choices(places, cum_weights=cumulated)[0]
        chosen: list[Sector] = []
        if rng.random() > 0.2:
            chosen = list(dict.fromkeys(rng.choices(shuffled, weights, k=rng.choice((1, 1, 2, 3)))))
        yield _supplier(rng, key, place, chosen, words, rng.choices(kinds, kind_weights)[0])


def generate_mix(count: int, seed: int = SEED) -> Iterator[SupplierRow]:
    """`count` suppliers in the proportions of the whole country: the ESS at large, then all the others among them."""
    rng = random.Random(seed)
    places = communes()
    cumulated = list(itertools.accumulate(int(place["population"] or 0) + 300 for place in places))
    sectors = [sector.slug for sector in all_sectors()]
    ess = round(count * NATIONAL_ESS_SHARE)
    others = (row for row in generate(2 * count, seed) if row.kind != "ESS")
    left = {True: ess, False: count - ess}
    for key in range(1, count + 1):
        is_ess = rng.random() * (left[True] + left[False]) < left[True]
        left[is_ess] -= 1
        if is_ess:
            yield _ess_body(rng, key, rng.choices(places, cum_weights=cumulated)[0], sectors)
        else:
            yield replace(next(others), key=key)


def _ess_body(rng: random.Random, key: int, place: dict[str, str], sectors: list[str]) -> SupplierRow:
    """A legal unit of the national list: a name, a town, an activity code; placed at the centre of its town."""
    chosen = (rng.choice(sectors),) if rng.random() < 0.3 else ()
    name = f"{rng.choice(ESS_FORMS)} {rng.choice(ESS_PURPOSES)} {proper_name(rng)} {place['name']}".strip()
    return SupplierRow(
        key=key, siren=f"{100_000_000 + key * 7:09d}", name=name.upper(), kind="ESS", sectors=chosen,
        activity="inferred" if chosen else "unknown", naf=rng.choice(NAF), commune=place["code"],
        commune_name=place["name"], postal_code=place["postal_codes"].split("|")[0], epci=place["epci"],
        departement=place["departement"], region=place["region"], latitude=float(place["latitude"]),
        longitude=float(place["longitude"]), eligible=False, ways=ways_of(None, "ESS", chosen).codes,
        size=rng.choice(("", "", "", "", "", "", "", "micro", "micro", "petite")),
    )  # fmt: skip


def _supplier(
    rng: random.Random,
    key: int,
    place: dict[str, str],
    chosen: list[Sector],
    words: dict[str, list[str]],
    kind: str,
) -> SupplierRow:
    offer = [rng.choice(words.get(sector.slug) or [sector.label]) for sector in chosen for _ in range(2)]
    siren = f"{100_000_000 + key * 7:09d}"
    postal_codes = place["postal_codes"].split("|")
    jitter = 0.03
    is_placed = rng.random() > 0.02
    return SupplierRow(
        key=key,
        siret=f"{siren}{rng.randrange(1, 60):05d}",
        siren=siren,
        name=_name(rng, place["name"], offer, kind),
        brand=proper_name(rng) if rng.random() < 0.25 else "",
        description=_description(rng, offer, place["name"]) if rng.random() < 0.6 else "",
        offer=tuple(dict.fromkeys(offer)),
        kind=kind,
        sectors=tuple(sector.slug for sector in chosen),
        activity=rng.choice(("stated", "inferred")) if chosen else "unknown",
        naf=rng.choice(NAF),
        labels=tuple(rng.sample(LABELS, rng.choice((0, 0, 0, 1, 2)))),
        commune=place["code"],
        commune_name=place["name"],
        postal_code=postal_codes[0] if postal_codes else "",
        epci=place["epci"],
        departement=place["departement"],
        region=place["region"],
        latitude=float(place["latitude"]) + rng.uniform(-jitter, jitter) if is_placed else None,
        longitude=float(place["longitude"]) + rng.uniform(-jitter, jitter) if is_placed else None,
        eligible=rng.choice((True, False, None)),
        ways=ways_of(None, kind, (sector.slug for sector in chosen)).codes,
        # Drawn from the key, not from the generator: the other values stay those of every earlier measure.
        size=("", "", "", "micro", "petite", "petite", "moyenne", "grande")[key % 8],
    )


def _name(rng: random.Random, commune: str, offer: list[str], kind: str) -> str:
    form = rng.randrange(6)
    if form == 0:
        return f"{rng.choice(FIRST_WORDS)} {proper_name(rng)}"
    if form == 1:
        return f"{proper_name(rng)} {rng.choice(offer) if offer else rng.choice(FIRST_WORDS)}"
    if form == 2:
        return f"{kind} {proper_name(rng)} {commune}"
    if form == 3:
        return f"{rng.choice(FIRST_WORDS)} {rng.choice(('du', 'de la', 'des'))} {proper_name(rng)}"
    if form == 4:
        return f"{rng.choice(FIRST_WORDS)} {commune} {rng.choice(FIRST_WORDS).lower()}"
    return f"{proper_name(rng)} {proper_name(rng)}"


def _description(rng: random.Random, offer: list[str], commune: str) -> str:
    sentences = [
        f"{rng.choice(('Notre structure', 'L’équipe', 'L’association'))} {rng.choice(VERBS)} "
        f"{' et '.join(dict.fromkeys(offer)) or 'des prestations variées'} pour les {rng.choice(CLIENTS)} "
        f"de {commune} et des environs."
    ]
    sentences += [f"{strength.capitalize()}." for strength in rng.sample(STRENGTHS, rng.choice((1, 2, 3)))]
    return " ".join(sentences)


def main() -> None:
    """Print suppliers as JSON lines."""
    parser = argparse.ArgumentParser(description="Génère des fournisseurs fictifs (JSON, un par ligne).")
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--seed", type=int, default=SEED)
    chosen = parser.parse_args()
    for row in generate(chosen.rows, chosen.seed):
        print(json.dumps(asdict(row), ensure_ascii=False))


if __name__ == "__main__":
    main()
