"""A supplier as the lists give it, and the people who keep its sheet."""

from typing import Any

from levier.accounts.models import Membership, Role
from levier.directory.models import Source, SourceRecord, Supplier
from levier.organisations.identifiers import is_valid_siret
from levier.organisations.models import Organisation
from tests.factories import accounts as make
from tests.factories.directory import SEEN

EMAIL, WEBSITE = "accueil@ateliers-essai.fr", "https://www.ateliers-essai.fr"
ROUBAIX = {
    "city": "Roubaix", "departement": "59", "region": "32", "latitude": 50.69, "longitude": 3.17,
    "precision": "commune",
}  # fmt: skip
GUESS = {"sectors": ["nettoyage-locaux"], "status": "inferred", "origin": "déduites : nom", "confidence": 0.7}


def listed_supplier(kind: str = "EI", **said: Any) -> Supplier:
    """A supplier one list gives: its record holds every group, so that the merge finds them again."""
    siren = make.valid_siren()
    siret = next(f"{siren}{number:05d}" for number in range(11, 99) if is_valid_siret(f"{siren}{number:05d}"))
    place = Organisation.objects.create(siren=siren, name="Ateliers d’essai")
    values = {
        "name": "Ateliers d’essai", "siret": siret, "siren": siren, "email": EMAIL, "website": WEBSITE,
        "phone": "03 20 00 00 00", "description": "Dit par la liste.", "place": ROUBAIX, "activity": GUESS,
    }  # fmt: skip
    values = {name: value for name, value in (values | said).items() if value is not None}
    source, _ = Source.objects.get_or_create(slug="liste", defaults={"label": "Liste d’essai", "rank": 20})
    supplier = Supplier.objects.create(
        key=f"{siret}:{kind}", kind=kind, organisation=place, siret=siret, siren=siren, name=values["name"],
        email=values.get("email", ""), website=values.get("website", ""), phone=values.get("phone", ""),
        description=values.get("description", ""), first_seen=SEEN, city="Roubaix", departement_code="59",
        region_code="32", latitude=50.69, longitude=3.17, precision="commune",
        sectors=values.get("activity", {}).get("sectors", []),
        activity_status=values.get("activity", {}).get("status", "unknown"),
        activity_origin=values.get("activity", {}).get("origin", ""),
        profile={name: value for name, value in said.items() if name.startswith("label:")},
    )  # fmt: skip
    SourceRecord.objects.create(
        source=source, source_key=siret, supplier=supplier, kind=kind, values=values,
        content_hash="0" * 32, first_seen=SEEN, last_seen=SEEN, changed_on=SEEN,
    )  # fmt: skip
    return supplier


def keeper(
    supplier: Supplier, *, is_admin: bool = True, role: str = Role.SUPPLIER, **fields: Any
) -> Membership:
    """Somebody of the supplier's organisation; by default who keeps its sheet and manages its members."""
    assert supplier.organisation is not None
    return make.member(supplier.organisation, role=role, is_admin=is_admin, **fields)
