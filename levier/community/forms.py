"""Forms of the room: what was typed is kept, and what is wrong is said on the field to correct."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db.models import QuerySet
from django.utils import timezone

from levier.community import slugs
from levier.community.actions import EventValues, Holding, PortalValues
from levier.community.errors import RefusedError
from levier.community.models import MOST_CODES, Event, EventKind, PortalScope, RegionalPortal
from levier.organisations.models import Organisation
from levier.reference.models import Commune
from levier.reference.places import Place
from levier.reference.queries import place_finder

TOO_LONG = {"max_length": "Ce texte dépasse %(limit_value)d caractères : raccourcissez-le."}
BAD_URL = {"invalid": "Cette adresse n’est pas lisible : elle commence par https://."}
BAD_MAIL = {"invalid": "Cette adresse électronique n’est pas lisible."}
_KIND_NAMES = {
    "commune": "une commune", "epci": "une intercommunalité", "departement": "un département",
    "region": "une région",
}  # fmt: skip


class WebAddressField(forms.URLField):
    """An address of the web; what is typed without « https:// » gets it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(assume_scheme="https", max_length=300, error_messages=BAD_URL, **options)
        self.validators = [URLValidator(schemes=["http", "https"], message=BAD_URL["invalid"])]


class AskPortalForm(forms.Form):
    """The request of a portal."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label="Au nom de", empty_label=None)
    title = forms.CharField(
        label="Titre du portail", max_length=90, error_messages=TOO_LONG,
        help_text="Par exemple « Les achats inclusifs en Hauts-de-France ».",
    )  # fmt: skip
    slug = forms.CharField(
        label="Adresse de la page", max_length=slugs.LONGEST, required=False,
        help_text="La fin de l’adresse : lettres sans accent, chiffres, tirets. Vide : tirée du titre. "
        "Elle ne change plus ensuite.",
    )  # fmt: skip
    scope = forms.ChoiceField(
        label="Qui le portail montre", choices=PortalScope, widget=forms.RadioSelect,
        error_messages={"required": "Dites de quel territoire, ou de quel réseau, sont les fournisseurs."},
    )  # fmt: skip
    territory = forms.CharField(
        label="Territoire", required=False, max_length=2_000, widget=forms.Textarea({"rows": 3}),
        help_text="Son nom ou son code ; un par ligne s’il y en a plusieurs (bassin d’emploi). Rien pour un réseau.",
        error_messages=TOO_LONG,
    )  # fmt: skip
    purpose = forms.CharField(
        label="Pourquoi ce portail", max_length=1_000, required=False, widget=forms.Textarea({"rows": 3}),
        help_text="Un mot pour l’équipe qui lit la demande.", error_messages=TOO_LONG,
    )  # fmt: skip

    def __init__(self, *args: Any, organisations: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["organisation"]
        assert isinstance(chosen, forms.ModelChoiceField)
        chosen.queryset = organisations
        own = list(organisations)
        if len(own) == 1:
            chosen.initial = own[0].pk

    def clean(self) -> dict[str, Any]:
        """Settle the address and the territories."""
        values: dict[str, Any] = super().clean() or {}
        if values.get("title"):
            try:
                values["slug"] = slugs.check(values.get("slug") or slugs.proposed(values["title"]))
            except RefusedError as refusal:
                self.add_error("slug", str(refusal))
        scope = values.get("scope")
        values["codes"] = ()
        if scope and scope != PortalScope.NETWORK:
            try:
                values["codes"] = _territories(scope, values.get("territory", ""))
            except RefusedError as refusal:
                self.add_error("territory", str(refusal))
        return values

    def holding(self) -> Holding:
        """What the action wants, once the form is valid."""
        names = ("slug", "title", "scope", "codes", "purpose")
        return Holding(**{name: self.cleaned_data[name] for name in names})


def _territories(scope: str, text: str) -> tuple[str, ...]:
    """The codes of what is typed, one a line (commas do for codes). Raises RefusedError."""
    lines = [line.strip() for line in re.split(r"\n|[,;](?=\s*[0-9])", text) if line.strip()]
    if not lines:
        raise RefusedError("Écrivez le territoire du portail : son nom ou son code.")
    if len(lines) > MOST_CODES:
        raise RefusedError(f"{MOST_CODES} territoires au plus : choisissez plutôt plus grand.")
    return tuple(dict.fromkeys(_place(scope, line).code for line in lines))


def _place(kind: str, text: str) -> Place:
    known = place_finder().by_code(kind, text.upper())
    if known is not None:
        return known
    matches = [match for match in place_finder().find(text[:100], limit=12) if match.place.kind == kind]
    if not matches:
        raise RefusedError(
            f"« {text[:60]} » n’est pas {_KIND_NAMES[kind]} connue du site : vérifiez son nom."
        )
    return matches[0].place


class PortalForm(forms.Form):
    """How a portal presents itself."""

    title = forms.CharField(label="Titre", max_length=90, error_messages=TOO_LONG)
    tagline = forms.CharField(
        label="Phrase d’accueil", max_length=220, required=False, error_messages=TOO_LONG,
        help_text="Sous le titre : à qui s’adresse le portail, et pour quoi faire.",
    )  # fmt: skip
    contact_email = forms.EmailField(
        label="Adresse de contact", required=False, error_messages=BAD_MAIL,
        help_text="Celle d’un service plutôt que d’une personne : elle est publique.",
    )  # fmt: skip
    contact_phone = forms.CharField(label="Téléphone", max_length=30, required=False, error_messages=TOO_LONG)
    website = WebAddressField(label="Site de votre organisation", required=False)
    partners = forms.CharField(
        label="Partenaires", required=False, max_length=6_000, widget=forms.Textarea({"rows": 4}),
        help_text="Un par ligne : le nom, une barre verticale, puis l’adresse. « Maison de l’emploi | https://… »",
        error_messages=TOO_LONG,
    )  # fmt: skip

    @classmethod
    def of(cls, portal: RegionalPortal) -> "PortalForm":
        """The form filled with what the portal says."""
        names = ("title", "tagline", "contact_email", "contact_phone", "website")
        initial = {name: getattr(portal, name) for name in names}
        lines = [" | ".join(part for part in (one["name"], one["url"]) if part) for one in portal.partners]
        return cls(initial=initial | {"partners": "\n".join(lines)})

    def clean_partners(self) -> tuple[tuple[str, str], ...]:
        """(name, address) of each line; an address may be missing, never wrong."""
        found = []
        checked = URLValidator(schemes=["http", "https"])
        for line in self.cleaned_data["partners"].splitlines():
            name, _, url = (part.strip() for part in line.partition("|"))
            if not name:
                continue
            if url:
                try:
                    checked(url)
                except ValidationError:
                    raise ValidationError(
                        f"« {url[:60]} » n’est pas une adresse en https:// ({name})."
                    ) from None
            found.append((name[:120], url[:300]))
        return tuple(found)

    def values(self) -> PortalValues:
        """What the action wants, once the form is valid."""
        return PortalValues(**self.cleaned_data)


class ImageForm(forms.Form):
    """The picture at the head of a portal."""

    image = forms.FileField(
        label="Image", help_text="JPEG, PNG ou WebP, 10 Mo au plus. Elle est réduite, et ses métadonnées sont ôtées.",
        error_messages={"required": "Choisissez une image."},
    )  # fmt: skip
    caption = forms.CharField(
        label="Ce que l’image montre", max_length=160, error_messages=TOO_LONG,
        help_text="Lu à voix haute aux personnes qui ne la voient pas.",
    )  # fmt: skip


class TextForm(forms.Form):
    """The editorial text, in Markdown; `read`: the version its author began from."""

    text = forms.CharField(
        label="Votre texte", required=False, max_length=20_000, widget=forms.Textarea({"rows": 16}),
        error_messages=TOO_LONG,
        help_text="Une ligne vide sépare deux paragraphes. « ## Titre », « - liste », « **gras** », "
        "« [mots](https://adresse) ». Le HTML n’est pas lu.",
    )  # fmt: skip
    read = forms.IntegerField(required=False, widget=forms.HiddenInput)


def _instant(label: str) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={
            "invalid": "Cette date n’est pas lisible : écrivez-la comme 2027-03-12T14:00.",
            "required": "Donnez le jour et l’heure.",
        },
    )  # fmt: skip


class EventForm(forms.Form):
    """An event of a portal."""

    kind = forms.ChoiceField(label="Nature", choices=EventKind)
    title = forms.CharField(label="Titre", max_length=120, error_messages=TOO_LONG)
    starts_at = _instant("Début")
    ends_at = _instant("Fin")
    lieu = forms.CharField(
        label="Commune", max_length=100, required=False,
        help_text="Nom ou code postal. Vide si tout se passe en ligne.",
    )  # fmt: skip
    venue = forms.CharField(
        label="Lieu précis", max_length=200, required=False, help_text="Salle, rue.", error_messages=TOO_LONG
    )
    is_online = forms.BooleanField(
        label="On peut aussi y assister en ligne, ou seulement en ligne", required=False
    )
    organiser = forms.CharField(label="Organisateur", max_length=120, error_messages=TOO_LONG)
    link = WebAddressField(
        label="Lien", required=False, help_text="Inscription, programme ou visioconférence."
    )
    capacity = forms.IntegerField(
        label="Nombre de places", required=False, min_value=1, max_value=1_000_000,
        error_messages={"invalid": "Écrivez un nombre entier.", "min_value": "Au moins une place."},
    )  # fmt: skip
    description = forms.CharField(
        label="Description", required=False, max_length=3_000, widget=forms.Textarea({"rows": 6}),
        error_messages=TOO_LONG,
    )  # fmt: skip

    @classmethod
    def of(cls, event: Event) -> "EventForm":
        """The form filled with an event."""
        names = ("kind", "title", "venue", "is_online", "organiser", "link", "capacity", "description")
        initial = {name: getattr(event, name) for name in names}
        for name in ("starts_at", "ends_at"):
            initial[name] = timezone.localtime(getattr(event, name))
        initial["lieu"] = f"{event.commune.name} ({event.commune_id})" if event.commune else ""
        return cls(initial=initial)

    def clean_lieu(self) -> Commune | None:
        """The commune named, or None."""
        text = self.cleaned_data["lieu"].strip()
        if not text:
            return None
        kinds = {"commune", "arrondissement"}
        found = next(
            (match for match in place_finder().find(text, limit=8) if match.place.kind in kinds), None
        )
        commune = Commune.objects.filter(code=found.place.code).first() if found else None
        if commune is None:
            raise ValidationError(
                f"« {text[:60]} » n’est pas une commune connue : écrivez son nom ou son code postal."
            )
        return commune

    def values(self) -> EventValues:
        """What the action wants, once the form is valid."""
        given = dict(self.cleaned_data)
        return EventValues(commune=given.pop("lieu"), **given)
