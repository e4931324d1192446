"""What beat starts for the house as a whole."""

from portal import alarms, clock, retention
from portal.backup import upkeep
from portal.backup.models import BackupLook
from portal.celery import app
from portal.history import sealing
from portal.history.models import RecordLook


@app.task
def keep_no_longer() -> dict[str, int]:
    """Erase what has been kept as long as it may be, each on record. What a stop left goes the next night."""
    return retention.night(clock.now())


@app.task
def watch_system() -> None:
    """Look at each line of the system page; whoever looks after the house is told what turned red, or green again."""
    alarms.watch(clock.real_now())


@app.task
def seal_record() -> None:
    """One digest a night over the record, here and outside; whatever turn of the night comes first makes it."""
    sealing.seal(clock.real_now())


@app.task
def prove_record() -> None:
    """Once a week prove the record against its digests; the administrators are told when it does not fit."""
    if alarms.prove_record(clock.real_now()).faults:
        alarms.tell(alarms.RECORD, RecordLook, clock.now())


@app.task(time_limit=3500, soft_time_limit=3400)  # below the broker's visibility timeout
def make_backup() -> None:
    """One archive a night in BACKUP_TO, where that is set; what is kept no longer goes."""
    upkeep.make_tonights(clock.real_now())


@app.task(time_limit=3500, soft_time_limit=3400)
def prove_backup() -> None:
    """Once a week prove that the newest archive comes back; the administrators are told when it does not."""
    look = upkeep.prove_newest(clock.real_now())
    if look and not look.is_proved:
        alarms.tell(alarms.BACKUP, BackupLook, clock.now())
