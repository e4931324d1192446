"""What could not go in time, told to the coordinators: one gathered notice a day that points to the log."""

import datetime as dt
from collections.abc import Sequence
from uuid import NAMESPACE_URL, UUID, uuid5

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.reminders import kinds
from portal.reminders.actions import plan_row
from portal.reminders.models import RecipientType, Reminder
from portal.reminders.readers import Reader

MISSED = "reminders.missed"
KEPT_UP = dt.timedelta(days=7)


def tell_staff_of_missed(rows: Sequence[Reminder], now: dt.datetime) -> None:
    """Plan the day's notice about messages that did not go. Its own kind is left out, or it would never end."""
    if all(row.kind == MISSED for row in rows):
        return
    day = now.date()
    plan_row(
        Reminder(
            kind=MISSED,
            about_type="reminders.day",
            about_id=uuid5(NAMESPACE_URL, f"reminders-missed:{day.isoformat()}"),
            version=1,
            recipient_type=RecipientType.ROLE,
            recipient_id="coordinator",
            due_at=now,
            useful_until=now + KEPT_UP,
        )
    )


def _still_due(rows: Sequence[Reminder], now: dt.datetime) -> set[UUID]:
    return {row.pk for row in rows}


def _words(rows: Sequence[Reminder], reader: Reader, now: dt.datetime) -> dict[UUID, kinds.Words]:
    said = kinds.Words(
        subject=_("Some messages did not go out"),
        lead=_("Some messages did not go out"),
        line=_("The log shows which ones failed and can be tried again, and whose time has passed."),
        action_label=_("Open the log"),
        path=reverse("pages:reminder_log"),
    )
    return {row.pk: said for row in rows}


KIND = kinds.Kind(
    code=MISSED,
    message_class=kinds.NOTICE,
    label=gettext_lazy("Some messages did not go out"),
    still_due=_still_due,
    words=_words,
    why=lambda row: _("They failed, or their time passed before they could go."),
    rank=15,
)
