"""Administrators' words that no longer fit the code: ours go out, and the administrators are told once, by message."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.reminders import kinds
from portal.reminders.actions import plan_row
from portal.reminders.models import RecipientType, Reminder, Wording
from portal.reminders.readers import Reader
from portal.reminders.wordings import is_fitting

UNFIT = "reminders.wording_unfit"
KEPT_UP = dt.timedelta(days=7)


def tell_of_unfit(now: dt.datetime) -> int:
    """Plan the notice about each stored wording that does not fit. Once for each, however often this runs."""
    rows = unfit()
    for row in rows:
        plan_row(
            Reminder(
                kind=UNFIT,
                about_type=row._meta.label_lower,
                about_id=row.pk,
                version=row.version,
                recipient_type=RecipientType.ROLE,
                recipient_id="administrator",
                due_at=now,
                useful_until=now + KEPT_UP,
            )
        )
    return len(rows)


def unfit() -> list[Wording]:
    return [row for row in Wording.objects.holding() if row.parts and not is_fitting(row)]


def _still_due(rows: Sequence[Reminder], now: dt.datetime) -> set[UUID]:
    there = {row.pk for row in unfit()}
    return {row.pk for row in rows if row.about_id in there}


def _words(rows: Sequence[Reminder], reader: Reader, now: dt.datetime) -> dict[UUID, kinds.Words]:
    said = kinds.Words(
        subject=_("Words of a message need you"),
        lead=_("Words of a message need you"),
        line=_("The portal has changed, and some words you wrote no longer fit it. Ours go out until you look."),
        action_label=_("Open the words"),
        path=reverse("reminders:wordings"),
    )
    return {row.pk: said for row in rows}


KIND = kinds.Kind(
    code=UNFIT,
    message_class=kinds.NOTICE,
    label=gettext_lazy("Words of a message no longer fit"),
    still_due=_still_due,
    words=_words,
    why=lambda row: _("They were written for an earlier version of the portal."),
    rank=30,
)
