"""The job description of a référent, and the calendar of exchanges with the facilitator."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from levier.clauses.referent.checking import Side
from levier.core.documents import to_docx
from levier.core.documents.converting import escape
from levier.core.icalendar import escaped, written
from levier.core.typography import figure
from levier.rulebook.working_days import add_working_days, is_working_day

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MISSIONS: dict[Side, tuple[str, ...]] = {
    "buyer": (
        "Repérer, avec les services, les achats qui peuvent porter une action d’insertion, et les signaler au "
        "facilitateur trois à quatre mois avant le lancement.",
        "Relire le calibrage et préparer la décision : levier, heures, ou motifs d’une dérogation.",
        "Veiller à l’écriture de la clause dans les pièces du marché, et à son annonce.",
        "Prévenir le facilitateur de l’attributaire et participer à la réunion de lancement.",
        "Suivre les heures, traiter les difficultés signalées, préparer les décisions sur les pénalités.",
        "Rendre compte une fois par an : heures, parcours, ce qui a été appris.",
    ),
    "company": (
        "Lire la clause et choisir les façons de faire les heures avec la conduite des travaux et les ressources humaines.",
        "Être l’interlocuteur du facilitateur, de l’acheteur et des structures d’insertion.",
        "Préparer l’accueil, désigner le tuteur, faire valider l’éligibilité avant chaque embauche.",
        "Remettre les relevés d’heures dans les délais du marché ; jamais de bulletins de paie.",
        "Signaler par écrit toute difficulté, avec sa cause et une solution.",
        "Dire, en fin de marché, ce que devient chaque personne.",
    ),
}
SKILLS = (
    "Sens du contact et de la coordination entre services",
    "Connaissance des marchés et de l’organisation du travail",
    "Rigueur dans le suivi, discrétion sur la situation des personnes",
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One meeting or call of the calendar."""

    day: date
    title: str


def job_description(*, side: Side, organisation: str, days_a_month: float, with_substitute: bool) -> bytes:
    """The job description in Word. `days_a_month`: time given, in days."""
    title = "Référent insertion"
    parts = [
        f"# {title}",
        f"**Organisation** : {escape(organisation) or '[à compléter : organisation]'}",
        f"**Temps consacré** : {figure(days_a_month, 1)} jours par mois",
        "**Rattachement** : [à compléter : direction ou service]",
        "## Raison d’être",
        "Porter les clauses sociales d’insertion en interne : relier les services, les partenaires du territoire et le "
        "facilitateur, suivre la réalisation et ajuster.",
        "## Missions",
        "\n".join(f"- {mission}" for mission in MISSIONS[side]),
        "## Relations",
        "Facilitateur de la clause, prescripteurs (France Travail, mission locale, Cap emploi, PLIE), structures "
        "d’insertion, " + ("entreprises titulaires." if side == "buyer" else "acheteurs."),
        "## Compétences",
        "\n".join(f"- {skill}" for skill in SKILLS),
    ]
    if with_substitute:
        parts += [
            "## Suppléance",
            "Un suppléant est nommé ([à compléter : nom et fonction]). Il reçoit les mêmes informations et remplace le "
            "référent sans délai.",
        ]
    return to_docx("\n\n".join(parts) + "\n", title=title)


def calendar(*, side: Side, start: date, months: int) -> tuple[Exchange, ...]:
    """The exchanges with the facilitator: kick-off, one month later, every quarter, half-way, closing.

    A day off, weekend or public holiday, goes to the next working day.
    """
    end = _after(start, months)
    found = [Exchange(start, "Réunion de lancement avec le facilitateur")]
    if months >= 2:
        found.append(Exchange(_after(start, 1), "Premier point : personnes recrutées, premières heures"))
    found += [
        Exchange(_after(start, month), "Point trimestriel : heures, difficultés, suite")
        for month in range(3, months, 3)
    ]
    if side == "company" and months >= 4:
        found.append(
            Exchange(_after(start, months // 2), "Mi-parcours : la moitié des heures doit être faite")
        )
    found.append(Exchange(end, "Bilan : heures, parcours, ce que deviennent les personnes"))
    return tuple(
        sorted(
            {_weekday(one.day): Exchange(_weekday(one.day), one.title) for one in found}.values(),
            key=lambda one: one.day,
        )
    )


def _after(start: date, months: int) -> date:
    year, month = divmod(start.month - 1 + months, 12)
    return date(start.year + year, month + 1, min(start.day, 28))


def _weekday(day: date) -> date:
    return day if is_working_day(day) else add_working_days(day, 1)


def as_ics(exchanges: tuple[Exchange, ...], *, of: str) -> str:
    """The calendar as iCalendar (RFC 5545), one whole-day event each.

    `of`: what the exchanges are about. It makes their identity with the day: the same calendar downloaded again moves
    nothing twice, and that of another purchase on the same days replaces nothing.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Levier//referent//FR", "METHOD:PUBLISH"]
    for one in exchanges:
        after = one.day + timedelta(days=1)
        lines += [
            "BEGIN:VEVENT", f"UID:{uuid5(NAMESPACE_URL, f'{of}/{one.day:%Y%m%d}')}@levier", f"DTSTAMP:{stamp}",
            f"DTSTART;VALUE=DATE:{one.day:%Y%m%d}", f"DTEND;VALUE=DATE:{after:%Y%m%d}", f"SUMMARY:{escaped(one.title)}",
            "END:VEVENT",
        ]  # fmt: skip
    return written([*lines, "END:VCALENDAR"])
