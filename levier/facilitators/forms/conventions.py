"""Forms of the conventions: the text's values, its parties, its commitments, a signature."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils import timezone

from levier.facilitators.actions import CommitmentValues, ConventionValues, PartyValues
from levier.facilitators.convention_text import NEVER_PROCESSOR, services
from levier.facilitators.forms.fields import day_field, text_field
from levier.facilitators.models import Convention, ConventionKind, DataRole, Measure, PartyRole

# How many empty lines the form offers for the other parties.
PARTY_LINES = {
    ConventionKind.BUYER.value: 1,
    ConventionKind.COMPANY.value: 1,
    ConventionKind.AUTHORITIES.value: 3,
    ConventionKind.CHARTER.value: 8,
}
_OTHER_WORDS = {
    ConventionKind.BUYER.value: "l’acheteur",
    ConventionKind.COMPANY.value: "l’entreprise",
    ConventionKind.AUTHORITIES.value: "la collectivité",
    ConventionKind.CHARTER.value: "le partenaire",
}
# A promise that each party beside the structure makes.
ALL_OTHERS = "autres"
# What parties most often promise: to keep, change or empty. A day by hand is three months away, to be changed.
_SOON = timedelta(days=90)


def usual_commitments(kind: str, on: date) -> list[dict[str, Any]]:
    """The promises a draft of this kind starts with."""
    asked = {
        ConventionKind.BUYER.value: "Répondre à chaque demande de l’acheteur",
        ConventionKind.COMPANY.value: "Répondre à chaque demande de l’entreprise",
        ConventionKind.AUTHORITIES.value: "Répondre à chaque demande des collectivités",
        ConventionKind.CHARTER.value: "Répondre à chaque demande d’un signataire",
    }[kind]
    met = {
        ConventionKind.BUYER.value: ("Rencontrer les équipes qui achètent", 2),
        ConventionKind.COMPANY.value: ("Rencontrer le référent de l’entreprise", 4),
        ConventionKind.AUTHORITIES.value: ("Réunir le comité", 1),
        ConventionKind.CHARTER.value: ("Réunir les signataires", 1),
    }[kind]
    theirs = {
        ConventionKind.BUYER.value: "Transmettre la programmation des achats de l’année",
        ConventionKind.COMPANY.value: "Nommer un référent et son suppléant",
        ConventionKind.AUTHORITIES.value: "Nommer un correspondant et son suppléant",
        ConventionKind.CHARTER.value: "Transmettre ses projets d’achats de l’année",
    }[kind]
    return [
        {"party": "0", "text": asked, "measure": Measure.ANSWER_TIME.value, "target": 5},
        {"party": "0", "text": met[0], "measure": Measure.VISITS.value, "target": met[1]},
        {"party": "0", "text": "Remettre un bilan des heures et des parcours", "measure": Measure.REPORTS.value, "target": 2},
        {"party": ALL_OTHERS if PARTY_LINES[kind] > 1 else "1", "text": theirs, "measure": Measure.BY_HAND.value, "due_on": on + _SOON},
    ]  # fmt: skip


class NumberField(forms.DecimalField):
    """A number shown as people write it: « 5 », not « 5,0 »."""

    def prepare_value(self, value: Any) -> Any:
        """A whole number without its zeros; what was typed is left as it is."""
        return int(value) if isinstance(value, Decimal) and value == int(value) else value


class EurosField(NumberField):
    """An amount as people type it: « 6 000 », « 1 200,50 € »."""

    def to_python(self, value: Any) -> Any:
        """Blanks and the sign of the euro left out."""
        return super().to_python("".join(str(value).split()).removesuffix("€") if value else value)


def _share_field(label: str) -> EurosField:
    return EurosField(
        label=label, required=False, min_value=0, max_digits=10, decimal_places=2, localize=True,
        widget=forms.TextInput(attrs={"class": "form-control", "inputmode": "decimal"}),
        error_messages={"invalid": "Écrivez un montant en euros, par exemple 12 000."},
    )  # fmt: skip


class ConventionForm(forms.Form):
    """What the text is made of."""

    title = text_field("Titre", most=200, required=True)
    structure_signatory = text_field("Signataire pour votre structure", most=160)
    structure_signatory_title = text_field("Sa qualité", most=160)
    structure_share_amount = _share_field("Sa participation (€ par an)")
    structure_share_for = text_field("Ce qu’elle paie", most=200)
    services = forms.MultipleChoiceField(
        label="Services rendus", widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins un service."},
    )  # fmt: skip
    territory = text_field("Territoire", most=300, required=True)
    is_lead = forms.BooleanField(
        label="Notre structure est chef de file des opérations sur plusieurs territoires", required=False
    )
    financial_share = text_field(
        "À propos de la participation financière",
        most=1000,
        rows=3,
        help_text="Le rythme des versements, la révision, une aide européenne… Les montants se disent avec chaque partie.",
    )
    valid_from = day_field("Du", required=True)
    valid_to = day_field("Au", help_text="Vide : sans terme. Un rappel part 90 puis 30 jours avant.")
    has_data_annex = forms.BooleanField(
        label="Joindre l’annexe sur les données personnelles (RGPD, article 28)", required=False
    )
    data_role = forms.ChoiceField(
        label="Pour qui la structure traite-t-elle ces données ?", choices=DataRole.choices,
        widget=forms.RadioSelect, required=False,
        help_text="Demandez à vos délégués à la protection des données : l’annexe n’est pas la même.",
    )  # fmt: skip
    special_terms = text_field("Clauses particulières", most=4000, rows=4)
    is_public = forms.BooleanField(
        label="La montrer, une fois signée, sur la page publique (parties, dates, services)", required=False
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["services"].choices = [(one.key, one.words(kind)) for one in services()]  # type: ignore[attr-defined]
        if kind in NEVER_PROCESSOR:
            del self.fields["data_role"]
            self.fields["has_data_annex"].label = "Joindre l’annexe sur les données personnelles (RGPD)"


class PartyForm(forms.Form):
    """One other party."""

    name = text_field("Nom", most=255)
    siren = text_field("SIREN", most=20)
    signatory_name = text_field("Signataire", most=160)
    signatory_title = text_field("Qualité du signataire", most=160)
    share_amount = _share_field("Participation (€ par an)")
    share_for = text_field("Ce qu’elle paie", most=200)

    def as_values(self) -> PartyValues | None:
        """The party, or None for an empty line."""
        kept = self.cleaned_data
        return PartyValues(**kept) if kept.get("name") or kept.get("siren") else None


class CommitmentForm(forms.Form):
    """One promise."""

    party = forms.ChoiceField(label="Qui s’engage", widget=forms.Select(attrs={"class": "form-select"}))
    text = text_field("Engagement", most=400)
    measure = forms.ChoiceField(
        label="Ce qui le mesure", required=False, choices=[("", "Choisissez"), *[one for one in Measure.choices if one[0]]],
        widget=forms.Select(attrs={"class": "form-select"}),
    )  # fmt: skip
    target = NumberField(
        label="Valeur visée", required=False, min_value=0, max_value=9999, decimal_places=1, localize=True,
        widget=forms.TextInput(attrs={"class": "form-control", "inputmode": "decimal"}),
        error_messages={"invalid": "Écrivez un nombre."},
    )  # fmt: skip
    due_on = day_field("Ou au plus tard le")

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = PARTY_LINES[kind]
        word = _OTHER_WORDS[kind]
        self.fields["party"].choices = [  # type: ignore[attr-defined]
            ("0", "Notre structure"),
            *([(ALL_OTHERS, "Chacune des autres parties")] if others > 1 else []),
            *((str(n), word.capitalize() + (f" n° {n}" if others > 1 else "")) for n in range(1, others + 1)),
        ]

    def as_values(self, others: int) -> list[CommitmentValues]:
        """The promise, once for each of the `others` when it is theirs all; nothing for an empty line."""
        kept = self.cleaned_data
        if not kept.get("text"):
            return []
        parties = range(1, others + 1) if kept["party"] == ALL_OTHERS else [int(kept["party"])]
        return [CommitmentValues(**kept | {"party": one}) for one in parties]


class SignForm(forms.Form):
    """Who signs, in what quality, and that they may."""

    signer_name = text_field("Nom de la personne qui signe", most=160, required=True)
    signer_title = text_field("Sa qualité", most=160, required=True)
    has_power = forms.BooleanField(
        label="J’ai le pouvoir d’engager cette organisation, ou la personne nommée l’a et m’en a chargé",
        error_messages={"required": "Sans ce pouvoir, la signature n’engage pas l’organisation."},
    )


class EndForm(forms.Form):
    """Why it ends, when, and whether all agree to shorten the notice."""

    reason = text_field("Motif, que les autres parties liront", most=500, rows=2, required=True)
    on = day_field("Dernier jour")
    is_agreed = forms.BooleanField(
        label="Toutes les parties sont d’accord, par écrit, pour une date plus proche", required=False
    )


class WholeConventionForm:
    """The form with its two tables, read and checked together. `kind` decides how many other parties."""

    def __init__(
        self, kind: str, data: Any = None, convention: Convention | None = None, **initial: Any
    ) -> None:
        self.kind = kind
        known = _known(convention) if convention else ({}, [], usual_commitments(kind, timezone.localdate()))
        values, parties, commitments = known
        most = max(PARTY_LINES[kind], len(parties))
        self.main = ConventionForm(data, initial=initial | values, prefix="c", kind=kind)
        self.parties: BaseFormSet[PartyForm] = formset_factory(
            PartyForm, extra=most - len(parties), max_num=20, absolute_max=20
        )(data, initial=parties, prefix="p")
        self.commitments: BaseFormSet[CommitmentForm] = formset_factory(
            CommitmentForm, extra=2, max_num=30, absolute_max=30
        )(data, initial=commitments, prefix="e", form_kwargs={"kind": kind})

    def is_valid(self) -> bool:
        """Every part, so that all faults show at once."""
        return all([self.main.is_valid(), self.parties.is_valid(), self.commitments.is_valid()])

    @property
    def has_errors(self) -> bool:
        """Whether something typed is refused."""
        return bool(self.main.errors) or any(self.parties.errors) or any(self.commitments.errors)

    def as_values(self, structure_name: str, structure_siren: str) -> ConventionValues:
        """The values of the action."""
        kept = dict(self.main.cleaned_data)
        own = PartyValues(
            name=structure_name,
            siren=structure_siren,
            signatory_name=kept.pop("structure_signatory"),
            signatory_title=kept.pop("structure_signatory_title"),
            share_amount=kept.pop("structure_share_amount"),
            share_for=kept.pop("structure_share_for"),
        )
        others = tuple(one for form in self.parties if (one := form.as_values()))
        promises = tuple(one for form in self.commitments for one in form.as_values(len(others)))
        kept["services"] = tuple(kept["services"])
        kept["data_role"] = kept.get("data_role") or DataRole.PROCESSOR.value
        return ConventionValues(
            kind=self.kind, structure_party=own, others=others, commitments=promises, **kept
        )


def _known(convention: Convention) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    """A draft as the form starts with it."""
    names = [name for name in ConventionForm.base_fields if not name.startswith("structure_")]
    values = {name: getattr(convention, name) for name in names}
    parties = list(convention.parties.all())
    own = next(one for one in parties if one.role == PartyRole.STRUCTURE)
    values |= {
        "structure_signatory": own.signatory_name, "structure_signatory_title": own.signatory_title,
        "structure_share_amount": own.share_amount, "structure_share_for": own.share_for,
    }  # fmt: skip
    others = [
        {
            "name": one.name, "siren": one.siren, "signatory_name": one.signatory_name,
            "signatory_title": one.signatory_title, "share_amount": one.share_amount, "share_for": one.share_for,
        }
        for one in parties
        if one.pk != own.pk
    ]  # fmt: skip
    positions = {one.pk: one.position for one in parties}
    promises = [
        {
            "party": str(positions[one.party_id]),
            "text": one.text,
            "measure": one.measure,
            "target": one.target,
            "due_on": one.due_on,
        }
        for one in convention.commitments.all()
    ]
    return values, others, promises
