"""What proves the house has found something: the administrators are told by message, once a week while it lasts."""

import datetime as dt
from collections.abc import Callable, Sequence
from uuid import UUID

import structlog
from django.db.models import Model
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.backup.models import BackupLook
from portal.history import proof
from portal.history.models import RecordLook
from portal.reminders import kinds
from portal.reminders.actions import plan_row
from portal.reminders.models import RecipientType, Reminder
from portal.reminders.readers import Reader

RECORD, BACKUP = "house.record_broken", "house.backup_unproved"
THE_HOUSE = UUID(int=1)  # there is one
KEPT_UP = dt.timedelta(days=7)
PROVED_EVERY = dt.timedelta(days=7)
VERBS = {"history.written_anew": _("Wrote the record’s file of nights anew")}

log = structlog.get_logger(__name__)


def prove_record(now: dt.datetime) -> RecordLook:
    """Prove the record once a week, and each time again while it does not fit; what was found is kept and told."""
    look = RecordLook.objects.filter(pk=1).first()
    if look and not look.faults and look.at > now - PROVED_EVERY:
        return look
    try:
        found = proof.faults(now)
    except OSError as error:  # a folder that cannot be read proves nothing
        found = [f"The file outside cannot be read ({type(error).__name__})"]
    for fault in found:
        log.error("record_does_not_fit", fault=fault)
    look, _made = RecordLook.objects.update_or_create(pk=1, defaults={"at": now, "faults": len(found)})
    return look


def tell(code: str, about: type[Model], now: dt.datetime) -> None:
    """Plan the notice. Once in each week, however often this runs."""
    plan_row(
        Reminder(
            kind=code,
            about_type=about._meta.label_lower,
            about_id=THE_HOUSE,
            version=now.isocalendar().year % 100 * 100 + now.isocalendar().week,
            recipient_type=RecipientType.ROLE,
            recipient_id="administrator",
            due_at=now,
            useful_until=now + KEPT_UP,
        )
    )


def is_record_broken() -> bool:
    return RecordLook.objects.filter(pk=1, faults__gt=0).exists()


def is_backup_unproved() -> bool:
    return BackupLook.objects.filter(pk=1, is_proved=False).exists()


def _kind(code: str, lasts: Callable[[], bool], label: Promise, line: Promise, why: Promise) -> kinds.Kind:
    """One alarm: it goes out while it lasts, and says where to look."""

    def still_due(rows: Sequence[Reminder], now: dt.datetime) -> set[UUID]:
        return {row.pk for row in rows} if lasts() else set()

    def words(rows: Sequence[Reminder], reader: Reader, now: dt.datetime) -> dict[UUID, kinds.Words]:
        said = kinds.Words(
            subject=str(label),
            lead=str(label),
            line=str(line),
            action_label=str(_("See what was found")),
            path=reverse("readyz"),
        )
        return {row.pk: said for row in rows}

    return kinds.Kind(
        code=code,
        message_class=kinds.NOTICE,
        label=label,
        still_due=still_due,
        words=words,
        why=lambda row: str(why),
        rank=10,
    )


KINDS = [
    _kind(
        RECORD,
        is_record_broken,
        _("The record needs a look today"),
        _("The record of what happened is not as it was sealed. The command verify_history says which nights."),
        _("You look after this portal. When the record fits again, this one goes away."),
    ),
    _kind(
        BACKUP,
        is_backup_unproved,
        _("The backup needs a look today"),
        _("There is no backup of the last days that was shown to come back. The command verify_backup says why."),
        _("You look after this portal. When a backup is proved again, this one goes away."),
    ),
]
