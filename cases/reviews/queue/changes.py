"""What happened in a case since its reader last had the plan open: verbs and how often, never any content."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy, ngettext_lazy

from cases.documents.models import Version
from cases.opinions.comparing.models import Point
from cases.opinions.questions.models import Question
from cases.reviews.models import Review
from cases.threads.models import Message
from portal.history.models import Event

LOOKED = "review.looked"
NOTED = "message.noted"  # of no case in the record: counted by the notes themselves


@dataclass(frozen=True)
class Line:
    """What is said of one or several verbs; with how often, where that says more."""

    words: Any
    verbs: tuple[str, ...]
    is_counted: bool = False


def _counted(one: Any, *verbs: str) -> Line:
    return Line(one, verbs, is_counted=True)


def _said(words: Any, *verbs: str) -> Line:
    return Line(words, verbs)


# In the order in which they are told: what changes the reading, what the patient said, what came of records and dates.
LINES = (
    _said(gettext_lazy("a new version of the plan came in"), "review.reopened", "review.renewed"),
    _said(gettext_lazy("what was asked of the patient was answered"), "asking.answered", "asking.not_there"),
    _said(gettext_lazy("the days to answer what was asked of the patient are over"), "asking.passed"),
    _counted(ngettext_lazy("%(count)d new file", "%(count)d new files", "count"), "document.added"),
    _counted(
        ngettext_lazy("%(count)d new message", "%(count)d new messages", "count"),
        "message.sent",
        "message.written_down",
    ),
    _counted(ngettext_lazy("%(count)d new note for the team", "%(count)d new notes for the team", "count"), NOTED),
    _counted(ngettext_lazy("%(count)d new question", "%(count)d new questions", "count"), "question.added"),
    _said(gettext_lazy("questions of the list were changed"), "question.changed", "question.ordered"),
    _said(gettext_lazy("a question was said to be answered"), "question.answered"),
    _said(gettext_lazy("what matters to the patient was shared with you"), "matters.shared"),
    _said(gettext_lazy("the patient said whether the summary is clear"), "summary.answered"),
    _said(gettext_lazy("a summary was taken back"), "summary.withdrawn"),
    _said(
        gettext_lazy("lines of the opinions were written or changed"),
        "opinions.added",
        "opinions.changed",
        "opinions.removed",
        "opinions.put_back",
    ),
    _said(
        gettext_lazy("the patient said what becomes of the note to the primary doctor"),
        "doctor_note.chosen",
        "doctor_note.kept",
    ),
    _said(gettext_lazy("the note to the primary doctor was sent"), "doctor_note.sent"),
    _said(gettext_lazy("the colleague who reads along wrote a note"), "second.noted"),
    _said(gettext_lazy("the reading along has ended"), "second.ended"),
    _said(gettext_lazy("what the case is about was changed"), "case.changed"),
    _said(gettext_lazy("a doctor was named"), "case.clinician_set"),
    _counted(ngettext_lazy("%(count)d record arrived", "%(count)d records arrived", "count"), "item.arrived"),
    _said(gettext_lazy("the report of the other doctor arrived"), "report.received"),
    _said(gettext_lazy("the visit to the other doctor has a date"), "visit.set_date"),
    _said(gettext_lazy("the visit to the other doctor was moved"), "visit.move"),
    _said(gettext_lazy("the visit to the other doctor was called off"), "visit.cancel"),
    _said(gettext_lazy("the visit to the other doctor took place"), "visit.took_place"),
    _said(gettext_lazy("a call was booked"), "consultation.booked"),
    _said(gettext_lazy("the call was moved"), "consultation.moved"),
    _said(gettext_lazy("a call was canceled"), "consultation.cancelled"),
    _said(gettext_lazy("what is needed to follow the call was changed"), "consultation.needs_set"),
    _said(gettext_lazy("who is with the patient on the call was changed"), "companion.named", "companion.ended"),
    _said(gettext_lazy("the plan was handed over"), "review.handed_over"),
)
# What a person may know of some of a case only: a private question, a file for the patient alone, opinions without the
# patient's yes. Where she is with her decision is hers, and told to no consultant.
GUARDED: dict[str, Any] = {
    verb: model
    for prefix, model in (("document.", Version), ("message.", Message), ("question.", Question), ("opinions.", Point))
    for line in LINES
    for verb in line.verbs
    if verb.startswith(prefix)
}


def last_look(user: Any) -> Subquery:
    """Beside a review: when this person last had the plan open."""
    mine = Event.objects.filter(case_id=OuterRef("case_id"), actor_id=user.pk, verb=LOOKED).order_by("-at")
    return Subquery(mine.values("at")[:1])


def since(review: Review, user: Any, at: datetime) -> list[str]:
    """What others did since then, as far as this person may know of it. One query."""
    counts = dict(_events(review, user, at).union(_notes(review, user, at), all=True))
    if not review.case.matters_is_shared:  # she keeps it to herself again
        counts.pop("matters.shared", None)
    return list(_told(counts))


def _told(counts: dict[str, int]) -> Iterator[str]:
    for line in LINES:
        count = sum(counts.get(verb, 0) for verb in line.verbs)
        if count:
            yield str(line.words % {"count": count} if line.is_counted else line.words)


def _events(review: Review, user: Any, at: datetime) -> QuerySet[Any, Any]:
    may_know = ~Q(verb__in=list(GUARDED))
    for model in set(GUARDED.values()):
        verbs = [verb for verb, guard in GUARDED.items() if guard is model]
        seen = model.objects.visible_to(user).filter(case=review.case_id)
        own = Exists(seen.annotate(own=Cast("pk", CharField())).filter(own=OuterRef("about_id")))
        may_know |= Q(Q(verb__in=verbs), own)
    verbs = [verb for line in LINES for verb in line.verbs]
    found = Event.objects.filter(may_know, case_id=review.case_id, at__gt=at, verb__in=verbs).exclude(actor_id=user.pk)
    return found.order_by().values("verb").annotate(times=Count("pk")).values_list("verb", "times")


def _notes(review: Review, user: Any, at: datetime) -> QuerySet[Any, Any]:
    """What others of the team wrote for the team."""
    theirs = Message.objects.visible_to(user).filter(case=review.case_id, is_internal=True, sent_at__gt=at)
    told = theirs.exclude(author=user.pk).order_by().annotate(verb=Value(NOTED)).values("verb")
    return told.annotate(times=Count("pk")).values_list("verb", "times")
