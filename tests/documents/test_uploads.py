"""What comes in too large, breaks off or meets a full disk leaves nothing, and is told in words."""

import errno
import socket
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.urls import reverse

from cases.documents import uploads
from cases.documents.models import Document, Version
from tests import factories, people, plan_files
from tests.documents.files import stored, upload

MB = 1024 * 1024


def send_until_answered(url, path, cookie, length, after=None):
    """(status line, megabytes sent) of a form that claims `length` bytes; hangs up after `after` megabytes."""
    where = urlsplit(url)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost:{where.port}\r\nCookie: {cookie}\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {length}\r\n\r\n"
        '--b\r\nContent-Disposition: form-data; name="files"; filename="plan.pdf"\r\n\r\n%PDF-1.7\n'
    )
    with socket.create_connection((where.hostname, where.port), 20) as line:
        line.sendall(head.encode())
        line.settimeout(0.5)
        for sent in range(length // MB):
            if sent == after:
                return "", sent
            try:
                line.sendall(bytes(MB))
            except OSError:  # the other side has stopped listening
                break
            line.setblocking(False)
            try:
                return line.recv(4096).split(b"\r\n")[0].decode(), sent
            except BlockingIOError:
                line.settimeout(20)
        return line.recv(4096).split(b"\r\n")[0].decode(), sent


def session(user):
    name = django_settings.SESSION_COOKIE_NAME
    return f"{name}={people.browser(user).cookies[name].value}"


@pytest.mark.django_db(transaction=True)
def test_500_megabytes_are_cut_off_near_the_limit(live_server, settings, monkeypatch, folder):
    settings.SEND_LIMIT_MB = 4
    monkeypatch.setattr(uploads, "READ_ON", 2 * MB)
    case = factories.open_case()
    path = reverse("documents:add_plan", args=[case.pk])
    status, sent = send_until_answered(live_server.url, path, session(case.patient), 500 * MB)
    assert " 413 " in status
    assert sent < 40  # the limit, and what the sockets hold
    assert (Document.objects.count(), stored(folder)) == (0, [])


@pytest.mark.django_db(transaction=True)
def test_a_line_that_drops_leaves_no_row_and_no_file(live_server, folder):
    case = factories.open_case()
    path = reverse("documents:add_plan", args=[case.pk])
    send_until_answered(live_server.url, path, session(case.patient), 20 * MB, after=5)
    assert people.browser(case.patient).get(path).status_code == 200
    assert (Document.objects.count(), stored(folder)) == (0, [])
    assert [path for path in (folder / "tmp").rglob("*") if path.is_file()] == []


@pytest.mark.django_db
def test_full_disk_while_receiving_is_told_in_words(settings, monkeypatch, folder):
    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", full)
    case = factories.open_case()
    answer = people.browser(case.patient).post(reverse("documents:add_plan", args=[case.pk]), {"files": upload()})
    assert answer.status_code == 422
    assert "We couldn’t save this file just now" in answer.content.decode()
    assert Version.objects.count() == 0
    assert list((folder / "tmp").iterdir()) == []


@pytest.mark.django_db
def test_file_too_large_for_memory_goes_through_the_private_folder_and_is_gone(settings, folder):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    case = factories.open_case()
    sent = {"files": [upload("plan.pdf"), upload("photo.jpg", plan_files.photo())]}
    assert people.browser(case.patient).post(reverse("documents:add_plan", args=[case.pk]), sent).status_code == 302
    assert Version.objects.count() == 2
    assert list((folder / "tmp").iterdir()) == []
