"""Who reads what the patient wrote: made private afterwards, or no longer, with the files of the message."""

from django.db import transaction

from cases.case import hands
from cases.case.actions import must
from cases.case.people import may
from cases.documents import private
from cases.documents.models import Document
from cases.threads import answering, rules
from cases.threads.models import Attachment, Message
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record


@transaction.atomic
def set_private(message: Message, is_private: bool, *, by: Actor) -> Message:
    """For her and the team alone, or for the people of the thread again. Twice is once.

    Raises Refused for words of others, for notes, and for what was taken back.
    """
    case = message.case
    must("write_messages", case, by)
    answering.lock(case)
    message = Message.objects.select_related("case__patient", "case__key").get(pk=message.pk)
    is_hers = message.author_id == case.patient_id and not message.is_internal
    reason = rules.why_not_set_private(
        is_hers=is_hers, speaks=speaks(message, by.user), is_here=message.taken_back_at is None
    )
    if reason:
        raise Refused(reason, code="role")
    if message.is_private == is_private:
        return message
    if by.id != case.patient_id:
        by = hands.done_for(case, by)
    message.is_private, message.hidden_at = is_private, clock.now() if is_private else None
    message.save(update_fields=["is_private", "hidden_at"])
    record(by, _verb(is_private), message, patient=case.patient_id, case=case.pk)
    _files(message, is_private, by)
    return message


def speaks(message: Message, person: object) -> bool:
    """Whether this person says who reads it: its author, or a coordinator for words that were written down."""
    is_author = getattr(person, "pk", None) == message.author_id
    return is_author or (message.written_by_id is not None and may("speak_for", message.case, person))


def _verb(is_private: bool) -> str:
    return "message.made_private" if is_private else "message.private_no_more"


def _files(message: Message, is_private: bool, by: Actor) -> None:
    """Its files follow; one that goes with another private message stays private."""
    own = Document.objects.filter(pk__in=message.attachments.values("document")).select_related("case")
    if not is_private:
        kept = Attachment.objects.filter(message__is_private=True, message__taken_back_at=None)
        own = own.exclude(pk__in=kept.values("document"))
    private.keep_private(list(own), is_private, by=by)
