"""How an office comes to its page: by the code on paper, by the address in a mail. No sign-in."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from cases.desk.links import actions, gate, pages, rules, ways
from cases.desk.links.forms import EntryForm, ProofForm
from cases.desk.links.models import OfficeLink
from portal import clock, tries
from portal.access import public
from portal.actors import client_address

OPEN, FRESH, NOT_OURS = "open", "fresh", "not_ours"


@public
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The short address on paper: the code and the patient's birth date open the page."""
    do = _what(request)
    if request.method != "POST":
        return _entry(request, EntryForm(needs_birth_date=do == OPEN), do)
    form = EntryForm(request.POST, needs_birth_date=do == OPEN)
    if not form.is_valid():
        return _entry(request, form, do, status=422)
    named = gate.by_code(form.cleaned_data["code"])
    if named is None:
        return _made_up(request) or _wrong(request, form, do)
    if named.is_former:
        return pages.shut(request, named.why_shut())
    return _do(request, do, named.link, form)


# The token in the address is the authority, and its page tells nobody where a form comes from, not even us.
@csrf_exempt
@public
@require_http_methods(["GET", "HEAD", "POST"])
def mailed(request: HttpRequest, token: str) -> HttpResponse:
    """The address in a mail: looking shows no name and changes nothing; the code or the birth date opens the page."""
    named, do = gate.by_token(token), _what(request)
    if named is None:
        return _made_up(request) or pages.answer(request, "desk/unknown.html", status=404)
    link = named.link
    if request.method == "POST" and do != OPEN and not named.is_former:
        return _do(request, do, link, None)
    if why := named.why_shut():
        return pages.shut(request, why, address=request.path)
    form = EntryForm(request.POST if request.method == "POST" else None, by_mail=True)
    if request.method != "POST" or not form.is_valid():
        return _entry(request, form, do, link=link, status=422 if form.is_bound else 200)
    return _do(request, do, link, form, by_mail=True)


@public
@require_http_methods(["GET", "HEAD"])
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The office's page, once it is open in this browser."""
    if "opened" in request.GET and not request.COOKIES:
        return pages.answer(request, "desk/no_cookies.html", status=403)
    return pages.show(request, gate.opened(request, pk))


@public
@require_POST
def add_proof(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the page was not opened with yet: its code or the birth date. Wrong ones count like before."""
    opened = gate.opened(request, pk)
    form = ProofForm(request.POST, opened=opened)
    if not form.is_valid():
        return pages.show(request, opened, status=422, proof={"form": form})
    if not _try(request, opened.link, form, by_mail=True):
        gate.opened(request, pk)  # the last try shuts the page
        form.add_error(None, _wrong_words(by_mail=True))
        return pages.show(request, opened, status=422, proof={"form": form})
    return redirect("desk:page", pk)


@public
@require_POST
def leave(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close the page on this computer, which others use too."""
    gate.forget(request, gate.opened(request, pk).link)
    return pages.answer(request, "desk/told.html", {"kind": "left"})


@public
@require_http_methods(["GET", "HEAD", "POST"])
def not_ours(request: HttpRequest, pk: UUID) -> HttpResponse:
    """From the open page: this is not our patient."""
    link = gate.opened(request, pk).link
    if request.method == "POST":
        return _do(request, NOT_OURS, link, None)
    return pages.answer(request, "desk/not_ours.html", {"back": reverse("desk:page", args=[pk])})


def _what(request: HttpRequest) -> str:
    """What is to be done: pressed on a form, or asked for by the address of a page that confirms it."""
    given = request.POST.get("do", OPEN) if request.method == "POST" else request.GET.get("do", OPEN)
    return given if given in {OPEN, FRESH, NOT_OURS} else OPEN


def _do(request: HttpRequest, do: str, link: OfficeLink, form: EntryForm | None, by_mail: bool = False) -> HttpResponse:
    if gate.is_of_case(request, link):
        return pages.shut(request, gate.OWN)
    address = client_address(request)
    if do == NOT_OURS:
        if gate.why_shut(link) != rules.Standing.OVER:
            actions.say_not_theirs(link, by=actions.desk_of(link, address))
        return pages.answer(request, "desk/told.html", {"kind": NOT_OURS})
    if do == FRESH:
        if (why := gate.why_shut(link)) not in {"", rules.Standing.ASLEEP}:
            return pages.shut(request, why)
        is_new = actions.ask_for_code(link, by=actions.desk_of(link, address))
        link.refresh_from_db(fields=["generation", "renewed_at", "awake_since"])
        comes = ways.COMES[ways.of_asked(link, clock.now())]
        return pages.answer(request, "desk/told.html", {"kind": FRESH, "is_new": is_new, "comes": comes})
    assert form is not None
    if not gate.why_shut(link) and _try(request, link, form, by_mail=by_mail):
        return redirect(reverse("desk:page", args=[link.pk]) + "?opened")
    link.refresh_from_db(fields=["tries", "birth_date_tries", "ended_at", "ended_why", "awake_since"])
    if why := gate.Named(link, is_former=False).why_shut():
        return pages.shut(request, why, code=form.cleaned_data.get("code", ""))
    return _wrong(request, form, do, link=link if by_mail else None)


def _try(request: HttpRequest, link: OfficeLink, form: EntryForm, *, by_mail: bool) -> bool:
    typed, born = form.cleaned_data.get("code", ""), form.cleaned_data.get("born")
    is_code_right = gate.is_code_of(link, typed) if typed else None
    address = client_address(request)
    is_open = actions.try_to_open(
        link, is_code_right=is_code_right, born=born, by_mail=by_mail, by=actions.desk_of(link, address)
    )
    if is_open:
        gate.remember(request, link, code=bool(is_code_right), birth_date=born is not None)
    return is_open


def _entry(
    request: HttpRequest, form: EntryForm, do: str, *, link: OfficeLink | None = None, status: int = 200
) -> HttpResponse:
    """The page before the page. It names no patient."""
    is_visits = link is not None and link.office_id == link.visit.office_id
    context: dict[str, Any] = {
        "form": form,
        "do": do,
        "link": link,
        "ask_for_code": ways.ASK[ways.of_code(link)] if link else "",
        "visit_on": link.visit.on_date if link and is_visits else None,
        "until": rules.open_until(link.visit.on_date) if link else None,
    }
    template = "desk/not_ours.html" if do == NOT_OURS else "desk/entry.html"
    return pages.answer(request, template, context, status=status)


def _wrong(request: HttpRequest, form: EntryForm, do: str, link: OfficeLink | None = None) -> HttpResponse:
    """The same words, whichever of the two was wrong."""
    form.add_error(None, _wrong_words(by_mail=link is not None) if do == OPEN else _("We do not know this code."))
    return _entry(request, form, do, link=link, status=422)


def _wrong_words(*, by_mail: bool) -> str:
    if by_mail:
        return _("That did not open it. Check what you typed. After 5 wrong tries the link locks, and we call you.")
    return _("These do not go together. Check the code and the birth date. After 5 wrong tries we call you.")


def _made_up(request: HttpRequest) -> HttpResponse | None:
    """One more made-up code or address from this client: a page that says to wait after too many. True ones open."""
    address = client_address(request)
    return pages.answer(request, "desk/too_many.html", status=429) if tries.are_too_many(address) else None
