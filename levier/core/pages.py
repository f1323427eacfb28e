"""Fetches a list published page by page in JSON, and keeps it as one file; yesterday's file stays until the end."""

import hashlib
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from levier.core.downloads import (
    AGENT,
    Downloaded,
    DownloadError,
    attempted,
    check_address,
    opened,
)

MOST_PAGES = 5_000
LARGEST_PAGE = 64 * 1024**2
LARGEST_LIST = 2 * 1024**3


def fetch_pages(
    url: str,
    target: Path,
    *,
    records: str,
    following: str = "",
    size: int = 100,
    size_parameter: str = "per_page",
    bearer: str = "",
    progress: Callable[[int], None] | None = None,
) -> Downloaded:
    """Fetch every page of ``url`` into ``target``, a JSON object whose list ``records`` holds them all.

    ``following`` names the next page's address in a page; without it, pages are numbered until one is short.
    The bearer token goes to the host of ``url`` only. Raises DownloadError, one French sentence.
    """
    check_address(url)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".en-cours")
    address, number = _page_address(url, size_parameter, size, 0 if following else 1), 1
    digest = hashlib.sha256()
    with partial.open("w", encoding="utf-8") as out:
        out.write(json.dumps({records: []})[:-2])
        is_first = True
        while address:
            if number > MOST_PAGES:
                raise DownloadError(f"La liste a plus de {MOST_PAGES} pages : {url}. Rien n’a été pris.")
            page = _page(address, url, target, bearer)
            found = page.get(records)
            if not isinstance(found, list):
                raise DownloadError(
                    f"La page {number} n’a pas de liste « {records} » : {url} a peut-être changé. Rien n’a été pris."
                )
            for one in found:
                text = json.dumps(one, ensure_ascii=False, sort_keys=True)
                digest.update(text.encode())
                out.write(text if is_first else f",\n{text}")
                is_first = False
            if out.tell() > LARGEST_LIST:
                raise DownloadError(
                    f"La liste dépasse {LARGEST_LIST // 1024**3} Go : {url}. Rien n’a été pris."
                )
            if progress is not None:
                progress(len(found))
            number += 1
            address = _next(page, found, url, following, size_parameter, size, number)
        out.write("]}")
    return _kept(partial, target, digest.hexdigest())


def _next(
    page: dict[str, Any],
    found: list[Any],
    url: str,
    following: str,
    size_parameter: str,
    size: int,
    number: int,
) -> str:
    if not following:
        return _page_address(url, size_parameter, size, number) if len(found) >= size else ""
    address = str(page.get(following) or "")
    if address and urllib.parse.urlsplit(address)[1] != urllib.parse.urlsplit(url)[1]:
        raise DownloadError(f"La page suivante est sur un autre site ({address[:80]}) : rien n’a été pris.")
    return address


def _page_address(url: str, size_parameter: str, size: int, number: int) -> str:
    query = {size_parameter: size} | ({"page": number} if number else {})
    return f"{url}{'&' if '?' in url else '?'}{urllib.parse.urlencode(query)}"


def _page(address: str, url: str, target: Path, bearer: str) -> dict[str, Any]:
    headers = {"User-Agent": AGENT, "Accept": "application/json"}
    headers |= {"Authorization": f"Bearer {bearer}"} if bearer else {}

    def once() -> bytes:
        check_address(address)
        request = urllib.request.Request(address, headers=headers)  # noqa: S310 - checked above
        try:
            with opened(request) as response:
                content = response.read(LARGEST_PAGE + 1)
        except urllib.error.HTTPError as error:
            error.close()
            raise
        if len(content) > LARGEST_PAGE:
            raise DownloadError(f"Une page dépasse la taille permise : {url}. Rien n’a été pris.")
        return bytes(content)

    content = attempted(url, target, once)
    try:
        page = json.loads(content)
    except ValueError:
        page = None
    if not isinstance(page, dict):
        raise DownloadError(
            f"La réponse n’est pas une page de JSON : {url}. Les données d’hier restent en place."
        )
    return page


def _kept(partial: Path, target: Path, sha256: str) -> Downloaded:
    memory = target.with_name(target.name + ".memoire")
    is_new = not target.exists() or not memory.exists() or memory.read_text() != sha256
    partial.replace(target)
    memory.write_text(sha256)
    return Downloaded(target, is_new, sha256)
