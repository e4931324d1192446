"""What beat starts: the sender's turn, and forgetting old bodies."""

from portal import clock
from portal.celery import app
from portal.reminders import sender


@app.task
def send_due() -> int:
    """Send what is due. Any number may run at once; claims see to it that each message goes once."""
    return sender.run()


@app.task
def forget_bodies() -> int:
    """Mail bodies are kept 90 days."""
    return sender.forget_bodies(clock.now())
