"""How it is at this moment, looked up when asked: queue, reminders, backup, beat, each part of /readyz."""

import contextlib
import datetime as dt
from collections.abc import Iterator

import redis
from django.conf import settings
from django.db import DatabaseError
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from portal import clock, health
from portal.backup import upkeep
from portal.backup.envelope import Broken
from portal.backup.models import BackupLook
from portal.pages.house import looking
from portal.reminders import sender
from portal.reminders.models import Reminder

QUEUE = "celery"  # Celery's own name for the one list of tasks


class Now(Collector):
    """A number that cannot be had now is left out, and its part is not well."""

    def collect(self) -> Iterator[Metric]:
        well = GaugeMetricFamily("portal_part_well", "1 while a part of the house is well", labels=["part"])
        for part in health.parts():
            well.add_metric([part.name], float(part.is_well))
        yield well
        yield from _ages()
        yield from _queue()
        yield from _reminders()


def _ages() -> Iterator[Metric]:
    for name, words, when in (
        ("portal_backup_age_seconds", "Since the newest archive was made", _newest_archive),
        ("portal_beat_age_seconds", "Since the sender last ran, which beat starts and a worker does", _sender_ran),
    ):
        if at := when():
            yield GaugeMetricFamily(name, words, value=(clock.real_now() - at).total_seconds())


def _newest_archive() -> dt.datetime | None:
    """As the place says; where only the worker can reach it, as the last proof found it."""
    if not settings.BACKUP_TO:
        return None
    with contextlib.suppress(Broken, OSError):
        return upkeep.newest_at()
    with contextlib.suppress(DatabaseError):
        look = BackupLook.objects.filter(pk=1).first()
        return look.made_at if look else None
    return None


def _sender_ran() -> dt.datetime | None:
    with contextlib.suppress(DatabaseError):
        run = sender.last_run()
        return run.at if run else None
    return None


def _queue() -> Iterator[Metric]:
    patience = {"socket_timeout": health.BROKER_SECONDS, "socket_connect_timeout": health.BROKER_SECONDS}
    try:
        with redis.Redis.from_url(settings.REDIS_URL, **patience) as broker:
            waiting = broker.llen(QUEUE)
    except redis.RedisError:
        return
    yield GaugeMetricFamily("portal_queue_tasks", "Tasks that no worker took yet", value=waiting)


def _reminders() -> Iterator[Metric]:
    now = clock.real_now()
    try:
        due = Reminder.objects.unsettled().filter(due_at__lte=now, useful_until__gt=now).count()
        late = looking.unsent(now).count() + looking.never_made(now).count()
    except DatabaseError:
        return
    yield GaugeMetricFamily("portal_reminders_due", "Due, and not yet settled; quiet hours let some wait", value=due)
    yield GaugeMetricFamily("portal_reminders_late", "Messages that should have gone 15 minutes ago", value=late)
