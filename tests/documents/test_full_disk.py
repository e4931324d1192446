"""A disk that is really full, at each place where a file passes: words, no half file, and it goes on by itself."""

import pytest
from django.urls import reverse

from cases.documents import actions
from cases.documents.models import PageImage, Version
from cases.documents.worker import checking
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from tests import plan_files
from tests.documents.files import added, checked, upload
from tests.small_disk import fill

pytestmark = pytest.mark.django_db
full = pytest.mark.full
MB = 2**20
SORRY = "We couldn’t save this file just now"


def room_for(settings, disk, store=False, temporary=False):
    """The store, the folder for what lies open, or both, on the small disk."""
    if store:
        settings.DOCUMENTS_FOLDER = disk / "documents"
        settings.DOCUMENTS_FOLDER.mkdir()
    if temporary:
        settings.FILE_UPLOAD_TEMP_DIR = disk / "tmp"
        settings.FILE_UPLOAD_TEMP_DIR.mkdir()


def files_on(disk):
    return [path.name for path in disk.rglob("*") if path.is_file() and path.name != "everything-else"]


@pytest.mark.parametrize("where", ["store", "temporary"])
def test_sender_reads_words_and_no_half_file_stays(case, rosa, settings, small_disk, where):
    room_for(settings, small_disk, **{where: True})
    fill(small_disk, leave=MB)
    sent = {"files": upload("photo.jpg", plan_files.photo() + bytes(4 * MB))}
    answer = rosa.post(reverse("documents:add_plan", args=[case.pk]), sent)
    assert answer.status_code == 422
    assert SORRY in answer.content.decode()
    assert Version.objects.count() == 0
    assert files_on(small_disk) == []


@pytest.mark.parametrize("times", [0, pytest.param(1.2, marks=full), pytest.param(2.2, marks=full)])
def test_check_without_room_says_nothing_about_the_file_and_goes_on_later(case, settings, small_disk, times):
    """There is room for so many times the file: its bytes, the cleaned copy, the page meet the full disk."""
    room_for(settings, small_disk, temporary=True)
    version = added(case, "photo.jpg", plan_files.photo())
    rest = fill(small_disk, leave=int(times * version.size))
    for _try in range(2):
        checking.check(version.pk)
        version.refresh_from_db()
        assert (version.state, version.reason, version.tries) == (Version.State.RECEIVED, "", 0)
        Version.objects.update(due_at=clock.now())
    assert files_on(small_disk) == []
    rest.unlink()
    checking.check_waiting()
    version.refresh_from_db()
    assert version.state == Version.State.READY


@full
@pytest.mark.parametrize("left", [0, 20_000])
def test_pages_and_copy_without_room_in_the_store_make_no_half_ready_file(case, settings, small_disk, left):
    room_for(settings, small_disk, store=True)
    version = added(case, content=plan_files.pdf(pages=3))
    rest = fill(small_disk, leave=left)
    checking.check(version.pk)
    version.refresh_from_db()
    assert (version.state, version.file, version.pages) == (Version.State.RECEIVED, None, 0)
    assert len(files_on(small_disk)) == 1 + 2 * PageImage.objects.count() < 7
    rest.unlink()
    Version.objects.update(due_at=clock.now())
    checking.check_waiting()
    version.refresh_from_db()
    assert (version.state, version.page_images.count()) == (Version.State.READY, 3)


def test_locked_file_that_cannot_be_opened_for_want_of_room_stays_locked(case, settings, small_disk):
    version = checked(case, content=plan_files.locked_pdf("rose"))
    room_for(settings, small_disk, temporary=True)
    fill(small_disk)
    with pytest.raises(Refused, match="just now"):
        actions.unlock_with_password(version, "rose", by=Actor.person(case.patient))
    version.refresh_from_db()
    assert version.state == Version.State.LOCKED
    assert files_on(small_disk) == []
