"""Files through nginx as it ships: their headers come whole, too much is cut off, nothing stays on its disk."""

import pytest
from django.db import connection
from django.urls import reverse

from tests import factories, plan_files
from tests.documents.files import read
from tests.front import TEMPORARY, Front
from tests.web_server import WebServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.full]
MB = 2**20


@pytest.fixture
def web(transactional_db, tmp_path):
    server = WebServer(connection.settings_dict["NAME"], tmp_path / "web")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def front(web, tmp_path):
    folder = tmp_path / "front"
    folder.mkdir()
    front = Front(web.port, folder)
    front.start()
    yield front
    front.stop()


@pytest.fixture
def own_store(web, settings):
    settings.DOCUMENTS_FOLDER = web.var / "documents"


def test_files_leave_with_their_headers_and_no_copy_stays(front, web, own_store):
    case = factories.open_case()
    version = read(case, "计划.jpg", plan_files.photo())
    page, cookie = version.page_images.first(), web.cookie(case.patient)
    copy = reverse("documents:file", args=[version.pk])

    for path in (copy, f"{copy}?as=sent", page.get_absolute_url(), page.small_url):
        for headers in ({}, {"Range": "bytes=0-9"}):
            answer = front.ask(path, Cookie=cookie, **headers)
            body = answer.read()
            assert (answer.status, len(body)) == (200, int(answer.headers["Content-Length"]))
            assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "no-store" in answer.headers["Cache-Control"]
            assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
            assert answer.headers.get("Content-Disposition", "").startswith("attachment") == path.startswith(copy)
        assert front.ask(path).status == 302  # a stranger signs in first
    assert not any(any((front.folder / f"{name}").rglob("*.*")) for name in TEMPORARY)


def test_500_megabytes_are_refused_before_they_are_sent(front, web, own_store):
    case = factories.open_case()
    page = reverse("documents:add_plan", args=[case.pk])
    headers = {"Content_Type": "multipart/form-data; boundary=b", "Content_Length": str(500 * MB)}

    answer = front.ask(page, "POST", body=iter([bytes(MB)]), Cookie=web.cookie(case.patient), **headers)

    assert answer.status == 413
    assert case.documents.count() == 0
