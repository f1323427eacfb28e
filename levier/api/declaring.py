"""The endpoints of a program that declares hours: the contracts of its key's organisation, their people, a month given line by line."""

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Header, Router
from ninja.security import HttpBearer

from levier.api.schemas import (
    ContractOut,
    ContractRowOut,
    DeclarationIn,
    DeclarationOut,
    DeclaredPersonOut,
    RefusalOut,
)
from levier.execution.declaring.policies import commitment_of
from levier.execution.incoming import programs
from levier.execution.incoming.programs import DeclaredLine
from levier.execution.models import ApiKey, Contract, ContractParty
from levier.execution.policies import get_contract_for, sides_for
from levier.execution.queries.contracts import whole_contract
from levier.execution.queries.listing import (
    contract_rows,
    in_state,
    listed_contracts,
)
from levier.execution.reporting import DueAndDone


class OrganisationKey(HttpBearer):
    """« Authorization: Bearer levier_… »: the key made on the page « Clés d'API » of an organisation."""

    openapi_description = "Clé d’API d’une organisation, faite sur la page /suivi/cles."

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        return programs.key_of(token)


router = Router(auth=OrganisationKey(), tags=["Heures"])
MOST_LISTED = 300
_REFUSALS = {401: RefusalOut, 403: RefusalOut, 404: RefusalOut}


def _key(request: HttpRequest) -> ApiKey:
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    return key


@router.get(
    "/contracts",
    response={200: list[ContractRowOut], 401: RefusalOut},
    summary="Mes contrats et leurs heures",
)
def list_contracts(request: HttpRequest, state: str = "") -> list[dict[str, Any]]:
    """Those the organisation of the key buys, follows or carries out; `state`: « manquent », « finis », « tous », else those to follow."""
    key, today = _key(request), timezone.localdate()
    rows = listed_contracts(key.by).filter(_of(key), in_state(state, today))[:MOST_LISTED]
    return [_row(one.contract, one) for one in contract_rows(rows, today=today)]


@router.get(
    "/contracts/{contract_id}", response={200: ContractOut} | _REFUSALS, summary="Un contrat et ses heures"
)
def read_contract(request: HttpRequest, contract_id: int) -> dict[str, Any]:
    """What each commitment owes, has done, still has to do."""
    return _contract(_key(request), _opened(_key(request), contract_id))


@router.get(
    "/contracts/{contract_id}/people", response={200: list[DeclaredPersonOut]} | _REFUSALS,
    summary="Les personnes d’un contrat à déclarer",
)  # fmt: skip
def list_people(
    request: HttpRequest, contract_id: int, commitment: int | None = None
) -> list[dict[str, Any]]:
    """By first name and initial; never a reason."""
    desk = programs.desk_of(_key(request), contract_id)
    own, _ = commitment_of(desk, str(commitment or ""))
    return programs.declared_people(desk, own)


@router.post(
    "/contracts/{contract_id}/declarations", response={200: DeclarationOut, 422: RefusalOut} | _REFUSALS,
    summary="Déclarer les heures d’un mois",
)  # fmt: skip
def declare(
    request: HttpRequest,
    contract_id: int,
    body: DeclarationIn,
    idempotency_key: str = Header("", alias="Idempotency-Key", max_length=80),
) -> dict[str, Any]:
    """Lines that can be kept are kept, each is answered with the checks that speak. The same call twice writes once."""
    key = _key(request)
    desk = programs.desk_of(key, contract_id)
    commitment, _ = commitment_of(desk, str(body.commitment or ""))
    return programs.declare(
        key=key, call=idempotency_key, body=request.body, desk=desk, commitment=commitment, month=body.first_day,
        lines=[DeclaredLine(**one.dict()) for one in body.lines], sends=body.send,
    )  # fmt: skip


def _of(key: ApiKey) -> Q:
    own = key.organisation_id
    # Not by a join: a contract would come once for each of its parties.
    carried_out = ContractParty.objects.filter(organisation=own).values("contract")
    return Q(buyer=own) | Q(holder=own) | Q(facilitator=own) | Q(pk__in=carried_out)


def _opened(key: ApiKey, pk: int) -> Contract:
    found = get_contract_for(key.by, pk)
    if not Contract.objects.filter(_of(key), pk=pk).exists():
        raise Http404("Ce contrat n’existe pas, ou il n’est pas partagé avec l’organisation de cette clé.")
    return found


def _contract(key: ApiKey, contract: Contract) -> dict[str, Any]:
    whole = whole_contract(
        contract, reader=key.by, sides=sides_for(key.by, contract), today=timezone.localdate()
    )
    return _row(contract, whole.balance) | {
        "waiting": float(whole.declared),
        "commitments": [
            {
                "id": part.commitment.pk, "number": part.commitment.number, "label": part.commitment.label,
                "contractor": part.commitment.contractor.name, "rule": part.rule, "due": float(part.balance.due),
                "done": float(part.balance.done), "left": float(part.balance.left),
            }
            for part in whole.parts
        ],
    }  # fmt: skip


def _row(contract: Contract, hours: DueAndDone) -> dict[str, Any]:
    return {
        "id": contract.pk, "title": contract.title, "reference": contract.reference,
        "buyer": contract.buyer.name, "holder": contract.holder.name, "starts_on": contract.starts_on,
        "ends_on": contract.ends_on, "due": float(hours.due), "done": float(hours.done), "left": float(hours.left),
    }  # fmt: skip
