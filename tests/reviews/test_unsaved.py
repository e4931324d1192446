"""Words that could not be saved: why, beside the fields or on a page with all of them; nothing nests, nothing goes."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from cases.case.actions import end_assignment
from cases.reviews import actions
from cases.reviews.models import Review
from portal import clock
from portal.accounts.models import Draft
from tests import people
from tests.reviews import world
from tests.reviews.test_views import address, browser, take_back_consent, typed
from tests.reviews.world import by

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
WORDS = {
    "plain": "Words <b>typed</b> last",
    "answer-0": "Yes. (page 1)",
    "cost-note": "Nothing of money",
    "private": "Ask.",
}


def handed_on(review):
    end_assignment(review.case, people.person("joanne"), by=by("theo"))


def handed_back(review):
    actions.hand_back(review, by=by("joanne"))


WHY = {
    "agreement taken back": (take_back_consent, 403, "has taken that back"),
    "case gone on": (handed_on, 404, "This plan is not with you any more."),
    "handed back": (handed_back, 409, "Nobody has taken this plan yet. Take it first."),
}


@pytest.fixture(params=WHY.values(), ids=WHY)
def refused(request):
    """A form that is open, the reason that came meanwhile, its status."""
    happens, status, words = request.param
    review, joanne = world.taken(), browser("joanne")
    sent = typed(joanne.get(address("edit", review)), **WORDS)
    happens(review)
    return joanne, address("save", review), sent, status, words


def test_a_pause_in_typing_says_why_in_one_line_and_where_to_look(refused):
    joanne, to, sent, status, words = refused
    answer = joanne.post(to, sent, headers=HTMX)
    assert answer.status_code == status
    assert re.fullmatch(r'\s*<p class="rs-saved[^>]*id="saved"[^>]*>.*?</p>\s*', answer.text, re.S)
    assert re.search(words, answer.text)
    assert "Not saved. Your words stay in their fields." in answer.text
    assert re.search(r'<a href="/[^"]+" target="_blank">', answer.text)
    assert not Review.objects.get().texts


def test_without_scripts_the_page_says_why_and_shows_all_that_was_typed(refused):
    joanne, to, sent, status, words = refused
    answer = joanne.post(to, sent)
    assert answer.status_code == status
    assert re.search(words, answer.text)
    assert "Words &lt;b&gt;typed&lt;/b&gt; last" in answer.text
    for said in ("Yes. (page 1)", "Nothing of money", "Ask."):
        assert said in answer.text


def test_a_stranger_learns_no_more_of_a_plan_that_is_there_than_of_one_that_is_not():
    review, amir = world.taken(), browser("amir")
    there, nowhere = [amir.post(reverse("reviews:save", args=[pk]), WORDS) for pk in (review.pk, review.case_id)]
    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert "Rosa" not in there.text


def days_later(page, review, sent):
    with time_machine.travel(clock.now() + dt.timedelta(days=1), tick=False):
        assert page.client.post(address("save", review), sent).status_code == 302


def after_another_sign_in(page, review, sent):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = page.client.cookies
    assert strict.post(address("save", review), sent).status_code == 403


@pytest.mark.parametrize("comes", [days_later, after_another_sign_in])
def test_a_form_that_comes_too_late_is_back_in_its_fields(comes):
    review = world.taken()
    page = browser("joanne").get(address("edit", review))
    comes(page, review, typed(page, **WORDS, draft_of=re.search(r'name="draft_of" value="([^"]+)"', page.text)[1]))
    assert Draft.objects.get().about == str(review.case_id)
    joanne = browser("joanne")
    page = joanne.get(address("edit", review))
    assert "Words that were not saved yet are back in their fields." in page.text
    assert "Words &lt;b&gt;typed&lt;/b&gt; last" in page.text
    assert joanne.post(address("save", review), typed(page, late="1", **{"cost-missing": "on"})).status_code == 302
    assert Review.objects.get().texts["plain"] == WORDS["plain"]
    assert not Draft.objects.exists()
