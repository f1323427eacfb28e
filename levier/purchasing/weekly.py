"""The text of the Monday mail: legal units only, never a person."""

from django.conf import settings
from django.urls import reverse

from levier.core.typography import day, euros
from levier.purchasing.queries.open_lots import OpenLotLine
from levier.purchasing.queries.opportunities import Awarded, WeeklyNews
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
        parts += [_open_lot(one) for one in news.lots]
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
        parts.append(f"Tout voir : {settings.SITE_URL}{reverse('purchasing:opportunities')}")
    parts.append("Vous avez demandé ce courriel.")
    return Letter(
        f"{news.count} opportunité{'s' if news.count > 1 else ''} cette semaine", "\n\n".join(parts) + "\n"
    )


def _open_lot(one: OpenLotLine) -> str:
    purchase = one.lot.purchase
    until = f", offres jusqu’au {day(one.desk.offers_until)}" if one.desk.offers_until else ""
    lines = [
        f"- {purchase.title}, lot {one.lot.number} : {one.lot.title}",
        f"  {', '.join(filter(None, [purchase.organisation.name, one.place]))}{until}",
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
    holders = [
        ", ".join(filter(None, [each.name or "entreprise", f"SIREN {each.siren}", each.place]))
        for each in one.holders
    ]
    lines = [
        f"- {one.object[:200]}",
        f"  {one.buyer}, {one.place}{amount}, notifié le {day(one.notified_on)} ({mark})",
        *(f"  À appeler : {holder}" for holder in holders),
    ]
    return "\n".join(lines)
