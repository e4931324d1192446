"""A consultant's hours and calendar: every button without JavaScript, and each call asked about."""

import pytest
from django.urls import reverse

from bookings import week
from bookings.models import Consultation
from portal import clock
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
HOURS = "/staff/hours/"


@pytest.fixture
def joannes(joanne):
    return people.browser(joanne)


def words(answer):
    return " ".join(answer.content.decode().split())


def typed(**days):
    """A week as the form sends it: mon="9:00-12:00 13:00-17:00"; other days are off and empty."""
    sent = {}
    for number, name in enumerate(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]):
        for row, span in enumerate(days.get(name, "-").split()):
            begins, ends = span.split("-")
            sent |= {f"from-{number}-{row}": begins, f"until-{number}-{row}": ends}
        if name in days:
            sent[f"on-{number}"] = "on"
    return sent


def spans(practice):
    return [
        (h.weekday, f"{h.from_time:%H:%M}", f"{h.until_time:%H:%M}")
        for h in practice.hours.holding(clock.today(practice.zone))
    ]


def test_the_page_shows_the_stored_week(joannes):
    page = words(joannes.get(HOURS))
    assert page.count('value="09:00"') == 5
    assert "Eastern Time" in page


def test_a_week_is_saved(joannes, practice):
    answer = joannes.post(HOURS, typed(mon="09:15-12:00 13:00-17:00", sat="10:00-11:00"), follow=True)
    assert "Hours saved" in words(answer)
    assert spans(practice) == [(0, "09:15", "12:00"), (0, "13:00", "17:00"), (5, "10:00", "11:00")]


def test_a_day_that_is_unticked_has_no_hours(joannes, practice):
    sent = typed(mon="09:00-12:00", tue="09:00-12:00")
    del sent["on-1"]
    joannes.post(HOURS, sent)
    assert spans(practice) == [(0, "09:00", "12:00")]


@pytest.mark.parametrize(
    ("monday", "sentence"),
    [
        ("09:00-", "enter both times"),
        ("nine-12:00", "enter both times"),
        ("09:10-12:00", "by the quarter hour"),
        ("12:00-09:00", "an end that comes after the start"),
        ("09:00-12:00 11:00-13:00", "overlap"),
    ],
)
def test_what_cannot_be_read_is_named_and_stays(joannes, practice, monday, sentence):
    before = spans(practice)
    answer = joannes.post(HOURS, typed(mon=monday))
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert 'href="#from-0-' in words(answer)
    assert spans(practice) == before


def test_more_and_fewer_hours_by_button_change_only_the_page(joannes, practice):
    before = spans(practice)
    more = words(joannes.post(HOURS, {**typed(mon="09:00-12:00"), "add": "0"}))
    assert 'name="from-0-1"' in more
    fewer = words(joannes.post(HOURS, {**typed(mon="09:00-12:00 13:00-14:00"), "remove": "0-0"}))
    assert 'value="13:00"' in fewer
    assert 'name="from-0-1"' not in fewer
    assert spans(practice) == before


def test_a_call_outside_is_listed_until_it_has_an_answer(joannes, practice, case):
    booked = factories.book(case)
    answer = joannes.post(HOURS, typed(sun="09:00-12:00"))
    page = words(answer)
    assert answer.status_code == 409
    assert "1 booked call is outside the new hours" in page
    assert "Rosa Delgado" in page
    assert 'name="from-6-0"' in page
    joannes.post(
        HOURS, {**typed(sun="09:00-12:00"), f"answer-{booked.pk}": "cancel", f"note-{booked.pk}": "Moving house"}
    )
    assert Consultation.objects.get().state == "cancelled"
    assert spans(practice) == [(6, "09:00", "12:00")]


def test_time_off_is_added_asked_about_and_taken_back(joannes, practice, case):
    booked = factories.book(case)
    day = booked.starts_at.date().isoformat()
    sent = {"from_on": day, "until_on": day, "note": "Leave"}
    asked = joannes.post(reverse("bookings:time_off"), sent)
    assert asked.status_code == 409
    assert f"answer-{booked.pk}" in words(asked)
    saved = joannes.post(reverse("bookings:time_off"), {**sent, f"answer-{booked.pk}": "keep"}, follow=True)
    assert "Leave" in words(saved)
    row = practice.time_off.get()
    assert "taken back" in words(joannes.post(reverse("bookings:remove_time_off", args=[row.pk]), follow=True))


@pytest.mark.parametrize(
    "wrong",
    [
        {"from_on": "2026-12-24", "until_on": "2026-12-23"},
        {"from_on": "2026-12-24", "until_on": "2026-12-24", "from_time": "09:00"},
        {"from_on": "2026-12-24", "until_on": "2026-12-24", "from_time": "09:00", "until_time": "08:00"},
        {"from_on": "", "until_on": "2026-12-24"},
    ],
)
def test_time_off_that_makes_no_sense_is_named(joannes, practice, wrong):
    answer = joannes.post(reverse("bookings:time_off"), wrong)
    assert answer.status_code == 422
    assert "rs-errors" in words(answer)
    assert not practice.time_off.exists()


RULES = {"buffer_minutes": "15", "daily_cap": "4", "notice_hours": "48", "horizon_days": "60", "region": "CA-ON"}
RULES |= {"gives": ["first_talk", "plan", "after_second"]}


def test_rules_are_saved(joannes, practice):
    assert "Rules saved" in words(joannes.post(reverse("bookings:terms"), RULES, follow=True))
    practice.refresh_from_db()
    assert (practice.buffer_minutes, practice.daily_cap) == (15, 4)
    assert (practice.notice_hours, practice.horizon_days, practice.region) == (48, 60, "CA-ON")


@pytest.mark.parametrize(
    "wrong",
    [
        {"notice_hours": "-1"},
        {"notice_hours": ""},
        {"horizon_days": "0"},
        {"region": "XX"},
        {"daily_cap": "0"},
        {"gives": []},
    ],
)
def test_rules_that_make_no_sense_are_named(joannes, practice, wrong):
    answer = joannes.post(reverse("bookings:terms"), {**RULES, **wrong})
    assert answer.status_code == 422
    assert "rs-errors" in words(answer)
    practice.refresh_from_db()
    assert practice.notice_hours == 24


def test_a_call_that_does_not_fit_new_rules_is_asked_about(joannes, practice, case):
    booked = factories.book(case)
    sent = {**RULES, "horizon_days": "1"}
    asked = joannes.post(reverse("bookings:terms"), sent)
    assert asked.status_code == 409
    assert "1 booked call does not fit the new rules" in words(asked)
    assert f'form="terms-form" type="radio" name="answer-{booked.pk}"' in words(asked)
    joannes.post(reverse("bookings:terms"), {**sent, f"answer-{booked.pk}": "keep"})
    practice.refresh_from_db()
    assert practice.horizon_days == 1


def test_repeated_time_off_is_added_and_named(joannes, practice):
    sent = {"from_on": "2026-11-13", "until_on": "2027-02-26", "from_time": "13:00", "until_time": "17:00"}
    page = words(joannes.post(reverse("bookings:time_off"), {**sent, "every_weeks": "2"}, follow=True))
    assert "Every other Friday" in page
    assert practice.time_off.get().every_weeks == 2


def test_anothers_time_off_is_not_there(joannes, practice):
    practice.time_off.create(from_on="2026-12-21", until_on="2026-12-22")
    amir = people.browser(people.person("amir"))
    assert amir.post(reverse("bookings:remove_time_off", args=[practice.time_off.get().pk])).status_code == 404


def test_the_calendar_shows_the_call_once_as_a_list_and_once_as_a_grid(joannes, case):
    booked = factories.book(case)
    page = words(joannes.get(reverse("bookings:calendar")))
    local = booked.starts_at.astimezone(booked.zone)
    assert f'data-at="{local:%H%M}" data-for="60"' in page
    assert page.count("Prepare: Rosa Delgado") == 1
    assert f"{local.hour}:00 am, Rosa Delgado" in page


@pytest.mark.parametrize("query", ["?week=2026-11-18", "?week=nonsense", "?week=9999-12-31", ""])
def test_any_week_opens(joannes, query):
    assert joannes.get(reverse("bookings:calendar") + query).status_code == 200


def test_a_week_costs_the_same_whatever_is_in_it(practice, case, django_assert_num_queries):
    monday = week.monday_of(clock.today(practice.zone))
    for code in ("plan", "first_talk", "after_second"):
        factories.book(case, service=code)
    with django_assert_num_queries(5):
        shown = week.of(practice, monday, clock.now())
        assert shown.events()
        assert shown.lines()


def test_without_hours_the_page_still_opens(db, monday):
    amir = people.browser(people.person("amir"))
    assert "Pacific Time" in words(amir.get(HOURS))
    assert amir.get(reverse("bookings:calendar")).status_code == 200
