"""The forms of questions: the desk's dates, a question, an answer, an address that follows."""

from collections.abc import Iterable
from typing import Any

from django import forms

from levier.purchasing.forms.fields import TOO_LONG, day_field
from levier.purchasing.models import BidderQuestion, Lot, QuestionDesk

_BAD_EMAIL = {"invalid": "Cette adresse n’est pas complète : écrivez-la comme nom@exemple.fr."}


class DeskForm(forms.Form):
    """Until when."""

    questions_until = day_field(
        "Questions jusqu’au", required=True, help_text="Inclus, le même jour pour tous."
    )
    answers_by = day_field(
        "Réponses au plus tard le", required=True,
        help_text="Assez tôt avant la date limite des offres pour que chacun en tienne compte.",
    )  # fmt: skip
    offers_until = day_field(
        "Offres jusqu’au", help_text="Facultatif. Les lots restent parmi les opportunités jusqu’à ce jour."
    )
    official_url = forms.URLField(
        label="La consultation sur votre profil d’acheteur", required=False, max_length=500, assume_scheme="https",
        help_text="Les autres questions se posent là ; cette page ne le remplace pas.",
        error_messages={"invalid": "Cette adresse n’est pas complète : copiez-la depuis votre plateforme."},
    )  # fmt: skip


def initial_of_desk(desk: QuestionDesk | None) -> dict[str, Any]:
    """The dates in force."""
    if desk is None:
        return {}
    names = ("questions_until", "answers_by", "offers_until", "official_url")
    return {name: getattr(desk, name) for name in names}


class QuestionForm(forms.Form):
    """A question, without who asks."""

    text = forms.CharField(
        label="Votre question sur la clause d’insertion", max_length=2000, error_messages=TOO_LONG,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="N’y mettez ni votre nom ni ce qui vous ferait reconnaître : elle sera publiée avec sa réponse.",
    )  # fmt: skip
    lot = forms.ChoiceField(label="Lot", required=False)
    follow = forms.EmailField(
        label="Votre courriel, pour recevoir les réponses", required=False, error_messages=_BAD_EMAIL,
        help_text="Facultatif. Il est gardé à part de la question ; l’acheteur ne le voit pas.",
    )  # fmt: skip

    def __init__(self, *args: Any, lots: Iterable[Lot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lots = {str(lot.pk): lot for lot in lots}
        self.fields["lot"].choices = [  # type: ignore[attr-defined]
            ("", "Toute la consultation"),
            *((key, f"Lot {lot.number} : {lot.title}") for key, lot in self.lots.items()),
        ]


class FollowForm(forms.Form):
    """An address that follows without asking."""

    email = forms.EmailField(label="Votre courriel", error_messages=_BAD_EMAIL)


class QuestionAnswerForm(forms.Form):
    """What will be published."""

    words = forms.CharField(
        label="La question, telle qu’elle sera publiée", max_length=2000, required=False, error_messages=TOO_LONG,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Reformulez-la si elle fait reconnaître qui la pose. L’original reste au dossier.",
    )  # fmt: skip
    answer = forms.CharField(
        label="La réponse", max_length=4000, widget=forms.Textarea(attrs={"rows": 4}), error_messages=TOO_LONG
    )

    @classmethod
    def of(cls, question: BidderQuestion) -> "QuestionAnswerForm":
        """As it stands; each question of the page has its own prefix."""
        start = {"words": question.wording, "answer": question.answer}
        return cls(initial=start, prefix=f"q{question.pk}")
