"""The form in which an organisation writes its own version of a text."""

from django import forms


class OwnTextForm(forms.Form):
    """The text in Markdown and what changes; whether it can be used is the action's to say."""

    markdown = forms.CharField(
        label="Le texte",
        help_text="En Markdown : « ### » pour un titre, « - » pour une liste, une ligne vide entre deux paragraphes.",
        widget=forms.Textarea(
            attrs={"rows": 28, "class": "form-control clause-source", "spellcheck": "true", "lang": "fr"}
        ),
        strip=False,
    )
    note = forms.CharField(
        label="Ce qui change",
        required=False,
        max_length=200,
        help_text="Une phrase pour vos collègues, par exemple « pénalités votées en mars ».",
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
