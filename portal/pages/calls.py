"""Logging a call in three presses: the call, what came of it, what follows."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cases.case import offices
from cases.case.actions import WORRY
from cases.case.calls import WORDS_AT_MOST, CameOf, Follows, Whom, next_call_on, why_not_came_of
from cases.case.hands import TO_READ
from cases.case.models import Case, CaseClinician, Office, ToDo
from cases.case.people import COORDINATOR
from cases.records.models import RecordItem, ReportLoop, Visit
from cases.records.planning import ASK_OFFICE
from cases.records.report.loop import ON_ITS_WAY
from cases.records.report.planning import ASK_REPORT
from cases.records.rules import ITEM_MOVES, NEEDS_A_REASON, REPORT_MOVES
from portal import clock, moves, when
from portal.access import find_or_404, open_to
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.pages import actions, cards, todos
from portal.reminders import by_hand, emails, kinds, letters
from portal.reminders.models import Delivery
from portal.reminders.readers import reader_of

OUTCOMES = {
    CameOf.REACHED: (gettext_lazy("We talked"), "check"),
    CameOf.LEFT_MESSAGE: (gettext_lazy("I left a message"), "chat"),
    CameOf.NO_ANSWER: (gettext_lazy("No answer"), "phone"),
    CameOf.WRONG_NUMBER: (gettext_lazy("Wrong number"), "x"),
}
HEARD = {
    "sent": gettext_lazy("They have sent it"),
    "acknowledged": gettext_lazy("They are working on it"),
    "asked": gettext_lazy("I asked for it"),
    "asked_again": gettext_lazy("I asked again"),
    "arrived": gettext_lazy("The second doctor has it"),
    "not_located": gettext_lazy("They cannot find it"),
}
# What an office says of the report: the second one, or the one that should have it.
HEARD_OF_REPORT = {
    "announced": gettext_lazy("They have sent it, or send it today"),
    "asked": gettext_lazy("I asked for it"),
    "asked_again": gettext_lazy("I asked again"),
    "confirmed": gettext_lazy("The primary doctor has it"),
    "not_there": gettext_lazy("It is not there"),
}


@dataclass(frozen=True)
class Subject:
    """What a call is about: a case, the to-do it came from, the record or report that an office is asked of, a message
    to say.
    """

    case: Case
    todo: ToDo | None = None
    item: RecordItem | None = None
    asked_office: Office | None = None  # of a visit or a report
    message: Delivery | None = None
    report: ReportLoop | None = None

    @property
    def whom(self) -> str:
        is_office = self.item is not None or (self.todo is not None and self.todo.kind in todos.TO_OFFICES)
        return Whom.OFFICE if is_office else Whom.PATIENT

    @property
    def office(self) -> Office | None:
        if self.item is None:
            return self.asked_office
        return self.item.visit.office if self.item.state == RecordItem.State.SENT else self.item.holder

    @property
    def called(self) -> str:
        """Whom we ring, by name."""
        if self.whom == Whom.PATIENT:
            return self.case.patient.first_name
        return self.office.name if self.office else _("the office")

    def query(self, **more: str) -> str:
        parts = {"todo": self.todo, "item": self.item, "message": self.message}
        parts = {name: str(row.pk) for name, row in parts.items() if row} | more
        return "?" + urlencode({key: value for key, value in parts.items() if value})


@open_to(User.Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def log_call(request: HttpRequest, pk: str) -> HttpResponse:
    """What came of the call; then what follows, and it is written down."""
    cases = Case.objects.visible_to(request.user).select_related("patient", "key")
    subject = _subject(request, find_or_404(cases, pk=pk))
    if request.method == "POST":
        return _save(request, subject)
    came_of = request.GET.get("came_of", "")
    if came_of and why_not_came_of(came_of, subject.whom, subject.case.patient):
        came_of = ""
    return render(request, "pages/log_call.html", _context(request, subject, came_of, str(uuid4())))


def _subject(request: HttpRequest, case: Case) -> Subject:
    """The address names the to-do, the record and the message; all must be of this case and its patient."""
    todo = item = message = None
    if request.GET.get("message"):
        hers = Delivery.objects.visible_to(request.user).filter(recipient_id=str(case.patient_id))
        message = find_or_404(hers, pk=_id(request.GET["message"]))
    if request.GET.get("todo"):
        open_ones = ToDo.objects.visible_to(request.user).filter(case=case)
        todo = find_or_404(open_ones, pk=_id(request.GET["todo"]))
    about = todo.about_id if todo and todo.about_type == "records.recorditem" else request.GET.get("item", "")
    if about:
        parts = ("kind", "holder", "visit__office", "visit__case__key", "visit__case__patient")
        own = RecordItem.objects.visible_to(request.user).filter(visit__case=case).select_related(*parts)
        item = find_or_404(own, pk=_id(about))
    report = _report_of(todo) if todo and todo.kind == ASK_REPORT else None
    return Subject(case, todo, item, _office_of(todo, report) if todo else None, message, report)


def _report_of(todo: ToDo) -> ReportLoop | None:
    return ReportLoop.objects.filter(pk=todo.about_id).select_related("visit__office", "visit__case").first()


def _office_of(todo: ToDo, loop: ReportLoop | None) -> Office | None:
    """Whom a to-do about a visit or its report asks: the second office, or the primary doctor's for what left it."""
    if todo.kind == ASK_OFFICE:
        visit = Visit.objects.filter(pk=todo.about_id).select_related("office").first()
        return visit.office if visit else None
    if loop and loop.state in ON_ITS_WAY:
        found = offices.doctor(loop.visit.case, CaseClinician.Role.PRIMARY)
        return found.clinician.office if found else None
    return loop.visit.office if loop else None


def _id(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError:
        raise Http404 from None


def _save(request: HttpRequest, subject: Subject) -> HttpResponse:
    said = {name: request.POST.get(name, "") for name in ("came_of", "follows", "words", "press")}
    try:
        press = UUID(said["press"])
    except ValueError:
        press = uuid4()
    try:
        call = actions.log_call(
            subject.case,
            press=press,
            whom=subject.whom,
            came_of=said["came_of"],
            todo=subject.todo,
            item=subject.item,
            report=subject.report,
            message=subject.message,
            follows=said["follows"],
            words=said["words"],
            by=Actor.of(request),
        )
    except Refused as no:
        came_of = "" if why_not_came_of(said["came_of"], subject.whom, subject.case.patient) else said["came_of"]
        context = _context(request, subject, came_of, str(press)) | {"words": said["words"], "also": [no.message]}
        return render(request, "pages/log_call.html", context, status=409 if no.code == "state" else 422)
    messages.success(request, _saved_words(call.again_on))
    return redirect(_back(request, subject))


def _saved_words(again_on: Any) -> str:
    if again_on:
        return _("Written down. It is back on your list on %(day)s.") % {"day": when.day(again_on)}
    return _("Written down.")


def _back(request: HttpRequest, subject: Subject) -> str:
    """Where the first press was made; from a worry to its page, where somebody says what was done."""
    if subject.todo and subject.todo.kind == WORRY:
        return reverse("pages:worry", args=[subject.case.pk])
    return cards.file_url(subject.case) if request.GET.get("back") == "file" else reverse("pages:caseload")


def _context(request: HttpRequest, subject: Subject, came_of: str, press: str) -> dict[str, Any]:
    patient = subject.case.patient
    back = {"back": "file"} if request.GET.get("back") == "file" else {}
    return {
        "case": subject.case,
        "subject": subject,
        "about": subject.item.kind.called if subject.item else _("the report") if subject.report else "",
        "call": todos.call_button(subject.office, patient if subject.whom == Whom.PATIENT else None),
        "is_worry": subject.todo is not None and subject.todo.kind == WORRY,
        "reach": todos.reach(patient) if subject.whom == Whom.PATIENT else todos.reach_office(subject.office),
        "to_say": _to_say(subject),
        "read_at": todos.place_of(subject.todo, subject.case) if subject.todo and subject.todo.kind in TO_READ else "",
        "came_of": came_of,
        "came_of_words": OUTCOMES[CameOf(came_of)][0] if came_of else "",
        "outcomes": [
            {"label": label, "icon": icon, "href": subject.query(came_of=code, **back)}
            for code, (label, icon) in OUTCOMES.items()
            if not why_not_came_of(code, subject.whom, patient)
        ],
        "no_messages": subject.whom == Whom.PATIENT and not patient.may_leave_message,
        "choices": _choices(subject, came_of) if came_of else [],
        "here": subject.query(**back),
        "first_step": subject.query(**back),
        "back_href": _back(request, subject),
        "press": press,
        "words_at_most": WORDS_AT_MOST,
    }


def _to_say(subject: Subject) -> list[dict[str, str]]:
    """The words of the message, in the coordinator's language and on the patient's clock."""
    message, now = subject.message, clock.now()
    reader = reader_of(message.recipient, now) if message else None
    if message is None or reader is None:
        return []
    with timezone.override(reader.zone):
        return letters.things(by_hand.due_rows(message, now), reader, now, emails.House())


def _answers(message: Delivery | None) -> list[dict[str, Any]]:
    """What can be answered to its question, where it asks one."""
    held = by_hand.due_rows(message, clock.now()) if message else []
    kind = kinds.known(held[0].kind) if held else None
    if kind is None or kind.answer is None:
        return []
    return [
        {"value": "said_done", "label": _("They say: done"), "icon": "check", "hint": ""},
        {"value": "said_not_yet", "label": _("They say: not yet"), "icon": "clock", "hint": ""},
    ]


def _choices(subject: Subject, came_of: str) -> list[dict[str, str]]:
    """What can follow: the record's next words where an office was reached, then done or again."""
    done = {"value": Follows.DONE, "label": _("Done, nothing more to do"), "icon": "check", "hint": ""}
    day = {"day": when.day(next_call_on())}
    again = {"value": Follows.AGAIN, "label": _("Call again"), "icon": "clock", "hint": _("On %(day)s") % day}
    if subject.message and came_of not in actions.TOLD:
        return [again]
    if subject.todo and subject.todo.kind in TO_READ:
        return [again]
    if came_of != CameOf.REACHED:
        return [again, done]
    heard = _answers(subject.message)
    if subject.item:
        allowed = moves.allowed(ITEM_MOVES, subject.item.state, COORDINATOR)
        heard = [
            {
                "value": verb,
                "label": str(HEARD[verb]),
                "icon": "file",
                "hint": _("Say below what they told you.") if verb in NEEDS_A_REASON else "",
            }
            for verb in actions.WORDS_HEARD
            if verb in allowed
        ]
    if subject.report:
        verbs = actions.WORDS_OF_PRIMARY if subject.report.state in ON_ITS_WAY else actions.WORDS_OF_SECOND
        allowed = moves.allowed(REPORT_MOVES, subject.report.state, COORDINATOR)
        heard = [
            {"value": verb, "label": str(HEARD_OF_REPORT[verb]), "icon": "file", "hint": ""}
            for verb in verbs
            if verb in allowed
        ]
    return [*heard, done, again]
