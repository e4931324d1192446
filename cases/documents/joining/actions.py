"""Photos become pages of one document: joined, put in order, turned, taken out, separated again.

The photos stay documents of their own and keep the bytes as they were sent; the joined document has versions that the
worker makes from them. Taking back or hiding either side reaches the other.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from cases.case.actions import must
from cases.case.models import Case
from cases.case.people import role_in
from cases.documents import kinds, lists, owning, private, ready, rules
from cases.documents.joining.following import describe_like, forget_page, hide, say_like, tell_apart
from cases.documents.joining.joined import JoinedPage
from cases.documents.joining.remaking import remake, renumber
from cases.documents.models import Document
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record

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
    newest = lists.newest_of(document.versions.all())
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
    describe_like(rows, joined)
    joined.save(force_insert=True)
    JoinedPage.objects.bulk_create(
        JoinedPage(joined=joined, photo=photo, number=number) for number, photo in enumerate(rows, 1)
    )
    record(by, "document.joined", joined, patient=case.patient_id, case=case.pk)
    private.cover(joined, by=by)
    remake(joined, by=by, at_once=True)
    for document in hide(joined, joined.only_me, by):
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
    renumber(pages)
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
    renumber(rest)
    out = Document.objects.select_related("case__key").get(pk=photo)
    forget_page(joined, out)
    remake(joined, by=by)
    out.changed_at = clock.now()
    out.save(update_fields=["changed_at"])
    say_like(joined, [out])
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
    private.cover(joined, by=by)
    remake(joined, by=by)
    for document in hide(joined, joined.only_me or any(photo.only_me for photo in rows), by):
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
    changed = tell_apart(joined, by)
    for document in changed:
        ready.changed(document)


def finish(joined: Document, *, by: Actor) -> None:
    """Done with the pages: the worker need not wait for another press."""
    with transaction.atomic():
        joined, _pages = _opened(joined, by)
        private.cover(joined, by=by)
        remake(joined, by=by, at_once=True)
