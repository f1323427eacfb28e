"""What the demonstration account of a supplier has said of its structure: a sheet that is filled and confirmed."""

from typing import Any

from django.utils import timezone

from levier.accounts.actions.demo import DEMO
from levier.accounts.models import Role
from levier.core.audit import Actor
from levier.directory.demo.generator import LABEL, managed_key
from levier.directory.demo.network import load_network
from levier.directory.models import Capacity, SourceRecord, Supplier
from levier.directory.owner import OWNER
from levier.directory.ownership.actions import CapacityLine, state_capacities, state_groups
from levier.organisations.models import Organisation

_AROUND = {"kind": "radius", "km": 40}
_GROUPS: dict[str, Any] = {
    "lines": [
        {"sector": "nettoyage-locaux", "ways": ["services", "joint"], "area": _AROUND},
        {
            "sector": "creation-espaces-verts", "ways": ["services"],
            "area": {"kind": "departements", "codes": ["59", "62"], "names": ["Nord", "Pas-de-Calais"]},
        },
    ],
    "activity": {
        "sectors": ["nettoyage-locaux", "creation-espaces-verts"], "status": "stated",
        "origin": "déclarées par la structure", "confidence": 1,
    },
    "offers": [
        {"title": "Remise en état après chantier", "description": "Une équipe de quatre en trois jours."},
    ],
    "references": [
        {"client": "Ville de Valmont (fictive)", "work": "nettoyage de trois écoles", "year": 2025},
        {"client": "Bailleur du Val (fictif)", "work": "parties communes de 12 immeubles", "year": 2026},
    ],
    "workforce": {"insertion": 24, "permanent": 6},
    "turnover": {"bracket": "500k_1m"},
    "certificates": [],
}  # fmt: skip


def load_own_sheet(*, by: Actor) -> None:
    """Fill the sheet once; what somebody changed since then stays. The demonstration network is named."""
    supplier = Supplier.objects.filter(key=managed_key()).first()
    if supplier is None:
        return
    if not SourceRecord.objects.filter(supplier=supplier, source_id=OWNER.slug).exists():
        state_groups(by=by, supplier=supplier, groups=_GROUPS)
    if not Capacity.objects.filter(supplier=supplier).exists():
        month = timezone.localdate().replace(day=1)
        state_capacities(
            by=by, supplier=supplier, lines=[CapacityLine(month, 2, Capacity.Unit.TEAMS, "nettoyage-locaux")]
        )
    *_, siren, name = DEMO[Role.NETWORK]
    network, _ = Organisation.objects.get_or_create(
        siren=siren, defaults={"name": f"{name} {LABEL}", "is_demo": True}
    )
    load_network(by=by, organisation=network)
