"""The form of a fact that nothing here can see: a meeting, a report delivered."""

from django import forms

from levier.facilitators.actions.measures import TYPED_MEASURES


class ConfirmForm(forms.Form):
    """What is seen by hand was done: when, and what shows it."""

    done_on = forms.DateField(
        label="Fait le", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Cette date n’est pas lisible : écrivez-la comme 2027-03-12.",
                        "required": "Dites quand c’était fait."},
    )  # fmt: skip
    words = forms.CharField(label="Ce qui le montre", max_length=200, required=False)


class TypedFactForm(forms.Form):
    """What, when."""

    measure = forms.ChoiceField(label="Nature", choices=[(one.value, one.label) for one in TYPED_MEASURES])
    happened_on = forms.DateField(
        label="Le", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Cette date n’est pas lisible : écrivez-la comme 2027-03-12."},
    )  # fmt: skip
    label = forms.CharField(
        label="Ce que c’est", max_length=200, help_text="Sans nom de personne : toutes les parties le lisent."
    )
