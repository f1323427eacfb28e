"""The refusals of the API: one French sentence for each field to correct, whatever the library says in English."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from levier.api.cursors import BadCursor
from levier.clauses.values import ClauseError
from levier.core.search import SearchError
from levier.directory.kinds import UnknownKindError
from levier.dossier.need import NeedRefused
from levier.execution.errors import RefusedError
from levier.reference.sectors import UnknownSectorError
from levier.rulebook.calibration import CalibrationError
from levier.rulebook.compatibility import CompatibilityError
from levier.rulebook.levers import FactsError

UNREADABLE = (
    "Le corps de la demande n’est pas un document JSON lisible : vérifiez les guillemets et l’encodage UTF-8."
)
NO_KEY = (
    "Une clé d’API est attendue dans l’en-tête « Authorization: Bearer … » : faites-la sur la page /suivi/cles de votre "
    "organisation. Celle-ci est absente, fausse ou retirée."
)
NUMBER = "un nombre est attendu, par exemple 120000"
WHOLE = "un nombre entier est attendu"
YES_OR_NO = "true ou false est attendu"
DAY = "une date est attendue, par exemple 2027-03-12"
MONTH_PATTERN = r"^20\d\d-(0[1-9]|1[0-2])$"
MONTH = "un mois est attendu, par exemple 2026-04"
OBJECT = 'un objet JSON est attendu, par exemple {"text": "nettoyage de bureaux"}'
TEXT = "un texte est attendu"
# Beginning of the library's error type → what to say; the limits come from the schema.
SENTENCES = {
    "missing": "il manque",
    "string_too_long": "{max_length} caractères au plus",
    "string_pattern_mismatch": "cette écriture n’est pas admise",
    "string_": TEXT,
    "literal_error": "valeurs admises : {expected}",
    "float_": NUMBER,
    "finite_number": NUMBER,
    "int_": WHOLE,
    "decimal_": NUMBER,
    "bool_": YES_OR_NO,
    "date_": DAY,
    "greater_than_equal": "la plus petite valeur admise est {ge:g}",
    "less_than_equal": "la plus grande valeur admise est {le:g}",
    "model_": OBJECT,
    "dict_": OBJECT,
    "list_": "une liste est attendue",
}


class UnknownPlaceError(LookupError):
    """No place answers the text; the message is a French sentence."""


class UnknownSupplierError(LookupError):
    """No listed supplier has this key; the message is a French sentence."""


def say_refusals(api: NinjaAPI) -> None:
    """Give the API its handlers: 422 for a value, 400 for a body that cannot be read."""

    def problems(request: HttpRequest, found: list[dict[str, str]]) -> HttpResponse:
        detail = " ".join(problem["sentence"] for problem in found)
        return api.create_response(request, {"detail": detail, "problems": found}, status=422)

    def refused(request: HttpRequest, refusal: NeedRefused) -> HttpResponse:
        return problems(request, [{"field": one.field, "sentence": one.sentence} for one in refusal.problems])

    def invalid(request: HttpRequest, problem: ValidationError) -> HttpResponse:
        return problems(request, [problem_of(error) for error in problem.errors])

    def uncalculable(request: HttpRequest, problem: CalibrationError) -> HttpResponse:
        return problems(request, [{"field": problem.field, "sentence": str(problem)}])

    def sentence(request: HttpRequest, problem: Exception) -> HttpResponse:
        status = 404 if isinstance(problem, UnknownSupplierError) else 422
        return api.create_response(request, {"detail": str(problem), "problems": []}, status=status)

    def unreadable(request: HttpRequest, problem: HttpError) -> HttpResponse:
        text = {400: UNREADABLE, 401: NO_KEY}.get(problem.status_code, str(problem))
        return api.create_response(request, {"detail": text, "problems": []}, status=problem.status_code)

    _say_who_may(api)
    api.add_exception_handler(NeedRefused, refused)
    api.add_exception_handler(ValidationError, invalid)
    api.add_exception_handler(CalibrationError, uncalculable)
    api.add_exception_handler(HttpError, unreadable)
    for error in (
        SearchError,
        UnknownKindError,
        UnknownSectorError,
        UnknownPlaceError,
        UnknownSupplierError,
        BadCursor,
        ClauseError,
        FactsError,
        CompatibilityError,
        RefusedError,
    ):
        api.add_exception_handler(error, sentence)


def _say_who_may(api: NinjaAPI) -> None:
    """404 for what one may not know of, 403 for what one may not do."""

    def absent(request: HttpRequest, problem: Http404) -> HttpResponse:
        return api.create_response(
            request, {"detail": str(problem) or "Rien ici.", "problems": []}, status=404
        )

    def forbidden(request: HttpRequest, problem: PermissionDenied) -> HttpResponse:
        text = f"Refusé : {problem}." if str(problem) else "Refusé."
        return api.create_response(request, {"detail": text, "problems": []}, status=403)

    api.add_exception_handler(Http404, absent)
    api.add_exception_handler(PermissionDenied, forbidden)


def problem_of(error: dict[str, Any]) -> dict[str, str]:
    """The field and the sentence of one error of the library."""
    place = [str(part) for part in error["loc"] if not isinstance(part, int)]
    if len(place) < 3 and place[:1] == ["body"]:
        return {"field": "body", "sentence": f"Le corps de la demande est refusé : {OBJECT}."}
    kind = str(error["type"])
    words = next(
        (text for start, text in SENTENCES.items() if kind.startswith(start)), "cette valeur n’est pas admise"
    )
    if "pattern" in error.get("ctx", {}) and error["ctx"]["pattern"] == MONTH_PATTERN:
        words = MONTH
    try:
        expected = words.format(**error.get("ctx", {})) if words != OBJECT else words
    except (KeyError, ValueError):
        expected = "cette valeur n’est pas admise"
    return {"field": place[-1], "sentence": f"Le champ « {place[-1]} » est refusé : {expected}."}
