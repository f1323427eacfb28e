"""Owns the checks before export: each one names the sentence to change, or where it is missing, and what to write.

They are drafting checks, not a legal opinion. They read the text itself, ours or one somebody has edited.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from levier.clauses import penalties, set_aside, wordings
from levier.clauses.proportion import proportion
from levier.clauses.result import Control, Finding, Outcome, Written
from levier.clauses.rules import ARTICLE, MARK, articles, canonical, rule
from levier.clauses.sentences import Sentence, plain, sentences
from levier.clauses.set_aside import Wording
from levier.clauses.values import ClauseValues
from levier.clauses.wordings import HOUR_LEVERS, PENALTY_LEVERS
from levier.rulebook.levers import Facts
from levier.rulebook.levers.wording import spaced

_CONTACT = re.compile(
    r"[\w.+-]+@[\w-]+\.\w+|\b0\d(?:[ .-]?\d\d){4}\b|\+\d{2,3}[ .-]?(?:\(0\) ?)?\d{1,3}(?:[ .-]?\d{2,3}){2,4}"
)
_CALLED = re.compile(
    r"facilitat|s['’]appuie|\bappui\b|accompagn|clauses? (?:sociale|d['’]insertion)|maison de l['’]emploi|\bplie\b"
)
_GAP = "[à compléter"

_SHARE_HEADING = "Part de la note"
_SHARE = re.compile(r"(\d{1,3}(?:,\d+)?) ?%")


class _Read:
    """A text to control, cut in sentences once: ten checks read them."""

    def __init__(self, written: Written) -> None:
        self.code, self.title, self.markdown = written.code, written.title, written.markdown
        self._kept: dict[re.Pattern[str] | None, tuple[str, str]] = {}

    @cached_property
    def plain(self) -> str:
        return plain(self.markdown)

    @cached_property
    def lines(self) -> list[tuple[str, str]]:
        """Each sentence as written, and in small letters."""
        return [(one.text, one.text.lower()) for one in self.sentences]

    def may_hold(self, wording: Wording) -> bool:
        """Whether a sentence that holds what the wording needs also holds the wording: seldom, and quickly known."""
        needs = wording.needs
        if needs not in self._kept:
            kept = [line for line in self.lines if needs is None or needs.search(line[1])]
            self._kept[needs] = "\n".join(raw for raw, _ in kept), "\n".join(small for _, small in kept)
        raw, small = self._kept[needs]
        return bool(wording.pattern.search(raw if wording.is_cased else small))

    @cached_property
    def announced(self) -> tuple[str, ...]:
        """Its headings and sentences in small letters, its articles written one way."""
        said = dict.fromkeys(text for one in self.sentences for text in (one.place, one.text))
        return tuple(canonical(text).lower() for text in said)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        return tuple(sentences(self.markdown))


@dataclass(frozen=True, slots=True)
class _Case:
    """What a check reads: the documents, and what is known of the lot."""

    documents: Sequence[_Read]
    lever: str
    facts: Facts
    values: ClauseValues
    is_in_hours: bool

    def has(self, code: str) -> bool:
        return any(document.code == code for document in self.documents)

    def of(self, *codes: str) -> list[_Read]:
        return [document for document in self.documents if document.code in codes]


def check(
    documents: Iterable[Written],
    *,
    lever: str,
    facts: Facts | None = None,
    values: ClauseValues | None = None,
    is_in_hours: bool | None = None,
) -> tuple[Control, ...]:
    """Run the checks that make sense for this lever, in a constant order.

    `is_in_hours` says that the text counts insertion hours (by default, whether the lever does).
    """
    counted = lever in HOUR_LEVERS if is_in_hours is None else is_in_hours
    case = _Case(tuple(map(_Read, documents)), lever, facts or Facts(), values or ClauseValues(), counted)
    return tuple(made for make in _CHECKS if (made := make(case)) is not None)


def _freedom_of_means(case: _Case) -> Control:
    found = list(_matches(case.documents, set_aside.IMPOSED_MEANS))
    where = case.of("ccap", "contrat", "annexe")
    says_so = any(wordings.FREE_MEANS.search(document.plain) for document in where)
    if where and not says_so and case.lever in HOUR_LEVERS | PENALTY_LEVERS | {"EVI"}:
        found.append(_missing(where[0], "Modalités", wordings.FREE_MEANS_SENTENCE))
    return _control("freedom_of_means", "Le titulaire reste libre de ses moyens", found)


def _no_local_preference(case: _Case) -> Control:
    rules: tuple[Wording, ...] = set_aside.LOCAL_COMPANIES
    if not case.facts.programme and case.lever != "L2691-1":
        rules += set_aside.LOCAL_PEOPLE
    return _control(
        "no_local_preference",
        "Aucune préférence locale, hors programme ou outre-mer",
        _matches(case.documents, rules),
    )


def _announced_in_notice(case: _Case) -> Control | None:
    announced = wordings.ANNOUNCED.get(case.lever)
    if announced is None:
        return None
    notices = case.of("avis") or case.of("rc")
    found = []
    for pattern, sentence in announced:
        if not any(wordings.is_said(pattern, notice.announced) for notice in notices):
            where = notices[0] if notices else None
            found.append(_missing(where, "Avis", sentence, document="avis", title="Avis de publicité"))
    return _control("announced_in_notice", "La condition est annoncée dans l’avis", found)


def _proportionate_hours(case: _Case) -> Control | None:
    if not case.is_in_hours or not case.has("ccap"):
        return None
    outcome, sentence, advice = proportion(case.of("ccap")[0], case.facts, case.values)
    found = []
    if outcome != "ok":
        document = case.of("ccap")[0]
        found = [_finding(document, sentence or Sentence("", "Engagement d’heures"), advice)]
    return _control("proportionate_hours", "Les heures sont proportionnées au lot", found, outcome)


def _facilitator_contact(case: _Case) -> Control | None:
    where = [
        document
        for document in case.of("ccap", "contrat", "annexe", "rc")
        if "facilitat" in document.plain.lower()
    ]
    if not where or not (case.lever in PENALTY_LEVERS | HOUR_LEVERS or case.lever == "EVI"):
        return None
    advice = (
        "Écrivez le nom de la structure, un téléphone et un courriel : sans eux, ni le candidat ni le "
        "titulaire ne sait qui appeler."
    )
    found = [
        _finding(document, sentence, advice)
        for document in where
        for sentence in document.sentences
        if _GAP in sentence.text and "du facilitateur" in sentence.text
    ]
    if not found:
        found = [
            _missing(document, "Facilitateur", advice)
            for document in where
            if document.code != "rc" and not _can_call(document.sentences)
        ]
    return _control("facilitator_contact", "Le contact du facilitateur est donné", found)


def _can_call(read: Iterable[Sentence]) -> bool:
    """Whether a phone or an address stands beside the facilitator, not only beside somebody else."""
    before = Sentence("", "")
    for one in read:
        near = before.text if before.place == one.place else ""
        if _CONTACT.search(one.text) and _CALLED.search(f"{one.place} {near} {one.text}".lower()):
            return True
        before = one
    return False


def _penalty_amounts(case: _Case) -> Control | None:
    where = case.of("ccap", "contrat")
    if case.lever not in PENALTY_LEVERS or not where:
        return None
    found = [
        _finding(document, sentence, advice) if sentence else _missing(document, "Pénalités", advice)
        for document in where
        for sentence, advice in penalties.problems(document.sentences)
    ]
    return _control("penalty_amounts", "Chaque pénalité a un montant, et l’ensemble un plafond", found)


def _contract_criterion(case: _Case) -> Control | None:
    found = list(_matches(case.documents, set_aside.GENERAL_POLICY))
    if not found and "R2152-7" not in case.lever and case.lever not in ("L3124-5", "R2123-1"):
        return None
    return _control("contract_criterion", "Le critère porte sur ce marché, non sur l’entreprise", found)


def _criterion_shares(case: _Case) -> Control | None:
    """The shares read in the table itself; a share still to fill in is asked for elsewhere."""
    found: list[Finding] = []
    is_told = False
    for document in case.of("rc"):
        for header, *rows in _tables(document.sentences):
            names = _cells(header)
            if _SHARE_HEADING not in names:
                continue
            column = slice(names.index(_SHARE_HEADING), names.index(_SHARE_HEADING) + 1)
            shares = [_SHARE.fullmatch("".join(_cells(row)[column])) for row in rows]
            read = [float(share[1].replace(",", ".")) for share in shares if share]
            if len(read) < len(rows) or not read:
                continue
            is_told = True
            if abs(sum(read) - 100) > 0.05:
                advice = wordings.SHARES_NOT_WHOLE.format(total=f"{sum(read):g}".replace(".", ","))
                found.append(_finding(document, header, advice))
    return _control("criterion_shares", "Les parts de la note font 100 %", found) if is_told else None


def _tables(read: Iterable[Sentence]) -> Iterator[list[Sentence]]:
    for is_row, lines in groupby(read, key=lambda one: one.text.startswith("|")):
        if is_row:
            yield list(lines)


def _cells(row: Sentence) -> list[str]:
    return [cell.strip() for cell in row.text.strip("|").split("|")]


def _member_split(case: _Case) -> Control | None:
    annexes = case.of("ae")
    if not annexes and case.lever not in HOUR_LEVERS:
        return None
    found = []
    if not any(wordings.asks_split(one.text.lower()) for annex in annexes for one in annex.sentences):
        where = annexes[0] if annexes else None
        found = [
            _missing(
                where, "Répartition", wordings.MEMBER_SPLIT_SENTENCE, document="ae", title="Annexe à l’acte d’engagement"
            )
        ]  # fmt: skip
    return _control("member_split", "La répartition entre cotraitants est demandée", found)


def _confirmed_rules(case: _Case) -> Control:
    found: list[Finding] = []
    for document in case.documents:
        seen: set[str] = set()
        for sentence in document.sentences:
            doubtful = [
                code
                for code in articles(sentence.text)
                if code not in seen and rule(code).status == "to_confirm"
            ]
            seen.update(doubtful)
            if doubtful:
                sources = " ; ".join(f"{code} ({rule(code).source})" for code in dict.fromkeys(doubtful))
                then = ", puis retirez la marque" if MARK in sentence.text else ""
                found.append(
                    _finding(document, sentence, f"Faites confirmer dans le code{then} : {sources}.")
                )
            elif MARK in sentence.text and not ARTICLE.search(sentence.text):
                found.append(
                    _finding(document, sentence, "Faites confirmer cette règle, puis retirez la marque.")
                )
    return _control("confirmed_rules", "Chaque règle citée est confirmée", found)


def _personal_data(case: _Case) -> Control:
    return _control(
        "personal_data",
        "Des relevés d’heures, pas de pièce sur la vie des personnes",
        _matches(case.documents, set_aside.PERSONAL_DATA),
    )


def _buyer_decides(case: _Case) -> Control | None:
    if case.lever not in PENALTY_LEVERS:
        return None
    return _control(
        "buyer_decides",
        "L’acheteur seul applique une pénalité",
        _matches(case.documents, set_aside.WRONG_JUDGE),
    )


_CHECKS: tuple[Callable[[_Case], Control | None], ...] = (
    _freedom_of_means,
    _no_local_preference,
    _announced_in_notice,
    _proportionate_hours,
    _facilitator_contact,
    _penalty_amounts,
    _contract_criterion,
    _criterion_shares,
    _member_split,
    _confirmed_rules,
    _personal_data,
    _buyer_decides,
)


def _matches(documents: Iterable[_Read], rules: Iterable[Wording]) -> Iterator[Finding]:
    rules = tuple(rules)
    for document in documents:
        # A wording that stands nowhere in the text is not looked for again in each of its sentences.
        there = [one for one in rules if document.may_hold(one)]
        for sentence in document.sentences if there else ():
            for one in there:
                if one.is_in(sentence.text):
                    yield _finding(document, sentence, one.advice)
                    break


def _finding(document: Written, sentence: Sentence, advice: str) -> Finding:
    return Finding(document.code, document.title, sentence.place, sentence.text, spaced(advice))


def _missing(
    where: Written | None, place: str, advice: str, *, document: str = "", title: str = ""
) -> Finding:
    return Finding(
        where.code if where else document, where.title if where else title, place, "", spaced(advice)
    )


def _control(code: str, title: str, found: Iterable[Finding], outcome: Outcome | None = None) -> Control:
    findings = tuple(found)
    return Control(code, spaced(title), outcome or ("fail" if findings else "ok"), findings)
