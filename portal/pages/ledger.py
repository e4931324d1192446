"""A person's reminders of one case: what is coming and why, what went out and what came of it, and a rest from it."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from cases.case.actions import CALL
from cases.case.models import Case, ToDo
from cases.case.people import HELPER, may, role_in
from portal import beside, clock
from portal.access import PERSON, find_or_404, open_to
from portal.actors import Actor
from portal.errors import Refused
from portal.pages import actions
from portal.pages.call_me import CallMeForm
from portal.reminders import emails, gathering, kinds, post, rules
from portal.reminders.forms import PauseForm
from portal.reminders.models import Delivery, Mute, Outcome, Pause, Reminder
from portal.reminders.readers import Reader, reader_for
from portal.reminders.together import Together

SHOWN = 50
TOLD = (Outcome.SENT, Outcome.ANSWERED, Outcome.NOT_NEEDED, Outcome.PASSED, Outcome.PAUSED, Outcome.MUTED)

HOW = {
    Delivery.Channel.MAIL: gettext_lazy("by email"),
    Delivery.Channel.TEXT: gettext_lazy("by text message"),
    Delivery.Channel.LETTER: gettext_lazy("by letter"),
    Delivery.Channel.CALL: gettext_lazy("by phone"),
}
WAYS = {
    Delivery.Channel.MAIL: gettext_lazy("Email"),
    Delivery.Channel.TEXT: gettext_lazy("Text message"),
    Delivery.Channel.LETTER: gettext_lazy("A letter by mail"),
    Delivery.Channel.CALL: gettext_lazy("A call from us"),
}


@open_to(PERSON)
@require_safe
def ledger(request: HttpRequest, pk: str) -> HttpResponse:
    """Coming and sent, each with why and how; done, later, pause, please call me."""
    case: Case = find_or_404(Case.objects.visible_to(request.user).select_related("patient"), pk=pk)
    return shown(request, case)


def shown(request: HttpRequest, case: Case, *, call_form: CallMeForm | None = None, status: int = 200) -> HttpResponse:
    """The page; with the form of "please call me" as it was sent where something is to be mended."""
    if not may("see_reminders", case, request.user):
        raise Http404
    person: Any = request.user if role_in(case, request.user) == HELPER else case.patient
    now = clock.now()
    rows = Reminder.objects.visible_to(request.user).to_person(person).filter(case_id=case.pk)
    found = beside.lists(
        case,
        pauses=Pause.objects.visible_to(person).at(now).filter(person=person)[:1],
        mutes=Mute.objects.visible_to(person).at(now).filter(person=person).order_by("muted_at", "pk"),
        coming=rows.coming().select_related("delivery"),
        told=told(rows),
        calls=_calls_open(case, request.user)[:1],
    )
    running, mutes = next(iter(found["pauses"]), None), found["mutes"]
    reader = reader_for(person, is_paused=running is not None)
    context = {
        "case": case,
        "person": person,
        "is_own": person == request.user,
        "coming": coming(found["coming"], reader, running, mutes, now),
        "held_back": _held_back(mutes, case),
        "sent": [sent_line(row) for row in found["told"]],
        "running": running,
        "sets_friday_note": bool(person.email) and may("set_friday_note", case, request.user),
        "pause_form": PauseForm(now=now, zone=person.zone),
        "call_form": call_form or CallMeForm(),
        "form": call_form,  # its mistakes stand on top of the page
        **_reach(reader),
        "call_open": next(iter(found["calls"]), None),
    }
    return render(request, "pages/ledger.html", context, status=status)


def _calls_open(case: Case, reader: Any) -> QuerySet[ToDo]:
    """The call that was wished for, or the one of a near day that somebody chose a time for; a helper's is her own."""
    if role_in(case, reader) == HELPER:
        return ToDo.objects.open().filter(kind=actions.CALL_HELPER, about_id=str(reader.pk))
    is_wished = Q(kind=CALL) | (Q(kind__in=actions.CALLS_TO_COME) & ~Q(suits=""))
    return ToDo.objects.open().filter(is_wished, case=case).order_by("asked_at")


def _reach(reader: Reader | None) -> dict[str, Any]:
    """How messages come to a person, and whether a call is what remains when that fails."""
    channel = Delivery.Channel(reader.channel if reader else Delivery.Channel.CALL)
    return {"way": WAYS[channel], "may_fail": channel != Delivery.Channel.CALL}


@open_to(PERSON)
@require_POST
def friday_note(request: HttpRequest, pk: str) -> HttpResponse:
    """Switch one's own Friday note on or off."""
    case = find_or_404(Case.objects.visible_to(request.user).select_related("patient"), pk=pk)
    if not may("set_friday_note", case, request.user):
        raise Http404
    try:
        case = actions.set_friday_note(case, "friday_note" in request.POST, by=Actor.of(request))
    except Refused as no:
        messages.info(request, no.message)
        return redirect("pages:ledger", pk)
    said = _("You get the Friday note.") if case.wants_friday_note else _("We don’t send the Friday note any more.")
    messages.success(request, said)
    return redirect("pages:ledger", pk)


@open_to(PERSON)
@require_POST
def call_me(request: HttpRequest, pk: str) -> HttpResponse:
    """Ask for a person's call, once; pressing again changes only when it suits."""
    case = find_or_404(Case.objects.visible_to(request.user).select_related("patient"), pk=pk)
    form = CallMeForm(request.POST)
    if not form.is_valid():
        return shown(request, case, call_form=form, status=422)
    try:
        actions.ask_for_a_call(case, **form.cleaned_data, by=Actor.of(request))
        messages.success(request, _("We have it. One of us calls you."))
    except Refused as no:
        messages.info(request, no.message)
    return redirect(case)


def told(rows: Any) -> Any:
    """What went out or did not, newest first; beside each, all that went in its message."""
    together = beside.of(Reminder.objects.filter(delivery=OuterRef("delivery")))
    found = rows.filter(settled_as__in=TOLD).select_related("delivery").annotate(went_with=together)
    return found.order_by("-settled_at", "pk")[:SHOWN]


def coming(
    found: Sequence[Reminder], reader: Reader | None, running: Pause | None, mutes: Sequence[Mute], now: dt.datetime
) -> list[dict[str, Any]]:
    """The open rows that would go if things stay as they are, by the day they are expected."""
    if reader is None:
        return []
    Together(found)
    due, _not_due = gathering.judge(found, now)
    # What is held back stands in a list of its own.
    live = [row for row in found if row.pk in due and not any(mute.covers(row) for mute in mutes)]
    details = _details(live, reader, now)
    resumes_at = running.until if running else None
    if running and running.until is None:  # nobody knows when the rest ends: only what goes all the same is coming
        live = [row for row in live if rules.goes_at_once(row, max(now, row.due_at))]
    closed = post.closed(now) if reader.has_letters else None
    lines = [_coming_line(row, reader, details.get(row.pk, ""), resumes_at, now, closed) for row in live]
    return sorted((line for line in lines if line["at"]), key=lambda line: line["at"])


def _held_back(mutes: Iterable[Mute], case: Case) -> list[dict[str, Any]]:
    """What we hold back from a person in this case, and until when."""
    found = [(kinds.known(each.kind), each.until) for each in mutes if each.case_id in (None, case.pk)]
    return [{"label": kind.label, "until": until} for kind, until in found if kind]


def _details(rows: Sequence[Reminder], reader: Reader, now: dt.datetime) -> dict[Any, str]:
    return {pk: words.line for pk, words in emails.words_of(rows, reader, now).items()}


def _coming_line(
    row: Reminder,
    reader: Reader,
    detail: str,
    resumes_at: dt.datetime | None,
    now: dt.datetime,
    closed: frozenset[dt.date] | None,
) -> dict[str, Any]:
    kind = kinds.kind_of(row.kind)
    is_open = row.delivery is None
    at = rules.forecast(row, now, reader.zone, resumes_at, closed)
    return {
        "row": row,
        "at": at,
        "title": kind.label,
        "detail": detail,
        "why": kind.why(row),
        "how": post.channel_for([row], reader, at or now, closed or frozenset()),
        "can_be_done": kind.answer is not None,
        "can_wait": is_open and rules.later(row, now, reader.zone) is not None,
    }


def sent_line(row: Any) -> dict[str, Any]:
    """One line of what went out, or did not and why not."""
    kind = kinds.known(row.kind)
    return {
        "at": row.settled_at,
        "title": kind.label if kind else _("A reminder"),
        "why": kind.why(row) if kind else "",
        "how": _how(row),
        "result": _result(row),
    }


def _how(row: Reminder) -> str:
    if row.settled_as != Outcome.SENT or row.delivery is None:
        return ""
    return str(HOW[Delivery.Channel(row.delivery.channel)])


def _reply(row: Any) -> str:
    """What was answered; a message asks about the one thing that leads it."""
    if row.delivery is None or not row.delivery.reply:
        return ""
    if rules.leading(beside.read(Reminder.objects.all(), row.went_with))[0].pk != row.pk:
        return ""
    return row.delivery.reply


def _result(row: Reminder) -> dict[str, str]:
    reply = _reply(row)
    said = {
        Delivery.Reply.DONE: {"label": _("You said: done"), "kind": "ok", "icon": "check"},
        Delivery.Reply.NOT_YET: {"label": _("You said: not yet"), "kind": "info", "icon": "clock"},
        Delivery.Reply.CALL: {"label": _("You asked for a call"), "kind": "info", "icon": "phone"},
        Delivery.Reply.NOT_ME: {"label": _("Not for you, you said"), "kind": "warn", "icon": "alert"},
    }
    if row.settled_as == Outcome.SENT and reply:
        return said[Delivery.Reply(reply)]
    ways = {Delivery.Channel.LETTER: _("Posted"), Delivery.Channel.CALL: _("Said by phone")}
    went = ways.get(Delivery.Channel(row.delivery.channel), _("Sent")) if row.delivery else _("Sent")
    return {
        Outcome.SENT: {"label": went, "kind": "", "icon": "check"},
        Outcome.ANSWERED: {"label": _("You said: done"), "kind": "ok", "icon": "check"},
        Outcome.NOT_NEEDED: {"label": _("No longer needed"), "kind": "", "icon": "minus"},
        Outcome.PASSED: {"label": _("Not sent in time"), "kind": "warn", "icon": "alert"},
        Outcome.MUTED: {"label": _("Held back by us"), "kind": "", "icon": "pause"},
        Outcome.PAUSED: {"label": _("You were resting"), "kind": "", "icon": "pause"},
    }[Outcome(row.settled_as)]
