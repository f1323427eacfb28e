"""Forms that ask for a sheet and prove it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from levier.accounts.models import Membership
from levier.directory.models import Supplier
from levier.directory.ownership.proofs import Proofs
from levier.organisations.identifiers import clean_digits, is_valid_siren, is_valid_siret

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
    """Where to send the code: an address of the lists, another one of the same domain, or a document instead.

    ``is_numberless``: no list gives the supplier a SIREN; its own number may be given.
    """

    preuve = forms.ChoiceField(label="Comment prouver que c’est votre structure ?", widget=forms.RadioSelect)
    adresse = forms.EmailField(label="Cette adresse", required=False)
    numero = forms.CharField(
        label="SIRET de votre structure",
        required=False,
        max_length=30,
        help_text="Aucune liste ne le donne : sans lui, les acheteurs ne pourront pas vérifier la structure.",
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, proofs: Proofs, is_numberless: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_numberless:
            del self.fields["numero"]
        choices = [(address, f"Recevoir un code à {address}") for address in proofs.addresses]
        if proofs.domains:
            known = " ou ".join(f"@{domain}" for domain in proofs.domains)
            other = "une autre" if proofs.addresses else "une"
            choices.append((OTHER, f"Recevoir un code à {other} adresse en {known}"))
            self.fields["adresse"].label = f"Cette adresse, en {known}"
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

    def clean_numero(self) -> str:
        digits = clean_digits(self.cleaned_data["numero"])
        if digits and not (is_valid_siret(digits) or is_valid_siren(digits)):
            raise ValidationError(
                "Ce numéro n’est pas valable : un SIRET compte 14 chiffres, un SIREN 9. Laissez vide en cas de doute."
            )
        return digits

    @property
    def has_code(self) -> bool:
        """Whether the lists give an address or a domain a code may be sent to: most often they do not."""
        field = self.fields["preuve"]
        assert isinstance(field, forms.ChoiceField)
        return len(list(field.choices)) > 1

    @property
    def number(self) -> str:
        """The SIRET or SIREN typed; empty when none was, or none is asked."""
        return str(self.cleaned_data.get("numero", ""))

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
    """What a reviewer gives when it accepts, and says when it refuses. ``has_many``: the reach is to be chosen."""

    portee = forms.ChoiceField(
        label="Si vous acceptez, le document vaut",
        choices=[
            ("fiche", "pour cet établissement seulement"),
            ("siren", "pour toute la structure, et ses membres"),
        ],
        initial="fiche",
        widget=forms.RadioSelect,
    )
    motif = forms.CharField(
        label="Motif, envoyé à la personne si vous refusez",
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, has_many: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_many:
            del self.fields["portee"]

    @property
    def is_whole(self) -> bool:
        """Whether every sheet of the legal unit is given."""
        return self.cleaned_data.get("portee", "siren") == "siren"


class SheetsForm(forms.Form):
    """Which sheets a colleague keeps."""

    portee = forms.ChoiceField(
        label="Cette personne tient",
        choices=[
            ("toutes", "toutes les fiches de l’organisation"),
            ("fiches", "seulement celles cochées ci-dessous"),
        ],
        widget=forms.RadioSelect,
    )
    fiches = forms.ModelMultipleChoiceField(
        label="Fiches",
        queryset=Supplier.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["fiches"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = Supplier.objects.filter(
            organisation_id=membership.organisation_id, is_listed=True
        ).order_by("city", "name", "kind")
        field.label_from_instance = _sheet_label  # type: ignore[method-assign]
        restriction = getattr(membership, "sheet_restriction", None)
        self.initial["portee"] = "toutes" if restriction is None else "fiches"
        self.initial["fiches"] = list(restriction.suppliers.all()) if restriction else []

    @property
    def sheets(self) -> list[Supplier] | None:
        """The sheets ticked; None for all."""
        return None if self.cleaned_data["portee"] == "toutes" else list(self.cleaned_data["fiches"])


def _sheet_label(supplier: Supplier) -> str:
    return ", ".join(filter(None, (supplier.brand or supplier.name, supplier.kind, supplier.city)))
