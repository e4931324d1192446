"""Files: whole or not at all, and nobody else's; the same in a folder and in a bucket."""

import pytest
from cryptography.exceptions import InvalidTag
from django.db import DatabaseError, DataError, connection, transaction

from portal.vault import files, keys, s3, store
from portal.vault.models import StoredFile
from tests.stores import lying, overwrite, sealed_bytes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("any_store")]


@pytest.fixture
def key():
    return keys.new_key()


def there():
    return lying(store.current())


@pytest.mark.full
@pytest.mark.parametrize("size", [0, 1, files.CHUNK - 1, files.CHUNK, files.CHUNK + 1, 3 * files.CHUNK])
def test_bytes_come_back_whole(key, size):
    data = bytes(range(256)) * (size // 256 + 1)
    data = data[:size]
    stored = files.put([data[at : at + 70_000] for at in range(0, size, 70_000)], key=key)
    assert files.read_bytes(stored) == data
    assert stored.size == size
    assert files.fault(stored) == ""


def test_file_of_many_parts_comes_back_whole(key):
    piece = bytes(range(256)) * 4096
    stored = files.put([piece] * 18, key=key)
    assert stored.size == 18 * len(piece) > 2 * s3.PART
    assert all(chunk == piece for chunk in files.read(stored))
    assert there() == [stored.path]


def test_store_holds_no_plain_bytes(key):
    stored = files.put([b"a very plain sentence"], key=key)
    assert b"plain" not in sealed_bytes(stored.path)


def test_cut_file_is_refused(key):
    stored = files.put([bytes(2 * files.CHUNK + 5)], key=key)
    overwrite(stored.path, sealed_bytes(stored.path)[: files.CHUNK + 27])
    with pytest.raises(InvalidTag):
        files.read_bytes(stored)


def test_changed_byte_is_refused(key):
    stored = files.put([b"x" * 100], key=key)
    raw = bytearray(sealed_bytes(stored.path))
    raw[40] ^= 1
    overwrite(stored.path, bytes(raw))
    with pytest.raises(InvalidTag):
        files.read_bytes(stored)


def test_swapped_files_are_refused(key):
    first, second = files.put([b"first"], key=key), files.put([b"second"], key=key)
    first.path, second.path = second.path, first.path
    with pytest.raises(InvalidTag):
        files.read_bytes(first)


@pytest.mark.parametrize("before", [1, 20], ids=["at the beginning", "after two parts"])
def test_broken_stream_leaves_nothing_behind(key, before):
    def breaking():
        yield from [bytes(files.CHUNK)] * before
        raise OSError("the line went dead")

    with pytest.raises(OSError, match="line went dead"):
        files.put(breaking(), key=key)
    assert there() == []
    assert not StoredFile.objects.exists()


def test_row_that_cannot_be_saved_takes_its_file_along(key):
    with transaction.atomic():
        with pytest.raises(DataError), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        with pytest.raises(DatabaseError):
            files.put([b"x"], key=key)
        transaction.set_rollback(True)
    assert there() == []


def test_removed_file_leaves_the_store_after_commit(key, django_capture_on_commit_callbacks):
    stored = files.put([b"gone"], key=key)
    with django_capture_on_commit_callbacks(execute=True):
        files.remove(stored)
    assert there() == []


def test_rolled_back_removal_keeps_the_file(key):
    stored = files.put([b"kept"], key=key)
    files.remove(stored)
    assert len(there()) == 1


def test_what_is_not_there_is_said_so(key):
    stored = files.put([b"x"], key=key)
    store.current().remove(stored.path)
    store.current().remove(stored.path)  # twice is once
    with pytest.raises(FileNotFoundError):
        files.read_bytes(stored)
    assert not store.current().has(stored.path)


def test_erased_key_takes_words_and_bytes_along(key, django_capture_on_commit_callbacks):
    stored, other = files.put([b"gone"], key=key), files.put([b"stays"], key=keys.new_key())
    with django_capture_on_commit_callbacks(execute=True):
        files.erase(key)
    assert there() == [other.path]
    with pytest.raises(keys.KeyGone):
        files.read_bytes(StoredFile.objects.get(pk=stored.pk))


def test_store_answers():
    assert store.current().answers()


@pytest.mark.full
def test_a_file_is_never_whole_in_memory(key):
    import tracemalloc

    piece, pieces = bytes(files.CHUNK), 96
    tracemalloc.start()
    try:
        stored = files.put((piece for _number in range(pieces)), key=key)
        assert sum(len(chunk) for chunk in files.read(stored)) == stored.size == pieces * files.CHUNK
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 40 * 2**20
