"""The notices that a message waits. Decided when they are sent: what was read or answered meanwhile is not told."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.models import ToDo
from cases.case.people import may
from cases.threads import patterns, telling
from cases.threads.answering import ANSWER
from cases.threads.models import Message, ReadMark, Thread
from portal.accounts.models import User
from portal.reminders.kinds import NOTICE, Kind, Words, say
from portal.reminders.models import Reminder
from portal.reminders.readers import Reader
from portal.reminders.together import people as people_of
from portal.reminders.together import things

Rows = Sequence[Reminder]


def _about() -> QuerySet[Thread]:
    return Thread.objects.select_related("case__patient")


def _threads(rows: Rows) -> dict[UUID, Thread]:
    return things(rows, _about)


def is_new(rows: Rows, now: datetime) -> set[UUID]:
    """Those whose reader has something unread in a thread that they may still read."""
    threads, people = _threads(rows), people_of(rows)
    marks = ReadMark.objects.filter(case__in=[thread.case_id for thread in threads.values()], person__in=people)
    read = {(mark.case_id, str(mark.person_id)): mark.upto for mark in marks}
    asked = {
        row.pk: (thread, people[row.recipient_id], read.get((thread.case_id, row.recipient_id), 0))
        for row in rows
        if (thread := threads.get(row.about_id)) and row.recipient_id in people
    }
    unread = Q(pk__in=[])
    for thread, person, upto in asked.values():
        unread |= Q(case=thread.case_id, number__gt=upto) & ~Q(author=person)
    by_whom = Message.objects.shared().filter(unread).values("case", "author", "is_private")
    found = list(by_whom.annotate(newest=Max("number")).values_list("case", "newest", "author", "is_private"))
    return {pk for pk, (thread, person, upto) in asked.items() if _waits(thread, person, upto, found)}


def _waits(thread: Thread, person: User, upto: int, found: list[tuple[UUID, int, UUID, bool]]) -> bool:
    case = thread.case
    theirs = [
        is_private
        for case_id, newest, author, is_private in found
        if case_id == case.pk and newest > upto and author != person.pk
    ]
    if not theirs or not may("read_messages", case, person):
        return False
    return not all(theirs) or may("see_private_words", case, person)


def new_words(rows: Rows, reader: Reader, now: datetime) -> dict[UUID, Words]:
    threads = _threads(rows)
    return {row.pk: say(patterns.NEW_MESSAGE, path=threads[row.about_id].get_absolute_url()) for row in rows}


def is_theirs(rows: Rows, now: datetime) -> set[UUID]:
    """Those who are still asked to answer, and may."""
    threads, people = _threads(rows), people_of(rows)
    todos = ToDo.objects.open().filter(kind=ANSWER, about_id__in=[str(row.about_id) for row in rows])
    asked = {(todo.about_id, str(todo.for_user_id)) for todo in todos}
    return {
        row.pk
        for row in rows
        if (str(row.about_id), row.recipient_id) in asked
        and (thread := threads.get(row.about_id))
        and row.recipient_id in people
        and may("note_messages", thread.case, people[row.recipient_id])
    }


def their_words(rows: Rows, reader: Reader, now: datetime) -> dict[UUID, Words]:
    threads = _threads(rows)
    return {
        row.pk: Words(
            subject=_("A message waits for your answer"),
            lead=_("A message waits for your answer"),
            line=_("You were asked to answer it. By when stands on its page."),
            action_label=_("Open the messages"),
            path=threads[row.about_id].get_absolute_url(),
        )
        for row in rows
    }


KINDS = (
    Kind(
        code=telling.NEW,
        message_class=NOTICE,
        label=gettext_lazy("There is a message for you"),
        still_due=is_new,
        about=(_about,),
        words=new_words,
        why=lambda row: _("Somebody wrote to you. If you read it before, this one goes away."),
        rank=20,
        patterns=(patterns.NEW_MESSAGE,),
    ),
    Kind(
        code=telling.YOURS,
        message_class=NOTICE,
        label=gettext_lazy("A message waits for your answer"),
        still_due=is_theirs,
        about=(_about,),
        words=their_words,
        why=lambda row: _("A colleague asked you to answer it."),
        rank=20,
    ),
)
