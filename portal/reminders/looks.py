"""How a wording looks where it is read: the very mail, text and page, made for an example reader who does not exist."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone, translation

from portal import clock, mail, texting
from portal.reminders import emails, kinds, patterns, rules, text_messages
from portal.reminders.kinds import Words
from portal.reminders.models import Delivery, RecipientType, Reminder
from portal.reminders.patterns import Pattern
from portal.reminders.readers import Reader
from portal.reminders.wordings import Wordings

IN_DAYS, AT = dt.timedelta(days=3), dt.time(14, 30)


@dataclass(frozen=True)
class Look:
    """A message as it would go: `mail` as kept mails are read, what is `said` in it, the text, and the question."""

    mail: mail.Kept
    said: dict[str, Any]
    text: str
    question: str
    question_hint: str


def look(pattern: Pattern, parts: Mapping[str, str], language: str) -> Look:
    """A message in these words, the rest as it is now. Nothing is stored, and its links lead nowhere."""
    house, now = emails.House(), clock.now()
    reader = _reader(house, language)
    kind, shown = _kind_of(pattern)
    delivery = Delivery(id=uuid4(), recipient_type=reader.type, recipient_id=reader.id, message_class=kinds.REMINDER)
    delivery.message_id = mail.message_id_for(str(delivery.pk))
    row = Reminder(kind=kind.code, message_class=kinds.REMINDER)
    with translation.override(language), timezone.override(reader.zone):
        if shown is pattern:
            words = _words(pattern, parts, reader, now)
        else:  # the sentences around every message are shown around one of ours
            words = _words(shown, shown.ours(), reader, now)
            house.wordings = Wordings({(pattern.code, language): dict(parts)})
        said = emails.said_in(delivery, row, words, 0, reader, house)
        _subject, raw = emails.set_out(delivery, row, words, 0, reader, now, house)
        text = text_messages.set_out(delivery, row, words, 0, reader, house)
    return Look(mail.read(raw), said, text, words.question, words.question_hint)


def fits_a_text(pattern: Pattern, parts: Mapping[str, str], language: str) -> bool:
    """Whether these words go as one text message, or are at least no longer than ours."""
    text = look(pattern, parts, language).text
    with translation.override(language):
        ours = look(pattern, pattern.ours(), language).text
    return texting.fits(text) or len(text) <= len(ours)


def _reader(house: emails.House, language: str) -> Reader:
    return Reader(
        type=RecipientType.USER,
        id=str(uuid4()),
        called="",
        email="reader@example.org",
        zone=ZoneInfo(house.facts.time_zone),
        language=language,
    )


def _kind_of(pattern: Pattern) -> tuple[kinds.Kind, Pattern]:
    """The kind that says it. What stands around every message is shown around one that asks a question."""
    worded = [(kind, each) for kind in kinds.all_kinds() for each in kind.patterns]
    found = [(kind, each) for kind, each in worded if each is pattern]
    return (found or [(kind, each) for kind, each in worded if "question" in each.parts] or worded)[0]


def _words(pattern: Pattern, parts: Mapping[str, str], reader: Reader, now: dt.datetime) -> Words:
    at = rules.at_wall(rules.local_day(now, reader.zone) + IN_DAYS, AT, reader.zone) if pattern.has_time else None
    return Words(**patterns.filled(parts, pattern.examples), at=at, path=reverse("pages:home"))
