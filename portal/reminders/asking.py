"""The one question of a message, as its page shows it."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from portal import when
from portal.reminders import actions, emails, gathering, kinds
from portal.reminders.models import Delivery, Reminder
from portal.reminders.readers import Reader


@dataclass(frozen=True)
class Choice:
    """One answer: its button, and a line that says what it does."""

    code: str
    label: str
    does: str
    icon: str


@dataclass(frozen=True)
class Question:
    """The question, its answers with the chosen one first, and what was said before. No answers: it is settled."""

    text: str
    hint: str
    choices: list[Choice]
    said: Choice | None


def question_for(row: Reminder, reader: Reader, now: dt.datetime, chosen: str = "") -> Question | None:
    """The question of a row; None when the matter is over. The reader's language and zone must be active."""
    kind = kinds.known(row.kind)
    if kind is None or kind.answer is None or row.useful_until <= now:
        return None
    reply = row.delivery.reply if row.delivery else ""
    due, _not_due = gathering.judge([row], now)
    if row.pk not in due and not reply:
        return None
    words = emails.words_of([row], reader, now).get(row.pk) or kinds.Words(subject="", lead="")
    choices = {choice.code: choice for choice in _choices(row, now)}
    first = choices.get(chosen)
    ordered = [first] if first else []
    ordered += [choice for choice in choices.values() if choice is not first and choice.code != reply]
    is_settled = row.pk not in due and not actions.may_mend(row, now)
    return Question(words.question, words.question_hint, [] if is_settled else ordered, choices.get(reply))


def leads_to(delivery: Delivery, reader: Reader, now: dt.datetime) -> tuple[str, str]:
    """(label, path) of what a message leads to; the person's page when it is gone. Language and zone must be active."""
    label, path = "", ""
    try:
        _row, words = emails.leading_words(list(delivery.rows.all()), reader, now, emails.House())
        label, path = words.action_label, words.path
    except LookupError:
        pass
    return (label, path) if label and path else (_("Open my page"), reverse("pages:home"))


def _choices(row: Reminder, now: dt.datetime) -> list[Choice]:
    again_at = actions.next_asking(row, now)
    again = _("We ask again on %(day)s.") % {"day": when.day(again_at)} if again_at else _("We don’t ask again.")
    return [
        Choice(kinds.DONE, _("Yes, it’s done"), _("We stop asking."), "check"),
        Choice(kinds.NOT_YET, _("Not yet"), again, "clock"),
        Choice(kinds.CALL, _("Please call me"), _("We call the number you gave us."), "phone"),
    ]
