"""Pages on which files are listed, taken back, hidden and unlocked. Adding and reading have modules of their own."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.case.people import may
from cases.documents import actions, lists, versions
from cases.documents.finding import BACK, base_of, case_of, found
from cases.documents.forms import PasswordForm
from cases.documents.joining.joined import pages_together
from cases.documents.models import Document, Version
from cases.documents.reading import readers
from portal.access import PERSON, open_to
from portal.accounts import recheck
from portal.actors import Actor
from portal.errors import Refused

MOVES = {
    "withdraw": (actions.withdraw, {}),
    "restore": (actions.restore, {}),
    "hide": (actions.mark_only_me, {"only_me": True}),
    "check": (actions.check_again, {}),
    "share": (actions.mark_only_me, {"only_me": False}),
}


@open_to(PERSON)
@recheck.required
@require_safe
def list_documents(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every file of the case that this person may see, with its versions."""
    case = case_of(request, pk)
    context = {
        "case": case,
        "rows": lists.rows_of(case, request.user),
        "traces": lists.traces(case, request.user),
        "who": readers.of_all(case, request.user),
        "who_else": readers.of_own(case, request.user),
        "may_add": may("add_documents", case, request.user),
        "base": base_of(request),
    }
    return render(request, "documents/list.html", context)


@open_to(PERSON)
@recheck.required
@require_POST
def move(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """Take back, put back, hide, share, check again: then back to the page it was pressed on."""
    if verb not in MOVES:
        raise Http404
    document = found(request, Document.objects.visible_to(request.user).select_related("case"), pk)
    action, how = MOVES[verb]
    try:
        action(document, **how, by=Actor.of(request))
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _said(verb, pages_together(document)))
    return redirect(BACK.get(request.POST.get("back", ""), BACK["list"]), document.case_id)


def _said(verb: str, pages: int) -> str:
    """What was done; of a letter of several photos, that it reached them all."""
    if pages and verb in ("hide", "share"):
        sentences = {
            "hide": _("Only you can see this letter now, with all its %(pages)d pages."),
            "share": _("The people of your case can see this letter again, with all its %(pages)d pages."),
        }
        return sentences[verb] % {"pages": pages}
    return {
        "withdraw": _("The file is taken back. You can put it back for 30 days, under “All files”."),
        "restore": _("The file is back."),
        "hide": _("Only you can see this file now."),
        "check": _("We check this file again now."),
        "share": _("The people of your case can see this file again."),
    }[verb]


@open_to(PERSON)
@recheck.required
@require_POST
def take_version_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One version alone: the one before it is read again."""
    said = _("This version is taken back. You can put it back for 30 days, here.")
    return _move_version(request, pk, versions.take_back, said)


@open_to(PERSON)
@recheck.required
@require_POST
def put_version_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Undo of that."""
    return _move_version(request, pk, versions.put_back, _("This version is back."))


def _move_version(request: HttpRequest, pk: UUID, move: Callable[..., Version], said: str) -> HttpResponse:
    version = found(request, Version.objects.visible_to(request.user).select_related("document"), pk)
    try:
        move(version, by=Actor.of(request))
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, said)
    return redirect(version.get_absolute_url() + "#versions")


@open_to(PERSON)
@recheck.required
@require_http_methods(["GET", "HEAD", "POST"])
def unlock(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Type the password of a locked file; it is used once and kept nowhere."""
    version = found(request, Version.objects.visible_to(request.user).live().select_related("case__patient"), pk)
    if not may("add_documents", version.case, request.user):
        raise Http404
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.unlock_with_password(version, form.cleaned_data["password"], by=Actor.of(request))
        except Refused as refused:
            form.add_error("password", refused)
        else:
            messages.success(request, _("The file is open. We are checking it now."))
            return redirect("documents:list", version.case_id)
    context = {"case": version.case, "version": version, "form": form, "base": base_of(request)}
    return render(request, "documents/unlock.html", context, status=422 if form.errors else 200)
