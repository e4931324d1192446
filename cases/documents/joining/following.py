"""What is done to a letter of photos reaches its pages, what is done to a page its letter. All under `hold_papers`."""

import datetime as dt
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from cases.case.models import Case
from cases.documents import kinds, ready
from cases.documents.joining.joined import JoinedPage
from cases.documents.joining.remaking import remake, renumber
from cases.documents.models import Document, Guess, Version, VersionQuerySet
from portal import clock
from portal.accounts.models import User
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.history.actions import record

SAID = (["author", "author_said_by"], ["dated_on", "dated_said_by"])


def follow_withdrawal(document: Document, *, by: Actor) -> list[Document]:
    """The other side of what was taken back, changed too: the photos of a joined document, or what a photo is in.

    Under `hold_papers`, before anyone is told.
    """
    photos = list(Document.objects.here().filter(page_of__joined=document))
    _withdraw([photo.pk for photo in photos], document.withdrawn_at, by.user)
    # No made copy may show a photo that was taken back, not even an older one.
    gone = [document.pk, *(photo.pk for photo in photos)]
    shown_in = Version.objects.live().filter(made_of__overlap=gone)
    letters = _take_back(shown_in, document.withdrawn_at, by)
    page = JoinedPage.objects.filter(photo=document).select_related("joined__case__key").first()
    if page is None:
        return photos + letters
    joined = page.joined
    page.delete()
    forget_page(joined, document)
    rest = list(joined.joined_pages.all())
    if len(rest) < 2:
        return photos + tell_apart(joined, by)
    renumber(rest)
    remake(joined, by=by, at_once=True)
    return [*photos, *letters]


def tell_apart(joined: Document, by: Actor) -> list[Document]:
    photos = list(Document.objects.filter(page_of__joined=joined))
    joined.joined_pages.all().delete()
    _withdraw([joined.pk], clock.now(), by.user or joined.put_in_by)
    record(by, "document.separated", joined, patient=joined.case.patient_id, case=joined.case_id)
    say_like(joined, photos)
    return [*photos, joined]


def say_like(joined: Document, photos: list[Document]) -> None:
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


def describe_like(photos: list[Document], joined: Document) -> None:
    """What people said of the first photo of which they said it; who said so goes along."""
    for names in (["kind", "kind_said_by"], *SAID):
        said = next((photo for photo in photos if getattr(photo, f"{names[1]}_id")), photos[0])
        for name in names:
            setattr(joined, name, getattr(said, name))
    joined.title = photos[0].title


def forget_page(joined: Document, photo: Document) -> None:
    """A photo is no page any more: what was said of it, or read on it, is not said of the letter.

    As if it were joined without it; but not another kind, which is that of every page.
    """
    rest = Document.objects.filter(page_of__joined=joined).order_by("page_of__number").select_related("case__key")
    for names in SAID:
        of_it = [getattr(photo, f"{names[1]}_id"), getattr(photo, names[0])]
        if of_it[0] and of_it == [getattr(joined, f"{names[1]}_id"), getattr(joined, names[0])]:
            said = next((page for page in rest if getattr(page, f"{names[1]}_id")), None)
            for name in names:
                setattr(joined, name, getattr(said or Document(case=joined.case), name))
    if photo.title and joined.title == photo.title:
        joined.title = rest[0].title if rest else ""
    joined.save(update_fields=["title", *SAID[0], *SAID[1]])
    Guess.objects.filter(document=joined).delete()  # the next version has its own


def _take_back(shown: VersionQuerySet, at: dt.datetime, by: Actor) -> list[Document]:
    """Take these made copies back, with what was guessed of them; whose they are."""
    letters = list(Document.objects.filter(pk__in=shown.values("document")).select_related("case__key"))
    read_on = shown.filter(document=OuterRef("document"), number=OuterRef("version_number"))
    Guess.objects.filter(Exists(read_on), document__in=letters).delete()
    shown.update(withdrawn_at=at, withdrawn_by=by.user)
    for letter in letters:
        record(by, "document.copies_withdrawn", letter, patient=letter.case.patient_id, case=letter.case_id)
    return letters


def uncover(photo: Document, *, by: Actor) -> None:
    """Take back each made copy with this photo: it may show a version of it that was taken back."""
    _take_back(Version.objects.live().filter(made_of__contains=[photo.pk]), clock.now(), by)


def close_gap(letter: Document) -> None:
    """A page is erased: the others are counted from 1 again and made anew; a last one is a file of its own."""
    rest = list(letter.joined_pages.all())
    renumber(rest)
    if letter.withdrawn_at or letter.case.state == Case.State.CLOSED:  # it goes as well
        return
    if len(rest) > 1:
        remake(letter, by=SYSTEM, at_once=True)
    else:
        let_go(letter)


def let_go(letter: Document) -> None:
    """Nothing of it can be read, nor will be: each of its photos is a file of its own."""
    for document in tell_apart(letter, SYSTEM):
        ready.changed(document)


def _withdraw(documents: list[UUID], at: dt.datetime, who: User | None) -> None:
    gone = {"withdrawn_at": at, "withdrawn_by": who}
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
    return hide(joined, document.only_me, by)


def hide(joined: Document, only_me: bool, by: Actor) -> list[Document]:
    both = Document.objects.filter(page_of__joined=joined) | Document.objects.filter(pk=joined.pk)
    changed = list(
        Document.objects.filter(pk__in=both.values("pk")).exclude(only_me=only_me).select_related("case__key")
    )
    rows = Document.objects.filter(pk__in=[document.pk for document in changed])
    rows.update(only_me=only_me, changed_at=clock.now())
    for document in changed:
        document.only_me = only_me
        verb = "document.made_private" if only_me else "document.shared"
        record(by, verb, document, patient=document.case.patient_id, case=document.case_id)
    return changed + _cover(joined.case_id, by)


def _cover(case_id: UUID, by: Actor) -> list[Document]:
    """Take back each made copy, an older one too, with a photo that not all its readers may see; what changed."""
    photos = Document.objects.filter(case=case_id, versions__kind__in=kinds.PHOTOS)
    hidden, gone = photos.filter(only_me=True), photos.filter(withdrawn_at__isnull=False)
    shown = Version.objects.live().filter(case=case_id).exclude(made_of=[])
    shown = shown.filter(Q(made_of__overlap=_ids(gone)) | Q(made_of__overlap=_ids(hidden), document__only_me=False))
    letters = _take_back(shown, clock.now(), by)
    for letter in letters:
        if letter.joined_pages.exists():
            remake(letter, by=by, at_once=True)
    return letters


def _ids(documents: QuerySet[Document]) -> list[UUID]:
    return list(documents.values_list("pk", flat=True))
