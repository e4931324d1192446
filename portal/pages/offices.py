"""The directory of offices, for coordinators: find an entry, change it, call its number, make two of them one."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.case import directory, office_rules
from cases.case.models import Office
from cases.records.models import RecordKind
from portal import clock
from portal.access import find_or_404, open_to
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.pages import office_rows as rows
from portal.pages.office_form import DETAILS, ApartForm, EntryForm, NoteForm

OFFICES_ON_A_PAGE = 25
ITEMS_ON_A_PAGE = 25
LONGEST_WORDS = 80


def _entry(request: HttpRequest, pk: Any) -> Office:
    known = Office.objects.known_to(request.user)
    return find_or_404(known.select_related("checked_by", "for_case__patient", "merged_into"), pk=pk)


def _words(request: HttpRequest) -> str:
    """What is looked for, without what no column can hold."""
    return request.GET.get("find", "").replace("\0", "").strip()[:LONGEST_WORDS]


def _kinds() -> dict[str, RecordKind]:
    return {kind.pk: kind for kind in RecordKind.objects.all()}


def _refused(request: HttpRequest, office: Office, no: Refused) -> HttpResponse:
    """The entry as it stands, with the reason; one that was merged meanwhile leads on."""
    office = _entry(request, office.pk)
    if office.merged_into:
        messages.error(request, no.message)
        return redirect(office.merged_into)
    return _page(request, office, also=[no.message], status=409 if no.code == "state" else 422)


@open_to(User.Role.COORDINATOR)
@require_safe
def offices(request: HttpRequest) -> HttpResponse:
    """All entries, those whose number nobody has called first."""
    words = _words(request)
    found = Office.objects.visible_to(request.user).select_related("for_case__patient")
    found = found.matching(words) if words else found
    is_checked = ExpressionWrapper(Q(checked_at__isnull=False), output_field=BooleanField())
    page = Paginator(found.order_by(is_checked, "name", "pk"), OFFICES_ON_A_PAGE).get_page(request.GET.get("page"))
    query = f"{urlencode({'find': words})}&" if words else ""
    return render(request, "pages/offices/list.html", {"page": page, "words": words, "query": query})


@open_to(User.Role.COORDINATOR)
@require_safe
def office(request: HttpRequest, pk: str) -> HttpResponse:
    """One entry: how they like to be asked, what is open with them, how fast they are, who uses it."""
    found = _entry(request, pk)
    if found.merged_into:
        return redirect(found.merged_into)
    return _page(request, found)


def _page(request: HttpRequest, office: Office, *, also: list[str] | None = None, status: int = 200) -> HttpResponse:
    kinds = _kinds()
    items = rows.open_items(office, request.user)
    page = Paginator(items, ITEMS_ON_A_PAGE).get_page(request.GET.get("page"))
    using = rows.cases_using(office, request.user)
    context = {
        "office": office,
        "also": also,
        "standing": rows.standing_words(office),
        "why_not_check": office_rules.why_not_check(office),
        "asking": rows.asking(office),
        "own_list": rows.own_list(office, kinds),
        "speeds": rows.speeds(office, kinds),
        "open_words": rows.open_words(items),
        "page": page,
        "items": rows.item_rows(page),
        "people": rows.who_works_here(office),
        "cases": using[: rows.NAMES_SHOWN],
        "count": using.count(),
        "merged": rows.merged_into(office, request.user),
        "note": NoteForm(instance=office),
    }
    return render(request, "pages/offices/entry.html", context, status=status)


@open_to(User.Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def change_office(request: HttpRequest, pk: str) -> HttpResponse:
    """Change an entry; every case that names it lives by the change."""
    found = _entry(request, pk)
    if found.merged_into:
        return redirect(found.merged_into)
    seen = office_rules.as_seen(found, DETAILS)
    form = EntryForm(request.POST or None, instance=found, kinds=_kinds().values())
    status = 422
    if request.method == "POST" and form.is_valid():
        shown = request.POST.get("seen", "")
        try:
            directory.change_entry(found, seen=shown, by=Actor.of(request), **form.details)
        except Refused as no:
            seen, status = office_rules.as_seen(_entry(request, pk), DETAILS), 409
            form.add_error(None, no.message)
        else:
            messages.success(request, _("Saved. Every case that names this office goes by it."))
            return redirect(found)
    count = rows.cases_using(found, request.user).count()
    page = {"office": found, "form": form, "count": count, "seen": seen}
    return render(request, "pages/offices/change.html", page, status=status if form.errors else 200)


@open_to(User.Role.COORDINATOR)
@require_POST
def note_office(request: HttpRequest, pk: str) -> HttpResponse:
    """Keep a note for the team."""
    found = _entry(request, pk)
    form = NoteForm(request.POST, instance=found)
    try:
        if not form.is_valid():
            raise Refused(_("The note is too long. Keep it to a few lines."))
        directory.change_entry(found, by=Actor.of(request), note=form.cleaned_data["note"])
    except Refused as no:
        return _refused(request, found, no)
    messages.success(request, _("Saved."))
    return redirect(found)


@open_to(User.Role.COORDINATOR)
@require_POST
def check_office(request: HttpRequest, pk: str) -> HttpResponse:
    """The number was called and is right: from now on everybody finds this office."""
    found = _entry(request, pk)
    try:
        directory.check_office(found, by=Actor.of(request))
    except Refused as no:
        return _refused(request, found, no)
    messages.success(request, _("Checked. Everybody finds this office now."))
    return redirect(found)


@open_to(User.Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def merge_office(request: HttpRequest, pk: str) -> HttpResponse:
    """Find the other entry of the same office, look at what would move, then make the two one."""
    found = _entry(request, pk)
    if found.merged_into:
        return redirect(found.merged_into)
    given = request.POST if request.method == "POST" else request.GET
    other = _other(request, given.get("into", ""))
    if request.method == "POST" and other:
        try:
            stands = directory.merge(found, other, by=Actor.of(request))
        except Refused as no:
            return _refused(request, found, no)
        said = _("The two entries are one now.") + " " + _("You can take them apart again at the end of this page.")
        messages.success(request, said)
        return redirect(stands)
    words = _words(request)
    page = {"office": found, "words": words, "other": other, "also": None}
    if other:
        page |= {
            "why_not": office_rules.why_not_merge(found, other),
            "other_way": not office_rules.why_not_merge(other, found),
            "moves": rows.what_moves(found),
            "count": rows.cases_using(found, request.user).count(),
            "differences": rows.differences(found, other, _kinds()),
        }
    else:
        page["candidates"] = rows.candidates(found, request.user, words)
        page["also"] = [_("Choose the other entry first.")] if request.method == "POST" else None
    return render(request, "pages/offices/merge.html", page, status=422 if page["also"] else 200)


@open_to(User.Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def undo_merge(request: HttpRequest, pk: str) -> HttpResponse:
    """Look at what would go back to an entry that became part of another one, then take the two apart."""
    found = _entry(request, pk)
    if found.merged_into is None:
        return redirect(found)
    merge = directory.standing_merge(found)
    form = ApartForm(request.POST if request.method == "POST" else None)
    status = 422
    if form.is_bound and form.is_valid():
        try:
            directory.undo_merge(found, why=form.cleaned_data["why"], by=Actor.of(request))
        except Refused as no:
            form.add_error("why" if no.code == "input" else None, no.message)
            status = 422 if no.code == "input" else 409
        else:
            messages.success(request, _("They are two entries again. What moved has gone back."))
            return redirect(found)
    page = {
        "office": found,
        "merge": merge,
        "stands": merge.target if merge else found.merged_into,
        "form": form,
        "why_not": office_rules.why_not_undo(merge, found, merge.target if merge else None),
        "needs_a_word": merge and office_rules.needs_a_word(merge, request.user.pk, clock.now()),
        "goes_back": rows.what_goes_back(merge) if merge else [],
    }
    return render(request, "pages/offices/apart.html", page, status=status if form.errors else 200)


def _other(request: HttpRequest, value: str) -> Office | None:
    """The entry that was chosen, or the one it became part of."""
    try:
        pk = UUID(value)
    except ValueError:
        return None
    chosen = _entry(request, pk)
    return chosen.merged_into or chosen
