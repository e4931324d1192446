"""A form that is sent after the session is gone: kept for whom it was shown to, or shown once more to copy."""

import datetime as dt
import re

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from portal import clock
from portal.accounts import drafts
from portal.accounts.models import Draft
from tests import factories, people

pytestmark = pytest.mark.django_db
YOU, WORDS = "/account/you/", "I am <b>so</b> tired of all this"
HERE = {"Referer": f"http://testserver{YOU}"}


def shown() -> dict[str, str]:
    """A form of hers with what she typed; the browser is signed out since."""
    page = people.browser(people.person("rosa")).get(reverse("accounts:about_you"))
    return {"name": WORDS, "draft_of": re.search(r'name="draft_of" value="([^"]+)"', page.text)[1]}


def test_what_was_typed_waits_for_her_after_the_next_sign_in():
    answer = Client().post(YOU, shown(), headers=HERE)
    assert answer.headers["Location"] == f"{reverse('account_login')}?next=%2Faccount%2Fyou%2F"
    assert not answer.cookies.keys() - {"messages"}
    assert "tired" not in str(answer.headers)
    assert drafts.kept(people.person("rosa"), "about-you") == {"name": WORDS}
    assert "I am &lt;b&gt;so&lt;/b&gt; tired" in people.browser(people.person("rosa")).get(YOU).text
    assert drafts.kept(people.person("grace"), "about-you") is None


def test_it_is_sealed_where_it_waits():
    Client().post(YOU, shown(), headers=HERE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM accounts_draft")
        assert b"tired" not in bytes(cursor.fetchone()[0])


def test_sent_twice_it_waits_once():
    sent = shown()
    for _press in range(2):
        Client().post(YOU, sent)
    assert Draft.objects.count() == 1


@pytest.mark.parametrize("spoiled", ["", "x", "about-you", "{}/about-you/", "{}x"])
def test_nothing_is_kept_for_whom_no_form_was_shown_to(spoiled):
    sent = shown()
    said = spoiled.replace("{}", str(people.person("rosa").pk) if "/" in spoiled else sent["draft_of"])
    answer = Client().post(YOU, sent | {"draft_of": said})
    assert answer.status_code == 403
    assert not Draft.objects.exists()


def test_a_form_that_was_shown_long_ago_is_kept_for_nobody():
    sent = shown()
    with time_machine.travel(clock.now() + dt.timedelta(days=8), tick=False):
        assert Client().post(YOU, sent).status_code == 403
    assert not Draft.objects.exists()


def test_without_a_draft_the_words_stand_on_the_page_once():
    case = factories.open_case()
    sent = {"text": WORDS, "password": "a long pass phrase", "draft_of": "no such", "seen": "[1, 2]"}
    answer = Client().post(reverse("threads:send", args=[case.pk]), sent)
    assert answer.status_code == 403
    assert "You are signed out" in answer.text
    assert "I am &lt;b&gt;so&lt;/b&gt; tired of all this" in answer.text
    assert "pass phrase" not in answer.text
    assert "[1, 2]" not in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    assert not Draft.objects.exists()


def test_a_file_is_said_to_be_chosen_again():
    case = factories.open_case()
    letter = SimpleUploadedFile("letter.txt", b"words")
    answer = Client().post(reverse("threads:send", args=[case.pk]), {"text": WORDS, "file": letter})
    assert "Files have to be chosen again." in answer.text


@pytest.mark.parametrize("by_script", [{"HX-Request": "true"}, {"Sec-Fetch-Mode": "cors"}])
def test_a_part_of_a_page_never_gets_the_page(by_script):
    case = factories.open_case()
    answer = Client().post(reverse("threads:send", args=[case.pk]), {"text": WORDS}, headers=by_script)
    assert "tired" not in answer.text
    assert reverse("account_login") in (answer.headers.get("HX-Redirect") or answer.headers["Location"])


def test_words_of_another_site_are_not_shown():
    case = factories.open_case()
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(reverse("threads:send", args=[case.pk]), {"text": WORDS})
    assert (answer.status_code, "tired" in answer.text) == (403, False)


def test_without_words_it_asks_to_sign_in():
    answer = Client().post(reverse("reviews:queue"), {"find": "surgery"})
    assert answer.headers["Location"].startswith(reverse("account_login"))
