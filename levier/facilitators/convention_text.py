"""The text of a convention, from its template and its values to Word, OpenDocument or PDF."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import yaml
from django.utils import timezone

from levier.core.documents import to_docx, to_odt, to_pdf
from levier.core.documents.converting import escape
from levier.core.typography import NO_BREAK, apostrophes, day, euros, figure
from levier.facilitators.models import (
    Commitment,
    Convention,
    ConventionKind,
    ConventionParty,
    ConventionVersion,
    DataRole,
    Measure,
    PartyRole,
)

FORMATS: dict[str, tuple[str, Callable[..., bytes]]] = {
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", to_docx),
    "odt": ("application/vnd.oasis.opendocument.text", to_odt),
    "pdf": ("application/pdf", to_pdf),
}
_TO_FILL = "[à compléter]"
_DATA_YES = "L’annexe sur les données personnelles fait partie de {act}. Les parties n’échangent que les données nécessaires."
_DATA_NO = "Les parties n’échangent aucune donnée qui désigne une personne."
# A text to sign holds no blank: what is not known yet is promised instead.
_DATA_CONTACTS = "chaque partie donne le sien aux autres, par écrit, dans le mois qui suit la signature"
_UNNAMED = "la personne qui signe en son nom, désignée avec sa qualité dans les signatures"
_PROGRAMME_HEAD = (
    "| Trimestre | Ce qui est fait | Qui | Au plus tard le |\n|:-----------------|:-----------------------------------|"
    ":----------------------|:----------------|"
)
_PRORATA = " La participation de l’année commencée reste due à proportion du temps écoulé."
_CALLED = "Chaque somme est appelée une fois par an, avec l’emploi de celle de l’année passée."
_SHARES_HEAD = "| Partie | Par an | Ce que cela paie |\n|:------------------------|-------------:|:---------------------------------|"
_LEAD = "La structure est chef de file des opérations qui touchent plusieurs territoires."
# How the text calls the parties, once named: what they are, and the other side when it is one.
_STRUCTURE = "la structure"
_OTHER = {
    ConventionKind.BUYER: "l’acheteur",
    ConventionKind.COMPANY: "l’entreprise",
    ConventionKind.AUTHORITIES: "chaque collectivité",
}
# Between these the structure never handles data for the other parties.
NEVER_PROCESSOR = (ConventionKind.COMPANY, ConventionKind.CHARTER)
_WORDS_OF_SERVICES = {
    ConventionKind.COMPANY: "company",
    ConventionKind.AUTHORITIES: "shared",
    ConventionKind.CHARTER: "shared",
}


_RENEWAL = {
    False: " Elle se renouvelle par un accord écrit de toutes les parties.",
    True: " Elle se renouvelle par un accord écrit des signataires.",
}


@dataclass(frozen=True, slots=True)
class Service:
    """One of the eight services a buyer may entrust to a facilitator."""

    key: str
    label: str
    text: str
    company: str = ""
    shared: str = ""

    def words(self, kind: str) -> str:
        """What it is for the parties of this kind of convention."""
        return getattr(self, _WORDS_OF_SERVICES.get(ConventionKind(kind), "text")) or self.text


@cache
def services() -> tuple[Service, ...]:
    """The eight, in the order of the life of a clause."""
    text = (files("levier.facilitators") / "services.yaml").read_text(encoding="utf-8")
    return tuple(Service(**line) for line in yaml.safe_load(text))


@cache
def _template(name: str) -> str:
    return (files("levier.facilitators") / "texts" / f"{name}.md").read_text(encoding="utf-8")


def written(
    convention: Convention, parties: Sequence[ConventionParty], commitments: Sequence[Commitment]
) -> str:
    """The whole text in Markdown; whatever somebody typed shows as typed and marks nothing up."""
    kind = ConventionKind(convention.kind)
    is_charter = kind == ConventionKind.CHARTER
    values = {
        "title": _typed(convention.title),
        "structure": _typed(next(one.name for one in parties if one.role == PartyRole.STRUCTURE)),
        "parties": "\n".join(_party(one, kind) for one in parties),
        "services": _services(convention.services, kind),
        "territory": _typed(convention.territory) or _TO_FILL,
        "lead": _LEAD if convention.is_lead else "",
        "commitments": _commitments(parties, commitments, kind),
        "programme": _programme(parties, commitments),
        "financial_share": _shares(parties, convention.financial_share),
        "prorata": _PRORATA if any(one.share_amount is not None for one in parties) else "",
        "valid_from": day(convention.valid_from),
        "valid_to": f"et prend fin le {day(convention.valid_to)}"
        if convention.valid_to
        else "et dure tant qu’elle n’est pas dénoncée",
        # What has no end is not renewed.
        "renewal": _RENEWAL[is_charter] if convention.valid_to else "",
        "data": _DATA_YES.format(act="la charte" if is_charter else "la convention")
        if convention.has_data_annex
        else _DATA_NO,
        "special_terms": f"## {'Points particuliers' if is_charter else 'Article 11. Les clauses particulières'}\n\n"
        f"{_paragraphs(convention.special_terms)}"
        if convention.special_terms.strip()
        else "",
        "signatures": "\n\n".join(_signature(one) for one in parties),
    }
    text = _template(convention.kind).format(**values)
    return text + _data_annex(convention, kind) if convention.has_data_annex else text


def _data_annex(convention: Convention, kind: ConventionKind) -> str:
    """Article 28 when the structure works for the others, else what parties each responsible owe each other."""
    if convention.data_role == DataRole.PROCESSOR and kind not in NEVER_PROCESSOR:
        holder = _OTHER[kind]
        return _template("annexe_sous_traitance").format(
            holder=holder, Holder=_capital(holder), contacts=_DATA_CONTACTS
        )
    is_charter = kind == ConventionKind.CHARTER
    return _template("annexe_responsables").format(
        Structure="La structure qui porte le guichet" if is_charter else _capital(_STRUCTURE),
        act="la charte" if is_charter else "la convention",
        contacts=_DATA_CONTACTS,
    )


# Two empty lines, for paper.
ROOM_FOR_A_HAND = f"{NO_BREAK}\\\n{NO_BREAK}"
# What is printed is signed by hand too: the dots leave room for the day.
_DAY_AND_HAND = f"Le{NO_BREAK}..............................{NO_BREAK}{NO_BREAK}Signature{NO_BREAK}:"


def fingerprint(text: str) -> str:
    """The SHA-256 of the exact text: what a signature names."""
    return hashlib.sha256(text.encode()).hexdigest()


def footer(version: ConventionVersion) -> str:
    """What follows the text in a file: its version, its hash, and who signed it here. The text itself stays as hashed."""
    lines = [
        f"- **{_typed(one.party.name)}** : {_typed(one.signer_name)}, {_typed(one.signer_title)}. "
        f"{one.get_method_display()} le {day(timezone.localtime(one.signed_at))}, empreinte signée {one.sha256}"
        for one in version.signatures.select_related("party").order_by("party__position", "pk")
    ]
    signed = "## Signatures données\n\n" + "\n".join(lines) + "\n\n" if lines else ""
    return f"\n\n---\n\n{signed}Version {version.number}. Empreinte du texte (SHA-256) : {version.sha256}\n"


def document(text: str, target: str, *, title: str, footer: str = "") -> tuple[bytes, str]:
    """The bytes and the media type, for « docx », « odt » or « pdf ». Raises DocumentError, KeyError."""
    media_type, make = FORMATS[target]
    return make(text + footer, title=title), media_type


def _typed(text: str) -> str:
    """What somebody typed: it marks nothing up, and its apostrophes are those of the text around."""
    return escape(apostrophes(text))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _called(one: ConventionParty, kind: ConventionKind) -> str:
    """« la structure », « l’acheteur »; a name where several parties hold one role."""
    if kind == ConventionKind.CHARTER:
        return ""
    if one.role == PartyRole.STRUCTURE:
        return _STRUCTURE
    return "" if kind == ConventionKind.AUTHORITIES else _OTHER[kind]


def _party(one: ConventionParty, kind: ConventionKind) -> str:
    siren = f", SIREN {one.siren}" if one.siren else ""
    title = f", {_typed(one.signatory_title)}" if one.signatory_title else ""
    called = f", ci-après « {_called(one, kind)} »" if _called(one, kind) else ""
    name = f"- **{_typed(one.name)}**{siren}"
    if kind == ConventionKind.CHARTER and not one.signatory_name:
        # Twenty signatories: their names come in the signatures, not one sentence twenty times.
        return name
    return f"{name}, que représente {_typed(one.signatory_name) or _UNNAMED}{title}{called}"


def _services(keys: Sequence[str], kind: ConventionKind) -> str:
    chosen = [f"- **{one.label}.** {one.words(kind)}" for one in services() if one.key in keys]
    return "\n".join(chosen) or _TO_FILL


def _commitments(
    parties: Sequence[ConventionParty], commitments: Sequence[Commitment], kind: ConventionKind
) -> str:
    blocks = []
    for party in parties:
        own = [one for one in commitments if one.party_id == party.pk]
        if own:
            lines = "\n".join(f"- {_typed(one.text)}{_measure(one)}" for one in own)
            blocks.append(f"{_capital(_called(party, kind)) or _typed(party.name)} s’engage :\n\n{lines}")
    return "\n\n".join(blocks) or _TO_FILL


def _measure(one: Commitment) -> str:
    """« (mesure : 5 jours ouvrés au plus) », « (au plus tard le 31 mars 2027) »."""
    if one.due_on is not None:
        return f" (au plus tard le {day(one.due_on)})"
    if not one.measure or one.target is None:
        return ""
    words = {
        Measure.ANSWER_TIME.value: "jours ouvrés au plus",
        Measure.VISITS.value: "par an",
        Measure.REPORTS.value: "par an",
        Measure.STUDIES.value: "par an",
    }[one.measure]
    return f" (mesure : {figure(one.target, 1)}{NO_BREAK}{words})"


def _programme(parties: Sequence[ConventionParty], commitments: Sequence[Commitment]) -> str:
    """What is done at a date, quarter by quarter, by whom; nothing when nothing is dated."""
    names = {one.pk: _typed(one.name) for one in parties}
    dated = sorted(
        ((one.due_on, one) for one in commitments if one.due_on is not None), key=lambda pair: pair[0]
    )
    if not dated:
        return ""
    rows = "\n".join(
        f"| {quarter(on)} | {_typed(one.text)} | {names[one.party_id]} | {day(on)} |" for on, one in dated
    )
    return f"Le programme, trimestre par trimestre :\n\n{_PROGRAMME_HEAD}\n{rows}"


def _shares(parties: Sequence[ConventionParty], words: str) -> str:
    """Who pays what a year, with the total; then what was written about it."""
    paying = [(one, one.share_amount) for one in parties if one.share_amount is not None]
    if not paying:
        return _paragraphs(words) or "Aucune participation financière n’est prévue."
    rows = [
        f"| {_typed(one.name)} | {euros(amount, 2)} | {_typed(one.share_for)} |" for one, amount in paying
    ]
    if len(paying) > 1:
        rows.append(f"| Total | {euros(sum(amount for _, amount in paying), 2)} | |")
    table = "\n".join((_SHARES_HEAD, *rows))
    return "\n\n".join(("Ce que chaque partie apporte :", table, _paragraphs(words) or _CALLED))


def quarter(on: date) -> str:
    """« 1er trimestre 2027 »."""
    number = (on.month + 2) // 3
    return f"{number}{'er' if number == 1 else 'e'} trimestre {on.year}"


def _paragraphs(text: str) -> str:
    return "\n\n".join(_typed(part) for part in text.splitlines() if part.strip())


def _signature(one: ConventionParty) -> str:
    """Who signs, a line for the day, and room for a hand."""
    signer = ", ".join(_typed(part) for part in (one.signatory_name, one.signatory_title) if part)
    return f"**Pour {_typed(one.name)}**{f' ({signer})' if signer else ''}\n\n{_DAY_AND_HAND}\n\n{ROOM_FOR_A_HAND}"
