"""What the pages of the marketplace share: who reads, refusals in a page, private answers, files."""

from typing import TypeVar

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from levier.accounts.models import User
from levier.core import kept_files
from levier.core.audit import Actor
from levier.purchasing import attachments
from levier.purchasing.models import NeedAttachment

_Response = TypeVar("_Response", bound=HttpResponseBase)

LINK_HOLDER = Actor.machine("lien du fournisseur")


def account(request: HttpRequest) -> User:
    """The signed-in account: the middleware closes every view that does not say otherwise."""
    assert isinstance(request.user, User)
    return request.user


def private(response: _Response) -> _Response:
    """A page under a secret address: not indexed, and the address is not given to the next site."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"
    return response


def served(attachment: NeedAttachment) -> FileResponse:
    """A document, always as a download: nothing that somebody sent is shown as a page of the site."""
    handle = kept_files.path_of(attachment.sha256, room=attachments.ROOM).open("rb")
    extension = attachments.EXTENSIONS[attachment.content_type]
    name = (
        attachment.name
        if attachment.name.lower().endswith(f".{extension}")
        else f"{attachment.name}.{extension}"
    )
    response = FileResponse(handle, as_attachment=True, filename=name, content_type=attachment.content_type)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return private(response)


def refused(request: HttpRequest, title: str, sentence: str, status: int = 422) -> HttpResponse:
    """A page with one sentence, when there is no form to show it in."""
    return render(request, "core/error.html", {"title": title, "sentence": sentence}, status=status)
