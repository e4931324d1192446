"""What people do in a thread: send, take back, say that it was not for here; read. What staff do with it besides is
in `answering`, what they do for a patient who signs in nowhere in `by_phone`.
"""

from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID, uuid4, uuid5

from django.db import connection, transaction
from django.utils.translation import gettext as _

from cases.case.actions import ask_to_do, must
from cases.case.models import Case
from cases.case.people import may, role_in
from cases.documents import actions as documents
from cases.documents import private
from cases.documents.models import Document
from cases.threads import answering, heard, rules, showing, telling
from cases.threads.models import Attachment, Message, Thread
from portal import clock, looks
from portal.accounts import drafts
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import note_once, record
from portal.texts.words import organisation

DRAFT, NOTE_DRAFT, WORDS_DRAFT = "message", "team-note", "patient-words"
MISPLACED = "not_for_thread"  # on the coordinator's board

# How far somebody has read, in one statement. The thread is held first: whoever takes a message back meanwhile waits,
# or is waited for. The mark is changed as it stands then, whatever stood there before. Of two looks at the same moment
# both may find none before them; what writes the line sees to it that it is one.
READING = """
WITH read AS (
    SELECT %s::uuid AS case_id, %s::uuid AS person_id, %s::int AS upto,
        %s::timestamptz AS read_at, %s::timestamptz AS since
), held AS (
    SELECT FROM threads_thread JOIN read USING (case_id) FOR UPDATE OF threads_thread
), mark AS (
    INSERT INTO threads_readmark AS known (case_id, person_id, upto, read_at)
    SELECT case_id, person_id, upto, read_at FROM read, held
    ON CONFLICT (case_id, person_id) DO UPDATE
    SET upto = GREATEST(known.upto, EXCLUDED.upto), read_at = EXCLUDED.read_at
    WHERE known.upto < EXCLUDED.upto OR known.read_at <= (SELECT since FROM read)
    RETURNING case_id
)
SELECT {line} FROM mark WHERE NOT EXISTS (
    SELECT FROM threads_readmark AS known JOIN read USING (case_id, person_id) WHERE known.read_at > read.since
)
"""


def sent_already(case: Case, text: str, send_id: UUID, *, by: Actor) -> Message | None:
    """The message that this very press, or the one before it, has sent."""
    found, _free = place_of(case, text, send_id, by.id)
    return found


def place_of(case: Case, text: str, send_id: UUID, author: UUID | None) -> tuple[Message | None, UUID]:
    """The message that was sent under this id with these words, or the id under which they can be sent.

    Other words under the same id were typed after a send whose answer never arrived: they are a message of their own.
    """
    while found := Message.objects.filter(author=author, send_id=send_id).select_related("case__key").first():
        if found.case_id == case.pk and found.text == text.strip():
            return found, send_id
        send_id = uuid5(send_id, "changed")
    return None, send_id


@transaction.atomic
def send(
    case: Case,
    text: str,
    *,
    send_id: UUID | None = None,
    files: Iterable[UUID] = (),
    is_private: bool = False,
    is_answer: bool = True,
    shown: int = 0,
    asks: User | None = None,
    by: Actor,
) -> Message:
    """Write to everybody in the thread. The same press twice is one message. `asks`: who of the team is to answer.

    `files` are documents of the case that the sender may see. Of staff: `is_answer` says that nobody needs to answer
    any more, `shown` up to which number their page had shown them: what came after it still waits. The files of a
    private message are as private as its words. Raises Refused for an empty or too long message.
    """
    must("write_messages", case, by)
    thread = answering.lock(case)
    found, send_id = place_of(case, text, send_id or uuid4(), by.id)
    if found:
        return found
    is_staff = may("note_messages", case, by)
    message = add(thread, case, text, send_id, files, is_private=is_private and not is_staff, by=by)
    record(by, "message.sent", message, patient=case.patient_id, case=case.pk)
    if not is_staff:
        answering.ask(thread, case, of=asks, by=by)
    elif is_answer:
        answering.settle(thread, case, shown=shown, by=by)
    telling.tell(thread, message, case, by=by)
    return message


@transaction.atomic
def note(case: Case, text: str, *, send_id: UUID | None = None, by: Actor) -> Message:
    """Write for the team alone. It never stands on a page of the patient's; it is part of the record if she asks."""
    must("note_messages", case, by)
    thread = answering.lock(case)
    found, send_id = place_of(case, text, send_id or uuid4(), by.id)
    if found:
        return found
    message = add(thread, case, text, send_id, (), is_internal=True, by=by)
    record(by, "message.noted", message)  # of no case: the patient's log is one of her pages
    return message


def add(
    thread: Thread,
    case: Case,
    text: str,
    send_id: UUID,
    files: Iterable[UUID],
    *,
    is_internal: bool = False,
    is_private: bool = False,
    author: User | None = None,
    by: Actor,
) -> Message:
    """A message under its number; the thread is locked. `author`: whose words they are, where `by` writes them down."""
    wanted = list(files)
    named = Document.objects.visible_to(by.user).here().filter(case=case, pk__in=wanted) if wanted else ()
    attached = list(named)
    if reason := rules.why_not_send(text, len(attached)):
        raise Refused(reason, code="input")
    thread.last_number += 1
    if not is_internal:
        thread.last_shared = thread.last_number
    thread.save(update_fields=["last_number", "last_shared"])
    message = Message(
        case=case,
        author=author or by.user,
        written_by=by.user if author else None,
        number=thread.last_number,
        send_id=send_id,
        is_internal=is_internal,
        is_private=is_private,
        sent_at=clock.now(),
    )
    message.text = text.strip()
    message.save(force_insert=True)
    Attachment.objects.bulk_create([Attachment(message=message, document=document) for document in attached])
    if is_private and attached:
        private.keep_private(attached, by=by)
    return message


@transaction.atomic
def take_back(message: Message, *, by: Actor) -> Message:
    """Undo a send while nobody has read it. The words wait in the box again. Twice is once; else Refused."""
    thread = answering.lock(message.case)
    message = Message.objects.select_related("case__key", "case__patient").get(pk=message.pk)
    if message.taken_back_at and message.is_by(by.user):
        return message
    now = clock.now()
    reader = showing.reader_of(by.user, message.case, now)
    reason = rules.why_not_take_back(
        is_own=message.is_by(by.user), is_read=reader.is_read(message), sent_at=message.sent_at, now=now
    )
    if reason:
        raise Refused(reason, code="state")
    if message.text:
        _put_in_the_box(message, by)
    _take_files_back(message, by)
    message.text, message.taken_back_at, message.taken_back_by = "", now, by.user
    message.save(update_fields=["text", "taken_back_at", "taken_back_by"])
    if message.is_internal:
        record(by, "message.taken_back", message)
    else:
        record(by, "message.taken_back", message, patient=message.case.patient_id, case=message.case_id)
        answering.settle_if_nobody_waits(thread, by=by)
        heard.settle_if_heard(message.case, by=by)
    return message


def _put_in_the_box(message: Message, by: Actor) -> None:
    """The words come behind what was being typed meanwhile; what was private stays private."""
    form = NOTE_DRAFT if message.is_internal else WORDS_DRAFT if message.written_by_id else DRAFT
    kept = drafts.kept(by.user, form, message.case) or {}
    words = [each for each in (kept.get("text", ""), message.text) if each.strip()]
    private = {"is_private": "on"} if message.is_private else {}
    drafts.keep(by.user, form, message.case, kept | {"text": "\n\n".join(words)} | private)


def _take_files_back(message: Message, by: Actor) -> None:
    """The files that came with this message alone go with it; each can be put back like any file taken back."""
    elsewhere = Attachment.objects.exclude(message=message).filter(message__taken_back_at__isnull=True)
    own = Document.objects.here().filter(put_in_by=by.id, pk__in=message.attachments.values("document"))
    own = own.filter(put_in_at__gte=message.sent_at - rules.ONE_LOOK).exclude(pk__in=elsewhere.values("document"))
    for document in own.select_related("case"):
        with suppress(Refused):  # it has become part of something else meanwhile, and stays a file of the case
            documents.withdraw(document, by=by)


@transaction.atomic
def say_misplaced(message: Message, *, by: Actor) -> Message:
    """Tell staff that this was not for this thread; one of them looks today. Said twice is said once."""
    must("write_messages", message.case, by)
    answering.lock(message.case)
    message = Message.objects.select_related("case__patient").get(pk=message.pk)
    if message.taken_back_at:
        raise Refused(_("This message was taken back."), code="state")
    if message.misplaced_at is None:
        message.misplaced_at, message.misplaced_by = clock.now(), by.user
        message.save(update_fields=["misplaced_at", "misplaced_by"])
        record(by, "message.misplaced", message, patient=message.case.patient_id, case=message.case_id)
        today = organisation().today()
        ask_to_do(MISPLACED, message, case=message.case, due_on=today, by=by)
    return message


@transaction.atomic
def note_reading(case: Case, upto: int, *, by: Actor) -> None:
    """Keep how far a person has read, before the words are shown: what is read can no longer be taken back.

    Reading on within half an hour is one look, and one line of history.
    """
    now = clock.now()
    since = now - rules.ONE_LOOK
    why = {"consultant": "preparing", "coordinator": "care"}.get(role_in(case, by), "")
    line, params = note_once(by, "message.read", case, since=since, patient=case.patient_id, case=case.pk, why=why)
    with connection.cursor() as cursor:
        cursor.execute(READING.format(line=line), [case.pk, by.id, upto, now, since, *params])
        is_told = cursor.fetchone() == (True,)
    if is_told:
        looks.told(case.pk)
