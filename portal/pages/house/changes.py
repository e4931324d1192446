"""Who changed what of the house, and when: from the record, which holds ids and verbs only."""

from typing import Any

from portal.accounts.models import User
from portal.history import words
from portal.history.models import Event

VERBS = ["facts.changed", "day.closed", "day.opened"]
NEWEST = 8


def newest() -> list[dict[str, Any]]:
    """The newest changes, one line for each thing."""
    events = list(Event.objects.filter(verb__in=VERBS).order_by("-id")[:NEWEST])
    people = User.objects.in_bulk({event.actor_id for event in events if event.actor_id})
    return [
        {
            "what": words.what(event.verb),
            "why": words.why(event.why),
            "at": event.at,
            "who": people[event.actor_id].name if event.actor_id in people else "",
        }
        for event in events
    ]
