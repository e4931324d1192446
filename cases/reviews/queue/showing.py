"""The queue as its pages show it: words for days and states, and the one thing to press in each row."""

from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.models import Consultation
from cases.reviews.models import Review
from cases.reviews.queue.standing import FREE, MINE, PATIENT, SHOWS, SOON, Queue, Records, Row
from portal import when

State = Review.State


def chips(queue: Queue, show: str, today: date, *, is_reader: bool) -> list[dict[str, Any]]:
    """The ways to look at the queue, with how many stand under each."""
    counts = queue.counts(today, is_reader=is_reader)
    labels = {
        MINE: _("Mine") if is_reader else _("All"),
        SOON: _("Due in 2 days"),
        FREE: _("Unassigned"),
        PATIENT: _("Waiting for patient"),
    }
    return [{"code": code, "label": labels[code], "count": counts[code], "is_on": code == show} for code in SHOWS]


def near(on: date, today: date) -> str:
    """ "Today", "Tomorrow", else "Mon, Nov 23"."""
    if on == today:
        return _("Today")
    return _("Tomorrow") if on == today + timedelta(days=1) else when.short_day(on)


def line(row: Row, user: Any, today: date) -> dict[str, Any]:
    """One row of the table."""
    review, talk = row.review, row.talk
    is_mine = review is not None and user.role == "consultant"
    return {
        "row": row,
        "name": row.name,
        "href": brief_url(review) if review and is_mine else (talk.get_absolute_url() if talk and not review else ""),
        "read_by": "" if row.rests_until else near(row.read_by, today),
        "rests_until": near(row.rests_until, today) if row.rests_until else "",
        "plan": _plan(row),
        "minutes": row.minutes,
        "call": f"{near(when.as_date(talk.starts_at), today)}, {when.clock_time(talk.starts_at)}" if talk else "",
        "visit": near(row.records.visit_on, today) if row.records and row.records.visit_on else _("Not booked"),
        "records": records_words(row.records),
        "tags": tags(row),
        "action": action(row) if is_mine else "",
        "continue_url": review.get_absolute_url() if review else "",
        "reader": review.reader.name if review and review.reader else "",
        "came_from": review.came_from_id if review else None,
        "may_hand_over": review is not None and review.reader is not None and user.role == "coordinator",
    }


def brief_url(review: Review) -> str:
    return reverse("reviews:brief", args=[review.pk])


def plan_words(pages: int, files: int, *, is_photos: bool) -> str:
    """ "6 pages, 3 files"; "4 pages, photos"."""
    said = [pages_words(pages)]
    if files > 1:
        said.append(ngettext("%(count)d file", "%(count)d files", files) % {"count": files})
    if is_photos:
        said.append(_("photos"))
    return ", ".join(said)


def _plan(row: Row) -> str:
    """What is to be read, or what is waited for."""
    if row.review is None:
        return _("Waiting for a clear copy") if row.waits_for == "copy" else _("Waiting for the plan")
    return plan_words(row.pages, row.files, is_photos=row.is_photos)


def pages_words(pages: int) -> str:
    return ngettext("%(count)d page", "%(count)d pages", pages) % {"count": pages}


def records_words(records: Records | None) -> str:
    """ "3 of 4 core records there"; "" where none are wanted."""
    if records is None or not records.core:
        return ""
    return _("%(there)d of %(of)d core records there") % {"there": records.there, "of": records.core}


def tags(row: Row) -> list[dict[str, str]]:
    """Where it stands, and how near its date is."""
    found = []
    if row.waits_for == "plan":
        found.append({"label": _("Plan not here yet"), "kind": "warn", "icon": "clock"})
    elif row.waits_for:
        found.append({"label": _("With patient"), "kind": "", "icon": "clock"})
    elif row.state == State.DRAFTING:
        found.append({"label": _("In progress"), "kind": "info"})
    elif row.state == State.TAKEN:
        found.append({"label": _("Taken"), "kind": "info", "icon": "check"})
    if row.urgency == "late":
        found.append({"label": _("Past its date"), "kind": "stop"})
    elif row.urgency == "today":
        found.append({"label": _("Due today"), "kind": "warn"})
    elif row.urgency == "soon":
        found.append({"label": _("Due tomorrow"), "kind": "warn"})
    return found or [{"label": _("New"), "kind": "plum"}]


def after_sharing(review: Review, now: datetime) -> dict[str, Any]:
    """Where a shared review stands: what it waits for, or that nothing is to come and it can be closed."""
    talk = review.consultation
    if review.state == State.COMPLETED:
        return {"tag": _("Complete"), "kind": "ok"}
    if talk is None:
        return {"tag": _("Shared, no call is booked"), "kind": "ok", "may_finish": True}
    if talk.state == Consultation.State.CANCELLED:
        return {"tag": _("Shared, the call was canceled"), "kind": "", "may_finish": True}
    if talk.state == Consultation.State.NO_SHOW:
        return {"tag": _("Shared, the call did not take place"), "kind": "", "may_finish": True}
    if talk.starts_at > now:
        return {"tag": _("Shared, to complete after the talk"), "kind": "info"}
    return {"tag": _("Shared, complete it now"), "kind": "warn"}


def action(row: Row) -> str:
    """What its button does: "take", "read", "continue", or "" where something is waited for."""
    if row.review is None or (row.waits_for not in ("", "asked") and row.state != State.OPEN):
        return ""
    if row.state == State.OPEN:
        return "take"
    return "continue" if row.state == State.DRAFTING else "read"
