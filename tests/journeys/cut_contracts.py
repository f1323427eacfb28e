"""Run inside an installation: contracts to declare, and what is kept of them in the end, as JSON."""

import json
from datetime import timedelta
from decimal import Decimal

from django.db.models import Q, Sum
from django.utils import timezone

from levier.accounts.models import Role
from levier.core.models import OutgoingMail
from levier.execution.actions import CommitmentValues, ContactPerson, set_contacts
from levier.execution.declaring import links
from levier.execution.models import DeclarationLine, DeclarationSending, LedgerHead, LedgerPosting
from levier.execution.people import actions as people
from levier.purchasing.actions.demo import demo_sides
from levier.rulebook.months import add_months, first_of
from tests.factories import execution
from tests.factories import people as make
from tests.factories.accounts import organisation

TITLE = "Contrat des coupures"


def make_contracts(contracts: int, months: int, contact: str) -> None:
    """Followed by the demonstration's facilitator, one person each, the link of the same contact; print what there is to send.

    The hours of a person differ each month, and keep to the pace of the contract: no line is remarked.
    """
    sides = demo_sides()
    assert sides is not None
    facilitator, buyer = sides.accounts[Role.FACILITATOR], sides.accounts[Role.BUYER]
    assert facilitator and buyer
    holder, last = organisation(), add_months(first_of(timezone.localdate()), -1)
    first = add_months(last, 1 - months)
    keys, to_send = [], []
    for _ in range(contracts):
        contract = execution.contract(
            by=buyer, buyer=sides.buyer, holder=holder, facilitator=sides.facilitator, title=TITLE,
            notified_on=first, starts_on=first, ends_on=add_months(first, 36), reporting_period="mois",
            commitments=[CommitmentValues(hours=Decimal(3_000))],
        )  # fmt: skip
        set_contacts(
            by=buyer, contract=contract, side="titulaire",
            people={"referent": ContactPerson(name="Sacha Exemple", email=contact)},
        )  # fmt: skip
        where = make.Place(sides.facilitator, contract, facilitator, facilitator, buyer)
        who = make.participant(where)
        people.give_notice(by=facilitator, participant=who, on=first, way="main")
        proof = make.ProofSeen("caf_rsa", issued_on=first - timedelta(days=30), seen_on=first)
        entry = make.entry(where, who, facts=make.rsa(entry_on=first, proofs=(proof,)))
        people.decide_entry(by=facilitator, entry=entry, is_valid=True)
        link = links.open_link(
            contract=contract, company=holder, email=contact, first_month=first, month=last
        )
        page = f"/declarer/{links.token_of(link)}"
        keys.append(contract.pk)
        to_send += [
            [page, entry.pk, f"{add_months(first, rank):%Y-%m}", str(40 + rank)] for rank in range(months)
        ]
    print(json.dumps({"contracts": keys, "to_send": to_send}))


def tell_what_is_kept() -> None:
    """Print sendings, receipts, lines with the hours they posted, heads and sums of the ledger."""
    sendings = dict(
        DeclarationSending.objects.filter(declaration__commitment__contract__title=TITLE).values_list(
            "pk", "key"
        )
    )
    receipts = OutgoingMail.objects.filter(message_id__in=[f"declaration-receipt-{pk}" for pk in sendings])
    lines = DeclarationLine.objects.filter(declaration__commitment__contract__title=TITLE)
    due, done = (
        Sum("hours", filter=Q(account=account), default=Decimal("0.00")) for account in ("due", "done")
    )
    sums = LedgerPosting.objects.values("commitment").annotate(due=due, done=done).order_by("commitment")
    kept = {
        "sendings": list(sendings.values()),
        "receipts": receipts.count(),
        "lines": list(lines.values_list("entry", "declaration__month", "hours", "posting__hours")),
        "heads": list(LedgerHead.objects.order_by("pk").values_list("pk", "due", "done")),
        "sums": list(sums.values_list("commitment", "due", "done")),
    }
    print(json.dumps(kept, default=str))
