"""Forms of the requests to a facilitator."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from levier.facilitators.forms.fields import text_field
from levier.organisations.models import Organisation
from levier.reference.places import Place
from levier.reference.queries import place_finder


class AskForm(forms.Form):
    """The buyer's request. Each line of the need is ticked or not: only the ticked ones are sent."""

    organisation = forms.ModelChoiceField(
        label="Vous demandez pour", queryset=Organisation.objects.none(), empty_label=None,
        widget=forms.Select(attrs={"class": "form-select"}),
    )  # fmt: skip
    subject_label = text_field("Objet", most=160, required=True)
    lieu = text_field(
        "Lieu d’exécution", most=100, required=True,
        help_text="Commune, intercommunalité ou département : le facilitateur en dépend.",
    )  # fmt: skip
    message = text_field(
        "Votre demande", most=3000, rows=5,
        help_text="Ce que vous attendez : calibrer les heures, relire l’article, trouver des candidats…",
    )  # fmt: skip
    lines = forms.MultipleChoiceField(
        label="Du besoin, transmettre", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Décochez ce que vous préférez garder.",
    )  # fmt: skip
    agrees = forms.BooleanField(
        label="J’accepte que ces informations et mon adresse soient transmises à la structure en charge",
        error_messages={"required": "Cochez pour transmettre : rien ne part sans votre accord."},
    )

    def __init__(self, *args: Any, organisations: Any, need: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.need = need
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        self.fields["lines"].choices = [  # type: ignore[attr-defined]
            (str(number), f"{label} : {value}") for number, (label, value) in enumerate(need)
        ]

    def clean_lieu(self) -> Place:
        """The place typed."""
        text = self.cleaned_data["lieu"]
        found = place_finder().find(text, limit=1)
        if not found:
            raise ValidationError(
                f"« {text} » ne ressemble à aucun lieu : écrivez une commune ou un département."
            )
        return found[0].place

    @property
    def chosen_need(self) -> tuple[tuple[str, str], ...]:
        """The ticked lines."""
        return tuple(self.need[int(number)] for number in self.cleaned_data["lines"])
