"""Erasing for good: files taken back, traces of refused ones, and all that a case closed long ago holds.

And, at once, a paper that was put into the wrong case: it is another person's, and must not come back.
"""

import datetime as dt
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError, Q, QuerySet
from django.utils.translation import gettext as _

from cases.case.models import Case
from cases.documents import actions, rules
from cases.documents.joining import actions as joining
from cases.documents.joining import following
from cases.documents.models import Document, Guess, Version
from cases.documents.verdicts import ERASED
from cases.documents.worker.checking import without_pages
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.history.models import Event
from portal.vault import erasures, files

ERASED_LATELY = dt.timedelta(days=3)


def refused(now: dt.datetime) -> QuerySet[Version]:
    """Traces of files that were refused a day ago; their bytes went at once."""
    due = Version.objects.filter(state=Version.State.REFUSED, judged_at__lt=now - rules.KEPT_AFTER_REFUSAL)
    return due.exclude(reason=ERASED)


def taken_back(now: dt.datetime) -> QuerySet[Version]:
    """Files that were taken back 30 days ago and can be put back no more."""
    return Version.objects.filter(withdrawn_at__lt=now - rules.KEPT_AFTER_WITHDRAWAL).exclude(reason=ERASED)


def closed_cases(now: dt.datetime) -> QuerySet[Case]:
    """Cases closed two years ago whose words and files are still here."""
    return Case.objects.filter(
        state=Case.State.CLOSED, closed_at__lt=now - rules.KEPT_AFTER_CLOSING, key__destroyed_at=None
    )


def erase_versions(due: QuerySet[Version]) -> int:
    """Erase each in a transaction of its own, so that a stop in between loses nothing; how many."""
    return sum(_erase_version(due, pk) for pk in list(due.values_list("pk", flat=True)))


def erase_again() -> int:
    """Files that had been erased and are here again, since an archive from before was brought back; how many."""
    return erase_versions(Version.objects.filter(pk__in=erasures.listed()).exclude(reason=ERASED))


def list_lately_erased(now: dt.datetime) -> int:
    """Where the list was away as a file was erased, it learns of it from the record; how many."""
    told = Event.objects.filter(verb="document.erased", at__gte=now - ERASED_LATELY)
    return erasures.add(UUID(pk) for pk in told.order_by("pk").values_list("about_id", flat=True))


def erase_cases(due: QuerySet[Case]) -> int:
    """The same for cases."""
    return sum(erase_case(case, by=SYSTEM) for case in list(due))


@transaction.atomic
def erase_case(case: Case, *, by: Actor) -> bool:
    """Destroy the key of a closed case: no word of it can be read any more, its files go. False when they were gone.

    Dates, states, doctors, offices and the record of what happened stay. Raises Refused while the case is not closed.
    """
    joining.hold_papers(case.pk)
    case = Case.objects.select_for_update(of=("self",)).select_related("key").get(pk=case.pk)
    if case.key.destroyed_at:
        return False
    if case.state != Case.State.CLOSED:
        raise Refused(_("Close the case first."), code="open")
    erase_versions(Version.objects.filter(case=case).exclude(reason=ERASED))
    files.erase(case.key)
    record(by, "case.erased", case, patient=case.patient_id, case=case.pk)
    return True


@transaction.atomic
def take_out(document: Document, *, by: Actor) -> None:
    """Out of its case for good, with every copy that shows a page of it: nobody can put it back.

    What the patient or a helper added to it since is theirs: that is taken back and no more. Whoever calls it has
    looked before whether this person may.
    """
    document = joining.held(document)
    if document.withdrawn_at is None:
        document = actions.take_away(document, by=by)
    theirs = [document.case.patient_id, document.case.starter_id]
    put_in = Q(document=document) & ~Q(put_in_by__in=theirs)
    Guess.objects.filter(document=document).delete()
    erase_versions(Version.objects.filter(put_in | Q(made_of__contains=[document.pk])).exclude(reason=ERASED))


@transaction.atomic
def _erase_version(due: QuerySet[Version], pk: UUID) -> bool:
    for case_id in Version.objects.filter(pk=pk).values_list("case", flat=True):
        joining.hold_papers(case_id)
    version = (
        due.select_for_update(of=("self",)).select_related("document__case", "original", "file").filter(pk=pk).first()
    )
    if version is None:  # put back, or erased by another run, since
        return False
    gone = [stored for stored in (version.original, version.file) if stored is not None]
    gone += without_pages(version)
    document, case = version.document, version.document.case
    record(SYSTEM, "document.erased", version, patient=case.patient_id, case=case.pk)
    try:
        with transaction.atomic():
            version.delete()
    except ProtectedError:  # a review tells of it: the row stays, emptied
        version.state, version.reason = Version.State.REFUSED, ERASED
        version.original = version.file = version.claimed_at = None
        version.name = ""
        version.save()
        Guess.objects.filter(document=document, version_number=version.number).delete()
        if not Version.objects.filter(document=document).exclude(reason=ERASED).exists():
            _forget_words(document)
    for stored in gone:
        files.remove(stored)
    transaction.on_commit(partial(erasures.add, [pk]), robust=True)  # `list_lately_erased` where that fails
    if not Version.objects.filter(document=document).exists():
        letter = Document.objects.filter(joined_pages__photo=document).select_related("case__key").first()
        Document.objects.filter(pk=document.pk).delete()
        if letter:
            following.close_gap(letter)
    elif _is_left_empty(document):
        following.let_go(document)
    return True


def _is_left_empty(document: Document) -> bool:
    """Whether it is a letter of photos that stands here without any copy."""
    is_here = document.withdrawn_at is None and document.case.state != Case.State.CLOSED
    return is_here and document.joined_pages.exists() and not document.versions.live().exists()


def _forget_words(document: Document) -> None:
    """Nothing is left of the file; what people said of it goes, too. Its kind and days of coming and going stay."""
    document.title = document.author = ""
    document.dated_on = document.author_said_by = document.dated_said_by = None
    document.save(update_fields=["title", "author", "dated_on", "author_said_by", "dated_said_by"])
    Guess.objects.filter(document=document).delete()
