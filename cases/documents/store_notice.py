"""The daily look over the store found something: the administrators are told by message, once a week while it lasts."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.reminders import kinds
from portal.reminders.actions import plan_row
from portal.reminders.models import Reminder
from portal.reminders.readers import Reader, who_looks_after_us
from portal.vault.models import StoreLook

ASTRAY = "documents.store_astray"
THE_STORE = UUID(int=1)  # there is one
KEPT_UP = dt.timedelta(days=7)


def tell_of(look: StoreLook, now: dt.datetime) -> None:
    """Plan the notice, unless all is well. Once in each week, however often this runs."""
    if look.is_well:
        return
    recipient_type, recipient_id = who_looks_after_us()
    plan_row(
        Reminder(
            kind=ASTRAY,
            about_type=StoreLook._meta.label_lower,
            about_id=THE_STORE,
            version=now.isocalendar().year % 100 * 100 + now.isocalendar().week,
            recipient_type=recipient_type,
            recipient_id=recipient_id,
            due_at=now,
            useful_until=now + KEPT_UP,
        )
    )


def _still_due(rows: Sequence[Reminder], now: dt.datetime) -> set[UUID]:
    look = StoreLook.objects.filter(pk=1).first()
    return {row.pk for row in rows} if look and not look.is_well else set()


def _words(rows: Sequence[Reminder], reader: Reader, now: dt.datetime) -> dict[UUID, kinds.Words]:
    said = kinds.Words(
        subject=_("Stored files need a look"),
        lead=_("Stored files need a look"),
        line=_("The daily look over the stored files found some that do not fit. Nothing was removed."),
        action_label=_("See what was found"),
        path=reverse("pages:system"),
    )
    return {row.pk: said for row in rows}


KIND = kinds.Kind(
    code=ASTRAY,
    message_class=kinds.NOTICE,
    label=gettext_lazy("Stored files need a look"),
    still_due=_still_due,
    words=_words,
    why=lambda row: _("You look after this portal. When the files fit again, this one goes away."),
    rank=20,
)
