"""Every small act of control that is a form: its words, who may, what it does. One page shows them all."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.db.models import Model, Q
from django.utils import timezone

from levier.accounts.models import User
from levier.execution import policies
from levier.execution.actions import transferring
from levier.execution.control import actions, addresses, defaults, recaps
from levier.execution.control import forms as own_forms
from levier.execution.control.penalties import clause_of
from levier.execution.models import (
    Complaint,
    Contract,
    ControlMeeting,
    DefaultProcedure,
    DifficultyNotice,
    EvidenceRequest,
    GlobalisationAnswer,
    HoursTransfer,
)
from levier.execution.policies import Side

_BUYER: Final[frozenset[Side]] = frozenset({"buyer"})
_DESK: Final[frozenset[Side]] = frozenset({"facilitator"})
_BOTH: Final[frozenset[Side]] = frozenset({"buyer", "facilitator"})
_ALL: Final[frozenset[Side]] = frozenset({"buyer", "facilitator", "company"})


@dataclass(frozen=True, slots=True)
class Gesture:
    """One act. `act(by, target, sides, form)`: the target is the contract, or a row of `model`."""

    title: str
    button: str
    said: str
    sides: frozenset[Side]
    form: type[forms.Form]
    act: Callable[[User, Any, frozenset[Side], Any], object]
    model: type[Model] | None = None
    arguments: Callable[[User, Any], dict[str, Any]] = lambda user, target: {}
    hint: str = ""
    # What the act is about, read before the form: for a row, in a few sentences.
    recap: Callable[[Any], tuple[str, ...]] = lambda target: ()
    # The page that shows what was done.
    back: str = "control:control"


def _clean(form: Any) -> dict[str, Any]:
    return dict(form.cleaned_data)


def _other_contracts(user: User, contract: Contract) -> dict[str, Any]:
    # What is over or closed has no hours left to share.
    found = (
        policies.contracts_of(user)
        .filter(
            Q(closing=None) | Q(closing__closed_at=None),
            holder=contract.holder_id,
            ends_on__gte=timezone.localdate(),
        )
        .exclude(pk=contract.pk)
    )
    return {"contracts": found.select_related("buyer").order_by("title", "pk")}


def _commitments(user: User, contract: Contract) -> dict[str, Any]:
    given = policies.commitments_given_by(user, contract).select_related("head")
    return {"given": given, "every": contract.commitments.select_related("contractor", "head")}


def _for(by: User, contract: Contract, sides: frozenset[Side], firm: str) -> str:
    """« Camille Exemple, Ville du Val »: who acts, and for whom."""
    own = contract.buyer.name if "buyer" in sides else (contract.facilitator or contract.buyer).name
    return f"{by}, {firm if sides == frozenset({'company'}) else own}"


def _label(by: User) -> str:
    return str(by)


def _addressed(by: User, contract: Contract, form: forms.Form) -> DefaultProcedure | None:
    """Write the address; gives the procedure that runs, since its letters are why one came."""
    addresses.write_address(by=by, contract=contract, text=form.cleaned_data["text"])
    return DefaultProcedure.objects.filter(contract=contract, closed_at=None).first()


GESTURES: Final[dict[str, Gesture]] = {
    "difficulte": Gesture(
        "Signaler une difficulté", "Signaler", "La difficulté est signalée : l’acheteur dira la suite.",
        _ALL, own_forms.DifficultyForm,
        lambda by, on, sides, form: actions.tell_difficulty(by=by, label=_label(by), contract=on, **_clean(form)),
        hint="Dites-le dès que les heures ne viennent pas : une difficulté signalée à temps compte quand on parle de pénalités.",
    ),
    "suite": Gesture(
        "Décider de la suite d’une difficulté", "Décider", "La suite est décidée.", _BUYER, own_forms.OutcomeForm,
        lambda by, on, sides, form: actions.decide_difficulty(by=by, notice=on, **_clean(form)), DifficultyNotice,
        recap=recaps.of_difficulty,
    ),
    "globalisation": Gesture(
        "Demander une globalisation des heures", "Demander", "La demande est envoyée à chaque acheteur.",
        frozenset({"company", "facilitator"}), own_forms.GlobalisationForm,
        lambda by, on, sides, form: actions.ask_globalisation(by=by, contract=on, **_clean(form)),
        arguments=_other_contracts,
        hint="Faire ensemble les heures de plusieurs contrats de la même entreprise. Chaque acheteur répond pour le sien.",
    ),
    "reponse": Gesture(
        "Répondre à une demande de globalisation", "Répondre", "Votre réponse est enregistrée.", _BUYER,
        own_forms.AnswerForm,
        lambda by, on, sides, form: actions.answer_globalisation(
            by=by, answer=on, is_accepted=form.cleaned_data["answer"] == "oui"
        ),
        GlobalisationAnswer,
        recap=recaps.of_globalisation,
    ),
    "transfert": Gesture(
        "Demander un transfert d’heures", "Demander", "Le transfert est demandé : l’acheteur décidera.",
        _ALL, own_forms.TransferForm,
        lambda by, on, sides, form: transferring.ask_transfer(
            by=by, label=_for(by, on, sides, form.cleaned_data["source"].contractor.name), **_clean(form)
        ),
        back="execution:contract",
        arguments=_commitments,
        hint="Entre membres du groupement : l’un cède des heures qu’il doit encore, l’autre les reprend. Le total du contrat ne change "
        "pas, et le titulaire en répond toujours.",
    ),
    "decision-transfert": Gesture(
        "Décider d’un transfert d’heures", "Décider", "Votre décision est enregistrée.", _BUYER,
        own_forms.TransferDecisionForm,
        lambda by, on, sides, form: transferring.decide_transfer(
            by=by, label=_for(by, on.contract, sides, ""), transfer=on, is_accepted=form.cleaned_data["answer"] == "oui"
        ),
        HoursTransfer,
        recap=recaps.of_transfer,
        back="execution:contract",
    ),
    "reunion": Gesture(
        "Prévoir une réunion ou une visite", "Prévoir", "La réunion est prévue.", _BOTH, own_forms.MeetingForm,
        lambda by, on, sides, form: actions.plan_meeting(by=by, contract=on, **_clean(form)),
    ),
    "compte-rendu": Gesture(
        "Compte rendu de la réunion", "Enregistrer", "Le compte rendu est enregistré.", _BOTH, own_forms.MinutesForm,
        lambda by, on, sides, form: actions.note_meeting(by=by, meeting=on, **_clean(form)), ControlMeeting,
        recap=recaps.of_meeting,
    ),
    "reclamation": Gesture(
        "Noter une réclamation", "Noter", "La réclamation est notée.", _DESK, own_forms.ComplaintForm,
        lambda by, on, sides, form: actions.note_complaint(by=by, contract=on, **_clean(form)),
    ),
    "cloture-reclamation": Gesture(
        "Clore une réclamation", "Clore", "La réclamation est close.", _DESK, own_forms.ComplaintAnswerForm,
        lambda by, on, sides, form: actions.close_complaint(by=by, complaint=on, **_clean(form)), Complaint,
        recap=recaps.of_complaint,
    ),
    "piece": Gesture(
        "Demander une pièce", "Demander", "La pièce est demandée.", _BOTH, own_forms.EvidenceForm,
        lambda by, on, sides, form: actions.ask_evidence(by=by, contract=on, **_clean(form)),
    ),
    "vue": Gesture(
        "J’ai vu la pièce", "Noter", "C’est noté : la pièce est vue.", _BOTH, own_forms.SeenForm,
        lambda by, on, sides, form: actions.see_evidence(by=by, evidence=on, **_clean(form)), EvidenceRequest,
        recap=recaps.of_evidence,
    ),
    "tirage": Gesture(
        "Tirer des heures à prouver", "Tirer au hasard", "Le tirage est fait, et les relevés demandés.", _DESK,
        own_forms.SampleForm,
        lambda by, on, sides, form: actions.draw_sample(by=by, contract=on, **_clean(form)),
        hint="Les heures les moins prouvées ont plus de chances d’être tirées. Avec la même graine, le tirage est le même : chacun peut le refaire.",
    ),
    "penalites": Gesture(
        "Les pénalités que prévoit le contrat", "Enregistrer", "Les pénalités du contrat sont enregistrées.", _BOTH,
        own_forms.PenaltiesForm,
        lambda by, on, sides, form: defaults.write_penalties(
            by=by, contract=on, rules=form.as_rules(), **form.as_terms()
        ),
        arguments=lambda user, on: {"clause": clause_of(on)},
        hint="Recopiez ce que le contrat écrit. Laissez vide ce qu’il ne prévoit pas : rien n’est dû sans article.",
    ),
    "adresse": Gesture(
        "L’adresse du titulaire sur les lettres", "Enregistrer", "L’adresse est enregistrée : les lettres la portent.", _BOTH,
        own_forms.AddressForm,
        lambda by, on, sides, form: _addressed(by, on, form),
        arguments=lambda user, on: {"known": addresses.letter_address(on)},
        hint="Une mise en demeure part en recommandé, au siège.",
    ),
    "defaut": Gesture(
        "Relancer le titulaire", "Envoyer la relance", "La relance est partie : la procédure est ouverte.", _BOTH,
        own_forms.StepForm,
        lambda by, on, sides, form: defaults.open_default(by=by, contract=on, sides=sides, **_clean(form)),
        hint="Première étape. Rien n’avance ensuite sans le geste d’une personne.",
    ),
}  # fmt: skip
