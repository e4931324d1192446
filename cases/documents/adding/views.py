"""Pages on which files are added: the plan's, a record's, any other file's, and a newer version of one."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.case.models import Case
from cases.case.people import may
from cases.documents import actions, kinds, lists, owning, subjects, words
from cases.documents.adding import sending, waiting
from cases.documents.finding import BACK, base_of, case_of, found
from cases.documents.forms import FilesForm
from cases.documents.models import OTHER, PLAN, Document, Version
from cases.documents.reading import readers
from portal.access import PERSON, open_to
from portal.accounts import recheck
from portal.actors import Actor
from portal.errors import Refused


@dataclass(frozen=True)
class Page:
    """One of the pages on which files are added: what its files are, its words, where it leads."""

    kind: str
    title: str
    lead: str
    afterwards: str  # url name of the page it came from
    back: str  # that page's name
    own: str  # what its rows come back to

    def rows(self, case: Case, user: Any) -> list[lists.Row]:
        if self.kind == OTHER:
            return lists.lately_added(case, user)
        return lists.here(case, user, kind=self.kind)


def _plan() -> Page:
    lead = _(
        "This is the letter, printout or visit summary that says what your doctor suggests. Photos of each page are "
        "fine."
    )
    return Page(PLAN, _("Add your treatment plan"), lead, "pages:case_home", _("Home"), "plan")


def _any() -> Page:
    lead = _("A letter, a report, a list: any paper of your case. Photos of each page are fine.")
    return Page(OTHER, _("Add a file"), lead, "documents:list", _("All files"), "add")


def _record(place: int) -> Page:
    subject = subjects.at(place)
    if subject is None:
        raise Http404
    title = _("Add a file: %(record)s") % {"record": subject.name}
    lead = _("%(what)s Photos of each page are fine.") % {"what": subject.what}
    return Page(subject.code, title, lead, "records:list", _("Your records"), "list")


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def add_plan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Add the treatment plan: several files, each saved at once; the list shows where each one stands."""
    return _add(request, pk, _plan())


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Add any file of the case: what it is, is guessed and asked."""
    return _add(request, pk, _any())


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def add_record(request: HttpRequest, pk: UUID, place: int) -> HttpResponse:
    """Add files that are one kind of record."""
    return _add(request, pk, _record(place))


def _add(request: HttpRequest, pk: UUID, page: Page) -> HttpResponse:
    case = case_of(request, pk)
    if not may("add_documents", case, request.user):
        raise Http404
    if request.method != "POST":
        if same := waiting.nothing_new(request, _moving(request, case)):
            return same
        # Not in the middle of a send: what is on its way would be lost.
        ask = recheck.is_needed(request) and not request.htmx
        return recheck.ask(request) if ask else _shown(request, case, page, FilesForm())
    form = FilesForm(request.POST, request.FILES)
    form.is_valid()
    sent = form.cleaned_data.get("files", [])
    added = actions.add_files(case, sent, kind=page.kind, by=Actor.of(request))
    sending.forget(case, request.POST.getlist("begun") or [upload.name for upload in sent], by=Actor.of(request))
    if getattr(request, "disk_is_full", False):
        form.add_error("files", words.reason("disk"))
    elif not sent and not (request.POST.get("then") and page.rows(case, request.user)):
        form.add_error("files", _("Choose a file."))
    for name, sentence in added.refused:
        form.add_error("files", _("%(name)s: %(sentence)s") % {"name": name, "sentence": sentence})
    if form.errors:
        return _shown(request, case, page, form, status=422)
    if request.htmx:
        return _shown(request, case, page, form)
    if added.saved:
        messages.success(request, _("Your files are saved."))
    return redirect(reverse(page.afterwards, args=[case.pk]) if request.POST.get("then") else request.path)


@open_to(PERSON)
@require_POST
def note_sending(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page begins to send files, or gives some up. Without script: "leave it out" at one that never came."""
    case = case_of(request, pk)
    if not may("add_documents", case, request.user):
        raise Http404
    try:
        sending.begin(case, request.POST.getlist("begun"), by=Actor.of(request))
        sending.forget(case, request.POST.getlist("given_up"), by=Actor.of(request))
    except Refused as no:
        messages.error(request, no.message)
    back = BACK.get(request.POST.get("back", ""))
    return redirect(back, case.pk) if back else HttpResponse(status=204)


def _shown(request: HttpRequest, case: Case, page: Page, form: FilesForm, status: int = 200) -> HttpResponse:
    rows = page.rows(case, request.user)
    context = {
        "case": case,
        "page": page,
        "form": form,
        "rows": rows,
        "look": waiting.of(_moving(request, case)) if any(row.version.is_moving for row in rows) else None,
        "told": _told(rows),
        "news": _news(request, rows),
    }
    template = "documents/add_plan.html"
    if request.htmx:
        return render(request, f"{template}#files", context, status=status)
    return render(request, template, context | _around(request, case, page, form), status=status)


def _around(request: HttpRequest, case: Case, page: Page, form: FilesForm) -> dict[str, Any]:
    """What stands around the list of files."""
    room = words.room_in(case)
    return {
        "home": reverse(page.afterwards, args=[case.pk]),
        "described": _described(form),
        "missing": sending.not_arrived(case, Actor.of(request)),
        "who": readers.of_all(case, request.user),
        "who_else": readers.of_own(case, request.user),
        "accept": kinds.ACCEPT,
        "limits": words.limits(),
        "limits_in_words": words.limits_in_words(),
        "room": room,
        "room_in_words": words.room_in_words(room),
        "sentences": {code: words.reason(code) for code in ("empty", "size", "too_many", "case_full", "disk")},
        "base": base_of(request),
    }


def _moving(request: HttpRequest, case: Case) -> QuerySet[Version]:
    shown = Document.objects.visible_to(request.user).filter(case=case)
    return Version.objects.moving().filter(document__in=shown)


def _told(rows: list[lists.Row]) -> str:
    """Where each file stood, a letter each."""
    return "".join(row.version.state[0] for row in rows)


def _news(request: HttpRequest, rows: list[lists.Row]) -> list[lists.Row]:
    """What to say to those who hear the page: only files that stand elsewhere than they were told last."""
    told = request.GET.get("told", "")
    return [row for number, row in enumerate(rows) if told[number : number + 1] != row.version.state[0]]


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def add_version(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A newer file in the place of this one; the older one stays on record."""
    visible = Document.objects.visible_to(request.user).here().select_related("case__patient")
    document = found(request, visible, pk)
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
            return redirect("documents:add_plan" if document.kind == PLAN else "documents:list", document.case_id)
    context = {
        "case": document.case,
        "document": document,
        "warning": owning.warning(document, request.user),
        "form": form,
        "described": _described(form),
        "accept": kinds.ACCEPT,
        "limits_in_words": words.limit_of_one_in_words(),
        "base": base_of(request),
    }
    return render(request, "documents/add_version.html", context, status=422 if form.errors else 200)


def _described(form: FilesForm) -> str:
    """The ids of the messages at the field, for those who hear the page."""
    return " ".join(f"id_files-error-{number + 1}" for number in range(len(form.errors.get("files", []))))
