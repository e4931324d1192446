"""Writing notes on pages of the plan, changing what they say and what they belong to, taking them off."""

from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cases.documents.models import Version
from cases.reviews.actions import locked, situation
from cases.reviews.her_questions import asked_of
from cases.reviews.models import Note, Review
from cases.reviews.notes import targets
from cases.reviews.rules import why_not
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record

# Where a place said in words is, in thousandths of the page: beside the text, at its right edge.
NEAR_THE_EDGE = 950
DOWN = {"top": 100, "middle": 500, "bottom": 900}


@transaction.atomic
def add_note(
    review: Review,
    *,
    page: int,
    place: str = "top",
    x: int | None = None,
    y: int | None = None,
    belongs: str = "",
    words: str,
    pk: UUID | None = None,
    by: Actor,
) -> Note:
    """A numbered remark on a page of the plan; staff's only. `page` is counted over the whole plan.

    It stands at the point (x, y) that was pointed at, else at the place named. `belongs` is a part or "checklist:goal",
    `pk` the id that the page gave the press: twice is once.
    """
    review = _open_for(review, by)
    if pk and (there := Note.objects.filter(pk=pk).first()):
        if there.review_id != review.pk:
            raise Refused(_("This cannot be done here."), code="input")
        return there
    version, own_page = _where(review, page)
    last = review.notes.aggregate(last=Max("number"))["last"] or 0
    note = Note(review=review, number=last + 1, version_id=version, page=own_page, written_at=clock.now())
    note.pk = pk or note.pk
    is_pointed_at = x is not None and y is not None
    note.x, note.y = (x, y) if is_pointed_at else (NEAR_THE_EDGE, DOWN[place])  # type: ignore[assignment]
    if not (0 <= note.x <= 1000 and 0 <= note.y <= 1000):
        raise Refused(_("Choose a place on the page."), code="page")
    _say(note, words, belongs, by)
    note.save(force_insert=True)
    _tell(by, "review.noted", note)
    return note


@transaction.atomic
def change_note(note: Note, *, words: str, belongs: str, seen: str, by: Actor) -> Note:
    """Other words, or another part that it belongs to. `seen` is its mark when it was shown: a second tab
    overwrites nothing. Raises Refused, then with code "changed", and with "gone" where it was removed meanwhile."""
    review = _open_for(note.review, by)
    stands = review.notes.select_for_update().filter(pk=note.pk).first()
    if stands is None:
        raise Refused(_("This note was removed meanwhile."), code="gone")
    note = stands
    note.review = review
    before = note.mark
    _say(note, words, belongs, by)
    if note.mark == before:
        return note
    if seen != before:
        raise Refused(_("This note was changed meanwhile. Look at it, then say it again."), code="changed")
    note.save(update_fields=["text", "part", "key"])
    _tell(by, "review.note_changed", note)
    return note


@transaction.atomic
def remove_note(note: Note, *, seen: str, by: Actor) -> None:
    """Take a note off its page, once. `seen` is its mark when it was shown: words that came since are not taken away.
    Raises Refused, then with code "changed"."""
    review = _open_for(note.review, by)
    stands = review.notes.select_for_update().filter(pk=note.pk).first()
    if stands is None:  # another press, at this moment
        return
    note = stands
    note.review = review
    if note.mark != seen:
        raise Refused(_("This note was changed meanwhile. Look at it, then say it again."), code="changed")
    _tell(by, "review.note_removed", note)
    note.delete()


def _open_for(review: Review, by: Actor) -> Review:
    """The review, locked. Raises Refused for who may not write in it now."""
    review = locked(review)
    if refusal := why_not("write", situation(review, by, clock.now())):
        raise Refused(refusal, code="write")
    return review


def _where(review: Review, page: int) -> tuple[UUID, int]:
    """The version and its page that are this page of the whole plan."""
    pages = dict(Version.objects.filter(pk__in=review.plan).values_list("pk", "pages"))
    left = page
    for pk in review.plan:
        if 1 <= left <= pages[pk]:
            return pk, left
        left -= pages[pk]
    raise Refused(_("Choose a page of this plan."), code="page")


def _say(note: Note, words: str, belongs: str, by: Actor) -> None:
    if not words.strip():
        raise Refused(_("Write the note first."), code="empty")
    asked = asked_of(note.review, by.user) if belongs.startswith(f"{Note.Part.ANSWERS}:") else ()
    if not targets.of_review(note.review, asked).is_known(belongs):
        raise Refused(_("Choose what the note belongs to."), code="input")
    part, _colon, key = belongs.partition(":")
    note.text, note.part, note.key = words.strip(), part, key


def _tell(by: Actor, verb: str, note: Note) -> None:
    record(by, verb, note, patient=note.review.case.patient_id, case=note.review.case_id)
