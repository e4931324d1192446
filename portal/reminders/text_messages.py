"""The message as a text for a phone: the one thing that leads, its time, one link. Read over shoulders like mail."""

import datetime as dt
from collections.abc import Sequence

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal import mail, texting, when
from portal.reminders import emails, kinds, rules
from portal.reminders.links import answer_path, text_path
from portal.reminders.models import Delivery, Reminder
from portal.reminders.readers import Reader


def compose(
    delivery: Delivery, rows: Sequence[Reminder], reader: Reader, now: dt.datetime, house: emails.House
) -> tuple[str, bytes]:
    """(subject, bytes) of the text made of these rows: the fullest wording that goes as one message."""
    with translation.override(reader.language), timezone.override(reader.zone):
        row, words = emails.leading_words(rows, reader, now, house)
        text = set_out(delivery, row, words, len(rows) - 1, reader, house)
        return emails.discreet(words.subject), text.encode()


def set_out(
    delivery: Delivery, row: Reminder, words: kinds.Words, more: int, reader: Reader, house: emails.House
) -> str:
    """The text that leads with these words. The reader's language and zone must be active."""
    lead = _("A note for you") if rules.clinical_words(words.lead) else words.lead
    if words.at:
        lead = _("%(lead)s: %(at)s, %(zone)s") % {
            "lead": lead,
            "at": _moment(words.at, reader),
            "zone": when.zone_name(reader.zone),
        }
    link = mail.absolute(_path(delivery, row, words))
    sender, others = house.facts.sender_name, emails.others(more)
    wordings = [(f"{sender}:", f"{lead}.", others, link), (f"{sender}:", f"{lead}.", link), (f"{lead}.", link)]
    texts = [texting.plain(" ".join(part for part in parts if part)) for parts in wordings]
    return next((text for text in texts if texting.fits(text)), texts[-1])


def _moment(at: dt.datetime, reader: Reader) -> str:
    day = {"day": when.short_day(at, reader.zone), "time": when.clock_time(at, reader.zone)}
    return _("%(day)s, %(time)s") % day


def _path(delivery: Delivery, row: Reminder, words: kinds.Words) -> str:
    """One link, for a text holds no two: where it is answered, or the way on to the thing; both lead to a pause.

    What cannot be paused leads to the thing itself.
    """
    if words.question and kinds.kind_of(row.kind).answer:
        return answer_path(row)
    if emails.can_pause(delivery):
        return text_path(delivery)
    return words.path or reverse("pages:home")
