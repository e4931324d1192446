"""How a form with files comes in: before the database is asked for anything, and through a private folder."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.documents.models import Version
from tests import factories, people, plan_files
from tests.documents.files import upload

pytestmark = pytest.mark.django_db


class Watched(io.BytesIO):
    """A body that notes how often the database had been asked whenever some of it was read."""

    def __init__(self, content, queries):
        super().__init__(content)
        self.queries, self.asked = queries, []

    def read(self, size=-1):
        self.asked.append(len(self.queries))
        return super().read(size)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="then"\r\n\r\nx\r\n--b--\r\n',
        ),
        ("application/x-www-form-urlencoded", b"then=x"),
    ],
)
def test_the_whole_form_is_in_before_the_database_is_asked(kind, body):
    case = factories.open_case()
    browser, path = people.browser(case.patient), reverse("documents:add_plan", args=[case.pk])
    with CaptureQueriesContext(connection) as queries:
        sent = Watched(body, queries)
        answer = browser.generic("POST", path, body, content_type=kind, **{"wsgi.input": sent})
    assert answer.status_code == 422
    assert "Choose a file." in answer.content.decode()
    assert sent.tell() == len(body)
    assert set(sent.asked) == {0}
    assert len(queries) > 0


def test_file_too_large_for_memory_goes_through_the_private_folder_and_is_gone(settings, folder):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    case = factories.open_case()
    sent = {"files": [upload("plan.pdf"), upload("photo.jpg", plan_files.photo())]}
    assert people.browser(case.patient).post(reverse("documents:add_plan", args=[case.pk]), sent).status_code == 302
    assert Version.objects.count() == 2
    assert list((folder / "tmp").iterdir()) == []
