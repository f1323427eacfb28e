"""The page behind the last link of a mail, and the same switches on an owner's sheet."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from levier.core.audit import Actor
from levier.directory.models import SolicitationRefusal
from levier.directory.ownership.policies import get_own_supplier_for
from levier.directory.ownership.views.signed_in import account
from levier.directory.results import key_of, slug_of
from levier.directory.solicitations import actions, links, queries
from levier.directory.solicitations.addresses import address_hash
from levier.directory.solicitations.forms import LABELS, SolicitationsForm

LINK_HOLDER = Actor.machine("lien de désinscription")
_NONE = dict.fromkeys(SolicitationRefusal.Topic.values, False)


# RFC 8058: a mail reader sends this POST by itself, without cookie nor token. The signed address is the proof.
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, signed: str) -> HttpResponse:
    """Reading changes nothing; buttons stop these mails, one network or everything, boxes choose."""
    subject = links.subject_of(signed)
    said = _follow(request, subject) if request.method == "POST" else ""
    wanted = queries.wanted_topics(subject.address, subject.supplier)
    context = {
        "subject": subject, "label": LABELS[subject.topic], "form": SolicitationsForm(wanted=wanted), "said": said,
        "is_wanted": wanted[subject.topic.value], "is_network_refused": _is_network_refused(subject),
    }  # fmt: skip
    response = render(request, "directory/solicitations/unsubscribe.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"
    return response


def _follow(request: HttpRequest, subject: links.Subject) -> str:
    """Do what a POST of the page asks; returns what to say of it, nothing when it asked nothing."""
    hashed, network = address_hash(subject.address), subject.network
    if network is not None and "ce-reseau" in request.POST:
        actions.refuse_networks(by=LINK_HOLDER, hashed=hashed, network_id=network.pk)
        return "C’est fait."
    if network is not None and "reseau-oui" in request.POST:
        actions.accept_network(by=LINK_HOLDER, hashed=hashed, network_id=network.pk)
        return "Enregistré."
    is_one_click = request.POST.get("List-Unsubscribe") == "One-Click"
    wanted = _asked(request, subject.topic, is_one_click=is_one_click)
    if wanted is None:
        return ""
    actions.choose_solicitations(
        by=LINK_HOLDER, address=subject.address, supplier=subject.supplier, wanted=wanted
    )
    return "Enregistré." if any(wanted.values()) else "C’est fait."


def _is_network_refused(subject: links.Subject) -> bool:
    """Whether the network of the mail is refused, it or all of them."""
    return subject.network is not None and queries.refuses(subject.address, subject.topic, subject.network.pk)


def _asked(request: HttpRequest, topic: str, *, is_one_click: bool) -> dict[str, bool] | None:
    """What a POST of this page asks; None when it asks nothing."""
    if is_one_click or "ceux-ci" in request.POST:
        return {str(topic): False}
    if "tous" in request.POST:
        return dict(_NONE)
    if "choisir" in request.POST:
        return {name: name in request.POST for name in SolicitationRefusal.Topic.values}
    return None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest, slug: str) -> HttpResponse:
    """What is sent to one's sheet (needs) and to oneself (the rest), from the sheet."""
    user = account(request)
    supplier = get_own_supplier_for(user, key_of(slug))
    wanted = queries.wanted_topics(user.email, None) | {
        "needs": queries.wanted_topics("", supplier)["needs"],
    }
    form = SolicitationsForm(request.POST if request.method == "POST" else None, wanted=wanted)
    if request.method == "POST" and form.is_valid():
        asked = form.wanted
        actions.choose_solicitations(
            by=user.as_actor(), address="", supplier=supplier, wanted={"needs": asked.pop("needs")}
        )
        actions.choose_solicitations(by=user.as_actor(), address=user.email, wanted=asked)
        messages.success(request, "C’est enregistré : nos courriels suivront ces choix.")
        return redirect("directory:own_sheet", slug=slug_of(supplier.key))
    context = {"supplier": supplier, "slug": slug_of(supplier.key), "form": form}
    return render(request, "directory/solicitations/own.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def older_invitation(request: HttpRequest, signed: str) -> HttpResponse:
    """The link of an invitation sent before: it knows the hash of the address only. A GET asks, the button stops."""
    hashed = links.hash_in_older(signed)
    if request.method == "POST":
        actions.refuse_networks(by=LINK_HOLDER, hashed=hashed, network_id=None)
    return render(
        request, "directory/solicitations/older_invitation.html", {"is_done": request.method == "POST"}
    )
