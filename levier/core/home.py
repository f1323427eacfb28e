"""Where this installation keeps its state: everything that is not code lives under one folder."""

import hashlib
import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
_ADDRESS = "site-address"
_USUAL = "http://localhost:8000"


def levier_home() -> Path:
    """The folder of all state: ``LEVIER_HOME``, or ``var/`` beside the package. Not created here."""
    named = os.environ.get("LEVIER_HOME", "").strip()
    return Path(named).expanduser().resolve() if named else REPOSITORY / "var"


def home_hash(home: Path) -> str:
    """A short name for one installation, so that two clones on a machine never meet."""
    return hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:12]


def served_address() -> str:
    """Where `levier serve` last answered outside of production, for the links of a command; the usual port until then."""
    try:
        return (levier_home() / _ADDRESS).read_text(encoding="utf-8").strip() or _USUAL
    except OSError:
        return _USUAL


def keep_served_address(address: str) -> None:
    """Remember the address of this start: the port is the first one free, a command cannot guess it."""
    levier_home().mkdir(parents=True, exist_ok=True)
    (levier_home() / _ADDRESS).write_text(address, encoding="utf-8")
