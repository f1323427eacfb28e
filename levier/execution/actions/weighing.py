"""What a contract pushes to the room below: the hours it owes on its territory weigh on the next studies."""

from decimal import Decimal

from django.db.models import Sum

from levier.clauses.studies.actions import weigh_on_territory
from levier.execution.models import Contract, LedgerHead, Regime


def weigh(contract: Contract) -> None:
    """The hours the contract owes, on its own dates; they take the place of those signed for its lot."""
    # A private commitment stays private: it tells nobody else how much is due there.
    is_shared = contract.regime == Regime.PUBLIC
    due = LedgerHead.objects.filter(commitment__contract=contract).aggregate(hours=Sum("due"))["hours"]
    weigh_on_territory(
        key=f"contract-{contract.pk}", buyer=contract.buyer, departement_code=contract.departement_code,
        hours=(due if is_shared else None) or Decimal(), starts_on=contract.starts_on, ends_on=contract.ends_on,
    )  # fmt: skip
    if contract.lot_id is not None:
        weigh_on_territory(
            key=f"lot-{contract.lot_id}", buyer=contract.buyer, departement_code=contract.departement_code,
            hours=Decimal(), starts_on=contract.starts_on, ends_on=contract.ends_on,
        )  # fmt: skip
