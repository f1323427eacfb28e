"""What the forms of this room share."""

from django import forms

BAD_DATE = {"invalid": "Cette date n’est pas lisible : écrivez-la comme 2027-03-12."}
TOO_LONG = {"max_length": "Ce texte dépasse %(limit_value)d caractères : raccourcissez-le."}
BAD_MAIL = {"invalid": "Cette adresse électronique n’est pas valable : vérifiez-la."}


def day_field(label: str, *, required: bool = False, help_text: str = "") -> forms.DateField:
    """A day, with the browser's own calendar."""
    return forms.DateField(
        label=label, required=required, help_text=help_text, error_messages=BAD_DATE,
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
    )  # fmt: skip


def text_field(
    label: str, *, most: int, required: bool = False, help_text: str = "", rows: int = 0
) -> forms.CharField:
    """One line of text, or several lines when `rows` is given."""
    attrs = {"class": "form-control"} | ({"rows": str(rows)} if rows else {})
    widget = forms.Textarea(attrs=attrs) if rows else forms.TextInput(attrs=attrs)
    return forms.CharField(
        label=label, max_length=most, required=required, help_text=help_text, widget=widget,
        error_messages=TOO_LONG | {"required": "Ce champ est à remplir."},
    )  # fmt: skip


def mail_field(label: str, *, required: bool = False, help_text: str = "") -> forms.EmailField:
    """A mail address."""
    return forms.EmailField(
        label=label, required=required, help_text=help_text,
        error_messages=BAD_MAIL | {"required": "Donnez une adresse où répondre."},
        widget=forms.EmailInput(attrs={"class": "form-control", "autocomplete": "email"}),
    )  # fmt: skip


def listed(text: str, *, longest: int) -> tuple[str, ...]:
    """« bâtiment ; propreté » as ("bâtiment", "propreté")."""
    return tuple(piece[:longest] for part in text.replace("\n", ";").split(";") if (piece := part.strip()))
