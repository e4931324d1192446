"""The versions of a letter of photos: the worker makes each from the pages that it names. All under `hold_papers`."""

import hashlib

from django.utils.translation import ngettext

from cases.documents import kinds, rules, tasks
from cases.documents.joining.joined import JoinedPage
from cases.documents.models import Document, Version
from portal import clock
from portal.actors import Actor
from portal.celery import nudge
from portal.history.actions import record
from portal.vault.keys import derive


def remake(joined: Document, *, by: Actor, at_once: bool = False) -> Version:
    """Leave a version for the worker to make, unless the newest one is of these very pages. Under `hold_papers`."""
    pages = list(joined.joined_pages.all())
    now = clock.now()
    due = now if at_once else now + rules.PRESSES_END
    newest = joined.versions.order_by("-number").first()
    # One that the worker has just claimed, or is about to, is left to it: a further one follows.
    waiting = newest and (
        Version.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(pk=newest.pk, state=Version.State.RECEIVED, withdrawn_at=None)
        .first()
    )
    number = newest.number if newest and (waiting or newest.withdrawn_at is None) else 0
    sources = _newest_photos(pages)
    is_made = newest and not waiting and newest.state != "refused"
    if newest and is_made and newest.digest == _recipe(joined, number, pages, sources):
        return newest
    version = waiting or Version(
        case=joined.case, document=joined, number=newest.number + 1 if newest else 1, kind=kinds.PDF.code
    )
    version.digest = _recipe(joined, version.number, pages, sources)
    version.made_of = [page.photo_id for page in pages]
    version.size = sum(source.size for source in sources) or 1
    version.name = _name(len(pages))
    version.put_in_by, version.put_in_at, version.due_at = by.user or joined.case.patient, now, due
    version.save(force_insert=not waiting)
    if not waiting and newest:
        record(by, "document.arranged", version, patient=joined.case.patient_id, case=joined.case_id)
    if at_once:
        nudge(tasks.check_version, str(version.pk))
    return version


def _name(pages: int) -> str:
    return ngettext("%(pages)d photo, joined", "%(pages)d photos, joined", pages) % {"pages": pages} + ".pdf"


def _newest_photos(pages: list[JoinedPage]) -> list[Version]:
    rows = Version.objects.live().exclude(state="refused").filter(document__page_of__in=pages, kind__in=kinds.PHOTOS)
    newest = {row.document_id: row for row in rows.order_by("number")}
    return [newest[page.photo_id] for page in pages if page.photo_id in newest]


def _recipe(joined: Document, number: int, pages: list[JoinedPage], sources: list[Version]) -> str:
    """What a version is made of, as a digest: equal pages need not be made again. Bound to its number."""
    made_of = [f"{page.photo_id} {page.turn}" for page in pages] + [str(source.pk) for source in sources]
    said = f"{joined.pk} {number} {' '.join(made_of)}".encode()
    return derive("joined", joined.case_id.bytes + hashlib.sha256(said).digest()).hex()


def renumber(pages: list[JoinedPage]) -> None:
    for number, page in enumerate(pages, 1):
        page.number = number
    JoinedPage.objects.bulk_update(pages, ["number"])


def renew(photo: Document, *, by: Actor) -> None:
    """A newer photo was sent: it takes the place of the older one in the joined document. Under `hold_papers`."""
    if page := JoinedPage.objects.filter(photo=photo).select_related("joined__case__key").first():
        remake(page.joined, by=by, at_once=True)
