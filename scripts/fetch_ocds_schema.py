"""Writes again the reference copy of the OCDS release schema, out of the source package that ships it.

python scripts/fetch_ocds_schema.py                # fetches the package with pip
python scripts/fetch_ocds_schema.py FILE.tar.gz    # or reads one already there
"""

import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "ocdsmerge==0.8.0"
FOLDER = Path(__file__).resolve().parents[1] / "tests" / "clauses" / "schemas"
# What is taken out of the archive -> where it stands here.
KEPT = {
    "tests/fixtures/release-schema-1__1__4.json": "ocds-release-1.1.4.json",
    "LICENSE": "ocds-LICENSE.txt",
}


def main(archive: Path) -> None:
    """Copy the kept files, byte for byte."""
    with tarfile.open(archive) as opened:
        for inside, name in KEPT.items():
            found = opened.extractfile(f"{archive.name.removesuffix('.tar.gz')}/{inside}")
            assert found is not None, inside
            (FOLDER / name).write_bytes(found.read())
            print(FOLDER / name)


def fetched(folder: str) -> Path:
    """The source package, downloaded by its name with the registry's own client."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-binary", ":all:", "--no-deps"]
    subprocess.run([*command, "--dest", folder, PACKAGE], check=True)
    return next(Path(folder).glob("*.tar.gz"))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            main(fetched(folder))
