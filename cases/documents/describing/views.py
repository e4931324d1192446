"""The page on which people say what a file is, from whom and of which day, and the yes or no to a guess."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.case.people import role_in
from cases.documents import lists, rules, subjects, words
from cases.documents.describing import actions as describing
from cases.documents.describing import first_look
from cases.documents.finding import BACK, base_of, found
from cases.documents.forms import DescribeForm
from cases.documents.models import Document
from portal import when
from portal.access import PERSON, open_to
from portal.accounts import recheck
from portal.actors import Actor
from portal.errors import Refused


@open_to(PERSON)
@recheck.required
@require_http_methods(["GET", "HEAD", "POST"])
def describe(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What it is, what to call it, from whom, of which day. Who may see it has buttons of its own, at the file."""
    document = _mine_to_say(request, pk)
    if request.method != "POST":
        return _page(request, document, DescribeForm.of(document))
    form = DescribeForm(request.POST)
    if form.is_valid():
        try:
            seen = request.POST.get("seen", "")
            describing.describe(document, **form.cleaned_data, seen=seen, by=Actor.of(request))
        except Refused as refused:
            if refused.code == "changed":
                document = _mine_to_say(request, pk)
                form.add_error(None, f"{refused.message} {_what_it_says(document)}")
                return _page(request, document, form, status=409)
            form.add_error({"day": "dated_on", "kind": "kind"}.get(refused.code), refused)
        else:
            messages.success(request, _("It is saved."))
            return redirect("documents:list", document.case_id)
    return _page(request, document, form, status=422)


def _page(request: HttpRequest, document: Document, form: DescribeForm, status: int = 200) -> HttpResponse:
    doctors, offices = first_look.authors_of(document.case)
    newest = lists.newest(document)
    if newest is None:
        raise Http404
    context = {
        "case": document.case,
        "document": document,
        "name": document.title or newest.name,
        "form": form,
        "authors": [*doctors, *offices],
        "is_guessed": bool(words.guessed_of(document)),
        "seen": describing.as_seen(document),
        "may_hide": not rules.why_not_hide(role_in(document.case, request.user)),
        "base": base_of(request),
    }
    return render(request, "documents/describe.html", context, status=status)


def _what_it_says(document: Document) -> str:
    """What another saved meanwhile, so that it can be weighed before it is replaced."""
    day = when.day(document.dated_on, year=True) if document.dated_on else ""
    kinds = [subject.name for subject in subjects.choices() if subject.code == document.kind]
    said = [*kinds, document.title, document.author, day]
    now = ", ".join(str(each) for each in said if each)
    return _("It now says: %(said)s. What you typed is still here: save it, or leave it as it is.") % {"said": now}


@open_to(PERSON)
@recheck.required
@require_POST
def say_kind(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Yes or no to what we think a file is."""
    document = _mine_to_say(request, pk)
    kind, asked = request.POST.get("kind", ""), request.POST.get("asked", "")
    try:
        describing.answer(document, kind, asked=asked, by=Actor.of(request))
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("Thank you. It is saved."))
    return redirect(BACK.get(request.POST.get("back", ""), BACK["list"]), document.case_id)


def _mine_to_say(request: HttpRequest, pk: UUID) -> Document:
    visible = Document.objects.visible_to(request.user).here().select_related("case__patient", "case__key", "guess")
    document = found(request, visible, pk)
    is_own = document.put_in_by_id == request.user.pk
    if rules.why_not_describe(role_in(document.case, request.user), is_own):
        raise Http404
    return document
