"""What the call page shows of who is late."""

from datetime import datetime
from typing import Any

from bookings.late import rules
from bookings.late.models import MINUTES, Late, Side
from bookings.models import Consultation


def shown(call: Consultation, user: Any, now: datetime) -> dict[str, Any]:
    """What the call page says: who is late, and what this person can press."""
    words = {word.side: word for word in Late.objects.filter(call=call) if rules.stands(word, call, now)}
    own = Side.CONSULTANT if call.consultant_id == user.pk else Side.PATIENT
    other = Side.PATIENT if own == Side.CONSULTANT else Side.CONSULTANT
    return {
        "own": words.get(own),
        "other": words.get(other),
        "minutes": () if rules.why_not(call, now) else MINUTES,
        "name": call.patient.first_name if own == Side.CONSULTANT else call.consultant.first_name,
    }
