"""A need before it leaves: written, given its documents and its list, proposed, read by the staff."""

from dataclasses import dataclass, fields
from datetime import date, timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit, kept_files, mail
from levier.core.received_files import RefusedFileError
from levier.directory.kinds import CODES
from levier.organisations.models import Organisation
from levier.purchasing import attachments, matching, trust, wording
from levier.purchasing.actions.buyers import verify_buyer
from levier.purchasing.actions.sending import deliver
from levier.purchasing.errors import RefusedError
from levier.purchasing.models import NeedAttachment, NeedScope, NeedState, PublishedNeed

MOST_QUESTIONS = 10
MOST_DRAFTS = 100
LONGEST_WAIT = timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class NeedValues:
    """What a need says. Amounts as a band; `questions`: ({"text", "kind"}, …); places by their codes."""

    kind: str
    title: str
    text: str
    deadline: date
    sectors: tuple[str, ...] = ()
    cpv: str = ""
    kinds: tuple[str, ...] = ()
    scope: str = NeedScope.FRANCE
    place_code: str = ""
    place_label: str = ""
    radius_km: int | None = None
    departements: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    amount_band: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    questions: tuple[dict[str, str], ...] = ()
    is_shown: bool = False

    def check(self, today: date) -> None:
        """Raises RefusedError with the first thing to correct."""
        if not self.title.strip() or not self.text.strip():
            raise RefusedError("Donnez un titre et décrivez le besoin.")
        if not self.sectors and not self.cpv:
            raise RefusedError("Choisissez au moins un secteur d’achat, ou donnez un code CPV.")
        if not today < self.deadline <= today + LONGEST_WAIT:
            raise RefusedError(
                "La date limite doit être après aujourd’hui, et dans moins d’un an : les fournisseurs ont besoin de temps."
            )
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise RefusedError("La fin de la prestation est avant son début : corrigez l’une des deux dates.")
        if len(self.questions) > MOST_QUESTIONS:
            raise RefusedError(f"{MOST_QUESTIONS} questions au plus : gardez celles qui décident.")
        if not set(self.kinds) <= set(CODES):
            raise RefusedError("Choisissez les types de structure dans la liste.")


@transaction.atomic
def save_need(
    *, by: User, organisation: Organisation, values: NeedValues, need: PublishedNeed | None = None
) -> PublishedNeed:
    """Write a draft, or change it. Raises RefusedError; a need that left its draft is not changed."""
    values.check(timezone.localdate())
    if need is None:
        drafts = PublishedNeed.objects.filter(organisation=organisation, state=NeedState.DRAFT)
        if drafts.count() >= MOST_DRAFTS:
            raise RefusedError(f"{MOST_DRAFTS} brouillons attendent déjà : envoyez-en ou supprimez-en.")
        need = PublishedNeed(organisation=organisation, author=by)
    else:
        need = _draft(need)
    for field in fields(values):
        value = getattr(values, field.name)
        setattr(need, field.name, list(value) if isinstance(value, tuple) else value)
    need.save()
    audit.record(by=by.as_actor(), verb="purchasing.save_need", object_type="need", object_key=str(need.pk))
    return need


def _draft(need: PublishedNeed) -> PublishedNeed:
    """The draft under its lock: two colleagues do not send and change it at once."""
    locked = PublishedNeed.objects.select_for_update().get(pk=need.pk)
    if not locked.is_editable:
        raise RefusedError("Ce besoin n’est plus un brouillon : il ne peut plus être modifié.")
    return locked


@transaction.atomic
def delete_draft(*, by: User, need: PublishedNeed) -> None:
    """Forget a draft with its documents. Raises RefusedError once it has been proposed."""
    draft = _draft(need)
    key = str(draft.pk)
    draft.delete()
    audit.record(by=by.as_actor(), verb="purchasing.delete_draft", object_type="need", object_key=key)


@transaction.atomic
def attach(*, by: User, need: PublishedNeed, upload: UploadedFile) -> NeedAttachment:
    """Add a document. Its type is read in its bytes. Raises RefusedError."""
    draft = _draft(need)
    name = kept_files.shown(upload.name or "", attachments.UNNAMED)
    if draft.attachments.count() >= attachments.MOST:
        raise RefusedError(f"{attachments.MOST} pièces au plus : retirez-en une avant d’en ajouter.")
    if (upload.size or 0) > attachments.LARGEST:
        raise RefusedError(f"« {name} » dépasse 10 Mo : allégez-le ou découpez-le.")
    content = upload.read()
    if not content:
        raise RefusedError(f"« {name} » est vide.")
    content_type = attachments.type_of(content, name)
    try:
        digest = kept_files.keep(content, room=attachments.ROOM)
    except RefusedFileError as refusal:
        raise RefusedError(str(refusal)) from None
    made, is_new = NeedAttachment.objects.get_or_create(
        need=draft,
        sha256=digest,
        defaults={"name": name, "content_type": content_type, "size": len(content)},
    )
    if is_new:
        audit.record(by=by.as_actor(), verb="purchasing.attach", object_type="need", object_key=str(need.pk))
    return made


@transaction.atomic
def detach(*, by: User, attachment: NeedAttachment) -> None:
    """Take a document back; its bytes go in the night when no other need has them."""
    _draft(attachment.need)
    attachment.delete()
    audit.record(
        by=by.as_actor(), verb="purchasing.detach", object_type="need", object_key=str(attachment.need_id)
    )


@transaction.atomic
def change_list(*, by: User, need: PublishedNeed, supplier_id: int, is_in: bool) -> None:
    """Put a supplier of the directory in the list of a draft, or take one out. Raises RefusedError."""
    draft = _draft(need)
    if is_in and not matching.is_listed(supplier_id):
        raise RefusedError("Ce fournisseur n’est pas, ou n’est plus, dans l’annuaire.")
    added, removed = set(draft.added), set(draft.removed)
    if is_in:
        removed.discard(supplier_id)
        added.add(supplier_id)
    elif supplier_id in added:
        # Found by the search as well, perhaps: out means out.
        added.discard(supplier_id)
        removed.add(supplier_id)
    else:
        removed.add(supplier_id)
    if len(added) > matching.MOST_RECIPIENTS or len(removed) > 10 * matching.MOST_RECIPIENTS:
        raise RefusedError("La liste a trop de changements : précisez plutôt le secteur ou le périmètre.")
    draft.added, draft.removed = sorted(added), sorted(removed)
    draft.save(update_fields=["added", "removed"])
    audit.record(by=by.as_actor(), verb="purchasing.change_list", object_type="need", object_key=str(need.pk))


@transaction.atomic
def take_coming(*, by: User, need: PublishedNeed, is_in: bool) -> None:
    """Send a draft also to who is established elsewhere but says it works there, or no more. Raises RefusedError."""
    draft = _draft(need)
    draft.takes_coming = is_in
    draft.save(update_fields=["takes_coming"])
    audit.record(by=by.as_actor(), verb="purchasing.take_coming", object_type="need", object_key=str(need.pk))


@transaction.atomic
def submit_need(*, by: User, need: PublishedNeed) -> PublishedNeed:
    """Send the need at once when its buyer is verified; else have the staff read it first. Raises RefusedError."""
    draft = _draft(need)
    if draft.deadline <= timezone.localdate():
        raise RefusedError("La date limite est passée : modifiez le besoin et donnez une date à venir.")
    found = matching.match(draft)
    if found.problem:
        raise RefusedError(found.problem)
    if found.is_too_wide:
        raise RefusedError(
            f"Plus de {matching.MOST_RECIPIENTS} fournisseurs : réduisez le périmètre ou les types de structure."
        )
    if not found.all:
        raise RefusedError("Aucun fournisseur dans la liste : élargissez le périmètre ou ajoutez-en un.")
    draft.submitted_at = timezone.now()
    draft.refusal = ""
    if trust.is_trusted(by, draft.organisation):
        deliver(draft, found)
    else:
        draft.state = NeedState.WAITING
        draft.save(update_fields=["submitted_at", "state", "refusal"])
        _tell_the_staff(draft)
    audit.record(
        by=by.as_actor(),
        verb="purchasing.submit_need",
        object_type="need",
        object_key=str(draft.pk),
        details={"suppliers": len(found.all), "coming": found.all_coming, "state": draft.state},
    )
    return draft


def _tell_the_staff(need: PublishedNeed) -> None:
    letter = wording.to_moderate(need)
    for person in User.objects.filter(is_staff=True, is_active=True)[:20]:
        key = f"need-{need.pk}-waiting-{need.submitted_at:%Y%m%d%H%M%S}-{person.pk}"
        mail.send(to=person.email, subject=letter.subject, body=letter.body, key=key)


@transaction.atomic
def accept_need(
    *, by: User, need: PublishedNeed, verify: bool = False, mail_domain: str = ""
) -> PublishedNeed:
    """Send a need the staff has read. `verify`: the organisation's next needs leave at once. Raises RefusedError."""
    waiting = _waiting(need)
    found = matching.match(waiting)
    if found.problem:
        raise RefusedError(found.problem)
    if not found.all or found.is_too_wide:
        raise RefusedError("La liste des fournisseurs a changé et n’est plus bonne : refusez en le disant.")
    if verify:
        verify_buyer(
            by=by, organisation=waiting.organisation, mail_domain=mail_domain,
            reason=f"Son besoin « {waiting.title} » a été relu et envoyé.", told=waiting.author,
        )  # fmt: skip
    mailed = deliver(waiting, found)
    if waiting.author is not None:
        letter = wording.accepted(waiting, mailed=mailed, others=len(found.all) - mailed)
        mail.send(
            to=waiting.author.email,
            subject=letter.subject,
            body=letter.body,
            key=f"need-{waiting.pk}-accepted",
        )
    audit.record(
        by=by.as_actor(),
        verb="purchasing.accept_need",
        object_type="need",
        object_key=str(waiting.pk),
        details={"suppliers": len(found.all), "verified": verify},
    )
    return waiting


@transaction.atomic
def refuse_need(*, by: User, need: PublishedNeed, reason: str) -> PublishedNeed:
    """Give a need back to its buyer, with the reason. Raises RefusedError without one."""
    waiting = _waiting(need)
    if not reason.strip():
        raise RefusedError("Dites pourquoi : l’acheteur doit pouvoir corriger.")
    stamp = f"{waiting.submitted_at:%Y%m%d%H%M%S}"
    waiting.state = NeedState.DRAFT
    waiting.refusal = reason.strip()[:1000]
    waiting.save(update_fields=["state", "refusal"])
    if waiting.author is not None:
        letter = wording.refused(waiting)
        mail.send(
            to=waiting.author.email,
            subject=letter.subject,
            body=letter.body,
            key=f"need-{waiting.pk}-refused-{stamp}",
        )
    audit.record(
        by=by.as_actor(), verb="purchasing.refuse_need", object_type="need", object_key=str(waiting.pk)
    )
    return waiting


def _waiting(need: PublishedNeed) -> PublishedNeed:
    locked = PublishedNeed.objects.select_for_update().get(pk=need.pk)
    if locked.state != NeedState.WAITING:
        raise RefusedError("Ce besoin a déjà été relu.")
    return locked
