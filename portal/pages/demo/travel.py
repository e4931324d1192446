"""Moving the portal's clock forward, with everything due on the way done in order."""

import datetime as dt

from cases.reviews.ending import actions as ending
from portal import clock
from portal.pages import friday
from portal.reminders import sender
from portal.reminders.models import Delivery, Reminder

MOST_STOPS = 500
AN_HOUR = dt.timedelta(hours=1)


def next_reminder() -> dt.datetime | None:
    """When the next planned row falls due."""
    due = Reminder.objects.unsettled().filter(due_at__gt=clock.now()).order_by("due_at")
    return due.values_list("due_at", flat=True).first()


def forward_to(target: dt.datetime) -> int:
    """Set the clock to an instant; the sender runs at each stop on the way. Answers how many messages went."""
    before = Delivery.objects.count()
    for _stop in range(MOST_STOPS):
        stop = _next_stop()
        if stop is None or stop >= target:
            break
        _set(stop)
        _let_beat_run()
    _set(target)
    _let_beat_run()
    return Delivery.objects.count() - before


def _let_beat_run() -> None:
    ending.end_over(clock.now())
    ending.warn(clock.now())
    sender.run()
    friday.plan_coming(clock.now())


def _next_stop() -> dt.datetime | None:
    """The next planned row; or the next hour, while something due is waiting for the morning to be gathered."""
    now = clock.now()
    stops = [next_reminder()]
    if Reminder.objects.unsettled().filter(due_at__lte=now).exists():
        stops.append(now.replace(minute=0, second=0, microsecond=0) + AN_HOUR)
    return min((stop for stop in stops if stop), default=None)


def _set(instant: dt.datetime) -> None:
    clock.set_offset(max(clock.offset(), (instant - clock.real_now()).total_seconds()))
