"""Forms of the structures: contact, claim, own page, people, verification, animators."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from levier.facilitators.actions import PersonValues, StructureValues
from levier.facilitators.forms.fields import BAD_MAIL, day_field, listed, mail_field, text_field
from levier.facilitators.models import AnimatorLevel, Facilitator, Mission, Rank, Scope, Structure
from levier.facilitators.queries.areas import area_names
from levier.organisations.models import Organisation
from levier.reference.models import Region
from levier.reference.queries import place_finder

_PLACE_KINDS = {"arrondissement": Scope.COMMUNE.value}


class ContactForm(forms.Form):
    """The public form. `site` is a trap: people do not see it, machines fill it."""

    name = text_field("Votre nom", most=120, required=True)
    email = mail_field(
        "Votre adresse électronique", required=True, help_text="La structure vous répondra à cette adresse."
    )
    message = text_field("Votre message", most=3000, required=True, rows=6)
    site = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"})
    )

    @property
    def is_trapped(self) -> bool:
        """Whether a machine filled the field that nobody sees."""
        return bool(self.cleaned_data.get("site"))


class ClaimForm(forms.Form):
    """« C’est ma structure »."""

    organisation = forms.ModelChoiceField(
        label="Organisation qui tient cette structure", queryset=Organisation.objects.none(), empty_label=None,
        widget=forms.Select(attrs={"class": "form-select"}),
    )  # fmt: skip
    words = text_field(
        "Ce qui permet de le vérifier", most=1000, rows=3,
        help_text="Par exemple : votre fonction, la page du site de la structure qui vous nomme, un numéro où rappeler.",
    )  # fmt: skip

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]


class StructureForm(forms.Form):
    """What a structure says of itself."""

    description = text_field(
        "Ce que fait la structure",
        most=2000,
        rows=5,
        help_text="Quelques phrases, pour un acheteur qui ne vous connaît pas.",
    )
    missions = forms.MultipleChoiceField(
        label="Missions", choices=Mission.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    email = mail_field(
        "Adresse électronique publique", help_text="Celle de la structure, pas celle d’une personne."
    )
    phone = text_field("Téléphone public", most=20)
    website = forms.URLField(
        label="Site", required=False, assume_scheme="https", widget=forms.URLInput(attrs={"class": "form-control"}),
        error_messages={"invalid": "Cette adresse de site n’est pas valable : commencez par https://."},
    )  # fmt: skip
    private_clients = forms.BooleanField(label="Nous accompagnons aussi les acheteurs privés", required=False)
    shows_answer_time = forms.BooleanField(
        label="Publier notre délai de réponse aux demandes", required=False,
        help_text="Il n’est montré au public qu’à partir de cinq réponses sur douze mois.",
    )  # fmt: skip

    def as_values(self) -> StructureValues:
        """The values of the action."""
        kept = dict(self.cleaned_data)
        return StructureValues(**kept | {"missions": tuple(kept["missions"])})


def initial_of_structure(structure: Structure) -> dict[str, Any]:
    """What the form starts with."""
    return {name: getattr(structure, name) for name in StructureForm.base_fields}


class PersonForm(forms.Form):
    """Somebody of the structure. Only what is ticked is shown to the public."""

    first_name = text_field("Prénom", most=80, required=True)
    last_name = text_field("Nom", most=80, required=True)
    email = mail_field(
        "Adresse électronique", help_text="Celle de son compte, pour que les demandes lui arrivent."
    )
    phone = text_field("Téléphone", most=20)
    is_name_public = forms.BooleanField(label="Accepte que son nom soit montré au public", required=False)
    is_contact_public = forms.BooleanField(
        label="Accepte aussi que ses coordonnées le soient", required=False
    )
    rank = forms.ChoiceField(
        label="Rang", choices=Rank.choices, widget=forms.RadioSelect,
        help_text="Le remplaçant reçoit les demandes restées sans réponse, et celles des absents.",
    )  # fmt: skip
    missions = forms.MultipleChoiceField(
        label="Missions", choices=Mission.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    fte = forms.DecimalField(
        label="Temps consacré (ETP)", required=False, min_value=0, max_value=1, decimal_places=2, localize=True,
        help_text="Entre 0,01 et 1.", widget=forms.TextInput(attrs={"class": "form-control", "inputmode": "decimal"}),
        error_messages={"invalid": "Écrivez un nombre entre 0,01 et 1, par exemple 0,5."},
    )  # fmt: skip
    territories = text_field(
        "Territoires suivis", most=1000, rows=2,
        help_text="Communes, intercommunalités ou départements, séparés par « ; ». Vide : tout ce que couvre la structure.",
    )  # fmt: skip
    skills = text_field("Compétences", most=600, help_text="Séparées par « ; ».")
    languages = text_field("Langues", most=300, help_text="Séparées par « ; ».")
    employer = text_field("Employeur, s’il est autre que la structure", most=255)
    absent_from = day_field("Absent du")
    absent_to = day_field("jusqu’au")

    def clean_territories(self) -> tuple[str, ...]:
        """Places typed by people, as « scope:code »."""
        found = []
        for text in listed(self.cleaned_data["territories"], longest=100):
            matches = place_finder().find(text, limit=1)
            if not matches or matches[0].place.kind == "code postal":
                raise ValidationError(f"Le territoire « {text} » est introuvable : écrivez son nom entier.")
            place = matches[0].place
            scope = _PLACE_KINDS.get(place.kind, place.kind)
            if scope not in Scope.values:
                raise ValidationError(
                    f"« {text} » n’est ni une commune, ni une intercommunalité, ni un département."
                )
            found.append(f"{scope}:{place.code}")
        return tuple(dict.fromkeys(found))

    def as_values(self) -> PersonValues:
        """The values of the action."""
        kept = dict(self.cleaned_data)
        kept["skills"] = listed(kept["skills"], longest=60)
        kept["languages"] = listed(kept["languages"], longest=40)
        kept["missions"] = tuple(kept["missions"])
        return PersonValues(**kept)


def initial_of_person(person: Facilitator) -> dict[str, Any]:
    """What the form starts with; territories by their names."""
    areas = [tuple(text.split(":", 1)) for text in person.territories]
    names = area_names((scope, code) for scope, code in areas)
    kept = {name: getattr(person, name) for name in PersonForm.base_fields}
    return kept | {
        "territories": " ; ".join(names[scope, code] for scope, code in areas),
        "skills": " ; ".join(person.skills),
        "languages": " ; ".join(person.languages),
    }


class CheckForm(forms.Form):
    """An animator's opinion on a sheet."""

    is_right = forms.TypedChoiceField(
        label="Cette fiche est-elle exacte ?", choices=[("oui", "Oui, tout est exact"), ("non", "Non, il faut corriger")],
        coerce=lambda value: value == "oui", widget=forms.RadioSelect,
        error_messages={"required": "Répondez oui ou non."},
    )  # fmt: skip
    note = text_field(
        "Ce qui est à corriger, ou une remarque", most=1000, rows=3,
        help_text="La structure la reçoit si la fiche est à corriger. N’y nommez personne.",
    )  # fmt: skip


class AnimatorForm(forms.Form):
    """The staff names an animation."""

    siren = text_field(
        "SIREN de l’organisation", most=20, required=True, help_text="Elle doit avoir un espace ici."
    )
    level = forms.ChoiceField(label="Échelle", choices=AnimatorLevel.choices, widget=forms.RadioSelect)
    region_code = forms.ChoiceField(
        label="Région, s’il y a lieu", required=False, widget=forms.Select(attrs={"class": "form-select"})
    )
    email = forms.EmailField(
        label="Adresse où lui écrire", required=False, error_messages=BAD_MAIL,
        help_text="Sans adresse, ses membres reçoivent les courriels.",
        widget=forms.EmailInput(attrs={"class": "form-control"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = [(region.code, region.name) for region in Region.objects.order_by("name")]
        self.fields["region_code"].choices = [("", "Aucune"), *regions]  # type: ignore[attr-defined]
