"""Photos become pages of one document: joined, put in order, turned, taken out, separated again.

The photos stay documents of their own and keep the bytes as they were sent; the joined document has versions that the
worker makes from them. Taking back or hiding either side reaches the other.
"""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.case.actions import must
from cases.case.models import Case
from cases.case.people import role_in
from cases.documents import kinds, owning, ready, rules, tasks
from cases.documents.joining.joined import JoinedPage
from cases.documents.models import Document, Version
from portal import clock
from portal.actors import Actor
from portal.celery import nudge
from portal.errors import Refused
from portal.history.actions import record
from portal.vault.keys import derive

QUARTER = 90


def hold_papers(case_id: UUID) -> None:
    """Nobody else joins, renews, takes back or hides files of this case until the transaction ends.

    Taken before any row is locked. Not the case's own lock: a check that ends asks for that one while it holds a file.
    """
    with connection.cursor() as cursor:
        key = int.from_bytes(case_id.bytes[:8], "big", signed=True)
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def is_joined(document: Document) -> bool:
    """Whether its pages are photos."""
    return JoinedPage.objects.filter(joined=document).exists()


def is_page(document: Document) -> bool:
    """Whether it is a photo that is a page of a joined document."""
    return JoinedPage.objects.filter(photo=document).exists()


def held(document: Document) -> Document:
    """The document, changed by nobody else until the transaction ends. A check that ends may still point to it."""
    hold_papers(document.case_id)
    rows = Document.objects.select_for_update(of=("self",), no_key=True).select_related("case__key")
    return rows.get(pk=document.pk)


def photos_of(case: Case, by: Actor) -> list[Document]:
    """The photos that this person could make pages of, in the order they were put in."""
    if by.user is None:
        return []
    photos = Document.objects.visible_to(by.user).here().filter(case=case, page_of=None)
    if role_in(case, by) != "patient":
        photos = photos.filter(put_in_by=by.user)
    found = photos.order_by("put_in_at", "pk").prefetch_related("versions")
    return [photo for photo in found if _is_photo(photo)]


def _is_photo(document: Document) -> bool:
    newest = max(document.versions.all(), key=lambda version: version.number, default=None)
    return newest is not None and newest.kind in kinds.PHOTOS and newest.state not in ("refused", "locked")


@transaction.atomic
def join(case: Case, photos: Sequence[UUID], *, by: Actor) -> Document:
    """Make these photos the pages of one document, in this order. The same ones twice: the document they are in."""
    must("add_documents", case, by)
    hold_papers(case.pk)
    wanted = list(dict.fromkeys(photos))
    known = Document.objects.visible_to(by.user or case.patient).here()
    there = list(known.filter(case=case, joined_pages__photo__in=wanted).distinct())
    if len(there) == 1 and set(there[0].joined_pages.values_list("photo", flat=True)) == set(wanted):
        return there[0]
    rows = _chosen(case, wanted, by)
    joined = Document(
        case=case,
        only_me=any(photo.only_me for photo in rows),
        put_in_by=by.user or case.patient,
        put_in_at=clock.now(),
    )
    _describe_like(rows, joined)
    joined.save(force_insert=True)
    JoinedPage.objects.bulk_create(
        JoinedPage(joined=joined, photo=photo, number=number) for number, photo in enumerate(rows, 1)
    )
    record(by, "document.joined", joined, patient=case.patient_id, case=case.pk)
    remake(joined, by=by, at_once=True)
    for document in _hide(joined, joined.only_me, by):
        ready.changed(document)
    return joined


@transaction.atomic
def keep_apart(case: Case, photos: Sequence[UUID], *, by: Actor) -> None:
    """Say that these photos are letters of their own: nobody asks about them again. They can still be joined."""
    must("add_documents", case, by)
    hold_papers(case.pk)
    theirs = {photo.pk: photo for photo in photos_of(case, by) if not photo.kept_apart}
    for pk in set(photos) & theirs.keys():
        photo = theirs[pk]
        photo.kept_apart = True
        photo.save(update_fields=["kept_apart"])
        record(by, "document.kept_apart", photo, patient=case.patient_id, case=case.pk)


def _describe_like(photos: list[Document], joined: Document) -> None:
    """What people said of the first photo of which they said it; who said so goes along."""
    for names in (["kind", "kind_said_by"], ["author", "author_said_by"], ["dated_on", "dated_said_by"]):
        said = next((photo for photo in photos if getattr(photo, f"{names[1]}_id")), photos[0])
        for name in names:
            setattr(joined, name, getattr(said, name))
    joined.title = photos[0].title


def _chosen(case: Case, wanted: list[UUID], by: Actor, already: int = 0) -> list[Document]:
    """The photos that may become pages, in the order asked for. Raises Refused."""
    free = {photo.pk: photo for photo in photos_of(case, by)}
    rows = [free[pk] for pk in wanted if pk in free]
    are_own = all(photo.put_in_by_id == by.id for photo in rows)
    if len(rows) < len(wanted):
        raise Refused(_("This has changed since you opened the page. Look at it once more."), code="state")
    if refused := rules.why_not_join(role_in(case, by), are_own, already + len(rows)):
        raise Refused(refused, code="join")
    return rows


def _opened(joined: Document, by: Actor) -> tuple[Document, list[JoinedPage]]:
    """The document and its pages, held. Raises Refused unless this person may change them."""
    joined = held(joined)
    must("add_documents", joined.case, by)
    if refused := rules.why_not_withdraw(role_in(joined.case, by), owning.is_all_of(joined, by.id)):
        raise Refused(refused, code="role")
    pages = list(joined.joined_pages.all())
    if joined.withdrawn_at or not pages:
        raise Refused(_("This has changed since you opened the page. Look at it once more."), code="state")
    return joined, pages


@transaction.atomic
def move(joined: Document, photo: UUID, by_places: int, *, by: Actor) -> None:
    """One place up (-1) or down (1); at the end of the list it stays."""
    joined, pages = _opened(joined, by)
    place = next((place for place, page in enumerate(pages) if page.photo_id == photo), None)
    if place is None:
        return
    other = min(max(place + by_places, 0), len(pages) - 1)
    pages.insert(other, pages.pop(place))
    _number(pages)
    remake(joined, by=by)


@transaction.atomic
def turn(joined: Document, photo: UUID, *, by: Actor) -> None:
    """A quarter with the clock."""
    joined, pages = _opened(joined, by)
    for page in pages:
        if page.photo_id == photo:
            page.turn = (page.turn + QUARTER) % 360
            page.save(update_fields=["turn"])
    remake(joined, by=by)


@transaction.atomic
def take_out(joined: Document, photo: UUID, *, by: Actor) -> None:
    """The photo is a file of its own again. Raises Refused for the last but one: then they are separated."""
    joined, pages = _opened(joined, by)
    rest = [page for page in pages if page.photo_id != photo]
    if len(rest) == len(pages):
        return
    if len(rest) < 2:
        raise Refused(_("Two pages stay together, or you separate them."), code="join")
    joined.joined_pages.filter(photo=photo).delete()
    _number(rest)
    remake(joined, by=by)
    out = Document.objects.select_related("case").get(pk=photo)
    out.changed_at = clock.now()
    out.save(update_fields=["changed_at"])
    _say_like(joined, [out])
    ready.changed(out)


@transaction.atomic
def put_in(joined: Document, photos: Sequence[UUID], *, by: Actor) -> None:
    """More photos as the last pages."""
    joined, pages = _opened(joined, by)
    here = {page.photo_id for page in pages}
    wanted = [pk for pk in dict.fromkeys(photos) if pk not in here]
    if not wanted:
        return
    rows = _chosen(joined.case, wanted, by, already=len(pages))
    if any(photo.put_in_by_id != joined.put_in_by_id for photo in rows):
        owning.pass_on(joined, by=by)
    JoinedPage.objects.bulk_create(
        JoinedPage(joined=joined, photo=photo, number=number) for number, photo in enumerate(rows, len(pages) + 1)
    )
    remake(joined, by=by)
    for document in _hide(joined, joined.only_me or any(photo.only_me for photo in rows), by):
        ready.changed(document)


@transaction.atomic
def separate(joined: Document, *, by: Actor) -> None:
    """Undo: each photo is a file of its own again, the joined document is gone. Twice is once."""
    try:
        joined, _pages = _opened(joined, by)
    except Refused as refused:
        if refused.code == "state":
            return
        raise
    changed = _separate(joined, by)
    for document in changed:
        ready.changed(document)


def _separate(joined: Document, by: Actor) -> list[Document]:
    photos = list(Document.objects.filter(page_of__joined=joined))
    joined.joined_pages.all().delete()
    _withdraw([joined.pk], by)
    record(by, "document.separated", joined, patient=joined.case.patient_id, case=joined.case_id)
    _say_like(joined, photos)
    return [*photos, joined]


def _say_like(joined: Document, photos: list[Document]) -> None:
    """What a person said that the document is, is each of its photos; but not what one of them was before."""
    has_own = any(photo.kind == joined.kind and photo.kind_said_by_id for photo in photos)
    if joined.kind_said_by_id is None or has_own:
        return
    former = {photo.pk: photo.kind for photo in photos}
    for photo in photos:
        photo.kind, photo.kind_said_by, photo.changed_at = joined.kind, joined.kind_said_by, clock.now()
        photo.save(update_fields=["kind", "kind_said_by", "changed_at"])
    for photo in photos:  # once every row is held: those who are told take the case's
        if photo.kind != former[photo.pk]:
            ready.kind_changed(photo, former[photo.pk])


def finish(joined: Document, *, by: Actor) -> None:
    """Done with the pages: the worker need not wait for another press."""
    with transaction.atomic():
        joined, _pages = _opened(joined, by)
        remake(joined, by=by, at_once=True)


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


def _number(pages: list[JoinedPage]) -> None:
    for number, page in enumerate(pages, 1):
        page.number = number
    JoinedPage.objects.bulk_update(pages, ["number"])


def close_gap(joined: Document) -> None:
    """A page is erased: the others are counted from 1 again. Under `hold_papers`."""
    _number(list(joined.joined_pages.all()))


def renew(photo: Document, *, by: Actor) -> None:
    """A newer photo was sent: it takes the place of the older one in the joined document. Under `hold_papers`."""
    if page := JoinedPage.objects.filter(photo=photo).select_related("joined__case__key").first():
        remake(page.joined, by=by, at_once=True)


def follow_withdrawal(document: Document, *, by: Actor) -> list[Document]:
    """The other side of what was taken back, changed too: the photos of a joined document, or what a photo is in.

    Under `hold_papers`, before anyone is told.
    """
    photos = list(Document.objects.here().filter(page_of__joined=document))
    _withdraw([photo.pk for photo in photos], by, document)
    # No made copy may show a photo that was taken back, not even an older one.
    gone = [document.pk, *(photo.pk for photo in photos)]
    shown_in = Version.objects.live().filter(made_of__overlap=gone)
    letters = list(Document.objects.filter(pk__in=shown_in.values("document")))
    shown_in.update(withdrawn_at=document.withdrawn_at, withdrawn_by=document.withdrawn_by)
    page = JoinedPage.objects.filter(photo=document).select_related("joined__case__key").first()
    if page is None:
        return photos + letters
    joined = page.joined
    page.delete()
    rest = list(joined.joined_pages.all())
    if len(rest) < 2:
        return photos + _separate(joined, by)
    _number(rest)
    remake(joined, by=by, at_once=True)
    return [*photos, *letters]


def _withdraw(documents: list[UUID], by: Actor, like: Document | None = None) -> None:
    gone = {"withdrawn_at": like.withdrawn_at if like else clock.now(), "withdrawn_by": by.user}
    Version.objects.live().filter(document__in=documents).update(**gone)
    Document.objects.here().filter(pk__in=documents).update(**gone)


def follow_restoring(document: Document, *, by: Actor) -> list[Document]:
    """The photos of a joined document come back with it. Raises Refused for one whose photos were separated."""
    withdrawn_at = document.withdrawn_at
    if document.versions.exclude(made_of=[]).exists() and not document.joined_pages.exists():
        raise Refused(_("These photos were separated. Join them once more instead."), code="state")
    if JoinedPage.objects.filter(photo=document, joined__withdrawn_at__isnull=False).exists():
        raise Refused(_("This photo is a page of a file that was taken back. Put that file back."), code="state")
    photos = list(Document.objects.filter(page_of__joined=document, withdrawn_at=withdrawn_at))
    back = {"withdrawn_at": None, "withdrawn_by": None}
    Version.objects.filter(document__in=photos, withdrawn_at=withdrawn_at).update(**back)
    Document.objects.filter(pk__in=[photo.pk for photo in photos]).update(**back, changed_at=clock.now())
    return photos + _cover(document.case_id, by)


def follow_hiding(document: Document, *, by: Actor) -> list[Document]:
    """A joined document and its photos are seen by the same people."""
    joined = Document.objects.filter(joined_pages__photo=document).first() or document
    return _hide(joined, document.only_me, by)


def _hide(joined: Document, only_me: bool, by: Actor) -> list[Document]:
    both = Document.objects.filter(page_of__joined=joined) | Document.objects.filter(pk=joined.pk)
    changed = list(Document.objects.filter(pk__in=both.values("pk")).exclude(only_me=only_me))
    rows = Document.objects.filter(pk__in=[document.pk for document in changed])
    rows.update(only_me=only_me, changed_at=clock.now())
    for document in changed:
        document.only_me = only_me
    return changed + _cover(joined.case_id, by)


def _cover(case_id: UUID, by: Actor) -> list[Document]:
    """Take back each made copy, an older one too, with a photo that not all its readers may see; what changed."""
    photos = Document.objects.filter(case=case_id, versions__kind__in=kinds.PHOTOS)
    hidden, gone = photos.filter(only_me=True), photos.filter(withdrawn_at__isnull=False)
    shown = Version.objects.live().filter(case=case_id).exclude(made_of=[])
    shown = shown.filter(Q(made_of__overlap=_ids(gone)) | Q(made_of__overlap=_ids(hidden), document__only_me=False))
    letters = list(Document.objects.filter(pk__in=shown.values("document")).select_related("case__key"))
    shown.update(withdrawn_at=clock.now(), withdrawn_by=by.user)
    for letter in letters:
        if is_joined(letter):
            remake(letter, by=by, at_once=True)
    return letters


def _ids(documents: QuerySet[Document]) -> list[UUID]:
    return list(documents.values_list("pk", flat=True))
