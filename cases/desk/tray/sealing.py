"""Whose key a paper is under: one of its own in the tray, its case's once it is filed."""

from collections.abc import Iterator
from contextlib import contextmanager

from cases.case.models import Case
from cases.desk.tray.models import Incoming, IncomingPage
from portal.vault import files, keys
from portal.vault.models import DataKey, StoredFile

WORDS = ("sender", "words", "name")
FILES = ("original", "file")


@contextmanager
def or_discard() -> Iterator[list[StoredFile]]:
    """A list for files that are put in: when the block breaks, their rows go with it and their bytes with them."""
    kept: list[StoredFile] = []
    try:
        yield kept
    except BaseException:
        for stored in kept:
            files.discard(stored)
        raise


def new_key() -> DataKey:
    return keys.new_key("incoming")


def give_to_case(incoming: Incoming, case: Case, kept: list[StoredFile]) -> None:
    """Put every byte and word under the case's key; its own key is destroyed. The caller saves the row."""
    own = incoming.key
    _move(incoming, case.key, kept)
    incoming.case, incoming.key = case, None
    if own is not None:
        keys.destroy(own)


def take_from_case(incoming: Incoming, kept: list[StoredFile]) -> None:
    """Put all of it under a fresh key of its own: no page of that case can be made of it. The caller saves."""
    fresh = new_key()
    _move(incoming, fresh, kept)
    incoming.case, incoming.key = None, fresh


def take_pages(pages: list[IncomingPage], incoming: Incoming, kept: list[StoredFile]) -> None:
    """Give pages to another paper, counted from 1, under its key."""
    for number, page in enumerate(pages, 1):
        words = page.text
        page.incoming, page.number = incoming, number
        _move_page(page, incoming.sealing_key, kept, words)


def _move(incoming: Incoming, key: DataKey, kept: list[StoredFile]) -> None:
    for name in WORDS:
        setattr(incoming, name, getattr(incoming, name))  # opened now: saved, it is sealed under the new key
    gone = []
    for name in FILES:
        if stored := getattr(incoming, name):
            setattr(incoming, name, _again(stored, key, kept))
            gone.append(stored)
    pages = list(incoming.page_images.select_related("file__key", "small__key", "incoming__key", "incoming__case__key"))
    texts = [page.text for page in pages]
    before = incoming.case, incoming.key
    incoming.case, incoming.key = None, key  # what the words of its pages are sealed under from here on
    for page, words in zip(pages, texts, strict=True):
        page.incoming = incoming
        _move_page(page, key, kept, words)
    incoming.case, incoming.key = before
    Incoming.objects.filter(pk=incoming.pk).update(original=incoming.original, file=incoming.file)
    for stored in gone:
        files.remove(stored)


def _move_page(page: IncomingPage, key: DataKey, kept: list[StoredFile], words: str) -> None:
    gone = [page.file, page.small]
    page.file, page.small = _again(page.file, key, kept), _again(page.small, key, kept)
    page.text = words
    page.save()
    for stored in gone:
        files.remove(stored)


def _again(stored: StoredFile, key: DataKey, kept: list[StoredFile]) -> StoredFile:
    copy = files.put(files.read(stored), key=key)
    kept.append(copy)
    return copy


def files_of(incoming: Incoming) -> list[StoredFile]:
    """Every stored file of a paper."""
    found = [stored for stored in (incoming.original, incoming.file) if stored is not None]
    for page in incoming.page_images.select_related("file", "small"):
        found += [page.file, page.small]
    return found
