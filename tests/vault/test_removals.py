"""Bytes that a store away could not remove are noted with the change that gave them up, and go at night."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from portal import clock, retention
from portal.vault import files, keys, store
from portal.vault.models import Removal, StoredFile

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("either_store")]
HOURS = dt.timedelta(hours=2)


def gone_from(store_class, error):
    def remove(self, path):
        raise error

    return store_class, "remove", remove


@pytest.fixture
def left(monkeypatch, django_capture_on_commit_callbacks):
    """A file whose row is gone and whose bytes stayed, for the store was away."""
    stored = files.put([b"words"], key=keys.new_key())
    with monkeypatch.context() as patched:
        patched.setattr(*gone_from(type(store.current()), store.Away("away")))
        with django_capture_on_commit_callbacks(execute=True):
            files.remove(stored)
        assert files.remove_left(clock.now() + HOURS) == 0
    assert store.current().has(stored.path)
    assert not StoredFile.objects.exists()
    return stored.path


def test_bytes_go_at_night_once_the_store_is_back(left):
    assert [row.path for row in files.left(clock.now() + HOURS)] == [left]
    assert retention.run(clock.now() + HOURS)["bytes_left"] == 1
    assert not store.current().has(left)
    assert not Removal.objects.exists()
    assert retention.run(clock.now() + HOURS)["bytes_left"] == 0


def test_what_went_is_noted_no_more(django_capture_on_commit_callbacks):
    stored = files.put([b"words"], key=keys.new_key())
    with django_capture_on_commit_callbacks(execute=True):
        files.remove(stored)
    assert not store.current().has(stored.path)
    assert not Removal.objects.exists()


def test_a_change_that_breaks_gives_nothing_up():
    stored = files.put([b"words"], key=keys.new_key())
    with transaction.atomic():
        files.remove(stored)
        transaction.set_rollback(True)
    assert not Removal.objects.exists()
    assert store.current().has(stored.path)


def test_one_that_cannot_go_keeps_no_other(left, monkeypatch):
    Removal.objects.create(path="00/0", since=clock.now() - HOURS)
    there = type(store.current())
    remove = there.remove

    def sometimes(self, path):
        if path == "00/0":
            raise OSError("a disk that fails")
        remove(self, path)

    monkeypatch.setattr(there, "remove", sometimes)
    assert files.remove_left(clock.now() + HOURS) == 1
    assert [row.path for row in Removal.objects.all()] == ["00/0"]


def test_removal_names_a_file():
    with pytest.raises(IntegrityError), transaction.atomic():
        Removal.objects.create(path="", since=clock.now())
