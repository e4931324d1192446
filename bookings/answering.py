"""What a form says of each booked call that a change would leave outside: keep, move, cancel, and a note."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from bookings.availability_actions import CANCEL, KEEP, MOVE, Answers
from bookings.models import Consultation
from cases.case import plain

LONGEST = 500


def answers_of(request: HttpRequest) -> Answers:
    """What was chosen for each, and its note: answer-<uuid> = keep | move | cancel."""
    answers = {}
    for name, value in request.POST.items():
        if name.startswith("answer-"):
            try:
                call = UUID(name.removeprefix("answer-"))
            except ValueError:
                continue
            answers[call] = (str(value), request.POST.get(f"note-{call}", "")[:LONGEST])
    return answers


def rows_of(request: HttpRequest, calls: Iterable[Consultation]) -> list[dict[str, Any]]:
    """The calls to answer, each with what was said about it so far, and how hard its note is to read."""
    said = answers_of(request)
    rows = []
    for call in calls:
        answer, _note = said.get(call.pk, ("", ""))
        call.case.patient = call.patient
        note = request.POST.get(f"note-{call.pk}", "")[:LONGEST]
        hint = plain.to_patient(call.case, note, request.user)  # type: ignore[arg-type]
        is_known = answer in (KEEP, MOVE, CANCEL)
        rows.append({"call": call, "answer": answer if is_known else "", "note": note, "hint": hint})
    return rows
