"""Asking for a sheet and proving it: a code by mail, a document that somebody reads, or the managers' consent."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from levier.accounts.actions import admit_supplier_colleague
from levier.accounts.errors import RefusedError
from levier.accounts.models import Membership, User
from levier.accounts.queries import supplier_managers
from levier.core import audit, mail, mail_codes
from levier.core.audit import Actor
from levier.directory.models import Claim, Supplier
from levier.directory.ownership import papers, queries, reach
from levier.directory.ownership.actions import granting
from levier.directory.ownership.actions.reviewers import tell_reviewers
from levier.organisations.identifiers import clean_digits, is_valid_siren, is_valid_siret
from levier.organisations.models import Organisation

CODE_LIFETIME = timedelta(hours=1)
ATTEMPTS = 5
FORGOTTEN_AFTER = timedelta(days=90)
# Codes an account, or everybody for one supplier, may have sent in a day: a mailbox is not to be flooded.
MOST_A_DAY, MOST_FOR_ONE_SUPPLIER = 6, 10
_SALT = "levier.directory.claim"

_CODE_BODY = """Bonjour,

{who} demande à tenir la fiche de « {supplier} » sur Levier, la plateforme des achats socialement responsables.

Si cette personne est des vôtres, voici le code qu’elle attend. Il vaut une heure :

{code}

Si cette demande ne vous dit rien, ne donnez ce code à personne : rien ne se passera.
"""
_MANAGERS_BODY = """Bonjour,

{who} demande à tenir avec vous la fiche de « {supplier} » sur Levier.

Pour accepter ou refuser, connectez-vous à cette adresse :
{link}

Sans réponse de votre part, cette personne n’aura aucun droit sur la fiche.
"""
_DECIDED_BODY = """Bonjour,

Votre demande pour la fiche de « {supplier} » a été {decision}.
{reason}
{link}
"""


@transaction.atomic
def ask_for_sheet(*, by: User, supplier: Supplier, address: str = "", number: str = "") -> Claim:
    """Open a request: a code to ``address``, or a document when it is empty; a managed sheet asks its managers.

    ``number``: the SIRET or SIREN of a supplier that no list gives one; may stay empty. A newer request of the
    same account replaces the former. Who keeps it, in a house nobody manages, may ask for the whole by a document.
    Raises RefusedError.
    """
    _lock(supplier)
    if queries.keeps(by, supplier) and (address.strip() or not queries.may_widen(by, supplier)):
        raise RefusedError("Vous tenez déjà cette fiche : elle est dans « Ma fiche ».")
    _check_pace(by, supplier)
    for former in Claim.objects.filter(user=by, supplier=supplier, state=Claim.State.ASKED):
        _close(former, Claim.State.WITHDRAWN, by)
    given = _checked_number(number) if supplier.organisation_id is None else ""
    claim = Claim(
        user=by, supplier=supplier, proof=Claim.Proof.DOCUMENT, given_number=given,
        organisation=granting.organisation_to_ask(supplier, given, by_code=bool(address.strip())),
    )  # fmt: skip
    if claim.organisation_id is not None and queries.manages(claim.organisation_id):
        claim.proof = Claim.Proof.MANAGERS
        claim.save()
        _ask_managers(claim)
    elif address.strip():
        _send_code(claim, address)
    else:
        claim.save()
    audit.record(
        by=by.as_actor(),
        verb="directory.ask_for_sheet",
        object_type="claim",
        object_key=str(claim.pk),
        details={"proof": claim.proof, "state": claim.state},
    )
    return claim


def ask_managers_of_number(*, by: User, supplier: Supplier, house: Organisation) -> Claim:
    """Ask who manages a SIREN whether this sheet, proven without it, is theirs; a request that waits is kept."""
    waiting = Claim.objects.filter(
        user=by, supplier=supplier, organisation=house, state=Claim.State.ASKED, proof=Claim.Proof.MANAGERS
    ).first()
    if waiting is not None:
        return waiting
    _check_pace(by, supplier)
    claim = Claim.objects.create(
        user=by,
        supplier=supplier,
        organisation=house,
        proof=Claim.Proof.MANAGERS,
        given_number=supplier.siren or "",
    )
    _ask_managers(claim)
    audit.record(
        by=by.as_actor(), verb="directory.ask_for_sheet", object_type="claim", object_key=str(claim.pk),
        details={"proof": claim.proof, "state": claim.state},
    )  # fmt: skip
    return claim


def prove_by_code(*, by: User, claim: Claim, code: str) -> Membership | None:
    """Try the code received. A right one opens the sheet; None when the sheet found a manager meanwhile.

    A wrong one costs an attempt, kept whatever happens next. Raises RefusedError.
    """
    refusal = ""
    membership = None
    with transaction.atomic():
        _lock(claim.supplier)
        claim = (
            Claim.objects.select_for_update(of=("self",))
            .select_related("supplier__organisation", "organisation", "user")
            .get(pk=claim.pk)
        )
        if claim.state != Claim.State.ASKED or claim.proof != Claim.Proof.CODE:
            refusal = "Cette demande n’attend pas de code."
        elif not claim.attempts_left or claim.expires_at is None or claim.expires_at < timezone.now():
            refusal = "Ce code ne vaut plus : demandez-en un autre."
        elif not mail_codes.is_code(code, claim.secret_hash, salt=_SALT, key=claim.pk):
            claim.attempts_left -= 1
            claim.save(update_fields=["attempts_left"])
            left = claim.attempts_left
            refusal = (
                f"Ce n’est pas le code envoyé. Il vous reste {left} essai{'s' if left > 1 else ''}."
                if left
                else "Ce n’est pas le code envoyé, et c’était le dernier essai : demandez un autre code."
            )
        else:
            membership = _grant(claim, by, reach.sheets_opened_by(claim.supplier, claim.sent_to))
    if refusal:
        raise RefusedError(refusal)
    return membership


@transaction.atomic
def send_document(*, by: User, claim: Claim, upload: UploadedFile) -> Claim:
    """File a document for review; it replaces the former one. Raises RefusedError."""
    claim = Claim.objects.select_for_update().get(pk=claim.pk)
    if claim.state != Claim.State.ASKED or claim.proof == Claim.Proof.MANAGERS:
        raise RefusedError("Cette demande n’attend pas de justificatif.")
    former = claim.document
    claim.document = papers.keep(upload)
    claim.proof, claim.secret_hash, claim.sent_to = Claim.Proof.DOCUMENT, "", ""
    claim.save(update_fields=["document", "proof", "secret_hash", "sent_to"])
    transaction.on_commit(lambda: papers.forget(former))
    if not former:
        tell_reviewers(claim)
    audit.record(
        by=by.as_actor(),
        verb="directory.send_claim_document",
        object_type="claim",
        object_key=str(claim.pk),
        details={"proof": claim.proof, "state": claim.state},
    )
    return claim


@transaction.atomic
def decide_on_document(
    *, by: User, claim: Claim, is_accepted: bool, reason: str = "", is_whole: bool = True
) -> Claim:
    """A reviewer decides; the document is deleted, who saw it and when stays. Raises RefusedError.

    ``is_whole``: every sheet of the legal unit, with its members; else the place asked for only.
    """
    _lock(claim.supplier)
    claim = _waiting(claim, Claim.Proof.DOCUMENT)
    if not claim.document:
        raise RefusedError("Le justificatif n’est pas encore arrivé.")
    if not is_accepted and not reason.strip():
        raise RefusedError("Dites pourquoi vous refusez : la personne doit savoir quoi corriger.")
    if is_accepted:
        _grant(claim, by, granting.sheets_of_decision(claim, is_whole=is_whole))
    else:
        _close(claim, Claim.State.REFUSED, by, reason)
    if claim.state != Claim.State.ASKED:
        _tell_decision(claim)
    return claim


@transaction.atomic
def decide_on_rival(*, by: User, claim: Claim, is_accepted: bool, is_whole: bool = True) -> Claim:
    """A manager accepts a colleague, for every sheet or for the place asked for, or not. Raises RefusedError."""
    claim = _waiting(claim, Claim.Proof.MANAGERS)
    if is_accepted and queries.awaits_word_on_number(claim.supplier):
        # Proven already, without its SIREN: it comes with those who keep it, and they keep nothing else.
        if claim.organisation is None or claim.organisation.siren != claim.supplier.siren:
            raise RefusedError("La liste ne donne plus votre SIREN à cette fiche : refusez la demande.")
        granting.join_house(claim.supplier, claim.organisation, by=by)
    elif is_accepted:
        organisation = granting.attach_organisation(claim, by)
        membership = admit_supplier_colleague(by=by, user=claim.user, organisation=organisation)
        sheets = granting.sheets_of_decision(claim, is_whole=is_whole)
        if sheets is None:
            granting.choose_sheets(by=by, membership=membership, sheets=None)
        else:
            granting.add_sheets(membership, sheets, by=by)
    _close(claim, Claim.State.PROVEN if is_accepted else Claim.State.REFUSED, by)
    _tell_decision(claim)
    return claim


@transaction.atomic
def withdraw_claim(*, by: User, claim: Claim) -> None:
    """The account gives its request up; nothing of it waits any more."""
    claim = Claim.objects.select_for_update().get(pk=claim.pk)
    if claim.state == Claim.State.ASKED:
        _close(claim, Claim.State.WITHDRAWN, by)


@transaction.atomic
def close_forgotten_claims() -> int:
    """Requests nobody answered for three months: closed, their documents deleted. Returns how many."""
    limit = timezone.now() - FORGOTTEN_AFTER
    forgotten = Claim.objects.select_for_update().filter(state=Claim.State.ASKED, asked_at__lt=limit)
    for claim in forgotten:
        _close(claim, Claim.State.WITHDRAWN, None)
    return len(forgotten)


def _waiting(claim: Claim, proof: str) -> Claim:
    found = Claim.objects.select_for_update(of=("self",)).select_related(
        "supplier__organisation", "organisation", "user"
    )
    claim = found.get(pk=claim.pk)
    if claim.state != Claim.State.ASKED or claim.proof != proof:
        raise RefusedError("Cette demande a déjà reçu une réponse.")
    return claim


def _lock(supplier: Supplier) -> None:
    """Two people may prove the same structure at once: the second waits here."""
    if supplier.organisation_id is None:
        Supplier.objects.select_for_update(of=("self",)).get(pk=supplier.pk)
    else:
        Organisation.objects.select_for_update().get(pk=supplier.organisation_id)


def _checked_number(text: str) -> str:
    """The SIRET or SIREN typed, its key checked; empty when nothing was. Raises RefusedError."""
    digits = clean_digits(text)
    if digits and not (is_valid_siret(digits) or is_valid_siren(digits)):
        raise RefusedError(
            "Ce numéro n’est pas valable : un SIRET compte 14 chiffres, un SIREN 9, et le dernier vérifie les autres."
        )
    return digits


def _check_pace(by: User, supplier: Supplier) -> None:
    recent = Claim.objects.filter(asked_at__gt=timezone.now() - timedelta(days=1))
    if recent.filter(user=by).count() >= MOST_A_DAY:
        raise RefusedError(f"{MOST_A_DAY} demandes sont parties en un jour : reprenez demain.")
    if recent.filter(supplier=supplier).count() >= MOST_FOR_ONE_SUPPLIER:
        raise RefusedError("Trop de demandes pour cette fiche aujourd’hui : reprenez demain.")


def _send_code(claim: Claim, address: str) -> None:
    address = address.strip().lower()
    if not queries.proofs_of(claim.supplier).accepts(address):
        raise RefusedError(
            "Cette adresse ne prouve rien : il faut celle que donnent les listes, ou une adresse du même "
            "domaine que le site ou le courriel de la structure. Sinon, envoyez un justificatif."
        )
    code = mail_codes.draw()
    claim.proof, claim.sent_to = Claim.Proof.CODE, address
    claim.expires_at, claim.attempts_left = timezone.now() + CODE_LIFETIME, ATTEMPTS
    claim.save()
    claim.secret_hash = mail_codes.hash_of(code, salt=_SALT, key=claim.pk)
    claim.save(update_fields=["secret_hash"])
    mail.send(
        to=address,
        subject=f"Code pour tenir la fiche de {claim.supplier.name}",
        body=_CODE_BODY.format(
            who=_who(claim.user), supplier=claim.supplier.name, code=mail_codes.shown(code)
        ),
        key=f"claim-code-{claim.pk}",
    )


def _ask_managers(claim: Claim) -> None:
    assert claim.organisation_id is not None
    for manager in supplier_managers(claim.organisation_id):
        mail.send(
            to=manager.email,
            subject=f"Une demande pour la fiche de {claim.supplier.name}",
            body=_MANAGERS_BODY.format(
                who=_who(claim.user),
                supplier=claim.supplier.name,
                link=settings.SITE_URL + reverse("directory:own_sheets"),
            ),
            key=f"claim-managers-{claim.pk}-{manager.pk}",
        )


def _grant(claim: Claim, by: User, sheets: Sequence[Supplier] | None) -> Membership | None:
    """Open the sheets (None: all), unless somebody manages them meanwhile: then the managers are asked."""
    by_code = claim.proof == Claim.Proof.CODE
    organisation = granting.organisation_to_ask(claim.supplier, claim.given_number, by_code=by_code)
    if organisation is not None and queries.manages(organisation.pk):
        papers_name = claim.document
        claim.proof, claim.secret_hash, claim.document = Claim.Proof.MANAGERS, "", ""
        claim.organisation = organisation
        claim.save(update_fields=["proof", "secret_hash", "document", "organisation"])
        transaction.on_commit(lambda: papers.forget(papers_name))
        _ask_managers(claim)
        return None
    membership = granting.open_sheets(claim, sheets, by)
    _close(claim, Claim.State.PROVEN, by)
    return membership


def _close(claim: Claim, state: Claim.State, by: User | None, reason: str = "") -> None:
    document = claim.document
    claim.state, claim.decided_at, claim.decided_by = state, timezone.now(), by
    claim.document, claim.secret_hash, claim.sent_to = "", "", ""
    claim.reason = " ".join(reason.split())[:500]
    claim.save(
        update_fields=["state", "decided_at", "decided_by", "document", "secret_hash", "sent_to", "reason"]
    )
    transaction.on_commit(lambda: papers.forget(document))
    audit.record(
        by=by.as_actor() if by else Actor.machine("entretien"),
        verb="directory.close_claim",
        object_type="claim",
        object_key=str(claim.pk),
        details={"proof": claim.proof, "state": claim.state},
    )


def _tell_decision(claim: Claim) -> None:
    is_accepted = claim.state == Claim.State.PROVEN
    mail.send(
        to=claim.user.email,
        subject=f"Votre demande pour la fiche de {claim.supplier.name}",
        body=_DECIDED_BODY.format(
            supplier=claim.supplier.name,
            decision="acceptée" if is_accepted else "refusée",
            reason=f"Motif : {claim.reason}\n" if claim.reason else "",
            link=f"Votre fiche : {settings.SITE_URL}{reverse('directory:own_sheets')}" if is_accepted else "",
        ),
        key=f"claim-decision-{claim.pk}",
    )


def _who(user: User) -> str:
    """How a mail names whoever asks: the person who receives it must be able to say no."""
    name = user.get_full_name()
    return f"{name} ({user.email})" if name else user.email
