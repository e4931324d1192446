"""The lines of the coordinators' log of messages: when, which case, to whom, about what, what came of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from cases.case.models import Case, Office
from cases.desk.mail import desks
from portal import clock, phones, when
from portal.accounts.models import User
from portal.pages import cards
from portal.reminders import kinds, rules
from portal.reminders.models import BY_HAND, Delivery, Mute, Outcome, Pause, RecipientType, Reminder


def person_id(thing: Any) -> str:
    """The one person that a message, a row or a mute is for; "" for a role or an office."""
    if isinstance(thing, Mute):
        return str(thing.person_id)
    return thing.recipient_id if thing.recipient_type == RecipientType.USER else ""


def offices_of(things: Iterable[Any]) -> dict[str, Office]:
    """The offices that these are for, by the id of the recipient. One query."""
    return desks.offices_of(desks_of(things))


def desks_of(things: Iterable[Any]) -> set[str]:
    """The ids of the recipients among these that are offices."""
    return {thing.recipient_id for thing in things if getattr(thing, "recipient_type", "") == RecipientType.OFFICE}


def people_of(things: Iterable[Any]) -> dict[str, User]:
    """The people that these are for, by id. One query."""
    return {str(user.pk): user for user in User.objects.filter(pk__in={person_id(thing) for thing in things} - {""})}


def to_whom(thing: Any, people: Mapping[str, User], offices: Mapping[str, Office]) -> str:
    roles = {"coordinator": _("Every coordinator"), "consultant": _("Every consultant")}
    person = people.get(person_id(thing)) or offices.get(getattr(thing, "recipient_id", ""))
    return person.name if person else roles.get(getattr(thing, "recipient_id", ""), _("An office"))


def line(
    thing: Any,
    cases: Mapping[Any, Case],
    people: Mapping[str, User],
    pauses: Mapping[str, Pause],
    offices: Mapping[str, Office],
) -> dict[str, Any]:
    """One line, with what can be pressed in it."""
    person, case = people.get(person_id(thing)), cases.get(thing.case_id)
    found = {
        "case": case,
        "case_href": cards.file_url(case) if case else "",
        "to": to_whom(thing, people, offices),
        "person": person,
        "has_name": person is not None or getattr(thing, "recipient_id", "") in offices,
        "phone": phones.shown(person.phone) if person else "",
        "phone_href": phones.href(person.phone) if person else "",
        # A patient's or helper's address is put right here; staff's is their own and their administrator's.
        "can_be_fixed": person is not None and not person.role and thing.case_id in cases,
    }
    if isinstance(thing, Mute):
        return found | _mute(thing)
    if isinstance(thing, Reminder):
        return found | _row(thing, pauses.get(person_id(thing)))
    return found | _message(thing)


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


def _row(row: Reminder, pause: Pause | None) -> dict[str, Any]:
    if row.settled_as == Outcome.PASSED:
        result = {"label": _("Not sent in time"), "kind": "warn", "icon": "alert"}
    elif row.settled_at or (pause and row.message_class != kinds.ANSWER):
        result = {"label": pause_words(pause), "kind": "", "icon": "pause"}
    else:
        result = {"label": _("Coming up"), "kind": "", "icon": "clock"}
    return {
        "at": row.settled_at or row.due_at,
        "about": _labels([row.kind]),
        "by": "",
        "can_be_muted": None if row.settled_at else _mutable(row),
        "can_be_fixed": False,
        "result": result,
    }


def pause_words(pause: Pause | None) -> str:
    """That the reader rests, and until when."""
    if pause is None:
        return _("Paused by them")
    return (
        _("Paused by them until %(day)s") % {"day": when.short_day(pause.until)}
        if pause.until
        else (_("Paused by them until they say so"))
    )


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
        "who": delivery.sent_by.name if delivery.sent_by else "",
        "result": _result(delivery),
        "can_try_again": bool(delivery.failed_at),
        "can_go_again": bool(delivery.sent_at) and not is_call and bool(rows),
        "can_be_taken_back": _is_posted(delivery) and any(row.useful_until > clock.now() for row in rows),
        "can_be_muted": _mutable(rows[0]) if rows else None,
        "is_again": delivery.again_of_id is not None,
        "can_be_said": not delivery.sent_at and not delivery.withdrawn_at and (is_call or bool(delivery.failures)),
    }


def _is_posted(delivery: Delivery) -> bool:
    return delivery.channel == Delivery.Channel.LETTER and bool(delivery.sent_at) and not delivery.reply


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
