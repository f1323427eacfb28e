"""The form of a supplier's answer; the questions of the need become its fields."""

from collections.abc import Sequence
from typing import Any

from django import forms

from levier.purchasing.actions import SupplierAnswer
from levier.purchasing.forms.fields import TOO_LONG, check_phone
from levier.purchasing.models import (
    Answer,
    DeclineReason,
    NeedRecipient,
)

_TO_ANSWER = {
    "required": "répondez à cette question.",
    "max_length": "ce texte dépasse %(limit_value)d caractères : raccourcissez-le.",
}
_TO_CALL = {"required": "à remplir, pour que l’acheteur puisse vous rappeler."}


class AnswerForm(forms.Form):
    """What a supplier answers; the questions of the need become fields."""

    answer = forms.ChoiceField(
        label="Votre réponse", widget=forms.RadioSelect,
        choices=[choice for choice in Answer.choices if choice[0]],
        error_messages={"required": "Choisissez une réponse."},
    )  # fmt: skip
    decline_reason = forms.ChoiceField(
        label="Si vous n’êtes pas intéressé, pourquoi ?", required=False,
        choices=[("", "Choisissez…"), *DeclineReason.choices],
        error_messages={"required": "choisissez une raison, elle aide l’acheteur."},
    )  # fmt: skip
    comment = forms.CharField(
        label="Précisions", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        error_messages=TOO_LONG,
    )  # fmt: skip
    contact_name = forms.CharField(
        label="Personne à rappeler",
        error_messages=_TO_CALL,
        required=False,
        max_length=120,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    contact_phone = forms.CharField(
        label="Son téléphone",
        error_messages=_TO_CALL,
        required=False,
        max_length=30,
        validators=[check_phone],
        widget=forms.TextInput({"autocomplete": "tel", "inputmode": "tel"}),
    )

    def __init__(
        self, *args: Any, recipient: NeedRecipient, partners: Sequence[str] = (), **kwargs: Any
    ) -> None:
        """`partners`: names of a group just composed, written for the supplier to send or to change."""
        initial = _answer_initial(recipient)
        if partners:
            said = f"Groupement envisagé avec {', '.join(partners)}."
            initial |= {
                "answer": Answer.GROUP,
                "comment": "\n".join(filter(None, (initial.get("comment"), said))),
            }
        kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)
        # Each answer asks for its own fields.
        declines = self["answer"].value() == Answer.DECLINED
        self.fields["decline_reason"].required = declines
        self.fields["contact_name"].required = self.fields["contact_phone"].required = not declines
        self.question_names: list[str] = []
        for number, question in enumerate(recipient.need.questions):
            name = f"question_{number}"
            self.question_names.append(name)
            wanted = {"label": question["text"], "required": not declines, "error_messages": _TO_ANSWER}
            if question["kind"] == "yes_no":
                choices = [("oui", "Oui"), ("non", "Non")]
                self.fields[name] = forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **wanted)
            else:
                area = forms.Textarea(attrs={"rows": 2})
                self.fields[name] = forms.CharField(max_length=2000, widget=area, **wanted)

    @property
    def questions(self) -> list[Any]:
        """The fields of the buyer's questions, in their order."""
        return [self[name] for name in self.question_names]

    def as_answer(self) -> SupplierAnswer:
        """The answer, once the form is valid."""
        values = self.cleaned_data
        return SupplierAnswer(
            answer=values["answer"],
            decline_reason=values["decline_reason"],
            comment=values["comment"],
            answers={number: values[name] for number, name in enumerate(self.question_names)},
            contact_name=values["contact_name"],
            contact_phone=values["contact_phone"],
        )


def _answer_initial(recipient: NeedRecipient) -> dict[str, Any]:
    return {
        "answer": recipient.answer,
        "decline_reason": recipient.decline_reason,
        "comment": recipient.comment,
        "contact_name": recipient.contact_name,
        "contact_phone": recipient.contact_phone,
        **{f"question_{number}": text for number, text in recipient.answers.items()},
    }
