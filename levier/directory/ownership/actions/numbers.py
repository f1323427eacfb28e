"""The SIREN that a list gives to a sheet proven without one: its keepers are told, and say whether it is their own."""

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from levier.accounts.errors import RefusedError
from levier.accounts.models import User
from levier.core import audit, mail
from levier.core.audit import Actor
from levier.core.models import AuditEvent
from levier.directory.models import Claim, Supplier
from levier.directory.ownership import queries
from levier.directory.ownership.actions.claims import ask_managers_of_number
from levier.directory.ownership.actions.granting import join_house
from levier.directory.ownership.actions.statements import hold_directory
from levier.directory.results import slug_of
from levier.organisations.models import Establishment, Organisation

_TOLD = "directory.tell_of_number"
_BODY = """Bonjour,

Vous tenez la fiche « {supplier} », qui n’avait pas de SIREN. Une liste publique lui en donne un : {siren}.

Votre espace et votre fiche restent à vous. Dites seulement si ce numéro est le vôtre :
{link}

S’il ne l’est pas, ne confirmez rien et répondez à ce courriel : rien ne change chez vous.
"""


def tell_of_numbers(*, by: Actor) -> int:
    """Write once to the keepers of each sheet that waits for their word. Returns how many sheets.

    The story of what was done remembers who was told of which number: a second run writes to nobody.
    """
    told = 0
    for supplier_id in list(queries.unproven_numbers().order_by("pk").values_list("pk", flat=True)):
        told += _tell(supplier_id, by)
    return told


@transaction.atomic
def _tell(supplier_id: int, by: Actor) -> bool:
    found = Supplier.objects.select_for_update(of=("self",)).filter(pk=supplier_id)
    supplier = found.select_related("organisation").get()
    siren = supplier.siren or ""
    before = AuditEvent.objects.filter(verb=_TOLD, object_type="supplier", object_key=supplier.key)
    if not queries.awaits_word_on_number(supplier) or before.filter(details__siren=siren).exists():
        return False
    keepers = queries.keepers_of(supplier)
    link = settings.SITE_URL + reverse("directory:own_sheet", args=[slug_of(supplier.key)])
    name = supplier.brand or supplier.name
    for person in keepers:
        mail.send(
            to=person.email,
            subject=f"Le SIREN de {name} est-il le vôtre ?",
            body=_BODY.format(supplier=name, siren=siren, link=link),
            key=f"number-{supplier.pk}-{siren}-{person.pk}",
        )
    if keepers:
        audit.record(
            by=by, verb="directory.tell_of_number", object_type="supplier", object_key=supplier.key,
            details={"siren": siren, "mails": len(keepers)},
        )  # fmt: skip
    return bool(keepers)


@transaction.atomic
def confirm_number(*, by: User, supplier: Supplier) -> Claim | None:
    """« C’est notre SIREN »: the space takes the number, or the sheet joins those the number has already.

    Nobody else on the number: the space takes it, with its members. Sheets nobody manages: this one joins them, and
    its keepers keep it alone. Somebody manages: the sheet stays where it is, and its managers are asked (the request
    is returned). Raises RefusedError.
    """
    hold_directory()
    found = Supplier.objects.select_for_update(of=("self",)).select_related("organisation")
    supplier = found.get(pk=supplier.pk)
    if not queries.awaits_word_on_number(supplier):
        raise RefusedError(
            "Cette fiche n’attend pas de SIREN : il est déjà confirmé, ou la liste l’a retiré."
        )
    space = supplier.organisation
    assert space is not None
    assert supplier.siren is not None
    house = Organisation.objects.select_for_update().filter(siren=supplier.siren).first()
    if house is None or _is_free(house):
        _take_number(space, supplier.siren, house)
    elif queries.manages(house.pk):
        return ask_managers_of_number(by=by, supplier=supplier, house=house)
    else:
        join_house(supplier, house, by=by)
    _record(by, supplier, "taken" if house is None or supplier.organisation_id == space.pk else "joined")
    return None


def _is_free(house: Organisation) -> bool:
    """Whether nothing hangs on this legal unit but the establishments that lists gave it."""
    return not any(
        link.related_model._base_manager.filter(**{link.field.name: house}).exists()
        for link in house._meta.related_objects
        if link.related_model is not Establishment
    )


def _take_number(space: Organisation, siren: str, house: Organisation | None) -> None:
    """The space becomes the legal unit of this SIREN: its members, its sheets and its needs stay where they are."""
    if house is not None:
        Establishment.objects.filter(organisation=house).update(organisation=space)
        space.name, space.legal_category, space.legal_form = (
            house.name,
            house.legal_category,
            house.legal_form,
        )
        house.delete()
    space.siren = siren
    space.save(update_fields=["siren", "name", "legal_category", "legal_form"])


def _record(by: User, supplier: Supplier, how: str) -> None:
    audit.record(
        by=by.as_actor(), verb="directory.confirm_number", object_type="supplier", object_key=supplier.key,
        details={"siren": supplier.siren, "how": how},
    )  # fmt: skip
