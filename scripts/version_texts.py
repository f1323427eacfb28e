"""Gives a new version to the clause texts that changed: `python scripts/version_texts.py "what changed"`."""

import sys
from datetime import date
from typing import Any

import yaml

from levier.clauses.library import MANIFEST, all_texts, fingerprint


class _Plain(yaml.SafeDumper):
    """Writes each value where it stands, without references."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def main(change: str, today: date) -> int:
    """Rewrite the manifest; returns how many texts got a version. A text that is gone leaves it."""
    known: dict[str, dict[str, Any]] = (
        yaml.safe_load(MANIFEST.read_text(encoding="utf-8")) if MANIFEST.exists() else {}
    )
    kept, changed = {}, 0
    for path in sorted(all_texts()):
        entry, now = known.get(path), fingerprint(path)
        if entry is None or entry["fingerprint"] != now:
            entry = {
                "version": (entry["version"] if entry else 0) + 1, "date": today, "change": change, "fingerprint": now,
            }  # fmt: skip
            changed += 1
        kept[path] = entry
    head = (
        "# Version de chaque texte : numéro, date, ce qui a changé, empreinte.\n"
        '# Écrit par « python scripts/version_texts.py "ce qui a changé" ».\n'
    )
    body = yaml.dump(
        kept, Dumper=_Plain, allow_unicode=True, sort_keys=False, default_flow_style=None, width=160
    )
    MANIFEST.write_text(head + body, encoding="utf-8")
    return changed


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].strip():
        sys.exit('Usage: python scripts/version_texts.py "ce qui a changé"')
    print(f"{main(sys.argv[1].strip(), date.today())} textes")  # noqa: DTZ011
