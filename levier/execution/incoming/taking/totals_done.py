"""The hours a contract did in all, said in one figure: an opening, unless people and months say them."""

from datetime import date
from typing import Protocol

from levier.core.typography import day, figure
from levier.execution.incoming.account import Outcome
from levier.execution.incoming.columns import read_total
from levier.execution.incoming.saying import Said
from levier.execution.incoming.taking.known import Known
from levier.execution.incoming.taking.planned import Plan, PlannedContract, PlannedOpening, StopError


class TotalsReader(Protocol):
    """What is read of a table so far. `detailed`: keys of the contracts whose hours are said by person and month."""

    known: Known
    plan: Plan
    today: date
    totals_until: date
    detailed: set[str]

    def contract_key(self, said: Said) -> str:
        """What tells a contract from another in the table."""


def opening_of(reader: TotalsReader, said: Said, contract: PlannedContract) -> tuple[Outcome, str]:
    """The hours done in all that a line says of its contract: one total, unless people and months say them."""
    there: Outcome = "known" if contract.existing else "understood"
    hours = read_total(said.values.get("hours_done", ""))
    if not hours:
        return there, ""
    key = reader.contract_key(said)
    if key in reader.detailed:
        return (
            there,
            "Le total fait n’est pas repris : ce fichier dit les heures de ce contrat par personne et par mois.",
        )
    if contract.existing and contract.existing.pk in reader.known.counting:
        return "known", "Ce contrat compte déjà des heures : le total de cette ligne n’est pas repris."
    starts, _ = contract.window
    if starts and starts > reader.today:
        raise StopError("questioned", "Des heures sont dites faites, et le contrat n’a pas commencé.")
    if hours > 9_999_999:
        raise StopError("refused", "Le total des heures faites est trop grand : vérifiez ce nombre.")
    if key in reader.plan.openings:
        return there, "Le total de ce contrat est déjà dit plus haut : celui-ci n’est pas ajouté."
    starts, ends = contract.window
    until = min(reader.totals_until, ends or reader.totals_until)
    reader.plan.openings[key] = PlannedOpening(contract, hours, max(until, starts or until))
    return "understood", (
        f"{figure(hours, 2)} h faites seront reprises en un total arrêté au {day(reader.plan.openings[key].until)}, sans le détail "
        "des personnes."
    )
