"""What looks after the house has found something: whom the facts name is told by message, else every administrator.

What the proofs find is told once a week while it lasts. A line of the system page is told once when it turns red, and
once when it is green again.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID, uuid5

import structlog
from django.db import transaction
from django.db.models import Model
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.backup.models import BackupLook
from portal.health import Part
from portal.history import proof
from portal.history.models import RecordLook
from portal.pages.house import system
from portal.pages.house.looking import all_parts
from portal.pages.house.models import SystemLine
from portal.reminders import kinds
from portal.reminders.actions import plan_row
from portal.reminders.models import Outcome, Reminder
from portal.reminders.readers import Reader, who_looks_after_us
from portal.vault.models import StoreLook

RECORD, BACKUP = "house.record_broken", "house.backup_unproved"
RED, GREEN = "house.line_red", "house.line_green"
THE_HOUSE = UUID(int=1)  # there is one
KEPT_UP = dt.timedelta(days=7)
PROVED_EVERY = dt.timedelta(days=7)
TOLD_FOR = dt.timedelta(days=2)  # so soon over that it goes at once
RED_FOR = dt.timedelta(minutes=5)  # what comes back by itself within that is nobody's matter
NEW_FOR = dt.timedelta(hours=26)  # what a new house does in its first night
ON_THE_PAGE_ONLY = {"steps", "due"}  # people who have just come; and what the lines beside it are told for
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
    week = now.isocalendar().year % 100 * 100 + now.isocalendar().week
    _plan(code, about, THE_HOUSE, week, now, KEPT_UP)


def _plan(code: str, about: type[Model], pk: UUID, version: int, now: dt.datetime, useful: dt.timedelta) -> None:
    recipient_type, recipient_id = who_looks_after_us()
    plan_row(
        Reminder(
            kind=code,
            about_type=about._meta.label_lower,
            about_id=pk,
            version=version,
            recipient_type=recipient_type,
            recipient_id=recipient_id,
            due_at=now,
            useful_until=now + useful,
        )
    )


def is_record_broken() -> bool:
    return RecordLook.objects.filter(pk=1, faults__gt=0).exists()


def is_backup_unproved() -> bool:
    return BackupLook.objects.filter(pk=1, is_proved=False).exists()


def is_store_astray() -> bool:
    look = StoreLook.objects.filter(pk=1).first()
    return look is not None and not look.is_well


# What is told of these by itself, once a week.
TOLD_BY_PROOFS: dict[str, Callable[[], bool]] = {
    "record": is_record_broken,
    "backup": is_backup_unproved,
    "files": is_store_astray,
}
LINES = {uuid5(THE_HOUSE, name): name for name in system.TITLES}
IDS = {name: pk for pk, name in LINES.items()}


def watch(now: dt.datetime) -> None:
    """Compare each line of the system page with how it was, and tell what turned. Twice changes nothing."""
    for part in all_parts():
        if part.name not in ON_THE_PAGE_ONLY:
            _watch(part, now)


@transaction.atomic
def _watch(part: Part, now: dt.datetime) -> None:
    SystemLine.objects.get_or_create(name=part.name, defaults={"is_well": part.is_well, "since": now})
    line = SystemLine.objects.select_for_update().get(name=part.name)
    if line.is_well != part.is_well:
        line.is_well, line.since = part.is_well, now
        was_told, line.is_told = line.is_told, False
        if line.is_well and was_told and _has_heard(line):
            _plan(GREEN, SystemLine, IDS[line.name], line.turn, now, TOLD_FOR)
    elif not (line.is_well or line.is_told) and now - line.since >= (NEW_FOR if part.why == "never" else RED_FOR):
        line.is_told, line.turn = True, line.turn + 1
        log.warning("system_line_red", line=line.name, why=part.why)
        if not _is_told_by_proof(line.name):
            _plan(RED, SystemLine, IDS[line.name], line.turn, now, TOLD_FOR)
    line.save()


def _is_told_by_proof(name: str) -> bool:
    return name in TOLD_BY_PROOFS and TOLD_BY_PROOFS[name]()


def _has_heard(line: SystemLine) -> bool:
    """Whether the message that it is red went out: what nobody heard of is not well again."""
    told = Reminder.objects.filter(kind=RED, about_id=IDS[line.name], version=line.turn)
    return not told.exists() or told.filter(settled_as=Outcome.SENT).exists()


def _title(row: Reminder) -> str:
    """How the line is called; that of a release before this one may be gone."""
    return str(system.TITLES.get(LINES.get(row.about_id, ""), _("The portal")))


def _of_lines(code: str, label: Promise, lead: Promise, text: Promise, why: Promise, *, is_well: bool) -> kinds.Kind:
    """A line turned red, or green again: the message goes as long as that is so."""

    def still_due(rows: Sequence[Reminder], now: dt.datetime) -> set[UUID]:
        turns = {line.name: line.turn for line in SystemLine.objects.filter(is_well=is_well)}
        return {row.pk for row in rows if turns.get(LINES.get(row.about_id, "")) == row.version}

    def words(rows: Sequence[Reminder], reader: Reader, now: dt.datetime) -> dict[UUID, kinds.Words]:
        return {
            row.pk: kinds.Words(
                subject=str(label),
                lead=str(lead) % {"line": _title(row)},
                line=str(text),
                action_label=str(_("Open the page System")),
                path=reverse("pages:system"),
            )
            for row in rows
        }

    return _notice(code, label, still_due, words, why)


def _notice(code: str, label: Promise, still_due: Any, words: Any, why: Promise) -> kinds.Kind:
    return kinds.Kind(
        code=code,
        message_class=kinds.NOTICE,
        label=label,
        still_due=still_due,
        words=words,
        why=lambda row: str(why),
        rank=10,
    )


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
            path=reverse("pages:system"),
        )
        return {row.pk: said for row in rows}

    return _notice(code, label, still_due, words, why)


KINDS = [
    _of_lines(
        RED,
        _("The portal needs a look"),
        _("%(line)s: needs a look"),
        _("The page System says how it is and what to do."),
        _("You look after this portal. You get one message when a line turns, and one when it is well again."),
        is_well=False,
    ),
    _of_lines(
        GREEN,
        _("The portal is well again"),
        _("%(line)s: well again"),
        _("There is nothing left to do."),
        _("You look after this portal, and were told that this needed a look."),
        is_well=True,
    ),
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
