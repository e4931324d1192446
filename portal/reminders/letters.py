"""A message as a letter of one page: for whoever neither mail nor a call reaches. Made of what is due when printed."""

import datetime as dt
from pathlib import Path
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal import paper, when
from portal.reminders import emails, gathering, kinds, muting, rules
from portal.reminders.frame import FRAME
from portal.reminders.models import Delivery, Reminder
from portal.reminders.readers import Reader, person_of, reader_of
from portal.texts.words import text

TEMPLATE = Path(__file__).with_name("letter.typ")


def pdf(delivery: Delivery, now: dt.datetime) -> bytes | None:
    """The letter, in its reader's language and zone; None when nothing in the message is due any more.

    Raises paper.MissingLetters when a name cannot be set.
    """
    reader, person = reader_of(delivery.recipient, now), person_of(delivery.recipient)
    live = [row for row in Reminder.objects.unsettled().filter(delivery=delivery) if row.useful_until > now]
    held = muting.muted(live, now)
    due, _not_due = gathering.judge([row for row in live if row not in held], now)
    rows = rules.leading(row for row in live if row.pk in due)
    if reader is None or person is None or not rows:
        return None
    with translation.override(reader.language), timezone.override(reader.zone):
        house = emails.House()
        facts = house.facts
        words = {
            "title": _("A letter for you"),
            "from": [line for line in (facts.sender_name, facts.address) if line],
            "on": when.day(now, year=True),
            "to": [person.name, *person.postal.splitlines()],
            "things": _things(rows, reader, now, house),
            "answer": house.wordings.filled(FRAME, {"phone": facts.phone or emails.bracketed("phone")})["by_phone"],
            "scope": text("scope_short").body,
        }
        return paper.pdf(TEMPLATE, words, author=facts.sender_name, made_at=now)


def _things(rows: list[Reminder], reader: Reader, now: dt.datetime, house: emails.House) -> list[dict[str, Any]]:
    """Everything the message holds: a letter has room, and nobody opens a page beside it."""
    words = emails.words_of(rows, reader, now, house.wordings)
    return [_thing(row, words[row.pk], reader) for row in rows if row.pk in words]


def _thing(row: Reminder, words: kinds.Words, reader: Reader) -> dict[str, str]:
    at = ""
    if words.at:
        at = _("%(at)s, %(zone)s") % {"at": when.moment(words.at, reader.zone), "zone": when.zone_name(reader.zone)}
    return {"lead": words.lead, "at": at, "line": words.line, "question": words.question}
