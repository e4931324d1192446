"""What runs by itself: an archive each night, and each week the proof that the newest one comes back."""

import datetime as dt

import structlog
from django.conf import settings

from portal.alone import alone
from portal.backup import making, places, proving, scratch
from portal.backup.envelope import Broken
from portal.backup.models import BackupLook
from portal.vault import erasures, store

EACH = dt.timedelta(hours=20)
LATE = dt.timedelta(days=2)
PROVED_EVERY = dt.timedelta(days=7)
FAILING_EVERY = dt.timedelta(days=1)
LOCK = 4_715_011

log = structlog.get_logger(__name__)


def make_tonights(now: dt.datetime) -> making.Made | None:
    """An archive in BACKUP_TO, unless there is one of these hours; old ones go. Raises Broken, OSError."""
    if not settings.BACKUP_TO:
        return None
    with alone(LOCK) as is_alone:
        newest = newest_at() if is_alone else None
        if not is_alone or (newest and newest > now - EACH):
            return None
        return _make(now)


def make_by_hand(there: store.Store, now: dt.datetime, *, keep_all: bool) -> tuple[making.Made, list[str]]:
    """What `manage.py backup` makes, with the names of the old ones that went. Raises Broken while another is made."""
    with alone(LOCK) as is_alone:
        if not is_alone:
            raise Broken("Another archive is being made or proved at this moment. Try again when it is done.")
        made = making.make(there, now)
        _put_list_beside(there, made.name)
        return made, [] if keep_all else places.forget_old(there, now)


def _make(now: dt.datetime) -> making.Made:
    there = places.place(settings.BACKUP_TO)
    places.clear_halves(there, now)
    made = making.make(there, now)
    _put_list_beside(there, made.name)
    places.forget_old(there, now)
    for pk, fault in made.faults.items():
        log.error("backup_file_fault", file=str(pk), fault=fault)
    return made


def _put_list_beside(there: store.Store, name: str) -> None:
    """What was erased and is wished to be, for whoever brings the archive back where HISTORY_FOLDER is lost. It stands
    without this.
    """
    try:
        if ids := sorted(erasures.words()):
            with there.writing(places.list_of(name)) as out:
                out.write("".join(f"{pk}\n" for pk in ids).encode())
    except OSError as error:
        log.error("erasures_not_beside_archive", archive=name, error=type(error).__name__)


def prove_newest(now: dt.datetime) -> BackupLook | None:
    """Once a week, and once a day while it fails; whether there is a recent one, each time.

    None where nothing is backed up by itself. While one is being made, what is known stays as it is.
    """
    if not settings.BACKUP_TO:
        return None
    with alone(LOCK) as is_alone:
        look = BackupLook.objects.filter(pk=1).first()
        return _looked(look, now) if is_alone else look


def _looked(before: BackupLook | None, now: dt.datetime) -> BackupLook:
    made_at, is_proved, came_back = None, False, False
    try:
        made_at = newest_at()
        if made_at is None or made_at < now - LATE:  # BACKUP_TO is new, or the house was off
            made_at = places.made_at(_make(now).name)
        if before and _is_enough(before, made_at, now):
            return before
        name = places.name_of(made_at)
        is_fine = not proving.prove(name).faults
        came_back = _brought_back(name)
        is_proved = is_fine
        if not is_fine:
            log.error("backup_holds_faults", archive=name)
    except Exception as error:  # also a proof that was stopped for its length: nothing is proved, and that is told
        log.error("backup_not_proved", reason=str(error) if isinstance(error, Broken) else type(error).__name__)
    values = {"looked_at": now, "made_at": made_at, "is_proved": is_proved, "came_back": is_proved and came_back}
    look, _made = BackupLook.objects.update_or_create(pk=1, defaults=values)
    return look


def _is_enough(look: BackupLook, made_at: dt.datetime, now: dt.datetime) -> bool:
    """Reading all of an archive takes long: one that failed is read again a day later, a newer one at once."""
    if look.is_proved:
        return look.looked_at > now - PROVED_EVERY
    return look.made_at == made_at and look.looked_at > now - FAILING_EVERY


def newest_at() -> dt.datetime | None:
    """When the newest archive in BACKUP_TO was made. Raises Broken, OSError."""
    found = places.archives(places.place(settings.BACKUP_TO))
    return places.made_at(found[-1]) if found else None


def _brought_back(name: str) -> bool:
    """As far as the account permits: without the right to make a database the archive is read through only."""
    if not scratch.is_possible():
        return False
    scratch.bring_back(name)
    return True
