"""What a reminder is about: each room registers its kinds here, from its own apps.py."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from portal.reminders import patterns
from portal.reminders.patterns import Pattern

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.functional import Promise

    from portal.actors import Actor
    from portal.reminders.models import Reminder
    from portal.reminders.readers import Reader

ANSWER = "answer"
NOTICE = "notice"
REMINDER = "reminder"

DONE = "done"
NOT_YET = "not_yet"
CALL = "call"
CHOICES = (DONE, NOT_YET, CALL)


@dataclass(frozen=True)
class Attachment:
    """A calendar file; nothing else may travel with a message."""

    name: str
    content_type: str
    content: bytes

    def __post_init__(self) -> None:
        if not self.content_type.startswith("text/calendar"):
            raise ValueError("the calendar file is the only attachment")


@dataclass(frozen=True)
class Words:
    """What one row says to one reader, in the reader's language. Mails are read over shoulders: keep it discreet.

    Made by `say`, it keeps its pattern and what stands in it, so that an administrator's words can take its place.
    """

    subject: str
    lead: str
    line: str = ""
    at: dt.datetime | None = None
    action_label: str = ""
    path: str = ""
    question: str = ""
    question_hint: str = ""
    attachments: tuple[Attachment, ...] = ()
    pattern: Pattern | None = None
    named: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.path and (not self.path.startswith("/") or self.path.startswith("//")):
            raise ValueError("a message links only to us: give a path")


def say(
    pattern: Pattern,
    named: Mapping[str, object] | None = None,
    *,
    at: dt.datetime | None = None,
    path: str = "",
    attachments: tuple[Attachment, ...] = (),
) -> Words:
    """Our words of a pattern, filled. The reader's language must be active."""
    named = named or {}
    said = patterns.filled(pattern.ours(), named)
    return Words(**said, at=at, path=path, attachments=attachments, pattern=pattern, named=named)


@dataclass(frozen=True)
class Kind:
    """How a kind of reminder is judged and worded. `still_due` and `words` are called once for all rows of a kind."""

    code: str
    message_class: str
    label: "str | Promise"
    still_due: Callable[[Sequence["Reminder"], dt.datetime], set[UUID]]
    words: Callable[[Sequence["Reminder"], "Reader", dt.datetime], dict[UUID, Words]]
    why: Callable[["Reminder"], str]
    rank: int = 50
    answer: Callable[["Reminder", str, "Actor"], object] | None = None
    # Takes back what "done" said, and gives the version under which it is asked again; Refused when it is too late.
    take_back: Callable[["Reminder", "Actor"], int] | None = None
    again_after: int = 2
    # What `still_due` and `words` read by `together.things`: a page reads it for all kinds in one query.
    # `together.Due` and `together.Told` say it themselves.
    about: "tuple[Callable[[], QuerySet[Any]], ...]" = ()
    patterns: tuple[Pattern, ...] = ()  # the words that patients read and administrators may change

    def __post_init__(self) -> None:
        if self.message_class not in (ANSWER, NOTICE, REMINDER):
            raise ValueError(f"{self.code}: no such class of message")
        read = (getattr(part, "about", None) for part in (self.still_due, self.words))
        object.__setattr__(self, "about", tuple(dict.fromkeys((*self.about, *filter(None, read)))))


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Make kinds known. A second one under the same code is a mistake in the code."""
    for kind in kinds:
        if _kinds.get(kind.code, kind) is not kind:
            raise ValueError(f"{kind.code} is registered twice")
        _kinds[kind.code] = kind
        patterns.register(*kind.patterns)


def forget(*codes: str) -> None:
    """Take kinds out again (tests register their own)."""
    for code in codes:
        _kinds.pop(code, None)


def kind_of(code: str) -> Kind:
    """The kind under this code. KeyError for an unknown one."""
    return _kinds[code]


def known(code: str) -> Kind | None:
    """The kind under this code, or None for one whose room is gone."""
    return _kinds.get(code)


def all_kinds() -> list[Kind]:
    return [_kinds[code] for code in sorted(_kinds)]
