"""What a call's page says once the call is over: to its consultant the form, to the others what came of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.models import Consultation
from cases.case import hands, plain
from cases.case.models import Case, ToDo
from cases.case.people import CONSULTANT, may, role_in
from cases.opinions.questions import showing
from cases.opinions.questions.models import Question
from cases.reviews.after import by_phone, rules
from cases.reviews.after.actions import PASSED_ON, PROMISED, complete_reviews, place_of, to_dos
from cases.reviews.after.forms import PLACES, AfterForm
from cases.reviews.after.models import Outcome
from cases.reviews.doctor_note.models import DoctorNote
from cases.reviews.reading_level import AFTER_CALL as DRAFT
from portal import clock, when
from portal.accounts import drafts
from portal.beside import lists

HISTORY_SHOWN = 10
WITH_NOTE = {Consultation.State.BOOKED, Consultation.State.COMPLETED}  # a call of which a note can tell


@dataclass(frozen=True)
class Asked:
    """One question and what became of it: where it was answered, "" while it is open."""

    text: str
    where: str
    href: str


def part(call: Consultation, request: HttpRequest) -> dict[str, Any] | None:
    """For the call's page, once the call has begun."""
    if call.state == Consultation.State.CANCELLED or call.starts_at > clock.now():
        return None
    return of_call(call, request)


def of_call(call: Consultation, request: HttpRequest, form: AfterForm | None = None) -> dict[str, Any] | None:
    user: Any = request.user
    role = role_in(call.case, user)
    is_consultant, is_staff = role == CONSULTANT, bool(user.role) and user.pk != call.patient_id
    rows = lists(
        call,
        saved=Outcome.objects.of_call(call).select_related("saved_by")[:HISTORY_SHOWN],
        todos=to_dos(call.case),
        complete=complete_reviews(call),
        notes=DoctorNote.objects.filter(call=call),
        to_read=ToDo.objects.open().filter(kind=hands.READ_OUTCOME, about_id=str(call.case_id)),
    )
    saved = rows["saved"]
    for each in saved:
        each.call = call
    last = saved[0] if saved else None
    note = next(iter(rows["notes"]), None) if may("read_summary", call.case, user) else None
    if last is None and not is_consultant and note is None:
        return None
    sees_words = may("see_questions", call.case, user)
    is_voice = bool(rows["to_read"]) and is_staff and may("speak_for", call.case, user)
    others = [each for each in by_phone.unheard(call.case) if each.call_id != call.pk] if is_voice else []
    asked = _asked_in(call, others, user) if sees_words else {call.pk: []}
    found: dict[str, Any] = {
        "template": "reviews/_after.html",
        "call": call,
        "last": last,
        "note": note,
        "may_write_note": is_consultant and call.state in WITH_NOTE and not (note and note.sent_at),
        "is_staff": is_staff,
        "is_patient": call.patient_id == user.pk,
        "sees_words": sees_words,
        "went": _went(last, call) if last else "",
        "asked": [_asked(each, call) for each in asked[call.pk]],
        "next": _next(call, last, rows["todos"]) if last and sees_words else None,
        "may_book": may("book", call.case, user) and not is_consultant,
        "history": saved if is_staff else [],
    }
    if is_voice:
        found["to_read"] = rows["to_read"][0]
        found["to_read_until"] = rows["to_read"][0].asked_at.isoformat()
        found["to_read_too"] = _told(others, asked, rows["todos"])
    if is_consultant:
        found["closed"] = rules.why_not_save(
            state=call.state, has_begun=True, was_saved=last is not None, is_complete=bool(rows["complete"])
        )
        if not found["closed"]:
            kept = None if form else drafts.kept(user, DRAFT, call)
            form = form or AfterForm(call, asked[call.pk], last, kept=kept)
            said = str(form["follow_words"].value() or "")
            found |= {"form": form, "draft": DRAFT, "hint": plain.to_patient(call.case, said, user)}
    return found


def told(case: Case, outcomes: Sequence[Outcome], user: Any) -> list[dict[str, Any]]:
    """What came of calls in the words for the patient, as far as `user` may read: how each went, what was asked, and
    what is next. Three queries, however many they are.
    """
    if not outcomes:
        return []
    asked = showing.of_calls(case, [each.call for each in outcomes], user, clock.now())
    return _told(outcomes, asked, list(to_dos(case)))


def _asked_in(call: Consultation, others: Sequence[Outcome], user: Any) -> dict[UUID, list[Question]]:
    """The questions of the call whose page this is, and of those that stand with it."""
    now = clock.now()
    if not others:
        return {call.pk: showing.of_call(call.case, call, user, now)}
    return showing.of_calls(call.case, [call, *(each.call for each in others)], user, now)


def _told(
    outcomes: Iterable[Outcome], asked: Mapping[UUID, Sequence[Question]], todos: Sequence[ToDo]
) -> list[dict[str, Any]]:
    return [
        {
            "call": last.call,
            "went": _went(last, last.call),
            "asked": [_asked(each, last.call) for each in asked[last.call_id]],
            "next": _next(last.call, last, todos),
        }
        for last in outcomes
    ]


def _went(last: Outcome, call: Consultation) -> str:
    """How it went, said to the patient."""
    name = {"name": call.consultant.first_name}
    if last.went == Outcome.Went.TOOK_PLACE:
        return _("You talked with %(name)s.") % name
    why = {
        Outcome.Why.NOT_THERE: _("We could not reach you. That happens, and nobody has done anything wrong."),
        Outcome.Why.NOT_WELL: _("You did not feel up to it. That is reason enough."),
        Outcome.Why.TECHNICAL: _("The line did not work."),
        Outcome.Why.OURS: _("%(name)s could not be there. We are sorry.") % name,
        Outcome.Why.OTHER: "",
    }[Outcome.Why(last.why)]
    cut = _("Your talk with %(name)s was cut short.") % name
    did_not = _("The call did not take place.")
    return " ".join(filter(None, (cut if last.went == Outcome.Went.CUT_SHORT else did_not, why)))


def _asked(question: Question, call: Consultation) -> Asked:
    place = place_of(question, call)
    if place == rules.OPEN:
        return Asked(question.text, "", "")
    hrefs = {
        rules.SUMMARY: reverse("reviews:summary", args=[call.case_id]),
        rules.MESSAGE: reverse("threads:thread", args=[call.case_id]),
    }
    return Asked(question.text, str(dict(PLACES).get(place, "")), hrefs.get(place, ""))


def _next(call: Consultation, last: Outcome, todos: Iterable[ToDo]) -> dict[str, Any]:
    """What comes next, in plain words, and whether what was promised is done."""
    name = {"name": call.consultant.first_name}
    todo = _promised(todos, last)
    done = when.month_day(todo.done_at) if todo and todo.done_at and todo.done_by_id else ""
    said = {
        Outcome.Follows.NOTHING: _("Nothing more comes of this call. You can book another one whenever you like."),
        Outcome.Follows.TALK: _("%(name)s offers you another talk. You choose when, or not at all.") % name,
        Outcome.Follows.TO_DO: _("%(name)s does this by %(day)s:")
        % {**name, "day": when.day(last.due_on) if last.due_on else ""},
        Outcome.Follows.COORDINATOR: _("%(name)s passed this question to our coordinator:") % name,
    }[Outcome.Follows(last.follows)]
    return {
        "said": said,
        "words": last.follow_words,
        "done": _("Done on %(day)s.") % {"day": done} if done else "",
        "is_open": todo is not None and todo.done_at is None and todo.kind == PROMISED,
        "offers_talk": last.follows == Outcome.Follows.TALK,
    }


def _promised(todos: Iterable[ToDo], last: Outcome) -> ToDo | None:
    kind = {Outcome.Follows.TO_DO: PROMISED, Outcome.Follows.COORDINATOR: PASSED_ON}.get(Outcome.Follows(last.follows))
    own = (todo for todo in todos if todo.about_id == str(last.call_id))
    found = [todo for todo in own if todo.kind == kind and todo.asked_at >= last.call.starts_at]
    return max(found, key=lambda todo: todo.asked_at, default=None)
