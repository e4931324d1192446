"""The page on which people say what a file is, from whom and of which day, and the yes or no to a guess."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.case.people import PATIENT, role_in
from cases.documents import actions, lists, rules, subjects, words
from cases.documents.describing import actions as describing
from cases.documents.describing import first_look
from cases.documents.finding import BACK, base_of, found
from cases.documents.forms import DescribeForm
from cases.documents.models import Document
from portal import when
from portal.access import PERSON, open_to
from portal.actors import Actor
from portal.errors import Refused


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def describe(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What it is, what to call it, from whom, of which day, who may see it."""
    document = _mine_to_say(request, pk)
    is_patient = role_in(document.case, request.user) == PATIENT
    if request.method != "POST":
        return _page(request, document, DescribeForm.of(document, is_patient=is_patient))
    form = DescribeForm(request.POST, is_patient=is_patient)
    if form.is_valid():
        said = dict(form.cleaned_data)
        only_me = said.pop("only_me", document.only_me)
        try:
            describing.describe(document, **said, seen=request.POST.get("seen", ""), by=Actor.of(request))
            if is_patient:
                actions.mark_only_me(document, only_me, by=Actor.of(request))
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
        "is_guessed": _is_guessed(document),
        "seen": describing.as_seen(document),
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


def _is_guessed(document: Document) -> bool:
    """Whether anything in the form is our guess."""
    guess = words.guess_of(document)
    if guess is None:
        return False
    guessed: list[Any] = [
        guess.kind and not document.kind_said_by_id,
        guess.author and not document.author_said_by_id,
        guess.dated_from == guess.From.TEXT and not document.dated_said_by_id,
    ]
    return any(guessed)


@open_to(PERSON)
@require_POST
def say_kind(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Yes or no to what we think a file is."""
    document = _mine_to_say(request, pk)
    try:
        describing.say_kind(document, request.POST.get("kind", ""), by=Actor.of(request))
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
