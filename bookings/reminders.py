"""The kinds of message about calls: whether each is still due, and its words, which tell a bystander nothing."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings import availability, invitations, patterns, ways_back
from bookings import follow_up as codes
from bookings.heard import earlier_word
from bookings.models import Consultation, Practice
from cases.case.models import Case
from cases.documents.models import Version
from portal import when
from portal.reminders.kinds import ANSWER, NOTICE, REMINDER, Attachment, Kind, Words, say
from portal.reminders.models import Reminder
from portal.reminders.patterns import Pattern
from portal.reminders.readers import Reader
from portal.reminders.together import things

Rows = Sequence[Reminder]
Say = Callable[[Consultation, Reader, datetime], Words]
Still = Callable[[Rows, datetime], set[UUID]]
Because = Callable[[Reminder], str]


def about_calls() -> QuerySet[Consultation]:
    """The calls of rows, each with whether a plan can be read, and who heard of it before it was as it is now."""
    found = Consultation.objects.select_related("case", "patient", "consultant", "service")
    return found.annotate(
        has_plan=Exists(Version.objects.ready_plans().filter(case=OuterRef("case"))),
        patient_heard=earlier_word(codes.BOOKED, codes.TOLD_PATIENT, codes.CLOCKS_CHANGED),
        consultant_heard=earlier_word(codes.TOLD_CONSULTANT),
        region=Subquery(Practice.objects.filter(pk=OuterRef("consultant")).values("region")),
    )


def _consultations(rows: Rows) -> dict[UUID, Any]:
    return things(rows, about_calls)


def _still(rows: Rows, *states: str, until: datetime | None = None) -> dict[UUID, Any]:
    """The rows whose call has the version they were planned for, in one of the states, not begun."""
    found = _consultations(rows)
    still = {}
    for row in rows:
        call = found.get(row.about_id)
        if call and call.version == row.version and call.state in states and (until is None or call.starts_at > until):
            still[row.pk] = call
    return still


def still_booked(rows: Rows, now: datetime) -> set[UUID]:
    """Booked, at the time the row was planned for, and not begun."""
    return set(_still(rows, Consultation.State.BOOKED, until=now))


def still_asked_to_move(rows: Rows, now: datetime) -> set[UUID]:
    """Booked, and the patient has not chosen another time yet."""
    still = _still(rows, Consultation.State.BOOKED, until=now)
    return {pk for pk, call in still.items() if call.move_asked_at}


def still_cancelled(rows: Rows, now: datetime) -> set[UUID]:
    return set(_still(rows, Consultation.State.CANCELLED))


def still_news(rows: Rows, now: datetime) -> set[UUID]:
    """Booked or canceled: whichever it is now, it is said as it is now."""
    return still_booked(rows, now) | still_cancelled(rows, now)


def still_without_plan(rows: Rows, now: datetime) -> set[UUID]:
    """Booked, and no plan can be read yet."""
    still = _still(rows, Consultation.State.BOOKED, until=now)
    return {pk for pk, call in still.items() if not call.has_plan}


def _is_patient(call: Consultation, reader: Reader) -> bool:
    return reader.id == str(call.patient_id)


def _how(call: Consultation) -> str:
    words = {"name": call.consultant.first_name, "minutes": call.minutes}
    if call.how == "video":
        return _("Video call with %(name)s, %(minutes)d minutes.") % words
    return _("Phone call: %(name)s calls you, %(minutes)d minutes.") % words


def _calendar_file(call: Consultation, now: datetime) -> tuple[Attachment, ...]:
    method = "REQUEST" if call.is_booked else "CANCEL"
    content = invitations.file(call, call.patient, now)
    return (Attachment(invitations.FILE_NAME, f"text/calendar; method={method}; charset=utf-8", content),)


def _booked(call: Any, reader: Reader, now: datetime) -> Words:
    return say(
        patterns.MOVED if call.patient_heard else patterns.BOOKED,
        {"name": reader.called, "how": _how(call)},
        at=call.starts_at,
        path=call.get_absolute_url(),
        attachments=_calendar_file(call, now),
    )


def _please_move(call: Consultation, reader: Reader, now: datetime) -> Words:
    return say(
        patterns.PLEASE_MOVE,
        {"name": reader.called, "consultant": call.consultant.first_name},
        at=call.starts_at,
        path=reverse("bookings:move", args=[call.pk]),
    )


def _clocks_changed(call: Consultation, reader: Reader, now: datetime) -> Words:
    return say(
        patterns.CLOCKS_CHANGED,
        {"name": reader.called, "consultant": call.consultant.first_name},
        at=call.starts_at,
        path=call.get_absolute_url(),
        attachments=_calendar_file(call, now),
    )


def _cancelled(call: Consultation, reader: Reader, now: datetime) -> Words:
    return _is_off(patterns.CANCELLED, call, reader, now)


def _is_off(pattern: Pattern, call: Consultation, reader: Reader, now: datetime) -> Words:
    """It leads to the times; where one of us wrote a note, or the case is closed, to the page of the call."""
    is_closed = call.case.state == Case.State.CLOSED  # where nothing can be booked
    return say(
        patterns.CANCELLED_CLOSED if is_closed else pattern,
        {"name": reader.called},
        at=call.starts_at,
        path=call.get_absolute_url() if call.note or is_closed else ways_back.again(call.case_id, call.pk),
        attachments=_calendar_file(call, now),
    )


def _told_patient(call: Consultation, reader: Reader, now: datetime) -> Words:
    if call.is_booked:
        return _booked(call, reader, now)
    is_by_us = call.cancelled_by is None or bool(call.cancelled_by.role)
    return _is_off(patterns.WE_CANCELLED if is_by_us else patterns.CANCELLED, call, reader, now)


def _told_consultant(call: Any, reader: Reader, now: datetime) -> Words:
    if not call.is_booked:
        subject, lead = _("A call was canceled"), _("A call was canceled")
    elif call.consultant_heard:
        subject, lead = _("A call has a new time"), _("A call has a new time")
    else:
        subject, lead = _("A new call is booked"), _("A new call is booked")
    return Words(
        subject=subject,
        lead=lead,
        at=call.starts_at,
        line=_("With %(name)s, %(minutes)d minutes.") % {"name": call.patient.first_name, "minutes": call.minutes},
        action_label=_("Open my calendar"),
        path=reverse("bookings:calendar"),
    )


def _day_before(call: Consultation, reader: Reader, now: datetime) -> Words:
    return _coming_up(call, reader, patterns.DAY_BEFORE)


def _same_day(call: Consultation, reader: Reader, now: datetime) -> Words:
    return _coming_up(call, reader, patterns.SAME_DAY)


def _coming_up(call: Consultation, reader: Reader, pattern: Pattern) -> Words:
    """A letter is read on another day than it is made, so it names the day."""
    named = {"name": reader.called, "how": _how(call)}
    if reader.has_letters:
        pattern, named = patterns.COMING_UP, named | {"day": when.day(call.starts_at, reader.zone)}
    return say(pattern, named, at=call.starts_at, path=call.get_absolute_url())


def _plan_due(call: Consultation, reader: Reader, now: datetime) -> Words:
    due_on = availability.plan_by(call, now)
    return say(
        patterns.PLAN_DUE,
        {"consultant": call.consultant.first_name, "day": when.day(due_on or now)},
        path=reverse("documents:add_plan", args=[call.case_id]),
    )


def _plan_missing(call: Consultation, reader: Reader, now: datetime) -> Words:
    if not _is_patient(call, reader):
        return Words(
            subject=_("No plan yet for a call"),
            lead=_("No plan yet for a call"),
            at=call.starts_at,
            line=_("With %(name)s. The call stays booked.") % {"name": call.patient.first_name},
            action_label=_("Open my calendar"),
            path=reverse("bookings:calendar"),
        )
    return say(patterns.PLAN_MISSING, {"name": reader.called}, at=call.starts_at, path=call.get_absolute_url())


def _worded(say: Say) -> Callable[[Rows, Reader, datetime], dict[UUID, Words]]:
    def words(rows: Rows, reader: Reader, now: datetime) -> dict[UUID, Words]:
        found = _consultations(rows)
        return {row.pk: say(found[row.about_id], reader, now) for row in rows}

    return words


def _because_booked(row: Reminder) -> str:
    return _("You booked it. If you move or cancel it, this one goes away.")


def _because_changed(row: Reminder) -> str:
    return _("A call of yours changed.")


def _because_asked_to_move(row: Reminder) -> str:
    return _("We asked for another time. Once the call is moved, this one goes away.")


def _because_no_plan(row: Reminder) -> str:
    return _("A call is booked. Once the plan is there, this one goes away.")


def _kind(
    code: str, message_class: str, label: Promise, still: Still, say: Say, why: Because, rank: int, *own: Pattern
) -> Kind:
    return Kind(code, message_class, label, still, _worded(say), why, rank, about=(about_calls,), patterns=own)


KINDS = [
    _kind(
        codes.BOOKED,
        ANSWER,
        gettext_lazy("Your call is booked"),
        still_booked,
        _booked,
        _because_booked,
        10,
        patterns.BOOKED,
        patterns.MOVED,
    ),
    _kind(
        codes.CANCELLED,
        ANSWER,
        gettext_lazy("Your call is canceled"),
        still_cancelled,
        _cancelled,
        _because_changed,
        10,
        patterns.CANCELLED,
        patterns.CANCELLED_CLOSED,
    ),
    _kind(
        codes.TOLD_PATIENT,
        NOTICE,
        gettext_lazy("We changed your call"),
        still_news,
        _told_patient,
        _because_changed,
        10,
        patterns.WE_CANCELLED,
    ),
    _kind(
        codes.PLEASE_MOVE,
        NOTICE,
        gettext_lazy("Another time for your call"),
        still_asked_to_move,
        _please_move,
        _because_asked_to_move,
        10,
        patterns.PLEASE_MOVE,
    ),
    _kind(
        codes.CLOCKS_CHANGED,
        NOTICE,
        gettext_lazy("The clocks changed"),
        still_booked,
        _clocks_changed,
        _because_changed,
        10,
        patterns.CLOCKS_CHANGED,
    ),
    _kind(
        codes.TOLD_CONSULTANT,
        NOTICE,
        gettext_lazy("A call changed"),
        still_news,
        _told_consultant,
        _because_changed,
        20,
    ),
    _kind(
        codes.DAY_BEFORE,
        REMINDER,
        gettext_lazy("Your call is tomorrow"),
        still_booked,
        _day_before,
        _because_booked,
        15,
        patterns.DAY_BEFORE,
        patterns.COMING_UP,
    ),
    _kind(
        codes.SAME_DAY,
        REMINDER,
        gettext_lazy("Your call is today"),
        still_booked,
        _same_day,
        _because_booked,
        12,
        patterns.SAME_DAY,
    ),
    _kind(
        codes.PLAN_DUE,
        REMINDER,
        gettext_lazy("Add your plan"),
        still_without_plan,
        _plan_due,
        _because_no_plan,
        10,
        patterns.PLAN_DUE,
    ),
    _kind(
        codes.PLAN_MISSING,
        REMINDER,
        gettext_lazy("No plan yet"),
        still_without_plan,
        _plan_missing,
        _because_no_plan,
        10,
        patterns.PLAN_MISSING,
    ),
]
