"""Any consultant who fits: offered together, the case's own first, then even load; ways on where nothing is free."""

import datetime as dt
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings import anyone, availability, availability_actions, picker, slots
from bookings.models import Consultation, Hold, Reservation, Service
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice", "amirs")]


@pytest.fixture
def amirs(monday):
    """Amir in Vancouver, who speaks French and knows about lungs."""
    amir = people.person("amir")
    practice = factories.open_hours(amir)
    about = {"profession": "Nurse", "languages": "English, French", "specialties": "Lung cancer"}
    about["video_address"] = "https://video.example.org/amir"
    return availability_actions.set_about(practice, **about, by=Actor.person(amir))


@pytest.fixture
def rosas(rosa):
    return people.browser(rosa)


def words(answer):
    return " ".join(answer.content.decode().split())


def page(case):
    return reverse("bookings:pick", args=[case.pk])


def free(case, practice, code="first_talk"):
    return availability.free_starts(case, practice, Service.objects.get(code=code), clock.now())


def practices(case):
    return anyone.taking_bookings(case.patient, case, clock.now())


def offer(case, code="first_talk", fit=anyone.Fit()):  # noqa: B008
    wish = picker.Offer(
        case=case,
        practice=practices(case)[0], service=Service.objects.get(code=code), now=clock.now(),
        zone=case.patient.zone,
    )  # fmt: skip
    return anyone.offer_of(wish, practices(case), fit)


@pytest.mark.parametrize("code", ["first_talk", "plan"])
def test_what_is_free_with_anyone_is_what_is_free_with_one_of_them(case, code):
    together = {start for practice in practices(case) for start in free(case, practice, code)}
    assert offer(case, code).free == sorted(together)


def test_all_who_are_free_then_are_known_and_nobody_else(case):
    all_of_them = offer(case)
    for start in all_of_them.free[::7]:
        expected = {practice.pk for practice in practices(case) if start in free(case, practice)}
        assert {one.pk for one in all_of_them.who(start)} == expected


def test_whoever_has_the_fewest_calls_comes_first(case, practice, amirs):
    both = set(free(case, practice)) & set(free(case, amirs))
    names = [one.consultant.first_name for one in offer(case).who(min(both))]
    assert names == ["Amir", "Joanne"]  # by name, while both have none
    factories.book(factories.open_case(people.person("grace")), people.person("amir"), service="first_talk")
    both = set(free(case, practice)) & set(free(case, amirs))
    assert [one.consultant.first_name for one in offer(case).who(min(both))] == ["Joanne", "Amir"]


def test_the_cases_own_consultant_comes_before_even_load(case, practice, amirs, joanne):
    factories.book(case, joanne, service="first_talk")
    both = set(free(case, practice)) & set(free(case, amirs))
    assert offer(case).who(min(both))[0].consultant == joanne


@pytest.mark.parametrize(
    ("fit", "names"),
    [
        (anyone.Fit(), {"Amir", "Joanne"}),
        (anyone.Fit(speaks="french"), {"Amir"}),
        (anyone.Fit(knows=anyone.code_of("Lung cancer")), {"Amir"}),
        (anyone.Fit(speaks="French", knows=anyone.code_of("Lung cancer")), {"Amir"}),
    ],
)
def test_who_fits_is_asked_for(case, fit, names):
    assert {one.consultant.first_name for one in offer(case, fit=fit).practices} == names


def test_nobody_fits(case):
    assert offer(case, fit=anyone.Fit(speaks="Welsh")) is None


NOBODY_FITS = "None of us who fits what you chose"


@pytest.mark.parametrize(
    ("wish", "named"),
    [
        ({"speaks": "French"}, "(French)"),
        ({"speaks": "french", "knows": anyone.code_of("Lung cancer")}, "(French and Lung cancer)"),
        ({"speaks": "<b>Welsh, call 555</b>"}, "gives this kind of call"),
        ({"knows": "zzz"}, "gives this kind of call"),
    ],
)
def test_nobody_who_fits_gives_the_call_and_nobody_else_is_taken(rosas, case, practice, amirs, wish, named):
    amirs.left_out = ["first_talk"]
    amirs.save(update_fields=["left_out"])
    asked = {"service": "first_talk", "with": "anyone", **wish}
    answer = rosas.get(page(case), asked)
    shown = words(answer)
    assert answer.status_code == 200
    assert NOBODY_FITS in shown
    assert named in shown
    assert "call 555" not in shown
    assert 'href="?service=first_talk&amp;with=anyone"' in shown
    assert 'name="slot"' not in shown
    start = free(case, practice)[0]
    for each in (asked, asked | {"month": "2026-12"}):
        sent = rosas.post(page(case), {**each, "slot": picker.value_of(start), "how": "phone"})
        assert sent.status_code == 409
        assert NOBODY_FITS in words(sent)
    assert not Hold.objects.exists()
    assert NOBODY_FITS in words(rosas.get(page(case), asked, headers={"HX-Request": "true"}))
    assert NOBODY_FITS not in words(rosas.get(page(case), {"service": "first_talk", "with": "anyone"}))


def test_every_choice_keeps_the_others(rosas, case):
    knows = anyone.code_of("Lung cancer")
    shown = words(rosas.get(page(case), {"service": "plan", "with": "anyone", "speaks": "French"}))
    assert f'href="?service=plan&amp;with=anyone&amp;speaks=French&amp;knows={knows}"' in shown
    shown = words(rosas.get(page(case), {"service": "plan", "with": "anyone", "knows": knows}))
    both = f"with=anyone&amp;speaks=French&amp;knows={knows}"
    assert f'href="?service=plan&amp;with=anyone&amp;knows={knows}&amp;speaks=French"' in shown
    shown = words(rosas.get(page(case), {"service": "plan", "with": "anyone", "speaks": "French", "knows": knows}))
    assert f'href="?service=first_talk&amp;{both}"' in shown
    assert f'href="?service=plan&amp;with=anyone&amp;knows={knows}">Any language' in shown
    assert 'href="?service=plan&amp;with=anyone&amp;speaks=French">Anything' in shown
    assert "Any language" not in words(rosas.get(page(case), {"service": "plan", "with": "anyone"}))


def test_a_time_with_anyone_is_held_with_the_first_who_is_free(rosas, case, practice, amirs):
    start = min(set(free(case, practice)) & set(free(case, amirs)))
    sent = {"service": "first_talk", "with": "anyone", "slot": picker.value_of(start)}
    answer = rosas.post(page(case), sent)
    kept = Hold.objects.get()
    assert answer.url == f"{kept.get_absolute_url()}?with=anyone"
    assert (kept.starts_at, kept.consultant.first_name) == (start, "Amir")


def test_when_the_first_was_just_taken_the_next_has_it(case, practice, amirs, rosa):
    start = min(set(free(case, practice)) & set(free(case, amirs)))
    seen = offer(case)
    assert seen.free  # looked at before a rival came
    Reservation.objects.create(
        consultant=amirs.consultant, kind="blocked", starts_at=start, ends_at=start + timedelta(minutes=5)
    )

    def keep(*, consultant):
        wish = {"case": case, "service": seen.service, "starts_at": start, "how": "video"}
        return factories.booking_actions.hold(consultant=consultant, **wish, by=Actor.person(rosa))

    assert anyone.first_who_can(seen, start, keep).consultant.first_name == "Joanne"


def test_a_time_nobody_offers_is_refused_with_the_nearest(rosas, case):
    sent = {"service": "first_talk", "with": "anyone", "slot": "2026-11-17T15:17Z"}
    answer = rosas.post(page(case), sent)
    assert answer.status_code == 409
    assert words(answer).count('class="rs-pick"') == 3
    assert not Hold.objects.exists()


def test_the_page_names_who_it_is_with_and_keeps_what_was_chosen(rosas, case):
    knows = anyone.code_of("Lung cancer")
    shown = words(rosas.get(page(case), {"service": "first_talk", "with": "anyone", "knows": knows}))
    assert "Pick a time to talk with one of us" in shown
    assert "With Amir" in shown
    assert "With Joanne" not in shown
    assert f'<input type="hidden" name="knows" value="{knows}">' in shown
    assert "with=anyone&amp;knows=" in shown


def test_without_a_wish_the_page_opens_at_any_who_fits(rosas, case):
    shown = words(rosas.get(page(case)))
    assert "Pick a time to talk with one of us" in shown
    assert "with=anyone" in shown
    assert "with one of us" in words(rosas.get(page(case), {"with": "nobody-we-know", "service": "first_talk"}))


def test_without_a_wish_the_page_opens_at_the_cases_own_consultant(rosas, case, joanne):
    factories.book(case, joanne, service="first_talk")
    shown = words(rosas.get(page(case), {"another": "1"}))
    assert "Pick a time to talk with Joanne" in shown
    assert "with one of us" in words(rosas.get(page(case), {"with": "anyone"}))


def test_without_a_wish_a_time_goes_to_whoever_has_the_fewest_calls(rosas, case, practice, amirs):
    factories.book(factories.open_case(people.person("grace")), people.person("amir"), service="first_talk")
    start = min(set(free(case, practice)) & set(free(case, amirs)))
    rosas.post(page(case), {"service": "first_talk", "slot": picker.value_of(start)})
    assert Hold.objects.get().consultant.first_name == "Joanne"


def asked(browser, address):
    """How many questions a second look costs: the session and what is kept for a while are there."""
    browser.get(address)
    with CaptureQueriesContext(connection) as found:
        assert browser.get(address).status_code == 200
    return len(found)


def test_the_page_asks_the_same_number_of_questions_for_many(rosas, case):
    few = asked(rosas, page(case) + "?with=anyone")
    for name in ("Zoe", "Yan", "Xia"):
        user = User.objects.create_user(
            email=f"{name}@example.org".lower(), name=name, role="consultant", time_zone="Asia/Tokyo"
        )
        factories.open_hours(user)
    assert asked(rosas, page(case) + "?with=anyone") == few <= 8


@pytest.mark.parametrize("wish", ["service=plan", "service=after_second", "service=plan&speaks=French"])
def test_a_visit_to_come_with_its_records_costs_no_question_more_than_eight(practice, wish):
    visited = factories.case_with_visit(days=20)
    rosas = people.browser(visited.patient)
    assert asked(rosas, f"{page(visited)}?with=anyone&{wish}") <= 8
    assert asked(rosas, f"{page(visited)}?with={practice.pk}&{wish}") <= 8


# Nothing free before the visit


def test_the_ways_on_when_nothing_is_free_before_the_visit(rosas, case, practice, amirs, monkeypatch):
    first = free(case, amirs)[0]
    Reservation.objects.create(
        consultant=practice.consultant, kind="blocked", starts_at=clock.now(), ends_at=first + timedelta(days=8)
    )
    monkeypatch.setattr(availability, "visit_on", lambda case: (first + timedelta(days=7)).date())
    shown = words(rosas.get(page(case), {"service": "first_talk", "with": str(practice.pk)}))
    assert "Joanne has nothing free before your visit on" in shown
    assert "Talk with Amir Haddad" in shown
    assert "Ask us to call you" in shown
    assert "A time after the visit" in shown


def test_no_way_on_is_needed_while_something_is_free(rosas, case):
    assert "Nothing is free" not in words(rosas.get(page(case)))


def test_the_ways_on_cost_a_few_questions_more(rosas, case, practice):
    availability_actions.add_time_off(
        practice, from_on=clock.now().date(), until_on=clock.now().date() + timedelta(days=200),
        by=Actor.person(practice.consultant),
    )  # fmt: skip
    assert asked(rosas, page(case) + f"?with={practice.pk}") <= 15
    assert "Joanne has nothing free just now" in words(rosas.get(page(case), {"with": str(practice.pk)}))


def test_booked_by_any_it_is_a_call_like_others(rosas, case):
    start = offer(case).free[0]
    rosas.post(page(case), {"service": "first_talk", "with": "anyone", "slot": picker.value_of(start)})
    rosas.post(Hold.objects.get().get_absolute_url(), {"scope": "on"})
    assert Consultation.objects.get().starts_at == start


@pytest.mark.parametrize("typed", ["Breast cancer, Cancer of the skin", "Cancer", "Lung", "cancer lung"])
def test_a_word_in_common_is_no_match_the_whole_name_is(case, practice, typed):
    practice.specialties = typed
    practice.save(update_fields=["specialties"])
    lung = anyone.Fit(knows=anyone.code_of("lung cancer"))
    assert [one.consultant.first_name for one in offer(case, fit=lung).practices] == ["Amir"]
    assert not anyone.Fit(knows=anyone.code_of("cancer lung cancer")).suits(practice)


def suggested(rosas, case):
    page_of = rosas.get(page(case), {"service": "first_talk", "with": "anyone"})
    return page_of.context["offer"].three(), words(page_of)


def test_the_three_suggestions_are_the_own_consultants_where_there_are_three(rosas, case, practice, amirs):
    his = set(free(case, amirs))
    assert not set(suggested(rosas, case)[0]) <= his
    factories.assign(case, amirs.consultant)
    three, shown = suggested(rosas, case)
    assert len(three) == 3
    assert set(three) <= his
    assert "With Joanne" not in shown


def test_what_the_own_one_lacks_before_the_visit_is_filled_with_others(rosas, case, practice, amirs, monkeypatch):
    factories.assign(case, amirs.consultant)
    friday = [slots.Span(4, dt.time(9), dt.time(9, 45))]
    availability_actions.set_hours(amirs, spans=friday, by=Actor.person(amirs.consultant))
    his, hers = free(case, amirs), free(case, practice)
    for visit, own in ((dt.date(2026, 11, 19), his[:1]), (dt.date(2026, 11, 12), [])):
        monkeypatch.setattr(availability, "visit_on", lambda case, on=visit: on)
        three, shown = suggested(rosas, case)
        assert [start for start in three if start in his] == own
        assert len(three) == 3
        assert set(three) <= {*his, *hers}
        assert all(start.date() < visit for start in three)
        assert ("With Amir" in shown) == bool(own)
