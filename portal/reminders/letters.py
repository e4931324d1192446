"""A message as a letter of one page: for whoever neither mail nor a call reaches. Made of what is due when printed."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal import paper, phones, when
from portal.reminders import by_hand, emails, kinds
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
    rows = by_hand.due_rows(delivery, now)
    if reader is None or person is None or not rows:
        return None
    with translation.override(reader.language), timezone.override(reader.zone):
        house = emails.House()
        facts = house.facts
        phone = phones.shown(facts.phone) or emails.bracketed("phone")
        words = {
            "title": _("A letter for you"),
            "from": [line for line in (facts.sender_name, facts.address) if line],
            "on": when.day(now, year=True),
            "to": [person.name, *person.postal.splitlines()],
            "things": things(rows, reader, now, house),
            "answer": house.wordings.filled(FRAME, {"phone": phone})["by_phone"],
            "scope": text("scope_short").body,
        }
        return paper.pdf(TEMPLATE, words, author=facts.sender_name, made_at=now)


def things(rows: Sequence[Reminder], reader: Reader, now: dt.datetime, house: emails.House) -> list[dict[str, str]]:
    """Everything the message holds, each thing once: a letter has room, and nobody opens a page beside it."""
    words = emails.words_of(rows, reader, now, house.wordings)
    told: dict[tuple[UUID, str, dt.datetime | None], dict[str, str]] = {}
    for row in rows:
        if row.pk in words:
            told.setdefault((row.about_id, words[row.pk].lead, words[row.pk].at), _thing(words[row.pk], reader))
    return list(told.values())


def _thing(words: kinds.Words, reader: Reader) -> dict[str, str]:
    at = ""
    if words.at:
        at = _("%(at)s, %(zone)s") % {"at": when.moment(words.at, reader.zone), "zone": when.zone_name(reader.zone)}
    return {"lead": words.lead, "at": at, "line": words.line, "question": words.question}
