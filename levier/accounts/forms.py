"""Forms of the accounts room; each field speaks French and keeps what was typed."""

from typing import Any

from allauth.account import forms as account
from django import forms
from django.core.exceptions import ValidationError

from levier.accounts.models import Role
from levier.organisations.identifiers import clean_digits, is_valid_siren


class HouseWords:
    """One name for the mail address everywhere, and no placeholder that repeats the label."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in {"login", "email"}:
                field.label = "Adresse électronique"


class LoginForm(HouseWords, account.LoginForm):
    """Mail address and password."""


class RequestLoginCodeForm(HouseWords, account.RequestLoginCodeForm):
    """Mail address only: a code follows."""


class NameForm(forms.Form):
    """What others read instead of a mail address."""

    first_name = forms.CharField(
        label="Prénom", max_length=80, required=False, widget=forms.TextInput({"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label="Nom", max_length=80, required=False, widget=forms.TextInput({"autocomplete": "family-name"})
    )


class SignupForm(HouseWords, account.SignupForm):
    """Mail address, a new password, twice, and the name others will read."""

    field_order = ("email", "first_name", "last_name", "password1", "password2")
    first_name = NameForm.base_fields["first_name"]
    last_name = NameForm.base_fields["last_name"]


class ResetPasswordForm(HouseWords, account.ResetPasswordForm):
    """Mail address to which a link is sent."""


class AddEmailForm(HouseWords, account.AddEmailForm):
    """Another mail address for this account."""


class OrganisationForm(forms.Form):
    """Open the space of one's organisation."""

    siren = forms.CharField(
        label="SIREN",
        max_length=20,
        help_text="Neuf chiffres, ceux du début du SIRET.",
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )
    name = forms.CharField(label="Nom de l’organisation", max_length=255)
    role = forms.ChoiceField(
        label="Vous êtes",
        choices=[choice for choice in Role.choices if choice[0] != Role.SUPPLIER],
        help_text="Fournisseur inclusif ? Cherchez plutôt votre fiche dans « Trouver un fournisseur », "
        "puis « C’est ma structure ».",
    )

    def clean_siren(self) -> str:
        digits = clean_digits(self.cleaned_data["siren"])
        if len(digits) != 9:
            raise ValidationError(f"Un SIREN compte neuf chiffres ; celui-ci en compte {len(digits)}.")
        if not is_valid_siren(digits):
            raise ValidationError("Ce SIREN n’est pas valable : vérifiez chaque chiffre.")
        return digits


class InvitationForm(forms.Form):
    """Invite someone by mail."""

    email = forms.EmailField(label="Adresse électronique", widget=forms.EmailInput({"autocomplete": "off"}))
    role = forms.ChoiceField(label="Rôle", choices=Role.choices)
    is_admin = forms.BooleanField(label="Pourra inviter et retirer des membres", required=False)


class MemberForm(forms.Form):
    """Change a member's role."""

    role = forms.ChoiceField(label="Rôle", choices=Role.choices)
    is_admin = forms.BooleanField(label="Gère les membres", required=False)
