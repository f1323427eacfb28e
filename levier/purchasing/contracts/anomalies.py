"""The names of what can be strange in a published contract, with the sentence a user reads."""

from enum import StrEnum


class Anomaly(StrEnum):
    """Something wrong or doubtful in a contract that is kept all the same."""

    AMOUNT_MISSING = "montant_absent"
    AMOUNT_UNREADABLE = "montant_illisible"
    AMOUNT_TINY = "montant_symbolique"
    AMOUNT_FILLER = "montant_de_remplissage"
    AMOUNT_ABSURD = "montant_absurde"
    AMOUNT_AS_TEXT = "montant_en_texte"
    CPV_EMPTY = "cpv_absent"
    CPV_ZERO_RESTORED = "cpv_zero_de_tete_retabli"
    CPV_SHORTENED = "cpv_tronque_complete"
    CPV_UNKNOWN = "cpv_inconnu_remonte"
    CPV_UNREADABLE = "cpv_illisible"
    HOLDERS_NONE = "aucun_titulaire"
    HOLDER_WITHOUT_ID = "titulaire_sans_identifiant"
    HOLDER_INVALID_SIRET = "titulaire_siret_invalide"
    HOLDER_KIND_MISSING = "titulaire_type_absent"
    HOLDER_NOT_FRENCH_ID = "titulaire_identifiant_etranger"
    HOLDER_BARE = "titulaire_structure_non_reglementaire"
    BUYER_INVALID_SIRET = "acheteur_siret_invalide"
    NOTIFIED_MISSING = "date_notification_absente"
    NOTIFIED_UNREADABLE = "date_notification_illisible"
    NOTIFIED_IMPLAUSIBLE = "date_notification_invraisemblable"
    PUBLISHED_MISSING = "date_publication_absente"
    PUBLISHED_BEFORE = "publie_avant_notification"
    PLACEHOLDER = "ligne_de_remplissage"
    NOT_COMMUNICATED = "valeur_nc"
    ZERO_OFFERS = "zero_offre"
    PROCEDURE_MISSING = "procedure_absente"
    PROCEDURE_UNKNOWN = "procedure_inconnue"
    NATURE_MISSING = "nature_absente"
    NATURE_UNKNOWN = "nature_inconnue"
    MONTHS_MISSING = "duree_absente"
    MONTHS_ZERO = "duree_nulle"
    MONTHS_ABSURD = "duree_absurde"
    PLACE_MISSING = "lieu_absent"
    PLACE_KIND_WRONG = "lieu_type_contredit_par_le_code"
    PLACE_UNKNOWN = "lieu_inconnu"
    PRICE_FORM_MISSING = "forme_prix_absente"
    CONSIDERATION_UNKNOWN = "consideration_sociale_hors_liste"
    CONSIDERATION_CONTRADICTORY = "considerations_sociales_contradictoires"
    TEXT_DAMAGED = "objet_caracteres_perdus"
    UID_REUSED = "identifiant_reutilise"
    UID_DEDUCED = "identifiant_deduit"
    UID_REBUILT = "identifiant_reconstruit"


LABELS: dict[str, str] = {
    Anomaly.AMOUNT_MISSING: "montant absent",
    Anomaly.AMOUNT_UNREADABLE: "montant illisible",
    Anomaly.AMOUNT_TINY: "montant symbolique (1 € ou moins), laissé vide",
    Anomaly.AMOUNT_FILLER: "montant de remplissage (suite de 9), laissé vide",
    Anomaly.AMOUNT_ABSURD: "montant absurde (négatif, ou 5 milliards d’euros et plus), laissé vide",
    Anomaly.AMOUNT_AS_TEXT: "montant écrit en texte, lu comme un nombre",
    Anomaly.CPV_EMPTY: "code CPV absent",
    Anomaly.CPV_ZERO_RESTORED: "code CPV sans son zéro de tête, rétabli",
    Anomaly.CPV_SHORTENED: "code CPV tronqué, complété par des zéros",
    Anomaly.CPV_UNKNOWN: "code CPV hors nomenclature, remonté au code connu le plus proche",
    Anomaly.CPV_UNREADABLE: "code CPV illisible, laissé vide",
    Anomaly.HOLDERS_NONE: "aucun titulaire",
    Anomaly.HOLDER_WITHOUT_ID: "titulaire sans identifiant",
    Anomaly.HOLDER_INVALID_SIRET: "SIRET de titulaire invalide",
    Anomaly.HOLDER_KIND_MISSING: "type d’identifiant du titulaire absent",
    Anomaly.HOLDER_NOT_FRENCH_ID: "titulaire identifié autrement que par un SIRET",
    Anomaly.HOLDER_BARE: "titulaires hors de la structure réglementaire 2022, lus quand même",
    Anomaly.BUYER_INVALID_SIRET: "SIRET de l’acheteur invalide",
    Anomaly.NOTIFIED_MISSING: "date de notification absente",
    Anomaly.NOTIFIED_UNREADABLE: "date de notification illisible",
    Anomaly.NOTIFIED_IMPLAUSIBLE: "date de notification invraisemblable, laissée vide",
    Anomaly.PUBLISHED_MISSING: "date de publication absente ou illisible",
    Anomaly.PUBLISHED_BEFORE: "publié avant d’être notifié",
    Anomaly.PLACEHOLDER: "ligne marquée « placeholder »",
    Anomaly.NOT_COMMUNICATED: "valeur « NC » ou équivalente à la place d’une donnée",
    Anomaly.ZERO_OFFERS: "zéro offre reçue pour un marché attribué",
    Anomaly.PROCEDURE_MISSING: "procédure absente",
    Anomaly.PROCEDURE_UNKNOWN: "procédure hors de la liste réglementaire",
    Anomaly.NATURE_MISSING: "nature absente",
    Anomaly.NATURE_UNKNOWN: "nature hors de la liste réglementaire",
    Anomaly.MONTHS_MISSING: "durée absente ou illisible",
    Anomaly.MONTHS_ZERO: "durée nulle, laissée vide",
    Anomaly.MONTHS_ABSURD: "durée de plus de 50 ans, laissée vide",
    Anomaly.PLACE_MISSING: "lieu d’exécution absent",
    Anomaly.PLACE_KIND_WRONG: "type de lieu contredit par son code, corrigé",
    Anomaly.PLACE_UNKNOWN: "lieu d’exécution inconnu",
    Anomaly.PRICE_FORM_MISSING: "forme du prix absente",
    Anomaly.CONSIDERATION_UNKNOWN: "considération sociale hors de la liste réglementaire",
    Anomaly.CONSIDERATION_CONTRADICTORY: "« Pas de considération sociale » à côté d’une considération",
    Anomaly.TEXT_DAMAGED: "objet dont des caractères accentués sont perdus (« � »)",
    Anomaly.UID_REUSED: "même identifiant pour des objets différents, distingués",
    Anomaly.UID_DEDUCED: "numéro absent, identifiant déduit de l’objet, de la date et des titulaires",
    Anomaly.UID_REBUILT: "identifiant unique reconstruit depuis l’acheteur et le numéro",
}
