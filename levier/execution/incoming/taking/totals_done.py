"""The hours a contract did in all, said in one figure: an opening, unless people and months say them."""

from datetime import date
from decimal import Decimal
from typing import Protocol

from levier.core.typography import day, figure
from levier.execution.incoming.account import Outcome
from levier.execution.incoming.columns import read_total
from levier.execution.incoming.saying import Said
from levier.execution.incoming.taking.known import Known
from levier.execution.incoming.taking.planned import Plan, PlannedContract, PlannedOpening, StopError


class TotalsReader(Protocol):
    """What is read of a table so far. `detailed`: keys of the contracts whose hours are said by person and month.

    `by_person`: of those whose total adds up what each person did.
    """

    known: Known
    plan: Plan
    today: date
    totals_until: date
    detailed: set[str]
    by_person: set[str]

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
    if key in reader.plan.openings:
        return there, "Le total de ce contrat est déjà dit plus haut : celui-ci n’est pas ajouté."
    opening = _add(reader, key, contract, hours)
    return "understood", (
        f"{figure(hours, 2)} h faites seront reprises en un total arrêté au {day(opening.until)}, sans le détail "
        "des personnes."
    )


def total_of_person(
    reader: TotalsReader, said: Said, contract: PlannedContract, *, is_known: bool
) -> tuple[Outcome, str]:
    """The hours somebody did in all, without months: added to the total of the contract, since the ledger counts hours by month.

    `is_known`: the person was in the contract before.
    """
    there: Outcome = "known" if is_known else "understood"
    text = said.values.get("hours_done", "")
    hours = read_total(text)
    if text and hours is None:
        raise StopError(
            "questioned", f"« {text[:20]} » n’est pas un nombre d’heures : écrivez par exemple 312,5."
        )
    if not hours:
        return there, ""
    key = reader.contract_key(said)
    if key in reader.detailed:
        return (
            there,
            "Ce total n’est pas repris : ce fichier dit les heures de ce contrat par personne et par mois.",
        )
    if contract.existing and contract.existing.pk in reader.known.counting:
        if is_known:
            return "known", "Ce contrat compte déjà des heures : le total de cette ligne n’est pas repris."
        raise StopError(
            "questioned",
            "Ce contrat compte déjà des heures : ce total ne s’y ajoute pas. Annulez la reprise d’avant, puis redonnez le fichier entier.",
        )
    if key in reader.plan.openings and key not in reader.by_person:
        return there, "Le total de ce contrat est déjà dit plus haut : celui de la personne y est compris."
    reader.by_person.add(key)
    opening = _add(reader, key, contract, hours)
    return "understood", (
        f"{figure(hours, 2)} h sans leur mois : ajoutées au total du contrat, arrêté au {day(opening.until)} "
        f"({figure(opening.hours, 2)} h jusqu’ici)."
    )


def _add(reader: TotalsReader, key: str, contract: PlannedContract, hours: Decimal) -> PlannedOpening:
    """Hours added to the total of a contract."""
    starts, ends = contract.window
    if starts and starts > reader.today:
        raise StopError("questioned", "Des heures sont dites faites, et le contrat n’a pas commencé.")
    before = reader.plan.openings.get(key)
    whole = hours + (before.hours if before else 0)
    if whole > 9_999_999:
        raise StopError("refused", "Le total des heures faites est trop grand : vérifiez ce nombre.")
    until = min(reader.totals_until, ends or reader.totals_until)
    reader.plan.openings[key] = PlannedOpening(contract, whole, max(until, starts or until))
    return reader.plan.openings[key]
