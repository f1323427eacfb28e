"""Tells the mail address of a person from that of a house: a list that is open gives the latter to everybody."""

import re
from typing import Final

# « marie.durand@… », « m.durand@… ». Read by Python and by PostgreSQL alike, in lower case.
PERSON: Final = r"^[a-z]+(-[a-z]+)?[._][a-z]{2,}(-[a-z]+)*@"
# What a part of the address of a house begins with: a post, a place, a kind of structure.
HOUSE: Final = (
    r"(^|[._-])(accueil|admin|agence|aide|antenne|apei|asso|atelier|cat|centre|clos|command|compta|contact|cuisine|devis|direct|dispositif|"
    r"domaine|econom|entreprise|esat|etab|ferme|foyer|gestion|info|insertion|jardin|lessor|mail|maison|mission|moulin|papillons|pole|prod|"
    r"restaurant|residence|saint|sec|service|siege|site|travail|usine|vente|commercial|(adm|com|dg|dir|dr|ea|ime|la|le|les|pdl|rh|st|ste)(?=[._@-]))"
)
# Said in its place where nobody has signed in.
HIDDEN: Final = "adresse d’une personne"


def hidden(value: str) -> str:
    """The value of a group of mails as everybody reads it."""
    return HIDDEN if is_of_a_person(value) else value


def is_of_a_person(address: str) -> bool:
    """« marie.durand@esat.fr » and not « secretariat.esat@wanadoo.fr ». A guess: a first name alone is not seen."""
    written = address.lower()
    return bool(re.search(PERSON, written)) and not re.search(HOUSE, written.partition("@")[0] + "@")
