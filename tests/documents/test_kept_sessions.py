"""In a session that is kept for days, names of files are documents' words: asked for again before any is shown."""

import pytest
from django.urls import reverse

from cases.documents.models import Document
from portal.accounts import sessions
from tests.documents.files import read, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(rosa):
    """Rosa's browser in a kept session, long after the last check."""
    rosa.get("/account/")
    session = rosa.session
    session.update({sessions.KEPT: True, sessions.CHECKED: 0})
    session.save()
    return rosa


def is_asked(answer):
    return answer.status_code == 302 and answer.headers["Location"].startswith(reverse("accounts:check"))


@pytest.mark.parametrize("name", ["list", "add_plan", "add", "join"])
def test_names_of_files_are_shown_after_the_check(case, kept, name):
    read(case, "Hidden name.pdf")
    address = reverse(f"documents:{name}", args=[case.pk])
    assert is_asked(kept.get(address))
    session = kept.session
    session.update({sessions.CHECKED: sessions.real_now().timestamp()})
    session.save()
    assert kept.get(address).status_code == 200


def test_no_file_is_changed_before_the_check(case, kept):
    version = read(case)
    pk = version.document_id
    for verb in ("hide", "withdraw"):
        assert is_asked(kept.post(reverse("documents:move", args=[pk, verb])))
    assert is_asked(kept.post(reverse("documents:say_kind", args=[pk]), {"kind": "other"}))
    assert is_asked(kept.get(reverse("documents:describe", args=[pk])))
    assert is_asked(kept.post(reverse("documents:describe", args=[pk]), {"kind": "other"}))
    assert is_asked(kept.get(reverse("documents:unlock", args=[version.pk])))
    document = Document.objects.get()
    assert (document.only_me, document.withdrawn_at, document.kind) == (False, None, "plan")


def test_files_on_their_way_arrive_all_the_same(case, kept):
    address = reverse("documents:add_plan", args=[case.pk])
    kept.post(address, {"files": upload()}, headers={"HX-Request": "true"})
    assert Document.objects.count() == 1
    assert kept.get(address, headers={"HX-Request": "true"}).status_code == 200
