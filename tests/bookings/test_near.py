"""A time is lost before it is booked: others near it follow, of the same consultant, else of anyone; or none."""

from datetime import timedelta

import pytest
from django.urls import reverse

from bookings import availability, availability_actions, picker
from bookings.models import Hold, Practice, Reservation, Service
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.vault import keys
from tests import factories, people

pytestmark = pytest.mark.django_db
TICKS = {"scope": "on", "may_read": "on"}


@pytest.fixture
def kept(case, practice):
    """A time that somebody else took, of a consultant who has no other."""
    hold = factories.hold(case)
    Reservation.objects.filter(hold=hold).update(hold=None, kind=Reservation.Kind.BLOCKED)
    Reservation.objects.filter(kind=Reservation.Kind.BLOCKED).update(
        starts_at=clock.now(), ends_at=clock.now() + timedelta(days=300)
    )
    return hold


def words(answer):
    return " ".join(answer.content.decode().split())


def press(hold):
    sent = {"seen": hold.choice, "hope": "my words", **TICKS}
    return people.browser(hold.patient).post(hold.get_absolute_url(), sent)


def test_where_she_has_no_other_time_those_of_anyone_are_offered_and_can_be_taken(kept, case):
    amir = factories.open_hours(people.person("amir"))
    answer = press(kept)
    page = words(answer)
    assert answer.status_code == 409
    assert "just taken. Nothing you typed is lost. Here are times near it." in page
    assert "Free times near it" in page
    assert page.count('class="rs-pick"') == 3
    assert "With Amir" in page
    assert '<input type="hidden" name="with" value="anyone">' in page
    free = availability.free_starts(case, amir, Service.objects.get(code="plan"), clock.now())
    nearest = min(free, key=lambda start: abs(start - kept.starts_at))
    assert picker.value_of(nearest) in page
    wish = {"service": "plan", "with": "anyone", "how": "phone", "slot": picker.value_of(nearest)}
    assert people.browser(kept.patient).post(reverse("bookings:pick", args=[case.pk]), wish).status_code == 302
    assert Hold.objects.get().consultant == amir.consultant


def test_where_nobody_has_one_no_times_are_promised(kept):
    answer = press(kept)
    page = words(answer)
    assert answer.status_code == 409
    assert "That time was just taken. Nothing you typed is lost." in page
    assert "times near it" not in page
    assert "my words" in page
    assert "Pick a different time" in page


def test_where_anyone_goes_on_nobody_is_asked_who_does_not_give_that_call(kept):
    amir = factories.open_hours(people.person("amir"))
    amir.left_out = ["plan"]
    amir.save(update_fields=["left_out"])
    assert "times near it" not in words(press(kept))


def test_the_page_of_times_promises_none_where_there_are_none(kept, case):
    wish = {"service": "plan", "with": str(kept.consultant_id), "how": "phone", "slot": picker.value_of(kept.starts_at)}
    answer = people.browser(kept.patient).post(reverse("bookings:pick", args=[case.pk]), wish)
    assert answer.status_code == 409
    assert "That time was just taken." in words(answer)
    assert "times near it" not in words(answer).casefold()


def come_back(hold):
    return people.browser(hold.patient).get(hold.get_absolute_url())


def type_words(hold):
    people.browser(hold.patient).post(reverse("bookings:keep", args=[hold.pk]), {"hope": "my words"})


def hours_are_none(hold):
    practice = Practice.objects.get(pk=hold.consultant_id)
    availability_actions.set_hours(practice, spans=[], by=Actor.person(hold.consultant))


def kind_is_off(hold):
    practice = Practice.objects.get(pk=hold.consultant_id)
    practice.left_out = ["plan"]
    practice.save(update_fields=["left_out"])
    hold.reservations.all().delete()


def another_took_it(hold):
    factories.book(factories.open_case(people.person("ama")), service="plan", starts_at=hold.starts_at)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (hours_are_none, "That time is not offered. Here are times near it."),
        (kind_is_off, "Choose another kind, or somebody else."),
        (another_took_it, "That time was just taken. Nothing you typed is lost. Here are times near it."),
    ],
)
def test_who_comes_back_reads_what_happened_and_finds_her_words_and_times_near_it(case, practice, monday, what, said):
    amir, hold = factories.open_hours(people.person("amir")), factories.hold(case)
    type_words(hold)
    assert "Free times near it" not in words(come_back(hold))
    monday.shift(timedelta(minutes=31))
    assert "Free times near it" not in words(come_back(hold))  # over, and free still
    what(hold)
    for _time in range(2):
        page = words(come_back(hold))
        assert said in page
        assert "my words" in page
        assert page.count('class="rs-pick"') == 3
    whom = practice if what is another_took_it else None
    assert f'name="with" value="{whom.pk if whom else "anyone"}"' in page
    assert ("With Amir" in page) == (whom is None)
    assert Hold.objects.count() == 1
    wish = {"service": "plan", "with": str(amir.pk), "how": "phone"}
    times = availability.free_starts(case, amir, Service.objects.get(code="plan"), clock.now())
    chosen = people.browser(case.patient).post(
        reverse("bookings:pick", args=[case.pk]), wish | {"slot": picker.value_of(times[0])}
    )
    assert "my words" in words(people.browser(case.patient).get(chosen.url))


def test_who_comes_back_after_the_time_itself_reads_that_it_has_passed(case, practice, monday):
    hold = factories.hold(case)
    monday.move_to(hold.starts_at + timedelta(minutes=1))
    page = words(come_back(hold))
    assert "That time has passed. Here are the next times." in page
    assert "Free times near it" in page


def test_whose_consultant_left_is_led_to_the_same_kind_of_call_with_anyone(case, practice):
    factories.open_hours(people.person("amir"))
    hold = factories.hold(case, service="first_talk", how="phone")
    User.objects.filter(pk=hold.consultant_id).update(can_sign_in=False)
    answer = come_back(hold)
    assert answer.url == f"{reverse('bookings:pick', args=[case.pk])}?service=first_talk&with=anyone&how=phone"
    page = words(people.browser(case.patient).get(answer.url))
    assert "Pick a time to talk with one of us" in page or "Amir" in page


@pytest.mark.parametrize("what", [hours_are_none, another_took_it])
def test_coming_back_asks_few_questions(case, practice, monday, what, django_assert_max_num_queries):
    factories.open_hours(people.person("amir"))
    hold = factories.hold(case)
    monday.shift(timedelta(minutes=31))
    what(hold)
    hers = people.browser(hold.patient)
    hers.get(hold.get_absolute_url())
    keys.look_again()
    with django_assert_max_num_queries(15):
        page = hers.get(hold.get_absolute_url())
    assert "Free times near it" in words(page)
