"""Files in a bucket, from sending to opening; and the bucket away: people read words, nothing is half done."""

import pytest
from django.urls import reverse

from cases.documents import erasing
from cases.documents.models import Document, Version
from cases.documents.worker import checking
from portal.actors import Actor
from portal.errors import Refused
from portal.vault import s3
from portal.vault.models import StoredFile
from tests import factories, plan_files
from tests.documents.files import added, read, upload
from tests.programs import free_port
from tests.stores import lying

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return factories.open_case()


@pytest.fixture
def go_away(settings, monkeypatch):
    """Call it: from then on the store is a bucket that does not answer."""
    monkeypatch.setattr(s3, "TRIES", 1)

    def go() -> None:
        settings.DOCUMENTS_URL = f"s3+http://key:secret@127.0.0.1:{free_port()}/bucket"

    return go


@pytest.mark.full
def test_a_file_in_a_bucket_is_sent_checked_read_and_erased(
    case, bucket_store, client, django_capture_on_commit_callbacks
):
    content = plan_files.pdf(pages=2)
    client.force_login(case.patient)
    client.post(reverse("documents:add_plan", args=[case.pk]), {"files": upload(content=content)})
    version = Version.objects.get()
    checking.check(version.pk)

    sent = client.get(reverse("documents:file", args=[version.pk]), {"as": "sent"})
    page = client.get(reverse("documents:page_image", args=[version.page_images.first().pk]))

    assert sent.getvalue() == content
    assert page.content[8:12] == b"WEBP"
    assert len(lying(bucket_store)) == 6  # as it was sent, the clean copy, two pages large and small
    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase_versions(Version.objects.all())
    assert lying(bucket_store) == []


def test_adding_a_file_is_refused_in_words(case, go_away):
    go_away()
    with pytest.raises(Refused, match="We couldn’t save this file just now"):
        added(case)
    assert not Document.objects.exists()
    assert not StoredFile.objects.exists()


@pytest.mark.full
def test_check_is_put_off_and_never_counted_against_the_file(case, go_away, settings):
    version = added(case)
    go_away()
    for _time in range(6):
        Version.objects.update(due_at=version.put_in_at)
        checking.check(version.pk)
        version.refresh_from_db()
        assert (version.state, version.tries) == ("received", 0)

    settings.DOCUMENTS_URL = ""
    Version.objects.update(due_at=version.put_in_at)
    checking.check(version.pk)

    version.refresh_from_db()
    assert version.state == "ready"


def test_opening_a_file_says_try_again(case, go_away, client):
    version = read(case)
    client.force_login(case.patient)
    client.raise_request_exception = False
    go_away()

    answer = client.get(reverse("documents:file", args=[version.pk]))

    assert answer.status_code == 503
    assert "Try again in a few minutes" in answer.content.decode()


def test_taking_back_needs_no_store(case, go_away):
    from cases.documents import actions

    version = added(case)
    go_away()
    assert actions.withdraw(version.document, by=Actor.person(case.patient)).withdrawn_at
