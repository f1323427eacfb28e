"""A convention: written, proposed to its parties, taken back to be mended."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit, mail, mail_returns
from levier.core.audit import Actor
from levier.facilitators import convention_text, wording_conventions
from levier.facilitators.errors import RefusedError
from levier.facilitators.models import (
    Commitment,
    Convention,
    ConventionKind,
    ConventionOrigin,
    ConventionParty,
    ConventionState,
    ConventionVersion,
    DataRole,
    Measure,
    PartyRole,
    Structure,
)
from levier.facilitators.queries.conventions import managers_of
from levier.facilitators.wording import Letter
from levier.organisations.identifiers import clean_digits, is_valid_siren
from levier.organisations.models import Organisation

LONGEST = timedelta(days=366 * 10)
MOST_PARTIES = 20
MOST_COMMITMENTS = 30
# The role of those who sign beside the structure, by kind of convention.
OTHER_ROLE = {
    ConventionKind.BUYER: PartyRole.BUYER,
    ConventionKind.COMPANY: PartyRole.COMPANY,
    ConventionKind.AUTHORITIES: PartyRole.AUTHORITY,
    ConventionKind.CHARTER: PartyRole.PARTNER,
}
# These two have exactly one other party: the resolver and the follow-up speak of « the buyer », « the company ».
_ONE_OTHER = {ConventionKind.BUYER, ConventionKind.COMPANY}


@dataclass(frozen=True, kw_only=True)
class PartyValues:
    """A party as typed. `siren` may be empty for a partner without one; `share_amount`: euros a year."""

    name: str
    siren: str = ""
    signatory_name: str = ""
    signatory_title: str = ""
    share_amount: Decimal | None = None
    share_for: str = ""


@dataclass(frozen=True, kw_only=True)
class CommitmentValues:
    """A promise. `party`: 0 for the structure, then the position of the others from 1.

    Every promise can be checked: by a measure and its `target`, or by the day `due_on` when it is seen by hand.
    """

    party: int
    text: str
    measure: str
    target: Decimal | None = None
    due_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class ConventionValues:
    """A convention as typed. `structure_party`: how the structure signs."""

    kind: str
    title: str
    valid_from: date
    valid_to: date | None
    structure_party: PartyValues
    others: tuple[PartyValues, ...]
    commitments: tuple[CommitmentValues, ...] = ()
    services: tuple[str, ...] = ()
    territory: str = ""
    financial_share: str = ""
    special_terms: str = ""
    has_data_annex: bool = True
    data_role: str = DataRole.PROCESSOR.value
    is_lead: bool = False
    is_public: bool = True

    def check(self) -> None:
        """Raises RefusedError with the first thing to correct."""
        if self.kind not in ConventionKind.values:
            raise RefusedError("Choisissez la nature de la convention.")
        if not self.title.strip():
            raise RefusedError("Donnez un titre à la convention.")
        if self.valid_to and not self.valid_from <= self.valid_to <= self.valid_from + LONGEST:
            raise RefusedError("La fin doit venir après le début, et dix ans après au plus.")
        if not self.others or len(self.others) > MOST_PARTIES:
            raise RefusedError(f"Nommez l’autre partie ({MOST_PARTIES} au plus).")
        if self.kind in _ONE_OTHER and len(self.others) != 1:
            raise RefusedError("Cette convention a deux parties : pour en réunir plus, prenez une charte.")
        known = {one.key for one in convention_text.services()}
        if not self.services or not set(self.services) <= known:
            raise RefusedError("Choisissez au moins un service dans la liste.")
        self._check_parties()
        self._check_commitments()

    def _check_parties(self) -> None:
        own = clean_digits(self.structure_party.siren)
        if own and any(clean_digits(one.siren) == own for one in self.others):
            raise RefusedError("Votre structure est déjà partie : nommez les autres seulement.")
        for one in self.others:
            if not one.name.strip():
                raise RefusedError("Donnez le nom de chaque partie.")
            digits = clean_digits(one.siren)
            if digits and not _is_siren(digits):
                raise RefusedError(f"Le SIREN « {one.siren} » de « {one.name} » est faux : vérifiez-le.")
            if not digits and self.kind == ConventionKind.BUYER:
                raise RefusedError("Donnez le SIREN de l’acheteur : il permet d’orienter ses demandes.")
        sirens = [clean_digits(one.siren) for one in self.others if one.siren]
        if len(set(sirens)) != len(sirens):
            raise RefusedError("La même partie est nommée deux fois.")

    def _check_commitments(self) -> None:
        if not any(one.text.strip() for one in self.commitments):
            raise RefusedError("Écrivez au moins un engagement : c’est ce que la convention suit.")
        if len(self.commitments) > MOST_COMMITMENTS:
            raise RefusedError(f"{MOST_COMMITMENTS} engagements au plus : gardez ceux qui se suivent.")
        for one in self.commitments:
            if not 0 <= one.party <= len(self.others):
                raise RefusedError("Un engagement est à une partie qui n’existe pas.")
            if one.measure not in Measure.values or one.measure == Measure.NONE:
                raise RefusedError(
                    f"« {one.text[:60]} » : dites ce qui le mesure, ou la date à laquelle on constatera qu’il est tenu."
                )
            self._check_measure(one)

    def _check_measure(self, one: CommitmentValues) -> None:
        if one.party and one.measure != Measure.BY_HAND:
            # The facts are those of the structure: its visits would keep the promise of another.
            raise RefusedError(
                f"« {one.text[:60]} » : ces mesures suivent votre structure. Pour une autre partie, choisissez "
                f"« {Measure.BY_HAND.label} » et donnez la date."
            )
        if one.measure != Measure.BY_HAND:
            if one.target is None or one.due_on is not None:
                raise RefusedError(f"« {one.text[:60]} » : donnez la mesure et sa valeur, sans date.")
            return
        if one.due_on is None or one.target is not None:
            raise RefusedError(
                f"« {one.text[:60]} » : donnez la date à laquelle on le constate, sans valeur visée."
            )
        if one.due_on < self.valid_from or (self.valid_to and one.due_on > self.valid_to):
            raise RefusedError(f"« {one.text[:60]} » : la date est en dehors de la convention.")


def _is_siren(digits: str) -> bool:
    """A real number, or one of the fictitious organisations of the demonstration."""
    is_demo = len(digits) == 9 and Organisation.objects.filter(siren=digits, is_demo=True).exists()
    return is_valid_siren(digits) or is_demo


@transaction.atomic
def save_convention(
    *, by: User, structure: Structure, values: ConventionValues, convention: Convention | None = None
) -> Convention:
    """Write a draft, or change it; a text that changed is a new version. Raises RefusedError."""
    values.check()
    if convention is None:
        convention = Convention(
            structure=structure, origin=ConventionOrigin.DRAFTED, state=ConventionState.DRAFT, created_by=by
        )
    else:
        convention = locked_convention(convention)
        if not convention.is_draft:
            raise RefusedError("Cette convention n’est plus un brouillon : reprenez-la d’abord.")
    convention.kind = values.kind
    convention.title = values.title.strip()[:200]
    convention.valid_from, convention.valid_to = values.valid_from, values.valid_to
    convention.services, convention.territory = list(values.services), values.territory.strip()[:300]
    convention.financial_share = values.financial_share.strip()[:1000]
    convention.special_terms = values.special_terms.strip()[:4000]
    convention.has_data_annex, convention.is_lead = values.has_data_annex, values.is_lead
    convention.data_role = (
        DataRole.CONTROLLER if values.kind in convention_text.NEVER_PROCESSOR else DataRole(values.data_role)
    )
    convention.is_public = values.is_public
    is_buyer = values.kind == ConventionKind.BUYER
    convention.buyer_siren = clean_digits(values.others[0].siren) if is_buyer else ""
    save(convention)
    parties = _write_parties(convention, structure, values)
    commitments = _write_commitments(convention, parties, values)
    _write_version(convention, parties, commitments, by)
    record(by.as_actor(), convention, "saved")
    return convention


def _write_parties(
    convention: Convention, structure: Structure, values: ConventionValues
) -> list[ConventionParty]:
    """Each party found again by its role and number or name, so that what it signed before stays its own."""
    known = {(one.role, one.siren or one.name): one for one in convention.parties.all()}
    role = OTHER_ROLE[ConventionKind(values.kind)]
    rows = [(PartyRole.STRUCTURE, values.structure_party), *((role, one) for one in values.others)]
    kept: list[ConventionParty] = []
    for position, (one_role, typed) in enumerate(rows):
        siren, name = clean_digits(typed.siren), typed.name.strip()[:255]
        party = known.get((one_role, siren or name)) or ConventionParty(convention=convention)
        party.role, party.name, party.siren, party.position = one_role, name, siren, position
        party.organisation = (
            structure.organisation
            if one_role == PartyRole.STRUCTURE
            else Organisation.objects.filter(siren=siren).first()
            if siren
            else None
        )
        party.signatory_name = typed.signatory_name.strip()[:160]
        party.signatory_title = typed.signatory_title.strip()[:160]
        party.share_amount = typed.share_amount or None
        party.share_for = typed.share_for.strip()[:200]
        party.save()
        kept.append(party)
    convention.parties.exclude(pk__in=[one.pk for one in kept]).delete()
    return kept


def _write_commitments(
    convention: Convention, parties: list[ConventionParty], values: ConventionValues
) -> list[Commitment]:
    convention.commitments.all().delete()
    return [
        Commitment.objects.create(
            convention=convention, party=parties[one.party], text=one.text.strip()[:400],
            measure=one.measure, target=one.target, due_on=one.due_on,
        )
        for one in values.commitments
        if one.text.strip()
    ]  # fmt: skip


def _write_version(
    convention: Convention, parties: list[ConventionParty], commitments: list[Commitment], by: User
) -> None:
    text = convention_text.written(convention, parties, commitments)
    digest = convention_text.fingerprint(text)
    last = convention.versions.first()
    if last is not None and last.sha256 == digest:
        return
    ConventionVersion.objects.create(
        convention=convention, number=last.number + 1 if last else 1, text=text, sha256=digest, made_by=by
    )


@transaction.atomic
def delete_convention(*, by: User, convention: Convention) -> None:
    """Forget a draft that nobody has signed. Raises RefusedError."""
    locked = locked_convention(convention)
    if not locked.is_draft or any(version.signatures.exists() for version in locked.versions.all()):
        raise RefusedError("Seul un brouillon que personne n’a signé s’efface.")
    record(by.as_actor(), locked, "deleted")
    locked.delete()


@transaction.atomic
def propose_convention(*, by: User, convention: Convention) -> Convention:
    """Show the text to the parties, to be signed; each one with a space here is told. Raises RefusedError."""
    locked = locked_convention(convention)
    if not locked.is_draft:
        raise RefusedError("Cette convention est déjà proposée.")
    locked.state = ConventionState.PROPOSED
    save(locked)
    version = current_version(locked)
    version.proposed_at = timezone.now()
    version.save(update_fields=["proposed_at"])
    tell_parties(
        locked, wording_conventions.proposed(locked), f"proposed-{version.number}", but=locked.structure_id
    )
    record(by.as_actor(), locked, "proposed")
    return locked


@transaction.atomic
def rework_convention(*, by: User, convention: Convention) -> Convention:
    """Take a proposed text back to mend it: a signature of this version does not count for the next one."""
    locked = locked_convention(convention)
    if locked.state != ConventionState.PROPOSED:
        raise RefusedError("Seule une convention proposée se reprend ; signée, elle se termine.")
    locked.state = ConventionState.DRAFT
    save(locked)
    record(by.as_actor(), locked, "reworked")
    return locked


def locked_convention(convention: Convention) -> Convention:
    """The row under its lock: two parties do not sign and mend it at once."""
    return (
        Convention.objects.select_for_update(of=("self",)).select_related("structure").get(pk=convention.pk)
    )


def current_version(convention: Convention) -> ConventionVersion:
    """The last text. Raises RefusedError for an imported convention, which has none."""
    found = convention.versions.first()
    if found is None:
        raise RefusedError("Cette convention vient d’une liste : son texte n’est pas ici.")
    return found


def tell_parties(
    convention: Convention,
    letter: Letter,
    moment: str,
    *,
    but: int | None = None,
    to_structure: Letter | None = None,
) -> int:
    """One mail to those who manage each party's space here and whose address answers. Returns how many are new.

    `to_structure`: what the structure reads instead, when it is hers to act.
    """
    sent = 0
    for party in convention.parties.exclude(organisation=None).order_by("position"):
        if party.role == PartyRole.STRUCTURE and but == convention.structure_id:
            continue
        managers = dict(managers_of(party).values_list("email", "pk"))
        for address in mail_returns.answering(managers)[:5]:
            key = f"convention-{convention.pk}-{moment}-{managers[address]}"
            said = to_structure if to_structure and party.role == PartyRole.STRUCTURE else letter
            made = mail.send(to=address, subject=said.subject, body=said.body, key=key)
            sent += made.sent_at is None
    return sent


def save(convention: Convention) -> None:
    """The resolver of each process is built again when this moment changes."""
    convention.updated_at = timezone.now()
    convention.save()


def record(by: Actor, convention: Convention, moment: str) -> None:
    audit.record(
        by=by,
        verb="facilitators.move_convention",
        object_type="convention",
        object_key=str(convention.pk),
        details={"move": moment},
    )
