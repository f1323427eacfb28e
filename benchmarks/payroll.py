"""A payroll of 50,000 lines: read, its people found, each line checked, then written as declared hours.

    python -m benchmarks.payroll --lines 50000 --months 12

One contract whose people worked each of these months; half of the file is about people of other contracts, as payrolls are. Measured: the
reading of the file and the stripping of its numbers, the account (people found, checks), the writing; against the plain way of typing
cells one by one in the grid, timed on 200 of them. Uses an installation of its own, removed at the end unless --home names one.
"""

from __future__ import annotations

import argparse
import io
import random
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import xlsxwriter

from benchmarks.installation import installation, machine

START = date(2025, 1, 1)
PLAIN_CELLS = 200


def workbook(people: int, months: int, lines: int) -> bytes:
    """An XLSX with the columns of a payroll, social security numbers included."""
    draw = random.Random(20_260_401)
    handle = io.BytesIO()
    book = xlsxwriter.Workbook(handle, {"in_memory": True, "constant_memory": True})
    sheet = book.add_worksheet("Paie")
    for place, title in enumerate(("Matricule", "Nom", "Prénom", "N° SS", "Mois", "Heures payées")):
        sheet.write_string(0, place, title)
    rows = [(person, month) for person in range(people) for month in range(months)]
    rows += [(people + PLAIN_CELLS + rank, draw.randrange(months)) for rank in range(lines - len(rows))]
    draw.shuffle(rows)
    for line, (person, month) in enumerate(rows, start=1):
        cells = (str(person), f"FAMILLE{letters(person)}", f"Prénom {letters(person)}", f"1{person:012d}")
        for place, cell in enumerate(cells):
            sheet.write_string(line, place, cell)
        sheet.write_string(line, 4, f"{1 + month % 12:02d}/{2025 + month // 12}")
        sheet.write_number(line, 5, draw.choice((35, 70, 120.5, 151.67)))
    book.close()
    return handle.getvalue()


def letters(number: int) -> str:
    """A name of letters alone: no name has a digit."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def main() -> None:
    """Prepare, measure, print."""
    parser = argparse.ArgumentParser(description="Un fichier de paie, lu puis écrit.")
    parser.add_argument("--lines", type=int, default=50_000)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--home", type=Path)
    options = parser.parse_args()
    with installation(options.home):
        measure(options.lines, options.months)


def measure(lines: int, months: int) -> None:
    """The three steps, and the grid."""
    from levier.execution.declaring.actions import save_hours
    from levier.execution.declaring.book import load
    from levier.execution.incoming import actions
    from levier.execution.models import DeclarationLine
    from levier.execution.tasks import run_file

    people = lines // 2 // months
    desk, by, commitment, structure = world(people + PLAIN_CELLS)
    content = workbook(people, months, lines)
    print(machine())
    print(f"{lines} lignes, {people} personnes sur le contrat, {months} mois, {len(content) / 1e6:.1f} Mo\n")
    began, cpu = time.perf_counter(), time.process_time()
    file = actions.receive(
        by=by,
        organisation=structure,
        content=content,
        name="paie.xlsx",
        desk=desk,
        commitment=commitment,
        month=START,
    )
    received = time.perf_counter() - began
    began = time.perf_counter()
    run_file(file_id=file.pk)
    read = time.perf_counter() - began
    file.refresh_from_db()
    actions.confirm(by=by, file=file, digest=file.account["digest"], is_statement_seen=False)
    began = time.perf_counter()
    run_file(file_id=file.pk)
    written = time.perf_counter() - began
    cpu = time.process_time() - cpu
    file.refresh_from_db()
    count = DeclarationLine.objects.filter(incoming=file).count()
    assert file.state == "repris", file.problem
    assert count == people * months, (count, people * months)
    with desk.scope():
        extra = list(load(desk, commitment).entries)[-PLAIN_CELLS:]
    began = time.perf_counter()
    for entry in extra[:3]:
        save_hours(by=by, desk=desk, commitment=commitment, cells={(entry, START): Decimal("7")})
    plain = (time.perf_counter() - began) / 3
    whole = received + read + written
    print(f"{'recevoir, retirer les numéros':<36}{received:8.1f} s")
    print(f"{'reconnaître et contrôler':<36}{read:8.1f} s")
    print(f"{'contrôler encore et écrire':<36}{written:8.1f} s   {count} lignes écrites")
    print(f"{'en tout':<36}{whole:8.1f} s   (but : 30 s) : {'tenu' if whole < 30 else 'non tenu'}")
    print(f"{'dont le processeur, hors base':<36}{cpu:8.1f} s")
    print(f"{'une case à la fois dans la grille':<36}{plain * count:8.0f} s   × {plain * count / whole:.0f}")


def world(people: int):  # type: ignore[no-untyped-def]
    """A contract of two years and its people, filled at once."""
    from django.utils import timezone

    from levier.accounts.models import Membership, Role, User
    from levier.execution import actions as contracts
    from levier.execution.declaring import policies
    from levier.execution.models import Entry, EntryState, Participant
    from levier.execution.people.scope import acting
    from levier.organisations.models import Organisation

    structure, buyer, holder = (
        Organisation.objects.create(name=name, siren=siren)
        for name, siren in (("Structure", "900000019"), ("Acheteur", "900000027"), ("Titulaire", "900000035"))
    )
    by = User.objects.create_user("banc@exemple.invalid", "cheval-agrafe-batterie")
    Membership.objects.create(user=by, organisation=structure, role=Role.FACILITATOR)
    contract = contracts.open_contract(
        by=by, buyer=buyer, holder=holder, facilitator=structure,
        values=contracts.ContractValues(
            title="Banc", notified_on=START, starts_on=START, ends_on=date(2027, 12, 31), departement_code="59"
        ),
        commitments=[contracts.CommitmentValues(hours=Decimal(9_000_000))],
    )  # fmt: skip
    with acting(followers=[structure.pk]):
        known = Participant.objects.bulk_create(
            [
                Participant(
                    follower=structure, family_name=f"Famille{letters(rank)}", given_name=f"Prénom {letters(rank)}",
                    birth_on=date(1990, 1, 1), birth_year=1990, last_contact_on=START, notice_on=START, notice_way="main",
                )
                for rank in range(people)
            ]
        )  # fmt: skip
        Entry.objects.bulk_create(
            [
                Entry(
                    participant=one, contract=contract, company=holder, employer_kind="DIRECT", modality="embauche",
                    entered_on=START, rule_set="national/1", verdict="eligible", eligible_from=START,
                    eligible_until=date(2026, 12, 31), state=EntryState.VALID, decided_at=timezone.now(),
                )
                for one in known
            ]
        )  # fmt: skip
    return policies.facilitator_desk(by, contract.pk), by, contract.commitments.get(), structure


if __name__ == "__main__":
    main()
