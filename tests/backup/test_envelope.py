"""A sealed archive opens whole with its key, and not at all when a bit of it is missing, other or too much."""

import io

import pytest

from portal.backup import envelope
from portal.backup.envelope import CHUNK, TAG, Broken, Opening, Sealing
from tests.backup.conftest import KEY

HEAD = 28
KEY_BYTES = bytes(range(100, 132))


def sealed(content: bytes) -> bytes:
    out = io.BytesIO()
    sealing = Sealing(out, KEY_BYTES)
    for start in range(0, len(content), 700_001):
        sealing.write(content[start : start + 700_001])
    sealing.finish()
    return out.getvalue()


def opened(archive: bytes, key: bytes = KEY_BYTES) -> bytes:
    opening, parts = Opening(io.BytesIO(archive), key), []
    while part := opening.read(300_007):
        parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 5])
def test_what_was_sealed_comes_out(size):
    content = bytes(range(251)) * (size // 251 + 1)
    assert opened(sealed(content[:size])) == content[:size]


@pytest.fixture(scope="module")
def archive() -> bytes:
    return sealed(b"x" * (2 * CHUNK + 5))


WHOLE = CHUNK + TAG


@pytest.mark.parametrize(
    "change",
    [
        lambda all_: all_[: HEAD + 2 * WHOLE],  # at the end of a chunk
        lambda all_: all_[: HEAD + WHOLE],
        lambda all_: all_[:HEAD],
        lambda all_: all_[:-1],
        lambda all_: all_ + b"x",
        lambda all_: all_ + all_[HEAD + 2 * WHOLE :],
        lambda all_: all_[:HEAD] + all_[HEAD + WHOLE : HEAD + 2 * WHOLE] + all_[HEAD:],
        lambda all_: all_[:HEAD] + all_[HEAD + WHOLE :],
        lambda all_: all_[:500] + bytes([all_[500] ^ 1]) + all_[501:],
        lambda all_: all_[:20] + bytes([all_[20] ^ 1]) + all_[21:],  # its salt
    ],
)
def test_whatever_was_cut_or_changed_is_refused(archive, change):
    with pytest.raises(Broken, match="cut or changed"):
        opened(change(archive))


def test_another_key_and_another_file_are_told_apart(archive):
    with pytest.raises(Broken, match="another BACKUP_KEY"):
        opened(archive, bytes(32))
    with pytest.raises(Broken, match="not an archive"):
        opened(b"PK\x03\x04" + archive)
    with pytest.raises(Broken, match="not an archive"):
        opened(b"")


def test_the_same_is_sealed_otherwise_each_time():
    assert sealed(b"x")[HEAD:] != sealed(b"x")[HEAD:]


@pytest.mark.parametrize("key", ["", "short", "AAAA", KEY[:-4]])
def test_a_key_of_another_length_is_refused(settings, key):
    settings.BACKUP_KEY = key
    with pytest.raises(Broken, match="BACKUP_KEY must be 32 bytes"):
        envelope.backup_key()


def test_the_master_key_is_refused(settings):
    settings.BACKUP_KEY = settings.PORTAL_MASTER_KEY.partition(":")[2]
    with pytest.raises(Broken, match="another key than PORTAL_MASTER_KEY"):
        envelope.backup_key()
