"""A browser without a screen: keeps its cookies, posts forms with their token, follows no redirection."""

from __future__ import annotations

import http.client
from contextlib import closing
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit


class NoAnswerError(ConnectionError):
    """The site did not answer, or stopped in the middle of its answer: what was asked may be done or not."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `location`: where a redirection leads."""

    status: int
    location: str
    text: str


class Caller:
    """One visitor of the site at `url`; `cookies`: those of a browser that is signed in already."""

    def __init__(self, url: str, cookies: dict[str, str] | None = None, *, patience: float = 30.0) -> None:
        self.cookies = dict(cookies or {})
        self._place, self._patience = urlsplit(url).netloc, patience

    def get(self, path: str) -> Answer:
        """Raises NoAnswerError."""
        return self._ask("GET", path, None)

    def post(self, path: str, fields: dict[str, str] | list[tuple[str, str]]) -> Answer:
        """Post a form; a page of the site was read before, which gave the token. Raises NoAnswerError."""
        pairs = list(fields.items()) if isinstance(fields, dict) else fields
        token = ("csrfmiddlewaretoken", self.cookies["csrftoken"])
        return self._ask("POST", path, urlencode([*pairs, token]))

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            with closing(http.client.HTTPConnection(self._place, timeout=self._patience)) as line:
                line.request(method, path, body, headers)
                answer = line.getresponse()
                text = answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as problem:
            raise NoAnswerError(str(problem)) from problem
        for header in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: each.value for name, each in SimpleCookie(header).items()}
        return Answer(answer.status, answer.headers.get("Location", ""), text)
