"""What beat starts: the sender's turn, looking at changed words."""

from portal import clock
from portal.celery import app
from portal.reminders import sender, wording_notice


@app.task
def send_due() -> int:
    """Send what is due. Any number may run at once; claims see to it that each message goes once."""
    return sender.run()


@app.task
def look_at_wordings() -> int:
    """Tell administrators whose words an upgrade made false."""
    return wording_notice.tell_of_unfit(clock.now())
