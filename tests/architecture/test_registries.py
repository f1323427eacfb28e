"""No file names the host of a package registry: whoever installs Levier chooses where packages come from."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.architecture.repository import relative, source_text, tracked_files

# Written in two pieces, so that this file does not name one itself.
WELL_KNOWN = {
    "pypi" + ".org",
    "files.pythonhosted" + ".org",
    "registry.npmjs" + ".org",
    "registry.yarnpkg" + ".com",
}
ADDRESS = re.compile(r"https?://(?:[^/@\s'\"]+@)?([^/:\s'\"]+)")
INDEX_SETTING = re.compile(r"(?:index.url|registry)", re.IGNORECASE)


def configured_hosts() -> set[str]:
    """The hosts that this machine's pip and npm are told to use, well-known ones apart."""
    lines = [f"{name}={value}" for name, value in os.environ.items()]
    commands = [[sys.executable, "-m", "pip", "config", "list"]]
    if shutil.which("npm"):
        commands.append(["npm", "config", "get", "registry"])
    for command in commands:
        finished = subprocess.run(command, capture_output=True, text=True, check=False)
        lines += [
            f"registry={line}" if command[0] == "npm" else line for line in finished.stdout.splitlines()
        ]
    found = {
        host.lower()
        for line in lines
        if INDEX_SETTING.search(line.split("=", 1)[0])
        for host in ADDRESS.findall(line)
    }
    return {host for host in found if "." in host and not re.fullmatch(r"[\d.]+|localhost.*", host)}


def files_naming(hosts: set[str]) -> list[str]:
    """The files of the repository that hold one of these hosts."""
    pattern = re.compile("|".join(re.escape(host) for host in sorted(hosts)).encode())
    return [relative(path) for path in tracked_files() if pattern.search(path.read_bytes())]


@pytest.mark.slow
def test_no_file_names_a_well_known_registry() -> None:
    assert not files_naming(WELL_KNOWN)


@pytest.mark.slow
def test_no_file_names_the_registry_of_this_machine() -> None:
    hosts = configured_hosts() - WELL_KNOWN
    if not hosts:
        pytest.skip("ni pip ni npm n'ont d'index propre à cette machine")
    assert not files_naming(hosts)


def test_requirements_carry_hashes_and_no_index_line() -> None:
    locked = [path for path in tracked_files() if re.fullmatch(r"requirements(-\w+)?\.txt", path.name)]
    assert len(locked) == 4
    for path in locked:
        text = source_text(path)
        assert not re.search(r"^\s*(--(extra-)?index-url|--find-links|-i|-f)\b", text, re.MULTILINE), (
            path.name
        )
        pinned = re.findall(r"^[a-z0-9].*", text, re.MULTILINE | re.IGNORECASE)
        assert pinned, path.name
        assert all("==" in line for line in pinned), path.name
        assert text.count("--hash=sha256:") >= len(pinned), path.name
