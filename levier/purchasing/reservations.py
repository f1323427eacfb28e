"""To whom a lot may be reserved: the article of the code, the kinds of suppliers it opens to, and the same in words."""

from levier.directory.kinds import kinds_for_reservation

_INCLUSIVE = (
    ("L2113-12", "L2113-13"),
    "aux entreprises adaptées, aux ESAT et aux structures d’insertion",
)
# Lever of reservation → the articles of the directory's kinds, and the same in words after « réservé ».
_RESERVED: dict[str, tuple[tuple[str, ...], str]] = {
    "L2113-12": (("L2113-12",), "aux entreprises adaptées et aux ESAT"),
    "L2113-13": (("L2113-13",), "aux structures d’insertion"),
    "L2113-13-1": (("L2113-13-1",), "au travail en établissement pénitentiaire"),
    "L2113-14": _INCLUSIVE,
    "L2113-15": (("L2113-15",), "aux entreprises de l’économie sociale et solidaire"),
    "L3113-1": _INCLUSIVE,
}


def is_reservation(article: str) -> bool:
    """Whether this article reserves a lot."""
    return article in _RESERVED


def reserved_by(article: str) -> tuple[tuple[str, ...], str]:
    """The kinds of suppliers that may answer (keys of `directory.kinds`), and to whom in words after « réservé »."""
    articles, words = _RESERVED[article]
    return tuple(sorted({kind.code for one in articles for kind in kinds_for_reservation(one)})), words
