"""The forms of a study: what to calculate with, what to propose or sign, a value of one's own."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from levier.clauses.models import LotChoice, Scenario, StudyVersion
from levier.clauses.models.slices import in_hours_per_100k
from levier.clauses.studies.actions import ChoiceValues
from levier.clauses.studies.calculating import Change
from levier.clauses.studies.own_values import LABELS
from levier.purchasing.forms.fields import AmountField, MonthsField, NumberField, day_field
from levier.purchasing.models import Lot, PurchaseSide
from levier.reference.queries import place_by_code
from levier.rulebook import derogations
from levier.rulebook.calibration import CHOICES, all_trades
from levier.rulebook.levers import LeverAdvice

# Typed as a percentage, kept from 0 to 1.
PERCENTAGES = {"rate", "labour_share"}
PER_CENT = Decimal(100)
# Gestures on the purchase as a whole: never what one lot is proposed with.
WHOLE_PURCHASE = frozenset({"L2111-1", "L2113-10", "R2111-1", "SPASER"})
# When nothing is advised, so many of those that may fit are shown at once.
FIRST_OF_THE_POSSIBLE = 4


class PercentField(NumberField):
    """A percentage: « 7 » or « 7 % » is 7 %; the value is from 0 to 1."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(example="7 %", decimals=3, **kwargs)

    def clean(self, value: Any) -> Decimal | None:
        """The rate from 0 to 1, or None when empty."""
        number = super().clean(str(value or "").replace("%", ""))
        if number is not None and not 0 <= number <= PER_CENT:
            raise ValidationError("Un pourcentage va de 0 à 100.")
        return None if number is None else number / PER_CENT


class ScenarioField(forms.ModelChoiceField):
    """A scenario by the name somebody gave it."""

    def label_from_instance(self, obj: Scenario) -> str:
        """« Sans reprise »."""
        return obj.name


class StudyForm(forms.Form):
    """Values to calculate with; an empty field keeps the value of the lot, of the structure or of the table."""

    scenario = ScenarioField(
        Scenario.objects.none(), label="Scénario", required=False, empty_label="Un nouveau scénario"
    )
    name = forms.CharField(
        label="Nom du nouveau scénario",
        max_length=80,
        required=False,
        help_text="Par exemple « sans reprise ».",
    )
    method = forms.ChoiceField(label="Méthode", required=False)
    trade = forms.ChoiceField(label="Métier", required=False)
    rate = PercentField(label="Taux d’insertion (%)")
    labour_share = PercentField(label="Part de main-d’œuvre (%)")
    hourly_cost = NumberField(label="Coût horaire (€)", example="34,50", decimals=2)
    amount_ht = AmountField(label="Montant du lot HT")
    months = MonthsField(label="Durée (mois)", example="18 ou 2 ans")
    takeover_hours = NumberField(
        label="Heures à reprendre par mois", example="140, ou 0 s’il n’y en a pas", decimals=2
    )
    total_hours = NumberField(label="Heures travaillées sur le lot", example="12 000", decimals=2)
    headcount = NumberField(label="Emplois à ouvrir à l’insertion (ETP)", example="1,5")
    posts = NumberField(label="Personnes sur place", example="4")
    weeks = NumberField(label="Semaines sur place", example="12")
    tranche_amount = AmountField(
        label="Une heure par tranche de (€ HT facturés)", example="2 000",
        help_text="Vide : le rythme du métier, en heures par 100 000 €.",
    )  # fmt: skip
    trigger_amount = AmountField(
        label="À partir de (€ HT facturés sur le contrat)", example="2,7 M€",
        help_text="Vide : dès le premier euro. En dessous du seuil, aucune heure n’est due.",
    )  # fmt: skip
    retroactive = forms.ChoiceField(
        label="Le seuil passé, les premiers euros comptent-ils aussi ?", required=False,
        choices=[("", "Le contrat ne le dit pas"), ("oui", "Oui, tout le montant"), ("non", "Non, l’excédent seul")],
    )  # fmt: skip
    reason = forms.CharField(
        label="Pourquoi ces valeurs", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Demandé dès qu’une valeur change : la raison reste avec l’étude.",
    )  # fmt: skip
    note = forms.CharField(label="Remarque", max_length=500, required=False)

    CHANGED = (
        "method", "trade", "rate", "labour_share", "hourly_cost", "amount_ht", "months", "takeover_hours",
        "total_hours", "headcount", "posts", "weeks", "tranche_amount", "trigger_amount", "retroactive",
    )  # fmt: skip
    BY_AMOUNT = ("tranche_amount", "trigger_amount", "retroactive")
    RARER = ("method", "trade", "amount_ht", "months", "total_hours", "headcount", "posts", "weeks")

    def __init__(self, *args: Any, lot: Lot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_framework = lot.is_framework
        scenario, method, trade = (self.fields[name] for name in ("scenario", "method", "trade"))
        assert isinstance(scenario, forms.ModelChoiceField)
        scenario.queryset = lot.scenarios.filter(removed_at=None)
        method.choices = [("", "Celle du métier et du marché"), *CHOICES.items()]  # type: ignore[attr-defined]
        trade.choices = [("", "Celui du code CPV")] + [  # type: ignore[attr-defined]
            (one.key, one.label) for one in all_trades() if not one.is_goods
        ]

    @property
    def has_rarer_values(self) -> bool:
        """Whether a value seldom changed is given or wrong: its part of the form is then open."""
        return any(self[name].value() or self.has_error(name) for name in self.RARER)

    @property
    def has_slice(self) -> bool:
        """Whether hours by amount invoiced (M7) make sense: a framework, that method, or such a value already typed."""
        typed = any(self[name].value() for name in self.BY_AMOUNT)
        return self.is_framework or self["method"].value() == "per-amount" or typed

    def changes(self) -> list[Change]:
        """What was typed, with the reason given, once the form is valid."""
        found = []
        for name in self.CHANGED:
            value = self.cleaned_data.get(name)
            if value in (None, ""):
                continue
            typed: float | str | bool = value if isinstance(value, str) else float(value)
            if name == "retroactive":
                typed = value == "oui"
            found.append(Change(name, typed, self.cleaned_data["reason"]))
        return found


class ChoiceForm(forms.Form):
    """Levers and hours, or no clause and why: proposed by the facilitator, signed by the buyer."""

    levers = forms.MultipleChoiceField(label="Leviers", required=False, widget=forms.CheckboxSelectMultiple)
    hours = NumberField(
        label="Heures d’insertion du lot",
        example="480",
        decimals=2,
        help_text="Aucune pour un lot seulement réservé.",
    )
    hours_per_100k = NumberField(
        label="Ou heures par 100 000 € commandés", example="50", decimals=2, help_text="Pour un accord-cadre."
    )
    derogation = forms.ChoiceField(label="Cas de dérogation", required=False)
    why_none = forms.CharField(
        label="Pourquoi aucun levier", max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Si aucun levier n’est retenu. Ce texte va au dossier du marché.",
    )  # fmt: skip
    remark = forms.CharField(
        label="Remarque", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, lot: Lot, advices: tuple[LeverAdvice, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cases = derogations.derogations(is_concession=lot.purchase.is_concession)
        self.advices = {one.code: one for one in advices if one.is_retained}
        self.is_framework = lot.is_framework
        self.is_public = lot.purchase.side == PurchaseSide.PUBLIC
        self.fields["levers"].choices = [(code, one.title) for code, one in self.advices.items()]  # type: ignore[attr-defined]
        self.fields["derogation"].choices = [("", "Aucun"), *((case.code, case.label) for case in cases)]  # type: ignore[attr-defined]

    @property
    def has_pace(self) -> bool:
        """Whether hours by amount ordered make sense: a framework, or a pace already given."""
        return self.is_framework or bool(self["hours_per_100k"].value())

    @property
    def first_levers(self) -> list[tuple[Any, LeverAdvice]]:
        """The boxes to see first: what the rule book asks for or advises and has a text, and what is ticked."""
        first = self._first_codes()
        return [one for one in self._boxes() if one[1].code in first]

    @property
    def other_levers(self) -> list[tuple[Any, LeverAdvice]]:
        """The other boxes, folded: fourteen levers at once hide the one that matters."""
        first = self._first_codes()
        return [one for one in self._boxes() if one[1].code not in first]

    @property
    def other_levers_title(self) -> str:
        """The words of the fold."""
        count = len(self.other_levers)
        return f"{count} autres leviers possibles" if count > 1 else "Un autre levier possible"

    def _boxes(self) -> list[tuple[Any, LeverAdvice]]:
        boxes = list(self["levers"].subwidgets)
        return [(box, self.advices[str(box.data["value"])]) for box in boxes]

    def _first_codes(self) -> set[str]:
        fit = [one for one in self.advices.values() if one.documents and one.code not in WHOLE_PURCHASE]
        advised = [one.code for one in fit if one.outcome in {"required", "recommended"}]
        ticked = [str(code) for code in self["levers"].value() or ()]
        return {*(advised or [one.code for one in fit][:FIRST_OF_THE_POSSIBLE]), *ticked}

    def as_values(self, version: StudyVersion | None) -> ChoiceValues:
        """The choice, once the form is valid."""
        values = self.cleaned_data
        return ChoiceValues(
            levers=tuple(values["levers"]),
            hours=values["hours"],
            hours_per_100k=values["hours_per_100k"],
            derogation=values["derogation"],
            why_none=values["why_none"],
            remark=values["remark"],
            version=version,
        )


def initial_of(
    choice: LotChoice | None, version: StudyVersion | None, advices: tuple[LeverAdvice, ...]
) -> dict[str, Any]:
    """A choice as its form starts: the one before, else what the study and the rule book suggest."""
    if choice is not None:
        return {
            "levers": choice.levers, "hours": choice.hours, "hours_per_100k": choice.hours_per_100k,
            "derogation": choice.derogation, "why_none": choice.why_none,
        }  # fmt: skip
    recommended = [
        one.code
        for one in advices
        if one.outcome in {"required", "recommended"} and one.documents and one.code not in WHOLE_PURCHASE
    ]
    initial: dict[str, Any] = {"levers": recommended[:1]}
    if version is not None and version.verdict == "clause" and version.hours_likely:
        pace = pace_of(version)
        initial |= {"hours_per_100k": pace} if pace else {"hours": Decimal(version.hours_likely)}
    return initial


def pace_of(version: StudyVersion) -> Decimal | None:
    """Hours for 100,000 € ordered, of the slice chosen or else of the trade; None for fixed hours."""
    chosen = version.result.get("slice")
    if chosen:
        return in_hours_per_100k(chosen["amount_ht"])
    found = (version.result.get("hours_per_100k") or {}).get("likely")
    return Decimal(found) if found else None


class ShareOrNumberField(NumberField):
    """A number, or a percentage: « 55 % » is 0.55."""

    def read(self, typed: str) -> Decimal | None:
        """The value of what was typed. Raises NotANumberError."""
        plain = typed.strip()
        if not plain.endswith("%"):
            return super().read(plain)
        number = super().read(plain.removesuffix("%"))
        return None if number is None else number / PER_CENT


class OwnValueForm(forms.Form):
    """One value of the table, as the structure wants it; emptied, it goes back to the national one."""

    quelle = forms.CharField(max_length=130)
    departement_code = forms.CharField(
        label="Département",
        max_length=3,
        required=False,
        help_text="Vide : partout où vous intervenez. Les personnes attendues en ont toujours un.",
    )
    value = ShareOrNumberField(label="Valeur", example="55 % ou 34,50", decimals=4)
    low = ShareOrNumberField(label="Bas", example="50 %", decimals=4)
    high = ShareOrNumberField(label="Haut", example="60 %", decimals=4)
    reason = forms.CharField(
        label="D’où vient cette valeur", max_length=300,
        error_messages={"required": "Dites d’où vient cette valeur : elle s’affiche à côté du chiffre."},
    )  # fmt: skip
    valid_from = day_field("À partir du", help_text="Vide : aujourd’hui.")
    is_confirmed = forms.BooleanField(label="Valeur vérifiée par la structure", required=False)

    def clean_departement_code(self) -> str:
        """A code that exists, or nothing."""
        code = self.cleaned_data["departement_code"].strip().upper()
        code = code.zfill(2) if code else ""
        if code and place_by_code("departement", code) is None:
            raise ValidationError(f"Le département « {code} » n’existe pas : écrivez par exemple 59 ou 2A.")
        return code

    def clean_quelle(self) -> tuple[str, str]:
        """A parameter of the table and its key."""
        name, _, key = self.cleaned_data["quelle"].partition("|")
        if name not in LABELS:
            raise ValidationError("Choisissez une valeur de la table.")
        return name, key

    def as_arguments(self) -> dict[str, Any]:
        """What the action takes, once the form is valid."""
        values = self.cleaned_data
        numbers = {
            name: None if values[name] is None else float(values[name]) for name in ("value", "low", "high")
        }
        name, key = values["quelle"]
        given = ("departement_code", "reason", "valid_from", "is_confirmed")
        return numbers | {"name": name, "key": key} | {one: values[one] for one in given}
