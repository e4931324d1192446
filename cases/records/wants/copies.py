"""Putting in a copy of the patient's ID for one office, and erasing it. It becomes no file of the case."""

from collections.abc import Iterable
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cases.case import office_ties
from cases.case.actions import must
from cases.case.models import Case, Office
from cases.documents import kinds, names, words
from cases.documents import rules as document_rules
from cases.records.items.telling import lock_case
from cases.records.models import LIVE, RecordItem, Visit
from cases.records.states import VisitState
from cases.records.wants import rules
from cases.records.wants.models import IdentityCopy
from cases.records.wants.states import PAST_ASKING, CopyState
from portal import clock
from portal.actors import SYSTEM, Actor
from portal.celery import app, nudge
from portal.errors import Refused
from portal.history.actions import record
from portal.vault import files
from portal.vault.models import StoredFile

TAKEN = (kinds.PDF, *kinds.PICTURES)
ACCEPT = ",".join(ending for kind in TAKEN for ending in kind.endings)
# By name: the module of the task imports this one.
CHECK = app.signature("cases.records.wants.tasks.check_copy")
TOGETHER = ("visit__case__patient", "visit__case__key", "office", "original", "file", "file__key")


def why_not_add(item: RecordItem, now: datetime) -> str:
    """Why no copy is put in for a record's office; empty when one may be."""
    visit = item.visit
    if item.holder is None or item.state in PAST_ASKING or visit.state not in LIVE:
        return _("This record does not wait for anything. No copy of an ID is needed.")
    is_over = rules.is_kept_no_longer(
        visit_state=visit.state,
        visit_on=visit.on_date,
        today=now.astimezone(visit.zone).date(),
        is_closed=visit.case.state == Case.State.CLOSED,
        put_in_at=now,
        now=now,
    )
    return _("The visit is over, so we would erase the copy at once. Ask us, and we help.") if is_over else ""


def live_for(visit: Visit, office: Office | None) -> IdentityCopy | None:
    """The copy that is here for an office, checked or not."""
    found = IdentityCopy.objects.live().filter(visit=visit, office=office)
    return found.select_related(*TOGETHER).first() if office else None


def latest_for(visit: Visit, office: Office) -> IdentityCopy | None:
    """The same, and else what became of the last one that was put in."""
    found = IdentityCopy.objects.filter(visit=visit, office=office).select_related(*TOGETHER)
    return live_for(visit, office) or found.order_by("-put_in_at").first()


def ready_for(visit: Visit, office: Office) -> IdentityCopy | None:
    """The copy that goes behind a letter."""
    found = live_for(visit, office)
    return found if found and found.is_ready else None


@transaction.atomic
def add_copy(item: RecordItem, upload: UploadedFile, *, by: Actor) -> IdentityCopy:
    """Put in a copy for the office that has this record; it takes the place of a former one, which is erased.

    Raises Refused for a file that is none, and where nothing is asked of that office.
    """
    visit, now = item.visit, clock.now()
    must("say_signed", visit.case, by)
    lock_case(visit.case)
    if reason := why_not_add(item, now):
        raise Refused(reason, code="state")
    assert item.holder is not None
    office, kind = office_ties.standing(item.holder), _first_look(upload)
    if former := live_for(visit, office):
        _erase(former, now, by=by)
    copy = IdentityCopy(visit=visit, office=office, kind=kind.code, put_in_at=now, put_in_by=by.user, due_at=now)
    upload.seek(0)
    try:
        stored = files.put(upload.chunks(1024 * 1024), key=copy.sealing_key)
    except OSError as error:
        raise Refused(words.reason("disk"), code="disk") from error
    try:
        copy.original = stored
        copy.save(force_insert=True)
        record(by, "identity.added", copy, patient=visit.case.patient_id, case=visit.case_id)
    except BaseException:
        files.discard(stored)
        raise
    nudge(CHECK, str(copy.pk))
    return copy


def _first_look(upload: UploadedFile) -> kinds.Kind:
    if code := document_rules.why_not_size(upload.size or 0, 0, words.limits()):
        raise Refused(words.reason(code), code=code)
    upload.seek(0)
    found, code = kinds.first_look(names.clean(upload.name or ""), upload.read(kinds.HEAD))
    if found is None:
        raise Refused(words.reason(code), code=code)
    if found not in TAKEN:
        raise Refused(_("Choose a PDF, a TIFF or a photo."), code=kinds.TYPE)
    return found


@transaction.atomic
def erase_copy(copy: IdentityCopy, *, by: Actor) -> IdentityCopy:
    """Take it out: it is erased at once, and letters that would have taken it along go no more. Twice is once."""
    must("say_signed", copy.visit.case, by)
    lock_case(copy.visit.case)
    copy = IdentityCopy.objects.select_related(*TOGETHER).get(pk=copy.pk)
    if copy.state in {CopyState.ERASED, CopyState.REFUSED}:
        return copy
    return _erase(copy, clock.now(), by=by)


def _erase(copy: IdentityCopy, now: datetime, *, by: Actor) -> IdentityCopy:
    gone = [stored for stored in (copy.original, copy.file) if stored is not None]
    copy.state, copy.original, copy.file, copy.claimed_at, copy.pages = CopyState.ERASED, None, None, None, 0
    copy.erased_at, copy.erased_by = now, by.user
    copy.save()
    record(by, "identity.erased", copy, patient=copy.visit.case.patient_id, case=copy.visit.case_id)
    remove(gone)
    return copy


def remove(gone: Iterable[StoredFile]) -> None:
    for stored in gone:
        files.remove(stored)


def give_way(visit_ids: Iterable[object], office: Office, *, by: Actor) -> None:
    """Two entries become one office: of two copies for one visit, that of the entry which stands stays."""
    twins = IdentityCopy.objects.live().filter(visit__in=list(visit_ids), office=office)
    for copy in twins.select_related(*TOGETHER):
        _erase(copy, clock.now(), by=by)


def due(now: datetime) -> QuerySet[IdentityCopy]:
    """Copies whose visit is over, by the day where it was."""
    may_be = Q(visit__on_date__lte=now.date()) | Q(visit__case__state=Case.State.CLOSED)
    may_be |= Q(visit__state__in=[VisitState.CANCELLED, VisitState.HAPPENED]) | Q(visit__on_date__isnull=True)
    found = IdentityCopy.objects.live().filter(may_be).select_related("visit__case")
    return IdentityCopy.objects.live().filter(pk__in=[copy.pk for copy in found if _is_over(copy, now)])


def _is_over(copy: IdentityCopy, now: datetime) -> bool:
    visit = copy.visit
    return rules.is_kept_no_longer(
        visit_state=visit.state,
        visit_on=visit.on_date,
        today=now.astimezone(visit.zone).date(),
        is_closed=visit.case.state == Case.State.CLOSED,
        put_in_at=copy.put_in_at,
        now=now,
    )


def erase_due(now: datetime) -> int:
    """Erase each in a transaction of its own, so that a stop in between loses nothing; how many."""
    return sum(_erase_due(pk, now) for pk in list(due(now).values_list("pk", flat=True)))


@transaction.atomic
def _erase_due(pk: object, now: datetime) -> bool:
    lock_case(Case.objects.get(visits__identity_copies=pk))
    copy = IdentityCopy.objects.live().select_related(*TOGETHER).filter(pk=pk).first()
    if copy is None or not _is_over(copy, now):  # its visit was moved since
        return False
    _erase(copy, now, by=SYSTEM)
    return True
