"""What a contract that is closed teaches the rooms below: the labour share of its trade, the commitments of a convention."""

from datetime import date
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from levier.accounts.models import User
from levier.clauses.studies.actions import bring_realised_lots
from levier.execution.models import Contract, ControlMeeting, MeetingKind, OrderNature, Presence
from levier.execution.queries.balances import Balance
from levier.facilitators.actions import record_measure_fact
from levier.facilitators.models import Measure, Structure
from levier.rulebook.calibration import CalibrationError, trade_for_cpv

_DAYS_IN_MONTH = Decimal("30.44")


def teach_lot(*, by: User, contract: Contract, balance: Balance) -> None:
    """Give what was planned and done of a lot to the structure that followed it. A lot without amount or trade teaches nothing."""
    lot = contract.lot
    if lot is None or balance.due <= 0:
        return
    try:
        trade = trade_for_cpv(lot.cpv) if lot.cpv else None
    except CalibrationError:
        trade = None
    amount, worked = _amount(contract), _sum(contract, OrderNature.WORKED, "worked_hours")
    if trade is None or trade.is_goods or not amount:
        return
    row = {
        "key": f"contract-{contract.pk}", "title": contract.title, "trade": trade.key,
        "departement_code": contract.departement_code, "amount_ht": amount,
        "months": round(Decimal((contract.ends_on - contract.starts_on).days + 1) / _DAYS_IN_MONTH, 1),
        "planned_hours": balance.due, "done_hours": balance.done,
        "worked_hours": worked if worked and worked >= balance.done else None, "ended_on": contract.ends_on,
    }  # fmt: skip
    bring_realised_lots(by=by, organisation=contract.facilitator or contract.buyer, rows=[row])


def note_closing(*, by: User, contract: Contract) -> None:
    """A bilan handed over counts for the conventions of the structure, the day of the close: a contract may have ended long before."""
    _note(
        by,
        contract,
        Measure.REPORTS,
        "Bilan de clôture d’un contrat",
        f"closing-{contract.pk}",
        timezone.localdate(),
    )


def note_meeting(*, by: User, meeting: ControlMeeting) -> None:
    """A meeting or a visit where the structure came; the launch of a lot counts once, here or on the page of the purchase."""
    if meeting.facilitator != Presence.PRESENT:
        return
    contract = meeting.contract
    is_launch = meeting.kind == MeetingKind.KICK_OFF and contract.lot_id is not None
    key = f"launch-{contract.lot_id}" if is_launch else f"meeting-{meeting.pk}"
    _note(by, contract, Measure.VISITS, meeting.get_kind_display(), key, meeting.held_on)


def _note(by: User, contract: Contract, measure: str, label: str, key: str, on: date) -> None:
    following = contract.facilitator_id or contract.buyer_id
    structure = Structure.objects.filter(organisation=following).order_by("pk").first()
    if structure is not None:
        record_measure_fact(
            by=by.as_actor(), structure=structure, measure=measure, happened_on=min(on, timezone.localdate()), label=label,
            source_key=key, buyer_siren=contract.buyer.siren or "", company_siren=contract.holder.siren or "",
        )  # fmt: skip


def _amount(contract: Contract) -> Decimal | None:
    """What was invoiced, else ordered, else what the lot was estimated at (€ without tax)."""
    invoiced = _sum(contract, OrderNature.INVOICED, "amount_ht")
    ordered = _sum(contract, OrderNature.ORDERED, "amount_ht")
    return invoiced or ordered or (contract.lot.amount_ht if contract.lot else None)


def _sum(contract: Contract, nature: str, field: str) -> Decimal | None:
    rows = contract.orders.filter(nature=nature, cancelled_at=None)
    total: Decimal | None = rows.aggregate(total=Sum(field))["total"]
    return total
