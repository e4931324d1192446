"""What is new in the cases, for one of the team: read from the record, marked as read by each person."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import BooleanField, CharField, Exists, F, Func, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from cases.case.models import Case, NewsMark, ToDo
from cases.case.news import ONE_BY_ONE
from cases.case.people import cases_where
from cases.documents.models import Version
from cases.opinions.questions.models import Question
from cases.threads.answering import ANSWER
from cases.threads.models import Message, ReadMark
from portal import clock, when
from portal.access import open_to
from portal.accounts.models import User
from portal.history.models import NEWS, Event
from portal.pages import todos

SHOWN = 50
COUNTED = 99
KEPT = dt.timedelta(days=30)  # older news is no news
LONGEST_ID = 18
STAFF = (User.Role.CONSULTANT, User.Role.COORDINATOR)

# verb → (words, page of the case)
WORDS = {
    "message.sent": (gettext_lazy("A new message"), "threads:thread"),
    "question.added": (gettext_lazy("A new question"), "opinions:questions"),
    "document.added": (gettext_lazy("A file was added"), "documents:list"),
    "consultation.booked": (gettext_lazy("A call was booked"), ""),
    "consultation.moved": (gettext_lazy("A call was moved"), ""),
    "consultation.cancelled": (gettext_lazy("A call was canceled"), ""),
    "report.announced": (gettext_lazy("The report was sent"), "records:report"),
    "report.received": (gettext_lazy("The report is there"), "records:report"),
    "report.confirmed": (gettext_lazy("The primary doctor has the report"), "records:report"),
    "report.not_there": (gettext_lazy("The report is not there"), "records:report"),
}

# What a person may know of some of a case only: a private question, a file for the patient alone.
GUARDED: dict[str, Any] = {"question.added": Question, "document.added": Version}


def unread(user: Any) -> QuerySet[Event]:
    """What others did in the cases that this person reads the messages of, and is not marked as read. One query."""
    may_know = ~Q(verb__in=[*GUARDED, "message.sent"])
    upto = ReadMark.objects.filter(case=OuterRef("case"), person=user.pk).values("upto")
    unread_ones = Message.objects.filter(number__gt=Coalesce(Subquery(upto), 0))
    seen_by = {verb: model.objects.visible_to(user) for verb, model in GUARDED.items()}
    for verb, rows in (seen_by | {"message.sent": unread_ones}).items():
        seen = rows.annotate(own=Cast("pk", CharField()))
        may_know |= Q(Q(verb=verb), Exists(seen.filter(own=OuterRef("about_id"))))
    mark = NewsMark.objects.filter(person=user.pk)
    one_by_one = mark.annotate(is_read=_Among(OuterRef("pk"), F("read"))).filter(is_read=True)
    found = Event.objects.filter(verb__in=NEWS, at__gt=clock.now() - KEPT)
    found = found.filter(pk__gt=Coalesce(Subquery(mark.values("upto")), 0))
    found = found.filter(may_know, ~Exists(one_by_one), case_id__in=cases_where(user, "note_messages").values("pk"))
    return found.exclude(actor_id=user.pk)


class _Among(Func):
    """Whether a number stands in a list of numbers."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = BooleanField()


def waits(user: User) -> int:
    """For the daily note: what is new, and what this very person was asked to do; it counts messages by itself."""
    new = unread(user).exclude(verb="message.sent")[:COUNTED].count()
    return new + _asked(user).exclude(kind=ANSWER).count()


def _asked(user: Any) -> QuerySet[ToDo]:
    return ToDo.objects.open().visible_to(user).filter(for_user=user.pk)


@open_to(*STAFF)
@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """What was asked of oneself, and what is new; the newest on top."""
    found = list(unread(request.user).order_by("-pk")[: SHOWN + 1])
    asked = _asked(request.user).select_related("case__patient").order_by("due_on", "asked_at")
    context = {
        "rows": _rows(found[:SHOWN], request.user),
        "has_more": len(found) > SHOWN,
        "newest": found[0].pk if found else 0,
        "asked": [_to_do(todo) for todo in asked[:SHOWN]],
    }
    return render(request, "pages/news.html", context)


def _to_do(todo: ToDo) -> dict[str, Any]:
    label, tag, _icon = todos.KINDS.get(todo.kind, todos.PLAIN)
    return {
        "title": todo.case.patient.name if todo.case else _("Our own house"),
        "href": _page_of(todo),
        "hint": _("By %(day)s") % {"day": when.day(todo.due_on)},
        "tag": {"label": label, "kind": tag},
    }


def _page_of(todo: ToDo) -> str:
    """What was asked of a consultant: an answer in a thread, or one to a summary."""
    page = todos.page_of(todo)
    return page or (reverse("threads:thread", args=[todo.case_id]) if todo.case_id else "")


def _rows(events: list[Event], user: Any) -> list[dict[str, Any]]:
    """One row for what one person did in one case on one day, however often."""
    cases = Case.objects.visible_to(user).select_related("patient").in_bulk({event.case_id for event in events})
    people = User.objects.in_bulk({event.actor_id for event in events if event.actor_kind in {"user", "answer"}})
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for event in events:
        case = cases.get(event.case_id)
        if case is None:
            continue
        label, page = WORDS[event.verb]
        key = (event.case_id, event.verb, event.actor_id, when.as_date(event.at))
        row = rows.setdefault(key, {"ids": [], "what": label, "at": event.at, "name": case.patient.name})
        row["ids"].append(str(event.pk))
        who = people.get(event.actor_id)
        row["who"] = who.name if who else ""
        row["href"] = reverse(page, args=[case.pk]) if page else reverse("bookings:detail", args=[event.about_id])
    return list(rows.values())


@open_to(*STAFF)
@require_POST
def read_news(request: HttpRequest) -> HttpResponse:
    """Mark some lines as read, or all that the page had shown."""
    upto = _number(request.POST.get("upto", ""))
    ids = {_number(each) for each in request.POST.get("ids", "").split(",")} - {0}
    if upto or ids:
        mark_read(request.user, upto=upto, ids=ids)
        messages.success(request, _("Marked as read."))
    return redirect("pages:news")


@transaction.atomic
def mark_read(user: Any, *, upto: int = 0, ids: set[int] = frozenset()) -> NewsMark:  # type: ignore[assignment]
    """Keep it; only lines that this person may know count. Twice is once, and a mark never goes back."""
    now = clock.now()
    NewsMark.objects.get_or_create(person=user, defaults={"read_at": now})
    mark = NewsMark.objects.select_for_update().get(person=user)
    known = set(unread(user).filter(Q(pk__in=ids) | Q(pk__lte=upto)).values_list("pk", flat=True))
    if upto:
        mark.upto = max(mark.upto, max((pk for pk in known if pk <= upto), default=0))
    read = {pk for pk in [*mark.read, *(known & ids)] if pk > mark.upto}
    mark.read, mark.read_at = sorted(read)[-ONE_BY_ONE:], now
    mark.save(update_fields=["upto", "read", "read_at"])
    return mark


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= LONGEST_ID else 0
