"""The message: one thing leads, the rest is a line; plain and HTML say the same, in the reader's zone and language."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal import mail, phones, when
from portal.reminders import kinds, rules
from portal.reminders.frame import FRAME
from portal.reminders.links import answer_path, pause_path
from portal.reminders.models import Delivery, RecipientType, Reminder
from portal.reminders.readers import Reader
from portal.reminders.wordings import Wordings
from portal.texts.templatetags.facts import EMPTY
from portal.texts.words import organisation, text

log = structlog.get_logger(__name__)


def words_of(
    rows: Sequence[Reminder], reader: Reader, now: dt.datetime, wordings: Wordings | None = None
) -> dict[UUID, kinds.Words]:
    """Words by row id, ours or an administrator's, each kind asked once. The reader's language must be active."""
    wordings = wordings or Wordings()
    by_kind: dict[str, list[Reminder]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row)
    found: dict[UUID, kinds.Words] = {}
    for code, same in by_kind.items():
        found.update(kinds.kind_of(code).words(same, reader, now))
    return {pk: wordings.reworded(words, reader.language) for pk, words in found.items()}


class House:
    """What every message says of us: read once for many messages."""

    def __init__(self) -> None:
        self.facts = organisation()
        self.wordings = Wordings()
        self._scopes: dict[str, str] = {}

    def scope(self, language: str) -> str:
        if language not in self._scopes:
            self._scopes[language] = text("scope_short", language).body
        return self._scopes[language]


Compose = Callable[[Delivery, Sequence[Reminder], Reader, dt.datetime, House], tuple[str, bytes]]
_composers: dict[str, Compose] = {}


def register_composer(recipient_type: str, compose: Compose) -> None:
    """Messages to recipients of a type (an office) are written another way than those to people."""
    _composers[recipient_type] = compose


def composer_for(delivery: Delivery) -> Compose:
    return _composers.get(delivery.recipient_type, compose)


def compose(
    delivery: Delivery, rows: Sequence[Reminder], reader: Reader, now: dt.datetime, house: House | None = None
) -> tuple[str, bytes]:
    """(subject, bytes) of the message made of these rows."""
    house = house or House()
    with translation.override(reader.language), timezone.override(reader.zone):
        lead, words = leading_words(rows, reader, now, house)
        return set_out(delivery, lead, words, len(rows) - 1, reader, now, house)


def to_outsider(
    delivery: Delivery,
    rows: Sequence[Reminder],
    reader: Reader,
    now: dt.datetime,
    house: House,
    opens: Callable[[Reminder], str],
) -> tuple[str, bytes]:
    """(subject, bytes) for somebody without an account: no word of what we do, and in place of "sign in first" how the
    link `opens`, said of the reminder that leads.
    """
    with translation.override(reader.language), timezone.override(reader.zone):
        lead, words = leading_words(rows, reader, now, house)
        subject = discreet(words.subject)
        said = said_in(delivery, lead, words, 0, reader, house)
        said |= {"subject": subject, "scope": "", "frame": said["frame"] | {"sign_in_first": opens(lead), "unwell": ""}}
        raw = mail.compose(
            mail.Mail(
                to=reader.email,
                subject=subject,
                plain=render_to_string("emails/message.txt", said),
                html=render_to_string("emails/message.html", said),
                sender_name=said["sender_name"],
                message_id=delivery.message_id,
                at=now,
                headers={"X-Reminder-Key": str(delivery.pk)},
                attachments=tuple((a.name, a.content_type, a.content) for a in words.attachments),
            )
        )
        return subject, raw


def set_out(
    delivery: Delivery, lead: Reminder, words: kinds.Words, more: int, reader: Reader, now: dt.datetime, house: House
) -> tuple[str, bytes]:
    """The message that leads with these words. The reader's language and zone must be active."""
    subject = discreet(words.subject)
    said = said_in(delivery, lead, words, more, reader, house) | {"subject": subject}
    raw = mail.compose(
        mail.Mail(
            to=reader.email,
            subject=subject,
            plain=render_to_string("emails/message.txt", said),
            html=render_to_string("emails/message.html", said),
            sender_name=said["sender_name"],
            message_id=delivery.message_id,
            at=now,
            headers=_headers(delivery, said["pause_url"]),
            attachments=tuple((a.name, a.content_type, a.content) for a in words.attachments),
        )
    )
    return subject, raw


def leading_words(
    rows: Sequence[Reminder], reader: Reader, now: dt.datetime, house: House
) -> tuple[Reminder, kinds.Words]:
    """The row that leads, with its words. One whose room fails to word it stays one of the "more things"."""
    failed: Exception | None = None
    if len(rows) == 1:  # nobody else to lead: whoever asked lets only this message wait
        return rows[0], words_of(rows, reader, now, house.wordings)[rows[0].pk]
    for row in rules.leading(rows):
        try:
            with transaction.atomic():
                return row, words_of([row], reader, now, house.wordings)[row.pk]
        except Exception as error:
            log.error("kind_failed", kind=row.kind, error=type(error).__name__)
            failed = error
    raise failed or LookupError("a message of nothing")


def bracketed(fact: str) -> str:
    """An empty fact, named as on the pages."""
    return f"[{EMPTY[fact]}]"


def discreet(subject: str) -> str:
    """The subject, or a neutral one when it would tell a bystander what this is about."""
    return _("A note for you") if rules.clinical_words(subject) else mail.one_line(subject)


def said_in(
    delivery: Delivery, lead: Reminder, words: kinds.Words, more: int, reader: Reader, house: House
) -> dict[str, Any]:
    """Everything that stands in a message, by name: its plain part, its HTML part and its preview are made of it."""
    facts = house.facts
    named = {
        "phone": phones.shown(facts.phone) or bracketed("phone"),
        "emergency": facts.emergency_number or bracketed("emergency_number"),
    }
    return {
        "language": translation.get_language(),
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "sender_name": facts.sender_name,
        "lead": words.lead,
        "moment": when.moment(words.at, reader.zone) if words.at else "",
        "zone_name": when.zone_name(reader.zone) if words.at else "",
        "line": words.line,
        "action_label": words.action_label,
        "action_url": mail.absolute(words.path) if words.path else "",
        "question": words.question,
        "question_hint": words.question_hint,
        "answers": _answers(lead) if words.question and kinds.kind_of(lead.kind).answer else [],
        "others": others(more),
        "home_url": mail.absolute(reverse("pages:home")),
        "scope": house.scope(reader.language),
        "frame": house.wordings.filled(FRAME, named),
        "pause_url": mail.absolute(pause_path(delivery)) if can_pause(delivery) else "",
    }


def can_pause(delivery: Delivery) -> bool:
    """Whether pausing would have held it back: what answers a person's own press always goes."""
    return delivery.message_class != kinds.ANSWER and delivery.recipient_type == RecipientType.USER


def _answers(row: Reminder) -> list[dict]:
    labels = {kinds.DONE: _("Done"), kinds.NOT_YET: _("Not yet"), kinds.CALL: _("Call me")}
    return [{"label": labels[choice], "url": mail.absolute(answer_path(row, choice))} for choice in kinds.CHOICES]


def others(count: int) -> str:
    if not count:
        return ""
    return ngettext("%(count)d more thing waits on your page.", "%(count)d more things wait on your page.", count) % {
        "count": count
    }


def _headers(delivery: Delivery, pause_url: str) -> dict[str, str]:
    headers = {"X-Reminder-Key": str(delivery.pk)}
    if pause_url:
        headers["List-Unsubscribe"] = f"<{pause_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers
