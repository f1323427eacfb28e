"""The form of a contract: whose it is, what it owes, when it reports, whom to call."""

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from levier.accounts.models import Role
from levier.clauses.models import ChoiceKind
from levier.clauses.recipes import is_only_reserved
from levier.clauses.studies.queries import last_choices
from levier.execution.actions import (
    CommitmentValues,
    ContactPerson,
    ContractValues,
    Member,
    check_notified,
    firm,
)
from levier.execution.errors import RefusedError
from levier.execution.forms.rules import counting_field, publics_field
from levier.execution.models import CommitmentKind, OrderNature, Regime, ReportingPeriod
from levier.organisations.identifiers import clean_digits
from levier.organisations.models import Organisation
from levier.purchasing.forms.fields import TOO_LONG, AmountField, NumberField, PlaceField, day_field
from levier.purchasing.models import ContactRank, Lot
from levier.rulebook.months import last_day_of_contract

MEMBERS = (1, 2, 3)
PER_100K = Decimal(100_000)


def _text(label: str, most: int, *, required: bool = False, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, required=required, help_text=help_text, error_messages=TOO_LONG
    )


class DueForm(forms.Form):
    """What is owed, by one of the three rules, and how its hours are read."""

    kind = forms.ChoiceField(
        label="Comment les heures dues se comptent", choices=CommitmentKind.choices, widget=forms.RadioSelect,
        initial=CommitmentKind.FIXED,
    )  # fmt: skip
    hours = NumberField(
        label="Heures dues",
        example="480",
        decimals=2,
        help_text="Pour un nombre fixe. Un critère : le nombre de l’offre retenue.",
    )
    rate = NumberField(
        label="Part des heures travaillées (%)", example="7", decimals=2, help_text="Pour une part."
    )
    hours_per_tranche = NumberField(label="Heures par tranche", example="1", decimals=2)
    tranche_amount_ht = AmountField(label="Montant d’une tranche, hors taxes (€)", example="2 000")
    trigger_amount_ht = AmountField(
        label="Seuil, hors taxes (€)", help_text="Rien n’est dû en dessous. Vide : pas de seuil."
    )
    basis = forms.ChoiceField(
        label="Montants comptés", required=False,
        choices=[(OrderNature.ORDERED, "Ceux des bons de commande"), (OrderNature.INVOICED, "Ceux des factures")],
    )  # fmt: skip
    is_retroactive = forms.BooleanField(
        label="Le seuil franchi, les montants d’avant comptent aussi", required=False
    )
    is_whole_tranches = forms.BooleanField(label="Seules les tranches complètes comptent", required=False)
    publics_rule = publics_field()
    counting_rule = counting_field()

    def clean_rate(self) -> Decimal | None:
        """Per cent in, 0 to 1 out."""
        rate = self.cleaned_data["rate"]
        return None if rate is None else rate / 100

    def as_commitment(self) -> CommitmentValues:
        """What is owed, once the form is valid."""
        names = (
            "kind", "hours", "rate", "hours_per_tranche", "tranche_amount_ht", "trigger_amount_ht", "basis",
            "is_retroactive", "is_whole_tranches", "publics_rule", "counting_rule",
        )  # fmt: skip
        label = self.cleaned_data.get("label", "")
        return CommitmentValues(label=label, **{name: self.cleaned_data[name] for name in names})


class ContractForm(DueForm):
    """A lot awarded: its holder, its dates, its hours. Subclassed for a contract of no lot."""

    holder_siren = _text(
        "SIREN du titulaire", 20, required=True, help_text="Neuf chiffres. En groupement : le mandataire."
    )
    holder_name = _text("Nom du titulaire", 255, help_text="Seulement s’il n’est pas encore connu ici.")
    title = _text("Objet du contrat", 200, required=True)
    reference = _text("Numéro du marché", 60)
    notified_on = day_field("Notifié le", required=True)
    starts_on = day_field(
        "Début d’exécution", required=True, help_text="Les heures fixes sont dues à partir de ce jour."
    )
    ends_on = day_field("Fin d’exécution", required=True)
    reporting_period = forms.ChoiceField(
        label="Rythme des déclarations", choices=ReportingPeriod.choices, initial=ReportingPeriod.QUARTER
    )
    reporting_due_day = forms.IntegerField(
        label="À remettre avant le… du mois suivant", min_value=1, max_value=28, initial=15
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for rank in ContactRank:
            self.fields[f"{rank.value}_name"] = _text("Nom", 120)
            self.fields[f"{rank.value}_email"] = forms.EmailField(label="Courriel", required=False)
            self.fields[f"{rank.value}_phone"] = _text("Téléphone", 30)
        for number in MEMBERS:
            self.fields[f"member{number}_siren"] = _text("SIREN", 20)
            self.fields[f"member{number}_name"] = _text("Nom", 255)
            self.fields[f"member{number}_share"] = NumberField(
                label="Part écrite (%)", example="30", decimals=2
            )
            self.fields[f"member{number}_email"] = forms.EmailField(label="Courriel", required=False)

    def clean_notified_on(self) -> date:
        """A day that is not to come."""
        on: date = self.cleaned_data["notified_on"]
        try:
            check_notified(on)
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        return on

    @property
    def people(self) -> list[tuple[ContactRank, Any, Any, Any]]:
        """The two contacts of the holder: place, then its three fields."""
        return [
            (rank, *(self[f"{rank.value}_{part}"] for part in ("name", "email", "phone")))
            for rank in ContactRank
        ]  # type: ignore[misc]

    @property
    def members(self) -> list[tuple[int, Any, Any, Any, Any]]:
        """The co-contractors: number, then the four fields of each."""
        return [
            (number, *(self[f"member{number}_{part}"] for part in ("siren", "name", "share", "email")))  # type: ignore[misc]
            for number in MEMBERS
        ]

    @property
    def has_members(self) -> bool:
        """Whether a co-contractor was typed."""
        return any(self[f"member{number}_siren"].value() for number in MEMBERS)

    def as_values(self) -> ContractValues:
        """The contract, once the form is valid."""
        names = (
            "title",
            "reference",
            "notified_on",
            "starts_on",
            "ends_on",
            "reporting_period",
            "reporting_due_day",
        )
        return ContractValues(**{name: self.cleaned_data[name] for name in names})

    def as_holder(self) -> Organisation:
        """The holder. Raises RefusedError."""
        return firm(siren=self.cleaned_data["holder_siren"], name=self.cleaned_data["holder_name"])

    def as_members(self) -> list[Member]:
        """The co-contractors. Raises RefusedError."""
        found = []
        for number in MEMBERS:
            typed = {
                part: self.cleaned_data[f"member{number}_{part}"]
                for part in ("siren", "name", "share", "email")
            }
            if not any(typed.values()):
                continue
            if not typed["siren"] or typed["share"] is None:
                raise RefusedError(f"Cotraitant {number} : donnez son SIREN et sa part écrite.")
            found.append(
                Member(
                    organisation=firm(siren=typed["siren"], name=typed["name"]), share_rate=typed["share"] / 100,
                    email=typed["email"],
                )
            )  # fmt: skip
        return found

    def as_contacts(self) -> dict[str, ContactPerson]:
        """The contacts given, by rank."""
        return contacts_of(self.cleaned_data)


def contacts_of(cleaned: dict[str, Any]) -> dict[str, ContactPerson]:
    """The people typed in fields « referent_name », « suppleant_email »…, by rank."""
    found = {}
    for rank in ContactRank:
        typed = {part: cleaned[f"{rank.value}_{part}"] for part in ("name", "email", "phone")}
        if any(typed.values()):
            found[rank.value] = ContactPerson(**typed)
    return found


class OwnContractForm(ContractForm):
    """A contract that no lot studied here became."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label="Acheteur", empty_label=None)
    regime = forms.ChoiceField(
        label="Nature", choices=Regime.choices, widget=forms.RadioSelect, initial=Regime.PUBLIC
    )
    place = PlaceField(
        label="Lieu d’exécution",
        max_length=120,
        required=False,
        help_text="Commune, code postal, EPCI ou département.",
    )
    facilitator_siren = _text(
        "SIREN du facilitateur", 20, help_text="Vide : vous suivez vous-même les heures."
    )

    def __init__(self, *args: Any, organisations: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]

    def clean_facilitator_siren(self) -> Organisation | None:
        """A structure that has facilitators here, or None."""
        digits = clean_digits(self.cleaned_data["facilitator_siren"])
        if not digits:
            return None
        found = Organisation.objects.filter(siren=digits, memberships__role=Role.FACILITATOR).first()
        if found is None:
            raise ValidationError(
                "Aucune structure de ce SIREN n’a de facilitateur ici. Laissez vide, ou invitez-la d’abord."
            )
        return found

    def as_values(self) -> ContractValues:
        """The contract and its place, once the form is valid."""
        place = self.cleaned_data["place"]
        return ContractValues(
            **asdict(super().as_values())
            | {
                "regime": self.cleaned_data["regime"], "place_label": place.place_label,
                "departement_code": place.departement_code,
            }
        )  # fmt: skip


def initial_of_lot(lot: Lot) -> dict[str, Any]:
    """What the award of a lot starts from: its object, its dates, the hours the buyer signed."""
    purchase = lot.purchase
    start = lot.starts_on or purchase.starts_on
    months = lot.months or purchase.months
    end = last_day_of_contract(start, months) if start and months else None
    initial: dict[str, Any] = {
        "title": lot.title if lot.title == purchase.title else f"{purchase.title} : {lot.title}"[:200],
        "reference": purchase.reference, "starts_on": start, "ends_on": end, "kind": CommitmentKind.FIXED,
    }  # fmt: skip
    signed = last_choices([lot]).get(lot.pk, {}).get(ChoiceKind.DECISION)
    if signed is not None and signed.hours:
        initial["hours"] = signed.hours
    elif signed is not None and signed.hours_per_100k:
        initial |= {
            "kind": CommitmentKind.PER_AMOUNT, "hours_per_tranche": signed.hours_per_100k,
            "tranche_amount_ht": PER_100K, "basis": OrderNature.ORDERED,
        }  # fmt: skip
    return initial


def is_owed_nothing(lot: Lot) -> bool:
    """Whether the buyer signed a reservation alone: those it is for do the whole lot, and no hours are asked."""
    signed = last_choices([lot]).get(lot.pk, {}).get(ChoiceKind.DECISION)
    return signed is not None and is_only_reserved(signed.levers)
