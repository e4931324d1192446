"""What people do with files: put in, take back, hide, open with a password; each is on record."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from cases.case.actions import must, must_be_open
from cases.case.models import Case
from cases.case.people import role_in
from cases.documents import kinds, names, owning, ready, rules, tasks, twins, words
from cases.documents.joining import actions as joining
from cases.documents.joining import following, remaking
from cases.documents.models import OTHER, PLAN, Document, Version
from cases.documents.sandbox import run as sandbox
from cases.documents.verdicts import ERASED
from cases.documents.worker import checking
from portal import clock, moves
from portal.actors import Actor
from portal.celery import nudge
from portal.errors import Refused
from portal.history.actions import record
from portal.vault import files
from portal.vault.keys import derive

OFFICE = "office"  # the kind of an Actor: an office through its page


@dataclass
class Added:
    """What became of a send: files saved, and (name, sentence) for those that were not."""

    saved: list[Version] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def add_files(case: Case, uploads: Iterable[UploadedFile], *, kind: str = PLAN, by: Actor) -> Added:
    """Save each file on its own, so that one that is refused takes no other with it."""
    added = Added()
    for number, upload in enumerate(uploads):
        name = names.clean(upload.name or "") or _("file")
        if number >= words.limits().files_per_send:
            added.refused.append((name, words.too_many()))
            continue
        try:
            added.saved.append(add_file(case, upload, kind=kind, by=by))
        except Refused as refused:
            added.refused.append((name, str(refused.message)))
    return added


def add_file(case: Case, upload: UploadedFile, *, kind: str = PLAN, by: Actor) -> Version:
    """A new document with this file as its first version. Raises Refused in the words of the page.

    The desk has looked before whether an office may put files in here.
    """
    if by.kind != OFFICE:
        must("add_documents", case, by)
    with transaction.atomic():
        document = Document.objects.create(
            case=case,
            kind=kind,
            kind_said_by=None if kind in (PLAN, OTHER) else by.user,  # chosen as the record it is
            put_in_by=by.user or case.patient,
            put_in_at=clock.now(),
        )
        return _add(document, upload, by)


@transaction.atomic
def add_version(document: Document, upload: UploadedFile, *, by: Actor) -> Version:
    """A newer file for a document; the older versions stay. Raises Refused."""
    document = joining.held(document)
    must("add_documents", document.case, by)
    if document.withdrawn_at or (document.only_me and role_in(document.case, by) != "patient"):
        raise Refused(words.reason("scope"))
    if joining.is_joined(document):
        raise Refused(_("Take the photo of one page again, or add a page."), code="joined")
    if joining.is_page(document) and _first_look(document.case, upload)[1].code not in kinds.PHOTOS:
        raise Refused(_("This is a page of a letter. Take a photo of it, or take the page out first."), code="joined")
    owning.pass_on(document, by=by)
    version = _add(document, upload, by)
    remaking.renew(document, by=by)
    return version


def _add(document: Document, upload: UploadedFile, by: Actor) -> Version:
    # The case's lock keeps two sends from filling its last megabyte, or from saving the same bytes twice.
    case = Case.objects.select_for_update(of=("self",)).select_related("key").get(pk=document.case_id)
    must_be_open(case, by)  # it may have been closed, or erased, since we looked
    name, found = _first_look(case, upload)
    digest = twins.place_for(Version(case=case), _digest(case, upload), by)
    now = clock.now()
    last = document.versions.aggregate(last=Max("number"))["last"] or 0
    try:
        original = files.put(_chunks(upload), key=case.key)
    except OSError as error:
        raise Refused(words.reason("disk"), code="disk") from error
    try:
        version = Version(
            case=case,
            document=document,
            number=last + 1,
            kind=found.code,
            size=upload.size or 0,
            digest=digest,
            put_in_by=by.user or case.patient,
            put_in_at=now,
            put_in_by_office=by.id if by.kind == OFFICE else None,
            original=original,
            due_at=now,
        )
        version.name = name
        version.save(force_insert=True)
        record(by, "document.added", version, patient=case.patient_id, case=case.pk)
    except BaseException:
        files.discard(original)  # the row goes with the transaction, the bytes would not
        raise
    nudge(tasks.check_version, str(version.pk))
    return version


def _first_look(case: Case, upload: UploadedFile) -> tuple[str, kinds.Kind]:
    """(name, kind) of a file that may be stored. Raises Refused."""
    name = names.clean(upload.name or "")
    if code := rules.why_not_size(upload.size or 0, words.used_by(case), words.limits()):
        raise Refused(words.reason(code), code=code)
    upload.seek(0)
    found, code = kinds.first_look(name, upload.read(kinds.HEAD))
    if found is None:
        raise Refused(words.reason(code), code=code)
    return name, found


def _digest(case: Case, upload: UploadedFile) -> str:
    """Keyed and bound to the case: equal files of two cases cannot be told from the table."""
    sha = hashlib.sha256()
    for chunk in _chunks(upload):
        sha.update(chunk)
    return derive("document", case.pk.bytes + sha.digest()).hex()


def _chunks(upload: UploadedFile) -> Iterable[bytes]:
    upload.seek(0)
    return upload.chunks(1024 * 1024)


def _locked(version_id: UUID) -> Version:
    return (
        Version.objects.select_for_update(of=("self", "document"), no_key=True)
        .select_related("document", "case__key", "original__key", "file__key")
        .get(pk=version_id)
    )


@transaction.atomic
def withdraw(document: Document, *, by: Actor) -> Document:
    """Take a file back with all its versions: nobody can open it from now on. Kept 30 days, then erased."""
    document = joining.held(document)
    if refused := rules.why_not_withdraw(role_in(document.case, by), owning.is_all_of(document, by.id)):
        raise Refused(refused, code="role")
    return document if document.withdrawn_at else take_away(document, by=by)


def take_away(document: Document, *, by: Actor) -> Document:
    """Out of view, with all that follows; under `hold_papers`. Whether this person may was asked before."""
    gone = {"withdrawn_at": clock.now(), "withdrawn_by": by.user}
    Version.objects.filter(document=document, withdrawn_at=None).update(**gone)
    for name, value in gone.items():
        setattr(document, name, value)
    document.save(update_fields=list(gone))
    record(by, "document.withdrawn", document, patient=document.case.patient_id, case=document.case_id)
    for changed in (document, *following.follow_withdrawal(document, by=by)):
        ready.changed(changed)
    return document


@transaction.atomic
def restore(document: Document, *, by: Actor) -> Document:
    """Undo: put a file back. Raises Refused after 30 days, or when the same file was added again since."""
    document = joining.held(document)
    is_own, role = owning.is_all_of(document, by.id), role_in(document.case, by)
    if refused := rules.why_not_withdraw(role, is_own):
        raise Refused(refused, code="role")
    if document.withdrawn_at is None:
        return document
    took_it_back = document.withdrawn_by_id == by.id
    if refused := rules.why_not_restore(role, is_own, took_it_back, document.withdrawn_at, clock.now()):
        raise Refused(refused, code="role")
    if not document.versions.exclude(reason=ERASED).exists():
        raise Refused(_("This file is gone for good. Please add it again."), code="erased")
    try:
        with transaction.atomic():
            back = Version.objects.filter(withdrawn_at=document.withdrawn_at)
            twins.make_room(back.filter(Q(document=document) | Q(document__page_of__joined=document)), by)
            back.filter(document=document).update(withdrawn_at=None, withdrawn_by=None)
            others = following.follow_restoring(document, by=by)
    except IntegrityError as error:
        raise Refused(words.reason("same"), code="same") from error
    document.withdrawn_at = document.withdrawn_by = None
    document.changed_at = clock.now()
    document.save(update_fields=["withdrawn_at", "withdrawn_by", "changed_at"])
    record(by, "document.restored", document, patient=document.case.patient_id, case=document.case_id)
    for changed in (document, *others):
        ready.changed(changed)
    return document


@transaction.atomic
def mark_only_me(document: Document, only_me: bool = True, *, by: Actor) -> Document:
    """Hide a file from everyone but the patient, or let the people of the case read it again."""
    document = joining.held(document)
    if refused := rules.why_not_hide(role_in(document.case, by)):
        raise Refused(refused, code="role")
    if document.only_me != only_me:
        document.only_me, document.changed_at = only_me, clock.now()
        document.save(update_fields=["only_me", "changed_at"])
        verb = "document.made_private" if only_me else "document.shared"
        record(by, verb, document, patient=document.case.patient_id, case=document.case_id)
        for changed in (document, *following.follow_hiding(document, by=by)):
            ready.changed(changed)
    return document


def unlock_with_password(version: Version, password: str, *, by: Actor) -> Version:
    """Open a locked file with its password, which is used once and kept nowhere; then it is checked as any other.

    Raises Refused when the password does not open it, or the machine cannot just now.
    """
    role = role_in(version.case, by)
    moves.check(rules.MOVES, "unlock", version.state, role)
    try:
        with checking.opened_copy(version, password) as opened:  # outside the transaction: it takes seconds
            if opened is None:
                raise Refused(_("That password didn’t open the file. Try again, or ask us to help."), code="password")
            version = _unlock(version.pk, opened, role, by)
    except (sandbox.Busy, OSError) as error:
        raise Refused(_("We can’t open this file just now. Try again in a few minutes."), code="busy") from error
    nudge(tasks.check_version, str(version.pk))
    return version


@transaction.atomic
def check_again(document: Document, *, by: Actor) -> Document:
    """Have a file whose check came to nothing looked at once more, now. What moves already is left to move."""
    role = role_in(document.case, by)
    for version in document.versions.live().select_for_update().filter(state=Version.State.STUCK):
        version.state = moves.check(rules.MOVES, "check_again", version.state, role)
        version.tries, version.due_at = 0, clock.now()
        version.save(update_fields=["state", "tries", "due_at"])
        record(by, "document.check_again", version, patient=document.case.patient_id, case=document.case_id)
        nudge(tasks.check_version, str(version.pk))
    return document


@transaction.atomic
def _unlock(version_id: UUID, opened: Path, role: str, by: Actor) -> Version:
    """The copy and the version that names it come to stay together, so that none is left without an owner."""
    version = _locked(version_id)
    version.state = moves.check(rules.MOVES, "unlock", version.state, role)
    copy = files.put(checking.pieces(opened), key=version.case.key)
    try:
        version.file, version.file_kind = copy, kinds.PDF.code
        version.tries, version.due_at = 0, clock.now()
        version.save(update_fields=["state", "file", "file_kind", "tries", "due_at"])
        record(by, "document.unlocked", version, patient=version.case.patient_id, case=version.case_id)
    except BaseException:
        files.discard(copy)
        raise
    return version
