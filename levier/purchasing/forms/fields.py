"""What the forms of the marketplace share."""

from django import forms

BAD_DATE = {"invalid": "Cette date n’est pas lisible : écrivez-la comme 2027-03-12."}
TOO_LONG = {"max_length": "Ce texte dépasse %(limit_value)d caractères : raccourcissez-le."}


def day_field(label: str, *, required: bool = False, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label, required=required, help_text=help_text, error_messages=BAD_DATE,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
