"""The forms of a purchase, of its lots, of its contacts and of its moves."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet

from levier.accounts.models import Role, User
from levier.organisations.models import Organisation
from levier.purchasing.actions import LotValues, Person, PurchaseValues
from levier.purchasing.forms.fields import (
    TOO_LONG,
    AmountField,
    CpvField,
    MonthsField,
    NumberField,
    PlaceField,
    day_field,
)
from levier.purchasing.models import (
    BuyerKind,
    Ccag,
    ContactRank,
    ContactSide,
    ContractKind,
    Lot,
    Procedure,
    Purchase,
    PurchaseContact,
    PurchaseSide,
)
from levier.rulebook.programmes import all_programmes

_UNKNOWN = ("", "Pas encore connu")


def _text(label: str, most: int, *, required: bool = False, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, required=required, help_text=help_text, error_messages=TOO_LONG
    )


class LaunchForm(forms.Form):
    """The day of the launch, asked when the publication is declared and nobody said it before."""

    lancement = day_field(
        "Date de lancement de la consultation", required=True,
        help_text="Celle de l’avis publié, ou de l’envoi aux entreprises : les règles sont celles de ce jour.",
    )  # fmt: skip


class PurchaseForm(forms.Form):
    """What a purchase is; only its object must be said."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label="Acheteur", empty_label=None)
    title = _text(
        "Objet",
        200,
        required=True,
        help_text="En quelques mots : « Rénovation du groupe scolaire Jean-Macé ».",
    )
    reference = _text("Votre référence", 60)
    side = forms.ChoiceField(
        label="Règles applicables",
        choices=[
            (PurchaseSide.PUBLIC, "Code de la commande publique"),
            (PurchaseSide.PRIVATE, "Contrat privé"),
        ],
        widget=forms.RadioSelect,
    )
    buyer_kind = forms.ChoiceField(
        label="Nature de l’acheteur public", required=False, choices=[_UNKNOWN, *BuyerKind.choices]
    )
    contract_kind = forms.ChoiceField(
        label="Nature du marché", required=False, choices=[_UNKNOWN, *ContractKind.choices]
    )
    procedure = forms.ChoiceField(label="Procédure", required=False, choices=Procedure.choices)
    ccag = forms.ChoiceField(label="CCAG", required=False, choices=Ccag.choices)
    amount_ht = AmountField(
        label="Montant estimé du besoin entier, hors taxes (€)",
        help_text="Tous les lots ensemble : les seuils se lisent sur lui.",
    )
    max_amount_ht = AmountField(label="Montant maximum, hors taxes (€)", help_text="D’un accord-cadre.")
    launch_on = day_field("Lancement de la consultation", help_text="Les règles sont celles de ce jour.")
    starts_on = day_field("Début d’exécution")
    months = MonthsField(label="Durée (mois)", example="24 ou 2 ans")
    place = PlaceField(
        label="Lieu d’exécution", max_length=120, required=False,
        help_text="Commune, code postal, EPCI, département ou région.",
    )  # fmt: skip
    programme = forms.ChoiceField(label="Programme", required=False)
    is_defence = forms.BooleanField(label="Marché de défense ou de sécurité", required=False)

    def __init__(self, *args: Any, organisations: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        self.fields["programme"].choices = [  # type: ignore[attr-defined]
            ("", "Aucun"), *((one.key, one.label) for one in all_programmes()),
        ]  # fmt: skip

    @property
    def is_alone(self) -> bool:
        """Whether there is only one buyer to choose from."""
        return len(self.fields["organisation"].choices) == 1  # type: ignore[attr-defined]

    @property
    def only_organisation(self) -> Organisation:
        """The buyer, when there is only one to choose from."""
        found = self.fields["organisation"].queryset.get()  # type: ignore[attr-defined]
        assert isinstance(found, Organisation)
        return found

    def as_values(self) -> PurchaseValues:
        """The purchase, once the form is valid."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "organisation"}
        return PurchaseValues(**values)


def initial_of_purchase(purchase: Purchase) -> dict[str, Any]:
    """A purchase as its form starts."""
    names = [name for name in PurchaseForm.base_fields if name not in {"place", "organisation"}]
    return {name: getattr(purchase, name) for name in names} | {
        "organisation": purchase.organisation_id,
        "place": purchase.place_label,
    }


class LotForm(forms.Form):
    """One lot; what is left empty is the purchase's, or becomes a question."""

    title = _text("Objet du lot", 200, required=True)
    text = forms.CharField(
        label="Description", max_length=5000, required=False, error_messages=TOO_LONG,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    cpv = CpvField(
        label="Code CPV", max_length=120, required=False,
        help_text="Huit chiffres. Vide : il est proposé d’après l’objet, et vous le corrigez.",
    )  # fmt: skip
    amount_ht = AmountField(label="Montant estimé, hors taxes (€)")
    is_framework = forms.BooleanField(
        label="Accord-cadre à bons de commande ou marchés subséquents", required=False
    )
    max_amount_ht = AmountField(label="Maximum de l’accord-cadre, hors taxes (€)")
    months = MonthsField(label="Durée (mois)", example="24 ou 2 ans", help_text="Vide : celle de l’achat.")
    starts_on = day_field("Début d’exécution", help_text="Vide : celui de l’achat.")
    place = PlaceField(
        label="Lieu d’exécution", max_length=120, required=False, help_text="Vide : celui de l’achat."
    )
    takeover = forms.ChoiceField(
        label="Personnel à reprendre",
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("", "Pas encore connu"),
            ("non", "Aucun personnel à reprendre"),
            ("oui", "Oui, indiquer les heures par mois"),
        ],
        help_text="Propreté, gardiennage, restauration, transport\u00a0: c’est ce qui change le plus les heures.",
    )
    takeover_hours = NumberField(label="Heures à reprendre par mois", example="140", decimals=2)
    posts = NumberField(label="Personnes sur place en même temps", example="4")
    weeks = NumberField(label="Semaines sur place", example="26", help_text="Vide : toute la durée.")
    headcount = NumberField(
        label="Emplois à ouvrir à l’insertion (ETP)",
        example="1,5",
        help_text="Pour une prestation comptée en emplois : ceux que vous ouvrez à des personnes éloignées de l’emploi, non l’équipe entière.",
    )

    @property
    def has_own_place_or_start(self) -> bool:
        """Whether the folded part holds something, or something to correct."""
        names = ("place", "starts_on")
        return any(self[name].value() or self[name].errors for name in names)

    def clean(self) -> dict[str, Any]:
        """The answer on the staff and its hours go together."""
        values = super().clean() or {}
        answer, hours = values.get("takeover"), values.get("takeover_hours")
        if answer == "oui" and hours is None and "takeover_hours" not in self.errors:
            self.add_error("takeover_hours", "Combien d’heures par mois sont à reprendre ?")
        if answer == "non" and hours:
            self.add_error("takeover_hours", "Personne n’est à reprendre : laissez les heures vides.")
        return values

    def as_values(self, *, lot: Lot | None = None) -> LotValues:
        """The lot, once the form is valid; what no field shows stays as it was."""
        values = dict(self.cleaned_data)
        answer = values.pop("takeover")
        return LotValues(
            **values,
            takeover_known=answer in {"oui", "non"} or values["takeover_hours"] is not None,
            is_social_service=lot.is_social_service if lot else None,
        )


def initial_of_lot(lot: Lot) -> dict[str, Any]:
    """A lot as its form starts."""
    names = [name for name in LotForm.base_fields if name not in {"place", "takeover"}]
    takeover = ("oui" if lot.takeover_hours else "non") if lot.takeover_known else ""
    return {name: getattr(lot, name) for name in names} | {"place": lot.place_label, "takeover": takeover}


class PersonForm(forms.Form):
    """One contact: a colleague with an account, or somebody named."""

    account = forms.ModelChoiceField(
        User.objects.none(),
        label="Un membre de l’organisation",
        required=False,
        empty_label="Quelqu’un d’autre",
    )
    name = _text("Nom", 120, help_text="Vide pour un membre : celui de son compte.")
    function = _text("Fonction", 120)
    email = forms.EmailField(
        label="Courriel", required=False,
        error_messages={"invalid": "Cette adresse n’est pas complète : écrivez par exemple nom@ville.fr."},
    )  # fmt: skip
    phone = _text("Téléphone", 30)

    def __init__(self, *args: Any, members: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = members  # type: ignore[attr-defined]

    @property
    def is_empty(self) -> bool:
        """Whether nobody is named here."""
        return not any(self.cleaned_data.get(name) for name in ("account", "name", "email", "phone"))

    def as_person(self) -> Person:
        """The contact, once the form is valid."""
        return Person(**self.cleaned_data)


def people_forms(
    side: ContactSide, organisation: Organisation, contacts: Iterable[PurchaseContact], data: Any = None
) -> dict[ContactRank, PersonForm]:
    """The two forms of one side, filled with what is known."""
    role = Role.BUYER if side == ContactSide.BUYER else Role.FACILITATOR
    members = User.objects.filter(
        memberships__organisation=organisation, memberships__role__in={role, Role.FACILITATOR}, is_active=True
    ).distinct()
    known = {one.rank: one for one in contacts if one.side == side}
    forms_of = {}
    for rank in ContactRank:
        one = known.get(rank.value)
        initial = {
            name: getattr(one, "account_id" if name == "account" else name)
            for name in PersonForm.base_fields
        } if one else {}  # fmt: skip
        forms_of[rank] = PersonForm(data, prefix=rank.value, initial=initial, members=members)
    return forms_of
