"""Files: whole or not at all, and nobody else's."""

import pytest
from cryptography.exceptions import InvalidTag
from django.conf import settings

from portal.vault import files, keys
from portal.vault.models import StoredFile

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DOCUMENTS_FOLDER = tmp_path
    return tmp_path


@pytest.fixture
def key():
    return keys.new_key()


def on_disk():
    return [path for path in settings.DOCUMENTS_FOLDER.rglob("*") if path.is_file()]


@pytest.mark.parametrize("size", [0, 1, files.CHUNK - 1, files.CHUNK, files.CHUNK + 1, 3 * files.CHUNK])
def test_bytes_come_back_whole(key, size):
    data = bytes(range(256)) * (size // 256 + 1)
    data = data[:size]
    stored = files.put([data[at : at + 70_000] for at in range(0, size, 70_000)], key=key)
    assert files.read_bytes(stored) == data
    assert stored.size == size


def test_disk_holds_no_plain_bytes(key):
    files.put([b"a very plain sentence"], key=key)
    assert b"plain" not in on_disk()[0].read_bytes()


def test_cut_file_is_refused(key):
    stored = files.put([bytes(2 * files.CHUNK + 5)], key=key)
    path = on_disk()[0]
    path.write_bytes(path.read_bytes()[: files.CHUNK + 27])
    with pytest.raises(InvalidTag):
        files.read_bytes(stored)


def test_changed_byte_is_refused(key):
    stored = files.put([b"x" * 100], key=key)
    path = on_disk()[0]
    raw = bytearray(path.read_bytes())
    raw[40] ^= 1
    path.write_bytes(raw)
    with pytest.raises(InvalidTag):
        files.read_bytes(stored)


def test_swapped_files_are_refused(key):
    first, second = files.put([b"first"], key=key), files.put([b"second"], key=key)
    first.path, second.path = second.path, first.path
    with pytest.raises(InvalidTag):
        files.read_bytes(first)


def test_broken_stream_leaves_nothing_behind(key):
    def breaking():
        yield b"half"
        raise OSError("the line went dead")

    with pytest.raises(OSError, match="line went dead"):
        files.put(breaking(), key=key)
    assert on_disk() == []
    assert not StoredFile.objects.exists()


def test_removed_file_leaves_the_disk_after_commit(key, django_capture_on_commit_callbacks):
    stored = files.put([b"gone"], key=key)
    with django_capture_on_commit_callbacks(execute=True):
        files.remove(stored)
    assert on_disk() == []


def test_rolled_back_removal_keeps_the_file(key):
    stored = files.put([b"kept"], key=key)
    files.remove(stored)
    assert len(on_disk()) == 1


def test_erased_key_takes_words_and_bytes_along(key, django_capture_on_commit_callbacks):
    stored, other = files.put([b"gone"], key=key), files.put([b"stays"], key=keys.new_key())
    with django_capture_on_commit_callbacks(execute=True):
        files.erase(key)
    assert [path.name for path in on_disk()] == [other.id.hex]
    with pytest.raises(keys.KeyGone):
        files.read_bytes(StoredFile.objects.get(pk=stored.pk))
