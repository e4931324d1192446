"""When messages have done what they can, a person calls: a row on the coordinator's board."""

from datetime import UTC, datetime, time, timedelta

from django.db import transaction

from cases.case.actions import ask_to_do
from cases.case.models import Case, ToDo
from cases.records.models import Visit
from cases.records.planning import CALL_HOLDER
from cases.records.standing import standings
from portal.actors import SYSTEM

ONE_DAY = timedelta(days=1)  # the widest that local dates differ from those of UTC


@transaction.atomic
def put_on_board(*, now: datetime) -> int:
    """Ask the coordinator to call about every record whose day has come. Answers how many calls are open.

    A call that was made and settled since that day is not asked for again, until something new is said.
    """
    cases = Case.objects.open().filter(act_by__lte=now.date() + ONE_DAY)
    visits = Visit.objects.booked().filter(case__in=cases).select_related("case__key", "office")
    due = {
        str(line.item.pk): (line, stands)
        for stands in standings(visits, now).values()
        for line in stands.items
        if line.waits_for_a_person(stands.today)
    }
    settled = ToDo.objects.filter(kind=CALL_HOLDER, about_id__in=due, done_at__isnull=False)
    for about_id, asked_at in settled.values_list("about_id", "asked_at"):
        since = due.get(about_id)
        if since and since[0].next_day and asked_at >= datetime.combine(since[0].next_day.on, time(0), UTC) - ONE_DAY:
            del due[about_id]
    for line, stands in due.values():
        ask_to_do(CALL_HOLDER, line.item, case=stands.visit.case, due_on=stands.today, by=SYSTEM)
    return len(due)
