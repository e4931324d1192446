"""The page of a colleague who reads along: the notes on pages, and what she was typing when she was cut off."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from cases.case.second import actions as second_actions
from cases.documents.models import Version
from cases.reviews.colleague import actions as colleague
from cases.reviews.models import Review
from cases.reviews.notes.actions import add_note
from portal.accounts.models import Draft
from tests import people
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db
QUESTION = "Is the order of the two parts usual?"
WHY = "A second pair of eyes on your plan."
HARD = (
    "The multidisciplinary reconsideration of neoadjuvant sequencing necessitates independent verification "
    "by another experienced consultant."
)
GRADED = "Reads like a text for college."


@pytest.fixture
def review():
    return world.written()


def reading(review):
    words = {"question": QUESTION, "why": WHY, "until_on": second_actions.last_days()[2]}
    second = colleague.ask(review, people.person("vera"), **words, by=by("joanne"))
    second_actions.agree(second, by=by("vera"))
    return second_actions.let_read(second, True, by=by("rosa"))


def address(name, second):
    return reverse(f"reviews:{name}", args=[second.pk])


def pinned(review, words="Not tested yet", **more):
    return add_note(review, **{"page": 2, "x": 352, "y": 207} | more, words=words, by=by("joanne"))


def test_she_reads_the_notes_whose_marks_stand_on_the_pages(review):
    pinned(review, "Ask <b>about</b> this", belongs="checklist:cost")
    second = reading(review)
    shown = people.browser(people.person("vera")).get(address("along", second) + "?page=2").text
    assert 'href="#note-1"' in shown
    row = shown.split('id="note-1"')[1].split("</li>")[0]
    assert "Ask &lt;b&gt;about&lt;/b&gt; this" in row
    assert f'<a href="{address("along", second)}?page=2#page-2">Page 2, near the top</a>' in row
    assert "For: " in row
    assert str(review.pk) not in row  # no way into the review itself, and nothing to press
    assert "<form" not in row


def test_a_note_on_pages_that_were_changed_says_so_and_leads_nowhere_into_the_review(review):
    pinned(review)
    second = reading(review)
    newer = world.plan(review.case, 1)
    Review.objects.filter(pk=review.pk).update(version=newer, plan=[newer.pk], pages=1)
    assert Version.objects.visible_to(people.person("vera")).filter(pk=review.version_id).exists()
    shown = people.browser(people.person("vera")).get(address("along", second)).text
    row = shown.split('id="note-1"')[1].split("</li>")[0]
    assert "This note stays with the page on which it was made." in row
    assert f'href="{address("along", second)}?document=earlier-{review.version_id}&amp;page=2#page-2"' in row


def test_without_notes_there_is_no_list_of_them(review):
    assert "Notes on pages" not in people.browser(people.person("vera")).get(address("along", reading(review))).text


def typed(client, page, **fields):
    """What the page's own script keeps of this form while it is typed."""
    for name, about in re.findall(r'data-draft="/account/draft/([^/"]+)/([^/"]+)/"', page):
        if name in fields:
            assert client.post(reverse("accounts:draft", args=[name, about]), fields.pop(name)).status_code == 200
    assert not fields


def test_her_note_and_her_answer_stand_in_their_fields_after_a_reload(review):
    second = reading(review)
    client, along = people.browser(people.person("vera")), address("along", second)
    note, answer = {"page": "2", "words": "Seems <b>early</b>."}, {"answer": "Yes, as far as I read."}
    typed(client, client.get(along).text, **{"second-note": note, "second-answer": answer})
    shown = people.browser(people.person("vera")).get(along).text
    assert "Seems &lt;b&gt;early&lt;/b&gt;.</textarea>" in shown
    assert 'name="page" value="2"' in shown
    assert "Yes, as far as I read.</textarea>" in shown
    client.post(address("second_note", second), note)
    shown = client.get(along).text
    assert "early&lt;/b&gt;.</textarea>" not in shown
    assert "Yes, as far as I read.</textarea>" in shown  # the other form's words wait on
    client.post(address("done_reading", second), answer)
    assert not Draft.objects.exists()


def test_signed_out_meanwhile_her_answer_waits_for_her_alone(review):
    second = reading(review)
    along = address("along", second)
    page = people.browser(people.person("vera")).get(along).text
    said = re.findall(r'name="draft_of" value="([^"]+)"', page)[1]
    Client().post(address("done_reading", second), {"answer": "Typed too late", "draft_of": said})
    assert "Typed too late</textarea>" in people.browser(people.person("vera")).get(along).text
    assert "Typed too late" not in people.browser(people.person("joanne")).get(address("colleague", review)).text
    second.refresh_from_db()
    assert second.state == "reading"


def test_the_question_to_a_colleague_is_kept_and_why_is_graded(review):
    client, own = people.browser(people.person("joanne")), address("colleague", review)
    kept = {"question": QUESTION, "why": HARD, "until_on": "2020-01-01", "reader": "nobody"}
    page = client.get(own).text
    about = reverse("accounts:draft", args=["ask-colleague", review.pk])
    assert about in page
    assert GRADED in client.post(about, kept).text
    shown = people.browser(people.person("joanne")).get(own).text
    assert f"{QUESTION}</textarea>" in shown
    assert HARD in shown
    assert GRADED in shown.split('id="grade-why"')[1].split("</p>")[0]
    days = second_actions.last_days()
    assert "2020-01-01" not in shown
    sent = {"reader": people.person("vera").pk, "question": QUESTION, "why": WHY, "until_on": days[2].isoformat()}
    assert client.post(own, sent).status_code == 302
    assert not Draft.objects.exists()


def test_nobody_else_is_told_how_hard_why_is(review):
    about = reverse("accounts:draft", args=["ask-colleague", review.pk])
    assert GRADED not in people.browser(people.person("amir")).post(about, {"why": HARD}).text
