"""Workers that want to read pictures at once: one page is read at a time, and each by one worker."""

import threading
from contextlib import contextmanager
from functools import partial

import pytest
from django.db import connection

from cases.documents.models import PageImage
from cases.documents.worker import machine_text
from tests import database, factories, page_pictures
from tests.at_once.rivals import at_once
from tests.documents.files import folder, read

__all__ = ["folder"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]

GUARD = "pageimage_one_is_read_at_a_time"


@pytest.fixture
def photos(folder):
    """Two files, each a page that waits."""
    case = factories.open_case()
    return [read(case, f"{words}.jpg", page_pictures.photo(words)) for words in page_pictures.LINES[:2]]


@contextmanager
def window_held_open(rivals):
    """Between choosing a page and claiming it, wait until everybody has chosen."""
    meet, choose = threading.Barrier(rivals), machine_text.choose

    def choose_then_wait(*args):
        chosen = choose(*args)
        meet.wait(30)
        return chosen

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(machine_text, "choose", choose_then_wait)
        yield


@contextmanager
def without_the_guard():
    """As the owner, take the index away, and put it back when no page is read."""
    with database.owner(connection.settings_dict["NAME"]) as db:
        (definition,) = db.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [GUARD]).fetchone()
        db.execute(f"DROP INDEX {GUARD}")
        try:
            yield
        finally:
            PageImage.objects.update(reading=PageImage.Reading.WAITING, read_claimed_at=None)
            db.execute(definition)


def claims(photos):
    with window_held_open(len(photos)):
        outcomes = at_once(*[partial(machine_text.claim, photo.pk) for photo in photos])
    assert [outcome.error for outcome in outcomes] == [None] * len(photos)
    return sum(outcome.result is not None for outcome in outcomes)


@pytest.mark.full
def test_two_workers_read_one_page(photos):
    assert claims(photos) == 1


@pytest.mark.full
def test_two_workers_of_one_page_are_one(photos):
    with without_the_guard():
        assert claims([photos[0], photos[0]]) == 1


@pytest.mark.full
def test_without_the_guard_they_read_two(photos):
    with without_the_guard():
        assert claims(photos) == 2
