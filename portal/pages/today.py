"""The consultant's day: calls with what matters, the preparation between them, plans to read by date."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from bookings import call_needs, rules
from bookings.hours_zone.asking import question
from bookings.late import rules as late
from bookings.late.models import MINUTES
from bookings.models import Companion, Consultation, Late, OutsideCalendar, Practice, Reservation
from bookings.outside import notices as outside
from bookings.rules import OPENS_BEFORE
from bookings.stuck import showing as stuck
from cases.case.helping.models import Helper
from cases.case.models import Case, Consent, ToDo
from cases.case.people import cases_where
from cases.opinions.questions import showing as questions
from cases.reviews import opening
from cases.reviews.after.actions import PROMISED
from cases.reviews.models import Finding, Note, Review
from cases.reviews.queue import showing, standing
from cases.reviews.queue.brief import language_words
from cases.reviews.queue.standing import Queue
from cases.reviews.rules import POINT_COUNT
from portal import clock, when
from portal.access import open_to
from portal.accounts.models import User
from portal.beside import lists
from portal.pages import away, words, worry

PLANS_SHOWN = 15
COMING_SHOWN = 5
UNSAID_SHOWN = 5
PROMISED_SHOWN = 10
CALLS_READ = 60  # from this morning on: more than anybody has on a page
CALL_TAGS = {
    Consultation.State.COMPLETED: (lambda: _("Done"), "ok"),
    Consultation.State.NO_SHOW: (lambda: _("Did not take place"), "warn"),
}


@dataclass(frozen=True)
class Day:
    """What a consultant's local day holds."""

    calls: list[Any]
    others: list[Reservation]
    coming: list[Any]
    queue: Queue
    unsaid: list[Consultation]
    promised: list[ToDo]
    late: list[Late]
    stuck: list[ToDo]
    wanting: list[OutsideCalendar]
    practice: Practice | None


@open_to(User.Role.CONSULTANT)
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """Calls today, and plans to read."""
    user: Any = request.user
    now = clock.now()
    opening.open_due_reviews(now)
    day = day_of(user, now)
    on = when.as_date(now)
    following = next((call for call in day.calls if call.is_booked and call.ends_at > now), None)
    to_open = next((row.review for row in day.queue.rows if row.review and not row.waits_for), None)
    context = {
        "today": on,
        "heading": _heading(day),
        "away": away.lines_for(user),
        "zone_asked": question(day.practice, user, now),
        "not_read": outside.lines_of(day.wanting),
        "worries": worry.lines_for(user),
        "zone_words": _("Times in %(zone)s") % {"zone": when.zone_name(user.zone)},
        "calls": _schedule(day, following, now),
        "next_call": _next_call(following, day, now) if following else None,
        "coming": [_coming(call) for call in day.coming],
        "unsaid": [_asked_how(call) for call in day.unsaid],
        "promised": [_to_do(todo) for todo in day.promised],
        "chips": showing.chips(day.queue, standing.MINE, on, is_reader=True),
        "rows": [showing.line(row, user, on) for row in day.queue.rows[:PLANS_SHOWN]],
        "free": day.queue.free[:PLANS_SHOWN],
        "next_review": showing.brief_url(to_open) if to_open else "",
    }
    return render(request, "pages/today.html", context)


def day_of(user: User, now: dt.datetime) -> Day:
    """The rows of the local day around `now`, in a fixed number of queries."""
    start, end = _bounds(when.as_date(now, user.zone), user.zone)
    calls = list(_calls(user).filter(ends_at__gt=start).order_by("starts_at")[:CALLS_READ])
    ahead = [call for call in calls if call.starts_at >= end and call.is_booked]
    kinds = [Reservation.Kind.PREPARATION, Reservation.Kind.BLOCKED]
    others = Reservation.objects.filter(consultant=user, kind__in=kinds, starts_at__lt=end, ends_at__gt=start)
    others = others.select_related("consultation__patient").order_by("starts_at")
    found = lists(
        user,
        others=others,
        unsaid=_unsaid(user, start),
        promised=_promised(user),
        late=_late(user, start),
        stuck=stuck.said().filter(about_id__in=[str(call.pk) for call in calls]),
        practice=Practice.objects.of(user),
        wanting=OutsideCalendar.objects.visible_to(user).wanting().select_related("consultant"),
    )
    return Day(
        [call for call in calls if call.starts_at < end],
        found["others"],
        ahead[:COMING_SHOWN],
        standing.of(user, now, calls),
        found["unsaid"],
        found["promised"],
        found["late"],
        found["stuck"],
        found["wanting"],
        next(iter(found["practice"]), None),
    )


def _unsaid(user: User, today: dt.datetime) -> QuerySet[Consultation]:
    """Calls of the days before of which nobody has said how they went."""
    mine = Consultation.objects.booked().filter(consultant=user, ends_at__lte=today)
    mine = mine.filter(case__in=cases_where(user, "see")).select_related("patient")
    return mine.order_by("starts_at")[:UNSAID_SHOWN]


def _late(user: User, today: dt.datetime) -> QuerySet[Late]:
    """Who said today that a call of this consultant's begins later."""
    return Late.objects.filter(call__consultant=user, starts_at__gte=today).select_related("call")


def _promised(user: User) -> QuerySet[ToDo]:
    """What this consultant promised after calls, the nearest day first."""
    todos = ToDo.objects.open().visible_to(user).filter(kind=PROMISED).exclude(case__state=Case.State.CLOSED)
    return todos.select_related("case__patient").order_by("due_on", "asked_at")[:PROMISED_SHOWN]


def _calls(user: User) -> Any:
    """One's own, each with what matters on it: one query."""
    case = OuterRef("case")
    companions = Helper.objects.granted().filter(case=case, bookings=True).order_by("person__name")
    consent = Consent.objects.standing().filter(case=case, kind=Consent.Kind.READ, consultant=user)
    review = Review.objects.filter(case=case)
    mine = Consultation.objects.visible_to(user).filter(consultant=user).exclude(state=Consultation.State.CANCELLED)
    return mine.select_related("patient", "case__patient", "case__key", "service").annotate(
        **standing.beside_call(),
        companions=ArraySubquery(companions.values("person__name")),
        named=ArraySubquery(Companion.objects.open().filter(call=OuterRef("pk")).values("name")),
        may_read=Exists(consent),
        speaks=Subquery(Practice.objects.filter(consultant=user).values("languages")[:1]),
        review=Subquery(review.values("pk")[:1]),
        review_state=Subquery(review.values("state")[:1]),
        pages=Subquery(review.values("pages")[:1]),
        points=ArraySubquery(Finding.objects.filter(review__case=case).values("point")),
        remarks=ArraySubquery(Note.objects.filter(review__case=case).values("number")),
    )


def _bounds(day: dt.date, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """Midnight to midnight on the wall of a zone: 23 or 25 hours where the clocks change."""
    return tuple(dt.datetime.combine(each, dt.time(), zone) for each in (day, day + dt.timedelta(days=1)))  # type: ignore[return-value]


def _heading(day: Day) -> str:
    calls = ngettext("%(count)d call today", "%(count)d calls today", len(day.calls)) % {"count": len(day.calls)}
    count = sum(row.review is not None for row in day.queue.rows)
    plans = ngettext("%(count)d plan to read", "%(count)d plans to read", count)
    return _("%(calls)s, %(plans)s") % {
        "calls": calls if day.calls else _("No calls today"),
        "plans": plans % {"count": count} if count else _("nothing to read"),
    }


def _schedule(day: Day, following: Any, now: dt.datetime) -> list[dict[str, Any]]:
    pages = {call.pk: call.pages for call in [*day.calls, *day.coming] if call.pages}
    rows = [_call(call, day, call == following, now) for call in day.calls]
    rows += [_other(row, pages, now) for row in day.others]
    return sorted(rows, key=lambda row: row["starts_at"])


def _call(call: Any, day: Day, is_next: bool, now: dt.datetime) -> dict[str, Any]:
    label, kind = CALL_TAGS.get(Consultation.State(call.state), (lambda: _("Booked"), "info"))
    if call.is_booked and call.needs_plan and call.review_state in {"open", "taken"}:
        label, kind = (lambda: _("Plan not read")), "warn"
    elif call.is_booked and call.needs_plan and not call.has_plan:
        label, kind = (lambda: _("No plan yet")), "warn"
    opens = call.is_booked and call.starts_at - OPENS_BEFORE <= now < call.ends_at
    return {
        "starts_at": call.starts_at,
        "minutes": call.minutes,
        "title": call.patient.name,
        "href": call.get_absolute_url(),
        "lines": [f"{call.get_how_display()}. {call.service.name}.", *what_matters(call, day, call.starts_at)],
        "tag": {"label": label(), "kind": kind},
        "is_next": is_next,
        "join": reverse("bookings:call", args=[call.pk]) if opens else "",
    }


def what_matters(call: Any, day: Day, at: dt.datetime) -> list[str]:
    """What helps on the call: who joins, in which language, when the visit is, how the person is best reached."""
    known = day.queue.records.get(call.case_id)
    lines = []
    if call.companions:
        lines.append(_("May join: %(names)s.") % {"names": ", ".join(call.companions)})
    if call.named:
        lines.append(_("Will be there: %(names)s.") % {"names": ", ".join(call.named)})
    if call.patient.language != "en":
        lines.append(language_words(call.patient.language, call.speaks or "").rstrip(".") + ".")
    lines += [f"{need}." for need in call_needs.said(call)]
    if known and known.visit_on:
        lines.append(_("Second visit: %(when)s.") % {"when": words.visit_words(known.visit_on, when.as_date(at))})
    if call.patient.safe_to_ring:
        lines.append(_("Best reached: %(when)s") % {"when": call.patient.safe_to_ring})
    return lines


def _other(row: Reservation, pages: dict[Any, int], now: dt.datetime) -> dict[str, Any]:
    is_preparation = row.kind == Reservation.Kind.PREPARATION and row.consultation is not None
    title, lines, move = _("Blocked"), [row.note] if row.note else [], ""
    if is_preparation and row.consultation:
        if not rules.why_not("prepare", row.consultation, User.Role.CONSULTANT, now):
            move = reverse("bookings:preparation", args=[row.consultation_id])
        title = _("Preparation: %(name)s") % {"name": row.consultation.patient.name}
        lines = [showing.pages_words(pages[row.consultation_id])] if row.consultation_id in pages else []
    return {
        "starts_at": row.starts_at,
        "minutes": int((row.ends_at - row.starts_at).total_seconds() // 60),
        "title": title,
        "lines": [*lines, _("Patients can’t book it.")],
        "move": move,
        "tag": {"label": _("Reserved") if is_preparation else _("Blocked"), "kind": "plum", "icon": "pause"},
    }


def _next_call(call: Any, day: Day, now: dt.datetime) -> dict[str, Any]:
    known, name = day.queue.records.get(call.case_id), call.patient.first_name
    asked = questions.asked_in_call(call.case, call, call.consultant, now)
    visit_on = known.visit_on if known else None
    how = f"{call.get_how_display()}, {call.service.name}"
    rows = [
        {"label": _("When"), "value": when.moment(call.starts_at), "hint": how},
        {"label": _("Language"), "value": language_words(call.patient.language, call.speaks or "")},
        {"label": _("Second visit"), "value": words.visit_words(visit_on, when.as_date(now))},
    ]
    if call.companions:
        rows.append({"label": _("May join"), "value": ", ".join(call.companions)})
    if call.named:
        rows.append({"label": _("Will be there"), "value": ", ".join(call.named)})
    if records := showing.records_words(known):
        rows.append({"label": _("Records"), "value": records})
    if call.patient.safe_to_ring:
        rows.append({"label": _("Best reached"), "value": call.patient.safe_to_ring})
    if call.review:
        rows.append({"label": _("Your notes"), "value": _drafted(call)})
    if call.needs_plan:
        may = _("You may read the plan.") if call.may_read else _("Not given: you cannot read the plan.")
        rows.append({"label": _("Consent to read"), "value": may})
    said = {word.side: word for word in day.late if word.call_id == call.pk and late.stands(word, call, now)}
    if their := said.get(Late.Side.PATIENT):
        late_words = _("Said to be about %(minutes)d minutes late.") % {"minutes": their.minutes}
        rows.insert(1, {"label": name, "value": late_words})
    return {
        "late": {
            "href": reverse("bookings:late", args=[call.pk]),
            "minutes": () if late.why_not(call, now) else MINUTES,
            "own": said.get(Late.Side.CONSULTANT),
        },
        "stuck": stuck.of_patient(call, day.stuck, now),
        "title": _("Next: %(name)s, %(time)s") % {"name": call.patient.name, "time": when.clock_time(call.starts_at)},
        "soon": _soon(call.starts_at, now),
        "asked": asked,
        "rows": rows,
        "brief": reverse("reviews:brief", args=[call.review]) if call.review else "",
        "reminder": _("Remind %(name)s at the start: this call doesn’t replace a second opinion from a doctor.")
        % {"name": name},
    }


def _drafted(call: Any) -> str:
    said = []
    if call.points:
        said.append(_("%(count)d of %(of)d points looked at") % {"count": len(call.points), "of": POINT_COUNT})
    if call.remarks:
        said.append(ngettext("%(count)d note", "%(count)d notes", len(call.remarks)) % {"count": len(call.remarks)})
    return ", ".join(said) or _("Nothing written yet")


def _soon(at: dt.datetime, now: dt.datetime) -> str:
    """ "In 38 minutes", within the hour before; "Now" once it has begun."""
    minutes = int((at - now).total_seconds() // 60)  # elapsed
    if minutes >= 60:
        return ""
    return (
        ngettext("In %(count)d minute", "In %(count)d minutes", minutes) % {"count": minutes}
        if minutes > 0
        else _("Now")
    )


def _coming(call: Any) -> dict[str, Any]:
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
