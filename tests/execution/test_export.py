"""The ledger as a file: what it holds, the proof without the database, the commands."""

import io
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.db.models import Sum

from levier.cli.ledger import balance_command, ledger_command
from levier.execution import actions
from levier.execution.models import Commitment, LedgerHead, LedgerPosting
from levier.execution.queries.export import export
from levier.rulebook.ledger import verify
from tests.factories import execution as make
from tests.factories.accounts import user
from tests.texts import plain_spaces

pytestmark = pytest.mark.django_db

WITHOUT_DATABASE = """
import sys
from levier.cli.root import root
try:
    root(["ledger", "verify", sys.argv[1]])
finally:
    loaded = {"django", "psycopg", "levier.execution", "levier.core.postgres"} & set(sys.modules)
    print("loaded:", sorted(loaded))
"""


def small_ledger() -> Commitment:
    """Every kind of line, hours with cents."""
    one, month = make.commitment(), make.month("151.67")
    line = actions.post_done(
        by=user(), commitment=one, month=month, hours=Decimal("0.5"), evidence="declared"
    )
    actions.reverse(by=user(), posting=line, reason="erreur")
    actions.post_done(by=user(), commitment=one, month=month, hours=Decimal("151.67"), evidence="documented")
    change = actions.propose_amendment(
        by=user(), commitment=one, reference="A1", signed_on=make.MONTH, hours_change=Decimal("-80.25")
    )
    actions.decide_amendment(by=user(), amendment=change, is_accepted=True)
    return one


@pytest.mark.slow
def test_python_proves_what_the_database_wrote() -> None:
    small_ledger()
    make.commitment()
    stream = io.StringIO()
    written = export(stream)
    found = verify(io.StringIO(stream.getvalue()), printed=written.digest)
    assert (found.commitments, found.postings, written.postings) == (2, 6, 6)
    assert (found.due, found.done) == (Decimal("879.75"), Decimal("151.67"))


def test_the_file_names_nobody() -> None:
    one = small_ledger()
    stream = io.StringIO()
    export(stream)
    text = stream.getvalue()
    person = one.postings.filter(account="done").first()
    assert person is not None and person.person_month is not None
    assert str(person.person_month.participant_id) in text
    for word in (one.contractor.name, one.contract.title, str(one.contract.holder.siren), "compte"):
        assert word not in text


def test_a_line_changed_by_the_owner_of_the_database_shows() -> None:
    """Whoever may switch the triggers off still breaks the chain."""
    small_ledger()
    stream = io.StringIO()
    export(stream)
    forged = stream.getvalue().replace('"hours":"151.67"', '"hours":"111.67"')
    with pytest.raises(ValueError, match="engagement"):
        verify(io.StringIO(forged))


def test_heads_are_the_sums_of_the_lines() -> None:
    small_ledger()
    for head in LedgerHead.objects.all():
        lines = LedgerPosting.objects.filter(commitment=head.commitment_id)
        sums = dict(lines.values_list("account").annotate(hours=Sum("hours")))
        last = lines.order_by("number").last()
        assert last is not None
        assert (head.count, head.hash) == (lines.count(), last.hash)
        assert (head.due, head.done) == (sums.get("due", 0), sums.get("done", 0))


@pytest.mark.slow
def test_the_commands_write_then_prove_without_the_database(tmp_path: Path) -> None:
    small_ledger()
    out = tmp_path / "grand-livre.jsonl"
    said = CliRunner().invoke(ledger_command, ["export", "--out", str(out)])
    assert said.exit_code == 0 and "5 écritures de 1 engagement" in plain_spaces(said.output)
    digest = json.loads(out.read_text(encoding="utf-8").partition("\n")[0])["digest"]
    assert digest in said.output and list(tmp_path.iterdir()) == [out]
    alone = subprocess.run(
        [sys.executable, "-c", WITHOUT_DATABASE, str(out)], capture_output=True, text=True, check=False
    )
    assert "Le fichier tient" in alone.stdout and "loaded: []" in alone.stdout, alone.stdout + alone.stderr
    assert CliRunner().invoke(ledger_command, ["verify", str(out), "--head", digest[:10]]).exit_code == 0
    cut = tmp_path / "coupe.jsonl"
    cut.write_text("".join(out.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")
    broken = CliRunner().invoke(ledger_command, ["verify", str(cut)])
    assert broken.exit_code == 1 and "s’arrête à l’écriture 4" in broken.output
    as_json = CliRunner().invoke(ledger_command, ["verify", str(tmp_path / "absent"), "--json"])
    assert as_json.exit_code == 1 and "Impossible de lire" in json.loads(as_json.output)["error"]
    nowhere = CliRunner().invoke(ledger_command, ["export", "--out", str(tmp_path / "no" / "x")])
    assert nowhere.exit_code == 1 and "Impossible d’écrire" in nowhere.output


def test_balance_on_the_command_line() -> None:
    one = small_ledger()
    found = CliRunner().invoke(balance_command, ["--by", "buyer", "--at", "2026-12-31", "--json"])
    (row,) = json.loads(found.output)["lines"]
    assert row["label"] == one.contract.buyer.name and (row["due"], row["done"]) == (399.75, 151.67)
    assert row["evidence"]["documented"] == {"hours": 151.67, "share": 1.0}
    told = plain_spaces(CliRunner().invoke(balance_command, ["--by", "territory"]).output)
    assert "151,67 h faites (37,9 % ; avec justificatif 100 %), reste 248,08 h" in told
    wrong = CliRunner().invoke(balance_command, ["--at", "demain"])
    assert wrong.exit_code == 1 and "2026-12-31" in wrong.output
