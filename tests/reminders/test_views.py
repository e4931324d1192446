"""Answers and pauses from a message, without sign-in; presses of the ledger; the log of staff."""

import datetime as dt

import pytest
from django.urls import reverse

from portal import tries
from portal.actors import Actor
from portal.history.models import Event
from portal.reminders import actions, links, rules, sender
from portal.reminders.models import Delivery, Outcome, Pause, Reminder
from portal.vault import links as vault_links
from tests import people
from tests.reminders.kinds import NOON, THINGS, plan

pytestmark = pytest.mark.django_db
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def asked(clock, rosa, smtp_sink):
    """A sent row with a question."""
    row = plan("tests.form", rosa, due_at=NOON - 2 * HOUR)
    sender.run()
    row.refresh_from_db()
    return row


@pytest.fixture
def stranger():
    """A browser of nobody, that refuses nothing for want of a CSRF token by itself."""
    from django.test import Client

    return Client(enforce_csrf_checks=True)


def test_opening_shows_the_question_and_changes_nothing(asked, stranger):
    before = Event.objects.count()
    response = stranger.get(links.answer_path(asked, "not_yet"))
    page = response.content.decode()
    assert "Have you signed the form?" in page
    assert page.index('value="not_yet"') < page.index('value="done"')
    assert THINGS.answers == []
    assert Event.objects.count() == before
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response.headers["Cache-Control"]


def test_the_page_names_nobody_and_no_brand(asked, stranger):
    page = stranger.get(links.answer_path(asked)).content.decode()
    assert "Rosa" not in page
    assert "Remission" not in page
    assert "<script" not in page


def test_done_is_one_press_and_stops_the_asking(asked, stranger, rosa):
    later = plan("tests.form", rosa, due_at=NOON + 3 * DAY, thing=asked.about_id, step=1)
    response = stranger.post(links.answer_path(asked), {"answer": "done"}, follow=True)
    assert "You said: Yes, it’s done" in response.content.decode()
    assert THINGS.answers == [(asked.about_id, "done", rosa.pk)]
    later.refresh_from_db()
    assert later.settled_as == Outcome.ANSWERED
    asked.delivery.refresh_from_db()
    assert asked.delivery.reply == "done"
    assert Event.objects.filter(verb="reminder.answered", actor_kind="answer", actor_id=rosa.pk).count() == 1


def test_pressing_twice_changes_nothing_more(asked, stranger):
    for _ in range(2):
        stranger.post(links.answer_path(asked), {"answer": "not_yet"})
    assert Reminder.objects.filter(about_id=asked.about_id).count() == 2


def test_the_wrong_press_can_be_mended(asked, stranger):
    stranger.post(links.answer_path(asked), {"answer": "done"})
    stranger.post(links.answer_path(asked), {"answer": "not_yet"})
    again = Reminder.objects.get(about_id=asked.about_id, version=asked.version + 2)
    assert (again.settled_as, again.due_at) == ("", NOON + 2 * DAY - HOUR)
    asked.delivery.refresh_from_db()
    assert asked.delivery.reply == "not_yet"


def test_a_wrong_done_is_mended_for_ten_minutes(asked, stranger, clock):
    stranger.post(links.answer_path(asked), {"answer": "done"})
    assert "Pressed the wrong one? Press another." in stranger.get(links.answer_path(asked)).content.decode()
    clock.shift(rules.MEND_FOR + dt.timedelta(seconds=1))
    assert "Pressed the wrong one?" not in stranger.get(links.answer_path(asked)).content.decode()
    assert stranger.post(links.answer_path(asked), {"answer": "not_yet"}).status_code == 409
    asked.delivery.refresh_from_db()
    assert asked.delivery.reply == "done"


def test_not_yet_says_when_it_asks_again(asked, stranger):
    page = stranger.get(links.answer_path(asked)).content.decode()
    assert "We ask again on Thursday, November 12." in page


def test_not_yet_keeps_a_later_asking_that_is_planned(asked, stranger, rosa):
    plan("tests.form", rosa, due_at=NOON + 5 * DAY, thing=asked.about_id, step=3)
    page = stranger.post(links.answer_path(asked), {"answer": "not_yet"}, follow=True).content.decode()
    assert "We ask again on Sunday, November 15." in page
    assert Reminder.objects.filter(about_id=asked.about_id).count() == 2


def test_an_unknown_answer_changes_nothing(asked, stranger):
    assert stranger.post(links.answer_path(asked), {"answer": "whatever"}).status_code == 409
    assert THINGS.answers == []


def test_the_link_closes_when_the_matter_is_over(asked, stranger, clock):
    clock.shift(11 * DAY)
    assert stranger.get(links.answer_path(asked)).status_code == 410
    assert stranger.post(links.answer_path(asked), {"answer": "done"}).status_code == 410
    assert THINGS.answers == []


def test_the_link_closes_when_it_was_done_otherwise(asked, stranger):
    THINGS.versions.pop(asked.about_id)
    assert stranger.get(links.answer_path(asked)).status_code == 410


def test_not_for_me_pauses_closes_the_links_and_is_seen_by_staff(asked, stranger, rosa):
    path = links.answer_path(asked)
    assert stranger.post(path, {"answer": "not_me"}).status_code == 200
    assert Pause.objects.get(person=rosa).why == Pause.Why.NOT_ME
    assert stranger.get(path).status_code == 404
    page = people.browser(people.person("theo")).get(reverse("pages:reminder_log")).content.decode()
    assert "Answered: not for me" in page


def test_made_up_links_are_404_then_429_and_a_true_one_still_opens(asked, stranger):
    codes = [stranger.get(f"/a/{number:046d}/").status_code for number in range(60)]
    assert codes == [404] * tries.ALLOWED + [429] * (60 - tries.ALLOWED)
    assert stranger.get("/pause/made-up/").status_code == 429
    assert stranger.get(links.answer_path(asked)).status_code == 200


def test_a_link_serves_one_purpose_and_one_generation(asked):
    token = vault_links.token(links.ANSWER, asked.pk, 1)
    assert len(token) == vault_links.TOKEN_LENGTH
    assert links.row_for(token) == asked
    assert links.delivery_for(token) is None
    assert links.row_for(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    Reminder.objects.filter(pk=asked.pk).update(generation=2)
    assert links.row_for(token) is None


def test_pause_needs_a_press(asked, stranger, rosa):
    path = links.pause_path(asked.delivery)
    assert "Until Friday, November 13" in stranger.get(path).content.decode()
    assert not Pause.objects.exists()
    page = stranger.post(path, {"until": "2026-11-13"}, follow=True).content.decode()
    assert "Reminders are paused until Friday, November 13" in page
    assert stranger.post(path, {"resume": "1"}, follow=True).status_code == 200
    assert not Pause.objects.at(NOON).exists()


def test_a_mail_programs_one_press_pauses_until_the_person_says_so(asked, stranger, rosa):
    response = stranger.post(links.pause_path(asked.delivery), {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 302
    assert Pause.objects.get(person=rosa).until is None


def test_a_pause_without_a_choice_says_so(asked, stranger):
    assert stranger.post(links.pause_path(asked.delivery), {"until": "2020-01-01"}).status_code == 422


def test_done_and_later_on_ones_own_row(clock, rosa):
    browser = people.browser(rosa)
    row = plan("tests.form", rosa, due_at=NOON + DAY)
    browser.post(reverse("reminders:later", args=[row.pk]))
    row.refresh_from_db()
    assert row.due_at == NOON + 3 * DAY - HOUR
    browser.post(reverse("reminders:done", args=[row.pk]))
    row.refresh_from_db()
    assert row.settled_as == Outcome.ANSWERED


def test_another_persons_row_is_404(clock, rosa, grace):
    row = plan("tests.form", rosa, due_at=NOON + DAY)
    for name in ("reminders:done", "reminders:later"):
        assert people.browser(grace).post(reverse(name, args=[row.pk])).status_code == 404


def test_later_is_refused_when_it_would_be_too_late(clock, rosa):
    row = plan("tests.form", rosa, due_at=NOON + DAY, useful_until=NOON + DAY + HOUR)
    browser = people.browser(rosa)
    browser.post(reverse("reminders:later", args=[row.pk]))
    row.refresh_from_db()
    assert row.due_at == NOON + DAY


def test_rest_and_resume_are_ones_own(clock, rosa):
    browser = people.browser(rosa)
    browser.post(reverse("reminders:rest"), {"until": "open"})
    assert Pause.objects.at(NOON).get().person == rosa
    browser.post(reverse("reminders:resume"))
    assert not Pause.objects.at(NOON).exists()


def test_a_press_goes_back_to_our_pages_only(clock, rosa):
    browser = people.browser(rosa)
    for page in ("https://elsewhere.example/", "//elsewhere.example/", "javascript:x"):
        assert browser.post(reverse("reminders:resume"), {"next": page}).url == reverse("pages:home")
    assert browser.post(reverse("reminders:resume"), {"next": "/cases/"}).url == "/cases/"


def test_staff_try_a_failed_message_again(clock, rosa, smtp_sink):
    smtp_sink.refused = {"rosa@example.org"}
    row = plan("tests.call", rosa, due_at=NOON - 2 * HOUR)
    sender.run()
    row.refresh_from_db()
    theo = people.browser(people.person("theo"))
    page = theo.get(reverse("pages:reminder_log"), {"show": "failed"}).content.decode()
    assert "Address refused" in page
    smtp_sink.refused = set()
    theo.post(reverse("reminders:try_again", args=[row.delivery_id]))
    assert sender.run() == 1
    row.refresh_from_db()
    assert row.settled_as == Outcome.SENT


def test_staff_see_what_did_not_go_in_time(clock, rosa, smtp_sink):
    plan("tests.call", rosa, due_at=NOON + HOUR, useful_until=NOON + 2 * HOUR)
    clock.shift(DAY)
    sender.run()
    page = people.browser(people.person("theo")).get(reverse("pages:reminder_log"), {"show": "passed"})
    [line] = page.context["lines"]
    assert (line["to"], line["about"], line["result"]["label"]) == (
        "Rosa Delgado",
        "About tests.call",
        "Not sent in time",
    )


def test_staff_say_that_they_called(clock, rosa, smtp_sink):
    smtp_sink.refused = {"rosa@example.org"}
    row = plan("tests.call", rosa, due_at=NOON - 2 * HOUR)
    sender.run()
    row.refresh_from_db()
    people.browser(people.person("theo")).post(reverse("reminders:called", args=[row.delivery_id]))
    row.refresh_from_db()
    assert row.settled_as == Outcome.SENT
    assert Delivery.objects.get(pk=row.delivery_id).channel == Delivery.Channel.CALL


@pytest.mark.parametrize("who", ["rosa", "joanne", "mara"])
def test_others_do_not_see_the_log_nor_its_presses(clock, rosa, smtp_sink, who):
    row = plan("tests.call", rosa, due_at=NOON - 2 * HOUR)
    sender.run()
    row.refresh_from_db()
    browser = people.browser(people.person(who))
    assert browser.get(reverse("pages:reminder_log")).status_code == 404
    for name in ("reminders:try_again", "reminders:called"):
        assert browser.post(reverse(name, args=[row.delivery_id])).status_code == 404


def test_a_pause_can_be_replaced_and_ends_by_itself(clock, rosa):
    by = Actor.person(rosa)
    actions.pause(rosa, until=None, by=by)
    actions.pause(rosa, until=NOON + DAY, by=by)
    assert Pause.objects.at(NOON).count() == 1
    assert not Pause.objects.at(NOON + 2 * DAY).exists()
