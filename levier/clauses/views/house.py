"""Our texts, open to all: by lever, by document, by trade; each one to read, copy and export."""

from datetime import date
from functools import lru_cache
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from levier.clauses.drafting import draft, has_text, house_paths, trades_of
from levier.clauses.exporting import FORMATS, export
from levier.clauses.library import version_of
from levier.clauses.publication import publication_fields
from levier.clauses.queries import all_lever_texts, trade_name, writing_organisations
from levier.clauses.result import ClauseDraft, DraftDocument
from levier.clauses.showing import as_html
from levier.clauses.trades import FRAMEWORK, trade_labels
from levier.core.documents import DocumentError
from levier.rulebook.levers import Facts
from levier.rulebook.levers import lever as lever_of

FORMAT_NAMES = {
    "docx": "Word",
    "odt": "OpenDocument",
    "pdf": "PDF",
    "html": "HTML",
    "txt": "Texte",
    "md": "Markdown",
}


@login_not_required
@require_safe
def levers(request: HttpRequest) -> HttpResponse:
    """Every lever that has a text, with its documents."""
    return render(request, "clauses/texts.html", {"levers": all_lever_texts(), "trades": trade_labels()})


@login_not_required
@require_safe
def lever(request: HttpRequest, lever: str) -> HttpResponse:
    """The documents of one lever, the rules it quotes, and what to publish."""
    trade = _trade(request, lever)
    made = _made(lever, trade)
    context = {
        "lever": lever_of(lever),
        "draft": made,
        "trades": trades_of(lever),
        "trade": trade,
        "publication": publication_fields([lever], is_concession=lever.startswith("L3")),
        "formats": FORMAT_NAMES,
    }
    return render(request, "clauses/lever.html", context)


@login_not_required
@require_safe
def text(request: HttpRequest, lever: str, document: str) -> HttpResponse:
    """One document of ours for a trade, its fields between brackets."""
    trade = _trade(request, lever)
    made = _made(lever, trade)
    found = _document(made, document)
    user = request.user
    context: dict[str, Any] = {
        "lever": lever_of(lever),
        "document": found,
        "html": as_html(found.markdown),
        "documents": tuple((one.code, one.title) for one in made.documents),
        "trades": trades_of(lever),
        "trade": trade,
        "trade_name": trade_name(trade),
        "gaps": _gaps(made, found),
        "versions": [version_of(path) for path in house_paths(lever, document, trade=trade)],
        "rules": [rule for rule in made.rules if rule.code in found.markdown],
        "formats": FORMAT_NAMES,
        "organisations": writing_organisations(user) if user.is_authenticated else (),
    }
    return render(request, "clauses/text.html", context)


@login_not_required
@require_safe
def file(request: HttpRequest, lever: str, document: str, target: str) -> HttpResponse:
    """The same document as a file; « tout » gives every document of the lever in one."""
    made = _made(lever, _trade(request, lever))
    documents = made.pick() if document == "tout" else (_document(made, document),)
    return as_file(
        request, documents, target, name=f"{lever}-{document}", title=made.title if document == "tout" else ""
    )


def as_file(
    request: HttpRequest, documents: tuple[Any, ...], target: str, *, name: str, title: str = ""
) -> HttpResponse:
    """Documents as a download, or a page that says why it cannot be made."""
    if target not in FORMATS:
        raise Http404(f"Le format « {target[:10]} » n’existe pas.")
    try:
        content, kind = export(documents, target, title=title)
    except DocumentError as problem:
        context = {"title": "Document impossible", "sentence": str(problem)}
        return render(request, "core/error.html", context, status=500)
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}.{target}"'
    return response


def facts_of(lever: str, trade: str) -> Facts:
    """The facts of a text shown without any need: only what chooses its words."""
    return Facts(
        buyer_side="private" if lever in ("EVI", "ACHAT-PRIVE") else "public",
        is_concession=lever.startswith("L3"),
        is_framework=trade == FRAMEWORK,
    )


def _made(lever: str, trade: str) -> ClauseDraft:
    if not has_text(lever):
        raise Http404(f"Aucun texte n’est écrit pour le levier « {lever[:40]} ».")
    return _draft_of_day(lever, trade, timezone.localdate())


@lru_cache(maxsize=128)
def _draft_of_day(lever: str, trade: str, day: date) -> ClauseDraft:
    """Without any need, a text says the same to everybody all day: thresholds change with the date."""
    return draft(lever, facts=facts_of(lever, trade), trade=trade or None)


def _document(made: ClauseDraft, code: str) -> DraftDocument:
    found = made.document(code)
    if found is None:
        raise Http404("Ce levier n’a pas ce document.")
    return found


def _gaps(made: ClauseDraft, document: DraftDocument) -> list[str]:
    return [gap.label for gap in made.gaps if f"[à compléter : {gap.label}" in document.markdown]


def _trade(request: HttpRequest, lever: str) -> str:
    trade = request.GET.get("metier", "")
    if trade and trade not in trades_of(lever):
        raise Http404("Ce métier n’a pas de texte propre.")
    return trade
