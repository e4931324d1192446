"""A mark in all that people type and that is not sealed: names and addresses of companions, offices, those asked in.

Every text field of every model is sealed, marked here, or named below with why not.
"""

import itertools
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction

from portal.vault.fields import SealedText

LENGTH = 16  # of a mark and the blank before it
PACKAGES = {"account", "auth", "contenttypes", "mfa", "pghistory", "sessions", "usersessions"}  # theirs, not ours
# The house's own words, which everybody reads on every page and in every mail.
OF_THE_HOUSE = {"records.recordkind", "reminders.wording", "texts.holiday", "texts.organisation", "texts.text"}
# Chosen by the portal, or read by it: with a mark they would not be what they are.
CODES = {
    "accounts.draft.about", "accounts.draft.form", "accounts.user.language", "accounts.user.password",
    "accounts.user.time_zone", "bookings.askedhold.time_zone", "bookings.askedhold.wall_at",
    "bookings.calendarfeed.digest", "bookings.consultation.reference", "bookings.consultation.time_zone",
    "bookings.consultation.uid", "bookings.consultation.wall_at", "bookings.outsidecalendar.etag",
    "bookings.outsidecalendar.host", "bookings.outsidecalendar.last_modified",
    "bookings.outsidecalendar.trouble", "bookings.practice.region", "bookings.practice.time_zone",
    "bookings.wish.knows", "bookings.wish.speaks",
    "case.away.time_zone", "case.case.reference", "case.case.verdict", "case.office.region",
    "case.office.time_zone", "case.todo.about_id", "case.todo.about_type", "case.todo.for_role",
    "case.todo.kind", "desk.formercode.code_digest", "desk.incoming.came_back", "desk.incoming.digest",
    "desk.incoming.file_kind", "desk.incoming.kind", "desk.incoming.mark", "desk.incoming.paper_code",
    "desk.incoming.reason", "desk.incoming.reference", "desk.officelink.code_digest", "documents.document.kind",
    "documents.guess.kind", "documents.version.digest", "documents.version.file_kind", "documents.version.kind",
    "documents.version.reason", "history.digest.lines_sha256", "history.digest.previous",
    "history.digest.sha256", "history.event.about_id", "history.event.about_type", "history.event.actor_kind",
    "history.event.verb", "history.event.why", "opinions.point.put_in_as", "opinions.point.role",
    "opinions.question.idea", "opinions.talk.time_zone", "pages.month.time_zone",
    "records.identitycopy.file_kind", "records.identitycopy.kind", "records.identitycopy.reason",
    "records.recorditem.carrier", "records.recorditem.stopped_in", "records.release.code",
    "records.visit.time_zone", "records.visit.way", "reminders.delivery.message_id",
    "reminders.delivery.recipient_id", "reminders.mute.kind", "reminders.reminder.about_type",
    "reminders.reminder.kind", "reminders.reminder.recipient_id", "reviews.finding.point", "reviews.note.key",
    "reviews.partanswer.part", "vault.datakey.master_id", "vault.datakey.purpose", "vault.removal.path",
    "vault.storedfile.path", "vault.storedfile.sha256",
}  # fmt: skip
NUMBERS = {  # of phones and parcels
    "accounts.user.phone", "bookings.companion.phone", "case.invite.phone", "case.office.fax", "case.office.phone",
    "desk.fax.number", "records.recorditem.tracking",
}  # fmt: skip
OTHERWISE = {
    "accounts.user.name": "marked with the sealed words",
    "accounts.user.called": "marked with the sealed words",
    "accounts.user.email": "one signs in by it",
    "accounts.wayback.email": "one signs in by it",
    "bookings.practice.video_address": "a link in which parts are put",
    "bookings.reservation.note": "nobody writes it yet",
    "case.assignment.why": "a code",
    "case.consent.how": "a code",
    "case.office.hours": "read as times of opening",
    "pages.systemline.name": "a part of the system",
    "reminders.delivery.subject": "it goes out: a mark in it would be sent",
}


def text_fields() -> Iterator[tuple[str, Any, Any]]:
    """(name, model, field) of all text of ours that is neither sealed nor chosen from a list."""
    for model in apps.get_models():
        label = model._meta.label_lower
        # Rows of rights copy codes alone.
        if model._meta.app_label in PACKAGES or label in OF_THE_HOUSE or label.endswith("change"):
            continue
        for field in model._meta.local_concrete_fields:
            is_text = isinstance(field, models.CharField | models.TextField) and not isinstance(field, SealedText)
            if is_text and not field.choices:
                yield f"{label}.{field.attname}", model, field


def fields() -> Iterator[tuple[str, Any, Any]]:
    """Those of them that take words of people."""
    unmarked = CODES | NUMBERS | OTHERWISE.keys()
    return (each for each in text_fields() if each[0] not in unmarked)


def mark(first: int) -> dict[str, str]:
    """Mark each of these texts where it stands, from number `first` on. Where each mark is, by the mark."""
    numbers, marks = itertools.count(first), {}
    for name, model, field in fields():
        for row in model._base_manager.order_by("pk").iterator():
            new = f"mark{next(numbers):06x}zq"
            if _put(row, field, with_mark(getattr(row, field.attname), new, field)):
                marks[new] = f"{name} {row.pk}"
    return marks


def with_mark(text: str, mark: str, field: Any) -> str:
    """The text with a mark in it, within its field's length; an address stays one."""
    if isinstance(field, models.EmailField):
        return f"{mark}.{text}" if text else f"{mark}@example.org"
    return f"{text[: (field.max_length or len(text) + LENGTH) - LENGTH]} {mark}".strip()


def _put(row: Any, field: Any, text: str) -> bool:
    """Whether it stands there now: the database refuses words where nothing may have been said."""
    try:
        with transaction.atomic():
            type(row)._base_manager.filter(pk=row.pk).update(**{field.attname: text})
    except IntegrityError:
        return False
    return True
