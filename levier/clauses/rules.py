"""Owns the register of the articles our texts quote, and the mark shown beside those not yet confirmed."""

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import yaml

from levier.clauses.result import QuotedRule

# « L2112-2 », and as most buyers write it « L. 2112-2 ».
ARTICLE = re.compile(r"\b[LR]\.?\s?\d{4}-\d+(?:-\d+)?\b")
_BETWEEN = re.compile(r"[.\s]")
MARK = "[à confirmer]"
_MARKED = re.compile(re.escape(MARK))


@cache
def register() -> dict[str, QuotedRule]:
    """Article → what it says, its status and its source."""
    rows = yaml.safe_load((files("levier.clauses") / "quoted_rules.yaml").read_text(encoding="utf-8"))
    return {row["code"]: QuotedRule(row["code"], row["label"], row["status"], row["source"]) for row in rows}


def rule(code: str) -> QuotedRule:
    """The entry of an article; an article nobody has registered is to confirm."""
    unknown = QuotedRule(code, "article cité, absent du registre", "to_confirm", "aucune source")
    return register().get(code, unknown)


def quoted(texts: Iterable[str]) -> tuple[QuotedRule, ...]:
    """The rules the texts quote, once each, in the order they come."""
    codes = dict.fromkeys(code for text in texts for code in articles(text))
    return tuple(rule(code) for code in codes)


def articles(text: str) -> list[str]:
    """The codes of the articles a text quotes, in order, however they are written."""
    return [_code(match) for match in ARTICLE.finditer(text)]


def canonical(text: str) -> str:
    """The text with its articles written one way: « L2112-2 »."""
    return ARTICLE.sub(_code, text)


def _code(match: re.Match[str]) -> str:
    return _BETWEEN.sub("", match.group(0))


def marked(text: str) -> str:
    """The text with « [à confirmer] » after the first mention of each article not confirmed."""
    seen: set[str] = set()

    def mark(match: re.Match[str]) -> str:
        code, written = _code(match), match.group(0)
        if code in seen or rule(code).status == "confirmed":
            return written
        seen.add(code)
        return f"{written} {MARK}"

    return ARTICLE.sub(mark, text)


def unmarked(text: str) -> str:
    """The text without its marks."""
    return re.sub(rf" ?{_MARKED.pattern}", "", text)
