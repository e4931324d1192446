"""The worker's part for the tray: checks and readings, found by beat even when no nudge arrives."""

from uuid import UUID

from cases.desk.tray import checking, reading
from portal.celery import app


@app.task
def check_incoming(incoming_id: str) -> None:
    """Check one paper now, if it still waits, and read it."""
    checking.check(UUID(incoming_id))
    reading.read(UUID(incoming_id))


@app.task
def look_at_tray() -> None:
    """Check and read whatever is due: nudges that were lost, checks that died, files that waited for the scanner."""
    checking.check_waiting()
    reading.read_waiting()
