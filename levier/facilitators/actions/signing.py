"""Signing a convention: in the application on the exact text, or by recognising one signed copy; and its measures."""

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit, kept_files
from levier.core.received_files import RefusedFileError
from levier.facilitators import signed_copies, wording_conventions
from levier.facilitators.actions.conventions import current_version, locked_convention, tell_parties
from levier.facilitators.errors import RefusedError
from levier.facilitators.models import (
    Convention,
    ConventionParty,
    ConventionSignature,
    ConventionState,
    ConventionVersion,
    SignatureMethod,
    SignedCopy,
)

_OTHER_TEXT = "Le texte a changé depuis que vous l’avez lu : relisez-le avant de signer."


@transaction.atomic
def sign_convention(
    *, by: User, party: ConventionParty, sha256: str, signer_name: str, signer_title: str
) -> ConventionSignature:
    """Sign the exact text one has read, told by its hash, in the name of a party. Raises RefusedError."""
    convention, version = _proposed(party)
    if sha256 != version.sha256:
        raise RefusedError(_OTHER_TEXT)
    return _sign(
        by, convention, version, party, SignatureMethod.APPLICATION, sha256, signer_name, signer_title
    )


@transaction.atomic
def deposit_copy(
    *, by: User, party: ConventionParty, upload: UploadedFile, signer_name: str, signer_title: str
) -> SignedCopy:
    """Keep the PDF signed by hand. Whoever deposits it recognises it; the others still must. Raises RefusedError."""
    convention, version = _proposed(party)
    name = kept_files.shown(upload.name or "", signed_copies.UNNAMED)
    if (upload.size or 0) > signed_copies.LARGEST:
        raise RefusedError(f"« {name} » dépasse 20 Mo : numérisez-la en noir et blanc, ou moins fin.")
    content = upload.read()
    signed_copies.check(content, name)
    if version.copies.count() >= signed_copies.MOST:
        raise RefusedError("Trop de copies ont été déposées pour ce texte : servez-vous de l’une d’elles.")
    try:
        digest = kept_files.keep(content, room=signed_copies.ROOM)
    except RefusedFileError as refusal:
        raise RefusedError(str(refusal)) from None
    copy, _ = SignedCopy.objects.get_or_create(
        version=version, sha256=digest,
        defaults={"party": party, "name": name, "size": len(content), "uploaded_by": by},
    )  # fmt: skip
    _sign(by, convention, version, party, SignatureMethod.COPY, copy.sha256, signer_name, signer_title)
    if convention.state == ConventionState.PROPOSED:
        letter = wording_conventions.copy_deposited(convention, party)
        tell_parties(convention, letter, f"copy-{copy.pk}")
    return copy


@transaction.atomic
def recognise_copy(
    *, by: User, party: ConventionParty, copy: SignedCopy, signer_name: str, signer_title: str
) -> ConventionSignature:
    """A party says that this copy is the one it signed. Raises RefusedError."""
    convention, version = _proposed(party)
    if copy.version_id != version.pk:
        raise RefusedError(_OTHER_TEXT)
    return _sign(by, convention, version, party, SignatureMethod.COPY, copy.sha256, signer_name, signer_title)


@transaction.atomic
def vouch_for_party(
    *, by: User, party: ConventionParty, copy: SignedCopy, checker_name: str
) -> ConventionSignature:
    """The animation has seen the signed copy of a party that has no space here. Raises RefusedError."""
    convention, version = _proposed(party)
    if has_space(party):
        raise RefusedError("Cette partie a un espace ici : c’est à elle de reconnaître la copie.")
    if copy.version_id != version.pk:
        raise RefusedError(_OTHER_TEXT)
    return _sign(
        by, convention, version, party, SignatureMethod.SEEN, copy.sha256,
        party.signatory_name or party.name, f"vue par {checker_name}",
    )  # fmt: skip


def has_space(party: ConventionParty) -> bool:
    """Whether somebody of this party may sign here."""
    return party.organisation is not None and party.organisation.memberships.exists()


def _proposed(party: ConventionParty) -> tuple[Convention, ConventionVersion]:
    convention = locked_convention(party.convention)
    if convention.state != ConventionState.PROPOSED:
        raise RefusedError("Cette convention n’attend pas, ou plus, de signature.")
    return convention, current_version(convention)


def _sign(
    by: User,
    convention: Convention,
    version: ConventionVersion,
    party: ConventionParty,
    method: SignatureMethod,
    sha256: str,
    signer_name: str,
    signer_title: str,
) -> ConventionSignature:
    if not signer_name.strip() or not signer_title.strip():
        raise RefusedError("Donnez le nom et la qualité de la personne qui signe.")
    made = ConventionSignature.objects.filter(party=party, version=version).first()
    if made is not None and made.sha256 == sha256:
        raise RefusedError(f"« {party.name} » a déjà signé ce texte.")
    # Two copies never make one agreement: whoever signed another one recognises the one all keep.
    made = made or ConventionSignature(party=party, version=version)
    made.method, made.sha256, made.signed_by, made.signed_at = method, sha256, by, timezone.now()
    made.signer_name, made.signer_title = signer_name.strip()[:160], signer_title.strip()[:160]
    made.save()
    version.objections.filter(party=party).delete()
    audit.record(
        by=by.as_actor(),
        verb="facilitators.sign_convention",
        object_type="convention",
        object_key=str(convention.pk),
        details={"method": method, "version": version.number, "sha256": sha256},
    )
    given = list(version.signatures.values_list("sha256", flat=True))
    if len(given) == convention.parties.count() and len(set(given)) == 1:
        convention.state, convention.signed_on = ConventionState.SIGNED, timezone.localdate()
        convention.updated_at = timezone.now()
        convention.save(update_fields=["state", "signed_on", "updated_at"])
        tell_parties(convention, wording_conventions.signed(convention), f"signed-{version.number}")
    return made
