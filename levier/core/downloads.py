"""Downloads a public file to LEVIER_HOME: resumable, conditional, bounded; yesterday's file stays until the end."""

import contextlib
import hashlib
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from http.client import HTTPException, HTTPResponse, IncompleteRead
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
TIMEOUT_SECONDS = 30
ATTEMPTS = 3
LARGEST_BYTES = 6 * 1024**3
CHUNK = 1024 * 1024
AGENT = "Levier (annuaire des fournisseurs inclusifs)"


class DownloadError(RuntimeError):
    """The file could not be fetched; the message is one French sentence and the former file is untouched."""


class _CutError(ConnectionError):
    """The server stopped before the end of the file."""


@dataclass(frozen=True)
class Downloaded:
    """A file at hand, and whether it is new since the last time."""

    path: Path
    is_new: bool
    sha256: str


@dataclass
class _Memory:
    """What the server said of the file we hold."""

    etag: str = ""
    last_modified: str = ""
    sha256: str = ""


def download(
    url: str, target: Path, *, largest: int = LARGEST_BYTES, progress: Callable[[int], None] | None = None
) -> Downloaded:
    """Fetch ``url`` into ``target`` unless the server says it has not changed. Raises DownloadError.

    An interrupted transfer goes on where it stopped at the next attempt, when the server allows it.
    """
    check_address(url)
    target.parent.mkdir(parents=True, exist_ok=True)
    return attempted(url, target, lambda: _attempt(url, target, largest, progress or (lambda size: None)))


def check_address(url: str) -> None:
    """Raises DownloadError unless the address is in https, or on this machine."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "https" and (parts.scheme, parts.hostname) not in {
        ("http", "127.0.0.1"), ("http", "localhost"),
    }:  # fmt: skip
        raise DownloadError(f"L’adresse « {url} » n’est pas en https.")


class _Redirects(urllib.request.HTTPRedirectHandler):
    """A redirection is an address like another: in https, and a token stays with the host it was given for."""

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        """The request to follow. Raises DownloadError for an address that is not in https."""
        check_address(newurl)
        following = super().redirect_request(req, fp, code, msg, headers, newurl)
        if following is not None and _origin(newurl) != _origin(req.full_url):
            following.remove_header("Authorization")
        return following


def _origin(url: str) -> tuple[str, str]:
    parts = urllib.parse.urlsplit(url)
    return parts.scheme, parts.netloc


def opened(request: urllib.request.Request) -> HTTPResponse:
    """The answer to the request, redirections followed. Raises DownloadError and what urllib raises."""
    answer: HTTPResponse = urllib.request.build_opener(_Redirects).open(request, timeout=TIMEOUT_SECONDS)
    return answer


def attempted(url: str, target: Path, attempt_once: Callable[[], T]) -> T:
    """What the attempt gives, tried again while the failure may pass. Raises DownloadError, one French sentence."""
    problem: Exception | None = None
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(2**attempt)
        try:
            return attempt_once()
        except urllib.error.HTTPError as error:
            problem = error
            error.close()  # it holds the answer's connection
            if error.code < 500 and error.code not in {408, 416, 429}:
                break
        except (urllib.error.URLError, TimeoutError, ConnectionError, HTTPException) as error:
            problem = error
        except OSError as error:
            raise DownloadError(
                f"Le fichier n’a pas pu être écrit dans {target.parent} ({error.strerror}) : vérifiez la place et les droits."
            ) from error
    raise DownloadError(
        f"Le fichier n’a pas pu être téléchargé ({_why(problem)}) : {url}. "
        "Les données d’hier restent en place ; réessayez quand le réseau répond."
    ) from problem


def _attempt(url: str, target: Path, largest: int, progress: Callable[[int], None]) -> Downloaded:
    memory, partial = _read_memory(target), target.with_name(target.name + ".en-cours")
    request = urllib.request.Request(url, headers={"User-Agent": AGENT})  # noqa: S310 - https checked above
    held = partial.stat().st_size if partial.exists() else 0
    held_of = _read_memory(partial)
    validator = (
        held_of.last_modified if held_of.etag.startswith("W/") else held_of.etag or held_of.last_modified
    )
    if held and validator:
        # The rest of the same file only: today's end glued to yesterday's beginning would be a false file.
        request.add_header("Range", f"bytes={held}-")
        request.add_header("If-Range", validator)
    elif target.exists():
        for header, value in (("If-None-Match", memory.etag), ("If-Modified-Since", memory.last_modified)):
            if value:
                request.add_header(header, value)
    try:
        response = opened(request)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 304:
            return Downloaded(target, False, memory.sha256)
        if error.code == 416:
            partial.unlink(missing_ok=True)
        raise
    with response:
        said = _Memory(response.headers.get("ETag", ""), response.headers.get("Last-Modified", ""))
        _remember(partial, said)
        _receive(response, partial, held if response.status == 206 else 0, largest, progress)
    new = replace(said, sha256=_sha256(partial))
    is_new = not target.exists() or new.sha256 != memory.sha256
    partial.replace(target)
    _memory_path(partial).unlink(missing_ok=True)
    _remember(target, new)
    return Downloaded(target, is_new, new.sha256)


def _receive(
    response: HTTPResponse, partial: Path, held: int, largest: int, progress: Callable[[int], None]
) -> None:
    expected = int(response.headers.get("Content-Length") or 0)
    if held + expected > largest:
        raise DownloadError(
            f"Le fichier annoncé est trop gros ({(held + expected) / 1e9:.1f} Go) : rien n’a été pris."
        )
    size = held
    with partial.open("ab" if held else "wb") as handle:
        while chunk := response.read(CHUNK):
            size += len(chunk)
            if size > largest:
                handle.close()
                partial.unlink()
                raise DownloadError("Le fichier dépasse la taille permise : le téléchargement est arrêté.")
            handle.write(chunk)
            progress(len(chunk))
    if expected and size != held + expected:
        raise _CutError


def _remember(path: Path, said: _Memory) -> None:
    _memory_path(path).write_text(json.dumps(asdict(said)))


def _memory_path(target: Path) -> Path:
    return target.with_name(target.name + ".memoire")


def _read_memory(target: Path) -> _Memory:
    with contextlib.suppress(OSError, ValueError, TypeError):
        return _Memory(**json.loads(_memory_path(target).read_text()))
    return _Memory()


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _why(problem: Exception | None) -> str:
    if isinstance(problem, urllib.error.HTTPError):
        return f"réponse {problem.code}"
    if isinstance(problem, (_CutError, IncompleteRead)):
        return "le transfert a été coupé"
    return "pas de réponse du serveur"
