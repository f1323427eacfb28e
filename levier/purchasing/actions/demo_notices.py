"""Fictitious public notices, so that « Opportunités » lives on a new installation; marked as such, gone with the demonstration."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from levier.core import audit
from levier.core.audit import Actor
from levier.purchasing.models import Notice, NoticeForm, NoticeLot, NoticeWinner, Reservation
from levier.purchasing.reservations import reserved_by

_KINDS, _WORDS = reserved_by("L2113-14")
_RESERVED: dict[str, Any] = {
    "reservation": Reservation.INCLUSIVE, "reserved_kinds": list(_KINDS), "reserved_to": _WORDS,
    "reasons": ["participation réservée au handicap ou à l’insertion (BT-71 «\u00a0res-ws\u00a0»)"],
}  # fmt: skip
_ROUBAIX, _LILLE = "59512", "59350"
# (buyer, title, days left, lots)
_CALLS: tuple[tuple[str, str, int, tuple[dict[str, Any], ...]], ...] = (
    ("Bailleur du Val", "Entretien des résidences du Val", 18, (
        {"title": "Espaces verts des résidences, lot réservé", "cpv": "77310000", "commune_id": _ROUBAIX, **_RESERVED},
        {"title": "Nettoyage des parties communes", "cpv": "90911200", "commune_id": _ROUBAIX, "hours": Decimal(960),
         "reasons": ["«\u00a0Le titulaire réserve 960 heures d’insertion à des personnes éloignées de l’emploi…\u00a0»"]},
    )),
    ("Département du Val", "Propreté de six collèges", 32, (
        {"title": "Nettoyage de six collèges", "cpv": "90919300", "departements": ["59", "62"],
         "reasons": ["emploi de chômeurs de longue durée, de personnes défavorisées ou handicapées (BT-775 «\u00a0opp\u00a0»)"]},
    )),
)  # fmt: skip
_AWARD: dict[str, Any] = {
    "title": "Nettoyage des gymnases et des vestiaires", "cpv": "90919200", "commune_id": _LILLE,
    "amount_ht": Decimal(186_000), "hours": Decimal(720), "reasons": ["«\u00a0720 heures d’insertion par an…\u00a0»"],
}  # fmt: skip


@transaction.atomic
def load_demo_notices(*, by: Actor) -> int:
    """Bring two calls and an award, dated from today; brought again, they are dated anew. Returns how many."""
    Notice.objects.filter(is_demo=True).delete()
    today = timezone.localdate()
    for number, (buyer, title, days, lots) in enumerate(_CALLS, start=1):
        deadline = timezone.make_aware(datetime.combine(today + timedelta(days=days), time(12)))
        notice = _notice(f"demo-call-{number}", NoticeForm.CALL, buyer, title, 3)
        for rank, lot in enumerate(lots, start=1):
            NoticeLot.objects.create(
                notice=notice, number=f"LOT-{rank:04d}", deadline=deadline, **{"departements": ["59"]} | lot
            )
    award = _notice(
        "demo-award-1", NoticeForm.AWARD, "Ville de Valmont", "Propreté des équipements sportifs", 2
    )
    won = NoticeLot.objects.create(
        notice=award, number="LOT-0001", departements=["59"], awarded_on=today - timedelta(days=9), **_AWARD
    )
    NoticeWinner.objects.create(
        lot=won, rank=1, name="Propreté du Val SARL (fictive)", phone="03 99 00 90 12",
        email="contact@proprete-du-val.invalid",
    )  # fmt: skip
    count = Notice.objects.filter(is_demo=True).count()
    audit.record(by=by, verb="purchasing.load_demo_notices", details={"notices": count})
    return count


def _notice(key: str, form: NoticeForm, buyer: str, title: str, days_ago: int) -> Notice:
    return Notice.objects.create(
        notice_id=key, version=1, form=form, title=title, buyer_name=buyer, source="demo", is_demo=True,
        contact_name="Service de la commande publique", contact_phone="03 99 00 56 78",
        contact_email="marches@exemple.invalid", published_on=timezone.localdate() - timedelta(days=days_ago),
        content_hash=key,
    )  # fmt: skip


@transaction.atomic
def clear_demo_notices(*, by: Actor) -> int:
    """Remove the fictitious notices. Returns how many went."""
    found = Notice.objects.filter(is_demo=True)
    count = found.count()
    found.delete()
    if count:
        audit.record(by=by, verb="purchasing.clear_demo_notices", details={"notices": count})
    return count
