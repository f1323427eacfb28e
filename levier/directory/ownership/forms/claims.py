"""Forms that ask for a sheet and prove it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from levier.directory.ownership.proofs import Proofs
from levier.organisations.identifiers import clean_digits

OTHER = "autre"
DOCUMENT = "justificatif"


class NumberForm(forms.Form):
    """Find one's structure by its SIRET, or its SIREN."""

    numero = forms.CharField(
        label="SIRET de votre structure",
        max_length=30,
        help_text="14 chiffres. Le SIREN (9 chiffres) montre tous ses établissements.",
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_numero(self) -> str:
        digits = clean_digits(self.cleaned_data["numero"])
        if len(digits) not in {9, 14}:
            raise ValidationError(
                f"Un SIRET compte 14 chiffres, un SIREN 9 ; ce numéro en compte {len(digits)}."
            )
        return digits


class ProofForm(forms.Form):
    """Where to send the code: an address of the lists, another one of the same domain, or a document instead."""

    preuve = forms.ChoiceField(label="Comment prouver que c’est votre structure ?", widget=forms.RadioSelect)
    adresse = forms.EmailField(label="Cette autre adresse", required=False)

    def __init__(self, *args: Any, proofs: Proofs, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(address, f"Recevoir un code à {address}") for address in proofs.addresses]
        if proofs.domains:
            known = " ou ".join(f"@{domain}" for domain in proofs.domains)
            choices.append((OTHER, f"Recevoir un code à une autre adresse en {known}"))
        else:
            del self.fields["adresse"]
        choices.append((DOCUMENT, "Envoyer un justificatif, que quelqu’un lira"))
        field = self.fields["preuve"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        self.initial.setdefault("preuve", choices[0][0])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("preuve") == OTHER and not values.get("adresse") and "adresse" not in self.errors:
            self.add_error("adresse", "Écrivez l’adresse à laquelle envoyer le code.")
        return values

    @property
    def address(self) -> str:
        """The address chosen; empty for a document."""
        chosen = str(self.cleaned_data["preuve"])
        if chosen == OTHER:
            return str(self.cleaned_data["adresse"])
        return "" if chosen == DOCUMENT else chosen


class CodeForm(forms.Form):
    """The code received."""

    code = forms.CharField(
        label="Code reçu",
        max_length=20,
        help_text="Huit lettres et chiffres.",
        widget=forms.TextInput({"autocomplete": "one-time-code", "autocapitalize": "characters"}),
    )


class DocumentForm(forms.Form):
    """A document for review."""

    justificatif = forms.FileField(
        label="Justificatif",
        help_text="Un document à votre nom et à celui de la structure : attestation d’employeur, délégation, "
        "extrait Kbis… PDF, JPEG ou PNG, 10 Mo au plus.",
        widget=forms.FileInput({"accept": ".pdf,.jpg,.jpeg,.png"}),
        error_messages={"empty": "Ce fichier est vide."},
    )


class DecisionForm(forms.Form):
    """What a reviewer says when it refuses."""

    motif = forms.CharField(
        label="Motif, envoyé à la personne si vous refusez",
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
    )
