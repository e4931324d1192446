"""What was erased stays erased: its ids stand outside the database, and are erased again after an older archive."""

import uuid

import pytest

from cases.case.models import Case
from portal.tasks import keep_no_longer
from portal.vault import erasures, files
from portal.vault.models import DataKey, StoredFile
from tests import factories

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
