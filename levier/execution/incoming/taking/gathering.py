"""First pass over a table: a contract is described by all its lines together, somebody's entry by all of hers."""

from datetime import date

from levier.execution.incoming.columns import read_total
from levier.execution.incoming.saying import Said
from levier.execution.incoming.sheets import folded
from levier.execution.incoming.taking.known import Known, person_key
from levier.execution.incoming.taking.planned import Plan, PlannedContract
from levier.execution.models import Contract


class Gathering:
    """What the lines say together. `contract`: of every line, when it is said on screen."""

    def __init__(self, known: Known, contract: Contract | None) -> None:
        self.known, self.contract, self.plan = known, contract, Plan()
        # Contracts whose hours are said by person and month, and those months.
        self.detailed: set[str] = set()
        self.months: dict[str, set[date]] = {}
        self.first_months: dict[tuple[str, str], date] = {}
        # Days said of a person in a contract, whatever the line: one hired again has several.
        self.entries: dict[tuple[str, str], list[date]] = {}
        self.departures: dict[tuple[str, str], list[date]] = {}

    def gather(self, said: Said) -> None:
        """Keep what a line says of its contract and of its person."""
        if said.wrong and said.outcome != "refused":
            # A total says nothing of a contract nor of a person.
            return
        if self.contract is None:
            self._describe(said)
        if said.has_person:
            who = self.who(said)
            for name, kept in (("entered_on", self.entries), ("left_on", self.departures)):
                if when := said.days.get(name):
                    kept.setdefault(who, []).append(when)
        if said.has_person and said.month and said.hours:
            self.detailed.add(self.contract_key(said))
            self.months.setdefault(self.contract_key(said), set()).add(said.month)
            key = self.who(said)
            self.first_months[key] = min(self.first_months.get(key, said.month), said.month)

    def who(self, said: Said) -> tuple[str, str]:
        """Somebody in a contract, in the table."""
        return self.contract_key(
            said
        ), f"{person_key(said.family, said.given)}|{said.days.get('birth_on') or ''}"

    def contract_key(self, said: Said) -> str:
        """What tells a contract from another in the table."""
        if self.contract is not None:
            return "*"
        values = said.values
        if values.get("reference"):
            return f"ref|{folded(values['reference'])}"
        return f"{folded(values.get('title', ''))}|{folded(values.get('holder', ''))}"

    def _describe(self, said: Said) -> None:
        """Fill what the lines above did not say of this contract."""
        values, days = said.values, said.days
        if not (values.get("reference") or values.get("title")):
            return
        one = self.plan.contracts.setdefault(self.contract_key(said), PlannedContract(None))
        one.title = one.title or values.get("title", "")
        one.reference = one.reference or values.get("reference", "")
        one.buyer = one.buyer or self.known.firm(
            siren=values.get("buyer_siren", ""), name=values.get("buyer", "")
        )
        one.holder = one.holder or self.known.firm(
            siren=values.get("holder_siren", ""), name=values.get("holder", "")
        )
        one.holder_email = one.holder_email or values.get("holder_email", "")
        one.departement = one.departement or values.get("departement", "")[:3]
        one.notified_on = one.notified_on or days.get("notified_on")
        one.starts_on = one.starts_on or days.get("starts_on")
        one.ends_on = one.ends_on or days.get("ends_on")
        if one.hours_due is None and (text := values.get("hours_due")):
            one.hours_due = read_total(text)
