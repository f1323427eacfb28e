"""The forms of the end of a contract."""

from django import forms

from levier.purchasing.forms.fields import TOO_LONG


def _text(label: str, *, help_text: str = "Sans nommer aucune personne suivie.") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=4000, required=False, help_text=help_text, error_messages=TOO_LONG,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip


class BilanForm(forms.Form):
    """The words of the bilan."""

    worked = _text("Ce qui a marché")
    hard = _text("Ce qui a été difficile")
    after = _text(
        "Ce qui vient ensuite", help_text="Pour les personnes, en général, et pour le prochain marché."
    )


class CloseForm(forms.Form):
    """The close, signed."""

    reason = _text("Pourquoi clore", help_text="Demandé quand il manque des heures : l’acheteur en décide.")
    name = forms.CharField(label="Votre nom", max_length=90)
    role = forms.CharField(label="Votre qualité", max_length=90)


class WithdrawForm(forms.Form):
    """Why an attestation no longer stands."""

    reason = forms.CharField(
        label="Pourquoi la retirer", max_length=300, error_messages=TOO_LONG,
        help_text="La page publique le dira. Sans nommer personne.",
    )  # fmt: skip
