"""The text of the Monday mail: legal units only, never a person."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from levier.core.typography import clock, day, euros
from levier.purchasing.models import Notice
from levier.purchasing.queries.awarded import Awarded, Holder
from levier.purchasing.queries.notices import NoticeLine
from levier.purchasing.queries.open_lots import OpenLotLine
from levier.purchasing.queries.openings import Opening
from levier.purchasing.queries.opportunities import WeeklyNews
from levier.purchasing.questions.wording import page_url
from levier.purchasing.wording import Letter


def letter_of(news: WeeklyNews, organisation: str) -> Letter:
    """Subject and body for one organisation."""
    parts = ["Bonjour,", f"Voici la semaine de {organisation}."]
    if news.needs:
        lines = [
            f"- {one.need.organisation.name} : {one.need.title}, à répondre avant le {day(one.need.deadline)}"
            for one in news.needs
        ]
        page = settings.SITE_URL + reverse("purchasing:received")
        parts += ["BESOINS QUI ATTENDENT VOTRE RÉPONSE", "\n".join(lines), f"Pour répondre : {page}"]
    if news.lots:
        page = settings.SITE_URL + reverse("purchasing:opportunities")
        parts.append("LOTS OUVERTS, RÉSERVÉS OU AVEC UNE CLAUSE, PRÈS DE CHEZ VOUS")
        parts += [_opening(one) for one in news.lots]
        parts.append(f"Tous les lots ouverts : {page}")
    if news.shown:
        lines = [
            f"- {one.need.organisation.name} : {one.need.title}, {one.area}, réponses attendues le {day(one.need.deadline)}"
            for one in news.shown
        ]
        page = settings.SITE_URL + reverse("purchasing:opportunities")
        parts += ["BESOINS OUVERTS PRÈS DE CHEZ VOUS", "\n".join(lines), f"Pour en recevoir un : {page}"]
    if news.contracts:
        parts.append("ILS VIENNENT DE REMPORTER UN MARCHÉ PRÈS DE CHEZ VOUS")
        parts += [_contract(one) for one in news.contracts]
        around = next((one.departement for one in news.ground.sheets if one.departement), "")
        page = settings.SITE_URL + reverse("facilitators:index") + (f"?lieu={around}" if around else "")
        parts.append(f"Qui appeler chez eux ? Le facilitateur du territoire suit ces clauses : {page}")
        parts.append(f"Tout voir : {settings.SITE_URL}{reverse('purchasing:opportunities')}")
    parts.append("Vous avez demandé ce courriel.")
    return Letter(
        f"{news.count} opportunité{'s' if news.count > 1 else ''} cette semaine", "\n\n".join(parts) + "\n"
    )


def _opening(one: Opening) -> str:
    if one.notice is not None:
        return _notice_lot(one.notice)
    return _open_lot(one.here) if one.here is not None else ""


def _notice_lot(one: NoticeLine) -> str:
    notice, lot = one.lot.notice, one.lot
    until = f", à remettre avant le {_moment(lot.deadline)}" if lot.deadline else ""
    what = ", ".join(filter(None, [one.reserved_words, one.hours]))
    lines = [
        f"- {lot.title[:200]}",
        f"  {', '.join(filter(None, [notice.buyer_name, one.where]))}{until}",
        f"  {what}",
        f"  L’avis dit : {lot.reasons[0]}" if lot.reasons else "",
        f"  {one.why}",
        f"  À appeler (contact de l’avis) : {_contact_words(notice)}" if _contact_words(notice) else "",
        f"  {notice.url or notice.documents_url}",
        "  (avis fictif de démonstration)" if notice.is_demo else "",
    ]
    return "\n".join(line for line in lines if line.strip())


def _contact_words(notice: Notice) -> str:
    return ", ".join(filter(None, [notice.contact_name, notice.contact_phone, notice.contact_email]))


def _moment(instant: datetime) -> str:
    local = timezone.localtime(instant)
    return f"{day(local)}, {clock(local)}"


def _open_lot(one: OpenLotLine) -> str:
    purchase = one.lot.purchase
    until = f", offres jusqu’au {day(one.desk.offers_until)}" if one.desk.offers_until else ""
    lines = [
        f"- {purchase.title}, lot {one.lot.number} : {one.lot.title}",
        f"  {', '.join(filter(None, [purchase.organisation.name, one.where]))}{until}",
        f"  {one.facts}",
        f"  {one.why}",
        f"  {_to_call(one)}",
        f"  {page_url(one.desk)}",
    ]
    return "\n".join(line for line in lines if line.strip())


def _to_call(one: OpenLotLine) -> str:
    if one.contact is None:
        return "À qui demander : à l’acheteur, par la page de la consultation"
    known = filter(None, [one.contact.name, one.contact.phone, one.contact.email])
    return f"À appeler pour la clause : {', '.join(known)}"


def _contract(one: Awarded) -> str:
    amount = f", {euros(one.amount_ht)} HT" if one.amount_ht is not None else ""
    mark = "clause sociale" if one.is_social else "clause probable, non publiée"
    lines = [
        f"- {one.object[:200]}",
        f"  {one.buyer}, {one.place}{amount}, notifié le {day(one.notified_on)} ({mark})",
        f"  {one.why}" if one.why else "",
        *(f"  À appeler : {_holder(each)}" for each in one.holders),
        f"  {one.url}" if one.url else "",
        "  (avis fictif de démonstration)" if one.is_demo else "",
    ]
    return "\n".join(line for line in lines if line)


def _holder(one: Holder) -> str:
    said = [
        one.name or "entreprise",
        f"SIREN {one.siren}" if one.siren else "",
        one.place,
        one.phone,
        one.email,
    ]
    words = ", ".join(filter(None, said))
    # The data of contracts give no telephone: its public sheet says who it is, and where.
    known = one.siren and not (one.phone or one.email)
    return (
        f"{words}\n    https://annuaire-entreprises.data.gouv.fr/entreprise/{one.siren}" if known else words
    )
