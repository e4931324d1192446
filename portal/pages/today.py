"""The consultant's day: calls with what matters, the preparation between them, plans to read by date."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from bookings.models import Consultation, Reservation
from cases.case.models import Case, ToDo
from cases.case.people import cases_where
from cases.opinions.questions import showing
from cases.reviews import opening
from cases.reviews.after.actions import PROMISED
from cases.reviews.models import Review
from portal import clock, when
from portal.access import open_to
from portal.accounts.models import User
from portal.beside import lists
from portal.pages import away, facts, words, worry
from portal.pages.facts import Gathered

PLANS_SHOWN = 15
COMING_SHOWN = 5
UNSAID_SHOWN = 5
PROMISED_SHOWN = 10
CALL_TAGS = {
    Consultation.State.COMPLETED: (lambda: _("Done"), "ok"),
    Consultation.State.NO_SHOW: (lambda: _("Did not take place"), "warn"),
}


@dataclass(frozen=True)
class Day:
    """What a consultant's local day holds."""

    calls: list[Consultation]
    others: list[Reservation]
    coming: list[Consultation]
    reviews: list[Review]
    read_states: dict[UUID, str]
    unsaid: list[Consultation]
    promised: list[ToDo]
    gathered: dict[UUID, Gathered]


@open_to(User.Role.CONSULTANT)
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """Calls today, and plans to read."""
    user: Any = request.user
    now = clock.now()
    opening.open_due_reviews(now)
    day = day_of(user, now)
    following = next((call for call in day.calls if call.is_booked and call.ends_at > now), None)
    context = {
        "today": when.as_date(now),
        "heading": _heading(day),
        "away": away.lines_for(user),
        "worries": worry.lines_for(user),
        "zone_words": _("Times in %(zone)s") % {"zone": when.zone_name(user.zone)},
        "calls": _schedule(day, following, now),
        "next_call": _next_call(following, day, now) if following else None,
        "coming": [_coming(call) for call in day.coming],
        "unsaid": [_asked_how(call) for call in day.unsaid],
        "promised": [_to_do(todo) for todo in day.promised],
        "queue": [_queued(review, day, now) for review in day.reviews],
        "next_review": day.reviews[0].get_absolute_url() if day.reviews else "",
    }
    return render(request, "pages/today.html", context)


def day_of(user: User, now: dt.datetime) -> Day:
    """The rows of the local day around `now`, in a fixed number of queries."""
    start, end = _bounds(when.as_date(now, user.zone), user.zone)
    mine = Consultation.objects.visible_to(user).filter(consultant=user)
    mine = mine.select_related("patient", "case__patient", "case__key", "service")
    calls = list(mine.between(start, end).exclude(state=Consultation.State.CANCELLED))
    kinds = [Reservation.Kind.PREPARATION, Reservation.Kind.BLOCKED]
    others = Reservation.objects.filter(consultant=user, kind__in=kinds, starts_at__lt=end, ends_at__gt=start)
    reviews = Review.objects.visible_to(user).to_read().select_related("case__patient", "case__key", "consultation")
    shown = list(reviews[:PLANS_SHOWN])
    cases = {row.case.pk: row.case for row in [*calls, *shown]}
    after = lists(user, unsaid=_unsaid(user, start), promised=_promised(user))
    states = Review.objects.visible_to(user).filter(case__in=[call.case_id for call in calls])
    return Day(
        calls,
        list(others.select_related("consultation__patient").order_by("starts_at")),
        list(mine.upcoming(now).filter(starts_at__gte=end)[:COMING_SHOWN]),
        shown,
        dict(states.values_list("case_id", "state")),
        after["unsaid"],
        after["promised"],
        facts.of_cases(list(cases.values()), now),
    )


def _unsaid(user: User, today: dt.datetime) -> QuerySet[Consultation]:
    """Calls of the days before of which nobody has said how they went."""
    mine = Consultation.objects.booked().filter(consultant=user, ends_at__lte=today)
    mine = mine.filter(case__in=cases_where(user, "see")).select_related("patient")
    return mine.order_by("starts_at")[:UNSAID_SHOWN]


def _promised(user: User) -> QuerySet[ToDo]:
    """What this consultant promised after calls, the nearest day first."""
    todos = ToDo.objects.open().visible_to(user).filter(kind=PROMISED).exclude(case__state=Case.State.CLOSED)
    return todos.select_related("case__patient").order_by("due_on", "asked_at")[:PROMISED_SHOWN]


def _bounds(day: dt.date, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """Midnight to midnight on the wall of a zone: 23 or 25 hours where the clocks change."""
    return tuple(dt.datetime.combine(each, dt.time(), zone) for each in (day, day + dt.timedelta(days=1)))  # type: ignore[return-value]


def _heading(day: Day) -> str:
    calls = ngettext("%(count)d call today", "%(count)d calls today", len(day.calls)) % {"count": len(day.calls)}
    plans = ngettext("%(count)d plan to read", "%(count)d plans to read", len(day.reviews))
    return _("%(calls)s, %(plans)s") % {
        "calls": calls if day.calls else _("No calls today"),
        "plans": plans % {"count": len(day.reviews)} if day.reviews else _("nothing to read"),
    }


def _schedule(day: Day, following: Consultation | None, now: dt.datetime) -> list[dict[str, Any]]:
    rows = [_call(call, day, call == following) for call in day.calls]
    rows += [_other(row) for row in day.others]
    return sorted(rows, key=lambda row: row["starts_at"])


def _call(call: Consultation, day: Day, is_next: bool) -> dict[str, Any]:
    known = day.gathered[call.case_id].facts
    label, kind = CALL_TAGS.get(Consultation.State(call.state), (lambda: _("Booked"), "info"))
    if call.is_booked and call.service.needs_plan and day.read_states.get(call.case_id) in {"open", "taken"}:
        label, kind = (lambda: _("Plan not read")), "warn"
    elif call.is_booked and call.service.needs_plan and not known.plan:
        label, kind = (lambda: _("No plan yet")), "warn"
    return {
        "starts_at": call.starts_at,
        "minutes": call.minutes,
        "title": call.patient.name,
        "href": call.get_absolute_url(),
        "lines": [f"{call.get_how_display()}. {call.service.name}.", *what_matters(call, known, call.starts_at)],
        "tag": {"label": label(), "kind": kind},
        "is_next": is_next,
    }


def what_matters(call: Consultation, known: facts.Facts, at: dt.datetime) -> list[str]:
    """What helps on the call: when the visit is, how the person is best reached."""
    lines = []
    if known.visit_on:
        lines.append(_("Second visit: %(when)s.") % {"when": words.visit_words(known.visit_on, when.as_date(at))})
    if call.patient.safe_to_ring:
        lines.append(call.patient.safe_to_ring)
    return lines


def _other(row: Reservation) -> dict[str, Any]:
    is_preparation = row.kind == Reservation.Kind.PREPARATION and row.consultation is not None
    title = _("Preparation: %(name)s") % {"name": row.consultation.patient.name} if is_preparation else _("Blocked")
    return {
        "starts_at": row.starts_at,
        "minutes": int((row.ends_at - row.starts_at).total_seconds() // 60),
        "title": title,
        "lines": [_("Patients can’t book it.")],
        "tag": {"label": _("Reserved") if is_preparation else _("Blocked"), "kind": "plum", "icon": "pause"},
    }


def _next_call(call: Consultation, day: Day, now: dt.datetime) -> dict[str, Any]:
    known = day.gathered[call.case_id].facts
    counted = {"there": known.core_at(facts.ARRIVED_HOPS), "of": len(known.core)}
    name = call.patient.first_name
    asked = showing.asked_in_call(call.case, call, call.consultant, now)
    rows = [
        {"label": _("When"), "value": when.moment(call.starts_at)},
        {"label": _("How"), "value": f"{call.get_how_display()}, {call.service.name}"},
        {"label": _("Wants to ask"), "value": " ".join(asked) or _("Nothing written yet")},
        {"label": _("Second visit"), "value": words.visit_words(known.visit_on, when.as_date(now))},
    ]
    if known.core:
        rows.append({"label": _("Records"), "value": _("%(there)d of %(of)d core records are there") % counted})
    if call.patient.safe_to_ring:
        rows.append({"label": _("Best reached"), "value": call.patient.safe_to_ring})
    said = {"name": name}
    return {
        "title": _("Next: %(name)s, %(time)s") % {"name": call.patient.name, "time": when.clock_time(call.starts_at)},
        "rows": rows,
        "reminder": _("Remind %(name)s at the start: this call doesn’t replace a second opinion from a doctor.") % said,
    }


def _coming(call: Consultation) -> dict[str, Any]:
    return {
        "on": when.as_date(call.starts_at),
        "title": call.patient.name,
        "href": call.get_absolute_url(),
        "hint": f"{when.clock_time(call.starts_at)}, {call.service.name}",
    }


def _asked_how(call: Consultation) -> dict[str, Any]:
    said = {"name": call.patient.name, "at": when.moment(call.starts_at)}
    return {
        "lead": _("How did the call with %(name)s go?") % said,
        "text": _("It was on %(at)s.") % said,
        "href": f"{call.get_absolute_url()}#after",
    }


def _to_do(todo: ToDo) -> dict[str, Any]:
    name = todo.case.patient.name if todo.case else ""
    return {
        "on": todo.due_on,
        "title": todo.note,
        "href": reverse("bookings:detail", args=[todo.about_id]),
        "hint": name,
    }


def _queued(review: Review, day: Day, now: dt.datetime) -> dict[str, Any]:
    on = when.as_date(now)
    known = day.gathered[review.case_id].facts
    state = {"label": str(review.get_state_display()).capitalize(), "kind": "info"}
    if review.read_by <= on and review.state != Review.State.DRAFTING:
        state = {"label": _("Due today") if review.read_by == on else _("Was due"), "kind": "warn"}
    return {
        "read_by": when.short_day(review.read_by),
        "name": review.case.patient.name,
        "href": review.get_absolute_url(),
        "plan": ngettext("%(count)d page", "%(count)d pages", review.pages) % {"count": review.pages},
        "call": when.moment(review.consultation.starts_at) if review.consultation else _("Not booked"),
        "visit": words.visit_words(known.visit_on, on),
        "tag": state,
    }
