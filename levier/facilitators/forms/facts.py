"""The form of a fact that nothing here can see: a meeting, a report delivered."""

from django import forms

from levier.facilitators.actions.measures import TYPED_MEASURES


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
