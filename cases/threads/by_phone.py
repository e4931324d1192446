"""A patient's own words that one of us writes down while she speaks on the phone: her message, on record as such."""

from uuid import UUID, uuid4

from django.db import transaction

from cases.case import hands
from cases.case.actions import must
from cases.case.models import Case
from cases.threads import actions, answering, telling
from cases.threads.models import Message
from portal.accounts.models import User
from portal.actors import Actor
from portal.history.actions import record


@transaction.atomic
def write_down(
    case: Case,
    text: str,
    *,
    send_id: UUID | None = None,
    is_private: bool = False,
    asks: User | None = None,
    by: Actor,
) -> Message:
    """What she said stands as her message, and waits for an answer like any of hers. The same press twice is one.

    Raises Refused for nobody's words, and where she signs in and writes herself.
    """
    must("speak_for", case, by)
    hands.check_by_hand(case, by)
    thread = answering.lock(case)
    found, send_id = actions.place_of(case, text, send_id or uuid4(), case.patient_id)
    if found:
        return found
    by = hands.done_for(case, by)
    message = actions.add(thread, case, text, send_id, (), is_private=is_private, author=case.patient, by=by)
    record(by, "message.written_down", message, patient=case.patient_id, case=case.pk)
    answering.ask(thread, case, of=asks, by=by)
    telling.tell(thread, message, case, by=by)
    return message
