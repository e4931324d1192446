"""The patient is told once that somebody else reads her plan now, and asked once whether who took it may read it.

The words name no illness, and no content.
"""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.reviews.models import Review
from portal import clock
from portal.reminders.actions import plan, unplan
from portal.reminders.kinds import NOTICE, Kind, Words, say
from portal.reminders.models import Reminder
from portal.reminders.patterns import Pattern
from portal.reminders.readers import Reader
from portal.reminders.together import Told, things

HANDED_OVER, ASKS_TO_READ = "review.handed_over", "review.asks_to_read"
STILL_USEFUL = dt.timedelta(days=14)


def told(review: Review) -> None:
    """Another one reads: whoever was to be told of the one before is told of this one."""
    _plan(HANDED_OVER, review)


def ask_for_yes(review: Review) -> None:
    """Who took the plan asks whether they may read it; who was asked for the one before is asked for this one."""
    _plan(ASKS_TO_READ, review)


def _plan(kind: str, review: Review) -> None:
    now = clock.now()
    plan(
        kind,
        review,
        version=review.turn,
        recipient=review.case.patient,
        due_at=now,
        useful_until=now + STILL_USEFUL,
        case=review.case_id,
    )


def over(review: Review) -> None:
    """The patient has answered, or nobody is there to ask her about."""
    unplan(review, kinds=[HANDED_OVER, ASKS_TO_READ])


def _about() -> QuerySet[Review]:
    return Review.objects.select_related("reader", "came_from")


def _still_due(rows: Sequence[Reminder], now: dt.datetime) -> set[UUID]:
    """Nobody else has it since, and it was not handed back."""
    found = things(rows, _about)
    return {
        row.pk
        for row in rows
        if (review := found.get(row.about_id)) and review.came_from_id and review.turn == row.version
    }


def _still_asked(rows: Sequence[Reminder], now: dt.datetime) -> set[UUID]:
    """Who took it last still waits for the yes."""
    waiting = Review.objects.asking_for_yes().filter(pk__in=[row.about_id for row in rows])
    turns = dict(waiting.values_list("pk", "turn"))
    return {row.pk for row in rows if turns.get(row.about_id) == row.version}


WORDS = Pattern(
    code=HANDED_OVER,
    about=gettext_lazy("A consultant handed over to a colleague"),
    parts={
        "subject": gettext_lazy("%(reader)s is there for you now"),
        "lead": gettext_lazy("%(before)s has handed over to %(reader)s, %(name)s"),
        "line": gettext_lazy("What was written so far stays. Your page says more, and may ask you one thing."),
        "action_label": gettext_lazy("Open my page"),
    },
    examples={"name": gettext_lazy("Sam"), "before": gettext_lazy("Kim"), "reader": gettext_lazy("Alex")},
)


def _words(review: Review, reader: Reader) -> Words:
    assert review.reader is not None and review.came_from is not None, "looked at when it was due"  # noqa: PT018
    named = {
        "name": reader.called,
        "before": review.came_from.first_name,
        "reader": review.reader.first_name,
    }
    return say(WORDS, named, path=reverse("reviews:summary", args=[review.case_id]))


ASKING_WORDS = Pattern(
    code=ASKS_TO_READ,
    about=gettext_lazy("A consultant took a plan, and asks whether they may read it"),
    parts={
        "subject": gettext_lazy("%(reader)s asks for your yes"),
        "lead": gettext_lazy("%(reader)s is there for you now, %(name)s, and asks for your yes"),
        "line": gettext_lazy("Your page says to what. Only you can say it."),
        "action_label": gettext_lazy("Open my page"),
    },
    examples={"name": gettext_lazy("Sam"), "reader": gettext_lazy("Alex")},
)


def _asking_words(review: Review, reader: Reader) -> Words:
    assert review.reader is not None, "looked at when it was due"
    named = {"name": reader.called, "reader": review.reader.first_name}
    return say(ASKING_WORDS, named, path=reverse("reviews:summary", args=[review.case_id]))


HANDED = Kind(
    code=HANDED_OVER,
    message_class=NOTICE,
    label=gettext_lazy("Somebody else reads for you"),
    still_due=_still_due,
    words=Told(_about, _words),
    why=lambda row: _("Your consultant handed over to a colleague."),
    rank=30,
    patterns=(WORDS,),
)
ASKING = Kind(
    code=ASKS_TO_READ,
    message_class=NOTICE,
    label=gettext_lazy("May your consultant read?"),
    still_due=_still_asked,
    words=Told(_about, _asking_words),
    why=lambda row: _("One of us would like to read for you. It goes away once you answer."),
    rank=20,
    patterns=(ASKING_WORDS,),
)
KINDS = (HANDED, ASKING)
