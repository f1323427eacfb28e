"""The French sentences of the referrals: why this structure, what to ask it, whom to look for."""

from levier.facilitators.answers import KnownStructure, Referral, Territory
from levier.facilitators.models import Scope, StructureKind
from levier.rulebook.programmes import all_programmes

K = StructureKind

CONVENTION = "Cette structure est sous convention avec l’acheteur : elle est son facilitateur sur {place}."
CONVENTION_ELSEWHERE = (
    "Cette structure est sous convention avec l’acheteur ; son territoire connu ne comprend pas {place} : "
    "elle dira qui suit l’opération sur place."
)
PROGRAMME = "Guichet désigné par le programme « {programme} » pour {place}."
DESK = {
    Scope.COMMUNE.value: "Guichet de la clause sociale de la commune d’exécution : {place}.",
    Scope.EPCI.value: "Guichet de la clause sociale de l’intercommunalité d’exécution : {place}.",
    Scope.DEPARTEMENT.value: ("Guichet de la clause sociale du département d’exécution : {place}."),
    Scope.REGION.value: "Guichet de la clause sociale de la région d’exécution : {place}.",
    Scope.COUNTRY.value: "Structure qui intervient sur {place}.",
}
NOTHING_NEARER = "Aucun guichet plus proche n’est connu."
PUBLIC_FIRST = "Elle accompagne d’abord les acheteurs publics : demandez si elle peut vous orienter."
CLUB_FOR_PRIVATE = (
    "Acheteur privé : les associations d’entreprises expertes de la clause sont le premier appui ({place})."
)
LEAD_AGREED = "Opération sur plusieurs territoires : la convention avec l’acheteur la désigne chef de file."
LEAD_SAME = "Elle est chef de file de l’opération, qui touche plusieurs territoires."
LEAD_COVERS_ALL = (
    "Opération sur plusieurs territoires : ce guichet les couvre tous ({place}), "
    "il en est le chef de file naturel."
)
LEAD_TO_AGREE = (
    "L’opération touche plusieurs territoires et aucun guichet connu ne les couvre tous : proposez au "
    "guichet du territoire principal d’être chef de file, en accord avec les autres."
)

NO_DESK = "Aucun guichet de la clause sociale n’est connu sur ce territoire."
KNOWN_FALLBACK = {
    K.MDE: "Cette maison de l’emploi couvre {place} et porte souvent des facilitateurs.",
    K.PLIE: "Ce PLIE couvre {place} et porte souvent des facilitateurs.",
    K.MISSION_LOCALE: "Cette mission locale couvre {place} et connaît les jeunes à embaucher.",
    K.SIAE_NETWORK: "Ce réseau réunit les structures d’insertion de {place}.",
    K.CREPI: "Ce club d’entreprises accompagne les clauses sur {place}.",
    K.FACE: "Ce club d’entreprises accompagne les clauses sur {place}.",
    K.CONSULTANCY: "Ce cabinet accompagne les achats socialement responsables ({place}).",
    K.FRANCE_TRAVAIL: "Prescripteur de {place} : il présente des candidats et atteste leur éligibilité.",
    K.CAP_EMPLOI: "Prescripteur de {place} pour les travailleurs handicapés : il présente des candidats.",
    K.E2C: "Cette école de la deuxième chance de {place} présente les jeunes qu’elle forme.",
    K.EPIDE: "Ce centre de {place} présente les jeunes volontaires qu’il accompagne.",
}
_SEAT = " Son ressort n’est pas publié : il est déduit de son siège, faites-le confirmer."
ASSUMED = {kind: sentence + _SEAT for kind, sentence in KNOWN_FALLBACK.items()}

_ASK_DESK = (
    "Le nombre d’heures réaliste lot par lot, les publics et les structures disponibles, un modèle d’article "
    "pour le CCAP, et qui suivra l’exécution."
)
_ASK = {
    K.MISSION_LOCALE: "Quel facilitateur travaille avec elle ici, et quels jeunes elle peut présenter.",
    K.SIAE_NETWORK: "Quelles structures d’insertion peuvent répondre ou mettre des personnes à disposition.",
    K.CREPI: "Un appui pour calibrer l’engagement d’insertion, trouver des candidats et suivre les heures.",
    K.FACE: "Un appui pour calibrer l’engagement d’insertion, trouver des candidats et suivre les heures.",
    K.CONSULTANCY: "Un devis pour cadrer la démarche, avec des références de clauses suivies jusqu’au bout.",
    K.FRANCE_TRAVAIL: "Les candidats éligibles disponibles, et le nom du facilitateur local.",
    K.CAP_EMPLOI: "Les candidats reconnus travailleurs handicapés, et le nom du facilitateur local.",
    K.E2C: "Les jeunes prêts à travailler, et les dates de leurs stages.",
    K.EPIDE: "Les jeunes prêts à travailler, et la date de leur sortie.",
}
_GENERIC = {
    K.MDE: (
        "Maison de l’emploi du bassin",
        "première structure à chercher, car elle emploie souvent les facilitateurs",
        "Appelez {body} et demandez la maison de l’emploi ; l’annuaire d’Alliance Villes Emploi liste les "
        "facilitateurs de son réseau.",
    ),
    K.PLIE: (
        "Plan local pour l’insertion et l’emploi (PLIE)",
        "à défaut de maison de l’emploi, le PLIE porte souvent la clause sociale",
        "Appelez {body}, service emploi ou insertion, et demandez le PLIE.",
    ),
    K.MISSION_LOCALE: (
        "Mission locale du ressort",
        "elle suit les jeunes de 16 à 25 ans et connaît le facilitateur du territoire",
        "Demandez à la mairie ou à {body} la mission locale compétente.",
    ),
    K.SIAE_NETWORK: (
        "Réseaux de structures d’insertion par l’activité économique",
        "ils réunissent les structures capables d’exécuter ou de mettre à disposition",
        "Cherchez l’antenne régionale de la fédération des entreprises d’insertion, de Chantier école, de "
        "Coorace ou du réseau des GEIQ{departement}.",
    ),
    K.CREPI: (
        "Club d’entreprises : CREPI ou club FACE",
        "ces clubs accompagnent les entreprises, surtout pour les grandes opérations",
        "Cherchez le CREPI ou le club FACE de la région{region}.",
    ),
    K.CONSULTANCY: (
        "Cabinet de conseil spécialisé dans les achats responsables",
        "dernier recours, payant, pour une démarche d’ensemble",
        "Consultez au moins trois cabinets et demandez des références de clauses menées à terme.",
    ),
    K.FRANCE_TRAVAIL: (
        "Agence France Travail la plus proche",
        "elle présente des candidats et atteste leur éligibilité, sans calibrer la clause",
        "Appelez l’agence dont relève la commune d’exécution, service aux entreprises.",
    ),
    K.CAP_EMPLOI: (
        "Cap emploi du département",
        "il présente des travailleurs handicapés, sans calibrer la clause",
        "Appelez le Cap emploi{departement}.",
    ),
}


def referral(step: str, item: KnownStructure, reason: str) -> Referral:
    """A referral to a known structure."""
    contact = item.phone or item.email
    call = f"{item.name} : {contact}." if contact else f"{item.name} : contact à chercher, non publié ici."
    if item.is_demo:
        reason = f"{reason} Structure fictive, pour la démonstration."
    return Referral(
        step=step,
        kind=item.kind.value,
        kind_label=str(item.kind.label),
        name=item.name,
        reason=reason,
        ask=_ASK_DESK if item.has_desk else _ASK.get(item.kind, _ASK_DESK),
        call=call,
        is_known=True,
        is_demo=item.is_demo,
        structure_id=item.id,
        email=item.email,
        phone=item.phone,
        website=item.website,
        address=item.address,
        verified_on=item.verified_on,
        source=item.source,
    )


def programme_label(key: str) -> str:
    """The French name of a programme; its key when the rulebook no longer lists it."""
    return next((programme.label for programme in all_programmes() if programme.key == key), key)


def generic(kind: StructureKind, place: Territory) -> Referral:
    """General advice for a kind nobody of which is known on the territory."""
    name, why, call = _GENERIC[kind]
    departement = f", {place.departement_name} ({place.departement_code})" if place.departement_name else ""
    known = f"{place.epci_name or place.departement_name}" or "ce territoire"
    return Referral(
        step="conseil",
        kind=kind.value,
        kind_label=str(kind.label),
        name=name,
        reason=f"Aucune structure de ce type n’est enregistrée pour {known} : {why}.",
        ask=_ASK.get(kind, _ASK_DESK),
        call=call.format(
            body=place.epci_name or "l’intercommunalité",
            departement=departement,
            region=f" ({place.region_name})" if place.region_name else "",
        ),
        is_known=False,
    )


def escalation(primary: Referral, animator: str, place: Territory) -> str:
    """What to do when the first contact is silent: the backup of its structure, then the région."""
    region = place.region_name or "la région"
    last = f"« {animator} »" if animator else f"l’animation régionale de la clause sociale ({region})"
    if not primary.is_known:
        return f"Sans réponse : adressez-vous à {last}."
    return (
        f"Sans réponse sous une semaine : demandez le remplaçant dans la même structure, puis {last}. "
        "Un guichet voisin ne prend pas le relais."
    )
