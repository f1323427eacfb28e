"""The forms of control: each one a few fields, and what it says as the words of an action."""

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from levier.core.typography import figure
from levier.execution.control.addresses import LetterAddress
from levier.execution.control.defaults import OUTCOMES
from levier.execution.models import (
    Commitment,
    ComplaintOrigin,
    Contract,
    DifficultyCause,
    DifficultyOutcome,
    EvidenceKind,
    MeetingKind,
    PenaltyClause,
    Presence,
)
from levier.purchasing.forms.fields import TOO_LONG, AmountField, NumberField, day_field
from levier.rulebook.penalties import KINDS, LABELS

_NOBODY = "Sans nommer aucune personne suivie."
_REFERENCE: Final = "social_security_hourly_ceiling"


def _text(
    label: str, *, most: int = 2000, required: bool = True, help_text: str = _NOBODY
) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, required=required, help_text=help_text, error_messages=TOO_LONG,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip


def _choice(label: str, choices: Any, **kwargs: Any) -> forms.ChoiceField:
    said = {"required": "Choisissez une réponse.", "invalid_choice": "Choisissez une réponse de la liste."}
    return forms.ChoiceField(
        label=label, choices=choices, widget=forms.RadioSelect, error_messages=said, **kwargs
    )


class DifficultyForm(forms.Form):
    """What stops the hours."""

    cause = _choice("Cause", DifficultyCause.choices)
    since_on = day_field("Depuis le", required=True)
    until_on = day_field("Jusqu’au", help_text="Vide si cela dure encore.")
    note = _text("Précisions", required=False)


class OutcomeForm(forms.Form):
    """What the buyer decides of the clause."""

    outcome = _choice("Suite donnée", DifficultyOutcome.choices)
    note = _text(
        "Motif",
        help_text="Pour adapter ou supprimer des heures, notez ensuite un avenant : lui seul déplace ce qui est dû.",
    )


class GlobalisationForm(forms.Form):
    """The other contracts of the holder."""

    others = forms.ModelMultipleChoiceField(
        Contract.objects.none(), label="Autres contrats à réunir", widget=forms.CheckboxSelectMultiple
    )
    note = _text("Ce qui est demandé")

    def __init__(self, *args: Any, contracts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["others"].queryset = contracts  # type: ignore[attr-defined]
        self.fields["others"].label_from_instance = lambda one: f"{one.title} ({one.buyer.name})"  # type: ignore[attr-defined]


class TransferForm(forms.Form):
    """Who hands hours over to whom."""

    source = forms.ModelChoiceField(
        Commitment.objects.none(), label="Qui cède des heures", empty_label="à choisir"
    )
    target = forms.ModelChoiceField(
        Commitment.objects.none(), label="Qui les reprend", empty_label="à choisir"
    )
    hours = NumberField(label="Heures cédées", example="120", decimals=2)
    effective_on = day_field("Date d’effet", required=True)
    note = _text("Pourquoi")

    def __init__(self, *args: Any, given: Any, every: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("source", given), ("target", every)):
            field = self.fields[name]
            field.queryset = rows  # type: ignore[attr-defined]
            field.label_from_instance = lambda one: (  # type: ignore[attr-defined]
                f"{one.named} (doit encore {figure(max(one.head.due - one.head.done, 0), 2)} h)"
            )
        self.fields["hours"].required = True


class TransferDecisionForm(forms.Form):
    """Yes or no."""

    answer = _choice(
        "Votre décision",
        (("oui", "Accepter : les heures passent à l’autre membre"), ("non", "Refuser : rien ne bouge")),
    )


class AnswerForm(forms.Form):
    """Yes or no."""

    answer = _choice("Votre réponse pour ce contrat", (("oui", "Accepter"), ("non", "Refuser")))


class MeetingForm(forms.Form):
    """A meeting or a visit."""

    kind = _choice("Nature", MeetingKind.choices)
    held_on = day_field("Date", required=True)
    place = forms.CharField(label="Lieu", max_length=200, required=False, error_messages=TOO_LONG)


class MinutesForm(forms.Form):
    """Who came, by side."""

    company = _choice("Titulaire", Presence.choices)
    buyer = _choice("Acheteur", Presence.choices)
    facilitator = _choice("Facilitateur", Presence.choices)
    conclusions = _text("Conclusions", most=4000, required=False)


class ComplaintForm(forms.Form):
    """What somebody says."""

    origin = _choice("De qui", ComplaintOrigin.choices)
    received_on = day_field("Reçue le", required=True)
    text = _text(
        "Ce qui est dit",
        most=4000,
        help_text="Vous seul et votre structure le lisez. Sans nom ni santé ni justice.",
    )


class ComplaintAnswerForm(forms.Form):
    """What was done."""

    answer = _text("Ce qui a été fait", most=4000)


class EvidenceForm(forms.Form):
    """A paper asked for."""

    kind = _choice("Pièce", EvidenceKind.choices)
    label = forms.CharField(
        label="Précision", max_length=200, required=False, error_messages=TOO_LONG,
        help_text="Par exemple « mars 2026 ». Sans nommer aucune personne.",
    )  # fmt: skip
    due_on = day_field("À remettre avant le", required=True)


class SeenForm(forms.Form):
    """When it was seen."""

    on = day_field("Vue le", required=True, help_text="La pièce n’est pas conservée ici.")


class SampleForm(forms.Form):
    """How many lines, and the seed."""

    size = forms.IntegerField(label="Nombre de lignes à tirer", min_value=1, max_value=30, initial=5)
    seed = forms.CharField(
        label="Graine", max_length=32,
        help_text="Un mot choisi par quelqu’un d’autre que vous, par exemple un nombre lu dans le journal du jour : qui la connaît refait le tirage.",
    )  # fmt: skip


class StepForm(forms.Form):
    """The words of a reminder, and a day to answer."""

    text = _text("Ce que vous écrivez au titulaire", most=6000)
    deadline = day_field("Réponse attendue avant le")


class MeetingStepForm(StepForm):
    """The words of a meeting about a default, and its day."""

    deadline = day_field("Date de la réunion", required=True)


class NoticeStepForm(StepForm):
    """The words of a formal notice, and the day its contractor is heard until."""

    deadline = day_field(
        "Observations attendues avant le",
        required=True,
        help_text="Une date à venir : rien n’est proposé ni décidé avant.",
    )


class ClosingStepForm(forms.Form):
    """Why the procedure ends."""

    text = _text("Pourquoi la procédure est close", most=6000)


class ProposalForm(forms.Form):
    """What is held out of the count, and the opinion of the facilitator."""

    hours = NumberField(
        label="Heures non imputables au titulaire", example="40", decimals=2,
        help_text="Par exemple les semaines où aucune candidature n’a été présentée : le calcul proposé vient des difficultés signalées.",
    )  # fmt: skip
    reason = forms.CharField(label="Pourquoi", max_length=300, required=False, error_messages=TOO_LONG)
    all_means = _choice(
        "Le titulaire a-t-il mis en œuvre tous les moyens ?",
        (("", "Personne ne l’a dit"), ("oui", "Oui, il l’a montré"), ("non", "Non")), required=False,
    )  # fmt: skip
    text = _text("Votre avis", most=6000, required=False)


class DecisionForm(forms.Form):
    """The buyer's word, signed."""

    outcome = _choice("Votre décision", list(OUTCOMES.items()))
    amount = AmountField(
        label="Montant de la pénalité réduite (€)", help_text="Seulement si vous la réduisez."
    )
    reason = _text("Motif", most=6000, help_text="Le titulaire le lira : il ne changera plus.")
    name = forms.CharField(label="Votre nom", max_length=90)
    role = forms.CharField(
        label="Votre qualité", max_length=90, help_text="Par exemple « directrice de la commande publique »."
    )


class ObservationsForm(forms.Form):
    """What the contractor answers."""

    text = _text("Vos observations", most=6000)
    all_means = forms.BooleanField(
        label="Nous avons mis en œuvre tous les moyens (dites lesquels ci-dessus)", required=False
    )
    name = forms.CharField(label="Votre nom", max_length=90)
    role = forms.CharField(label="Votre qualité", max_length=90)


class AddressForm(forms.Form):
    """Where letters are sent; what is known is proposed, with where it comes from."""

    text = forms.CharField(
        label="Adresse", max_length=200, required=False, error_messages=TOO_LONG,
        help_text="Vidée, celle que l’on connaît revient.",
    )  # fmt: skip

    def __init__(self, *args: Any, known: LetterAddress, **kwargs: Any) -> None:
        super().__init__(*args, initial={"text": known.text}, **kwargs)
        if known.origin:
            self.fields[
                "text"
            ].help_text = f"Aujourd’hui : {known.origin}. Vidée, celle que l’on connaît revient."


class PenaltiesForm(forms.Form):
    """What the contract writes: an amount by kind, empty when it says nothing."""

    article = forms.CharField(
        label="Article du contrat", max_length=120, required=False, error_messages=TOO_LONG
    )
    cap_rate = NumberField(label="Plafond, en % de la base", example="20", decimals=2)
    cap_base = forms.CharField(
        label="Base du plafond", max_length=120, required=False, error_messages=TOO_LONG
    )
    cap_base_amount_ht = AmountField(label="Montant de cette base (€ HT)")
    excuse_all_means = forms.BooleanField(
        label="Rien n’est dû si le titulaire a mis en œuvre tous les moyens", required=False
    )
    is_optional = forms.BooleanField(
        label="L’acheteur « peut » les appliquer (ce n’est pas automatique)", required=False
    )

    def __init__(self, *args: Any, clause: PenaltyClause | None, **kwargs: Any) -> None:
        known = {row["kind"]: row for row in clause.rules} if clause else {}
        initial: dict[str, Any] = {"is_optional": True}
        if clause:
            initial = {
                name: getattr(clause, name) for name in ("article", "cap_base", "excuse_all_means", "is_optional")
            } | {
                "cap_base_amount_ht": clause.cap_base_amount_ht,
                "cap_rate": clause.cap_rate and clause.cap_rate * 100,
            }  # fmt: skip
        for kind, row in known.items():
            initial |= {f"{kind}_{name}": row.get(name) for name in ("requires_notice", "grace_days")}
            for name in ("amount", "multiple"):
                initial[f"{kind}_{name}"] = Decimal(row[name]) if row.get(name) else None
        super().__init__(*args, **kwargs | {"initial": initial})
        for kind in KINDS:
            self.fields[f"{kind}_amount"] = AmountField(label=f"{LABELS[kind]} : montant (€)", example="60")
            if kind == "hour":
                self.fields["hour_multiple"] = NumberField(
                    label="Ou multiple du plafond horaire de la sécurité sociale", example="4", decimals=2
                )
            self.fields[f"{kind}_requires_notice"] = forms.BooleanField(
                label="Après mise en demeure seulement", required=False
            )
            self.fields[f"{kind}_grace_days"] = forms.IntegerField(
                label="Délai de grâce (jours)", min_value=0, max_value=365, required=False
            )

    @property
    def kinds(self) -> list[tuple[str, list[Any]]]:
        """Each kind with its fields."""
        return [
            (LABELS[kind], [self[name] for name in self.fields if name.startswith(f"{kind}_")])
            for kind in KINDS
        ]

    def clean_cap_rate(self) -> Decimal | None:
        """A percentage as a rate, 0 to 1."""
        typed: Decimal | None = self.cleaned_data["cap_rate"]
        if typed is not None and not 0 < typed <= 100:
            raise ValidationError("Le plafond est un pourcentage entre 0 et 100.")
        return None if typed is None else typed / 100

    def as_rules(self) -> list[dict[str, Any]]:
        """The penalties as they are kept, figures as text."""
        rules: list[dict[str, Any]] = []
        for kind in KINDS:
            amount, multiple = self.cleaned_data[f"{kind}_amount"], self.cleaned_data.get(f"{kind}_multiple")
            if amount is None and multiple is None:
                continue
            row: dict[str, Any] = {
                "kind": kind, "requires_notice": self.cleaned_data[f"{kind}_requires_notice"],
                "grace_days": self.cleaned_data[f"{kind}_grace_days"] or 0,
            }  # fmt: skip
            if amount is not None:
                row["amount"] = str(amount)
            if multiple is not None:
                row |= {"multiple": str(multiple), "reference": _REFERENCE}
            rules.append(row)
        return rules

    def as_terms(self) -> dict[str, Any]:
        """The rest of what is kept."""
        return {
            name: self.cleaned_data[name]
            for name in (
                "article", "cap_rate", "cap_base", "cap_base_amount_ht", "excuse_all_means", "is_optional",
            )
        }  # fmt: skip
