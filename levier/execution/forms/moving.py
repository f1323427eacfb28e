"""The small forms of a contract: an order or an invoice, an amendment, a reversal, contacts, a subcontractor."""

from typing import Any

from django import forms

from levier.core.typography import day
from levier.execution.models import (
    Account,
    Commitment,
    Contract,
    ContractContact,
    ContractParty,
    LedgerPosting,
    OrderNature,
    PartyKind,
    Reason,
)
from levier.purchasing.forms.fields import TOO_LONG, AmountField, NumberField, day_field
from levier.purchasing.models import ContactRank

# Codes the software writes itself, or that the other account alone may give.
_OF_DUE = (Reason.MISTAKE, Reason.DUPLICATE, Reason.CANCELLED)
_OF_DONE = (Reason.MISTAKE, Reason.DUPLICATE, Reason.INELIGIBLE)


class OrderForm(forms.Form):
    """An order, an invoice or a statement of hours worked."""

    nature = forms.ChoiceField(label="Nature", choices=OrderNature.choices, widget=forms.RadioSelect)
    reference = forms.CharField(label="Numéro ou référence", max_length=60, error_messages=TOO_LONG)
    dated_on = day_field("Date", required=True)
    amount_ht = AmountField(label="Montant hors taxes (€)", help_text="D’une commande ou d’une facture.")
    worked_hours = NumberField(
        label="Heures travaillées",
        example="1 607",
        decimals=2,
        help_text="D’un relevé : toutes les heures travaillées de la période, insertion ou non.",
    )


class AmendmentForm(forms.Form):
    """What an amendment would change of the hours due, of the end of the contract."""

    commitment = forms.ModelChoiceField(Commitment.objects.none(), label="Engagement", empty_label=None)
    reference = forms.CharField(label="Numéro de l’avenant", max_length=60, error_messages=TOO_LONG)
    signed_on = day_field("Date d’effet", required=True)
    hours_change = NumberField(
        label="Heures en plus ou en moins",
        example="40 ou −80",
        decimals=2,
        help_text="Vide : les heures dues ne changent pas.",
    )
    ends_on = day_field("Nouvelle fin du contrat")
    note = forms.CharField(
        label="Motif", max_length=2000, required=False, error_messages=TOO_LONG, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Sans nommer personne.",
    )  # fmt: skip

    def __init__(self, *args: Any, contract: Contract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["commitment"]
        field.queryset = contract.commitments.select_related("contractor")  # type: ignore[attr-defined]
        field.label_from_instance = lambda one: one.named  # type: ignore[attr-defined]
        self.fields["ends_on"].help_text = f"Vide : il finit toujours le {day(contract.ends_on)}."


class ReversalForm(forms.Form):
    """Why a line is reversed: codes, since a free text could name somebody."""

    reason = forms.ChoiceField(label="Pourquoi annuler cette écriture", widget=forms.RadioSelect)

    def __init__(self, *args: Any, posting: LedgerPosting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = _OF_DUE if posting.account == Account.DUE else _OF_DONE
        self.fields["reason"].choices = [(code.value, code.label) for code in codes]  # type: ignore[attr-defined]


class ContactsForm(forms.Form):
    """The two people of one side."""

    def __init__(self, *args: Any, known: list[ContractContact], **kwargs: Any) -> None:
        initial = {
            f"{one.rank}_{part}": getattr(one, part) for one in known for part in ("name", "email", "phone")
        }
        super().__init__(*args, initial=initial, **kwargs)
        for rank in ContactRank:
            self.fields[f"{rank.value}_name"] = forms.CharField(label="Nom", max_length=120, required=False)
            self.fields[f"{rank.value}_email"] = forms.EmailField(label="Courriel", required=False)
            self.fields[f"{rank.value}_phone"] = forms.CharField(
                label="Téléphone", max_length=30, required=False
            )

    @property
    def people(self) -> list[tuple[ContactRank, Any, Any, Any]]:
        """Place, then its three fields."""
        return [
            (rank, *(self[f"{rank.value}_{part}"] for part in ("name", "email", "phone")))
            for rank in ContactRank
        ]  # type: ignore[misc]


class PartyEmailForm(forms.Form):
    """Where the part of a co-contractor or subcontractor is asked for."""

    email = forms.EmailField(
        label="Courriel de qui déclare sa part", required=False,
        help_text="Cette personne reçoit les rappels et le lien du mois, et ne voit rien d’autre du contrat. Vide : plus rien ne lui est envoyé.",
    )  # fmt: skip


class SubcontractorForm(forms.Form):
    """A subcontractor, and whose it is."""

    siren = forms.CharField(label="SIREN", max_length=20)
    name = forms.CharField(
        label="Nom", max_length=255, required=False, help_text="Seulement s’il n’est pas encore connu ici."
    )
    email = forms.EmailField(
        label="Courriel de qui déclare sa part", required=False,
        help_text="Avec cette adresse, le sous-traitant déclare ses heures lui-même, et ne voit rien d’autre du contrat.",
    )  # fmt: skip
    under = forms.ModelChoiceField(
        ContractParty.objects.none(),
        label="Sous-traitant de",
        required=False,
        empty_label="du titulaire (rang 1)",
    )

    def __init__(self, *args: Any, contract: Contract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["under"]
        field.queryset = contract.parties.filter(kind=PartyKind.SUBCONTRACTOR).select_related("organisation")  # type: ignore[attr-defined]
        field.label_from_instance = lambda one: f"{one.organisation.name} (rang {one.tier})"  # type: ignore[attr-defined]
