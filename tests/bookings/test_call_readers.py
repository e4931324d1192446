"""The page of a call, and the way in, say the same to each reader in words that are true for them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from bookings import follow_up
from portal import clock
from tests import factories, people
from tests.bookings.test_asking import helps

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]


def words(answer):
    return " ".join(answer.content.decode().replace("\N{NO-BREAK SPACE}", " ").split())


def page(call, key, name="detail"):
    return words(people.browser(people.person(key)).get(reverse(f"bookings:{name}", args=[call.pk])))


def test_by_phone_each_reads_who_rings_whom(case):
    call = factories.book(case, service="first_talk", how="phone")
    helps(case)
    assert "Phone call: Joanne Pike calls you, 30 minutes." in page(call, "rosa")
    assert "Phone call: you call Rosa, 30 minutes." in page(call, "joanne")
    for key in ("theo", "ama"):
        assert "Phone call: Joanne Pike calls Rosa, 30 minutes." in page(call, key)
        assert "Rosa’s call with Joanne" in page(call, key, "call")
        assert "Joanne calls Rosa." in page(call, key, "call")
    assert "Your call with Joanne" in page(call, "rosa", "call")
    assert "Joanne calls you. Keep your phone near." in page(call, "rosa", "call")


def test_by_video_without_an_address_any_more(case, practice, monday):
    call = factories.book(case, service="first_talk")
    assert "Video call, 30 minutes." in page(call, "joanne")
    practice.video_address = ""
    practice.save(update_fields=["video_address"])
    case.patient.phone = "+14165550134"
    case.patient.save(update_fields=["phone"])
    monday.move_to(call.starts_at - timedelta(minutes=5))
    assert "Joanne calls you by phone at this time." in page(call, "rosa", "call")
    assert "Joanne calls Rosa by phone at this time." in page(call, "theo", "call")
    assert "You have no video address: call Rosa by phone at this time. The number: " in page(call, "joanne", "call")


def test_a_helper_who_may_join_finds_the_way_in_and_the_calendar(case):
    call = factories.book(case, service="first_talk")
    helps(case)
    helps(case, key="ines", chosen="dates")
    link = reverse("bookings:call", args=[call.pk])
    for key, joins in (("ama", True), ("joanne", True), ("theo", True), ("ines", False)):
        assert (f'href="{link}"' in page(call, key)) is joins
    assert "Add it to your calendar" in page(call, "ama")
    assert "Add it to your calendar" not in page(call, "ines")


@pytest.mark.parametrize(
    ("looked_at", "day"),
    [
        (datetime(2026, 11, 10, 15, tzinfo=UTC), "Wednesday, November 11"),
        (datetime(2026, 11, 11, 15, tzinfo=UTC), "Thursday, November 12"),
        (datetime(2026, 11, 12, 14, 30, tzinfo=UTC), ""),
    ],
)
def test_a_reminder_is_promised_on_the_day_on_which_it_comes(case, monday, looked_at, day):
    call = factories.book(case)  # on Thursday, November 12, at 10 am
    monday.move_to(looked_at)
    shown = page(call, "rosa")
    assert ("We send you a reminder." in shown) is bool(day)
    assert f"<b>{day}</b>We send you a reminder." in shown or not day
    assert bool(follow_up.reminded_on(call, clock.now())) is bool(day)
