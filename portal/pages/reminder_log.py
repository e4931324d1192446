"""The coordinators' log of messages: when, about which case, to whom, about what, what came of it; again, mute, fix."""

import datetime as dt
from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.case.models import Case
from portal import clock
from portal.access import open_to
from portal.accounts.models import User
from portal.pages import log_rows
from portal.pages.log_form import LogForm
from portal.reminders import kinds, sender
from portal.reminders.models import Delivery, Mute, Outcome, Pause, RecipientType, Reminder

LINES_ON_A_PAGE = 25
COUNTED_AT_MOST = 1000  # what comes after them is not told apart, so that counting costs the same with any number
SHOWS = ("all", "coming", "failed", "passed", "calls", "paused", "muted")
PEOPLE_FOUND = 200
SHOWN_FOR = dt.timedelta(days=30)  # what was not sent in time, and what a rest held back


@open_to(User.Role.COORDINATOR)
@require_safe
def reminder_log(request: HttpRequest) -> HttpResponse:
    """What went out, what is coming, what failed, whom to call instead."""
    show = request.GET.get("show", "")
    show = show if show in SHOWS else "all"
    form = LogForm(request.GET or None)
    chosen = {name: said for name, said in form.chosen().items() if said}
    found = _narrowed(_found(request.user, show), form, request.user)
    page = Paginator(found, LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    things = list(page)
    cases = Case.objects.visible_to(request.user).select_related("patient")
    cases = cases.in_bulk({thing.case_id for thing in things if thing.case_id})
    people, offices = log_rows.people_of(things), log_rows.offices_of(things)
    pauses = {str(each.person_id): each for each in _pauses(request.user).filter(person__in=list(people))}
    context = {
        "lines": [log_rows.line(thing, cases, people, pauses, offices) for thing in things],
        "page": page,
        "show": show,
        "filters": form,
        "is_narrowed": bool(chosen),
        "kept": urlencode(chosen),
        "query": urlencode({"show": show} | chosen),
        "chips": _chips(request.user),
        "run": sender.last_run(),
    }
    return render(request, "pages/reminder_log.html", context)


def _found(user: Any, show: str) -> QuerySet[Any]:
    rows = {"coming": _coming, "passed": _passed, "paused": _paused, "muted": _muted}
    return rows[show](user) if show in rows else _messages(user, show)


def _narrowed(found: QuerySet[Any], form: LogForm, user: Any) -> QuerySet[Any]:
    """Only what fits the words, the subject and the day."""
    chosen = form.chosen()
    if chosen["find"]:
        found = found.filter(_named(found.model, chosen["find"], user))
    if codes := form.kinds_meant():
        is_message = found.model is Delivery
        rows = Reminder.objects.filter(delivery=OuterRef("pk"), kind__in=codes)
        found = found.filter(Exists(rows)) if is_message else found.filter(kind__in=codes)
    since = form.since_when()
    return found.filter(_at_or_after(found.model, since)) if since else found


def _named(model: type, words: str, user: Any) -> Q:
    """What goes to people of this name, or is about the case of this patient or reference."""
    words = words.replace("\0", "")
    named = User.objects.filter(name__icontains=words).values_list("pk", flat=True)[:PEOPLE_FOUND]
    people = [str(pk) for pk in named]
    letters = words.upper().replace(" ", "").removeprefix("RS")
    of_case = Q(patient__in=people) | Q(reference__istartswith=f"RS {letters[:3]} {letters[3:]}".strip())
    cases = list(Case.objects.visible_to(user).filter(of_case).values_list("pk", flat=True)[:PEOPLE_FOUND])
    return Q(case_id__in=cases) | (Q(person__in=people) if model is Mute else Q(recipient_id__in=people))


def _at_or_after(model: type, since: dt.datetime) -> Q:
    """By the time that stands on the line."""
    if model is Mute:
        return Q(muted_at__gte=since)
    if model is Delivery:
        return Q(created_at__gte=since) | Q(sent_at__gte=since) | Q(failed_at__gte=since)
    return Q(settled_at=None, due_at__gte=since) | Q(settled_at__gte=since)


def _muted(user: Any) -> QuerySet[Mute]:
    return Mute.objects.visible_to(user).at(clock.now()).order_by("-muted_at", "pk")


def _pauses(user: Any) -> QuerySet[Pause]:
    return Pause.objects.visible_to(user).at(clock.now())


def _coming(user: Any) -> QuerySet[Reminder]:
    return Reminder.objects.visible_to(user).coming().filter(delivery=None)


def _paused(user: Any) -> QuerySet[Reminder]:
    """What waits for somebody's rest to end, and what passed during it."""
    resting = _pauses(user).annotate(whose=Cast("person_id", CharField())).values("whose")
    waits = Q(settled_at=None, delivery=None, recipient_type=RecipientType.USER, recipient_id__in=resting)
    held = Q(settled_as=Outcome.PAUSED, settled_at__gte=clock.now() - SHOWN_FOR)
    found = Reminder.objects.visible_to(user).filter(held | (waits & ~Q(message_class=kinds.ANSWER)))
    return found.order_by("due_at", "pk")


def _passed(user: Any) -> QuerySet[Reminder]:
    """Rows whose time went by before they could go, newest first."""
    since = clock.now() - SHOWN_FOR
    found = Reminder.objects.visible_to(user).filter(settled_as=Outcome.PASSED, settled_at__gte=since)
    return found.order_by("-settled_at", "pk")


def _messages(user: Any, show: str) -> QuerySet[Delivery]:
    found = Delivery.objects.visible_to(user).select_related("sent_by").prefetch_related("rows")
    found = found.order_by("-created_at", "pk")
    if show == "failed":
        return found.failed()
    if show == "calls":
        return found.by_hand()
    return found


def _chips(user: Any) -> list[dict[str, Any]]:
    labels = {
        "all": _("All"),
        "coming": _("Coming up"),
        "failed": _("Failed"),
        "passed": _("Not in time"),
        "calls": _("By phone or post"),
        "paused": _("Paused"),
        "muted": _("Muted"),
    }
    counts = _counts({code: _found(user, code) for code in SHOWS if code != "all"})
    return [{"code": code, "label": label, "count": counts.get(code)} for code, label in labels.items()]


def _counts(found: dict[str, QuerySet[Any]]) -> dict[str, str]:
    """ "25", or "1000+" where there are more. One query."""
    first, *others = [
        rows.order_by().values_list(Value(code), flat=True)[: COUNTED_AT_MOST + 1] for code, rows in found.items()
    ]
    counted = Counter(first.union(*others, all=True))
    return {code: f"{COUNTED_AT_MOST}+" if counted[code] > COUNTED_AT_MOST else str(counted[code]) for code in found}
