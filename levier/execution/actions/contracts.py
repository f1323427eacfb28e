"""Contracts: a lot awarded or a contract opened on its own, its parties, its people, what each one owes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from levier.accounts.models import User
from levier.core import audit
from levier.execution.actions.awardable import awardable
from levier.execution.actions.contacts import ContactPerson, name_contact
from levier.execution.actions.posting import due_posting
from levier.execution.actions.weighing import weigh
from levier.execution.errors import RefusedError
from levier.execution.models import (
    Commitment,
    CommitmentKind,
    Contract,
    ContractContact,
    ContractParty,
    ContractSide,
    OrderNature,
    PartyKind,
    Regime,
    ReportingPeriod,
)
from levier.organisations.identifiers import clean_digits, is_valid_siren
from levier.organisations.models import Organisation
from levier.purchasing.lot_facts import departement_of
from levier.purchasing.models import Lot, PurchaseSide
from levier.rulebook.hours_due import split

LARGEST_HOURS = Decimal("9999999.99")
MOST_TIERS = 5
_RULE_NAME = re.compile(r"[a-z0-9_-]{0,40}")


@dataclass(frozen=True, kw_only=True)
class ContractValues:
    """What a contract says. Its territory is the lot's when it has one."""

    title: str
    notified_on: date
    starts_on: date
    ends_on: date
    reference: str = ""
    regime: str = Regime.PUBLIC
    place_label: str = ""
    departement_code: str = ""
    reporting_period: str = ReportingPeriod.QUARTER
    reporting_due_day: int = 15

    def check(self) -> None:
        """Raises RefusedError with the first thing to correct."""
        if not self.title.strip():
            raise RefusedError("Donnez un objet au contrat.")
        for on in (self.notified_on, self.starts_on, self.ends_on):
            if not 2000 <= on.year <= 2100:
                raise RefusedError("Les dates doivent être entre 2000 et 2100.")
        if self.ends_on < self.starts_on:
            raise RefusedError("L’exécution finit avant de commencer : corrigez l’une des deux dates.")
        if not 1 <= self.reporting_due_day <= 28:
            raise RefusedError("Le jour limite des déclarations est entre le 1 et le 28 du mois suivant.")


@dataclass(frozen=True, kw_only=True)
class CommitmentValues:
    """What is owed, by one of the three rules. Hours, rate 0 to 1, euros without tax."""

    kind: str = CommitmentKind.FIXED
    label: str = ""
    hours: Decimal | None = None
    rate: Decimal | None = None
    hours_per_tranche: Decimal | None = None
    tranche_amount_ht: Decimal | None = None
    trigger_amount_ht: Decimal | None = None
    is_retroactive: bool = False
    is_whole_tranches: bool = False
    basis: str = ""
    publics_rule: str = ""
    counting_rule: str = ""
    penalty_rule: str = ""

    def check(self) -> None:
        """Raises RefusedError with the first thing to correct."""
        if self.kind == CommitmentKind.FIXED:
            _positive(self.hours, "Donnez le nombre d’heures dues.")
        elif self.kind == CommitmentKind.SHARE:
            if self.rate is None or not 0 < self.rate <= 1:
                raise RefusedError("Donnez la part des heures travaillées, entre 0 et 100 %.")
        elif self.kind == CommitmentKind.PER_AMOUNT:
            _positive(self.hours_per_tranche, "Donnez les heures dues pour chaque tranche.")
            _positive(self.tranche_amount_ht, "Donnez le montant d’une tranche, hors taxes.")
            if self.basis not in {OrderNature.ORDERED, OrderNature.INVOICED}:
                raise RefusedError("Dites si les heures se comptent sur les commandes ou sur les factures.")
            if self.trigger_amount_ht is not None and self.trigger_amount_ht < 0:
                raise RefusedError("Le seuil ne peut pas être négatif.")
        else:
            raise RefusedError("Choisissez comment les heures dues se comptent.")

    def columns(self) -> dict[str, Any]:
        """As the columns of the table: only those of its rule."""
        values = asdict(self)
        if self.kind != CommitmentKind.FIXED:
            values["hours"] = None
        if self.kind != CommitmentKind.SHARE:
            values["rate"] = None
        if self.kind != CommitmentKind.PER_AMOUNT:
            values |= dict.fromkeys(("hours_per_tranche", "tranche_amount_ht", "trigger_amount_ht"))
            values |= {"is_retroactive": False, "is_whole_tranches": False}
            values["basis"] = OrderNature.WORKED if self.kind == CommitmentKind.SHARE else ""
        else:
            values["trigger_amount_ht"] = self.trigger_amount_ht or Decimal()
        values["label"] = self.label.strip()[:120]
        return values


@dataclass(frozen=True, kw_only=True)
class Member:
    """A co-contractor and its written share, 0 to 1."""

    organisation: Organisation
    share_rate: Decimal
    email: str = ""


def firm(*, siren: str, name: str) -> Organisation:
    """The legal unit of a SIREN, made when nobody knew it; a name already known stays. Raises RefusedError."""
    digits = clean_digits(siren)
    found = Organisation.objects.filter(siren=digits).first()
    # Those of the demonstration have an impossible one, and are known all the same.
    if found is None and not is_valid_siren(digits):
        raise RefusedError(
            f"Le SIREN « {siren[:20]} » n’est pas valable : il compte neuf chiffres, dont le dernier vérifie les autres."
        )
    if found is None and not name.strip():
        raise RefusedError(
            f"Le SIREN {digits} n’est pas encore connu ici : donnez aussi le nom de l’entreprise."
        )
    return found or Organisation.objects.get_or_create(siren=digits, defaults={"name": name.strip()[:255]})[0]


def _positive(value: Decimal | None, sentence: str) -> None:
    if value is None or not 0 < value <= LARGEST_HOURS * 1000:
        raise RefusedError(sentence)


@transaction.atomic
def award_lot(
    *, by: User, lot: Lot, holder: Organisation, values: ContractValues, commitments: Sequence[CommitmentValues],
    members: Sequence[Member] = (), contacts: Mapping[str, ContactPerson] | None = None,
) -> Contract:  # fmt: skip
    """The contract of a lot that its buyer awarded: parties, people, what is owed. Raises RefusedError.

    Only once the consultation is published. The two contacts of the buyer are those of the purchase; `contacts`: those of the
    holder, by rank. Fixed hours are due from the start of the contract, shared by the written shares of a group.
    """
    purchase = awardable(lot, notified_on=values.notified_on)
    regime = Regime.VOLUNTARY if purchase.side == PurchaseSide.PRIVATE else Regime.PUBLIC
    contract = _create(
        by=by, values=values, regime=regime, buyer=purchase.organisation, holder=holder,
        facilitator=purchase.facilitator, lot=lot, departement_code=departement_of(lot),
        place_label=lot.place_label or purchase.place_label,
    )  # fmt: skip
    for one in purchase.contacts.filter(side="acheteur"):
        ContractContact.objects.create(
            contract=contract, side=ContractSide.BUYER, rank=one.rank, name=one.name, email=one.email.lower(),
            phone=one.phone,
        )  # fmt: skip
    _fill(by, contract, commitments, members, contacts or {})
    audit.record(
        by=by.as_actor(), verb="execution.award_lot", object_type="contract", object_key=str(contract.pk),
        details={"lot": lot.pk, "commitments": contract.commitments.count()},
    )  # fmt: skip
    return contract


@transaction.atomic
def open_contract(
    *, by: User, buyer: Organisation, holder: Organisation, facilitator: Organisation | None,
    values: ContractValues, commitments: Sequence[CommitmentValues], members: Sequence[Member] = (),
    contacts: Mapping[str, ContactPerson] | None = None,
) -> Contract:  # fmt: skip
    """A contract that no lot studied here became: an older one, or a private firm's own commitment. Raises RefusedError."""
    contract = _create(
        by=by, values=values, regime=values.regime, buyer=buyer, holder=holder, facilitator=facilitator,
        lot=None, departement_code=values.departement_code, place_label=values.place_label,
    )  # fmt: skip
    _fill(by, contract, commitments, members, contacts or {})
    audit.record(
        by=by.as_actor(), verb="execution.open_contract", object_type="contract", object_key=str(contract.pk),
        details={"commitments": contract.commitments.count()},
    )  # fmt: skip
    return contract


def _create(
    *, by: User, values: ContractValues, regime: str, buyer: Organisation, holder: Organisation,
    facilitator: Organisation | None, lot: Lot | None, departement_code: str, place_label: str,
) -> Contract:  # fmt: skip
    values.check()
    if not holder.siren:
        raise RefusedError("Le titulaire doit avoir un SIREN : c’est lui qui est engagé.")
    if holder.pk == buyer.pk:
        raise RefusedError("L’acheteur ne peut pas être le titulaire de son propre contrat.")
    if lot is not None and Contract.objects.filter(lot=lot, holder=holder).exists():
        raise RefusedError("Ce lot est déjà attribué à cette entreprise.")
    try:
        with transaction.atomic():
            return Contract.objects.create(
                lot=lot, buyer=buyer, holder=holder, facilitator=facilitator, author=by, regime=regime,
                title=" ".join(values.title.split())[:200], reference=values.reference.strip()[:60],
                place_label=place_label[:120], departement_code=departement_code,
                notified_on=values.notified_on, starts_on=values.starts_on, ends_on=values.ends_on,
                reporting_period=values.reporting_period, reporting_due_day=values.reporting_due_day,
            )  # fmt: skip
    except IntegrityError as problem:  # somebody awarded it at the same moment
        raise RefusedError(
            "Ce lot vient d’être attribué à cette entreprise : ouvrez son contrat."
        ) from problem


def _fill(
    by: User, contract: Contract, commitments: Sequence[CommitmentValues], members: Sequence[Member],
    contacts: Mapping[str, ContactPerson],
) -> None:  # fmt: skip
    if not commitments:
        raise RefusedError("Un contrat a au moins un engagement : dites combien d’heures sont dues.")
    _check_members(contract, members)
    for one in members:
        ContractParty.objects.create(
            contract=contract, organisation=one.organisation, kind=PartyKind.CO_CONTRACTOR,
            share_rate=one.share_rate, email=one.email.strip().lower(),
        )  # fmt: skip
    for values in commitments:
        _commit(by, contract, values, members)
    for rank, person in contacts.items():
        name_contact(contract, ContractSide.HOLDER, rank, person)
    weigh(contract)


def _check_members(contract: Contract, members: Sequence[Member]) -> None:
    firms = [contract.holder_id, *(one.organisation.pk for one in members)]
    if len(set(firms)) != len(firms):
        raise RefusedError("Une entreprise ne figure qu’une fois dans le groupement.")
    if contract.buyer_id in firms:
        raise RefusedError("L’acheteur ne peut pas être membre du groupement.")
    if any(not 0 < one.share_rate < 1 for one in members) or sum(one.share_rate for one in members) >= 1:
        raise RefusedError("Les parts des cotraitants font moins de 100 % : le mandataire garde le reste.")


@transaction.atomic
def add_commitment(
    *, by: User, contract: Contract, contractor: Organisation, values: CommitmentValues, due_on: date | None = None
) -> Commitment:  # fmt: skip
    """One more commitment, of the holder or of one co-contractor: an optional tranche confirmed, a part forgotten.

    `due_on`: from when its fixed hours are due, the start of the contract when None. Raises RefusedError.
    """
    Contract.objects.select_for_update().get(pk=contract.pk)
    if (
        contractor.pk != contract.holder_id
        and not contract.parties.filter(organisation=contractor, kind=PartyKind.CO_CONTRACTOR).exists()
    ):
        raise RefusedError("Seuls le titulaire et ses cotraitants sont engagés envers l’acheteur.")
    if due_on and not contract.starts_on <= due_on <= contract.ends_on:
        raise RefusedError("Ces heures sont dues pendant le contrat : vérifiez la date.")
    made = _open(by, contract, contractor, values, due_on=due_on)
    weigh(contract)
    audit.record(
        by=by.as_actor(), verb="execution.add_commitment", object_type="contract",
        object_key=str(contract.pk), details={"commitment": made.pk},
    )  # fmt: skip
    return made


@transaction.atomic
def name_rules(*, by: User, contract: Contract, publics_rule: str, counting_rule: str = "") -> None:
    """Say which rule sets the commitments of a contract follow: who counts, which hours. Raises RefusedError.

    Names of the rule book; what is owed, and what was decided before, do not change.
    """
    names = {"publics_rule": publics_rule, "counting_rule": counting_rule}
    for name in names.values():
        if not _RULE_NAME.fullmatch(name):
            raise RefusedError(f"« {name[:40]} » n’est pas le nom d’un jeu de règles.")
    contract.commitments.update(**names)
    audit.record(
        by=by.as_actor(), verb="execution.name_rules", object_type="contract", object_key=str(contract.pk),
        details={"fields": list(names)},
    )  # fmt: skip


def _commit(by: User, contract: Contract, values: CommitmentValues, members: Sequence[Member]) -> None:
    """Fixed hours are shared as written; other rules bind the lead contractor for the group."""
    values.check()
    if values.kind != CommitmentKind.FIXED or not members:
        _open(by, contract, contract.holder, values)
        return
    assert values.hours is not None
    firms = [contract.holder, *(one.organisation for one in members)]
    for firm, hours in zip(firms, split(values.hours, [one.share_rate for one in members]), strict=True):
        if hours > 0:
            _open(by, contract, firm, CommitmentValues(**asdict(values) | {"hours": hours}))


def _open(
    by: User, contract: Contract, contractor: Organisation, values: CommitmentValues, due_on: date | None = None
) -> Commitment:  # fmt: skip
    values.check()
    made = Commitment.objects.create(
        contract=contract, number=contract.commitments.count() + 1, contractor=contractor, **values.columns()
    )
    if made.hours is not None:
        due_posting(by=by, commitment=made, hours=made.hours, effective_on=due_on or contract.starts_on)
    return made


@transaction.atomic
def add_subcontractor(
    *, by: User, contract: Contract, organisation: Organisation, under: ContractParty | None = None,
    email: str = "",
) -> ContractParty:  # fmt: skip
    """A subcontractor of the first tier, or of a subcontractor already there. `email`: who declares its part. Raises RefusedError."""
    Contract.objects.select_for_update().get(pk=contract.pk)
    tier = 1 if under is None else (under.tier or 0) + 1
    if under is not None and (under.contract_id != contract.pk or under.kind != PartyKind.SUBCONTRACTOR):
        raise RefusedError("Ce sous-traitant n’est pas de ce contrat.")
    if tier > MOST_TIERS:
        raise RefusedError(f"{MOST_TIERS} rangs de sous-traitance au plus.")
    if organisation.pk in {contract.holder_id, contract.buyer_id}:
        raise RefusedError("Le titulaire et l’acheteur ne sont pas sous-traitants de leur contrat.")
    if contract.parties.filter(organisation=organisation, kind=PartyKind.SUBCONTRACTOR).exists():
        raise RefusedError("Cette entreprise est déjà sous-traitante de ce contrat.")
    made = ContractParty.objects.create(
        contract=contract,
        organisation=organisation,
        kind=PartyKind.SUBCONTRACTOR,
        tier=tier,
        under=under,
        email=email.strip().lower(),
    )
    audit.record(
        by=by.as_actor(), verb="execution.add_subcontractor", object_type="contract",
        object_key=str(contract.pk), details={"tier": tier},
    )  # fmt: skip
    return made
