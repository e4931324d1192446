"""Small pictures of pages: made with the pages, and for those kept before there were any by the worker."""

import io

import pytest
from django.db import IntegrityError, transaction
from PIL import Image

from cases.documents import actions, erasing, tasks
from cases.documents.models import PageImage, Version
from cases.documents.worker import thumbnails
from portal.actors import Actor
from portal.vault import files as vault
from portal.vault import store
from portal.vault.models import StoredFile
from tests import plan_files
from tests.documents.files import read, stored

pytestmark = pytest.mark.django_db


def size(page):
    return Image.open(io.BytesIO(vault.read_bytes(page.small))).size


def without_small(version):
    """As pages were kept before there were small pictures."""
    for page in version.page_images.select_related("small"):
        gone = page.small
        PageImage.objects.filter(pk=page.pk).update(small=None)
        gone.delete()
        store.current().remove(gone.path)
    return version


def test_each_page_has_its_small_picture(case, rosa):
    version = read(case, content=plan_files.pdf(pages=2))
    for page in version.page_images.all():
        width, height = size(page)
        assert width <= 200 < height <= 260
        answer = rosa.get(page.small_url)
        assert answer.headers["Content-Type"] == "image/webp"
        assert answer.headers["Content-Security-Policy"].startswith("sandbox;")
        assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.full
def test_worker_makes_those_that_are_missing_once(case, rosa):
    version = without_small(read(case, content=plan_files.pdf(pages=3)))
    page = version.page_images.first()
    assert page.small_url == ""
    assert rosa.get(page.get_absolute_url() + "small/").status_code == 404
    tasks.make_thumbnails.apply().get()
    assert all(size(page)[0] <= 200 for page in version.page_images.all())
    assert thumbnails.make_missing() == 0


def test_making_goes_on_where_it_stopped(case, monkeypatch):
    version = without_small(read(case, content=plan_files.pdf(pages=3)))
    monkeypatch.setattr(thumbnails, "AT_ONCE", 2)
    monkeypatch.setattr(thumbnails, "ONE_ROUND", -1)
    assert thumbnails.make_missing() == 0
    monkeypatch.setattr(thumbnails, "ONE_ROUND", 120)
    assert thumbnails.make_missing() == 3
    assert not version.page_images.filter(small=None).exists()


def test_damaged_page_keeps_no_other_from_its_picture(case, folder):
    version = without_small(read(case, content=plan_files.pdf(pages=3)))
    damaged = version.page_images.first()
    (folder / "documents" / damaged.file.path).write_bytes(b"damaged")
    assert thumbnails.make_missing() == 2
    assert list(version.page_images.filter(small=None)) == [damaged]


def test_second_worker_leaves_no_bytes_behind(case, folder):
    page = read(case).page_images.select_related("file__key").get()
    before = len(stored(folder))
    with transaction.atomic():
        assert not thumbnails._keep(page, b"late")
    assert StoredFile.objects.filter(size=4).count() == 0
    assert len(stored(folder)) <= before + 1  # the bytes go after the commit


def test_small_picture_goes_with_its_page(case):
    version = read(case)
    actions.withdraw(version.document, by=Actor.person(case.patient))
    erasing.erase_versions(Version.objects.filter(pk=version.pk))
    assert StoredFile.objects.count() == 0


def test_picture_of_a_page_is_not_its_own_small_one(case):
    page = read(case).page_images.get()
    with pytest.raises(IntegrityError, match="pageimage_small_is_its_own_file"), transaction.atomic():
        PageImage.objects.filter(pk=page.pk).update(small=page.file)
