"""Staff's pages of who is away: saying it, what is booked then, handing cases over and back."""

import datetime as dt
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from bookings.answering import answers_of, rows_of, say_how_hard
from bookings.availability_actions import Unanswered
from bookings.away import actions as asking
from bookings.models import Consultation
from cases.case.away import actions
from cases.case.away.models import Away, Cover
from cases.case.away.showing import of_cases
from cases.case.models import Assignment, Case
from portal import clock, when
from portal.access import find_or_404, open_to
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.pages import cards

SHOWN = 200  # cases of one consultant: far more than anybody has
CALLS_SHOWN = 100
LATELY = dt.timedelta(days=30)


def _day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "rs-input--s"})


class PersonField(forms.ModelChoiceField):
    """One of our people, by name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class AwayForm(forms.Form):
    """Which days, and who stands in. A coordinator says it of anybody."""

    consultant = PersonField(
        label=gettext_lazy("Who is away?"), queryset=User.objects.none(), empty_label=gettext_lazy("Choose")
    )
    from_on = forms.DateField(label=gettext_lazy("First day away"), widget=_day())
    until_on = forms.DateField(
        label=gettext_lazy("Last day away"), help_text=gettext_lazy("Days where the consultant lives."), widget=_day()
    )
    stands_in = PersonField(
        label=gettext_lazy("Who stands in?"), queryset=User.objects.none(), empty_label=gettext_lazy("Choose")
    )
    is_filter = True

    def __init__(self, user: Any, *args: Any, away: Away | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        people = User.objects.working_as(User.Role.CONSULTANT)
        own = away.consultant if away else user if user.role == User.Role.CONSULTANT else None
        if own:
            del self.fields["consultant"]
            people = people.exclude(pk=own.pk)
        else:
            self.fields["consultant"].queryset = people  # type: ignore[attr-defined]
        self.fields["stands_in"].queryset = people  # type: ignore[attr-defined]
        self.own = own


def lines_for(user: User) -> list[dict[str, str]]:
    """For a consultant's day: that she is away, or for whom she stands in."""
    rows = Away.objects.visible_to(user).open().select_related("consultant", "stands_in").order_by("from_on", "pk")
    return [
        {
            "text": _("%(name)s is away: %(days)s. %(other)s stands in.")
            % {"name": row.consultant.name, "days": days(row), "other": row.stands_in.name},
            "href": reverse("pages:away_of", args=[row.pk]),
        }
        for row in rows.filter(until_on__gte=clock.today(user.zone) - LATELY)
    ]


@open_to(User.Role.CONSULTANT, User.Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def away(request: HttpRequest) -> HttpResponse:
    """Who is away now or soon, and saying that somebody will be."""
    user: Any = request.user
    form, outside, zone = AwayForm(user, request.POST if request.method == "POST" else None), [], user.zone
    if form.is_bound and form.is_valid():
        said = dict(form.cleaned_data)
        consultant = said.pop("consultant", None) or form.own
        try:
            found = asking.say_away(consultant, **said, answers=answers_of(request), by=Actor.of(request))
        except Unanswered as unanswered:
            outside, zone = rows_of(request, unanswered.calls), consultant.zone
        except Refused as no:
            form.add_error(no.code if no.code in form.fields else None, no.message)
        else:
            messages.success(request, _("Saved."))
            say_how_hard(request)
            return redirect("pages:away_of", found.pk)
    held = Count("covers", filter=Q(covers__back_at=None))
    rows = Away.objects.visible_to(user).open().annotate(held=held).select_related("consultant", "stands_in")
    coming = [row for row in rows.order_by("from_on", "pk") if row.held or row.until_on >= clock.today(row.zone)]
    context = {"form": form, "rows": [_row(row) for row in coming], "outside": outside, "zone": zone}
    status = 409 if outside else 422 if form.errors else 200
    return render(request, "pages/away.html", context, status=status)


def _row(row: Any) -> dict[str, Any]:
    handed = ngettext("%(count)d case is handed over", "%(count)d cases are handed over", row.held)
    return {
        "href": reverse("pages:away_of", args=[row.pk]),
        "name": row.consultant.name,
        "days": days(row),
        "stands_in": _("%(name)s stands in.") % {"name": row.stands_in.name},
        "held": handed % {"count": row.held} if row.held else _("No case is handed over"),
        "tag": tag(row),
    }


def days(row: Away) -> str:
    """ "Mon, Nov 30 – Fri, Dec 11"."""
    if row.from_on == row.until_on:
        return when.short_day(row.from_on)
    return f"{when.short_day(row.from_on)} – {when.short_day(row.until_on)}"


def tag(row: Away) -> dict[str, str]:
    today = clock.today(row.zone)
    if row.ended_at:
        return {"label": _("Over"), "kind": ""}
    if today < row.from_on:
        return {"label": _("Soon"), "kind": "info"}
    return {"label": _("Away"), "kind": "plum"} if today <= row.until_on else {"label": _("Back"), "kind": "warn"}


@open_to(User.Role.CONSULTANT, User.Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def away_of(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One time away: its days, the calls booked then, the cases to hand over and back."""
    user: Any = request.user
    found = find_or_404(Away.objects.visible_to(user).select_related("consultant", "stands_in"), pk=pk)
    may_change = user.role == User.Role.COORDINATOR or user == found.consultant
    if request.method != "POST":
        return _page(request, found)
    do = request.POST.get("do", "")
    if not may_change or (do in DEEDS and user.role != User.Role.COORDINATOR):
        raise Http404
    if do == "change":
        return _change(request, found)
    deed = DEEDS.get(do) or (_end if do == "end" else None)
    if deed is None:
        raise Http404
    try:
        messages.success(request, deed(request, found))
    except Refused as no:
        return _page(request, found, also=no.messages, status=409)
    return redirect("pages:away_of", found.pk)


def _change(request: HttpRequest, found: Away) -> HttpResponse:
    form = AwayForm(request.user, request.POST, away=found)
    if form.is_valid():
        try:
            asking.change_away(found, **form.cleaned_data, answers=answers_of(request), by=Actor.of(request))
        except Unanswered as unanswered:
            return _page(request, found, form=form, outside=rows_of(request, unanswered.calls), status=409)
        except Refused as no:
            form.add_error(no.code if no.code in form.fields else None, no.message)
        else:
            messages.success(request, _("Saved."))
            say_how_hard(request)
            return redirect("pages:away_of", found.pk)
    return _page(request, found, form=form, status=422)


def _end(request: HttpRequest, found: Away) -> str:
    actions.end_away(found, by=Actor.of(request))
    return _("Saved.")


def _chosen(request: HttpRequest, found: Away) -> list[Case]:
    """The cases that were ticked, or all that are there to be handed over."""
    to_hand = _to_hand_over(request.user, found)
    if "all" in request.POST:
        return to_hand
    ticked = set(request.POST.getlist("case"))
    if not ticked:
        raise Refused(_("Tick the cases to hand over."))
    chosen = [case for case in to_hand if str(case.pk) in ticked]
    if len(chosen) < len(ticked):
        raise Refused(_("The list has changed since you opened the page. Look at it once more."))
    return chosen


def _hand_over(request: HttpRequest, found: Away) -> str:
    went, refused = actions.hand_over_all(found, _chosen(request, found), by=Actor.of(request))
    for sentence in refused:
        messages.error(request, sentence)
    said = ngettext("%(count)d case is handed over.", "%(count)d cases are handed over.", went)
    return said % {"count": went}


def _cover(request: HttpRequest, found: Away) -> Cover:
    own = Cover.objects.visible_to(request.user).filter(away=found).select_related("case", "away")
    try:
        pk = UUID(request.POST.get("cover", ""))
    except ValueError:
        raise Http404 from None
    return find_or_404(own, pk=pk)  # type: ignore[no-any-return]


def _hand_back(request: HttpRequest, found: Away) -> str:
    actions.hand_back(_cover(request, found), by=Actor.of(request))
    return _("The case is handed back.")


def _keep(request: HttpRequest, found: Away) -> str:
    cover = actions.keep(_cover(request, found), by=Actor.of(request))
    return _("%(name)s keeps the case.") % {"name": cover.reader.name}


def _hand_all_back(request: HttpRequest, found: Away) -> str:
    held = list(Cover.objects.visible_to(request.user).open().filter(away=found).select_related("case", "away"))
    for cover in held:
        actions.hand_back(cover, by=Actor.of(request))
    said = ngettext("%(count)d case is handed back.", "%(count)d cases are handed back.", len(held))
    return said % {"count": len(held)}


def _said_yes(request: HttpRequest, found: Away) -> str:
    cover = actions.let_read(_cover(request, found), True, how="phone", by=Actor.of(request))
    return _("Written down: %(name)s may read. It was said on the phone.") % {"name": cover.reader.name}


DEEDS = {
    "hand_over": _hand_over,
    "hand_back": _hand_back,
    "hand_all_back": _hand_all_back,
    "keep": _keep,
    "said_yes": _said_yes,
}


def _to_hand_over(user: Any, found: Away) -> list[Case]:
    placed = Assignment.objects.filter(case=OuterRef("pk"), user=found.consultant, ended_at=None)
    cases = Case.objects.visible_to(user).open().filter(Exists(placed)).select_related("patient")
    return list(cases.order_by("patient__name", "pk")[:SHOWN])


def _page(
    request: HttpRequest,
    found: Away,
    *,
    form: AwayForm | None = None,
    outside: Any = (),
    also: Any = (),
    status: int = 200,
) -> HttpResponse:
    user: Any = request.user
    is_coordinator = user.role == User.Role.COORDINATOR
    covers = list(of_cases(user, found)[:SHOWN]) if is_coordinator or user == found.stands_in else []
    stands = {"from_on": found.from_on, "until_on": found.until_on, "stands_in": found.stands_in_id}
    context = {
        "away": found,
        "row": {"days": days(found), "tag": tag(found)},
        "is_coordinator": is_coordinator,
        "may_change": (is_coordinator or user == found.consultant) and not found.ended_at,
        "form": form or AwayForm(user, away=found, initial=stands),
        "to_hand_over": _to_hand_over(user, found) if is_coordinator and _is_to_come(found) else [],
        "held": [_held(cover) for cover in covers],
        "held_count": len(covers) if covers else found.covers.open().count(),
        "calls": [_call(call) for call in _calls(user, found)],
        "has_left": not found.consultant.is_our_consultant,
        "stand_in_left": not found.stands_in.is_our_consultant,
        "zone_words": when.zone_name(found.zone),
        "outside": outside,
        "zone": found.zone,
        "also": also,
    }
    return render(request, "pages/away_of.html", context, status=status)


def _is_to_come(found: Away) -> bool:
    return found.ended_at is None and clock.today(found.zone) <= found.until_on


def _held(cover: Any) -> dict[str, Any]:
    return {
        "pk": cover.pk,
        "name": cover.case.patient.name,
        "href": cards.file_url(cover.case),
        "reader": cover.reader.name,
        "may_read": cover.may_read,
        "declined": bool(cover.declined_at),
        "since": when.month_day(cover.handed_at),
    }


def _calls(user: Any, found: Away) -> list[Consultation]:
    """What is booked with the consultant on the days away."""
    first, after = (dt.datetime.combine(day, dt.time(), found.zone) for day in (found.from_on, found.back_on))
    booked = Consultation.objects.visible_to(user).booked().filter(consultant=found.consultant)
    booked = booked.between(max(first, clock.now()), after) if after > clock.now() else booked.none()
    return list(booked.select_related("patient", "service")[:CALLS_SHOWN])


def _call(call: Consultation) -> dict[str, Any]:
    return {
        "name": call.patient.name,
        "when": when.moment(call.starts_at),
        "service": call.service.name,
        "href": call.get_absolute_url(),
        "move": reverse("bookings:move", args=[call.pk]),
        "cancel": reverse("bookings:cancel", args=[call.pk]),
    }
