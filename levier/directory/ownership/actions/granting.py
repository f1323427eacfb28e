"""What an accepted request opens: the organisation with all its sheets, or one member and some sheets of it."""

from collections.abc import Iterable, Sequence

from django.db import transaction

from levier.accounts.actions import admit_proven_supplier, open_proven_organisation
from levier.accounts.errors import RefusedError
from levier.accounts.models import Membership, Role, User
from levier.core import audit, mail
from levier.directory.models import Claim, SheetRestriction, Supplier
from levier.directory.ownership import queries, reach
from levier.directory.ownership.actions.statements import state_groups
from levier.organisations.models import Organisation

_ALSO_BODY = """Bonjour,

{who} vient de prouver par {proof} que la fiche de « {supplier} » est aussi la sienne : vous la tenez désormais à deux.

Si cette personne n’est pas des vôtres, écrivez à qui tient cette installation de Levier.
"""
_NUMBER_IS_TAKEN = "Une autre fiche ou un espace a déjà ce SIREN : envoyez un justificatif, quelqu’un vérifiera que c’est bien le vôtre."


def organisation_to_ask(supplier: Supplier, number: str, *, by_code: bool) -> Organisation | None:
    """The organisation a request is about: the supplier's, else that of the number typed for it.

    A code proves the sheet, not the number: one that leads to somebody else's sheets or members is for a reader of
    documents, or for the managers there. Raises RefusedError.
    """
    if supplier.organisation_id is not None:
        return supplier.organisation
    if not number:
        return None
    found = Organisation.objects.filter(siren=number[:9]).first()
    if found is None or queries.manages(found.pk):
        return found
    is_taken = found.memberships.exists() or found.suppliers.exists()
    if by_code and is_taken:
        raise RefusedError(_NUMBER_IS_TAKEN)
    return None


def attach_organisation(claim: Claim, by: User) -> Organisation:
    """The organisation of the supplier of an accepted request, made when no list gave one. Raises RefusedError.

    With a number the supplier says it of itself, as any other fact; without one the organisation has no SIREN, and
    stays attached until its keeper confirms the one a list gives.
    """
    supplier = claim.supplier
    supplier.refresh_from_db(fields=["organisation"])
    if supplier.organisation is None:
        number = claim.given_number
        if number:
            Organisation.objects.get_or_create(
                siren=number[:9], defaults={"name": supplier.name, "is_demo": supplier.is_demo}
            )
            groups = {"siren": number[:9]} | ({"siret": number} if len(number) == 14 else {})
            state_groups(by=by.as_actor(), supplier=supplier, groups=groups)
            supplier.refresh_from_db()
        else:
            supplier.organisation = Organisation.objects.create(name=supplier.name, is_demo=supplier.is_demo)
            supplier.save(update_fields=["organisation"])
        assert supplier.organisation is not None
        audit.record(
            by=by.as_actor(), verb="directory.attach_organisation", object_type="supplier",
            object_key=supplier.key, details={"with_number": bool(number)},
        )  # fmt: skip
    if claim.organisation_id != supplier.organisation_id:
        claim.organisation = supplier.organisation
        claim.save(update_fields=["organisation"])
    return supplier.organisation


def open_sheets(claim: Claim, sheets: Sequence[Supplier] | None, by: User) -> Membership:
    """Give the author of a proven request these sheets, or every one with the members when None."""
    organisation = attach_organisation(claim, by)
    if sheets is None:
        return open_proven_organisation(by=claim.user, organisation=organisation)
    others = [person for person in queries.sheet_keepers(claim.supplier) if person.pk != claim.user_id]
    membership = admit_proven_supplier(by=claim.user, organisation=organisation)
    add_sheets(membership, sheets, by=by)
    for person in others:
        mail.send(
            to=person.email,
            subject=f"La fiche de {claim.supplier.name} est aussi tenue par quelqu’un d’autre",
            body=_ALSO_BODY.format(
                who=claim.user.get_full_name() or claim.user.email,
                proof=claim.get_proof_display(),
                supplier=claim.supplier.name,
            ),
            key=f"claim-also-{claim.pk}-{person.pk}",
        )
    return membership


@transaction.atomic
def add_sheets(membership: Membership, sheets: Iterable[Supplier], *, by: User) -> None:
    """Restrict a member to these sheets, beside those it has already."""
    restriction, _ = SheetRestriction.objects.get_or_create(membership=membership)
    restriction.suppliers.add(*sheets)
    _record(by, membership, restriction)


@transaction.atomic
def choose_sheets(*, by: User, membership: Membership, sheets: Sequence[Supplier] | None) -> None:
    """A manager chooses which sheets a colleague keeps; None for all of them. Raises RefusedError."""
    membership = Membership.objects.select_for_update().get(pk=membership.pk)
    if membership.user_id == by.pk or membership.role != Role.SUPPLIER or membership.is_admin:
        raise RefusedError("Qui gère les membres tient toutes les fiches : retirez-lui d’abord ce droit.")
    if sheets is None:
        SheetRestriction.objects.filter(membership=membership).delete()
        _record(by, membership, None)
        return
    if any(one.organisation_id != membership.organisation_id for one in sheets):
        raise RefusedError("Une de ces fiches n’est pas à votre organisation.")
    restriction, _ = SheetRestriction.objects.get_or_create(membership=membership)
    restriction.suppliers.set(sheets)
    _record(by, membership, restriction)


def _record(by: User, membership: Membership, restriction: SheetRestriction | None) -> None:
    audit.record(
        by=by.as_actor(), verb="directory.choose_sheets", object_type="membership",
        object_key=str(membership.pk),
        details={"sheets": restriction.suppliers.count() if restriction else "all"},
    )  # fmt: skip


def join_house(supplier: Supplier, house: Organisation, *, by: User) -> None:
    """The sheet joins the organisation of its SIREN; whoever kept it keeps it, and nothing else there."""
    people = Membership.objects.filter(organisation=supplier.organisation, role=Role.SUPPLIER)
    keepers = [one.user for one in people.select_related("user").order_by("pk")]
    supplier.organisation = house
    supplier.save(update_fields=["organisation"])
    for person in keepers:
        membership = Membership.objects.filter(user=person, organisation=house, role=Role.SUPPLIER).first()
        if membership is None:
            add_sheets(admit_proven_supplier(by=person, organisation=house), [supplier], by=by)
        elif hasattr(membership, "sheet_restriction"):
            add_sheets(membership, [supplier], by=by)


def sheets_of_decision(claim: Claim, *, is_whole: bool) -> list[Supplier] | None:
    """What a person who accepts gives: all the sheets, or the place asked for."""
    return None if is_whole else reach.sheets_of_place(claim.supplier)
