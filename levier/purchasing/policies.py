"""Who may open which need, purchase or lot: each function loads and checks in one step, closed by default.

Someone outside the organisations concerned gets the answer of an address that does not exist; a colleague of
another role gets a refusal that says so.
"""

from typing import Literal

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from levier.accounts.models import Membership, Role, User
from levier.directory.models import Supplier
from levier.directory.ownership import queries as sheets
from levier.organisations.models import Organisation
from levier.purchasing.links import TOKEN, hashed
from levier.purchasing.matching import reaches
from levier.purchasing.models import (
    ContactSide,
    Lot,
    NeedAttachment,
    NeedLink,
    NeedRecipient,
    NeedState,
    PublishedNeed,
    Purchase,
    PurchaseState,
)
from levier.purchasing.queries.buyers import buyers

Reader = User | AnonymousUser
# « edit » and « decide » are the buyer's; « study » is the facilitator's, or the buyer's in an in-house mission.
PurchasePower = Literal["see", "edit", "study", "decide"]

UNKNOWN = "Ce besoin n’existe pas, ou il n’est pas à votre organisation."
CLOSED_LINK = "Ce lien n’existe pas, ou n’est plus ouvert."
_NOT_A_BUYER = "seuls les acheteurs de l’organisation peuvent voir et suivre ses besoins"
_NOT_A_SUPPLIER = "seuls les membres « fournisseur » qui tiennent cette fiche voient les besoins reçus"


def buying_organisations(user: User) -> QuerySet[Organisation]:
    """The organisations this account may publish needs for."""
    return (
        Organisation.objects.filter(memberships__user=user, memberships__role=Role.BUYER)
        .distinct()
        .order_by("name", "pk")
    )


def get_buying_organisation_for(user: User, pk: int) -> Organisation:
    """An organisation one buys for. Raises Http404."""
    found = buying_organisations(user).filter(pk=pk).first()
    if found is None:
        raise Http404(UNKNOWN)
    return found


def get_need_for(user: Reader, pk: int) -> PublishedNeed:
    """A need of an organisation one buys for: colleagues see it and act on it alike.

    Raises Http404 to anybody outside, PermissionDenied to a colleague who does not buy.
    """
    if not user.is_authenticated or not user.is_active:
        raise Http404(UNKNOWN)
    need = PublishedNeed.objects.select_related("organisation", "author").filter(pk=pk).first()
    if need is None:
        raise Http404(UNKNOWN)
    roles = set(
        Membership.objects.filter(user=user, organisation_id=need.organisation_id).values_list(
            "role", flat=True
        )
    )
    if not roles:
        raise Http404(UNKNOWN)
    if Role.BUYER not in roles:
        raise PermissionDenied(_NOT_A_BUYER)
    return need


def get_recipient_of(need: PublishedNeed, pk: int) -> NeedRecipient:
    """A recipient of a need one has already been given. Raises Http404 for another need's."""
    found = need.recipients.select_related("supplier").filter(pk=pk).first()
    if found is None:
        raise Http404("Ce fournisseur n’est pas un destinataire de ce besoin.")
    return found


def get_attachment_of(need: PublishedNeed, pk: int) -> NeedAttachment:
    """A document of a need one has already been given. Raises Http404 for another need's."""
    found = need.attachments.filter(pk=pk).first()
    if found is None:
        raise Http404("Cette pièce n’existe pas.")
    return found


def check_staff(user: Reader) -> None:
    """The pages of moderation exist for the staff only. Raises Http404."""
    if not user.is_authenticated or not user.is_active or not user.is_staff:
        raise Http404("Cette page n’existe pas.")


def get_buyer_for_staff(user: Reader, pk: int) -> Organisation:
    """An organisation that buys here, or was recognised, for the staff. Raises Http404."""
    check_staff(user)
    found = buyers().filter(pk=pk).first()
    if found is None:
        raise Http404("Cette organisation n’achète pas, ou plus, ici.")
    return found


def get_need_to_moderate(user: Reader, pk: int) -> PublishedNeed:
    """A need that waits for the staff. Raises Http404."""
    check_staff(user)
    need = (
        PublishedNeed.objects.select_related("organisation", "author")
        .filter(pk=pk, state=NeedState.WAITING)
        .first()
    )
    if need is None:
        raise Http404("Ce besoin n’attend pas, ou plus, de relecture.")
    return need


def get_recipient_for_link(token: str) -> NeedRecipient:
    """The recipient behind a personal link. Raises Http404 when unknown, expired or revoked, without saying which."""
    if not TOKEN.fullmatch(token):
        raise Http404(CLOSED_LINK)
    link = (
        NeedLink.objects.open()
        .select_related("recipient__need__organisation", "recipient__supplier")
        .filter(token_hash=hashed(token))
        .first()
    )
    if link is None:
        raise Http404(CLOSED_LINK)
    return link.recipient


def get_received_for(user: Reader, pk: int) -> NeedRecipient:
    """A need received by a supplier of one's organisation. Raises Http404, or PermissionDenied to a colleague."""
    if not user.is_authenticated or not user.is_active:
        raise Http404(UNKNOWN)
    found = (
        NeedRecipient.objects.select_related("need__organisation", "supplier")
        .filter(pk=pk, need__sent_at__isnull=False)
        .exclude(need__state=NeedState.WITHDRAWN)
        .first()
    )
    if found is None or found.supplier.organisation_id is None:
        raise Http404(UNKNOWN)
    roles = set(
        Membership.objects.filter(user=user, organisation_id=found.supplier.organisation_id).values_list(
            "role", flat=True
        )
    )
    if not roles:
        raise Http404(UNKNOWN)
    assert isinstance(user, User)
    if Role.SUPPLIER not in roles or not sheets.keeps(user, found.supplier):
        raise PermissionDenied(_NOT_A_SUPPLIER)
    return found


def get_shown_need_for(user: Reader, pk: int, supplier_pk: int) -> tuple[PublishedNeed, Supplier]:
    """A need its buyer shows to others, and one of the reader's own suppliers it reaches. Raises Http404."""
    if not user.is_authenticated or not user.is_active:
        raise Http404(UNKNOWN)
    supplier = own_suppliers(user).filter(pk=supplier_pk).first()
    need = (
        PublishedNeed.objects.select_related("organisation")
        .filter(pk=pk, is_shown=True, state=NeedState.SENT)
        .first()
    )
    if supplier is None or need is None or not reaches(need, supplier):
        raise Http404(UNKNOWN)
    return need, supplier


def own_suppliers(user: User) -> QuerySet[Supplier]:
    """The listed suppliers whose sheets this account keeps."""
    return sheets.own_suppliers(user).filter(is_listed=True)


def get_supplying_organisation_for(user: User, pk: int) -> Organisation:
    """An organisation one is a supplier member of. Raises Http404."""
    found = Organisation.objects.filter(
        pk=pk, memberships__user=user, memberships__role=Role.SUPPLIER
    ).first()
    if found is None:
        raise Http404("Cette organisation n’existe pas, ou vous n’y êtes pas fournisseur.")
    return found


UNKNOWN_PURCHASE = "Cet achat n’existe pas, ou il n’est pas partagé avec votre organisation."
_OTHER_ROLE = "seuls les acheteurs et les facilitateurs de l’achat peuvent le voir"
_BUYER_ONLY = "seul l’acheteur peut modifier, signer ou faire avancer cet achat"
_FACILITATOR_ONLY = "seul le facilitateur de l’achat peut l’étudier"


def unknown_purchase() -> Http404:
    """The answer to whoever may not know whether a purchase exists."""
    return Http404(UNKNOWN_PURCHASE)


def purchases_of(user: User) -> QuerySet[Purchase]:
    """The purchases this account sees: those it buys, and those handed to a structure it facilitates for."""
    member = user.memberships.values("organisation_id")
    studied = member.filter(role=Role.FACILITATOR)
    return Purchase.objects.filter(
        Q(organisation_id__in=member.filter(role=Role.BUYER))
        | ~Q(state=PurchaseState.DRAFT)
        & (Q(facilitator_id__in=studied) | Q(facilitator=None, organisation_id__in=studied))
    )


def sides_for(user: Reader, purchase: Purchase) -> frozenset[ContactSide]:
    """For whom this account acts on a purchase; empty for a colleague of another role.

    In an in-house mission the buyer acts for both. Raises Http404 to anybody outside, and to the
    facilitators while the purchase is a draft. One SQL query.
    """
    if not user.is_authenticated or not user.is_active:
        raise Http404(UNKNOWN_PURCHASE)
    studying = purchase.facilitator_id or purchase.organisation_id
    held = set(
        Membership.objects.filter(
            user=user, organisation_id__in={purchase.organisation_id, studying}
        ).values_list("organisation_id", "role")
    )
    if not held:
        raise Http404(UNKNOWN_PURCHASE)
    sides = set()
    if (purchase.organisation_id, Role.BUYER) in held:
        sides.add(ContactSide.BUYER)
        if purchase.is_in_house:
            sides.add(ContactSide.FACILITATOR)
    if (studying, Role.FACILITATOR) in held and not purchase.is_draft:
        sides.add(ContactSide.FACILITATOR)
    return frozenset(sides)


def get_purchase_for(user: Reader, pk: int, *, to: PurchasePower = "see") -> Purchase:
    """A purchase one buys or facilitates, with its two organisations. Raises Http404, PermissionDenied.

    The power says who may act; whether the state allows it is checked by the action.
    """
    purchase = Purchase.objects.select_related("organisation", "facilitator", "author").filter(pk=pk).first()
    if purchase is None:
        raise Http404(UNKNOWN_PURCHASE)
    sides = sides_for(user, purchase)
    if not sides:
        raise PermissionDenied(_OTHER_ROLE)
    if to in {"edit", "decide"} and ContactSide.BUYER not in sides:
        raise PermissionDenied(_BUYER_ONLY)
    if to == "study" and ContactSide.FACILITATOR not in sides:
        raise PermissionDenied(_FACILITATOR_ONLY)
    return purchase


def get_lot_for(user: Reader, pk: int, *, to: PurchasePower = "see") -> Lot:
    """A present lot of a purchase one may open, with that purchase. Raises Http404, PermissionDenied."""
    lot = Lot.objects.present().filter(pk=pk).first()
    if lot is None:
        raise Http404(UNKNOWN_PURCHASE)
    lot.purchase = get_purchase_for(user, lot.purchase_id, to=to)
    return lot
