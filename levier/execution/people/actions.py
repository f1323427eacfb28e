"""Writes about people: known, informed, entered in a contract, decided, gone. Audit events carry keys and names of fields, no value."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit
from levier.execution.cards.notice import keep_delivery
from levier.execution.errors import RefusedError
from levier.execution.models import (
    AddressCheck,
    Contract,
    Entry,
    EntryReason,
    EntryState,
    EntryTerritory,
    NoticeWay,
    Participant,
    PeopleAccess,
    PostKind,
)
from levier.execution.people.scope import acting, followed_by
from levier.organisations.models import Organisation
from levier.rulebook.eligibility import (
    EligibilityError,
    Facts,
    Judgement,
    judge,
    rule_set,
    window_for,
)
from levier.rulebook.modalities import modalities

OLDEST_AGE, YOUNGEST_AGE = 90, 14
# The category of criteria that look at the employer, not at the person.
BY_STATUS = "structure"


def add_participant(
    *, by: User, follower: Organisation, given_name: str, family_name: str, birth_on: date, sex: str = "",
    email: str = "", is_own_address: bool = False,
) -> Participant:  # fmt: skip
    """Make somebody known to a following structure. `is_own_address`: the person gave this address itself.

    Raises RefusedError for a name that is none or an impossible birth date.
    """
    given, family = checked_names(given_name, family_name)
    check_birth(birth_on)
    with acting(followers=_followers(by, follower)):
        made = Participant.objects.create(
            follower=follower, given_name=given, family_name=family, birth_on=birth_on,
            birth_year=birth_on.year, sex=sex, last_contact_on=timezone.localdate(),
            **address_values(by, email.strip(), AddressCheck.TOLD if is_own_address else ""),
        )  # fmt: skip
        audit.record(verb="execution.add_participant", **_about(by, made.pk))
    return made


def check_birth(birth_on: date) -> None:
    """Raises RefusedError for an age that nobody at work has."""
    if not YOUNGEST_AGE <= (timezone.localdate() - birth_on).days / 365.25 <= OLDEST_AGE:
        raise RefusedError("Vérifiez la date de naissance : elle donne un âge impossible.")


def address_values(by: User, email: str, check: str) -> dict[str, Any]:
    """The columns of an address and of who says that it is the person's (`AddressCheck`)."""
    is_checked = bool(email and check)
    return {
        "email": email, "email_check": check if is_checked else "",
        "email_checked_at": timezone.now() if is_checked else None, "email_checked_by": by if is_checked else None,
    }  # fmt: skip


def checked_names(given_name: str, family_name: str) -> tuple[str, str]:
    """A first name and a name, as kept. Raises RefusedError for what is none."""
    given, family = " ".join(given_name.split()), " ".join(family_name.split())
    if not given or not family:
        raise RefusedError("Donnez le prénom et le nom de la personne.")
    if any(letter.isdigit() for letter in given + family):
        raise RefusedError(
            "Un nom ne contient pas de chiffre : n’écrivez aucun numéro, il n’est jamais demandé."
        )
    return given[:80], family[:80]


def give_notice(*, by: User, participant: Participant, on: date, way: str) -> None:
    """Say when the person got the notice about its data; it comes before the first declaration. Raises RefusedError."""
    if way not in NoticeWay.values:
        raise RefusedError("Dites comment la note a été remise.")
    if on > timezone.localdate():
        raise RefusedError("La note ne peut pas avoir été remise dans le futur.")
    with acting(followers=_followers(by, participant.follower)):
        own = _own(participant)
        own.notice_on, own.notice_way, own.last_contact_on = on, way, max(on, own.last_contact_on)
        own.save(update_fields=["notice_on", "notice_way", "last_contact_on"])
        keep_delivery(by=by, participant=own, on=on, way=way)
        audit.record(verb="execution.give_notice", **_about(by, own.pk, "notice_on", "notice_way"))


def try_entry(
    *, by: User, participant: Participant, facts: Facts, rules: str, employer_kind: str
) -> Judgement:
    """What the rules would say of an entry; nothing is written. Raises RefusedError."""
    with acting(followers=_followers(by, participant.follower)):
        return _judged(participant, facts, rules, employer_kind)[1]


def enter(
    *, by: User, participant: Participant, contract: Contract, company: Organisation, facts: Facts, rules: str,
    employer_kind: str, modality: str, work_contract: str = "",
) -> tuple[Entry, Judgement]:  # fmt: skip
    """Write an entry with what the rules say of that day; it waits for the facilitator, unless the status of the employer decides.
    `rules`: the key of a rule set.

    `facts` are judged and not kept: only the reason retained is, and whether the place of that day was a QPV or an FRR zone, in tables of
    their own. `work_contract`: a key of PostKind, empty while unsaid. Raises RefusedError.
    """
    known = {one.key for one in modalities()}
    if modality not in known:
        raise RefusedError(f"Choisissez comment les heures se font : {', '.join(sorted(known))}.")
    if work_contract not in {"", *PostKind.values}:
        raise RefusedError("Choisissez le contrat de travail dans la liste.")
    if company.pk not in _companies(contract):
        raise RefusedError(
            "Cette entreprise ne tient pas ce contrat et n’y est ni cotraitante ni sous-traitante."
        )
    if facts.entry_on > contract.ends_on:
        raise RefusedError("L’entrée suit la fin du contrat ; un avenant l’a-t-il prolongé ?")
    with acting(followers=_followers(by, participant.follower)):
        own = _own(participant)
        facts, found = _judged(own, facts, rules, employer_kind)
        window = found.window
        where = {"participant": own, "contract": contract, "entered_on": facts.entry_on}
        values = {
            "company": company, "employer_kind": employer_kind, "modality": modality, "verdict": found.verdict,
            "work_contract": work_contract,
            "rule_set": found.rule_set.name, "eligible_from": window.first_day if window else None,
            "eligible_until": window.last_day if window else None,
        }  # fmt: skip
        if _is_by_status(found):
            values |= {"state": EntryState.VALID, "decided_at": timezone.now()}
        entry = _write(where, values)
        if found.reason:
            _keep_reason(by, entry, own, facts, found)
        if facts.qpv is not None or facts.frr is not None:
            EntryTerritory.objects.create(
                entry=entry, follower_id=own.follower_id, is_qpv=facts.qpv, is_frr=facts.frr
            )
        _touch(own)
        audit.record(verb="execution.enter", **_about(by, own.pk, "entered_on", "rule_set", "eligible_until"))
    return entry, found


def _is_by_status(found: Judgement) -> bool:
    """Whether the status of the employer decides by itself: a person in a recognised pathway there, its proof seen."""
    return (
        found.verdict == "eligible"
        and found.reason is not None
        and found.reason.criterion.category == BY_STATUS
    )


def _write(where: dict[str, Any], values: dict[str, Any]) -> Entry:
    """The entry of these values. What a hire wrote, before anybody told the situation, is completed; nothing else is written over."""
    try:
        with transaction.atomic():
            hired = Entry.objects.filter(
                state=EntryState.WAITING, reason=None, candidate__isnull=False, **where
            )
            entry = hired.first()
            if entry is None:
                return Entry.objects.create(**where, **values)
            for name, value in (where | values).items():
                setattr(entry, name, value or getattr(entry, name))
            entry.save()
            return entry
    except IntegrityError as problem:
        raise RefusedError("Cette personne est déjà entrée dans ce contrat ce jour-là.") from problem


def decide_entry(*, by: User, entry: Entry, is_valid: bool) -> Entry:
    """The facilitator's decision, once. A person the rules left to it gets the window of the rule set from its entry.

    Raises RefusedError when it is decided already.
    """
    with acting(followers=_followers(by, entry.participant.follower)):
        own = (
            Entry.objects.select_for_update(of=("self",))
            .select_related("participant")
            .filter(pk=entry.pk)
            .first()
        )
        if own is None or own.state != EntryState.WAITING:
            raise RefusedError(
                "Cette entrée est déjà décidée ; une nouvelle situation fait une nouvelle entrée."
            )
        own.state = EntryState.VALID if is_valid else EntryState.REFUSED
        own.decided_by, own.decided_at = by, timezone.now()
        if is_valid and own.eligible_until is None:
            key, _, version = own.rule_set.partition("/")
            try:
                rules = rule_set(key, own.entered_on, version=int(version))
            except EligibilityError as problem:
                raise RefusedError(str(problem)) from problem
            window = window_for(Facts(entry_on=own.entered_on), rules)
            own.eligible_from, own.eligible_until = window.first_day, window.last_day
        own.save()
        _touch(own.participant)
        audit.record(verb="execution.decide_entry", **_about(by, own.participant_id, "state"))
    return own


def leave(*, by: User, entry: Entry, on: date) -> None:
    """The person left the contract. Its eligibility goes on until its own end. Raises RefusedError."""
    if on < entry.entered_on:
        raise RefusedError("La sortie précède l’entrée ; vérifiez la date.")
    with acting(followers=_followers(by, entry.participant.follower)):
        Entry.objects.filter(pk=entry.pk).update(left_on=on)
        _touch(entry.participant)
        audit.record(verb="execution.leave", **_about(by, entry.participant_id, "left_on"))


def say_work_contract(*, by: User, entry: Entry, kind: str) -> None:
    """Say the work contract of an entry that had none, decided or not; once. Raises RefusedError."""
    if kind not in PostKind.values:
        raise RefusedError("Choisissez le contrat de travail dans la liste.")
    with acting(followers=_followers(by, entry.participant.follower)):
        if not Entry.objects.filter(pk=entry.pk, work_contract="").update(work_contract=kind):
            raise RefusedError(
                "Le contrat de travail est déjà dit ; un autre contrat fait une nouvelle entrée."
            )
        _touch(entry.participant)
        audit.record(verb="execution.say_work_contract", **_about(by, entry.participant_id, "work_contract"))


def note_access(*, by: User | None, participant_id: UUID, purpose: str) -> None:
    """Write that a sheet was opened; the page writes it in the transaction that reads the sheet. `by` None: the card of the person."""
    PeopleAccess.objects.create(participant_id=participant_id, by=by, purpose=purpose)


def note_table(*, by: User, people: Collection[UUID], purpose: str) -> None:
    """Write that these people were read together, by name, in a table: once a day each for an account. Two SQL queries at most."""
    today = PeopleAccess.objects.filter(
        by=by, purpose=purpose, at__date=timezone.localdate(), participant_id__in=people
    )
    told = set(today.values_list("participant_id", flat=True))
    PeopleAccess.objects.bulk_create(
        PeopleAccess(participant_id=one, by=by, purpose=purpose)
        for one in dict.fromkeys(people)
        if one not in told
    )


def _judged(own: Participant, facts: Facts, rules: str, employer_kind: str) -> tuple[Facts, Judgement]:
    """The facts completed by what is kept of the person, and what the rules say of them."""
    whole = replace(
        facts, employer=employer_kind, birth_on=own.birth_on, first_clause_hire_on=_first_hire(own, facts)
    )
    try:
        return whole, judge(whole, rule_set(rules, whole.entry_on))
    except EligibilityError as problem:
        raise RefusedError(str(problem)) from problem


def _keep_reason(by: User, entry: Entry, own: Participant, facts: Facts, found: Judgement) -> None:
    assert found.reason is not None
    proof = found.reason.proofs[0] if found.reason.proofs else None
    seen = next((one for one in facts.proofs if proof and one.kind == proof.proof.key), None)
    EntryReason.objects.create(
        entry=entry,
        follower_id=own.follower_id,
        criterion=found.reason.criterion.key,
        category=found.reason.criterion.category,
        proof=proof.proof.key if proof and seen else "",
        proof_state=found.reason.proof_state,
        proof_valid_to=proof.valid_to if proof else None,
        seen_on=seen.seen_on if seen else None,
        seen_by=by if seen and seen.seen_on else None,
    )


def _first_hire(own: Participant, facts: Facts) -> date | None:
    """The first entry of the person under any clause of the structure, which opened the window; a typed one when earlier."""
    kept = (
        own.entries.filter(state=EntryState.VALID, entered_on__lt=facts.entry_on)
        .order_by("entered_on")
        .values_list("eligible_from", flat=True)
        .first()
    )
    days = [day for day in (kept, facts.first_clause_hire_on) if day]
    return min(days) if days else None


def _companies(contract: Contract) -> set[int]:
    return {contract.holder_id, *contract.parties.values_list("organisation_id", flat=True)}


def _followers(by: User, follower: Organisation) -> list[int]:
    """The structure, when this account is one of its facilitators. Raises RefusedError otherwise."""
    if follower.pk not in followed_by(by):
        raise RefusedError(
            "Seuls les facilitateurs de la structure qui suit cette personne peuvent le faire."
        )
    return [follower.pk]


def _own(participant: Participant) -> Participant:
    """The row, under its lock. Raises RefusedError once it is anonymised."""
    own = Participant.objects.select_for_update().get(pk=participant.pk)
    if own.anonymised_at or own.pseudonymised_at:
        raise RefusedError(
            "Cette fiche a été anonymisée, ou réduite aux initiales ; créez-en une nouvelle si la personne revient."
        )
    return own


def _touch(participant: Participant) -> None:
    Participant.objects.filter(pk=participant.pk).update(last_contact_on=timezone.localdate())


def _about(by: User, key: UUID, *changed: str) -> dict[str, Any]:
    """What every event of this file says: who, whose key, which fields; never a value."""
    return {
        "by": by.as_actor(), "object_type": "execution.participant", "object_key": str(key),
        "details": {"fields": list(changed)} if changed else {},
    }  # fmt: skip
