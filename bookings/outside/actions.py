"""Adding and removing a calendar elsewhere, and reading it again. What is booked stays, and is listed to her."""

import json
import subprocess
import sys
import time
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from bookings import actions
from bookings.models import Consultation, Practice
from bookings.outside import net, notices, reading
from bookings.outside.models import OutsideBusy, OutsideCalendar
from bookings.outside.net import Answer, NotRead, Trouble
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.alone import alone
from portal.errors import Refused
from portal.history.actions import record

MOST = 5  # calendars of one consultant
BEHIND, AHEAD = timedelta(days=1), timedelta(days=400)
AGAIN_WHOLE = timedelta(days=7)  # even when nothing changed: the days ahead move on
READ_WITHIN = 30  # seconds of the process that reads a file
TURN = 30.0  # seconds after which a turn begins no other calendar
LOCK = 4_715_023


@transaction.atomic
def add(consultant: User, *, address: str, by: Actor) -> OutsideCalendar:
    """Keep a secret address, and read it soon. The same one twice is one. Refused where it may not be asked."""
    _must_own(consultant, by)
    try:
        host = net.host_of(address)
    except NotRead as no:
        raise Refused(_("Enter an address that begins with https://."), code="address") from no
    Practice.objects.get_or_create(consultant=consultant, defaults={"time_zone": consultant.time_zone})
    actions.lock_practice(consultant)
    known = list(OutsideCalendar.objects.filter(consultant=consultant))
    for one in known:
        if one.address == address:
            return one
    if len(known) >= MOST:
        raise Refused(_("You have as many calendars as we read. Remove one first."), code="address")
    made = OutsideCalendar.objects.create(consultant=consultant, address=address, host=host, added_at=clock.now())
    record(by, "outside_calendar.added", made)
    return made


@transaction.atomic
def remove(calendar: OutsideCalendar, *, by: Actor) -> None:
    """Forget the address and what it said. Twice changes nothing."""
    _must_own(calendar.consultant, by)
    found = OutsideCalendar.objects.select_for_update().filter(pk=calendar.pk).first()
    if found:
        record(by, "outside_calendar.removed", found)
        found.delete()


@transaction.atomic
def end_with_access(person: User, *, by: Actor) -> None:
    """Whoever works here in another role, or no longer, has no calendar read here."""
    for found in OutsideCalendar.objects.select_for_update().filter(consultant=person):
        record(by, "outside_calendar.removed", found)
        found.delete()


def ask_again(calendar: OutsideCalendar, *, by: Actor) -> None:
    """Read it with the next turn, not after a quarter of an hour."""
    _must_own(calendar.consultant, by)
    OutsideCalendar.objects.filter(pk=calendar.pk).update(tried_at=None, etag="", last_modified="")


def _must_own(consultant: User, by: Actor) -> None:
    if by.id != consultant.pk or not consultant.is_our_consultant:
        raise Refused(_("Only they can do that."), code="role")


def read_due(now: datetime) -> int:
    """Read each calendar that is due; returns how many were claimed. Two workers read each once.

    One turn at a time, and no long one: what is left is for the next minute. Whatever goes wrong with one, the others
    are read.
    """
    with alone(LOCK) as is_alone:
        return _read_due(now) if is_alone else 0


def _read_due(now: datetime) -> int:
    OutsideBusy.objects.filter(ends_at__lte=now - BEHIND).delete()
    claimed, until = 0, time.monotonic() + TURN
    due = OutsideCalendar.objects.due(now).order_by(F("tried_at").asc(nulls_first=True))
    for pk in due.values_list("pk", flat=True):
        if time.monotonic() >= until:
            break
        if OutsideCalendar.objects.due(now).filter(pk=pk).update(claimed_at=now):
            claimed += 1
            try:
                read(pk)
            except Exception:  # nothing of it is logged: an address and a file are secrets
                _keep_trouble(pk, Trouble.NO_CALENDAR)
    return claimed


def read(pk: UUID) -> None:
    """Fetch and understand one calendar. What went wrong is kept; what it said before stays until that is over."""
    # First the zone of her hours, then what is known of the file: a change between the two is seen when it is kept.
    whose = OutsideCalendar.objects.filter(pk=pk).values("consultant")
    zone = Practice.objects.filter(pk__in=whose).values_list("time_zone", flat=True).first()
    calendar = OutsideCalendar.objects.filter(pk=pk).first()
    if calendar is None or zone is None:
        return
    now = clock.now()
    is_fresh = calendar.whole_at is not None and calendar.whole_at > now - AGAIN_WHOLE and not calendar.trouble
    try:
        answer = net.fetch(
            calendar.address,
            etag=calendar.etag if is_fresh else "",
            last_modified=calendar.last_modified if is_fresh else "",
        )
        if answer.is_unchanged and not is_fresh:
            raise NotRead(Trouble.NO_CALENDAR)
        said = None if answer.is_unchanged else understand(answer.content, zone, now)
    except NotRead as no:
        _keep_trouble(pk, no.trouble)
        return
    _keep(calendar, answer, said, zone, now)


def understand(content: bytes, zone: str, now: datetime) -> dict[str, Any]:
    """What a file says is busy, on the clock of its consultant's hours; worked out by a process that may take little
    time and memory. Raises NotRead.
    """
    order = {
        "zone": zone,
        "first": (now - BEHIND).isoformat(),
        "last": (now + AHEAD).isoformat(),
        "own": f"@{settings.ALLOWED_HOSTS[0]}",
    }
    sent = json.dumps(order).encode() + b"\n" + content
    command = [sys.executable, "-B", "-m", reading.__name__]
    try:
        done = subprocess.run(
            command, input=sent, capture_output=True, timeout=READ_WITHIN, cwd=settings.BASE_DIR, env={}, check=False
        )
        said: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError) as cut:
        raise NotRead(Trouble.TOO_MUCH) from cut
    if "trouble" in said:
        raise NotRead(Trouble(said["trouble"]))
    return said


@transaction.atomic
def _keep_trouble(pk: UUID, trouble: Trouble) -> None:
    """What went wrong; its consultant is told when that lasts. Removed meanwhile, nothing is kept."""
    found = OutsideCalendar.objects.select_related("consultant").select_for_update(of=("self",))
    row = found.filter(pk=pk).first()
    if row is None:
        return
    now = clock.now()
    row.news += not row.trouble
    row.trouble, row.tried_at, row.claimed_at = trouble, now, None
    row.save(update_fields=["trouble", "news", "tried_at", "claimed_at"])
    notices.tell_of_failure(row, now)


@transaction.atomic
def _keep(calendar: OutsideCalendar, answer: Answer, said: dict[str, Any] | None, zone: str, now: datetime) -> None:
    """Put what it says now in place of what it said. Removed meanwhile, nothing is kept; nor where the hours follow
    another zone since, and it is read anew with the next turn. That, too, where somebody asked for it meanwhile.
    """
    practice = actions.lock_practice(calendar.consultant)
    found = OutsideCalendar.objects.select_related("consultant").select_for_update(of=("self",))
    row = found.filter(pk=calendar.pk).first()
    if row is None:
        return
    if practice.time_zone != zone:
        row.claimed_at = None
        row.save(update_fields=["claimed_at"])
        return
    is_asked_anew = row.tried_at is None and calendar.tried_at is not None
    row.trouble, row.read_at, row.claimed_at = "", now, None
    row.tried_at = None if is_asked_anew else now
    if said is not None:
        row.whole_at = now
        if not is_asked_anew:
            row.etag, row.last_modified = answer.etag, answer.last_modified
        has_more = said["unread"] > row.unread
        row.odd_zones, row.unread, row.news = said["odd"], said["unread"], row.news + has_more
        row.busy.all().delete()
        OutsideBusy.objects.bulk_create(
            [
                OutsideBusy(
                    calendar=row,
                    consultant_id=row.consultant_id,
                    starts_at=datetime.fromisoformat(begins),
                    ends_at=datetime.fromisoformat(ends),
                )
                for begins, ends in said["busy"]
            ],
            batch_size=2000,
        )
        if has_more:
            notices.tell_of_unread(row, now)
    row.save()


def in_the_way(consultant: User, now: datetime) -> QuerySet[Consultation]:
    """Booked calls at whose time her own calendar says busy. They stay: she decides."""
    busy = OutsideBusy.objects.filter(
        consultant=OuterRef("consultant"), starts_at__lt=OuterRef("ends_at"), ends_at__gt=OuterRef("starts_at")
    )
    calls = Consultation.objects.upcoming(now).filter(Q(Exists(busy)), consultant=consultant)
    return calls.select_related("patient", "service")
