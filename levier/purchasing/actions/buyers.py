"""The staff recognises a buyer, or no longer: its needs leave at once, or are read first; the buyer is told."""

from django.db import transaction

from levier.accounts.models import Role, User
from levier.core import audit, mail
from levier.directory.ownership.proofs import is_own_domain
from levier.organisations.models import Organisation
from levier.purchasing import wording
from levier.purchasing.errors import RefusedError
from levier.purchasing.models import BuyerDecision, VerifiedBuyer

LONGEST_REASON = 500


@transaction.atomic
def verify_buyer(
    *, by: User, organisation: Organisation, reason: str, mail_domain: str = "", told: User | None = None
) -> VerifiedBuyer:
    """Recognise a buyer, or correct its domain; its next needs leave without being read. Raises RefusedError.

    ``told``: who learns it by another mail of the same moment.
    """
    locked = Organisation.objects.select_for_update().get(pk=organisation.pk)
    domain = _checked_domain(mail_domain)
    decision = _decide(by, locked, is_verified=True, reason=reason, mail_domain=domain)
    buyer, is_new = VerifiedBuyer.objects.update_or_create(
        organisation=locked, defaults={"mail_domain": domain, "verified_by": by}
    )
    if is_new:
        _tell(locked, wording.verified(locked), decision, told)
    return buyer


@transaction.atomic
def unverify_buyer(*, by: User, organisation: Organisation, reason: str) -> None:
    """Its drafts, and whatever it or its domain sends next, are read first again. Raises RefusedError."""
    locked = Organisation.objects.select_for_update().get(pk=organisation.pk)
    gone, _ = VerifiedBuyer.objects.filter(organisation=locked).delete()
    if not gone:
        raise RefusedError("Cette organisation n’est pas vérifiée.")
    decision = _decide(by, locked, is_verified=False, reason=reason)
    _tell(locked, wording.unverified(locked, decision.reason), decision)


def _decide(
    by: User, organisation: Organisation, *, is_verified: bool, reason: str, mail_domain: str = ""
) -> BuyerDecision:
    said = " ".join(reason.split())[:LONGEST_REASON]
    if not said:
        raise RefusedError("Dites pourquoi : la décision doit pouvoir être relue.")
    decision = BuyerDecision.objects.create(
        organisation=organisation,
        is_verified=is_verified,
        mail_domain=mail_domain,
        reason=said,
        decided_by=by,
    )
    audit.record(
        by=by.as_actor(),
        verb="purchasing.decide_on_buyer",
        object_type="organisation",
        object_key=str(organisation.pk),
        details={"verified": is_verified},
    )
    return decision


def _checked_domain(text: str) -> str:
    domain = text.strip().lower().removeprefix("@")
    if domain and (not is_own_domain(domain) or "@" in domain or " " in domain):
        raise RefusedError(
            f"« {domain} » n’est pas le domaine d’une organisation : laissez vide en cas de doute."
        )
    return domain


def _tell(
    organisation: Organisation, letter: wording.Letter, decision: BuyerDecision, told: User | None = None
) -> None:
    people = User.objects.filter(
        is_active=True, memberships__organisation=organisation, memberships__role=Role.BUYER
    ).distinct()
    for person in people.exclude(pk__in=[told.pk] if told else []):
        key = f"buyer-decision-{decision.pk}-{person.pk}"
        mail.send(to=person.email, subject=letter.subject, body=letter.body, key=key)
