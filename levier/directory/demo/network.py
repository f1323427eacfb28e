"""The demonstration network: what it is, a handful of members, a vouch that stands and one to check again."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from levier.core import audit
from levier.core.audit import Actor
from levier.directory.demo.generator import LABEL, managed_key
from levier.directory.models import AwaitedMember, NetworkMember, ReviewingNetwork, Supplier, Vouch
from levier.directory.networks.facts import FACTS, add_months, hash_of, words_of
from levier.directory.networks.vouching import published_of
from levier.organisations.models import Organisation

_DEPARTEMENT = "59"
_MEMBERS = 7
# Fact of the managed sheet → days since the network checked it: the second one has expired.
_VOUCHED = {"effectifs": 20, "references": 400}


@transaction.atomic
def load_network(*, by: Actor, organisation: Organisation) -> None:
    """Present the network once; what somebody changed since then stays."""
    network, _ = ReviewingNetwork.objects.get_or_create(
        organisation=organisation,
        defaults={
            "short_name": f"Réseau du Val {LABEL}", "kind": ReviewingNetwork.Kind.HEAD,
            "territory_kind": ReviewingNetwork.Territory.DEPARTEMENT, "territory_code": _DEPARTEMENT,
        },
    )  # fmt: skip
    if NetworkMember.objects.filter(network=organisation).exists():
        return
    near = Supplier.objects.filter(is_demo=True, departement_code=_DEPARTEMENT).exclude(key=managed_key())
    members = [*Supplier.objects.filter(key=managed_key()), *near.order_by("key")[: _MEMBERS - 1]]
    since = timezone.localdate() - timedelta(days=500)
    NetworkMember.objects.bulk_create(
        NetworkMember(
            network=organisation, supplier=one, source=NetworkMember.Source.IMPORTED, since=since
        )
        for one in members
    )  # fmt: skip
    AwaitedMember.objects.create(network=organisation, label="Les Jardins de l’Écluse (fictifs)")
    vouches = [vouch for one in members[:1] for vouch in _vouches(organisation, one)]
    Vouch.objects.bulk_create(vouches)
    audit.record(
        by=by, verb="directory.load_demo_network", object_type="organisation",
        object_key=str(network.organisation_id), details={"members": len(members), "vouches": len(vouches)},
    )  # fmt: skip


def _vouches(organisation: Organisation, supplier: Supplier) -> list[Vouch]:
    published = published_of([supplier])[supplier.pk]
    made = []
    for slug, days in _VOUCHED.items():
        value_hash, at = hash_of(FACTS[slug], published), timezone.now() - timedelta(days=days)
        if value_hash:
            made.append(
                Vouch(
                    network=organisation, supplier=supplier, group=slug, value_hash=value_hash, at=at,
                    said=words_of(FACTS[slug], published), how=Vouch.How.VISIT,
                    expires_on=add_months(timezone.localtime(at).date(), 12),
                )
            )  # fmt: skip
    return made
