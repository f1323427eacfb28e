"""A contract a facilitator opens by hand: one line of the same table a taking over reads, so that it is judged and undone the same way."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from django import forms

from levier.execution.incoming.columns import FIELDS
from levier.execution.people.forms import choice_field
from levier.facilitators.forms.fields import mail_field, text_field
from levier.organisations.identifiers import clean_digits, is_valid_siren
from levier.organisations.models import Organisation
from levier.purchasing.forms.fields import NumberField, day_field

_WRITTEN = (
    "title", "reference", "buyer", "buyer_siren", "holder", "holder_siren", "holder_email", "hours_due", "notified_on", "starts_on",
    "ends_on", "departement",
)  # fmt: skip


class OneContractForm(forms.Form):
    """What a contract to open needs: two parties, its dates, the hours due."""

    structure = choice_field("Pour la structure", ())
    title = text_field("Objet du contrat", most=200, required=True)
    reference = text_field("Numéro du marché", most=60)
    buyer_siren = text_field("SIREN de l’acheteur", most=20, required=True, help_text="Ou un de ses SIRET.")
    buyer = text_field("Nom de l’acheteur", most=200, help_text="Seulement s’il n’est pas encore connu ici.")
    holder_siren = text_field("SIREN du titulaire", most=20, required=True, help_text="Ou un de ses SIRET.")
    holder = text_field("Nom du titulaire", most=200, help_text="Seulement s’il n’est pas encore connu ici.")
    holder_email = mail_field(
        "Courriel de qui déclare les heures chez lui", help_text="Les liens du mois et les rappels y partent."
    )
    hours_due = NumberField(label="Heures dues", example="480", decimals=2)
    notified_on = day_field("Notifié le")
    starts_on = day_field("Début d’exécution", required=True)
    ends_on = day_field("Fin d’exécution", required=True)
    departement = text_field("Département", most=3, help_text="Par exemple 62, 2A ou 974.")

    def __init__(self, *args: Any, structures: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["structure"].choices = list(structures)  # type: ignore[attr-defined]
        self.fields["hours_due"].required = True

    def clean(self) -> dict[str, Any]:
        """Each side is known here, or has a valid SIREN and a name."""
        found = super().clean() or {}
        for side, words in (("buyer", "de l’acheteur"), ("holder", "du titulaire")):
            typed = found.get(f"{side}_siren")
            if not typed:
                continue
            digits = clean_digits(typed)[:9]
            known = Organisation.objects.filter(siren=digits).first()
            if known is None and not is_valid_siren(digits):
                self.add_error(
                    f"{side}_siren", "Ce SIREN n’est pas valable : neuf chiffres, ou un SIRET de quatorze."
                )
            elif known is None and not found.get(side):
                self.add_error(side, f"Ce SIREN n’est pas encore connu ici : donnez le nom {words}.")
            else:
                found[f"{side}_siren"] = digits
                found[side] = known.name if known else found[side]
        if found.get("starts_on") and found.get("ends_on") and found["ends_on"] < found["starts_on"]:
            self.add_error("ends_on", "La fin vient avant le début.")
        return found

    def as_table(self) -> bytes:
        """The contract as a table of one line, under titles that are recognised."""
        written = io.StringIO()
        rows = csv.writer(written, delimiter=";")
        rows.writerow([FIELDS[name][1][0] for name in _WRITTEN])
        rows.writerow(["" if (value := self.cleaned_data[name]) is None else value for name in _WRITTEN])
        return written.getvalue().encode()

    def file_name(self) -> str:
        """« contrat 2025-T-07.csv »."""
        said = self.cleaned_data["reference"] or self.cleaned_data["title"]
        return f"contrat {said[:60]}.csv"
