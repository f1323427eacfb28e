"""From the lines of a table to what would be written: contracts, people, entries, hours; and an account of every line.

Nothing is written here. Read inside the scope of the structure; the same reading is done again, under locks, before the writing.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from uuid import UUID

from levier.core.typography import figure
from levier.execution.incoming.account import Outcome
from levier.execution.incoming.columns import MODALITIES
from levier.execution.incoming.saying import Said
from levier.execution.incoming.sheets import folded
from levier.execution.incoming.taking.gathering import Gathering
from levier.execution.incoming.taking.known import Firm, Known, person_key
from levier.execution.incoming.taking.planned import (
    Plan,
    PlannedContract,
    PlannedEntry,
    PlannedHours,
    PlannedPerson,
    StopError,
    Undated,
)
from levier.execution.incoming.taking.totals_done import opening_of, total_of_person
from levier.execution.models import LONGEST_MONTH_HOURS, Contract, EntryState, Participant
from levier.execution.people.actions import OLDEST_AGE, YOUNGEST_AGE
from levier.execution.queries.openings import told_in_opening
from levier.rulebook.declaring import Around, Line, check
from levier.rulebook.modalities import modalities
from levier.rulebook.months import first_of, last_of

ZERO = Decimal()
Dates = tuple[date | None, date | None]
_NO_DATES: Mapping[str, Dates] = MappingProxyType({})
# Known at the writing alone, or of no use for hours that are over: the facilitator gives the notice before the next declaration.
_NOT_ASKED = frozenset({"privacy_notice_missing", "person_not_validated"})


def understand(
    sayings: Iterable[Said], known: Known, *, today: date, contract: Contract | None = None,
    buyer: Firm | None = None, holder: Firm | None = None, totals_of: date | None = None,
    dates: Mapping[str, Dates] = _NO_DATES,
) -> Plan:  # fmt: skip
    """The plan of a table. `contract`: of every line; `buyer` and `holder`: of the lines that do not name theirs.

    `totals_of`: the month the totals of hours done stop with, the last whole one by default. `dates`: beginning and end said on
    screen, by key of `Plan.undated`.
    """
    reader = _Reader(known, today, contract, buyer, holder)
    reader.dates = dates
    reader.totals_until = min(last_of(totals_of), today) if totals_of else first_of(today) - timedelta(days=1)
    rows = list(sayings)
    for said in rows:
        reader.gather(said)
    for said in rows:
        reader.take(said)
    plan = reader.plan
    plan.contracts = {key: one for key, one in plan.contracts.items() if key in reader.used}
    plan.account.contracts = len(plan.new_contracts)
    plan.account.people = sum(
        one.existing is None for one in {id(e.person): e.person for e in plan.entries.values()}.values()
    )
    plan.account.hours = sum((one.hours for one in (*plan.hours, *plan.openings.values())), ZERO)
    return plan


class _Reader(Gathering):
    """Second pass: each line, alone."""

    def __init__(
        self, known: Known, today: date, contract: Contract | None, buyer: Firm | None, holder: Firm | None
    ) -> None:
        super().__init__(known, contract)
        self.today, self.buyer, self.holder = today, buyer, holder
        self.used: set[str] = set()
        self.totals_until = today
        self.by_person: set[str] = set()
        self.modalities = {folded(one.key): one.key for one in modalities()}
        self.dates: Mapping[str, Dates] = _NO_DATES
        self.seen: dict[tuple[int, date], str] = {}
        self.worked: dict[tuple[int, int, date], Decimal] = {}

    def take(self, said: Said) -> None:
        account = self.plan.account
        try:
            outcome, reason = self._taken(said)
            if said.is_under and outcome == "understood":
                reason = f"{reason} Contrat de la ligne au-dessus.".strip()
        except StopError as stop:
            outcome, reason = stop.outcome, stop.reason
        account.say(said.line, said.words or f"ligne {said.line}", outcome, reason, sheet=said.sheet)

    def _taken(self, said: Said) -> tuple[Outcome, str]:
        if said.wrong:
            raise StopError(said.outcome, said.wrong)
        contract = self._contract_of(said)
        if not said.has_person:
            if said.has_hours:
                raise StopError(
                    "refused",
                    "Ces heures ne disent pas de qui elles sont : une heure se compte par personne et par mois.",
                )
            return opening_of(self, said, contract)
        entry = self._entry_of(said, self._person_of(said, contract), contract)
        if not said.has_hours:
            return total_of_person(self, said, contract, is_known=entry.existing is not None)
        return self._hours_of(said, entry)

    def _contract_of(self, said: Said) -> PlannedContract:
        key = self.contract_key(said)
        if self.contract is not None:
            self.used.add(key)
            return self.plan.contracts.setdefault(key, PlannedContract(self.contract))
        one = self.plan.contracts.get(key)
        if one is None:
            raise StopError("questioned", "Cette ligne ne dit pas pour quel contrat : ni numéro, ni objet.")
        if one.existing is None and key not in self.used:
            same = self.known.contract(reference=one.reference, title=one.title, holder=one.holder)
            if len(same) > 1:
                raise StopError(
                    "questioned",
                    "Plusieurs contrats suivis ont ce nom : ajoutez une colonne avec leur numéro.",
                )
            one.existing = same[0] if same else None
        if one.existing is None:
            self._date(key, one)
            self._check_new(said, one)
        self.used.add(key)
        return one

    def _date(self, key: str, one: PlannedContract) -> None:
        """Ask for the dates the table does not say, once for each contract, and take those said on screen."""
        if key not in self.plan.undated and (one.starts_on is None or one.ends_on is None):
            months = self.months.get(key, set())
            words = " · ".join(
                part for part in (one.reference, one.title, one.holder.name if one.holder else "") if part
            )
            self.plan.undated[key] = Undated(
                words[:160], min(months, default=None), max(months, default=None)
            )
        if key in self.plan.undated:
            starts, ends = self.dates.get(key, (None, None))
            one.starts_on, one.ends_on = one.starts_on or starts, one.ends_on or ends

    def _check_new(self, said: Said, one: PlannedContract) -> None:
        """A contract to open needs two parties, two dates and what is owed."""
        one.holder = one.holder or self.holder
        one.buyer = one.buyer or self.buyer
        for firm, role in ((one.holder, "holder"), (one.buyer, "buyer")):
            if firm is None:
                name = said.values.get(role, "")
                word = "titulaire" if role == "holder" else "acheteur"
                if name:
                    self.plan.asked.setdefault(folded(name), name)
                    if digits := said.values.get(f"{role}_siren"):
                        raise StopError(
                            "questioned",
                            f"« {digits[:20]} » n’est pas un SIREN ni un SIRET valable ({name}, {word}) : dites-le sous ce bilan.",
                        )
                    raise StopError(
                        "questioned",
                        f"Le SIREN de « {name} » ({word}) n’est pas connu : dites-le sous ce bilan.",
                    )
                raise StopError(
                    "questioned",
                    f"Ce contrat n’est pas encore ici, et rien ne dit son {word}. Ajoutez une colonne « {word.capitalize()} », ou écrivez "
                    f"« {word.capitalize()} : … » au-dessus du tableau. Un SIREN seul suffit pour une organisation déjà connue ici.",
                )
        assert one.holder and one.buyer
        if one.holder.siren == one.buyer.siren:
            raise StopError("questioned", "L’acheteur et le titulaire sont la même organisation.")
        if one.starts_on is None or one.ends_on is None:
            missing = "Début" if one.starts_on is None else "Fin"
            raise StopError(
                "questioned",
                f"Ce contrat n’est pas encore ici : il manque sa date de {missing.lower()}. Dites-la sous ce bilan, ou ajoutez une "
                f"colonne « {missing} du marché ».",
            )
        if one.ends_on < one.starts_on:
            raise StopError(
                "questioned", "Le contrat finit avant de commencer : corrigez l’une des deux dates."
            )
        if not one.hours_due or one.hours_due <= 0 or one.hours_due > 9_999_999:
            raise StopError(
                "questioned",
                "Ce contrat n’est pas encore ici : il manque le nombre d’heures dues. Ajoutez une colonne « Heures dues », "
                "ou écrivez « Heures dues : 850 » au-dessus du tableau.",
            )

    def _person_of(self, said: Said, contract: PlannedContract) -> PlannedPerson:
        if not said.family or not said.given:
            raise StopError("questioned", "Il manque le nom ou le prénom de la personne.")
        if any(letter.isdigit() for letter in said.family + said.given):
            raise StopError("refused", "Un nom ne contient pas de chiffre.")
        name, birth = person_key(said.family, said.given), said.days.get("birth_on")
        if birth and not YOUNGEST_AGE <= (self.today - birth).days / 365.25 <= OLDEST_AGE:
            raise StopError("refused", "La date de naissance donne un âge impossible.")
        same = self.known.people.get(name, [])
        if birth:
            known = next((one for one in same if one.birth_on == birth), None)
            return self.plan.people.setdefault(
                f"{name}|{birth}", PlannedPerson(known, said.family, said.given, birth, said.sex)
            )
        return self._unborn(name, same, contract)

    def _unborn(self, name: str, same: list[Participant], contract: PlannedContract) -> PlannedPerson:
        """Without a birth date: somebody of this contract, or the only one of the file with this name; else it is asked."""
        if contract.existing:
            inside = [one for one in same if (one.pk, contract.existing.pk) in self.known.entries]
            if len(inside) == 1:
                one = inside[0]
                return self.plan.people.setdefault(
                    f"{name}|{one.birth_on}",
                    PlannedPerson(one, one.family_name, one.given_name, one.birth_on),
                )
        told = [one for key, one in self.plan.people.items() if key.rpartition("|")[0] == name]
        if len(told) == 1 and not same:
            return told[0]
        if same:
            raise StopError(
                "questioned",
                "Une personne de ce nom est déjà suivie : ajoutez la date de naissance pour dire si c’est elle.",
            )
        raise StopError(
            "questioned",
            "Il manque la date de naissance : sans elle, deux personnes du même nom seraient confondues.",
        )

    def _entry_of(self, said: Said, person: PlannedPerson, contract: PlannedContract) -> PlannedEntry:
        key = (id(person), id(contract))
        found = self.plan.entries.get(key)
        if found:
            return found
        existing = None
        if person.existing and contract.existing:
            entries = self.known.entries.get((person.existing.pk, contract.existing.pk), [])
            existing = entries[-1] if entries else None
            if existing and existing.state == EntryState.WAITING:
                raise StopError(
                    "questioned",
                    "L’entrée de cette personne dans le contrat attend d’être décidée : décidez-la d’abord.",
                )
        starts, ends = contract.window
        who = self.who(said)
        told = min(self.entries.get(who, ()), default=None)
        first = told or self.first_months.get(who, starts)
        if existing is None and first and starts and not told:
            first = max(first, starts)
        left, until = max(self.departures.get(who, ()), default=None), said.days.get("eligible_until")
        if existing is None and first:
            if (left and left < first) or (until and until < first):
                raise StopError(
                    "questioned", "La sortie, ou la fin d’éligibilité, précède l’entrée de la personne."
                )
            if first > self.today or (ends and first > ends):
                raise StopError(
                    "questioned",
                    "L’entrée de la personne suit la fin du contrat, ou n’est pas encore passée.",
                )
        return self.plan.entries.setdefault(
            key, PlannedEntry(person, contract, existing, first, left, until, self._modality(said))
        )  # fmt: skip

    def _modality(self, said: Said) -> str:
        word = folded(said.values.get("modality", ""))
        if word in self.modalities:
            return self.modalities[word]
        for part, key in MODALITIES:
            if part in word:
                return key
        return "embauche"

    def _hours_of(self, said: Said, entry: PlannedEntry) -> tuple[Outcome, str]:
        month, hours = said.month, said.hours
        assert hours is not None
        if month is None:
            raise StopError(
                "refused",
                "Ces heures ne disent pas leur mois. Ajoutez une colonne « Mois » ou, si ce sont des totaux, dites sous ce bilan que leur "
                "colonne est « Heures faites en tout ».",
            )
        if month > first_of(self.today):
            raise StopError("refused", "Ce mois n’a pas commencé.")
        if not hours:
            return "known", "Zéro heure : rien à reprendre."
        opening = self.known.openings.get(entry.contract.existing.pk) if entry.contract.existing else None
        if opening and month <= opening.effective_on:
            raise StopError("questioned", told_in_opening(opening))
        if entry.existing:
            counted = self.known.cells.get((entry.existing.pk, month))
            if counted == hours:
                return "known", "Ces heures sont déjà là."
            if counted:
                raise StopError(
                    "questioned",
                    f"{figure(counted, 2)} h sont déjà là pour ce mois : corrigez-les dans la grille du contrat.",
                )
        cell = (id(entry), month)
        if cell in self.seen:
            raise StopError("questioned", f"Ce mois de cette personne est déjà dit à la {self.seen[cell]}.")
        self._check(entry, month, hours)
        self.seen[cell] = said.where
        self.plan.hours.append(PlannedHours(entry, month, hours))
        return "understood", ""

    def _check(self, entry: PlannedEntry, month: date, hours: Decimal) -> None:
        """The checks of the grid, and a month that is not longer than a month."""
        starts, ends = entry.contract.window
        known = entry.existing
        found = check(
            Line(month=month, hours=hours, modality=known.modality if known else entry.modality),
            Around(
                today=self.today, contract_from=starts, contract_to=ends,
                hired_on=known.entered_on if known else entry.entered_on,
                left_on=known.left_on if known else entry.left_on,
                eligible_from=known.eligible_from if known else entry.entered_on,
                eligible_until=known.eligible_until if known else entry.until,
                known_modalities=frozenset(self.modalities.values()),
            ),
            entry.contract.existing.check_switches if entry.contract.existing else None,
        )  # fmt: skip
        for one in found:
            if one.is_blocking and one.rule.name not in _NOT_ASKED:
                raise StopError("questioned", one.sentence)
        if entry.contract.existing is not None:
            employer = known.company_id if known else entry.contract.existing.holder_id
        else:
            employer = (entry.contract.holder and entry.contract.holder.pk) or id(entry.contract)
        key = (id(entry.person), employer, month)
        there = self.known.months.get((_pk(entry.person), employer, month)) if entry.person.existing else None
        total = self.worked.get(key, there.allocated if there else ZERO) + hours
        if total > LONGEST_MONTH_HOURS:
            raise StopError(
                "questioned", f"Avec les autres lignes, ce mois atteindrait {figure(total, 2)} h."
            )
        self.worked[key] = total


def _pk(person: PlannedPerson) -> UUID:
    assert person.existing is not None
    return person.existing.pk
