"""The mails of conventions: to sign, signed, ended, soon over."""

from levier.core.typography import day
from levier.facilitators.models import Convention, ConventionParty
from levier.facilitators.wording import Letter, address


def _page(convention: Convention) -> str:
    return address("convention", convention.pk)


def proposed(convention: Convention) -> Letter:
    """For the parties that must sign."""
    return Letter(
        f"À relire et signer : {convention.title}",
        f"""Bonjour,

{convention.structure.name} vous propose « {convention.title} », à partir du {day(convention.valid_from)}.

Relisez le texte, puis signez-le dans Levier ou déposez la copie signée à la main :
{_page(convention)}

Seule une personne qui gère votre organisation ici peut signer, si elle en a le pouvoir.
""",
    )


def copy_deposited(convention: Convention, party: ConventionParty) -> Letter:
    """For the parties that must recognise the copy."""
    return Letter(
        f"Une copie signée attend votre accord : {convention.title}",
        f"""Bonjour,

{party.name} a déposé la copie signée de « {convention.title} ». Vérifiez que c’est bien celle que vous avez signée :
{_page(convention)}
""",
    )


def signed(convention: Convention) -> Letter:
    """For every party."""
    term = f" jusqu’au {day(convention.valid_to)}" if convention.valid_to else ""
    return Letter(
        f"Convention signée : {convention.title}",
        f"""Bonjour,

Toutes les parties ont signé « {convention.title} ». Elle vaut à partir du {day(convention.valid_from)}{term}.
Le texte, les signatures et le suivi des engagements :
{_page(convention)}
""",
    )


def ended(convention: Convention) -> Letter:
    """For every party."""
    return Letter(
        f"Convention terminée : {convention.title}",
        f"""Bonjour,

« {convention.title} » prend fin le {day(convention.valid_to)}. Motif :
{convention.end_reason}

{_page(convention)}
""",
    )


def to_renew(convention: Convention) -> Letter:
    """For every party, before the term."""
    return Letter(
        f"À renouveler avant le {day(convention.valid_to)} : {convention.title}",
        f"""Bonjour,

« {convention.title} » prend fin le {day(convention.valid_to)}. Pour continuer, préparez la suivante dès maintenant :
lisez ensemble la mesure des engagements, puis proposez un nouveau texte.

{_page(convention)}
""",
    )
