""" "Worried about this person": the team's page of it, with the lines for a crisis and the way to a call."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cases.case.actions import WORRY
from cases.case.models import Case, ToDo, Worry
from cases.case.people import cases_where
from cases.case.worry_actions import WORDS_AT_MOST, clear_worries, raise_worry
from portal import when
from portal.access import find_or_404, open_to
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.pages import cards, todos

PAST_SHOWN = 10
SHOWN = 20


class RaiseForm(forms.Form):
    """Why."""

    words = forms.CharField(
        label=gettext_lazy("What worries you?"),
        help_text=gettext_lazy(
            "The team reads this. It is on no page of the patient’s, and part of the record if asked."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=WORDS_AT_MOST,
        error_messages={"required": gettext_lazy("Say in a few words what worries you.")},
    )


class ClearForm(forms.Form):
    """What was done."""

    words = forms.CharField(
        label=gettext_lazy("What was done?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=WORDS_AT_MOST,
        error_messages={"required": gettext_lazy("Say in a few words what was done.")},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10_000)


def is_worried() -> Exists:
    """Whether one of the team is worried, beside the cases of a query."""
    return Exists(Worry.objects.open().filter(case=OuterRef("pk")))


def url(case: Case) -> str:
    return reverse("pages:worry", args=[case.pk])


def lines_for(user: User) -> list[dict[str, str]]:
    """For a consultant's day: about whom one of the team is worried. One query."""
    found = Worry.objects.visible_to(user).open().select_related("case__patient").order_by("raised_at", "pk")
    people = {row.case_id: row.case for row in found[:SHOWN]}
    text = _("One of us is worried about %(name)s.")
    return [{"text": text % {"name": case.patient.name}, "href": url(case)} for case in people.values()]


@open_to(User.Role.CONSULTANT, User.Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def worry(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who is worried and why; say so, or say what was done."""
    case = find_or_404(cases_where(request.user, "worry").select_related("patient", "key"), pk=pk)
    if request.method != "POST":
        return _page(request, case)
    is_clear = request.POST.get("do") == "clear"
    form = ClearForm(request.POST, prefix="done") if is_clear else RaiseForm(request.POST, prefix="why")
    if not form.is_valid():
        return _page(request, case, form, status=422)
    said, by = form.cleaned_data, Actor.of(request)
    try:
        if is_clear:
            clear_worries(case, said["words"], seen=said["seen"], by=by)
        else:
            raise_worry(case, said["words"], by=by)
    except Refused as no:
        form.add_error("words", no.message)
        return _page(request, case, form, status=409 if no.code == "state" else 422)
    messages.success(request, _("Written down.") if is_clear else _("Written down. One of us calls today."))
    return redirect(url(case))


def _page(request: HttpRequest, case: Case, form: Any = None, status: int = 200) -> HttpResponse:
    user: Any = request.user
    own = Worry.objects.visible_to(user).filter(case=case).select_related("raised_by", "cleared_by", "case__key")
    open_ones = list(own.open().order_by("raised_at", "pk"))
    past = own.filter(cleared_at__isnull=False).order_by("-cleared_at", "pk")[:PAST_SHOWN]
    is_coordinator = user.role == User.Role.COORDINATOR
    context = {
        "case": case,
        "open_ones": [_row(each) for each in open_ones],
        "past": [_row(each) for each in past],
        "form": form,
        "raise_form": form if isinstance(form, RaiseForm) else RaiseForm(prefix="why"),
        "clear_form": form
        if isinstance(form, ClearForm)
        else ClearForm(prefix="done", initial={"seen": len(open_ones)}),
        "call": todos.call_button(None, case.patient),
        "reach": todos.reach(case.patient),
        "log_href": _log_href(case, user) if is_coordinator else "",
        "back_href": cards.file_url(case) if is_coordinator else reverse("pages:today"),
        "is_coordinator": is_coordinator,
    }
    return render(request, "pages/worry.html", context, status=status)


def _row(row: Worry) -> dict[str, str]:
    said = {"name": row.raised_by.name, "at": when.moment(row.raised_at)}
    done = ""
    if row.cleared_at and row.cleared_by:
        done = _("%(name)s, %(at)s") % {"name": row.cleared_by.name, "at": when.moment(row.cleared_at)}
    return {"who": _("%(name)s, %(at)s") % said, "words": row.reason, "done": row.done, "done_by": done}


def _log_href(case: Case, user: User) -> str:
    """The call that was asked for, where it still waits."""
    todo = ToDo.objects.open().visible_to(user).filter(kind=WORRY, case=case).first()
    return f"{reverse('pages:log_call', args=[case.pk])}?back=file" + (f"&todo={todo.pk}" if todo else "")
