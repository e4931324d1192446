"""Asking a second reader, and what she writes. She changes nothing of the reader's, and shares nothing."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from cases.case.models import Case, SecondReader
from cases.case.second import actions as second_actions
from cases.case.second.actions import must_read_along
from cases.reviews.colleague.models import SecondNote
from cases.reviews.models import Review
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record

MOST_NOTES = 100


@transaction.atomic
def ask(review: Review, to: User, *, question: str, why: str, until_on: dt.date, by: Actor) -> SecondReader:
    """The one who reads the plan asks a colleague, nobody else. Raises Refused for others, also of its case."""
    Case.objects.select_for_update(of=("self",)).get(pk=review.case_id)  # before the review, as whoever hands it over
    if Review.objects.select_for_update(of=("self",)).get(pk=review.pk).reader_id != by.id:
        raise Refused(_("Only the one who reads this plan asks a colleague."), code="role")
    return second_actions.ask(review.case, to, question=question, why=why, until_on=until_on, by=by)


def look(second: SecondReader, *, verb: str = "second.looked", by: Actor) -> None:
    """Each opening is a line that the patient reads."""
    why = "reading_along" if verb == "second.looked" else ""
    record(by, verb, second, patient=second.case.patient_id, case=second.case_id, why=why)


@transaction.atomic
def add_note(second: SecondReader, review: Review, *, page: int | None, words: str, by: Actor) -> SecondNote:
    """A remark on a page of the plan, or on the whole. The same words on the same page twice are one."""
    second = must_read_along(second, by=by)
    if page is not None and not 1 <= page <= review.pages:
        raise Refused(_("Choose a page of this plan."), code="page")
    if not words.strip():
        raise Refused(_("Write the note first."), code="words")
    there = list(SecondNote.objects.filter(second=second).select_related("second__case__key").order_by("-written_at"))
    if there and (there[0].page, there[0].text) == (page, words.strip()):
        return there[0]
    if len(there) >= MOST_NOTES:
        raise Refused(_("These are many notes. Put the rest into your answer."), code="words")
    note = SecondNote(second=second, page=page, written_at=clock.now())
    note.text = words.strip()
    note.save(force_insert=True)
    record(by, "second.noted", second, patient=second.case.patient_id, case=second.case_id)
    return note


@transaction.atomic
def remove_note(note: SecondNote, *, by: Actor) -> None:
    """Take one of her notes away, while she reads along."""
    second = must_read_along(note.second, by=by)
    record(by, "second.note_removed", second, patient=second.case.patient_id, case=second.case_id)
    SecondNote.objects.filter(pk=note.pk).delete()
