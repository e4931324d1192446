"""The worker's part for faxes, found by beat even when no nudge arrives."""

from cases.desk.fax import sending
from portal.celery import app


@app.task
def send_faxes() -> int:
    """Send what waits. Twice, or late, sends nothing twice."""
    return sending.send_due()
