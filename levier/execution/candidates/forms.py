"""Forms of posts and candidates: closed lists and dates, no free text."""

from collections.abc import Iterable
from typing import Any

from django import forms

from levier.execution.models import PostKind
from levier.execution.people.forms import choice_field
from levier.facilitators.forms.fields import day_field, mail_field, text_field
from levier.rulebook.eligibility import EMPLOYERS
from levier.rulebook.modalities import modalities


class ContactsForm(forms.Form):
    """Who answers for a post, and who does in its absence."""

    contact_name = text_field("Qui répond aux candidatures", most=120, required=True)
    contact_email = mail_field("Son courriel", required=True)
    backup_name = text_field("Qui répond en son absence", most=120, required=True)
    backup_email = mail_field("Son courriel", required=True)


class PostForm(ContactsForm):
    """A post of a contract."""

    company = choice_field("Entreprise qui embauche", ())
    trade = text_field("Métier", most=120, required=True, help_text="Par exemple : agent d’entretien.")
    kind = choice_field("Contrat de travail", PostKind.choices)
    people = forms.IntegerField(
        label="Personnes cherchées", min_value=1, max_value=99, initial=1,
        error_messages={"required": "Dites combien de personnes vous cherchez.", "min_value": "Au moins une personne.",
                        "max_value": "Au plus 99 personnes.", "invalid": "Écrivez un nombre entier."},
        widget=forms.NumberInput(attrs={"class": "form-control"}),
    )  # fmt: skip
    hours_per_week = forms.DecimalField(
        label="Heures par semaine", min_value=1, max_value=48, decimal_places=1, initial=35,
        error_messages={"required": "Dites combien d’heures par semaine.", "min_value": "Au moins une heure.",
                        "max_value": "Au plus 48 heures.", "invalid": "Écrivez par exemple 35.",
                        "max_decimal_places": "Une décimale au plus."},
        widget=forms.NumberInput(attrs={"class": "form-control", "step": "0.5"}),
    )  # fmt: skip
    place = text_field(
        "Lieu de travail", most=120, required=True, help_text="La commune, et comment y venir sans voiture."
    )
    starts_on = day_field("À partir du", required=True)
    employer_kind = choice_field(
        "Qui l’emploiera", [(key, words.capitalize()) for key, words in EMPLOYERS.items()]
    )
    modality = choice_field("Façon de faire les heures", [(one.key, one.label) for one in modalities()])

    def __init__(self, *args: Any, companies: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["company"].choices = list(companies)  # type: ignore[attr-defined]


class CandidateForm(forms.Form):
    """Somebody proposed; the company reads the first name and the initial."""

    prescriber = choice_field("Votre structure", ())
    given_name = text_field("Prénom", most=80, required=True)
    family_name = text_field("Nom", most=80, required=True, help_text="L’entreprise n’en lit que l’initiale.")
    birth_on = day_field("Date de naissance", required=True, help_text="L’entreprise ne la lit pas.")
    agreed_on = day_field("La personne est d’accord depuis le", required=True)

    def __init__(self, *args: Any, prescribers: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["prescriber"].choices = list(prescribers)  # type: ignore[attr-defined]


class MoveForm(forms.Form):
    """The next stage, and its day."""

    to = forms.CharField()
    on = day_field("Le", required=True)
