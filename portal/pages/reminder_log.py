"""The coordinators' log of messages: when, about which case, to whom, about what, what came of it; again, mute, fix."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.case.models import Case
from portal import clock, when
from portal.access import open_to
from portal.accounts.models import User
from portal.reminders import kinds, rules, sender
from portal.reminders.models import Delivery, Mute, Outcome, Reminder
from portal.reminders.readers import BY_HAND

LINES_ON_A_PAGE = 25
COUNTED_AT_MOST = 1000  # what comes after them is not told apart, so that counting costs the same with any number
SHOWS = ("all", "coming", "failed", "passed", "calls", "muted")
FIND_AT_MOST, PEOPLE_FOUND = 80, 200
PASSED_SHOWN = dt.timedelta(days=30)


@open_to("coordinator")
@require_safe
def reminder_log(request: HttpRequest) -> HttpResponse:
    """What went out, what is coming, what failed, whom to call instead."""
    show = request.GET.get("show", "")
    show = show if show in SHOWS else "all"
    find = request.GET.get("find", "").strip()[:FIND_AT_MOST]
    rows = {"coming": _coming, "passed": _passed, "muted": _muted}
    found = rows[show](request.user) if show in rows else _messages(request.user, show)
    found = _named(found, find) if find else found
    page = Paginator(found, LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    things = list(page)
    cases = Case.objects.visible_to(request.user).in_bulk({thing.case_id for thing in things if thing.case_id})
    people = User.objects.in_bulk({_person_id(thing) for thing in things} - {""})
    context = {
        "lines": [_line(thing, cases, {str(pk): user for pk, user in people.items()}) for thing in things],
        "page": page,
        "show": show,
        "find": find,
        "query": urlencode({"show": show} | ({"find": find} if find else {})),
        "chips": _chips(request.user),
        "run": sender.last_run(),
    }
    return render(request, "pages/reminder_log.html", context)


def _person_id(thing: Any) -> str:
    if isinstance(thing, Mute):
        return str(thing.person_id)
    return thing.recipient_id if thing.recipient_type == "user" else ""


def _named(found: Any, find: str) -> Any:
    """Only what goes to people of this name."""
    people = [str(pk) for pk in User.objects.filter(name__icontains=find).values_list("pk", flat=True)[:PEOPLE_FOUND]]
    return found.filter(person__in=people) if found.model is Mute else found.filter(recipient_id__in=people)


def _muted(user: Any) -> Any:
    return Mute.objects.visible_to(user).at(clock.now()).order_by("-muted_at", "pk")


def _coming(user: Any) -> Any:
    return Reminder.objects.visible_to(user).coming().filter(delivery=None)


def _passed(user: Any) -> Any:
    """Rows whose time went by before they could go, newest first."""
    since = clock.now() - PASSED_SHOWN
    found = Reminder.objects.visible_to(user).filter(settled_as=Outcome.PASSED, settled_at__gte=since)
    return found.order_by("-settled_at", "pk")


def _messages(user: Any, show: str) -> Any:
    found = Delivery.objects.visible_to(user).prefetch_related("rows").order_by("-created_at", "pk")
    if show == "failed":
        return found.failed()
    if show == "calls":
        return found.open().filter(channel__in=BY_HAND)
    return found


def _chips(user: Any) -> list[dict[str, Any]]:
    labels = {
        "all": _("All"),
        "coming": _("Coming up"),
        "failed": _("Failed"),
        "passed": _("Not in time"),
        "calls": _("By phone or post"),
        "muted": _("Muted"),
    }
    counts = {
        "coming": _count(_coming(user)),
        "failed": _count(_messages(user, "failed")),
        "passed": _count(_passed(user)),
        "calls": _count(_messages(user, "calls")),
        "muted": _count(_muted(user)),
    }
    return [{"code": code, "label": label, "count": counts.get(code)} for code, label in labels.items()]


def _count(found: Any) -> str:
    """ "25", or "1000+" where there are more."""
    counted = found.order_by()[: COUNTED_AT_MOST + 1].count()
    return f"{COUNTED_AT_MOST}+" if counted > COUNTED_AT_MOST else str(counted)


def _line(thing: Any, cases: dict, people: dict) -> dict[str, Any]:
    person = people.get(_person_id(thing))
    roles = {"coordinator": _("Every coordinator"), "consultant": _("Every consultant")}
    line = {
        "case": cases.get(thing.case_id),
        "to": person.name if person else roles.get(getattr(thing, "recipient_id", ""), _("An office")),
        "person": person,
        # A patient's or helper's address is put right here; staff's is their own and their administrator's.
        "can_be_fixed": person is not None and not person.role and thing.case_id in cases,
    }
    if isinstance(thing, Mute):
        return line | _mute(thing)
    return line | (_row(thing) if isinstance(thing, Reminder) else _message(thing))


def _mute(mute: Mute) -> dict[str, Any]:
    until = _("Until %(day)s") % {"day": when.day(mute.until)} if mute.until else _("For good")
    return {
        "at": mute.muted_at,
        "about": _labels([mute.kind]),
        "by": _("Held back"),
        "result": {"label": until, "kind": "", "icon": "pause"},
        "mute": mute,
        "can_be_fixed": False,
    }


def _row(row: Reminder) -> dict[str, Any]:
    coming = {"label": _("Coming up"), "kind": "", "icon": "clock"}
    passed = {"label": _("Not sent in time"), "kind": "warn", "icon": "alert"}
    return {
        "at": row.settled_at or row.due_at,
        "about": _labels([row.kind]),
        "by": "",
        "can_be_muted": None if row.settled_at else _mutable(row),
        "can_be_fixed": False,
        "result": passed if row.settled_at else coming,
    }


def _mutable(row: Reminder) -> Reminder | None:
    """The row, if its kind may be held back from its reader."""
    is_free = row.recipient_type == "user" and row.message_class != kinds.ANSWER
    return row if is_free else None


def _message(delivery: Delivery) -> dict[str, Any]:
    rows = rules.leading(delivery.rows.all())
    is_call = delivery.channel in BY_HAND
    return {
        "delivery": delivery,
        "at": delivery.sent_at or delivery.failed_at or delivery.created_at,
        "about": _labels(row.kind for row in delivery.rows.all()),
        "by": _way(delivery),
        "result": _result(delivery),
        "can_try_again": bool(delivery.failed_at),
        "can_go_again": bool(delivery.sent_at) and not is_call and bool(rows),
        "can_be_muted": _mutable(rows[0]) if rows else None,
        "is_again": delivery.again_of_id is not None,
        "can_be_said": not delivery.sent_at and not delivery.withdrawn_at and (is_call or bool(delivery.failures)),
    }


def _way(delivery: Delivery) -> str:
    ways = {
        Delivery.Channel.CALL: _("A person’s call"),
        Delivery.Channel.TEXT: _("Text message"),
        Delivery.Channel.LETTER: _("Letter"),
    }
    return ways.get(Delivery.Channel(delivery.channel), _("Email"))


def _labels(codes: Iterable[str]) -> str:
    found = {code: kinds.known(code) for code in codes}
    return ", ".join(str(kind.label) for kind in found.values() if kind) or _("A reminder")


def _result(delivery: Delivery) -> dict[str, str]:
    replies = {
        Delivery.Reply.DONE: _("Answered: done"),
        Delivery.Reply.NOT_YET: _("Answered: not yet"),
        Delivery.Reply.CALL: _("Answered: call me"),
        Delivery.Reply.NOT_ME: _("Answered: not for me"),
    }
    if delivery.reply:
        warns = delivery.reply in (Delivery.Reply.NOT_ME, Delivery.Reply.CALL)
        return {"label": replies[Delivery.Reply(delivery.reply)], "kind": "warn" if warns else "ok", "icon": "check"}
    if delivery.came_back_at:
        return {"label": _("Came back"), "kind": "stop", "icon": "x"}
    if delivery.sent_at and delivery.channel == Delivery.Channel.LETTER:
        return {"label": _("Posted"), "kind": "ok", "icon": "check"}
    if delivery.sent_at:
        return {"label": _("Accepted"), "kind": "ok", "icon": "check"}
    if delivery.withdrawn_at:
        return {"label": _("No longer needed"), "kind": "", "icon": "minus"}
    is_text = delivery.channel == Delivery.Channel.TEXT
    failures = {
        Delivery.Failure.REFUSED: _("Number refused") if is_text else _("Address refused"),
        Delivery.Failure.DEFERRED: _("Text gateway said later") if is_text else _("Mail server said later"),
        Delivery.Failure.AWAY: _("Text gateway away") if is_text else _("Mail server away"),
        Delivery.Failure.UNSURE: _("Line dropped while sending"),
        Delivery.Failure.BROKEN: _("Could not be written"),
    }
    if delivery.failed_at:
        return {"label": failures[Delivery.Failure(delivery.failure)], "kind": "stop", "icon": "x"}
    if delivery.failure:
        return {"label": failures[Delivery.Failure(delivery.failure)], "kind": "warn", "icon": "alert"}
    waiting = {
        Delivery.Channel.CALL: {"label": _("To call or post"), "kind": "info", "icon": "phone"},
        Delivery.Channel.LETTER: {"label": _("To post"), "kind": "info", "icon": "print"},
    }
    sending = {"label": _("Going out"), "kind": "info", "icon": "send"}
    return waiting.get(Delivery.Channel(delivery.channel), sending)
