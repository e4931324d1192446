"""Is it alive, is it ready: two plain pages for supervisors, and the same facts for the system page."""

import datetime as dt
from dataclasses import dataclass

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from cases.documents.worker.machine_text import engine
from cases.documents.worker.scanner import Scanner
from portal import clock
from portal.access import public
from portal.backup.models import BackupLook
from portal.history.models import Digest, RecordLook
from portal.history.proof import LATE
from portal.reminders import sender
from portal.vault import store
from portal.vault.models import StoreLook

BROKER_SECONDS = 0.5
LOOK_EVERY = dt.timedelta(days=3)  # the nightly look may miss a night or two
PROVED_EVERY = dt.timedelta(days=8)  # the weekly proof of the backup, and a day
SENDER_RESTS = dt.timedelta(minutes=5)  # it runs twice a minute
SIGNATURES_LAST = dt.timedelta(days=3)  # new ones come each day


@dataclass(frozen=True)
class Part:
    """One thing the portal stands on. Without a needed one it is not ready; the others make the page amber."""

    name: str
    is_well: bool
    words: str
    is_needed: bool = False
    why: str = ""  # a code of what is wrong, or of what this is where it is well
    at: dt.datetime | None = None  # when it last worked, or was looked at
    also: str = ""  # a number or a name that belongs to it


@public
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while this process serves."""
    return plain("ok\n", 200)


@public
def readyz(request: HttpRequest) -> HttpResponse:
    """200 while database and storage answer, else 503; one line for each part."""
    found = parts()
    is_ready = all(part.is_well for part in found if part.is_needed)
    return plain("".join(f"{part.name}: {part.words}\n" for part in found), 200 if is_ready else 503)


def plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


def parts() -> list[Part]:
    """Every part as it is now. A part that does not answer never raises."""
    database = look_at_database()
    return [
        database,
        look_at_storage(),
        look_at_broker(),
        look_at_scanner(),
        look_at_reader(),
        look_at_sender(database),
        look_at_files(database),
        look_at_record(database),
        look_at_backup(database),
    ]


def look_at_database() -> Part:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return Part("database", False, "does not answer", is_needed=True, why="away")
    return Part("database", True, "ok", is_needed=True)


def look_at_storage() -> Part:
    answers = store.current().answers()
    words, why = ("ok", "") if answers else ("cannot be used", "away")
    return Part("storage", answers, words, is_needed=True, why=why)


def look_at_broker() -> Part:
    patience = {"socket_timeout": BROKER_SECONDS, "socket_connect_timeout": BROKER_SECONDS}
    try:
        with redis.Redis.from_url(settings.REDIS_URL, **patience) as broker:
            broker.ping()
    except redis.RedisError:
        return Part("broker", False, "does not answer; work goes on, a little later", why="away")
    return Part("broker", True, "ok")


def look_at_scanner() -> Part:
    """Whether it answers, and whether it knows the viruses of these days."""
    if not settings.CLAMD_URL:
        return Part("scanner", False, "not configured; files are marked as not checked for viruses", why="none")
    there = Scanner(settings.CLAMD_URL)
    if not there.answers():
        return Part("scanner", False, "does not answer; new files wait", why="away")
    program, made_at = there.knows()
    if made_at is None:
        return Part("scanner", False, "does not say how old its signatures are", why="undated", also=program)
    is_old = clock.real_now() - made_at > SIGNATURES_LAST
    words = f"{'OLD SIGNATURES' if is_old else 'ok'}, of {made_at:%Y-%m-%d}"
    return Part("scanner", not is_old, words, why="old" if is_old else "", at=made_at, also=program)


def look_at_reader() -> Part:
    """The program that reads pictures is not needed by anybody; one that was named and does not work is a fault."""
    there = engine()
    if there is None:
        return Part("reader", True, "none; pictures of text stay pictures", why="none")
    if not there.answers():
        return Part("reader", False, "does not run, or has not all of its languages; pictures of text wait", why="away")
    return Part("reader", True, "ok")


def look_at_sender(database: Part) -> Part:
    """When the sender of mail last ran, in UTC."""
    last = sender.last_run() if database.is_well else None
    if not last:
        return Part("sender", False, "has not run yet" if database.is_well else "unknown", why="never")
    words, since = f"last ran {last.at:%Y-%m-%dT%H:%M:%SZ}", last.mail_away_since
    if clock.real_now() - last.at > SENDER_RESTS:
        return Part("sender", False, f"{words}; it should have run since", why="late", at=last.at)
    if since:
        away = f"{words}; the mail server is away since {since:%Y-%m-%dT%H:%M:%SZ}"
        return Part("sender", False, away, why="mail_away", at=since)
    return Part("sender", True, words, at=last.at)


def look_at_files(database: Part) -> Part:
    """What the nightly look over the store found; `manage.py find_orphans` and `verify_files` name each."""
    look = StoreLook.objects.filter(pk=1).first() if database.is_well else None
    if not look:
        words = "not looked over yet" if database.is_well else "unknown"
        return Part("files", not database.is_well, words, why="never")
    counts = {
        "damaged": len(look.damaged),
        "rows without a file": look.rows_without_file,
        "files without a row": look.files_without_row,
        "rows that nothing names": look.rows_without_owner,
        "halves": look.halves,
        "not ours": look.strange,
    }
    found = "".join(f"; {what}: {count}" for what, count in counts.items() if count)
    is_late = clock.real_now() - look.at > LOOK_EVERY
    why = "astray" if not look.is_well else "late" if is_late else ""
    words = f"looked over {look.at:%Y-%m-%dT%H:%M:%SZ}{found}"
    return Part("files", not why, words, why=why, at=look.at, also=str(len(look.damaged)))


def look_at_record(database: Part) -> Part:
    """When the record of what happened was last sealed and proved; `manage.py verify_history` names faults."""
    if not database.is_well:
        return Part("record", False, "unknown")
    last, look = Digest.objects.order_by("pk").last(), RecordLook.objects.filter(pk=1).first()
    if not last:
        return Part("record", False, "not sealed yet", why="never")
    is_late = last.on_date < (clock.real_now() - LATE).date()
    words = f"last sealed {last.on_date}; " + (f"proved {look.at:%Y-%m-%dT%H:%M:%SZ}" if look else "not proved yet")
    faults = look.faults if look else 0
    why = "faults" if faults else "late" if is_late else ""
    words += f"; faults: {faults}" if faults else ""
    at, is_well = look.at if look else None, not why
    return Part("record", is_well, words, why=why or ("" if look else "new"), at=at)


def look_at_backup(database: Part) -> Part:
    """Whether an archive of these days was shown to come back."""
    if not settings.BACKUP_TO:
        return Part("backup", False, "not configured; nothing is backed up by itself", why="none")
    look = BackupLook.objects.filter(pk=1).first() if database.is_well else None
    if not look:
        return Part("backup", False, "not proved yet" if database.is_well else "unknown", why="never")
    is_well = look.is_proved and clock.real_now() - look.looked_at <= PROVED_EVERY
    why = "" if is_well else "late" if look.is_proved else "unproved"
    made = f"newest made {look.made_at:%Y-%m-%dT%H:%M:%SZ}" if look.made_at else "none"
    words = f"{made}; looked at {look.looked_at:%Y-%m-%dT%H:%M:%SZ}; {'proved' if is_well else 'NOT PROVED'}"
    words += ", its rows came back" if is_well and look.came_back else ""
    return Part("backup", is_well, words, why=why, at=look.made_at)
