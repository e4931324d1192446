"""Pages for files, and the files themselves: out only through the permission check, each look on record."""

from collections.abc import Iterator
from itertools import chain
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.case.models import Case
from cases.case.people import in_words, may, who_can_open
from cases.documents import actions, kinds, lists, words
from cases.documents.forms import FilesForm, PasswordForm
from cases.documents.models import Document, PageImage, Version
from portal.access import PERSON, find_or_404, open_to
from portal.accounts import recheck
from portal.actors import Actor
from portal.errors import Refused
from portal.vault import files

LOOK_AGAIN = [2, 3, 5, 8, 13, 21, 30]  # seconds between two looks at files that are being checked
NOTHING_RUNS = "sandbox; default-src 'none'; frame-ancestors 'none'"

MOVES = {
    "withdraw": (actions.withdraw, {}),
    "restore": (actions.restore, {}),
    "hide": (actions.mark_only_me, {"only_me": True}),
    "share": (actions.mark_only_me, {"only_me": False}),
}


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def add_plan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Add the treatment plan: several files, each saved at once; the list shows where each one stands."""
    case = _case(request, pk)
    if not may("add_documents", case, request.user):
        raise Http404
    if request.method != "POST":
        return _plan_page(request, case, FilesForm())
    form = FilesForm(request.POST, request.FILES)
    form.is_valid()
    sent = form.cleaned_data.get("files", [])
    added = actions.add_files(case, sent, by=Actor.of(request))
    if getattr(request, "disk_is_full", False):
        form.add_error("files", words.reason("disk"))
    elif not sent and not (request.POST.get("then") and lists.plan_rows(case, request.user)):
        form.add_error("files", _("Choose a file."))
    for name, sentence in added.refused:
        form.add_error("files", _("%(name)s: %(sentence)s") % {"name": name, "sentence": sentence})
    if form.errors:
        return _plan_page(request, case, form, status=422)
    if request.htmx:
        return _plan_page(request, case, form)
    if added.saved:
        messages.success(request, _("Your files are saved."))
    return redirect("pages:case_home" if request.POST.get("then") else "documents:add_plan", case.pk)


def _plan_page(request: HttpRequest, case: Case, form: FilesForm, status: int = 200) -> HttpResponse:
    rows = lists.plan_rows(case, request.user)
    context = {
        "case": case,
        "form": form,
        "described": _described(form),
        "rows": rows,
        "look": _next_look(request, rows),
        "who": in_words(who_can_open(case), request.user),
        "accept": kinds.ACCEPT,
        "limits": words.limits(),
        "limits_in_words": words.limits_in_words(),
        "base": _base(request),
    }
    template = "documents/add_plan.html"
    return render(request, f"{template}#files" if request.htmx else template, context, status=status)


def _next_look(request: HttpRequest, rows: list[lists.Row]) -> dict[str, int] | None:
    """When the list should be read again by itself: ever later, and not at all once nothing moves."""
    if not any(row.version.is_moving for row in rows):
        return None
    asked = request.GET.get("look", "")
    turn = min(int(asked), len(LOOK_AGAIN) - 1) if asked.isdecimal() and len(asked) < 4 else 0
    return {"seconds": LOOK_AGAIN[turn], "turn": min(turn + 1, len(LOOK_AGAIN) - 1)}


@open_to(PERSON)
@require_safe
def list_documents(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every file of the case that this person may see, with its versions."""
    case = _case(request, pk)
    context = {
        "case": case,
        "rows": lists.rows_of(case, request.user),
        "who": in_words(who_can_open(case), request.user),
        "may_add": may("add_documents", case, request.user),
        "base": _base(request),
    }
    return render(request, "documents/list.html", context)


@open_to(PERSON)
@recheck.required
@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A document as page pictures with its words; each opening is a line of history."""
    document = _found(request, Document.objects.visible_to(request.user).select_related("case__patient"), pk)
    version = _version_shown(request, document)
    if version is None:
        raise Http404
    row = next(row for row in lists.rows_of(document.case, request.user) if row.document.pk == document.pk)
    context = {"case": document.case, "row": row, "document": document, "version": version, "base": _base(request)}
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
@require_http_methods(["GET", "HEAD", "POST"])
def add_version(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A newer file in the place of this one; the older one stays on record."""
    visible = Document.objects.visible_to(request.user).here().select_related("case__patient")
    document = _found(request, visible, pk)
    if not may("add_documents", document.case, request.user):
        raise Http404
    form = FilesForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form.is_valid()
        sent = form.cleaned_data.get("files", [])[:1] if form.is_bound else []
        try:
            if not sent:
                is_full = getattr(request, "disk_is_full", False)
                raise Refused(words.reason("disk") if is_full else _("Choose a file."))
            actions.add_version(document, sent[0], by=Actor.of(request))
        except Refused as refused:
            form = FilesForm({}, {})
            form.add_error("files", refused)
        else:
            messages.success(request, _("Your files are saved."))
            return redirect("documents:add_plan", document.case_id)
    context = {
        "case": document.case,
        "document": document,
        "form": form,
        "described": _described(form),
        "accept": kinds.ACCEPT,
        "limits_in_words": words.limits_in_words(),
        "base": _base(request),
    }
    return render(request, "documents/add_version.html", context, status=422 if form.errors else 200)


@open_to(PERSON)
@require_POST
def move(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """Take back, put back, hide, share: then back to the page it was pressed on."""
    if verb not in MOVES:
        raise Http404
    document = _found(request, Document.objects.visible_to(request.user).select_related("case"), pk)
    action, how = MOVES[verb]
    try:
        action(document, **how, by=Actor.of(request))
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _said(verb))
    back = {"plan": "documents:add_plan", "list": "documents:list"}.get(request.POST.get("back", ""), "documents:list")
    return redirect(back, document.case_id)


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
    version = _found(request, Version.objects.visible_to(request.user).live().select_related("case__patient"), pk)
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
    context = {"case": version.case, "version": version, "form": form, "base": _base(request)}
    return render(request, "documents/unlock.html", context, status=422 if form.errors else 200)


@open_to(PERSON)
@recheck.required
@require_safe
def file(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The cleaned copy as an attachment, or (`?as=sent`) the file as it was sent, for those who sent it."""
    version = _found(request, Version.objects.visible_to(request.user).select_related("case", "document"), pk)
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
    image = _found(request, visible, pk)
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


def _case(request: HttpRequest, pk: UUID) -> Case:
    return find_or_404(Case.objects.visible_to(request.user).select_related("patient"), pk=pk)


def _found(request: HttpRequest, visible: QuerySet[Any], pk: UUID) -> Any:
    """The row, or 404 like one that does not exist; asking for another person's is put on record."""
    try:
        return find_or_404(visible, pk=pk)
    except Http404:
        actions.note_denial(visible.model, pk, by=Actor.of(request))
        raise


def _described(form: FilesForm) -> str:
    """The ids of the messages at the field, for those who hear the page."""
    return " ".join(f"id_files-error-{number + 1}" for number in range(len(form.errors.get("files", []))))


def _base(request: HttpRequest) -> str:
    return "base_staff.html" if request.user.role else "base_patient.html"


def _number(asked: str | None) -> int:
    return int(asked) if asked and asked.isdecimal() and len(asked) < 6 else 0
