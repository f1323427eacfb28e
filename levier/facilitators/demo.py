"""Fictitious desks for the demonstration: one per département, a few métropoles, some company clubs."""

from collections.abc import Iterator
from datetime import date

from levier.accounts.actions.demo import DEMO
from levier.accounts.models import Role
from levier.facilitators.loading import ConventionRow, StructureRow
from levier.facilitators.models import StructureKind
from levier.reference.models import Commune, Departement, Epci, Region

SOURCE = "demo"
_LABEL = "(démonstration)"
_METROPOLES = {
    "200093201": "Lille",
    "244400404": "Nantes",
    "200046977": "Lyon",
    "200054807": "Marseille",
    "243100518": "Toulouse",
    "243300316": "Bordeaux",
    "246700488": "Strasbourg",
    "243500139": "Rennes",
}
# Left out on purpose, so that the map of the desks shows holes: nobody, and one EPCI only.
_NOBODY, _ONE_EPCI = "52", "23"
_CLUBS = {"11": "FACE", "32": "FACE", "44": "CREPI", "52": "CREPI", "75": "FACE", "84": "CREPI", "93": "FACE"}


def demo_rows() -> Iterator[StructureRow]:
    """Mail addresses end in exemple.invalid, phones are of the ranges kept for fiction."""
    yield _of_the_accounts()
    for number, departement in enumerate(Departement.objects.order_by("code")):
        if departement.code == _NOBODY:
            continue
        yield StructureRow(
            source=SOURCE,
            source_key=f"departement:{departement.code}",
            kind=StructureKind.DEPARTEMENT.value,
            name=f"Guichet clause sociale — {departement.name} {_LABEL}",
            coverage=(_covered(departement.code),),
            has_desk=True,
            email=f"guichet-{departement.code.lower()}@exemple.invalid",
            phone=f"01 99 00 {number // 100:02d} {number % 100:02d}",
            is_demo=True,
        )
    for number, (code, city) in enumerate(_METROPOLES.items()):
        if not Epci.objects.filter(code=code).exists():
            continue
        yield StructureRow(
            source=SOURCE,
            source_key=f"epci:{code}",
            kind=(StructureKind.MDE if number % 2 else StructureKind.PLIE).value,
            name=f"Guichet clause sociale — métropole de {city} {_LABEL}",
            coverage=(("epci", code),),
            has_desk=True,
            email=f"guichet-{city.lower()}@exemple.invalid",
            phone=f"02 61 91 00 {number:02d}",
            city=city,
            private_clients=number % 2 == 0,
            is_demo=True,
        )
    yield from _prescribers()
    for number, region in enumerate(Region.objects.filter(code__in=_CLUBS).order_by("code")):
        club = _CLUBS[region.code]
        yield StructureRow(
            source=SOURCE,
            source_key=f"club:{region.code}",
            kind=(StructureKind.CREPI if club == "CREPI" else StructureKind.FACE).value,
            name=f"Club d’entreprises {club} — {region.name} {_LABEL}",
            coverage=(("region", region.code),),
            has_desk=False,
            email=f"club-{region.code}@exemple.invalid",
            phone=f"03 53 01 00 {number:02d}",
            private_clients=True,
            is_demo=True,
        )


def _prescribers() -> Iterator[StructureRow]:
    """Who sends candidates in one métropole: the page of its territory and the offer of insertion name them."""
    epci, city = next(iter(_METROPOLES.items()))
    if not Epci.objects.filter(code=epci).exists():
        return
    seat = Commune.objects.whole().filter(epci_id=epci, name=city).values_list("code", flat=True).first()
    kinds = (StructureKind.MISSION_LOCALE, StructureKind.FRANCE_TRAVAIL, StructureKind.CAP_EMPLOI)
    for number, kind in enumerate(kinds):
        yield StructureRow(
            source=SOURCE,
            source_key=f"prescripteur:{kind.value}",
            kind=kind.value,
            name=f"{kind.label} — {city} {_LABEL}",
            coverage=(("epci", epci),),
            has_desk=False,
            email=f"candidats-{number + 1}@exemple.invalid",
            phone=f"02 61 91 01 {number:02d}",
            city=city,
            commune_id=seat,
            is_demo=True,
        )


def _covered(departement: str) -> tuple[str, str]:
    """The whole département, but for the one where a single EPCI has a desk."""
    if departement != _ONE_EPCI:
        return "departement", departement
    return "epci", str(Epci.objects.filter(communes__departement_id=departement).order_by("code")[0].code)


def _of_the_accounts() -> StructureRow:
    """The structure of the demonstration facilitator, under convention with the demonstration buyer.

    It covers no territory: whoever else asks is answered as without it.
    """
    email, _, siren, name = DEMO[Role.FACILITATOR]
    return StructureRow(
        source=SOURCE,
        source_key="comptes:facilitateur",
        kind=StructureKind.MDE.value,
        name=f"{name} {_LABEL}",
        coverage=(),
        has_desk=True,
        siret=f"{siren}00010",
        email=email,
        phone="02 61 91 00 99",
        is_demo=True,
        conventions=(ConventionRow(DEMO[Role.BUYER][2], date(2026, 1, 1), None, False),),
    )
