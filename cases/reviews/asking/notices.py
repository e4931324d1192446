"""Who is told of a request: the patient once and one nudge, the reader once. Never a word of what is asked."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.people import may
from cases.case.second.rules import over_at
from cases.reviews.asking.models import Asking
from cases.reviews.asking.rules import NUDGED_AFTER, AskingState
from cases.reviews.asking.words import who_needs
from cases.reviews.models import Review
from portal import clock
from portal.reminders.actions import plan, unplan
from portal.reminders.kinds import NOTICE, REMINDER, Kind, Words, say
from portal.reminders.models import Reminder
from portal.reminders.patterns import Pattern
from portal.reminders.readers import Reader
from portal.reminders.together import Due, Told, things
from portal.texts.words import organisation

ASKED, NUDGE, SAID = "asking.asked", "asking.nudge", "asking.said"
STILL_USEFUL = dt.timedelta(days=7)
SAID_SO = frozenset({AskingState.ANSWERED, AskingState.NOT_THERE})


def asked(asking: Asking) -> None:
    """Now, and once more while the reading still rests."""
    now, over = clock.now(), over_at(asking.until_on, organisation().zone)
    row = {"version": 1, "recipient": asking.case.patient, "useful_until": over, "case": asking.case.pk}
    plan(ASKED, asking, due_at=now, **row)
    plan(NUDGE, asking, due_at=now + dt.timedelta(days=NUDGED_AFTER), **row)


def passed(asking: Asking) -> None:
    unplan(asking, kinds=[ASKED, NUDGE])


def ended(asking: Asking) -> None:
    unplan(asking, kinds=[ASKED, NUDGE])
    if asking.review.reader is not None and asking.state in SAID_SO:
        _tell_reader(asking, asking.review)


def another_reads(review: Review) -> None:
    """The plan went to somebody else, or to nobody: who reads it now, and may, is told of what was answered of late,
    and of what nobody was told of. Nobody is told twice.
    """
    answered = Asking.objects.filter(review=review, state__in=SAID_SO)
    for asking in answered:
        unplan(asking, kinds=[SAID])
    if review.reader is None or not may("review", review.case, review.reader):
        return
    sent = Reminder.objects.filter(kind=SAID, settled_as=Reminder.Outcome.SENT, about_id__in=answered.values("pk"))
    told = set(sent.values_list("about_id", flat=True))
    lately = clock.now() - STILL_USEFUL
    for asking in answered:
        if asking.pk not in told or (asking.ended_at and asking.ended_at >= lately):
            _tell_reader(asking, review)


def _tell_reader(asking: Asking, review: Review) -> None:
    now = clock.now()
    plan(
        SAID,
        asking,
        version=1,
        recipient=review.reader,
        due_at=now,
        useful_until=now + STILL_USEFUL,
        case=review.case_id,
    )


def _about() -> QuerySet[Asking]:
    return Asking.objects.select_related("asked_by", "review__reader")


_with_patient = Due(_about, lambda asking: asking.is_resting)


def _is_news(rows: Sequence[Reminder], now: dt.datetime) -> set[UUID]:
    """It is answered, and who is told reads the plan now."""
    found = things(rows, _about)
    return {
        row.pk
        for row in rows
        if (asking := found.get(row.about_id))
        and not asking.is_open
        and str(asking.review.reader_id) == row.recipient_id
    }


def _to_patient(pattern: Pattern) -> Told:
    def one(asking: Asking, reader: Reader) -> Words:
        named = {"consultant": who_needs(asking), "name": reader.called}
        return say(pattern, named, path=asking.get_absolute_url())

    return Told(_about, one)


def _to_reader(asking: Asking, reader: Reader) -> Words:
    return say(ANSWERED_WORDS, {}, path=reverse("reviews:need_more", args=[asking.review_id]))


NAMES = {"consultant": gettext_lazy("Kim"), "name": gettext_lazy("Sam")}
ASKED_WORDS = Pattern(
    code=ASKED,
    about=gettext_lazy("The consultant needs one more thing"),
    parts={
        "subject": gettext_lazy("%(consultant)s needs one thing from you"),
        "lead": gettext_lazy("%(consultant)s needs one thing from you, %(name)s"),
        "line": gettext_lazy("Your page says what. “I don’t have it” is a fine answer."),
        "action_label": gettext_lazy("Open my page"),
    },
    examples=NAMES,
)
NUDGE_WORDS = Pattern(
    code=NUDGE,
    about=gettext_lazy("The consultant still needs one more thing"),
    parts={
        "subject": gettext_lazy("One thing is still open"),
        "lead": gettext_lazy("%(consultant)s still needs one thing from you, %(name)s"),
        "line": gettext_lazy("Your page says what. “I don’t have it” is a fine answer. We do not ask again."),
        "action_label": gettext_lazy("Open my page"),
    },
    examples=NAMES,
)
ANSWERED_WORDS = Pattern(
    code=SAID,
    about=gettext_lazy("A patient answered what a consultant needed"),
    parts={
        "subject": gettext_lazy("An answer is there"),
        "lead": gettext_lazy("A patient has answered what was asked for"),
        "line": gettext_lazy("It stands beside your review."),
        "action_label": gettext_lazy("Open it"),
    },
    examples={},
)
KINDS = (
    Kind(
        code=ASKED,
        message_class=NOTICE,
        label=gettext_lazy("One thing is needed"),
        still_due=_with_patient,
        words=_to_patient(ASKED_WORDS),
        why=lambda row: _("Your consultant needs it to read on. It goes away once you answer."),
        rank=20,
        patterns=(ASKED_WORDS,),
    ),
    Kind(
        code=NUDGE,
        message_class=REMINDER,
        label=gettext_lazy("One thing is still needed"),
        still_due=_with_patient,
        words=_to_patient(NUDGE_WORDS),
        why=lambda row: _("Your consultant needs it to read on. We remind you once."),
        rank=20,
        patterns=(NUDGE_WORDS,),
    ),
    Kind(
        code=SAID,
        message_class=NOTICE,
        label=gettext_lazy("A patient has answered"),
        still_due=_is_news,
        words=Told(_about, _to_reader),
        why=lambda row: _("The patient was asked for something, and you read the plan."),
        rank=30,
        patterns=(ANSWERED_WORDS,),
    ),
)
