"""The link of a contact who declares without an account: opened for a period, confirmed by a code, closed at will.

An address that is read changes nothing and names nobody: a code sent to the contact opens the pages, for one browser and a day.
"""

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit, mail, mail_codes
from levier.core.signed_rows import key_signed, sign_key
from levier.execution.declaring.contacts import contacts_of
from levier.execution.declaring.policies import Desk
from levier.execution.errors import RefusedError
from levier.execution.models import Contract, DeclarationLink, PartyKind
from levier.organisations.models import Organisation

_SALT = "levier.declaring.link"
LASTS = timedelta(days=60)
CODE_LASTS = timedelta(hours=1)
OPEN_FOR = timedelta(days=1)
ATTEMPTS, MOST_CODES = 5, 12
CLOSED = "Ce lien n’existe pas, ou n’est plus ouvert : demandez-en un autre à votre facilitateur."
_CODE_BODY = """Bonjour,

Voici le code pour déclarer les heures de {company} sur Levier. Il vaut une heure :

{code}

Si vous n’avez rien demandé, ne donnez ce code à personne : rien ne se passera.
"""


def open_link(
    *, contract: Contract, company: Organisation, email: str, first_month: date, month: date
) -> DeclarationLink:
    """The link of a contact for these months, made or made valid again from today."""
    expires_at = timezone.now() + LASTS
    link, is_new = DeclarationLink.objects.get_or_create(
        contract=contract, company=company, email=email.strip().lower(), month=month, revoked_at=None,
        defaults={"first_month": first_month, "expires_at": expires_at},
    )  # fmt: skip
    if not is_new:
        # Sent again, it takes codes again: anybody who holds the address could have used them up.
        link.expires_at, link.first_month, link.codes_sent = expires_at, min(first_month, link.first_month), 0
        link.save(update_fields=["expires_at", "first_month", "codes_sent"])
    return link


def address_of(link: DeclarationLink) -> str:
    """What the mail carries."""
    return settings.SITE_URL + reverse("declaring:link", args=[token_of(link)])


def token_of(link: DeclarationLink) -> str:
    return sign_key(link.pk, salt=_SALT)


def link_of(token: str) -> DeclarationLink:
    """The link behind an address. Raises Http404: not ours, closed, expired or of a former contact, without saying which."""
    pk = key_signed(token, salt=_SALT, refusal=CLOSED)
    found = (
        DeclarationLink.objects.open(timezone.now())
        .select_related("contract__buyer", "contract__holder", "contract__facilitator", "company")
        .filter(pk=pk)
        .first()
    )
    if found is None or not _is_still_named(found):
        raise Http404(CLOSED)
    return found


def _is_still_named(link: DeclarationLink) -> bool:
    """Whether its address is among the contacts of this company on this contract: one that was replaced opens nothing more."""
    named = {(one.company.pk, one.email.lower()) for one in contacts_of(link.contract, {})}
    return (link.company_id, link.email) in named


def desk_of(link: DeclarationLink) -> Desk:
    """For whom its holder works, once the code was given."""
    contract = link.contract
    is_bound = (
        link.company_id == contract.holder_id
        or contract.parties.filter(organisation=link.company_id, kind=PartyKind.CO_CONTRACTOR).exists()
    )
    return Desk(contract, False, frozenset({link.company_id}), is_subcontractor=not is_bound)


@transaction.atomic
def send_code(link: DeclarationLink) -> None:
    """Send a new code to the contact; the last one is void. Raises RefusedError past twelve."""
    own = DeclarationLink.objects.select_for_update().get(pk=link.pk)
    if own.codes_sent >= MOST_CODES:
        raise RefusedError(
            "Trop de codes sont partis pour ce lien : demandez-en un nouveau à votre facilitateur."
        )
    code = mail_codes.draw()
    own.code_hash = mail_codes.hash_of(code, salt=_SALT, key=own.pk)
    own.code_expires_at, own.attempts_left = timezone.now() + CODE_LASTS, ATTEMPTS
    own.codes_sent += 1
    own.save(update_fields=["code_hash", "code_expires_at", "attempts_left", "codes_sent"])
    mail.send(
        to=own.email,
        subject="Votre code pour déclarer les heures",
        body=_CODE_BODY.format(company=link.company.name, code=mail_codes.shown(code)),
        key=f"declaration-code-{own.pk}-{own.code_expires_at:%Y%m%d%H%M%S%f}",
    )


def confirm(link: DeclarationLink, typed: str) -> None:
    """Try the code received; a wrong one costs an attempt, kept whatever happens next. Raises RefusedError."""
    refusal = ""
    with transaction.atomic():
        own = DeclarationLink.objects.select_for_update().get(pk=link.pk)
        if not own.attempts_left or own.code_expires_at is None or own.code_expires_at < timezone.now():
            refusal = "Ce code ne vaut plus : demandez-en un autre."
        elif not mail_codes.is_code(typed, own.code_hash, salt=_SALT, key=own.pk):
            own.attempts_left = F("attempts_left") - 1
            refusal = "Ce n’est pas le code envoyé : vérifiez les huit caractères du dernier courriel."
        else:
            own.code_hash, own.attempts_left, own.opened_at = "", 0, timezone.now()
            audit.record(
                by=own.as_actor(), verb="execution.open_link", object_type="contract",
                object_key=str(own.contract_id),
            )  # fmt: skip
        own.save(update_fields=["code_hash", "attempts_left", "opened_at"])
    if refusal:
        raise RefusedError(refusal)


@transaction.atomic
def close_links(*, by: User, contract: Contract, email: str) -> int:
    """Close every open link of a contact of a contract; gives how many."""
    closed = DeclarationLink.objects.filter(contract=contract, email=email, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    audit.record(
        by=by.as_actor(), verb="execution.close_links", object_type="contract", object_key=str(contract.pk),
        details={"links": closed},
    )  # fmt: skip
    return closed
