"""What the system page and the alarms look at beside /readyz: rows and rooms that only an administrator is told of."""

import datetime as dt
import shutil
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Count, Max, Q, QuerySet

from cases.case.calls import FIX_ADDRESS
from cases.case.models import ToDo
from portal import clock
from portal.health import Part
from portal.health import parts as parts_of_readyz
from portal.pages.house import staff
from portal.reminders.models import BY_HAND, Delivery, RecipientType, Reminder

WAITS = dt.timedelta(minutes=15)  # longer than any first try, and shorter than anybody would miss a message
BACK_FOR = dt.timedelta(days=30)
LEAST_ROOM, LEAST_SHARE = 5 * 10**9, 0.10  # bytes; of the disk
OTHERS = """SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND """
LONGEST_LOCK, LONGEST_OPEN = dt.timedelta(seconds=30), dt.timedelta(minutes=15)
ZONES_LAST = dt.timedelta(days=120)  # of the year after theirs: zones change by law several times a year


def all_parts() -> list[Part]:
    """Every line of the system page as it is now. A part that does not answer never raises."""
    found = parts_of_readyz()
    found += [_safely("room", look_at_room), look_at_zones()]
    if not next(part for part in found if part.name == "database").is_well:
        return found
    try:
        told, people = _ask(), staff.working_here()
        found += [look_at_due(told), look_at_mail(told, people), look_at_size(told), look_at_locks(told)]
    except DatabaseError as error:
        found.append(Part("locks", False, type(error).__name__, why="away"))
        return found
    return [*found, look_at_steps(people), _safely("update", look_at_update)]


def _safely(name: str, look: Callable[[], Part]) -> Part:
    try:
        return look()
    except (DatabaseError, OSError) as error:
        return Part(name, False, type(error).__name__, why="away")


def _ask() -> dict[str, Any]:
    """What single numbers tell, in one query."""
    now = clock.real_now()
    taken = Delivery.objects.filter(channel=Delivery.Channel.MAIL, sent_at__isnull=False, came_back_at=None)
    to_fix = ToDo.objects.open().filter(kind=FIX_ADDRESS).order_by().values("kind").annotate(n=Count("pk"))
    asked: dict[str, tuple[str, Any]] = {
        "made": unsent(now).order_by("created_at").values("created_at")[:1].query.sql_with_params(),
        "never_made": never_made(now).order_by("due_at").values("due_at")[:1].query.sql_with_params(),
        "taken": taken.order_by("-created_at").values("sent_at")[:1].query.sql_with_params(),
        "to_fix": to_fix.values("n").query.sql_with_params(),
        "size": ("SELECT pg_database_size(current_database())", ()),
        "waiting": (OTHERS + "wait_event_type = 'Lock' AND query_start < clock_timestamp() - %s", (LONGEST_LOCK,)),
        "idle": (
            OTHERS + "state LIKE 'idle in transaction%%' AND state_change < clock_timestamp() - %s",
            (LONGEST_OPEN,),
        ),
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT " + ", ".join(f"({sql})" for sql, _params in asked.values()),
            [param for _sql, params in asked.values() for param in params],
        )
        return dict(zip(asked, cursor.fetchone(), strict=True))


def unsent(now: dt.datetime) -> QuerySet[Delivery]:
    """Messages that are made and should have gone."""
    return Delivery.objects.open().filter(created_at__lt=now - WAITS).exclude(channel__in=BY_HAND)


def never_made(now: dt.datetime) -> QuerySet[Reminder]:
    """Answers that should have become a message."""
    return Reminder.objects.unsettled().filter(
        message_class="answer", due_at__lt=now - WAITS, useful_until__gt=now, delivery=None
    )


def look_at_due(told: Mapping[str, Any]) -> Part:
    """The oldest message that should have gone: one that is made and not sent, or an answer that was never made."""
    since = min(filter(None, [told["made"], told["never_made"]]), default=None)
    if since is None:
        return Part("due", True, "nothing is overdue")
    return Part("due", False, f"waits since {since:%Y-%m-%dT%H:%M:%SZ}", why="overdue", at=since)


def look_at_mail(told: Mapping[str, Any], people: Iterable[staff.Working]) -> Part:
    """When the mail server last took a message, and whose address on our side does not work."""
    since, last = clock.real_now() - BACK_FOR, told["taken"]
    ours = [str(person.pk) for person in people]
    mail = Delivery.objects.filter(
        channel=Delivery.Channel.MAIL, recipient_type=RecipientType.USER, recipient_id__in=ours, created_at__gte=since
    )
    is_lost = Q(came_back_at__isnull=False) | Q(failed_at__isnull=False, failure=Delivery.Failure.REFUSED)
    by_person = (
        mail.order_by()
        .values("recipient_id")
        .annotate(
            lost=Max("created_at", filter=is_lost), fine=Max("created_at", filter=Q(sent_at__isnull=False) & ~is_lost)
        )
    )
    # What was sent later and did not come back tells that the address was put right.
    wrong = sum(each["lost"] is not None and (not each["fine"] or each["fine"] < each["lost"]) for each in by_person)
    words = f"last taken {last:%Y-%m-%dT%H:%M:%SZ}" if last else "nothing was sent yet"
    if wrong:
        return Part("mail", False, f"{words}; of staff do not work: {wrong}", why="ours", at=last, also=str(wrong))
    return Part("mail", True, words, why="" if last else "none", at=last, also=str(told["to_fix"] or 0))


def look_at_room() -> Part:
    """How much room the disk has that files are written to; a bucket has its own."""
    if settings.DOCUMENTS_URL:
        return Part("room", True, "files lie in a bucket", why="bucket")
    disk = shutil.disk_usage(_there(Path(settings.DOCUMENTS_FOLDER)))
    words, also = f"{disk.free} of {disk.total} bytes are free", f"{disk.free} {disk.total}"
    is_short = disk.free < min(LEAST_ROOM, disk.total * LEAST_SHARE)
    return Part("room", not is_short, words, why="short" if is_short else "", also=also)


def _there(folder: Path) -> Path:
    """The folder, or the next one above it that exists already."""
    return next((each for each in [folder, *folder.parents] if each.exists()), Path("/"))


def look_at_size(told: Mapping[str, Any]) -> Part:
    return Part("size", True, f"{told['size']} bytes", also=str(told["size"]))


def look_at_locks(told: Mapping[str, Any]) -> Part:
    """Whether somebody waits long for a row, or holds some open without doing anything."""
    held = told["waiting"] + told["idle"]
    if held:
        words = f"waiting: {told['waiting']}; left open: {told['idle']}"
        return Part("locks", False, words, why="held", also=str(held))
    return Part("locks", True, "nobody waits")


def look_at_zones() -> Part:
    """How old the rules of time zones are: those of a year that is long over show calls an hour off."""
    shipped = version("tzdata")
    is_old = int(shipped.split(".")[0]) < (clock.real_now() - ZONES_LAST).year
    return Part("zones", not is_old, f"tzdata {shipped}", why="old" if is_old else "", also=shipped)


def look_at_update() -> Part:
    """What runs here, and whether an upgrade ended half-way."""
    on_disk = MigrationLoader(None).disk_migrations
    recorded = set(MigrationRecorder(connection).migration_qs.values_list("app", "name"))
    waiting = len(set(on_disk) - recorded)
    database = connection.pg_version
    if waiting:
        return Part("update", False, f"migrations that did not run: {waiting}", why="half", also=str(waiting))
    runs = f"Django {django.get_version()}, PostgreSQL {database // 10000}.{database % 10000}"
    return Part("update", True, runs, also=runs)


def look_at_steps(people: Iterable[staff.Working]) -> Part:
    """Who works here without a second step."""
    without = sum(not person.has_step for person in people)
    if without:
        return Part("steps", False, f"without: {without}", why="without", also=str(without))
    return Part("steps", True, "all have one")
