"""What was erased stays erased: its ids stand outside the database, and are erased again after an older archive."""

import uuid

import pytest
from django.db import transaction

from cases.case.models import Case
from cases.documents import erasing
from cases.documents.models import Version
from portal import retention
from portal.tasks import keep_no_longer
from portal.vault import erasures, files
from portal.vault.models import DataKey, StoredFile
from tests import factories
from tests.documents.files import added

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outside(settings, tmp_path):
    settings.HISTORY_FOLDER, settings.DOCUMENTS_FOLDER = tmp_path / "history", tmp_path / "documents"


@pytest.fixture
def case():
    return factories.open_case(diagnosis="Zitronenfalter")


def erase(case, capture):
    with capture(execute=True):
        files.erase(case.key)


def brought_back(key: DataKey, wrapped: bytes) -> None:
    """As an archive from before holds it."""
    DataKey.objects.filter(pk=key.pk).update(wrapped=wrapped, destroyed_at=None)


def test_an_erasure_is_listed_at_once_and_once(case, django_capture_on_commit_callbacks):
    erase(case, django_capture_on_commit_callbacks)
    assert erasures.keep() == 0
    assert erasures.listed() == {case.key_id}


def test_the_night_lists_what_a_death_left_out(case):
    files.erase(case.key)  # nothing of after the commit ran
    assert erasures.listed() == set()
    keep_no_longer()
    assert erasures.listed() == {case.key_id}


def test_after_an_older_archive_it_is_erased_again(case, django_capture_on_commit_callbacks):
    wrapped = bytes(case.key.wrapped)
    files.put([b"Zitronenfalter"], key=case.key)
    erase(case, django_capture_on_commit_callbacks)
    brought_back(case.key, wrapped)
    with django_capture_on_commit_callbacks(execute=True):
        assert files.erase_again() == 1
    assert files.erase_again() == 0
    assert Case.objects.select_related("key").get(pk=case.pk).diagnosis == ""
    assert StoredFile.objects.filter(key=case.key_id).exists()  # the row stays, its bytes are gone
    assert Case.objects.get(pk=case.pk).reference == case.reference


def test_the_night_erases_again_what_a_restore_left_undone(case, django_capture_on_commit_callbacks):
    wrapped = bytes(case.key.wrapped)
    erase(case, django_capture_on_commit_callbacks)
    brought_back(case.key, wrapped)
    keep_no_longer()
    assert Case.objects.select_related("key").get(pk=case.pk).diagnosis == ""


def test_a_night_that_fails_still_erases_again(case, django_capture_on_commit_callbacks, monkeypatch):
    wrapped = bytes(case.key.wrapped)
    erase(case, django_capture_on_commit_callbacks)
    brought_back(case.key, wrapped)
    monkeypatch.setattr(retention, "RULES", [None])
    with pytest.raises(AttributeError):
        keep_no_longer()
    assert DataKey.objects.get(pk=case.key_id).destroyed_at


def test_an_erased_file_is_listed_and_erased_again(case, django_capture_on_commit_callbacks):
    version = added(case)
    stored = [version.original_id, version.file_id]
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        erasing.erase_versions(Version.objects.filter(pk=version.pk))
        transaction.set_rollback(True)
    assert erasures.listed() == set()
    erasures.add([version.pk])  # as after an archive from before it was erased
    keep_no_longer()
    assert not Version.objects.filter(pk=version.pk).exists()
    assert not StoredFile.objects.filter(pk__in=[pk for pk in stored if pk]).exists()


def test_an_erased_file_is_listed_at_once(case, django_capture_on_commit_callbacks):
    version = added(case)
    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase_versions(Version.objects.filter(pk=version.pk))
    assert erasures.listed() == {version.pk}


def test_the_night_lists_a_file_that_a_death_left_out(case):
    version = added(case)
    erasing.erase_versions(Version.objects.filter(pk=version.pk))
    assert erasures.listed() == set()
    keep_no_longer()
    assert erasures.listed() == {version.pk}


def test_a_key_that_nobody_destroyed_stays(case, django_capture_on_commit_callbacks):
    other = factories.open_case()
    erase(other, django_capture_on_commit_callbacks)
    assert files.erase_again() == 0
    assert Case.objects.select_related("key").get(pk=case.pk).diagnosis == "Zitronenfalter"


def test_half_a_line_and_strange_words_are_passed_over(case, django_capture_on_commit_callbacks):
    erasures.path().parent.mkdir(parents=True)
    erasures.path().write_text(f"{str(uuid.uuid4())[:20]}\nnonsense\n{str(case.key_id)[:10]}")
    erase(case, django_capture_on_commit_callbacks)
    assert erasures.listed() == {case.key_id}


def test_the_list_holds_ids_alone(case, django_capture_on_commit_callbacks):
    erase(case, django_capture_on_commit_callbacks)
    assert erasures.path().read_text().split() == [str(case.key_id)]
