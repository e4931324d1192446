"""Mail that came back after the server had taken it: the address is wrong, as if it had been refused at once."""

from uuid import UUID

from anymail.signals import AnymailTrackingEvent, EventType
from django.db import transaction

from portal import clock
from portal.actors import SYSTEM
from portal.history.actions import record
from portal.reminders.models import Delivery
from portal.reminders.readers import address_is_wrong, person_of, reader_of

# What no later try puts right. A delay, which the provider goes on with itself, is none of these.
FOR_GOOD = {EventType.BOUNCED: "bounced", EventType.REJECTED: "bounced", EventType.COMPLAINED: "complained"}


def heard(event: AnymailTrackingEvent, **_rest: object) -> None:
    """What a provider tells of one message: what is not about one of ours, or not for good, changes nothing."""
    if why := FOR_GOOD.get(event.event_type):
        came_back(str(event.message_id or ""), str(event.recipient or ""), why=why)


@transaction.atomic
def came_back(message_id: str, address: str, *, why: str) -> Delivery | None:
    """Note once that a message did not reach its reader; None when it is not ours, or was noted before."""
    delivery = Delivery.objects.select_for_update().filter(pk=_ours(message_id), came_back_at=None).first()
    if delivery is None or delivery.message_id != message_id:
        return None
    delivery.came_back_at = clock.now()
    delivery.save(update_fields=["came_back_at"])
    record(SYSTEM, "reminder.came_back", delivery, case=delivery.case_id, why=why)
    # An address that was put right since is not wrong because the old one was.
    if _address_now(delivery).casefold() == address.casefold():
        address_is_wrong(delivery)
    return delivery


def _address_now(delivery: Delivery) -> str:
    if person := person_of(delivery.recipient):
        return person.email or ""
    reader = reader_of(delivery.recipient, clock.now())
    return reader.address if reader else ""


def _ours(message_id: str) -> UUID | None:
    """The message that a Message-ID of ours names."""
    try:
        return UUID(message_id.removeprefix("<").partition("@")[0])
    except ValueError:
        return None
