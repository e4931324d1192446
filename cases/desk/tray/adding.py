"""Putting in what came: scans, each checked before anybody sees it, and notes of calls."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from cases.desk.tray import sealing, tasks
from cases.desk.tray.models import Incoming
from cases.desk.tray.rules import COORDINATOR
from cases.desk.tray.states import Check, How, TrayState
from cases.documents import kinds, names, words
from cases.documents import rules as document_rules
from portal import clock, moves
from portal.accounts.models import User
from portal.actors import Actor
from portal.celery import nudge
from portal.errors import Refused
from portal.history.actions import record
from portal.vault import files
from portal.vault.keys import derive

TAKEN = (kinds.PDF, *kinds.PICTURES)
ACCEPT = ",".join(ending for kind in TAKEN for ending in kind.endings)


@dataclass(frozen=True)
class Came:
    """What is known of something that came, beside its file."""

    how: str
    at: datetime
    sender: str = ""
    words: str = ""
    seconds: int | None = None


@dataclass
class Added:
    """What became of a send: papers saved, and (name, sentence) for those that were not."""

    saved: list[Incoming] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def must_be_coordinator(by: Actor) -> User:
    """The coordinator who acts. Raises Refused for anybody else."""
    user = by.user
    if user is None or not user.is_active or user.role != User.Role.COORDINATOR:
        raise Refused(_("Only a coordinator can do this."), code="role")
    return user


def add_scans(uploads: Iterable[UploadedFile], came: Came, *, by: Actor) -> Added:
    """Save each file on its own, so that one that is refused takes no other with it."""
    added = Added()
    for number, upload in enumerate(uploads):
        name = names.clean(upload.name or "") or _("file")
        if number >= words.limits().files_per_send:
            added.refused.append((name, words.too_many()))
            continue
        try:
            added.saved.append(add_scan(upload, came, by=by))
        except Refused as refused:
            added.refused.append((name, str(refused.message)))
    return added


@transaction.atomic
def add_scan(upload: UploadedFile, came: Came, *, by: Actor) -> Incoming:
    """One file, to be checked. The same bytes while they wait in the tray: the one that is there."""
    must_be_coordinator(by)
    name, found = _first_look(upload)
    digest = _digest(upload)
    User.objects.select_for_update(no_key=True).get(pk=by.user.pk)  # two presses of one button wait in a line
    if twin := Incoming.objects.in_tray().exclude(check_state=Check.REFUSED).filter(digest=digest).first():
        return twin
    incoming = _new(came, Check.RECEIVED, by)
    with sealing.or_discard() as kept:
        try:
            incoming.original = files.put(_chunks(upload), key=incoming.sealing_key)
        except OSError as error:
            raise Refused(words.reason("disk"), code="disk") from error
        kept.append(incoming.original)
        incoming.name, incoming.kind, incoming.digest = name, found.code, digest
        incoming.size, incoming.due_at = upload.size or 0, incoming.put_in_at
        incoming.save(force_insert=True)
        record(by, "incoming.added", incoming)
    nudge(tasks.check_incoming, str(incoming.pk))
    return incoming


@transaction.atomic
def check_again(incoming: Incoming, *, by: Actor) -> None:
    """Have a paper whose check came to nothing looked at once more, now. What moves already is left to move."""
    must_be_coordinator(by)
    row = Incoming.objects.select_for_update(of=("self",)).select_related("key", "case__key").get(pk=incoming.pk)
    if row.check_state != Check.STUCK:
        return
    row.check_state = moves.check(document_rules.MOVES, "check_again", row.check_state, COORDINATOR)
    row.tries, row.due_at = 0, clock.now()
    row.save(update_fields=["check_state", "tries", "due_at"])
    record(by, "incoming.check_again", row)
    nudge(tasks.check_incoming, str(row.pk))


@transaction.atomic
def add_call(came: Came, *, by: Actor) -> Incoming:
    """A voicemail or a call that belongs to no case yet, in the words of whoever heard it."""
    must_be_coordinator(by)
    if not came.words.strip():
        raise Refused(_("Say in a few words what was said."), code="words")
    incoming = _new(came, Check.NONE, by)
    incoming.how = How.PHONE
    incoming.save(force_insert=True)
    record(by, "incoming.added", incoming)
    return incoming


def _new(came: Came, check: str, by: Actor) -> Incoming:
    now = clock.now()
    if came.at > now:
        raise Refused(_("That is still to come. Check the day."), code="came_at")
    incoming = Incoming(
        how=came.how,
        came_at=came.at,
        seconds=came.seconds,
        put_in_by=by.user,
        put_in_at=now,
        key=sealing.new_key(),
        check_state=check,
        state=TrayState.WAITING,
    )
    incoming.sender, incoming.words = names.clean_line(came.sender), came.words.strip()
    return incoming


def _first_look(upload: UploadedFile) -> tuple[str, kinds.Kind]:
    name = names.clean(upload.name or "")
    if code := document_rules.why_not_size(upload.size or 0, 0, words.limits()):
        raise Refused(words.reason(code), code=code)
    upload.seek(0)
    found, code = kinds.first_look(name, upload.read(kinds.HEAD))
    if found is None:
        raise Refused(words.reason(code), code=code)
    if found not in TAKEN:
        raise Refused(_("Choose a PDF, a TIFF or a photo."), code=kinds.TYPE)
    return name, found


def _digest(upload: UploadedFile) -> str:
    sha = hashlib.sha256()
    for chunk in _chunks(upload):
        sha.update(chunk)
    return derive("incoming", sha.digest()).hex()


def _chunks(upload: UploadedFile) -> Iterable[bytes]:
    upload.seek(0)
    return upload.chunks(1024 * 1024)
