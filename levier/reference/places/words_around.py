"""The words around the name of a place, folded, that say whether it is one, and of what."""

IN = {"a", "au", "aux", "en", "dans", "sur"}
OF = {"de", "du", "des", "d", "pour", "la", "le", "les", "l", "pres", "vers", "secteur"}
HEAD = {
    "commune", "ville", "mairie", "departement", "region", "metropole", "agglomeration", "territoire", "lieu",
    "ccas", "habitat", "oph", "opac", "chu", "prefecture", "conseil", "departemental", "regional", "bourg", "village",
}  # fmt: skip
# What a département or a région keeps: « collèges de la Somme », « archives départementales du Nord ».
KEPT_BY_AREA = {
    "colleges", "lycees", "departementale", "departementales", "departementaux", "regionale", "regionales", "regionaux",
    "sdis", "mdph", "caf", "cpam", "ddt", "ddtm",
}  # fmt: skip
# A part of a town, or a thing in it, bears names that are those of other towns: « quartier de la Madeleine », « rue de Lyon ».
INSIDE_A_TOWN = {
    "quartier", "quartiers", "rue", "avenue", "boulevard", "place", "square", "allee", "chemin", "impasse", "quai", "pont", "porte",
    "gare", "residence", "barre", "zac", "cite",
}  # fmt: skip
# What is given a saint's name: « église Saint-Martin » is at no Saint-Martin.
DEDICATED = {
    "eglise", "chapelle", "basilique", "cathedrale", "abbaye", "collegiale", "prieure", "paroisse", "college", "lycee", "ecole", "groupe",
    "scolaire", "creche", "hopital", "clinique", "ehpad", "residence", "halle", "stade", "gymnase", "salle", "fetes",
    "sports", "piscine", "mediatheque", "bibliotheque", "cimetiere",
}  # fmt: skip
SAINTS = {"saint", "sainte", "st", "ste", "notre"}
# Whose number is that of the département: « SDIS 44 », « AD 35 ».
NUMBERED = KEPT_BY_AREA | {
    "cd",
    "ad",
    "departement",
    "dept",
    "dpt",
    "conseil",
    "prefecture",
    "udaf",
    "urssaf",
}
ARTICLES = {"la", "le", "les", "l"}
