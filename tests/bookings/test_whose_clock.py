"""A coordinator looks for a patient in another zone: her clock comes first, and each other one is named."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.urls import reverse

from bookings.models import AskedHold, Consultation, Hold, Service
from bookings.offering.actions import offer
from bookings.picker import value_of
from portal.actors import Actor
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
# Theo and Joanne live in Toronto. 2:30 pm there, 11:30 am in Los Angeles.
START = datetime(2026, 11, 17, 19, 30, tzinfo=UTC)


@pytest.fixture
def case(case, rosa):
    rosa.time_zone = "America/Los_Angeles"
    rosa.save(update_fields=["time_zone"])
    case.refresh_from_db()
    return case


@pytest.fixture
def theos(case):
    return people.browser(people.person("theo"))


def words(answer):
    return " ".join(answer.content.decode().replace("\N{NO-BREAK SPACE}", " ").split())


def names_all_three(page):
    assert "Times are in Pacific Time, where Rosa is." in page
    assert "Joanne is in Eastern Time." in page
    assert "You are in Eastern Time." in page


def test_the_times_to_pick_from_are_hers(theos, case, practice):
    wish = {"service": "first_talk", "with": str(practice.pk), "day": "2026-11-17"}
    page = words(theos.get(reverse("bookings:pick", args=[case.pk]), wish))
    names_all_three(page)
    assert "11:30 am" in page
    assert "4:30 pm" not in page  # Joanne's last hour, on her own clock
    assert "the time zone</span>" not in page  # it is hers to change


def test_a_lost_time_and_those_near_it_are_hers_too(theos, case, practice):
    wish = {"service": "first_talk", "with": str(practice.pk), "how": "phone"}
    early = datetime(2026, 11, 9, 15, tzinfo=UTC)
    answer = theos.post(reverse("bookings:pick", args=[case.pk]), wish | {"slot": value_of(early)})
    assert answer.status_code == 409
    names_all_three(words(answer))
    assert "Tuesday, November 10 at 6:00 am" in words(answer)


def test_beyond_the_rules_the_day_is_hers_and_so_are_its_times(theos, case, practice):
    wish = {"consultant": str(practice.pk), "service": "first_talk", "day": "2026-11-17"}
    page = words(theos.get(reverse("bookings:override", args=[case.pk]), wish))
    names_all_three(page)
    assert "11:30 am" in page
    assert "4:30 pm" not in page


def test_the_last_look_says_her_time_first_then_ours(theos, case, practice):
    wish = {"service": "first_talk", "with": str(practice.pk), "how": "phone", "slot": value_of(START)}
    theos.post(reverse("bookings:pick", args=[case.pk]), wish)
    page = words(theos.get(Hold.objects.get().get_absolute_url()))
    assert "11:30 am to 12:00 pm, Pacific Time" in page
    assert "That is where Rosa is." in page
    assert "For you: Tuesday, November 17 at 2:30 pm, Eastern Time" in page
    assert "For Joanne: Tuesday, November 17 at 2:30 pm, Eastern Time" in page
    assert page.index("11:30 am") < page.index("2:30 pm")


def test_moving_says_where_it_is_now_on_her_clock(theos, case):
    factories.book(case, service="first_talk", starts_at=START)
    page = words(theos.get(reverse("bookings:move", args=[Consultation.objects.get().pk])))
    assert "Now it is on <strong>Tuesday, November 17 at 11:30 am</strong>" in page
    names_all_three(page)


def test_whoever_lives_where_she_does_reads_one_clock(case, practice, rosa):
    rosa.time_zone = "America/Toronto"
    rosa.save(update_fields=["time_zone"])
    page = words(people.browser(people.person("theo")).get(reverse("bookings:pick", args=[case.pk])))
    assert "Times are in Eastern Time, where Rosa is." in page
    assert "You are in" not in page
    assert "Joanne is in" not in page


def test_a_patient_reads_her_own_clock_as_before(case, practice, rosa):
    page = words(people.browser(rosa).get(reverse("bookings:pick", args=[case.pk]), {"with": str(practice.pk)}))
    assert "Times are in Pacific Time," in page
    assert "Joanne is in Eastern Time." in page
    assert "where Rosa is" not in page


def test_a_time_that_waits_is_read_out_on_her_clock(case, practice, rosa):
    joanne = people.person("joanne")
    factories.assign(case, joanne)
    service = Service.objects.get(code="after_second")
    asked = offer(case, service=service, starts_at=START, how="phone", key=uuid4(), by=Actor.person(joanne))
    page = words(people.browser(people.person("theo")).get(asked.get_absolute_url()))
    assert "11:30 am to 12:00 pm, Pacific Time" in page
    assert "That is where Rosa is. For you: Tuesday, November 17 at 2:30 pm, Eastern Time" in page
    assert "For Joanne: Tuesday, November 17 at 2:30 pm, Eastern Time" in page
    own = words(people.browser(rosa).get(asked.get_absolute_url()))
    assert "That is where" not in own
    assert "For Joanne: Tuesday, November 17 at 2:30 pm, Eastern Time" in own


def test_a_booked_call_is_on_her_clock_on_each_of_its_pages(theos, case, rosa):
    call = factories.book(case, service="first_talk", starts_at=START)
    page = words(theos.get(call.get_absolute_url()))
    assert "<strong>Tuesday, November 17 at 11:30 am</strong> Pacific Time." in page
    assert "That is where Rosa is. For you: Tuesday, November 17 at 2:30 pm, Eastern Time" in page
    assert "For Joanne that is Tuesday, November 17 at 2:30 pm, Eastern Time." in page
    for name in ("cancel", "ask_to_move", "call"):
        shown = words(theos.get(reverse(f"bookings:{name}", args=[call.pk])))
        assert "<strong>Tuesday, November 17 at 11:30 am</strong> Pacific Time" in shown
    assert "That is where" not in words(people.browser(rosa).get(call.get_absolute_url()))
    joannes = words(people.browser(people.person("joanne")).get(call.get_absolute_url()))
    assert "<strong>Tuesday, November 17 at 2:30 pm</strong> Eastern Time." in joannes


def test_a_call_that_is_over_names_the_other_one_and_her_clock(theos, case, rosa, monday):
    call = factories.book(case, service="first_talk", starts_at=START)
    monday.move_to(call.ends_at)
    at = call.get_absolute_url()
    said = "It was on Tuesday, November 17 at"
    assert f"{said} 2:30 pm, with {rosa.name}." in words(people.browser(people.person("joanne")).get(at))
    assert f"{said} 11:30 am, with {call.consultant.name}." in words(people.browser(rosa).get(at))
    theirs = words(people.browser(people.person("theo")).get(at))
    assert f"{said} 11:30 am, with {call.consultant.name}. Times are in Pacific Time, where Rosa is." in theirs


def test_two_clocks_of_one_name_are_told_apart_by_their_city(case, rosa, practice):
    rosa.time_zone = "America/Phoenix"
    rosa.save(update_fields=["time_zone"])
    practice.time_zone = practice.consultant.time_zone = "America/Denver"
    practice.save(update_fields=["time_zone"])
    practice.consultant.save(update_fields=["time_zone"])
    rosas = people.browser(rosa)
    address = f"{reverse('bookings:pick', args=[case.pk])}?with={practice.pk}"
    # Phoenix keeps its clocks where they are in summer: it is May before the two show another time.
    page = words(rosas.get(address))
    assert "Times are in Mountain Time" in page
    assert "Joanne is in Mountain Time (Denver)." in page
    practice.time_zone = practice.consultant.time_zone = "America/Hermosillo"
    practice.save(update_fields=["time_zone"])
    practice.consultant.save(update_fields=["time_zone"])
    assert "Joanne is in" not in words(rosas.get(address))


def test_a_time_that_waits_names_the_zone_it_was_promised_in(case, practice, rosa):
    joanne = people.person("joanne")
    factories.assign(case, joanne)
    service = Service.objects.get(code="after_second")
    asked = offer(case, service=service, starts_at=START, how="phone", key=uuid4(), by=Actor.person(joanne))
    joanne.time_zone = "America/Los_Angeles"  # her hours stay where they are
    joanne.save(update_fields=["time_zone"])
    mine = people.browser(rosa)
    assert "For Joanne: Tuesday, November 17 at 2:30 pm, Eastern Time" in words(mine.get(asked.get_absolute_url()))
    AskedHold.objects.update(time_zone="", wall_at="")  # from before it was kept
    assert "For Joanne:" not in words(mine.get(asked.get_absolute_url()))


def test_with_anyone_the_zone_of_who_takes_it_is_named_where_it_differs(case, practice, rosa):
    page = words(people.browser(rosa).get(reverse("bookings:pick", args=[case.pk]), {"with": "anyone"}))
    assert "With Joanne, who is in Eastern Time" in page
    rosa.time_zone = "America/Toronto"
    rosa.save(update_fields=["time_zone"])
    page = words(people.browser(rosa).get(reverse("bookings:pick", args=[case.pk]), {"with": "anyone"}))
    assert "With Joanne" in page
    assert "who is in" not in page
