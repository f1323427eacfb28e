"""Who publishes a post, who proposes, who answers: loads and checks in one step, closed by default.

The company of the post, the structure that follows the contract, and the prescribers whose remit reaches its département. The buyer
sees the printed fact of weeks without candidates, and nobody.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from levier.accounts.models import User
from levier.execution import policies as contracts
from levier.execution.models import Candidate, Contract, Position
from levier.execution.people.scope import acting, followed_by
from levier.execution.policies import Reader
from levier.facilitators.models import PRESCRIBER_KINDS, Structure, StructureKind
from levier.organisations.models import Organisation

# Who sends candidates: the prescribers, and the desks that accompany people.
PROPOSING = PRESCRIBER_KINDS | {StructureKind.PLIE, StructureKind.MDE}
UNKNOWN = "Ce poste n’existe pas, ou il n’est pas ouvert à votre organisation."
_NOBODY = "seules l’entreprise, la structure qui suit le contrat et les prescripteurs du département voient ses candidatures"


@dataclass(frozen=True, slots=True)
class Seat:
    """For whom an account acts on a post. `prescribers`: the organisations it may propose for."""

    position: Position
    is_company: bool
    is_follower: bool
    prescribers: tuple[Organisation, ...]

    @property
    def may_move(self) -> bool:
        """Whether this account says what became of a candidate, and who answers for the post."""
        return self.is_company or self.is_follower

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Inside the block, the candidates these sides may see are seen."""
        keys = [one.pk for one in self.prescribers]
        if self.is_follower:
            keys.append(following(self.position.contract))
        with acting(followers=keys, companies=[self.position.company_id] if self.is_company else []):
            yield

    def sees(self, candidate: Candidate) -> bool:
        """A company and a following structure see each candidate, a prescriber its own."""
        return (
            self.is_company
            or self.is_follower
            or candidate.prescriber_id in {one.pk for one in self.prescribers}
        )


def following(contract: Contract) -> int:
    """The structure that follows the people of a contract."""
    return contract.facilitator_id or contract.buyer_id


def firms_publishing(user: Reader, pk: int) -> tuple[Contract, tuple[Organisation, ...]]:
    """A contract and the companies this account publishes posts for: its own, or all of them for who follows it. Raises Http404, PermissionDenied."""
    contract = contracts.get_contract_for(user, pk)
    assert isinstance(user, User)
    carrying = {contract.holder_id, *contract.parties.values_list("organisation_id", flat=True)}
    sides = contracts.sides_for(user, contract)
    if following(contract) not in followed_by(user):
        if "company" not in sides:
            raise PermissionDenied(_NOBODY)
        carrying &= contracts.firms_named(user, contract.pk)
    return contract, tuple(Organisation.objects.filter(pk__in=carrying).order_by("name", "pk"))


def seat_for(user: Reader, pk: int) -> Seat:
    """A post one publishes, follows or may propose for. Raises Http404 outside, PermissionDenied to the buyer and to other roles."""
    position = Position.objects.select_related("contract", "company").filter(pk=pk).first()
    if position is None or not user.is_authenticated or not user.is_active:
        raise Http404(UNKNOWN)
    assert isinstance(user, User)
    is_follower = following(position.contract) in followed_by(user)
    is_company = position.company_id in contracts.firms_named(user, position.contract_id)
    prescribers = proposing_for(user, position.contract.departement_code)
    if not (is_follower or is_company or prescribers):
        # A colleague or the buyer learns that it may not; anybody else, nothing.
        contracts.sides_for(user, position.contract)
        raise PermissionDenied(_NOBODY)
    if is_follower:
        own = Organisation.objects.filter(pk=following(position.contract)).exclude(
            pk__in=[one.pk for one in prescribers]
        )
        prescribers = (*prescribers, *own)
    return Seat(position, is_company, is_follower, prescribers)


def need_to_move(seat: Seat) -> None:
    """Raises PermissionDenied to a prescriber, who only proposes."""
    if not seat.may_move:
        raise PermissionDenied("seules l’entreprise et la structure qui suit le contrat tiennent ce poste")


def candidate_for(user: Reader, pk: int) -> tuple[Seat, Candidate]:
    """A candidate one may see, with one's seat at its post. Raises Http404, PermissionDenied."""
    with acting(is_retention=True):
        position = Candidate.objects.filter(pk=pk).values_list("position_id", flat=True).first()
    if position is None:
        raise Http404(UNKNOWN)
    seat = seat_for(user, position)
    with seat.scope():
        found = Candidate.objects.select_related("position__contract", "prescriber").filter(pk=pk).first()
    if found is None or not seat.sees(found):
        raise Http404(UNKNOWN)
    return seat, found


def proposing_for(user: User, departement: str) -> tuple[Organisation, ...]:
    """The organisations of this account that send candidates in this département. One SQL query for who works for none."""
    mine = Structure.objects.of_member(user).filter(kind__in=PROPOSING, is_active=True)
    if not departement or not mine.exists():
        return ()
    reaching = mine.filter(pk__in=Structure.objects.in_departement(departement).values("pk"))
    return tuple(Organisation.objects.filter(pk__in=reaching.values("organisation")).order_by("name", "pk"))


def positions_of(user: User, on: date) -> QuerySet[Position]:
    """The posts this account publishes or follows, and those open near for a prescriber."""
    codes = Position.objects.filter(closed_on=None, contract__ends_on__gte=on).values_list(
        "contract__departement_code", flat=True
    )
    near = [code for code in set(codes) if proposing_for(user, code)]
    followed = followed_by(user)
    return Position.objects.filter(
        Q(contract__facilitator__in=followed)
        | Q(contract__facilitator=None, contract__buyer__in=followed)
        | contracts.rows_of_firms(contracts.contracts_naming(user), company="company", contract="contract")
        | Q(contract__departement_code__in=near, closed_on=None, contract__ends_on__gte=on)
    ).select_related("contract", "company")
