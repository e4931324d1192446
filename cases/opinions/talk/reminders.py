"""The reminder before a talk, and the question after it. Never clinical: they are read over shoulders."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.actions import ask_to_do
from cases.opinions.talk import patterns, planning
from cases.opinions.talk.actions import TOGETHER, say_held, undo
from cases.opinions.talk.models import Talk
from cases.opinions.talk.rules import TalkState
from portal import clock, when
from portal.actors import Actor
from portal.errors import Refused
from portal.reminders.kinds import CALL, DONE, REMINDER, Kind, Words, say
from portal.reminders.models import Reminder
from portal.reminders.readers import Reader
from portal.reminders.together import things

Rows = Sequence[Reminder]


def _about() -> QuerySet[Talk]:
    return Talk.objects.select_related(*TOGETHER)


def _talks(rows: Rows) -> dict[UUID, Talk]:
    return things(rows, _about)


def still_due(rows: Rows, now: datetime) -> set[UUID]:
    """Each change of a talk raises its version, so an older row is over; a case that rests is left in peace."""
    talks = _talks(rows)
    return {
        row.pk
        for row in rows
        if (talk := talks.get(row.about_id)) and talk.version == row.version and planning.is_spoken_of(talk)
    }


def before_words(rows: Rows, reader: Reader, now: datetime) -> dict[UUID, Words]:
    talks = _talks(rows)
    return {row.pk: _before(talks[row.about_id]) for row in rows}


def _before(talk: Talk) -> Words:
    day = when.day(talk.on_date) if talk.on_date else ""
    return say(patterns.BEFORE_TALK, {"day": day}, at=talk.starts_at, path=talk.get_absolute_url())


def held_words(rows: Rows, reader: Reader, now: datetime) -> dict[UUID, Words]:
    talks = _talks(rows)
    return {row.pk: say(patterns.TALK_HELD, path=talks[row.about_id].get_absolute_url()) for row in rows}


def answer_held(row: Reminder, choice: str, by: Actor) -> None:
    """Done says that it took place, unless more was said meanwhile; "call me" puts a call on the board."""
    talk = _talks([row]).get(row.about_id)
    if talk is None:
        return
    if choice == DONE and talk.state == TalkState.BOOKED and talk.version == row.version:
        say_held(talk, by=by)
    if choice == CALL:
        ask_to_do("call", talk.case, case=talk.case, due_on=clock.today(talk.case.patient.zone), by=by)


def take_back_held(row: Reminder, by: Actor) -> int:
    """Take back what "done" said, where it is the last word."""
    talk = _talks([row]).get(row.about_id)
    if talk is None or talk.version != row.version + 1:
        raise Refused(_("More has been said since. Sign in to change it, or call us."), code="over")
    return undo(talk, why="by_mistake", by=by).version


KINDS = (
    Kind(
        code=planning.BEFORE_TALK,
        message_class=REMINDER,
        label=gettext_lazy("Your talk with your doctor is coming up"),
        still_due=still_due,
        about=(_about,),
        words=before_words,
        why=lambda row: _("You saved this talk. If you move or cancel it, this one goes away."),
        rank=20,
        patterns=(patterns.BEFORE_TALK,),
    ),
    Kind(
        code=planning.TALK_HELD,
        message_class=REMINDER,
        label=gettext_lazy("Did your talk with your doctor take place?"),
        still_due=still_due,
        about=(_about,),
        words=held_words,
        why=lambda row: _("The day of your talk has passed."),
        rank=15,
        answer=answer_held,
        take_back=take_back_held,
        again_after=3,
        patterns=(patterns.TALK_HELD,),
    ),
)
