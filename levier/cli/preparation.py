"""What `levier serve --prepare` and `levier demo` put in place; imported once Django has started."""

import click
from django.conf import settings
from django.core.management import call_command

from levier.accounts import actions as accounts
from levier.clauses import demo as clauses
from levier.cli.database import as_owner
from levier.cli.index import followed_indexes
from levier.cli.output import refuse
from levier.community import actions as community
from levier.core.assets import assets_fingerprint
from levier.core.audit import Actor
from levier.directory import actions as directory
from levier.execution import demo as execution
from levier.facilitators import actions as facilitators
from levier.purchasing.actions import demo as purchasing
from levier.purchasing.actions.demo_notices import clear_demo_notices, load_demo_notices
from levier.reference import actions as reference

INSTALLER = Actor.machine("installation")


def say(text: str) -> None:
    """One line of progress on standard error."""
    click.echo(text, err=True)


def prepare_installation() -> None:
    """Reference tables, demonstration (never in production), index, static files."""
    say("Référentiels : communes, EPCI, CPV, NAF, secteurs…")
    reference.load_reference(by=INSTALLER)
    facilitators.load_trade_bodies(by=INSTALLER)
    if not settings.IS_PRODUCTION:
        load_demonstration()
    for index in followed_indexes():
        if not index.is_usable():
            say(f"Index de recherche ({index.label.lower()}) : construction…")
            index.rebuild()
    collect_static_files()


def load_demonstration() -> None:
    """A fictitious directory, fictitious desks, one account per role, three purchases, two contracts with declared hours: all marked as such."""
    say("Annuaire de démonstration (structures fictives)…")
    directory.load_demo(by=INSTALLER)
    facilitators.load_demo(by=INSTALLER)
    accounts.load_demo_accounts(by=INSTALLER)
    facilitators.load_demo_network(by=INSTALLER)
    community.load_demo(by=INSTALLER)
    purchasing.load_demo_purchase(by=INSTALLER)
    load_demo_notices(by=INSTALLER)
    clauses.load_demo_clauses(by=INSTALLER)
    execution.load_demo_contracts(by=INSTALLER)


def clear_demonstration() -> None:
    """Everything the demonstration brought, gone."""
    if execution.has_demo_contracts():
        as_owner("levier.cli.forgetting")
    community.clear_demo(by=INSTALLER)
    directory.clear_demo(by=INSTALLER)
    facilitators.clear_demo(by=INSTALLER)
    purchasing.clear_demo_purchases(by=INSTALLER)
    clear_demo_notices(by=INSTALLER)
    accounts.clear_demo_accounts(by=INSTALLER)


def collect_static_files() -> None:
    """Hash and compress the static files when one of them changed."""
    marker = settings.STATIC_ROOT / ".fingerprint"
    fingerprint = assets_fingerprint()
    if marker.exists() and marker.read_text() == fingerprint:
        return
    say("Fichiers statiques…")
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    marker.write_text(fingerprint)


def refuse_demo_in_production() -> None:
    """A demonstration account has a password written in a file: never on a public site."""
    if settings.IS_PRODUCTION and accounts.has_demo_accounts():
        refuse(
            "Des comptes de démonstration existent encore : lancez « levier demo clear » avant la production."
        )


def announcement() -> str:
    """The address and the demonstration accounts, printed when the site answers."""
    lines = ["", f"  Levier est prêt : {settings.SITE_URL}", ""]
    path = settings.LEVIER_HOME / "demo-accounts.txt"
    if path.exists():
        lines += [
            "  Comptes de démonstration :",
            *(f"    {line}" for line in path.read_text().splitlines()),
            "",
        ]
    lines.append("  Ctrl+C pour arrêter.")
    return "\n".join(lines)
