"""The switches of « ce que Levier vous envoie »."""

from collections.abc import Mapping
from typing import Any

from django import forms

from levier.directory.models import SolicitationRefusal

LABELS = {
    SolicitationRefusal.Topic.NEEDS: "Les besoins que des acheteurs envoient à la structure",
    SolicitationRefusal.Topic.WEEKLY: "Les opportunités du lundi, si vous les avez demandées",
    SolicitationRefusal.Topic.CAPACITY: "La question du mois sur les équipes disponibles",
    SolicitationRefusal.Topic.CONFIRMATION: "La demande de confirmer la fiche, tous les six mois",
    SolicitationRefusal.Topic.NETWORK: "Ce que des réseaux écrivent sur la fiche : invitation à la tenir, correction proposée",
}


class SolicitationsForm(forms.Form):
    """One box per topic: ticked when its mails are wanted."""

    def __init__(self, *args: Any, wanted: Mapping[str, bool], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for topic, label in LABELS.items():
            self.fields[topic.value] = forms.BooleanField(
                label=label, required=False, initial=wanted[topic.value]
            )

    @property
    def wanted(self) -> dict[str, bool]:
        """Topic → wanted."""
        return {topic.value: bool(self.cleaned_data.get(topic.value)) for topic in LABELS}
