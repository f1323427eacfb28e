"""The shapes a draft is made of, frozen: documents, gaps, rules quoted, controls."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from levier.clauses.library import TextVersion

CCP = "Cahier des clauses particulières"
Outcome = Literal["ok", "fail", "unknown"]


class ClauseError(ValueError):
    """A value or a name that a clause cannot take; the message is the French sentence shown to the user."""


class Written(Protocol):
    """A text to control: a drafted document, or the same one edited by its buyer."""

    @property
    def code(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def markdown(self) -> str: ...


@dataclass(frozen=True, slots=True)
class EditedText:
    """A document somebody has edited: its code, its title, its Markdown."""

    code: str
    title: str
    markdown: str


@dataclass(frozen=True, slots=True)
class DraftDocument:
    """One document to paste: its code, its French title and its Markdown.

    The main ones are shown first; an extract is already inside another document. `texts` says which version of
    which template it is made of; `own` says whose own text it is (« texte de … , version 3 »), empty for ours.
    """

    code: str
    title: str
    markdown: str
    is_main: bool = True
    is_extract: bool = False
    texts: tuple[TextVersion, ...] = ()
    own: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """A value the buyer still has to give: the field and the words shown in the text."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class QuotedRule:
    """An article the documents quote: what it says in our words, how far it was read, and where."""

    code: str
    label: str
    status: Literal["confirmed", "to_confirm"]
    source: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence to change: where it is, the words found (empty when they are missing), what to write."""

    document: str
    title: str
    place: str
    excerpt: str
    advice: str

    @property
    def shown(self) -> str:
        """The words found as a reader sees them: the row of a table without its bars."""
        return " · ".join(cell.strip() for cell in self.excerpt.strip("| ").split("|"))


@dataclass(frozen=True, slots=True)
class Control:
    """One check before export. « unknown »: a fact is missing, so nobody can say yet."""

    code: str
    title: str
    outcome: Outcome
    findings: tuple[Finding, ...] = ()

    @property
    def is_ok(self) -> bool:
        """Whether nothing is to change."""
        return self.outcome == "ok"


@dataclass(frozen=True, slots=True)
class ClauseDraft:
    """A first text for one lever. `checks` are the warnings to read before use; the buyer decides."""

    lever: str
    title: str
    variant: str
    documents: tuple[DraftDocument, ...]
    gaps: tuple[Gap, ...]
    checks: tuple[str, ...]
    sources: tuple[str, ...]
    trade: str = ""
    programme: str = ""
    rules: tuple[QuotedRule, ...] = ()
    controls: tuple[Control, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether no value is left to fill."""
        return not self.gaps

    @property
    def is_ready_for_lawyer(self) -> bool:
        """Whether the draft may leave as « prêt pour le juriste »: complete, and every control passed."""
        return self.is_complete and all(control.is_ok for control in self.controls)

    @property
    def failed_controls(self) -> tuple[Control, ...]:
        """The controls that name something to change or to answer."""
        return tuple(control for control in self.controls if not control.is_ok)

    @property
    def passed_title(self) -> str:
        """« 9 contrôles passés sur 10 »."""
        passed = sum(control.is_ok for control in self.controls)
        s = "s" if passed > 1 else ""
        return f"{passed} contrôle{s} passé{s} sur {len(self.controls)}"

    @property
    def main_documents(self) -> tuple[DraftDocument, ...]:
        """What every contract needs, in the order of the file."""
        return tuple(document for document in self.documents if document.is_main)

    @property
    def other_documents(self) -> tuple[DraftDocument, ...]:
        """What helps beside them."""
        return tuple(document for document in self.documents if not document.is_main)

    def pick(self, code: str = "") -> tuple[DraftDocument, ...]:
        """The documents to export: one by its code, « ccp » (CCAP then CCTP), or all but the extracts.

        Raises ClauseError (French sentence) for a document the lever does not have.
        """
        if not code:
            return tuple(document for document in self.documents if not document.is_extract)
        wanted = ("ccap", "cctp") if code == "ccp" else (code,)
        found = tuple(document for document in self.documents if document.code in wanted)
        if not found:
            known = ", ".join(document.code for document in self.documents)
            raise ClauseError(f"Le levier « {self.lever} » n’a pas de document « {code} » : {known}.")
        if code == "ccp":
            parts = [part for document in found for part in document.texts]
            text = "\n".join(document.markdown for document in found)
            return (
                replace(found[0], code="ccp", title=CCP, markdown=text, texts=tuple(dict.fromkeys(parts))),
            )
        return found

    def document(self, code: str) -> DraftDocument | None:
        """The document of that code, if the lever has one."""
        return next((document for document in self.documents if document.code == code), None)


def joined(documents: Iterable[Written]) -> str:
    """Several documents as one Markdown text."""
    return "\n\n".join(document.markdown.strip() for document in documents) + "\n"
