"""Asking whether what arrived can be opened: the patient by message with three answers, the coordinator by a line."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.actions import ask_to_do
from cases.records.items import opening
from cases.records.items.telling import tell
from cases.records.patterns import DOES_IT_OPEN
from cases.records.reminders import item_still_due, items_of, take_back_item
from portal import clock
from portal.actors import Actor
from portal.reminders.kinds import CALL, DONE, REMINDER, Kind, Words, say
from portal.reminders.models import Reminder
from portal.reminders.readers import Reader

Rows = Sequence[Reminder]


def words(rows: Rows, reader: Reader, now: datetime) -> dict[UUID, Words]:
    items = items_of(rows)
    return {row.pk: say(DOES_IT_OPEN, path=items[row.about_id].get_absolute_url()) for row in rows}


def staff_words(rows: Rows, reader: Reader, now: datetime) -> dict[UUID, Words]:
    items = items_of(rows)
    return {
        row.pk: Words(
            subject=_("One to ask about"),
            lead=_("%(case)s: something arrived. Does it open?") % {"case": items[row.about_id].visit.case.reference},
            line=_("Nobody has said so yet. There is still time to send it again."),
            action_label=_("Open the case"),
            path=items[row.about_id].get_absolute_url(),
        )
        for row in rows
    }


def answer(row: Reminder, choice: str, by: Actor) -> None:
    """Done says that it opens, unless something has been said meanwhile; "call me" puts a call on the board."""
    item = items_of([row]).get(row.about_id)
    if item is None:
        return
    if choice == DONE and opening.is_in_doubt(item):
        tell(item, "opens_fine", by=by)
    if choice == CALL:
        case = item.visit.case
        ask_to_do("call", case, case=case, due_on=clock.today(case.patient.zone), by=by)


def _why(row: Reminder) -> str:
    """Shown behind sign-in only, so it may name the record; one that is settled keeps its general words."""
    item = None if row.settled_at else items_of([row]).get(row.about_id)
    if item is None:
        return _("It arrived, and nobody has said yet that it opens.")
    return _("%(record)s arrived, and nobody has said yet that it opens.") % {"record": item.called}


KINDS = (
    Kind(
        code=opening.DID_IT_OPEN,
        message_class=REMINDER,
        label=gettext_lazy("Does it open?"),
        still_due=item_still_due,
        words=words,
        why=_why,
        rank=15,
        answer=answer,
        take_back=take_back_item,
        again_after=2,
        patterns=(DOES_IT_OPEN,),
    ),
    Kind(
        code=opening.CHECK_IT_OPENS,
        message_class=REMINDER,
        label=gettext_lazy("Does it open?"),
        still_due=item_still_due,
        words=staff_words,
        why=_why,
        rank=15,
    ),
)
