"""The answer in three lines, and the warnings: sentences built from the figures, nothing decided here."""

import re

from levier.core.typography import counted, day, euros, figure, hours, percent
from levier.dossier.amounts_in_text import VAT
from levier.dossier.need import Need
from levier.dossier.next_steps import has_time_to_start
from levier.dossier.result import Shelf, SupplierShelves, ThreeLines
from levier.facilitators.answers import Referral
from levier.rulebook.calibration import LotCalibration
from levier.rulebook.cautions import cautions_for
from levier.rulebook.levers import LeverAdvice
from levier.rulebook.levers.facts import OVERSEAS
from levier.rulebook.levers.printing import OUTCOMES
from levier.rulebook.levers.wording import with_article

WEEKLY_HOURS = 35
_LEADING_HOURS = re.compile(r"^[\d\s]+h\s*: ")


def three_lines(
    need: Need, chosen: LeverAdvice | None, calibration: LotCalibration | None, suppliers: SupplierShelves
) -> ThreeLines:
    """Lever, hours, suppliers."""
    return ThreeLines(
        lever=_lever_line(chosen),
        hours=hours_line(need, calibration),
        suppliers=_suppliers_line(need, suppliers),
    )


def _lever_line(chosen: LeverAdvice | None) -> str:
    if chosen is None:
        return "Aucun levier ne ressort avec ces éléments : précisez l’objet et le montant."
    if chosen.article == chosen.code or chosen.article[:1] in "LRD":
        return f"{with_article(chosen.title, chosen.article)} : {OUTCOMES[chosen.outcome]}."
    return f"{chosen.title} : {OUTCOMES[chosen.outcome]}."


def hours_line(need: Need, calibration: LotCalibration | None) -> str:
    """« 890 à 1 240 h d'insertion… », or why there is no figure yet, or why there is no clause."""
    if calibration is None:
        return "Donnez le montant estimé pour calculer les heures."
    found = calibration.range
    if calibration.verdict == "no_clause":
        why = calibration.reasons[-1]
        if not int(found.high):
            return why if "pas de clause" in why else f"Pas de clause en heures. {why}"
        # The reason often opens on the same figure: said once.
        why = _LEADING_HOURS.sub("", why)
        why = why[:1].upper() + why[1:]
        return f"{_range(found.low, found.high)} : pas de clause en heures. {why}"
    if calibration.hours_per_100k is not None and need.amount_ht is None:
        pace = calibration.hours_per_100k
        return (
            f"Environ {hours(pace.likely)} par tranche de {euros(100_000)} commandés. "
            "Donnez l’estimé des commandes pour connaître le total."
        )
    if calibration.verdict == "to_answer" or found.likely is None:
        return f"De {_range(found.low, found.high)}, selon {_what_decides(need, calibration)}"
    if calibration.hours_per_100k is not None:
        pace = calibration.hours_per_100k
        return (
            f"Environ {hours(pace.likely)} par tranche de {euros(100_000)} commandés, "
            f"soit {_range(found.low, found.high)} sur l’estimé."
        )
    weeks = figure(int(found.likely) / WEEKLY_HOURS)
    return f"{_range(found.low, found.high)} d’insertion, soit environ {weeks} semaines de travail d’une personne."


def _what_decides(need: Need, calibration: LotCalibration) -> str:
    """The question alone: its explanation stands beside the field that answers it."""
    if need.takeover_staff and not need.is_takeover_answered:
        return f"les heures de qui est à reprendre ({counted(need.takeover_staff, 'personne')})."
    text = calibration.questions[0] if calibration.questions else "précisez le besoin."
    head, mark, _ = text.partition("?")
    return f"la réponse : {head.rstrip()}\u202f?" if mark else f"la réponse : {text}"


def _range(low: object, high: object) -> str:
    return hours(high) if low == high else f"{figure(low)} à {hours(high)}"  # type: ignore[arg-type]


def _suppliers_line(need: Need, suppliers: SupplierShelves) -> str:
    if need.place is None:
        return "Donnez un lieu pour compter les structures à portée."
    work = _count(suppliers.work, "peut faire la prestation", "peuvent faire la prestation")
    people = _count(suppliers.people, "peut fournir des personnes", "peuvent fournir des personnes")
    unknown = suppliers.unknown.total
    tail = (
        f" {figure(unknown)} autres n’ont pas renseigné leurs activités : à contacter." if unknown > 1 else ""
    )
    line = f"{work}, {people}.{tail}"
    return line[:1].upper() + line[1:]


def _count(shelf: Shelf, one: str, many: str) -> str:
    if not shelf.total:
        return f"aucune structure connue ne {one} {shelf.scope}"
    noun = "structure" if shelf.total == 1 else "structures"
    return f"{figure(shelf.total)} {noun} {one if shelf.total == 1 else many} {shelf.scope}"


def contact_line(referral: Referral) -> str:
    """« Guichet du Nord, 03 53 01 00 00, clause@exemple.fr »: a structure and how to reach it."""
    return ", ".join(part for part in (referral.name, referral.phone, referral.email) if part)


def _beside_the_wanted(need: Need, calibration: LotCalibration | None) -> list[str]:
    """The hours the buyer has in mind, beside the range; nothing while the range waits for an answer."""
    wanted = need.insertion_hours
    if not wanted or calibration is None or calibration.verdict == "to_answer":
        return []
    low, high = float(calibration.range.low), float(calibration.range.high)
    range_found = _range(low, high)
    if wanted > high:
        says = f"au-dessus de ce que ce besoin porte d’ordinaire ({range_found}) : faites-les vérifier par le facilitateur avant de les imposer"
    elif wanted < low:
        says = f"en dessous de ce que ce besoin porte d’ordinaire ({range_found}) : vous pouvez demander plus"
    else:
        says = f"dans la fourchette ({range_found})"
    return [f"Vous annoncez {hours(wanted)} d’insertion : c’est {says}."]


def _how_the_amount_was_read(need: Need) -> list[str]:
    """What was reckoned from the text: everything else follows from it."""
    read: list[str] = []
    if need.each:
        count, price = need.each
        product, whole = count * price, need.amount_ht or need.max_amount_ht or 0
        in_all = "" if abs(whole - product) < 1 else f", soit {euros(whole)} HT en tout"
        read.append(
            f"Montant lu : {figure(count)} × {euros(price, 2)} = {euros(product)}{in_all}. Si le texte dit autre chose, corrigez-le."
        )
    if need.is_vat_taken_off:
        read.append(
            f"Montant donné TTC : {euros(need.amount_ht or need.max_amount_ht)} HT avec une TVA de {percent(VAT)}. Si le taux est autre, corrigez-le."
        )
    return read


def _launch_assumed(need: Need) -> list[str]:
    if not need.is_launch_assumed:
        return []
    supposed = f"Date de lancement supposée : {need.launch_date:%d/%m/%Y}"
    ending = "Les seuils et le calendrier en dépendent : corrigez-la."
    if need.starts_on is None:
        return [f"{supposed}. {ending}"]
    start = f"« {need.starts_said} »" if need.starts_said else f"le {day(need.starts_on)}"
    if not has_time_to_start(need):
        return [f"{supposed}, au plus tôt : le délai est court pour commencer {start}. {ending}"]
    return [f"{supposed}, comptée à rebours du début que vous dites ({start}). {ending}"]


def warnings(need: Need, calibration: LotCalibration | None, suppliers: SupplierShelves) -> tuple[str, ...]:
    """What the buyer should know before acting, most useful first, each once."""
    found = _how_the_amount_was_read(need) + _beside_the_wanted(need, calibration)
    if need.cpv:
        advice = cautions_for(
            cpv=need.cpv.code,
            kind=need.contract_kind,
            territory=need.place.departement if need.place else "",
            amount_ht=need.amount_ht,
            is_framework=need.is_framework,
        )
        found += [caution.text for caution in advice]
    if calibration:
        found += calibration.warnings
    found += _launch_assumed(need)
    if need.place and need.place.departement in OVERSEAS and "Aucun rayon" not in " ".join(found):
        found.append("Outre-mer : les distances ne traversent pas la mer.")
    if suppliers.is_demonstration:
        found.append(
            "Annuaire de démonstration : ces structures sont fictives. Importez les sources réelles (levier import)."
        )
    return tuple(dict.fromkeys(found))
