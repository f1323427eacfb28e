"""Who sends mail, and why its reader expects it: what nobody asked for may only pass the door that asks refusals."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import levier
from tests.architecture.repository import nodes, python_files, room_files, room_of, source_text

ROOT = Path(levier.__file__).parent
# The door: it asks refusals, and adds the way out to the letter and to its headers.
DOOR = "directory/solicitations/sending.py"
# Every other module that sends a mail → who asked for it, or whose own business it is. A supplier that asked
# nothing is written to by none of them.
EXPECTED = {
    "accounts/actions/invitations.py": "a colleague invited by name",
    "accounts/adapter.py": "the codes and notices of one's own account",
    "clauses/offers/winners.py": "the company that won a lot, named by its buyer or facilitator",
    "community/wording.py": "the staff, and whoever asked for a portal",
    "directory/networks/actions/members.py": "the animators of the network a supplier asks to join",
    "directory/ownership/actions/claims.py": "a code somebody asked this mailbox for; managers and authors of requests",
    "directory/ownership/actions/granting.py": "who keeps a sheet that somebody else keeps from now on",
    "directory/ownership/actions/numbers.py": "who keeps a sheet that a list gives a SIREN, once",
    "directory/ownership/actions/reviewers.py": "the networks and the staff that read documents, once a request",
    "directory/selections/actions.py": "who saved a search and asked to be told",
    "execution/buyer_letter.py": "the contact of a buyer, named by the structure that took over its contract; once",
    "execution/incoming/mailing.py": "who wrote to the address of a contract, when a piece of it is refused",
    "execution/declaring/letters.py": "the contacts of a contract, for hours it owes; who follows it",
    "execution/declaring/links.py": "a code somebody asked this mailbox for",
    "execution/digest.py": "whoever follows contracts or buys them, once a working day, until it says stop",
    "execution/candidates/letters.py": "who answers for a post, its named backup, and who proposed a candidate",
    "execution/cards/answering.py": "the person who asked, when its answer is ready",
    "execution/cards/notice.py": "the person whose data are kept, with its card",
    "execution/control/telling.py": "the contacts of the holder of a contract, about its own default",
    "facilitators/actions/conventions.py": "the parties of a convention to sign",
    "facilitators/actions/referrals.py": "the facilitator asked, and whoever asked",
    "facilitators/actions/structures.py": "a structure of facilitators, by its contact form",
    "purchasing/actions/buyers.py": "buyers whose organisation is decided on",
    "purchasing/actions/needs.py": "the staff, and the buyer of the need",
    "purchasing/actions/purchase_mails.py": "the contacts of a purchase, on both sides",
    "purchasing/questions/actions.py": "the contacts of a purchase, and whoever asked to follow its answers",
    "purchasing/trades/actions.py": "the contacts of a purchase, at the end of a consultation of trades",
}
# What may solicit, by the door.
SOLICITING = {
    "directory/networks/actions/corrections.py",
    "directory/networks/actions/invitations.py",
    "directory/ownership/actions/reminders.py",
    "purchasing/actions/alerts.py",
    "purchasing/actions/sending.py",
    "purchasing/trades/actions.py",
}
_SENDERS = {"send_mail", "send_mass_mail", "EmailMessage", "EmailMultiAlternatives"}


def calls(name: str, owner: str = "") -> set[str]:
    """The modules that call ``owner.name``, or ``name`` alone."""
    wording = rf"\b{owner}\.{name}\b" if owner else rf"\b{name}\("
    return {path for path, call in _calls_in(wording) if _is(call.func, name, owner)}


def _calls_in(wording: str) -> Iterator[tuple[str, ast.Call]]:
    """The calls of the modules that hold this wording."""
    for path in room_files(wording):
        for node in nodes(path):
            if isinstance(node, ast.Call):
                yield path.relative_to(ROOT).as_posix(), node


def _is(func: ast.expr, name: str, owner: str) -> bool:
    if isinstance(func, ast.Attribute):
        return func.attr == name and isinstance(func.value, ast.Name) and func.value.id == owner
    return isinstance(func, ast.Name) and func.id == name and not owner


def test_every_sender_is_the_door_or_says_who_expects_its_mail() -> None:
    assert calls("send", owner="mail") - {DOOR} == set(EXPECTED)


def test_what_solicits_is_listed_and_passes_the_door() -> None:
    assert calls("solicit") == SOLICITING


def test_nothing_else_reaches_the_outbox() -> None:
    """No other name for the same act: neither Django's own senders nor a mail row made aside."""
    made = {
        path
        for path, call in _calls_in("|".join(_SENDERS))
        if isinstance(call.func, ast.Name) and call.func.id in _SENDERS
    }
    assert made == {"core/tasks.py"}
    texts = {path.relative_to(ROOT).as_posix(): source_text(path) for path in python_files() if room_of(path)}
    rows = [
        path
        for path, text in texts.items()
        if re.search(r"OutgoingMail\.objects\.(get_or_|bulk_)?create", text)
    ]
    assert rows == ["core/mail/outbox.py"]
    assert not [path for path, text in texts.items() if "from levier.core.mail import" in text]
