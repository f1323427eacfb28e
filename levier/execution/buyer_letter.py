"""Tells a buyer's contact that a structure follows a contract of its organisation here, and how to read it: once an address a contract."""

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse

from levier.core import mail, mail_returns
from levier.execution.models import Contract


def tell_named_buyer(contract: Contract, addresses: Iterable[str]) -> None:
    """Write to those just named, in the transaction that names them; nobody when the buyer wrote the contract itself."""
    taken_over = contract.incoming
    if taken_over is None or taken_over.organisation_id == contract.buyer_id:
        return
    told = {one for one in addresses if one}
    for address in sorted(told - set(mail_returns.given_up(list(told)))):
        mail.send(
            to=address,
            subject=f"Vos heures d’insertion : {contract.title}",
            body=_letter(contract, taken_over.organisation.name, address),
            key=f"named-buyer-{contract.pk}-{address}",
        )


def _letter(contract: Contract, structure: str, address: str) -> str:
    reference = f" ({contract.reference})" if contract.reference else ""
    return (
        "Bonjour,\n\n"
        f"{structure} suit ici les heures d’insertion de ce contrat, et vous y nomme comme contact de {contract.buyer.name} :\n"
        f"{contract.title}{reference}\n"
        f"Titulaire : {contract.holder.name}\n\n"
        "Vous pouvez lire les heures, décider des avenants et des suites d’un retard. Connectez-vous, ou créez un compte, avec "
        f"cette adresse ({address}) : la page dit comment ouvrir le contrat.\n"
        f"{settings.SITE_URL}{reverse('execution:contracts')}\n\n"
        "Ce contrat ne vous concerne pas ? Dites-le à la structure qui vous nomme. Sans votre compte, personne ne décide à votre place.\n"
    )
