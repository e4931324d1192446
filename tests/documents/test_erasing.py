"""Erased for good: files by their age, a closed case with its key; nothing else goes along."""

import datetime as dt

import pytest
from django.urls import reverse

from cases.case.actions import change_case
from cases.case.models import Case
from cases.documents import actions, erasing
from cases.documents.models import Document, Version
from portal import clock
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.vault import files, keys
from portal.vault.models import StoredFile
from tests import factories, people, plan_files
from tests.documents.files import added, checked, read, stored, upload
from tests.reviews import world as reading

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def case():
    return factories.open_case(diagnosis="Zitronenfalter")


@pytest.fixture
def closed(case):
    """A case that was closed two years and a day ago, with a file in it."""
    read(case)
    Case.objects.filter(pk=case.pk).update(state="closed", closed_at=clock.now() - 732 * DAY)
    return Case.objects.get(pk=case.pk)


def by(key):
    return Actor.person(people.person(key))


def events(verb):
    return Event.objects.filter(verb=verb).count()


def test_traces_of_refused_files_go_after_a_day(case):
    checked(case, "letter.docx", plan_files.docx_with_macros())
    assert not erasing.refused(clock.now()).exists()
    later = erasing.refused(clock.now() + 2 * DAY)
    assert erasing.erase_versions(later) == 1
    assert erasing.erase_versions(later) == 0
    assert Version.objects.count() == 0


def test_withdrawn_file_is_erased_after_30_days(case, folder, django_capture_on_commit_callbacks):
    version = read(case)
    actions.withdraw(version.document, by=by("rosa"))
    Version.objects.update(withdrawn_at=clock.now() - 31 * DAY)
    Document.objects.update(withdrawn_at=clock.now() - 31 * DAY)
    with pytest.raises(Refused):
        actions.restore(Document.objects.get(), by=by("rosa"))
    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase_versions(erasing.taken_back(clock.now()))
    assert (Document.objects.count(), Version.objects.count(), StoredFile.objects.count()) == (0, 0, 0)
    assert stored(folder) == []


def test_file_put_back_meanwhile_is_not_erased(case):
    version = read(case)
    actions.withdraw(version.document, by=by("rosa"))
    due = erasing.taken_back(clock.now() + 31 * DAY)
    assert due.exists()
    actions.restore(version.document, by=by("rosa"))
    assert not erasing._erase_version(due, version.pk)
    assert Version.objects.exists()


def test_erased_plan_that_a_review_tells_of_keeps_an_empty_row(folder):
    review = reading.waiting()
    actions.withdraw(review.version.document, by=Actor.person(review.case.patient))
    Version.objects.update(withdrawn_at=clock.now() - 31 * DAY)
    for _night in range(2):
        erasing.erase_versions(erasing.taken_back(clock.now()))
    review.version.refresh_from_db()
    assert (review.version.reason, review.version.name, StoredFile.objects.count()) == ("erased", "", 0)
    assert events("document.erased") == 1


def test_closed_case_goes_with_its_key_and_keeps_its_dates(closed, folder, django_capture_on_commit_callbacks):
    other = read(factories.open_case(people.person("grace"), diagnosis="Admiral"))
    with django_capture_on_commit_callbacks(execute=True):
        assert erasing.erase_cases(erasing.closed_cases(clock.now())) == 1
    keys.forget_cached_keys()

    case = Case.objects.get(pk=closed.pk)
    assert (case.diagnosis, case.closed_at) == ("", closed.closed_at)
    assert case.key.wrapped == b""
    assert not Version.objects.filter(case=case).exists()
    assert {path.name for path in stored(folder)} == {row.id.hex for row in StoredFile.objects.all()}
    assert Case.objects.get(pk=other.case_id).diagnosis == "Admiral"
    assert files.read_bytes(other.original)
    assert events("case.erased") == 1
    assert erasing.erase_cases(erasing.closed_cases(clock.now())) == 0


def test_patient_of_an_erased_case_reads_its_pages_and_is_told_when_she_adds(closed, client):
    erasing.erase_case(closed, by=SYSTEM)
    case = Case.objects.get(pk=closed.pk)
    client.force_login(case.patient)

    assert client.get(reverse("pages:case_home", args=[case.pk])).status_code == 200
    assert client.get(reverse("documents:list", args=[case.pk])).status_code == 200
    with pytest.raises(Refused, match="words are erased"):
        added(case)
    with pytest.raises(Refused, match="words are erased"):
        change_case(case, diagnosis="again", by=by("rosa"))
    answer = client.post(reverse("documents:add_plan", args=[case.pk]), {"files": upload()})
    assert answer.status_code == 422
    assert not StoredFile.objects.exists()


def test_case_that_is_open_or_closed_lately_stays(case):
    with pytest.raises(Refused):
        erasing.erase_case(case, by=SYSTEM)
    Case.objects.update(state="closed", closed_at=clock.now() - 729 * DAY)
    assert not erasing.closed_cases(clock.now()).exists()
