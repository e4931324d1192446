"""A store that is away, slow, spoilt or named wrongly: said in our own words, with nothing half left behind."""

import socket
from contextlib import closing
from uuid import UUID

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from portal.vault import files, keys, s3, store
from portal.vault.models import StoredFile
from tests.programs import free_port
from tests.stores import said

pytestmark = pytest.mark.django_db
MANY = [bytes(files.CHUNK)] * 10


@pytest.fixture
def short_patience(monkeypatch):
    monkeypatch.setattr(s3, "CONNECT_SECONDS", 0.5)
    monkeypatch.setattr(s3, "ANSWER_SECONDS", 0.5)
    monkeypatch.setattr(s3, "TRIES", 1)


@pytest.fixture
def away(settings, short_patience):
    settings.DOCUMENTS_URL = f"s3+http://key:secret@127.0.0.1:{free_port()}/bucket"


@pytest.fixture
def silent(settings, short_patience):
    """A server that takes calls and never says a word."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        settings.DOCUMENTS_URL = f"s3+http://key:secret@127.0.0.1:{server.getsockname()[1]}/bucket"
        yield


@pytest.mark.parametrize("how", ["away", "silent"])
@pytest.mark.parametrize("chunks", [[b"small"], MANY], ids=["small", "many parts"])
def test_bucket_that_does_not_answer_is_said_and_leaves_no_row(request, how, chunks):
    request.getfixturevalue(how)
    with pytest.raises(store.Away):
        files.put(chunks, key=keys.new_key())
    assert not StoredFile.objects.exists()


@pytest.mark.full
@pytest.mark.parametrize("how", ["away", "silent"])
def test_not_ready_while_the_bucket_does_not_answer(request, how, client):
    request.getfixturevalue(how)
    answer = client.get(reverse("readyz"))
    assert answer.status_code == 503
    assert b"storage: cannot be used\n" in answer.content


def test_bucket_that_does_not_exist_is_away(bucket_store, settings):
    settings.DOCUMENTS_URL = settings.DOCUMENTS_URL.replace("remission-tests", "somebody-elses")
    with pytest.raises(OSError, match="bucket"):
        files.put([b"x"], key=keys.new_key())
    assert not store.current().answers()


def test_removal_that_cannot_reach_the_bucket_breaks_nothing(
    bucket_store, settings, django_capture_on_commit_callbacks
):
    stored, reachable = files.put([b"x"], key=keys.new_key()), settings.DOCUMENTS_URL
    with django_capture_on_commit_callbacks() as left_to_do:
        files.remove(stored)
    settings.DOCUMENTS_URL = f"s3+http://key:secret@127.0.0.1:{free_port()}/bucket"
    with pytest.raises(store.Away):
        left_to_do[0]()
    settings.DOCUMENTS_URL = reachable
    assert store.current().has(stored.path)  # the night finds it


@pytest.mark.parametrize(
    "url", ["https://key:hidden@host/bucket", "s3://key:hidden@host", "s3:///bucket", "s3+ftp://key:hidden@host/bucket"]
)
def test_address_that_is_none_is_a_clear_error_without_the_secret(url):
    with pytest.raises(ImproperlyConfigured, match="DOCUMENTS_URL must be") as error:
        s3.bucket(url)
    assert "hidden" not in str(error.value)


def test_verifying_stops_while_the_bucket_is_away_and_says_where_to_go_on(folder_store, settings):
    files.put([b"x"], key=keys.new_key())
    settings.DOCUMENTS_URL = f"s3+http://key:secret@127.0.0.1:{free_port()}/bucket"
    assert said("verify_files") == f"ERROR The store does not answer. Go on with --after {UUID(int=0)}"


def test_file_that_a_disk_cannot_read_is_a_fault_and_stops_nothing(folder_store):
    spoilt, _whole = (files.put([b"x"], key=keys.new_key()) for _number in range(2))
    folder_store.remove(spoilt.path)
    (folder_store.root / spoilt.path).mkdir()  # reading it is an error of the system
    assert said("verify_files") == f"{spoilt.pk}: unreadable\nERROR 1 of 2 files are not as they were put in."
