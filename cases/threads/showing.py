"""A thread as a page shows it: some messages by their numbers, each with what this reader may do."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Prefetch, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from cases.case.models import Case
from cases.case.people import CONSULTANT, COORDINATOR, HELPER, PATIENT, may, words_for
from cases.documents import lists
from cases.documents import words as document_words
from cases.documents.models import Document, Version
from cases.threads import changes, rules
from cases.threads.changes import About
from cases.threads.models import Attachment, Message, ReadMark
from portal.accounts.models import User


@dataclass(frozen=True)
class File:
    """A file that a message names, as this reader may know it."""

    document: Document
    version: Version
    hides_name: bool = False

    @property
    def name(self) -> str:
        return _("A file") if self.hides_name else self.document.title or self.version.name

    @property
    def is_open(self) -> bool:
        return self.version.is_ready and self.document.withdrawn_at is None

    @property
    def tag(self) -> dict[str, str]:
        if self.document.withdrawn_at:
            return {"label": _("Taken back"), "kind": "", "icon": "out"}
        return document_words.tag(self.version)


@dataclass(frozen=True)
class Row:
    """One message before one reader."""

    message: Message
    is_own: bool
    is_new: bool
    by: str
    as_what: str
    may_take_back: bool
    files: list[File] = field(default_factory=list)
    is_newest: bool = False
    may_set_private: bool = False
    written_down: str = ""  # by whom, where one of us wrote the author's words
    about: About | None = None


@dataclass(frozen=True)
class Window:
    """Some messages in order, and those at which the ones before and after begin. Pages name messages by their ids."""

    rows: list[Row]
    earlier: str = ""
    later: str = ""
    upto: str = ""  # the last one: what comes after it is news


@dataclass(frozen=True)
class Reader:
    """Who reads, how far they had read before, and how far the others have."""

    user: User
    case: Case
    had_read: int
    others: list[ReadMark]
    now: dt.datetime
    read_at: dt.datetime | None = None
    hides_names: bool = False  # of files, in a session that is kept for days, until the light check

    def is_read(self, message: Message) -> bool:
        """Whether one of the others has read it: who went past words that they may not see has not."""
        if message.is_internal:
            return self._notes_read >= message.number
        return (self._private_read if message.is_private else _furthest(self.others)) >= message.number

    @cached_property
    def _notes_read(self) -> int:
        return _furthest(mark for mark in self.others if may("note_messages", self.case, mark.person))

    @cached_property
    def _private_read(self) -> int:
        return _furthest(mark for mark in self.others if may("see_private_words", self.case, mark.person))

    @property
    def is_another_look(self) -> bool:
        return rules.is_another_look(self.read_at, self.now)


def _furthest(marks: Iterable[ReadMark]) -> int:
    return max((mark.upto for mark in marks), default=0)


def marks_of(case: Case) -> list[ReadMark]:
    """How far each person of the case has read."""
    return list(ReadMark.objects.filter(case=case).select_related("person"))


def read_by(user: User, case: Case) -> int:
    """Up to which number a person has read."""
    return ReadMark.objects.filter(case=case, person=user.pk).values_list("upto", flat=True).first() or 0


def unread_by(user: User, cases: Iterable[UUID]) -> dict[UUID, int]:
    """How many messages of others a person has not read, by case. One query, however many cases."""
    upto = ReadMark.objects.filter(case=OuterRef("case"), person=user.pk).values("upto")
    theirs = Message.objects.visible_to(user).filter(case__in=list(cases)).exclude(author=user.pk)
    newer = theirs.annotate(read=Coalesce(Subquery(upto[:1]), 0)).filter(number__gt=F("read"))
    return dict(newer.order_by().values_list("case").annotate(Count("pk")))


def reader_of(
    user: User,
    case: Case,
    now: dt.datetime,
    marks: Iterable[ReadMark] | None = None,
    *,
    hides_names: bool = False,
) -> Reader:
    """One query, or none where the marks of the case are at hand."""
    marks = marks_of(case) if marks is None else list(marks)
    own = next((mark for mark in marks if mark.person_id == user.pk), None)
    others = [mark for mark in marks if mark.person_id != user.pk]
    return Reader(user, case, own.upto if own else 0, others, now, own.read_at if own else None, hides_names)


def window(reader: Reader, *, before: int = 0, after: int = 0) -> Window:
    """The newest messages; or those before a number, or after one. How many there are is no matter."""
    seen = _seen(reader)
    if after:
        found = list(seen.filter(number__gt=after).order_by("number")[: rules.ON_A_PAGE + 1])
        shown, has_later, has_earlier = found[: rules.ON_A_PAGE], len(found) > rules.ON_A_PAGE, True
    else:
        until = seen.filter(number__lt=before) if before else seen
        found = list(until.order_by("-number")[: rules.ON_A_PAGE + 1])
        shown, has_earlier, has_later = found[: rules.ON_A_PAGE][::-1], len(found) > rules.ON_A_PAGE, bool(before)
    if not shown:
        return Window([])
    first, last = str(shown[0].pk), str(shown[-1].pk)
    rows = rows_of(shown, reader, ends=not has_later)
    return Window(rows, first if has_earlier else "", last if has_later else "", last)


def number_of(case: Case, asked: str | None) -> int:
    """The number of the message that a page names, for those who look it up; 0 for none of this case."""
    try:
        pk = UUID(asked or "")
    except ValueError:
        return 0
    return Message.objects.filter(case=case, pk=pk).values_list("number", flat=True).first() or 0


def hidden_since(reader: Reader, as_of: dt.datetime | None) -> list[UUID]:
    """What this reader had read and may not see any more since then: it goes from the open page."""
    if as_of is None or reader.user.role or may("see_private_words", reader.case, reader.user):
        return []
    gone = Message.objects.shared().filter(case=reader.case, hidden_at__gt=as_of, number__lte=reader.had_read)
    return list(gone.exclude(author=reader.user.pk).values_list("pk", flat=True))


def ends_at(newest: int, *, before: int, after: int) -> bool:
    """Whether the window before a number, or after one, goes up to the newest message."""
    return 0 < newest - after <= rules.ON_A_PAGE if after else not before or before > newest


def news(reader_user: User, case: Case, after: int) -> list[Message]:
    """What came after a number, the oldest first. One query."""
    seen = (
        Message.objects.visible_to(reader_user)
        .filter(case=case, number__gt=after)
        .select_related("author", "written_by")
    )
    return list(seen.order_by("number")[: rules.ON_A_PAGE])


def _seen(reader: Reader) -> Any:
    return Message.objects.visible_to(reader.user).filter(case=reader.case).select_related("author", "written_by")


def rows_of(messages: list[Message], reader: Reader, *, ends: bool = True) -> list[Row]:
    files, abouts = _files(messages, reader), changes.abouts(messages, reader.user)
    rows = []
    for number, message in enumerate(messages, start=1):
        is_own, wrote = message.author_id == reader.user.pk, message.is_by(reader.user)
        reason = rules.why_not_take_back(
            is_own=wrote, is_read=wrote and reader.is_read(message), sent_at=message.sent_at, now=reader.now
        )
        rows.append(
            Row(
                message,
                is_own,
                not wrote and message.number > reader.had_read,
                _("You") if is_own else message.author.name,
                "" if is_own else as_what(message.author, reader.case, reader.user),
                not reason,
                files.get(message.pk, []),
                ends and number == len(messages),
                message.author_id == reader.case.patient_id and not message.is_internal and wrote,
                written_down(message),
                abouts.get(message.pk),
            )
        )
    return rows


def written_down(message: Message) -> str:
    """Who wrote her words down, said to everybody who reads them; nothing for what its author wrote."""
    if message.written_by is None:
        return ""
    named = {"who": message.written_by.name, "name": message.author.first_name}
    return _("Written down by %(who)s for %(name)s on the phone.") % named


def as_what(author: User, case: Case, reader: User) -> str:
    """What the author is in the case, in the reader's words; nothing for a patient, whose thread it is."""
    if author.pk == case.patient_id:
        return str(words_for(case, reader)[PATIENT]) if reader.role else ""
    role = {User.Role.CONSULTANT: CONSULTANT, User.Role.COORDINATOR: COORDINATOR}.get(User.Role(author.role), HELPER)
    return str(words_for(case, reader)[role])


def _files(messages: list[Message], reader: Reader) -> dict[UUID, list[File]]:
    """The files of these messages that the reader may know of, by message; two queries, or one without files."""
    known = Attachment.objects.filter(message__in=messages, document__in=Document.objects.visible_to(reader.user))
    versions = Prefetch("document__versions", Version.objects.order_by("-number"))
    found: dict[UUID, list[File]] = {}
    for named in known.select_related("document").prefetch_related(versions).order_by("pk"):
        if version := lists.newest(named.document):
            found.setdefault(named.message_id, []).append(File(named.document, version, reader.hides_names))
    return found


def readings(marks: Iterable[ReadMark], newest: int) -> list[dict[str, Any]]:
    """Who of the team has read, for the team: up to the newest message, or when they read last."""
    staff = [mark for mark in marks if mark.person.role and mark.upto]
    return [
        {"name": mark.person.name, "at": mark.read_at, "is_all": mark.upto >= newest}
        for mark in sorted(staff, key=lambda mark: mark.read_at, reverse=True)
    ]
