"""Where this installation keeps its state: everything that is not code lives under one folder."""

import hashlib
import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def levier_home() -> Path:
    """The folder of all state: ``LEVIER_HOME``, or ``var/`` beside the package. Not created here."""
    named = os.environ.get("LEVIER_HOME", "").strip()
    return Path(named).expanduser().resolve() if named else REPOSITORY / "var"


def home_hash(home: Path) -> str:
    """A short name for one installation, so that two clones on a machine never meet."""
    return hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:12]
