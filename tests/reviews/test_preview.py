"""The preview of a summary: what it shows, what is shared from it and what is not, and taking back."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse

from cases.reviews import actions
from cases.reviews.models import Review, Summary
from portal import clock
from tests import people
from tests.reviews import world
from tests.reviews.test_views import address, browser, told
from tests.reviews.world import by

pytestmark = pytest.mark.django_db


def test_preview_shows_what_the_patient_will_see_and_who_will_see_it():
    people.person("theo")
    page = browser("joanne").get(address("preview", world.written()))
    assert "To take out the lump" in page.text
    assert "What it will cost" in page.text
    for name in ("Rosa Delgado", "Joanne Pike", "Theo Lindqvist"):
        assert name in page.text
    assert not re.search(r'name="statement"[^>]*checked', page.text)
    assert told("review.previewed") == 1


def test_preview_of_a_plan_nobody_took_says_that_and_names_no_reader():
    page = browser("joanne").get(address("preview", world.waiting())).text
    assert "Nobody has taken this plan yet. Take it first." in page
    assert "A colleague has taken" not in page
    assert "read all" not in page


def test_preview_says_what_is_missing():
    page = browser("joanne").get(address("preview", world.write(world.taken())))
    assert "12 points" in page.text


def test_private_notes_are_not_in_the_preview():
    review = world.write(world.written(), private="Staff words")
    assert "Staff words" not in browser("joanne").get(address("preview", review)).text


def test_sharing_needs_the_tick():
    review = world.written()
    answer = browser("joanne").post(address("preview", review), {})
    assert answer.status_code == 422
    assert "Tick the statement" in answer.text
    assert not Summary.objects.exists()


def test_sharing_shares():
    review, joanne = world.written(), browser("joanne")
    answer = joanne.post(address("preview", review), world.ticked(joanne, review), follow=True)
    assert "Shared with Rosa" in answer.text
    assert Summary.objects.get().number == 1


def test_a_double_press_shares_once():
    review, joanne = world.written(), browser("joanne")
    sent = world.ticked(joanne, review)
    answers = [joanne.post(address("preview", review), sent).status_code for _ in range(2)]
    assert answers == [302, 422]
    assert Summary.objects.count() == 1


MINUTES = 24 * 60  # of a day
MOVED = "This changed since you opened the preview."


@pytest.mark.parametrize("is_after", [False, True], ids=["before the talk", "after it"])
def test_words_that_the_preview_did_not_show_are_not_shared(is_after):
    review, joanne = world.written(), browser("joanne")
    with time_machine.travel(clock.now() + dt.timedelta(days=6 if is_after else 0), tick=False):
        sent = world.ticked(joanne, review)
        world.write(review, plain=f"{world.PLAIN}\nRays: Every day. (page 2)")
        answer = joanne.post(address("preview", review), sent)
        assert (answer.status_code, Summary.objects.count()) == (422, 0)
        assert MOVED in answer.text
        assert "Every day." in answer.text.split("Before you share")[0]
        assert not re.search(r'name="statement"[^>]*checked', answer.text)
        again = sent | {"seen": answer.context["seen"]}
        assert joanne.post(address("preview", review), again).status_code == 302
    summary = Summary.objects.get()
    assert "Every day." in summary.body
    assert summary.is_complete is is_after


def test_a_correction_of_words_that_were_not_shown_keeps_its_reason():
    review, joanne = world.shared().review, browser("joanne")
    sent = world.ticked(joanne, review, correction="The page was wrong.")
    world.write(review, plain="Rays: Every day. (page 2)")
    answer = joanne.post(address("preview", review), sent)
    assert MOVED in answer.text
    assert 'value="The page was wrong."' in answer.text
    assert Summary.objects.count() == 1


def test_what_was_shown_before_the_talk_does_not_complete_the_review_after_it():
    review, joanne = world.written(days=10 / MINUTES), browser("joanne")
    sent = world.ticked(joanne, review)
    with time_machine.travel(clock.now() + dt.timedelta(minutes=20), tick=False):
        answer = joanne.post(address("preview", review), sent)
    assert MOVED in answer.text
    assert "It completes the review." in answer.text
    assert not Summary.objects.exists()


@pytest.mark.parametrize("seen", ["", "nonsense", "<script>", None])
def test_without_the_mark_of_a_preview_nothing_is_shared(seen):
    review, joanne = world.written(), browser("joanne")
    sent = {"statement": "on"} | ({} if seen is None else {"seen": seen})
    answer = joanne.post(address("preview", review), sent)
    assert (answer.status_code, MOVED in answer.text) == (422, True)
    assert not Summary.objects.exists()


def test_private_notes_written_meanwhile_do_not_move_the_preview():
    review, joanne = world.written(), browser("joanne")
    sent = world.ticked(joanne, review)
    world.write(review, private="Call her slowly.")
    assert joanne.post(address("preview", review), sent).status_code == 302


@pytest.mark.parametrize("key", ["amir", "rosa", "theo", "mara"])
def test_preview_is_missing_for_others(key):
    assert browser(key).get(address("preview", world.written())).status_code == 404


@pytest.mark.parametrize("key", ["joanne", "theo"])
def test_a_summary_is_taken_back_with_a_reason(key):
    summary = world.shared()
    address = reverse("reviews:withdraw", args=[summary.pk])
    client = browser(key)
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "It was about another plan."}).status_code == 302
    assert Summary.objects.get().state == "withdrawn"


@pytest.mark.parametrize("key", ["amir", "rosa", "grace", "mara"])
def test_nobody_else_takes_a_summary_back(key):
    address = reverse("reviews:withdraw", args=[world.shared().pk])
    assert browser(key).post(address, {"reason": "x"}).status_code == 404


def test_handing_back_from_the_page():
    review = world.taken()
    browser("joanne").post(address("hand_back", review))
    assert Review.objects.get().state == "open"


def test_the_preview_of_a_plan_that_nobody_took_offers_to_take_it_not_to_share_it():
    review = world.waiting()
    page = browser("joanne").get(address("preview", review)).text
    assert "Nobody has taken this plan yet. Take it first." in page
    assert f'action="{address("take", review)}"' in page
    assert "Share with" not in page
    taken = actions.take(review, by=by("joanne"))
    assert "Share with" in browser("joanne").get(address("preview", taken)).text
