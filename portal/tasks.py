"""What beat starts for the house as a whole."""

from portal import alarms, clock, retention
from portal.celery import app
from portal.history import sealing
from portal.history.models import RecordLook


@app.task
def keep_no_longer() -> dict[str, int]:
    """Erase what has been kept as long as it may be, each on record. What a stop left goes the next night."""
    return retention.run(clock.now())


@app.task
def seal_record() -> None:
    """One digest a night over the record, here and outside; whatever turn of the night comes first makes it."""
    sealing.seal(clock.real_now())


@app.task
def prove_record() -> None:
    """Once a week prove the record against its digests; the administrators are told when it does not fit."""
    if alarms.prove_record(clock.real_now()).faults:
        alarms.tell(alarms.RECORD, RecordLook, clock.now())
