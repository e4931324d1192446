"""Telling whoever asked for it that the letter for the referral was faxed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.models import Case, ToDo
from cases.records.patterns import LETTER_FAXED
from cases.records.planning import FAX_LETTER
from cases.records.referral.letter_models import ReferralLetter
from cases.records.visits import rounds
from portal import clock, when
from portal.actors import Actor
from portal.reminders.actions import plan
from portal.reminders.kinds import NOTICE, Kind, Words, say
from portal.reminders.models import Reminder
from portal.reminders.readers import Reader
from portal.reminders.together import things

FAXED = "records.letter_faxed"
STILL_NEWS = timedelta(days=7)

Rows = Sequence[Reminder]


def tell_of_fax(todo: ToDo, *, by: Actor) -> None:
    """One of us said that a fax is done. What was only let go, since nothing was to be asked any more, is no news."""
    if todo.kind != FAX_LETTER or by.user is None:
        return
    now, case = clock.now(), todo.case
    letter = ReferralLetter.objects.filter(pk=todo.about_id).first()
    if letter is None or case is None:
        return
    asker = todo.asked_by
    plan(
        FAXED,
        letter,
        version=1,
        recipient=asker if asker and not asker.role else case.patient,
        due_at=now,
        useful_until=now + STILL_NEWS,
        case=case,
        step=ToDo.objects.filter(kind=FAX_LETTER, about_id=todo.about_id, done_at__isnull=False).count(),
    )


def _about() -> QuerySet[ReferralLetter]:
    return ReferralLetter.objects.select_related("referral__visit__case")


def _letters(rows: Rows) -> dict[UUID, ReferralLetter]:
    return things(rows, _about)


def still_due(rows: Rows, now: datetime) -> set[UUID]:
    letters = _letters(rows)
    return {
        row.pk
        for row in rows
        if (letter := letters.get(row.about_id)) and letter.referral.visit.case.state != Case.State.CLOSED
    }


def words(rows: Rows, reader: Reader, now: datetime) -> dict[UUID, Words]:
    letters = _letters(rows)
    return {row.pk: _words(letters[row.about_id], row, reader) for row in rows}


def _words(letter: ReferralLetter, row: Reminder, reader: Reader) -> Words:
    visit = letter.referral.visit
    page = rounds.address("records:referral", visit.case_id, visit.round)
    return say(LETTER_FAXED, {"day": when.day(when.as_date(row.due_at, reader.zone))}, path=page)


KINDS = (
    Kind(
        code=FAXED,
        message_class=NOTICE,
        label=gettext_lazy("We faxed what you asked for"),
        still_due=still_due,
        about=(_about,),
        words=words,
        why=lambda row: _("You asked us to fax your letter to your doctor, and one of us did."),
        rank=30,
        patterns=(LETTER_FAXED,),
    ),
)
