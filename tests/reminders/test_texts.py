"""Reminders as text messages: chosen by the person, through a real gateway, once, discreet, one message long."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.case.models import ToDo
from portal import texting
from portal.accounts.models import User
from portal.reminders import gathering, kinds, links, rules, sender
from portal.reminders.models import Delivery, Outcome, Pause, Reminder
from tests import people, programs
from tests.reminders import test_faults as faults
from tests.reminders.kinds import ALL, NOON, THINGS, plan
from tests.text_gateway import TOKEN

pytestmark = pytest.mark.django_db
CALL = next(kind for kind in ALL if kind.code == "tests.call")
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
NUMBER = "+14165550134"


@pytest.fixture
def texted(rosa):
    """Rosa, who wants texts."""
    rosa.phone, rosa.channel = NUMBER, User.Channel.TEXT
    rosa.save(update_fields=["phone", "channel"])
    return rosa


def test_who_wants_texts_gets_one_and_no_mail(clock, texted, gateway, smtp_sink):
    row = plan("tests.call", texted, due_at=NOON - 2 * HOUR)
    assert sender.run() == 1
    assert sender.run() == 0
    row.refresh_from_db()
    [(key, said, _headers)] = gateway.posts
    assert (key, said["to"]) == (str(row.delivery_id), NUMBER)
    assert (row.settled_as, row.delivery.channel) == (Outcome.SENT, "text")
    assert smtp_sink.messages == []


def test_a_question_is_answered_behind_its_link_without_signing_in(clock, texted, gateway, smtp_sink):
    row = plan("tests.form", texted, due_at=NOON - 2 * HOUR)
    sender.run()
    [text] = [said["text"] for said in gateway.sent.values()]
    assert text.startswith("RS office: Your call is coming up, Rosa: Fri, Nov 20, 8:00 am, Eastern Time.")
    assert text.endswith(links.answer_path(row))
    assert people.browser().get(links.answer_path(row)).status_code == 200


def test_without_a_question_the_link_leads_on_to_the_thing_and_to_a_pause(clock, texted, gateway, smtp_sink):
    row = plan("tests.call", texted, due_at=NOON - 2 * HOUR)
    sender.run()
    said, delivery = gateway.posts[0][1]["text"], Delivery.objects.get()
    assert said.endswith(links.text_path(delivery))
    html = people.browser().get(links.text_path(delivery)).content.decode()
    assert f'href="/things/{row.about_id}/"' in html
    assert f'href="{links.pause_path(delivery)}"' in html
    assert "Rosa" not in html
    assert people.browser().get(links.pause_path(delivery)).status_code == 200
    assert Pause.objects.count() == 0  # opening changes nothing


def test_the_page_of_a_question_leads_to_a_pause(clock, texted, gateway, smtp_sink):
    row = plan("tests.form", texted, due_at=NOON - 2 * HOUR)
    sender.run()
    html = people.browser().get(links.answer_path(row)).content.decode()
    assert f'href="{links.pause_path(Delivery.objects.get())}"' in html


def test_what_answers_a_press_leads_to_the_thing_itself(clock, texted, gateway, smtp_sink):
    row = plan("tests.booked", texted, due_at=NOON)
    sender.run()
    assert gateway.posts[0][1]["text"].endswith(f"/things/{row.about_id}/")


def test_a_text_for_somebody_else_is_stopped_from_its_link(clock, texted, gateway, smtp_sink):
    plan("tests.call", texted, due_at=NOON - 2 * HOUR)
    sender.run()
    path = links.text_path(Delivery.objects.get())
    assert people.browser().post(path, {"answer": "not_me"}).status_code == 200
    assert Pause.objects.get().why == "not_me"
    assert people.browser().get(path).status_code == 404  # the link is false from then on


def test_the_link_of_a_text_whose_thing_is_gone_leads_home(clock, texted, gateway, smtp_sink):
    plan("tests.call", texted, due_at=NOON - 2 * HOUR)
    sender.run()
    Reminder.objects.all().delete()
    html = people.browser().get(links.text_path(Delivery.objects.get())).content.decode()
    assert f'href="{reverse("pages:home")}"' in html


def test_links_of_texts_cannot_be_made_up(clock, texted, gateway, smtp_sink):
    plan("tests.call", texted, due_at=NOON - 2 * HOUR)
    sender.run()
    token = links.pause_path(Delivery.objects.get()).strip("/").split("/")[-1]
    assert people.browser().get(f"/t/{token}/").status_code == 404  # one purpose each
    assert people.browser().get(f"/t/{'A' * 46}/").status_code == 404


def test_a_text_is_one_message_and_what_it_can_spare_goes_first(clock, texted, gateway, smtp_sink, settings):
    settings.PORTAL_ORIGIN = "https://portal.example.org"
    for _row in range(3):
        plan("tests.form", texted, due_at=NOON - 2 * HOUR)
    sender.run()
    [(_key, said, _headers)] = gateway.posts
    assert texting.fits(said["text"])
    assert "more things" not in said["text"]
    assert "https://portal.example.org/a/" in said["text"]


def test_no_text_speaks_of_the_disease(clock, texted, gateway, smtp_sink):
    row = plan("tests.call", texted, due_at=NOON - 2 * HOUR)
    told = kinds.Words(subject="x", lead="Your biopsy at the clinic", path="/things/")
    kinds.forget("tests.call")
    kinds.register(replace(CALL, words=lambda rows, reader, now: {row.pk: told}))
    sender.run()
    [(_key, said, _headers)] = gateway.posts
    assert "A note for you" in said["text"]
    assert rules.clinical_words(said["text"]) == []


def test_texts_keep_quiet_hours_and_go_once_a_day(clock, texted, gateway, smtp_sink):
    clock.move_to(NOON + 10 * HOUR)  # 8 pm
    plan("tests.call", texted, due_at=NOON)
    assert sender.run() == 0
    clock.move_to(NOON + DAY)
    plan("tests.call", texted, due_at=NOON)
    assert sender.run() == 1
    plan("tests.call", texted, due_at=NOON)
    assert sender.run() == 0


def test_when_texts_are_switched_off_mail_goes_instead(clock, texted, gateway, smtp_sink, settings):
    plan("tests.call", texted, due_at=NOON - 2 * HOUR)
    gathering.gather(NOON)
    settings.TEXT_GATEWAY_URL = ""
    for _turn in range(2):
        sender.run()
    assert len(smtp_sink.messages) == 1
    assert gateway.posts == []


def test_choosing_mail_again_holds_for_what_was_not_sent_yet(clock, texted, gateway, smtp_sink):
    gateway.answers = [429]
    plan("tests.call", texted, due_at=NOON - 2 * HOUR)
    sender.run()
    User.objects.filter(pk=texted.pk).update(channel=User.Channel.MAIL)
    clock.shift(10 * MINUTE)
    for _turn in range(2):
        sender.run()
    assert len(smtp_sink.messages) == 1
    assert gateway.sent == {}


def test_a_refused_number_is_seen_by_staff_and_can_be_said_by_phone(clock, texted, gateway, smtp_sink):
    gateway.answers = [422]
    plan("tests.call", texted, due_at=NOON - 2 * HOUR)
    assert sender.run() == 0
    delivery = Delivery.objects.get()
    assert (delivery.failure, delivery.failed_at is None) == ("refused", False)
    html = people.browser(people.person("theo")).get(reverse("pages:reminder_log")).content.decode()
    assert "Number refused" in html
    assert "Text message" in html
    assert not ToDo.objects.filter(kind="fix_address").exists()


def test_a_gateway_that_says_later_is_tried_again(clock, texted, gateway, smtp_sink):
    gateway.answers = [503, 429]
    plan("tests.call", texted, due_at=NOON - 2 * HOUR)
    for _turn in range(3):
        sender.run()
        clock.shift(5 * MINUTE)
    assert len(gateway.posts) == 3
    assert Delivery.objects.get().sent_at is not None


def test_a_gateway_that_is_away_keeps_back_no_mail(clock, texted, grace, gateway, smtp_sink):
    gateway.answers = [401] * 9
    plan("tests.call", texted, due_at=NOON - 2 * HOUR)
    plan("tests.news", grace, due_at=NOON - HOUR, useful_until=NOON + DAY)
    assert sender.run() == 1
    assert [message["To"] for message in smtp_sink.messages] == ["grace@example.org"]
    assert sender.last_run().mail_away_since is None


def test_a_dropped_line_sends_the_same_words_under_the_same_key(clock, texted, gateway, smtp_sink):
    gateway.answers = [None]
    plan("tests.call", texted, due_at=NOON - 2 * HOUR)
    assert sender.run() == 0
    clock.shift(MINUTE)
    assert sender.run() == 1
    first, second = gateway.posts
    assert first[:2] == second[:2]
    assert len(gateway.sent) == 1


def test_what_is_done_meanwhile_is_not_texted_again(clock, texted, gateway, smtp_sink):
    gateway.answers = [None]
    row = plan("tests.call", texted, due_at=NOON - 2 * HOUR)
    sender.run()
    THINGS.versions.pop(row.about_id)
    clock.shift(MINUTE)
    assert sender.run() == 0
    assert len(gateway.posts) == 1


@pytest.mark.full
@pytest.mark.django_db(transaction=True)
def test_killed_between_yes_and_commit_the_same_text_goes_again_under_its_key(
    clock, texted, gateway, smtp_sink, monkeypatch
):
    row, held = plan("tests.call", texted, due_at=NOON - 2 * HOUR), []
    monkeypatch.setenv("TEXT_GATEWAY_URL", gateway.url)
    monkeypatch.setenv("TEXT_GATEWAY_TOKEN", TOKEN)

    def hold_its_row():
        if not held:
            held.append(faults.locked("SELECT 1 FROM reminders_delivery"))
            held[0].__enter__()

    gateway.before_answer = hold_its_row
    process = faults.start_sender(smtp_sink, NOON)
    programs.wait_until(lambda: gateway.posts and faults.somebody_waits(), 30, "the sender to wait for its stamp")
    faults.kill(process)
    held[0].__exit__(None, None, None)
    faults.run_to_end(smtp_sink, NOON + MINUTE)  # the claim still holds
    assert len(gateway.posts) == 1
    faults.run_to_end(smtp_sink, NOON + 4 * MINUTE)
    first, second = gateway.posts
    assert first[:2] == second[:2]
    assert len(gateway.sent) == 1
    row.refresh_from_db()
    assert row.settled_as == Outcome.SENT


def about(**more):
    return {
        "name": "Rosa Delgado",
        "called": "Rosa",
        "birth_date": "1968-05-14",
        "time_zone": "America/Toronto",
        "language": "en",
        **more,
    }


def test_she_chooses_texts_on_her_account_page(rosa, gateway):
    browser = people.browser(rosa)
    assert "By text message" in browser.get(reverse("accounts:about_you")).content.decode()
    browser.post(reverse("accounts:about_you"), about(phone="+1 416 555 0134", channel="text"))
    rosa.refresh_from_db()
    assert (rosa.channel, str(rosa.phone)) == ("text", NUMBER)
    assert "by text message" in browser.get(reverse("accounts:settings")).content.decode()


def test_texts_need_a_number(rosa, gateway):
    answer = people.browser(rosa).post(reverse("accounts:about_you"), about(phone="", channel="text"))
    assert answer.status_code == 422
    assert "There is no phone number. Enter it, or choose another way." in answer.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=rosa.pk).update(channel="text", phone="")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=rosa.pk).update(channel="pigeon")


def test_without_a_gateway_texts_are_not_offered_and_a_gone_number_ends_them(texted, settings):
    settings.TEXT_GATEWAY_URL = ""
    browser = people.browser(texted)
    assert "text message" not in browser.get(reverse("accounts:about_you")).content.decode()
    browser.post(reverse("accounts:about_you"), about(phone=""))
    texted.refresh_from_db()
    assert (texted.channel, str(texted.phone)) == ("mail", "")


def test_staff_are_not_asked(gateway):
    html = people.browser(people.person("theo")).get(reverse("accounts:about_you")).content.decode()
    assert "By text message" not in html


def test_someone_without_email_or_account_is_texted_and_answers_by_the_link(clock, gateway, smtp_sink):
    harold = User.objects.create_user(
        name="Harold Quist", called="Harold", can_sign_in=False, phone=NUMBER, channel="text"
    )
    row = plan("tests.form", harold, due_at=NOON - 2 * HOUR)
    assert sender.run() == 1
    [said] = gateway.sent.values()
    assert said["to"] == NUMBER
    link = "/a/" + said["text"].rpartition("/a/")[2]
    assert people.browser().post(link, {"answer": "done"}).status_code == 302
    assert [(thing, choice, who) for thing, choice, who in THINGS.answers] == [(row.about_id, "done", harold.pk)]
    assert smtp_sink.messages == []
