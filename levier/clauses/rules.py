"""Owns the register of the articles our texts quote, and the mark shown beside those not yet confirmed."""

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import yaml

from levier.clauses.result import QuotedRule

ARTICLE = re.compile(r"\b[LR]\d{4}-\d+(?:-\d+)?\b")
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
    codes = dict.fromkeys(match.group(0) for text in texts for match in ARTICLE.finditer(text))
    return tuple(rule(code) for code in codes)


def marked(text: str) -> str:
    """The text with « [à confirmer] » after the first mention of each article not confirmed."""
    seen: set[str] = set()

    def mark(match: re.Match[str]) -> str:
        code = match.group(0)
        if code in seen or rule(code).status == "confirmed":
            return code
        seen.add(code)
        return f"{code} {MARK}"

    return ARTICLE.sub(mark, text)


def unmarked(text: str) -> str:
    """The text without its marks."""
    return re.sub(rf" ?{_MARKED.pattern}", "", text)
