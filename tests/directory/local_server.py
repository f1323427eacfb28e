"""A server on this machine for the tests of `levier sync`: files, conditional answers, cuts, pages, tokens."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Publisher:
    """What the server publishes: ``files`` by path, ``pages`` by path, ``moved`` elsewhere; what it was asked is in ``seen``."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.pages: dict[str, list[list[Any]]] = {}
        self.cut_once: set[str] = set()
        self.announced: dict[str, int] = {}
        self.moved: dict[str, str] = {}
        self.token = ""
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.address = ""


class _Handler(BaseHTTPRequestHandler):
    publisher: Publisher

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.publisher.seen.append((self.path, dict(self.headers)))
        if parts.path in self.publisher.moved:
            self.send_response(302)
            self.send_header("Location", self.publisher.moved[parts.path])
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif parts.path in self.publisher.pages:
            self._page(parts.path, parse_qs(parts.query))
        elif parts.path in self.publisher.files:
            self._file(parts.path, self.publisher.files[parts.path])
        else:
            self.send_error(404)

    def _page(self, path: str, query: dict[str, list[str]]) -> None:
        if self.publisher.token and self.headers.get("Authorization") != f"Bearer {self.publisher.token}":
            self.send_error(401)
            return
        number = int(query.get("page", ["1"])[0])
        pages = self.publisher.pages[path]
        following = f"{self.publisher.address}{path}?page={number + 1}" if number < len(pages) else None
        found = pages[number - 1] if number <= len(pages) else []
        self._send(json.dumps({"count": 2, "next": following, "results": found, "data": found}).encode())

    def _file(self, path: str, body: bytes) -> None:
        etag = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
        if self.headers.get("If-None-Match") == etag:
            self.send_response(304)
            self.end_headers()
            return
        asked = self.headers.get("Range") if self.headers.get("If-Range") == etag else None
        start = int((asked or "bytes=0-")[6:].rstrip("-"))
        self.send_response(206 if asked else 200)
        self.send_header("ETag", etag)
        self.send_header("Content-Length", str(self.publisher.announced.get(path, len(body) - start)))
        self.end_headers()
        if path in self.publisher.cut_once:
            self.publisher.cut_once.discard(path)
            self.wfile.write(body[: len(body) // 2])
            return
        # Whoever refuses a size closes before any of the body is sent.
        if path not in self.publisher.announced:
            self.wfile.write(body[start:])

    def _send(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Quiet."""


@contextmanager
def published() -> Iterator[Publisher]:
    """The publisher, served on a free port until the end of the block."""
    publisher = Publisher()
    handler = type("Handler", (_Handler,), {"publisher": publisher})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    # Answers under way end before the server does: none leaves a socket to the next test.
    server.daemon_threads = False
    publisher.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield publisher
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
