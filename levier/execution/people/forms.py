"""Forms about people: only what a rule asks, and « pas encore su » is always an answer."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from levier.execution.models import Contract, NoticeWay, PostKind, Sex
from levier.facilitators.forms.fields import day_field, mail_field, text_field
from levier.rulebook.eligibility import EMPLOYERS, EligibilityError, Facts, facts_from, proofs, set_labels
from levier.rulebook.eligibility.facts import ACCOMPANIMENTS, ALLOCATIONS, SITUATIONS
from levier.rulebook.modalities import modalities

_NONE = "aucune"
_YES_NO = (("", "Pas encore su"), ("oui", "Oui"), ("non", "Non"))
# Field of the form → question; the field of the facts has the same name.
_QUESTIONS = {
    "in_pathway": "Est-elle en parcours dans la structure qui l’emploie ?",
    "boeth": "A-t-elle une RQTH ou un autre titre de l’article L5212-13 ?",
    "rsa_dependant": "Est-elle ayant droit d’un bénéficiaire du RSA ?",
    "in_job_search": "Cherche-t-elle un emploi ?",
    "far_from_work": "Est-elle éloignée de l’emploi ?",
    "qpv": "Habite-t-elle un quartier prioritaire (QPV) ?",
    "frr": "Habite-t-elle une zone France ruralités revitalisation (FRR) ?",
    "opinion": "Un organisme a-t-il donné un avis motivé ?",
}
# Those that settle most entries.
_FIRST = ("in_pathway", "boeth", "qpv", "frr", "far_from_work")


def choice_field(
    label: str, choices: Iterable[tuple[Any, str]], *, required: bool = True, help_text: str = ""
) -> forms.ChoiceField:
    """One answer of a closed list."""
    return forms.ChoiceField(
        label=label, choices=list(choices), required=required, help_text=help_text,
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"required": "Choisissez une réponse.", "invalid_choice": "Choisissez une réponse de la liste."},
    )  # fmt: skip


def _several(label: str, choices: dict[str, str], none: str) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=[*choices.items(), (_NONE, none)], required=False,
        help_text="Rien de coché veut dire « pas encore su ».", widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choisissez dans la liste."},
    )  # fmt: skip


class PersonForm(forms.Form):
    """A person, as little as may be."""

    follower = choice_field("Structure qui suit", ())
    given_name = text_field("Prénom", most=80, required=True)
    family_name = text_field("Nom", most=80, required=True)
    birth_on = day_field("Date de naissance", required=True)
    sex = choice_field(
        "Sexe", [("", "Non précisé"), *Sex.choices], required=False, help_text="Pour les bilans."
    )
    email = mail_field("Adresse électronique", help_text="Pour lui envoyer la note d’information.")
    is_own_address = forms.BooleanField(
        label="La personne m’a donné elle-même cette adresse", required=False,
        help_text="Sinon, ce qu’elle confirme par cette adresse ne prouve rien tant que vous ne l’avez pas vérifiée avec elle.",
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )  # fmt: skip

    def __init__(self, *args: Any, followers: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["birth_on"].error_messages["required"] = "Donnez la date de naissance."
        self.fields["follower"].choices = list(followers)  # type: ignore[attr-defined]


class NoticeForm(forms.Form):
    """When the notice about its data was given."""

    on = day_field("Remise le", required=True)
    # By mail, it is sent from here: its day is then written by itself.
    way = choice_field("Comment", [one for one in NoticeWay.choices if one[0] != NoticeWay.MAIL])


class LeaveForm(forms.Form):
    """When somebody left a contract."""

    on = day_field("Sortie le", required=True)


class EntryForm(forms.Form):
    """The situation of the day of entry. Its answers are judged, and not kept: only the reason retained is."""

    contract = choice_field("Contrat et entreprise qui déclare", ())
    rules = choice_field(
        "Jeu de règles",
        (),
        required=False,
        help_text="À ne changer que si le contrat écrit une autre liste de publics.",
    )
    employer_kind = choice_field(
        "Qui l’emploie", [(key, words.capitalize()) for key, words in EMPLOYERS.items()]
    )
    modality = choice_field("Façon de faire les heures", [(one.key, one.label) for one in modalities()])
    work_contract = choice_field(
        "Contrat de travail", [("", "Pas encore su"), *PostKind.choices], required=False,
        help_text="Les heures d’un CDI comptent au-delà de la fin d’éligibilité, jusqu’à la durée que le contrat retient.",
    )  # fmt: skip
    entry_on = day_field(
        "Entrée le", required=True, help_text="La situation s’apprécie ce jour-là, et ne change plus ensuite."
    )
    first_clause_hire_on = day_field(
        "Première embauche sous clause", help_text="S’il y en a eu une avant, chez n’importe quel employeur."
    )
    allocations = _several("Allocations", ALLOCATIONS, "Aucune")
    registered_on = day_field("Inscrite à France Travail depuis le")
    not_registered = forms.BooleanField(label="Elle n’est pas inscrite à France Travail", required=False)
    level = choice_field(
        "Niveau de diplôme",
        [("", "Pas encore su"), ("0", "Aucun diplôme"), ("3", "CAP ou BEP (niveau 3)"), ("4", "Bac (niveau 4)"),
         ("5", "Bac + 2 ou plus (niveau 5 et au-dessus)")],
        required=False,
    )  # fmt: skip
    out_of_school_on = day_field("A quitté l’école ou la formation le")
    accompaniments = _several("Accompagnement", ACCOMPANIMENTS, "Aucun")
    situations = _several("Situation attestée", SITUATIONS, "Aucune")
    proof_kind = choice_field(
        "Preuve vue",
        [],
        required=False,
        help_text="Le document n’est pas gardé : seulement « vu le…, par… ».",
    )
    proof_issued_on = day_field("Datée du")
    proof_valid_to = day_field("Valable jusqu’au", help_text="Pour une décision (RQTH, titre de séjour).")
    proof_seen_on = day_field("Vue le")
    other_proof_kind = choice_field("Autre preuve vue", [], required=False)
    other_proof_issued_on = day_field("Datée du")
    other_proof_valid_to = day_field("Valable jusqu’au")
    other_proof_seen_on = day_field("Vue le")

    def __init__(self, *args: Any, contracts: Iterable[Contract], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, question in _QUESTIONS.items():
            self.fields[name] = choice_field(question, _YES_NO, required=False)
        self.fields["entry_on"].error_messages["required"] = "Donnez le jour de l’entrée."
        self.fields["rules"].choices = [("", "Celui du contrat"), *set_labels()]  # type: ignore[attr-defined]
        known = [(key, one.label[:1].upper() + one.label[1:]) for key, one in proofs().items()]
        for name in ("proof_kind", "other_proof_kind"):
            self.fields[name].choices = [("", "Aucune pour l’instant"), *known]  # type: ignore[attr-defined]
        self.places = {
            f"{contract.pk}:{company.pk}": (contract, company)
            for contract in contracts
            for company in (contract.holder, *(party.organisation for party in contract.parties.all()))
        }
        self.fields["contract"].choices = [  # type: ignore[attr-defined]
            (key, f"{contract.title} · {company.name}") for key, (contract, company) in self.places.items()
        ]

    @property
    def first_questions(self) -> list[Any]:
        """The questions asked of everybody, bound."""
        return [self[name] for name in _FIRST]

    @property
    def other_questions(self) -> list[Any]:
        """The rarer ones, folded; that of youths stands with their part."""
        return [self[name] for name in _QUESTIONS if name not in (*_FIRST, "in_job_search")]

    def clean(self) -> dict[str, Any]:
        """The answers as facts. What the rule book refuses is said in its own sentence."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("not_registered") and data.get("registered_on"):
            self.add_error("registered_on", "Inscrite ou non ? Gardez une seule des deux réponses.")
        for name in ("allocations", "accompaniments", "situations"):
            if _NONE in data.get(name, ()) and len(data[name]) > 1:
                self.add_error(name, "« Aucune » ne va pas avec une autre réponse.")
        if self.errors:
            return data
        try:
            data["facts"] = self._facts(data)
        except EligibilityError as problem:
            raise forms.ValidationError(str(problem)) from problem
        return data

    def _facts(self, data: dict[str, Any]) -> Facts:
        values: dict[str, Any] = {name: _truth(data.get(name)) for name in _QUESTIONS}
        for name in ("allocations", "accompaniments", "situations"):
            chosen = data.get(name) or []
            values[name] = None if not chosen else [one for one in chosen if one != _NONE]
        for name in ("entry_on", "first_clause_hire_on", "out_of_school_on"):
            values[name] = data.get(name)
        values["level"] = int(data["level"]) if data.get("level") else None
        if data.get("registered_on"):
            values["registrations"] = [{"start": data["registered_on"]}]
        elif data.get("not_registered"):
            values["registrations"] = []
        values["proofs"] = [_proof(data, one) for one in ("", "other_") if data.get(f"{one}proof_kind")]
        return facts_from(values)


def _truth(answer: str | None) -> bool | None:
    return {"oui": True, "non": False}.get(answer or "")


def _proof(data: dict[str, Any], which: str) -> dict[str, str | date | None]:
    """A proof as the rule book reads it; `which`: the start of its fields' names."""
    names = ("kind", "issued_on", "valid_to", "seen_on")
    return {name: data.get(f"{which}proof_{name}") or None for name in names}
