"""Pages for files, and the files themselves: out only through the permission check, each look on record."""

from collections.abc import Iterator
from itertools import chain
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.case.people import may
from cases.documents import actions, kinds, lists, readers, words
from cases.documents.finding import base_of, case_of, found
from cases.documents.forms import PasswordForm
from cases.documents.models import Document, PageImage, Version
from portal.access import PERSON, open_to
from portal.accounts import recheck
from portal.actors import Actor
from portal.errors import Refused
from portal.vault import files

NOTHING_RUNS = "sandbox; default-src 'none'; frame-ancestors 'none'"

MOVES = {
    "withdraw": (actions.withdraw, {}),
    "restore": (actions.restore, {}),
    "hide": (actions.mark_only_me, {"only_me": True}),
    "share": (actions.mark_only_me, {"only_me": False}),
}
BACK = {"plan": "documents:add_plan", "add": "documents:add"}  # the pages that a file's buttons stand on


@open_to(PERSON)
@require_safe
def list_documents(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every file of the case that this person may see, with its versions."""
    case = case_of(request, pk)
    context = {
        "case": case,
        "rows": lists.rows_of(case, request.user),
        "who": readers.of_all(case, request.user),
        "who_else": readers.of_own(case, request.user),
        "may_add": may("add_documents", case, request.user),
        "base": base_of(request),
    }
    return render(request, "documents/list.html", context)


@open_to(PERSON)
@recheck.required
@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A document as page pictures with its words; each opening is a line of history."""
    document = found(request, Document.objects.visible_to(request.user).select_related("case__patient"), pk)
    version = _version_shown(request, document)
    if version is None:
        raise Http404
    row = next(row for row in lists.rows_of(document.case, request.user) if row.document.pk == document.pk)
    context = {"case": document.case, "row": row, "document": document, "version": version, "base": base_of(request)}
    if version.is_ready:
        if request.method == "GET" and not request.htmx:
            actions.note_opening(version, by=Actor.of(request))
        context |= lists.viewer_of(
            document, version, _number(request.GET.get("page")), is_large=request.GET.get("size") == "large"
        )
        context["notes"] = words.notes(version)
        context["may_have_original"] = _may_have_original(request, version)
    context["password_form"] = PasswordForm()
    template = "documents/detail.html"
    return render(request, f"{template}#viewer" if request.htmx else template, context)


def _version_shown(request: HttpRequest, document: Document) -> Version | None:
    """The version asked for, else the newest one that can be read, else the newest one."""
    versions = list(
        Version.objects.visible_to(request.user).filter(document=document).select_related("case", "document")
    )
    if asked := _number(request.GET.get("version")):
        return next((version for version in versions if version.number == asked), None)
    return max(versions, key=lambda version: (version.is_ready, version.number), default=None)


@open_to(PERSON)
@require_POST
def move(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """Take back, put back, hide, share: then back to the page it was pressed on."""
    if verb not in MOVES:
        raise Http404
    document = found(request, Document.objects.visible_to(request.user).select_related("case"), pk)
    action, how = MOVES[verb]
    try:
        action(document, **how, by=Actor.of(request))
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _said(verb))
    return redirect(BACK.get(request.POST.get("back", ""), "documents:list"), document.case_id)


def _said(verb: str) -> str:
    return {
        "withdraw": _("The file is taken back. You can put it back for 30 days, under “All files”."),
        "restore": _("The file is back."),
        "hide": _("Only you can see this file now."),
        "share": _("The people of your case can see this file again."),
    }[verb]


@open_to(PERSON)
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
            return redirect("documents:add_plan", version.case_id)
    context = {"case": version.case, "version": version, "form": form, "base": base_of(request)}
    return render(request, "documents/unlock.html", context, status=422 if form.errors else 200)


@open_to(PERSON)
@recheck.required
@require_safe
def file(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The cleaned copy as an attachment, or (`?as=sent`) the file as it was sent, for those who sent it."""
    version = found(request, Version.objects.visible_to(request.user).select_related("case", "document"), pk)
    is_original = request.GET.get("as") == "sent"
    if not version.is_ready or (is_original and not _may_have_original(request, version)):
        raise Http404
    if request.method == "GET":
        actions.note_opening(version, is_download=True, is_original=is_original, by=Actor.of(request))
    if is_original:
        return _attachment(version.original, version.name, version.own_kind)
    return _attachment(version.file, version.copy_name, kinds.KINDS[version.file_kind])


def _may_have_original(request: HttpRequest, version: Version) -> bool:
    """Scripts and place are still in it: only for the patient and the one who put it in."""
    return request.user.pk in (version.case.patient_id, version.put_in_by_id)


def _attachment(stored: Any, name: str, kind: kinds.Kind) -> StreamingHttpResponse:
    chunks: Iterator[bytes] = files.read(stored)
    first = next(chunks)  # a damaged file is a fault here, not in the middle of an answer
    response = StreamingHttpResponse(chain([first], chunks), content_type=kind.content_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    response.headers["Content-Length"] = str(stored.size)
    response.headers["Accept-Ranges"] = "none"  # the whole file or nothing: each download is one line of history
    return _unrunnable(response)


@open_to(PERSON)
@recheck.required
@require_safe
def page_image(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One page as a picture; on record when its document was not opened just before."""
    visible = PageImage.objects.visible_to(request.user).select_related("file__key", "version__case")
    image = found(request, visible, pk)
    if request.method == "GET":
        actions.note_pages(image.version, by=Actor.of(request))
    return _unrunnable(HttpResponse(files.read_bytes(image.file), content_type="image/webp"))


def _unrunnable(response: Any) -> Any:
    """Whatever the bytes are, nothing in them runs, and no copy stays behind."""
    response.headers["Content-Security-Policy"] = NOTHING_RUNS
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _number(asked: str | None) -> int:
    return int(asked) if asked and asked.isdecimal() and len(asked) < 6 else 0
