"""Whether somebody heard of a call before it became what it is now: else no word of ours calls its time new."""

from django.db.models import Exists, OuterRef, Q

from portal.reminders.models import Outcome, Reminder


def earlier_word(*kinds: str) -> Exists:
    """Whether a message of these kinds, about an earlier version of the thing, went out, or may have."""
    went = Q(settled_as__in=[Outcome.SENT, Outcome.HANDED_ON]) | Q(delivery__claimed_at__isnull=False)
    rows = Reminder.objects.filter(went, kind__in=kinds, about_id=OuterRef("pk"), version__lt=OuterRef("version"))
    return Exists(rows)
