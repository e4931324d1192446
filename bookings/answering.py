"""What a form says of each booked call that a change would leave outside: keep, move, cancel, and a note."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

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


def say_how_hard(request: HttpRequest) -> None:
    """To whoever answered, once it is saved: which notes that patients read now are harder than they should be."""
    said = answers_of(request).items()
    sent = {pk: note for pk, (answer, note) in said if answer in (MOVE, CANCEL) and note.strip()}
    known = Consultation.objects.visible_to(request.user).filter(pk__in=sent).select_related("case", "patient")
    for call in known if sent else ():
        call.case.patient = call.patient
        if hint := plain.too_hard(call.case, sent[call.pk], request.user):  # type: ignore[arg-type]
            messages.info(
                request, _("The note to %(name)s: %(hint)s") % {"name": call.patient.first_name, "hint": hint}
            )
