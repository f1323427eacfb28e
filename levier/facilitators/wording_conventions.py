"""The mails of conventions: to sign, signed, ended, soon over."""

from levier.core.typography import counted, day
from levier.facilitators.models import Convention, ConventionObjection, ConventionParty
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


def left(convention: Convention, party: ConventionParty) -> Letter:
    """For every party: one of several leaves."""
    return Letter(
        f"{party.name} se retire : {convention.title}",
        f"""Bonjour,

{party.name} se retire de « {convention.title} » le {day(party.left_on)}. Motif :
{party.left_words}

Elle continue entre les autres parties :
{_page(convention)}
""",
    )


def objected(convention: Convention, objection: ConventionObjection) -> Letter:
    """For every party, the structure first: the text must change."""
    return Letter(
        f"Un changement est demandé : {convention.title}",
        f"""Bonjour,

{objection.party.name} ne signe pas « {convention.title} » en l’état :
{objection.words}

{convention.structure.name} peut reprendre le texte, puis le proposer de nouveau :
{_page(convention)}
""",
    )


def to_renew(convention: Convention, *, left: int) -> Letter:
    """For the parties beside the structure, before the term; `left` in days."""
    return Letter(
        _to_renew_subject(convention),
        f"""Bonjour,

« {convention.title} », avec {convention.structure.name}, prend fin le {day(convention.valid_to)}, {_in_days(left)}.

{convention.structure.name} peut préparer la suivante, que vous recevrez à relire et à signer.
Avant, regardez ensemble si chacun a tenu ses engagements, et dites ce qui doit changer :
{_page(convention)}

Si vous ne souhaitez pas continuer, il n’y a rien à faire : elle s’arrête à son terme.
""",
    )


def to_renew_by_structure(convention: Convention, *, left: int) -> Letter:
    """For the structure, which writes the next one."""
    return Letter(
        _to_renew_subject(convention),
        f"""Bonjour,

« {convention.title} » prend fin le {day(convention.valid_to)}, {_in_days(left)}.

Pour continuer, ouvrez-la et choisissez « Préparer la suivante » : le texte, les parties et les engagements sont repris, les dates décalées.
Vous relisez, vous changez ce qu’il faut, puis vous la proposez à la signature :
{_page(convention)}

Sans suite, elle s’arrête à son terme.
""",
    )


def _to_renew_subject(convention: Convention) -> str:
    return f"À renouveler avant le {day(convention.valid_to)} : {convention.title}"


def _in_days(left: int) -> str:
    return "aujourd’hui" if left == 0 else f"dans {counted(left, 'jour')}"
