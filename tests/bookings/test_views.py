"""The patient's pages: what is seen, whole and through htmx; what is refused, and that nothing typed is lost."""

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from bookings import actions, availability
from bookings.models import Consultation, Hold, Service
from bookings.rules import JustTaken
from bookings.views import DRAFT
from portal import clock
from portal.accounts import drafts
from portal.actors import Actor
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]


@pytest.fixture
def rosas(rosa):
    return people.browser(rosa)


def pick_page(case):
    return reverse("bookings:pick", args=[case.pk])


def check_page(hold):
    return reverse("bookings:check", args=[hold.pk])


def value(start):
    return start.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def words(answer):
    return " ".join(answer.content.decode().split())


def free(case, practice):
    return availability.free_starts(case, practice, Service.objects.get(code="plan"), clock.now())


TICKS = {"scope": "on", "may_read": "on"}


# Picking


def test_the_page_offers_three_times_and_a_month(rosas, case):
    answer = rosas.get(pick_page(case))
    page = words(answer)
    assert "Pick a time to talk with Joanne" in page
    assert page.count('class="rs-pick"') == 3
    assert "November 2026" in page
    assert "Thursday, November 12" in page
    assert "Eastern Time" in page


def test_looking_changes_nothing(rosas, case):
    rosas.get(pick_page(case) + "?day=2026-11-17")
    assert not Hold.objects.exists()


def test_a_day_shows_its_times_in_words(rosas, case):
    page = words(rosas.get(pick_page(case) + "?day=2026-11-17"))
    assert "Morning" in page
    assert "10:00 am" in page
    assert ", Tuesday, November 17" in page


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2026-11-11", "we are closed"),
        ("2026-11-10", "too soon to read your plan first"),
        ("2026-11-14", "Joanne has no hours"),
        ("2027-06-01", "has no times"),
        ("2026-01-05", "over"),
    ],
)
def test_an_empty_day_gives_its_reason(rosas, case, day, why):
    assert why in words(rosas.get(pick_page(case) + f"?day={day}"))


@pytest.mark.parametrize(
    "query", ["?day=nonsense", "?month=2026-99", "?with=nobody", "?service=none", "?month=1999-01"]
)
def test_a_wrong_query_still_shows_the_page(rosas, case, query):
    assert rosas.get(pick_page(case) + query).status_code == 200


def test_htmx_gets_the_month_alone(rosas, case):
    answer = rosas.get(pick_page(case) + "?day=2026-11-17", headers={"HX-Request": "true"})
    assert words(answer).startswith('<section class="rs-card rs-stack rs-stack--5" id="days"')


def test_times_are_in_the_readers_zone_and_the_other_is_named(case, rosa):
    rosa.time_zone = "America/Vancouver"
    rosa.save()
    page = words(people.browser(rosa).get(pick_page(case) + "?day=2026-11-17"))
    assert "Times are in Pacific Time" in page
    assert "Joanne is in Eastern Time" in page
    assert "8:00 am" in page  # British Columbia keeps its clocks 2 hours behind Toronto this winter


def test_suggestions_come_before_the_visit_when_there_is_one(rosas, case, practice, monkeypatch):
    starts = free(case, practice)
    monkeypatch.setattr(availability, "visit_on", lambda case: starts[0].date() + timedelta(days=7))
    page = words(rosas.get(pick_page(case)))
    assert "come before your second visit" in page


def test_pressing_a_time_keeps_it_and_goes_on(rosas, case, practice):
    start = free(case, practice)[0]
    answer = rosas.post(pick_page(case), {"slot": value(start), "how": "phone", "service": "plan"})
    hold = Hold.objects.get()
    assert answer.headers["Location"] == check_page(hold)
    assert (hold.starts_at, hold.how) == (start, "phone")


def test_a_taken_time_answers_409_with_three_others(rosas, case, practice):
    start = free(case, practice)[0]
    factories.hold(factories.open_case(people.person("grace")), starts_at=start)
    answer = rosas.post(pick_page(case), {"slot": value(start), "how": "video"})
    assert answer.status_code == 409
    assert "just taken" in words(answer)
    assert words(answer).count('class="rs-pick"') == 3


@pytest.mark.parametrize("slot", ["", "yesterday", "2026-11-17T15:30", "2026-01-05T15:00Z", "9999-12-31T23:59Z"])
def test_a_time_nobody_offered_is_refused_in_words(rosas, case, slot):
    answer = rosas.post(pick_page(case), {"slot": slot})
    assert answer.status_code in (409, 422)
    assert not Hold.objects.exists()
    assert "rs-errors" in words(answer)


def test_who_starts_a_case_for_another_reads_that_only_they_book(case):
    ama = people.person("ama")
    other = factories.open_case(people.person("grace"), starter=ama)
    page = words(people.browser(ama).get(pick_page(other)))
    assert "Only Grace books here" in page
    assert "rs-pick" not in page


def test_who_began_a_case_has_no_way_into_the_call_before_a_yes(case):
    ama = people.person("ama")
    other = factories.open_case(people.person("grace"), starter=ama)
    call = factories.book(other)
    browser = people.browser(ama)
    assert browser.get(reverse("bookings:detail", args=[call.pk])).status_code == 404
    assert browser.get(reverse("bookings:call", args=[call.pk])).status_code == 404
    assert browser.post(reverse("bookings:call", args=[call.pk])).status_code == 404


def test_no_open_hours_says_call_us(rosas, case, practice):
    practice.hours.all().delete()
    assert "Please call us" in words(rosas.get(pick_page(case)))


# Check and book


@pytest.fixture
def hold(case):
    return factories.hold(case)


def test_the_check_page_says_everything_once_more(rosas, hold):
    page = words(rosas.get(check_page(hold)))
    assert "Thursday, November 12, 2026" in page
    assert "Video call with Joanne Pike" in page
    assert "We go through it with you" in page
    assert "You can cancel at any time" in page
    assert "checked" not in page


def test_booking_leads_to_the_booked_page(rosas, hold):
    sent = {"seen": hold.choice, "hope": "what to ask", **TICKS}
    answer = rosas.post(check_page(hold), sent, follow=True)
    consultation = Consultation.objects.get()
    page = words(answer)
    assert "You’re booked, Rosa" in page
    assert consultation.reference in page
    assert consultation.hope == "what to ask"
    assert drafts.kept(hold.patient, "check-and-book", hold.case_id) is None


def test_a_double_click_shows_the_same_page_twice(rosas, hold):
    sent = {"seen": hold.choice, **TICKS}
    first = rosas.post(check_page(hold), sent)
    second = rosas.post(check_page(hold), sent)
    assert first.headers["Location"] == second.headers["Location"]
    assert Consultation.objects.count() == 1


@pytest.mark.parametrize("missing", ["scope", "may_read"])
def test_a_missing_tick_is_named_and_the_words_stay(rosas, hold, missing):
    ticks = {name: "on" for name in TICKS if name != missing}
    answer = rosas.post(check_page(hold), {"seen": hold.choice, "hope": "my words", **ticks})
    page = words(answer)
    assert answer.status_code == 422
    assert f"#id_{missing}" in page
    assert "my words" in page
    assert "Error:" in page


def test_a_time_lost_meanwhile_keeps_the_words_and_offers_others(rosas, hold, monday):
    monday.shift(timedelta(hours=1))
    factories.hold(factories.open_case(people.person("grace")), starts_at=hold.starts_at)
    answer = rosas.post(check_page(hold), {"seen": hold.choice, "hope": "my words", **TICKS})
    page = words(answer)
    assert answer.status_code == 409
    assert "Free times near it" in page
    assert page.count('class="rs-pick"') == 3
    assert "my words" in page


def test_words_typed_come_back_with_another_time(rosas, case, practice, hold):
    rosas.post(reverse("bookings:keep", args=[hold.pk]), {"hope": "half a thought"})
    factories.hold(case, starts_at=free(case, practice)[-1])
    assert "half a thought" in words(rosas.get(check_page(hold)))


def test_the_autosave_keeps_the_time_too(rosas, hold, monday):
    monday.shift(timedelta(minutes=20))
    answer = rosas.post(reverse("bookings:keep", args=[hold.pk]), {"hope": "x"})
    assert "Draft saved" in answer.content.decode()
    hold.refresh_from_db()
    assert hold.expires_at == clock.now() + timedelta(minutes=30)


def test_a_time_chosen_in_another_tab_is_shown_before_it_is_booked(rosas, case, practice, hold):
    seen = hold.choice
    factories.hold(case, starts_at=free(case, practice)[-1])
    answer = rosas.post(check_page(hold), {"seen": seen, "hope": "my words", **TICKS})
    assert answer.status_code == 409
    assert "You chose another time since" in words(answer)
    assert not Consultation.objects.exists()


# A booked call


@pytest.fixture
def booked(case):
    return factories.book(case)


def test_the_booked_page_says_what_happens_next(rosas, booked):
    page = words(rosas.get(booked.get_absolute_url()))
    assert "By Monday, November 9" in page
    assert "Wednesday, November 11" in page
    assert "Calendar file" in page
    assert "Call with Joanne" in page
    assert "breast" not in page.lower()


def test_the_calendar_file_agrees_with_the_page(rosas, booked):
    answer = rosas.get(reverse("bookings:calendar_file", args=[booked.pk]))
    body = answer.content.decode()
    assert answer.headers["Content-Type"].startswith("text/calendar")
    assert booked.starts_at.astimezone(ZoneInfo("America/Toronto")).strftime("%Y%m%dT%H%M%S") in body
    assert "METHOD:REQUEST" in body


def test_the_tab_leads_to_the_booked_call_and_on_to_another(rosas, case, booked):
    assert rosas.get(pick_page(case)).headers["Location"] == booked.get_absolute_url()
    page = words(rosas.get(booked.get_absolute_url()))
    assert f"{pick_page(case)}?another=1" in page
    assert "Pick a time" in words(rosas.get(pick_page(case) + "?another=1"))


def test_a_plan_day_that_is_over_is_not_called_due(rosas, booked, monday):
    monday.shift(timedelta(days=1))
    page = words(people.browser(booked.patient).get(booked.get_absolute_url()))
    assert "By Monday, November 9" not in page
    assert "just talk" in page


def test_cancel_needs_no_reason(rosas, booked):
    page = rosas.get(reverse("bookings:cancel", args=[booked.pk]))
    assert "do not need to say why" in words(page)
    answer = rosas.post(reverse("bookings:cancel", args=[booked.pk]), follow=True)
    assert "This call is canceled" in words(answer)
    assert "METHOD:CANCEL" in rosas.get(reverse("bookings:calendar_file", args=[booked.pk])).content.decode()


def test_moving_is_picking_again(rosas, case, practice, booked):
    later = free(case, practice)[-1]
    answer = rosas.post(reverse("bookings:move", args=[booked.pk]), {"slot": value(later), "how": "phone"})
    hold = Hold.objects.get()
    assert "Now booked" in words(rosas.get(answer.headers["Location"]))
    final = rosas.post(check_page(hold), {"seen": hold.choice}, follow=True)
    assert "Your call is moved" in words(final)
    booked.refresh_from_db()
    assert (booked.starts_at, booked.version, booked.how) == (later, 1, "phone")


def test_too_late_to_move_says_what_is_left(rosas, booked, monday):
    monday.move_to(booked.starts_at - timedelta(hours=1))
    answer = rosas.get(reverse("bookings:move", args=[booked.pk]))
    assert answer.status_code == 409
    assert "You can still cancel it" in words(answer)


def test_the_call_page_opens_shortly_before(rosas, booked, practice, monday):
    practice.video_address = "https://video.example.org/{reference}"
    practice.save()
    page = reverse("bookings:call", args=[booked.pk])
    assert "video.example.org" not in words(rosas.get(page))
    monday.move_to(booked.starts_at - timedelta(minutes=10))
    assert f"https://video.example.org/{booked.reference.replace(' ', '-')}" in words(
        people.browser(booked.patient).get(page)
    )


def test_once_it_is_over_the_call_page_opens_nothing_and_calls_nobody(rosas, booked, monday):
    page = reverse("bookings:call", args=[booked.pk])
    monday.move_to(booked.starts_at)
    assert "I can’t get in" in words(people.browser(booked.patient).get(page))
    monday.move_to(booked.ends_at + timedelta(minutes=20))
    shown = words(people.browser(booked.patient).get(page))
    assert "This call is over." in shown
    assert "The way in opens" not in shown
    assert "I can’t get in" not in shown


def test_a_phone_call_says_whose_number_is_missing(case, rosa, joanne):
    call = factories.book(case, service="first_talk", how="phone")
    rosa.phone = ""
    rosa.save(update_fields=["phone"])
    for address in (call.get_absolute_url(), reverse("bookings:call", args=[call.pk])):
        assert "Joanne needs your phone number to call you." in words(people.browser(rosa).get(address))
        assert "We have no phone number of Rosa" in words(people.browser(joanne).get(address))
    rosa.phone = "+14165550134"
    rosa.save(update_fields=["phone"])
    page = words(people.browser(joanne).get(reverse("bookings:call", args=[call.pk])))
    assert "Your call with Rosa" in page
    assert "You call Rosa. The number: " in page
    assert "We have no phone number" not in page


PAGES = ["detail", "cancel", "move", "call", "calendar_file"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["grace", "amir", "mara"])
def test_a_strangers_call_is_not_there(booked, page, who):
    stranger = people.browser(people.person(who))
    assert stranger.get(reverse(f"bookings:{page}", args=[booked.pk])).status_code == 404


@pytest.mark.parametrize("page", ["check", "keep"])
def test_a_strangers_hold_is_not_there(hold, page):
    stranger = people.browser(people.person("grace"))
    assert stranger.post(reverse(f"bookings:{page}", args=[hold.pk])).status_code == 404


def test_the_consultant_sees_the_hope(booked, joanne):
    booked.hope = "what to ask"
    booked.save()
    assert "what to ask" in words(people.browser(joanne).get(booked.get_absolute_url()))


def test_a_coordinator_may_cancel_for_the_patient(booked):
    theo = people.person("theo")
    actions.cancel(booked, by=Actor.person(theo))
    booked.refresh_from_db()
    assert booked.cancelled_by == theo


def test_the_page_asks_as_little_of_the_database_with_many_calls(rosas, case, practice, django_assert_max_num_queries):
    url = pick_page(case)
    for _ in range(3):
        factories.book(case, service="first_talk")
    url += "?another=1"
    with django_assert_max_num_queries(29):
        rosas.get(url)


def leave(consultant):
    consultant.can_sign_in = False
    consultant.save(update_fields=["can_sign_in"])


def test_a_consultant_who_left_is_not_booked_and_the_words_stay(rosas, case, hold, joanne):
    leave(joanne)
    for answer in (rosas.get(check_page(hold)), rosas.post(check_page(hold), {"hope": "To understand it"})):
        assert answer.headers["Location"] == f"{pick_page(case)}?service={hold.service.code}&with=anyone&how={hold.how}"
    assert not Consultation.objects.exists()
    assert drafts.kept(case.patient, DRAFT, case.pk) == {"hope": "To understand it"}


def test_who_leaves_while_the_page_is_sent_is_not_booked(case, hold, joanne):
    leave(joanne)
    with pytest.raises(JustTaken):
        actions.book(hold=hold, accepts_scope=True, may_read=True, by=Actor.person(case.patient))
    assert not Consultation.objects.exists()
