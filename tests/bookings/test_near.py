"""A time is lost before it is booked: others near it follow, of the same consultant, else of anyone; or none."""

from datetime import timedelta

import pytest
from django.urls import reverse

from bookings import availability, picker
from bookings.models import Hold, Reservation, Service
from portal import clock
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
