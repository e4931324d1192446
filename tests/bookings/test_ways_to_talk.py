"""A video call is offered where there is an address to meet at, and refused in words elsewhere."""

import datetime as dt
from uuid import uuid4

import pytest
from django.urls import reverse

from bookings import availability, slots
from bookings.models import AskedHold, Hold, Service
from bookings.picker import value_of
from portal import clock
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
REFUSED = "Joanne has no video calls just now. Choose a phone call."


@pytest.fixture
def off(practice):
    """Joanne, who has taken her address away."""
    practice.video_address = ""
    practice.save(update_fields=["video_address"])
    return practice


def words(answer):
    return " ".join(answer.content.decode().replace("\N{NO-BREAK SPACE}", " ").split())


def free(case, practice, code="first_talk"):
    return availability.free_starts(case, practice, Service.objects.get(code=code), clock.now())[0]


def test_who_has_no_address_is_offered_by_phone_only(off, case, rosa):
    hers, at = people.browser(rosa), reverse("bookings:pick", args=[case.pk])
    wish = {"service": "first_talk", "with": str(off.pk)}
    page = words(hers.get(at, wish))
    assert "30 minutes, by phone." in page
    assert 'value="video"' not in page
    assert "By phone. Someone may sit with you." in words(
        hers.get(reverse("bookings:consultant", args=[case.pk, off.pk]))
    )
    slot = value_of(free(case, off))
    answer = hers.post(at, wish | {"slot": slot, "how": "video"})
    assert answer.status_code == 409
    assert REFUSED in words(answer)
    assert not Hold.objects.exists()
    hers.post(at, wish | {"slot": slot})  # unsaid, as from a page without that question
    assert Hold.objects.get().how == "phone"


def test_a_video_call_moves_to_one_by_phone(off, case, rosa):
    off.video_address = "https://video.example.org/joanne"
    off.save(update_fields=["video_address"])
    call = factories.book(case, service="first_talk")
    off.video_address = ""
    off.save(update_fields=["video_address"])
    hers, at = people.browser(rosa), reverse("bookings:move", args=[call.pk])
    assert 'value="video"' not in words(hers.get(at))
    answer = hers.post(at, {"slot": value_of(free(case, off)), "how": "video"})
    assert (answer.status_code, REFUSED in words(answer)) == (409, True)


def test_neither_beyond_the_rules_nor_as_a_follow_up(off, case):
    start = free(case, off)
    wish = {"consultant": str(off.pk), "service": "first_talk", "day": start.date().isoformat()}
    theos, at = people.browser(people.person("theo")), reverse("bookings:override", args=[case.pk])
    assert "By phone: Joanne has no video calls." in words(theos.get(at, wish))
    answer = theos.post(at, wish | {"slot": value_of(start), "how": "video", "reason": "She asked for it"})
    assert (answer.status_code, REFUSED in words(answer)) == (409, True)

    factories.assign(case, off.consultant)
    joannes, at = people.browser(off.consultant), reverse("bookings:offer", args=[case.pk])
    assert "By phone: you call Rosa. You have no video address." in words(joannes.get(at))
    press = {"key": str(uuid4()), "service": "first_talk", "slot": value_of(start), "how": "video"}
    answer = joannes.post(at, press)
    assert (answer.status_code, REFUSED in words(answer)) == (409, True)
    assert not AskedHold.objects.exists()


def test_any_who_fits_means_any_who_has_video(off, case, rosa):
    amir = factories.open_hours(people.person("amir"))
    factories.assign(case, off.consultant)  # who comes first, but for the way
    hers, at = people.browser(rosa), reverse("bookings:pick", args=[case.pk])
    wish = {"service": "first_talk", "with": "anyone"}
    assert 'value="video"' in words(hers.get(at, wish))
    talk, now = Service.objects.get(code="first_talk"), clock.now()
    hers_too = availability.free_starts(case, off, talk, now)
    slot = value_of(next(start for start in availability.free_starts(case, amir, talk, now) if start in hers_too))
    hers.post(at, wish | {"slot": slot, "how": "video"})
    assert Hold.objects.get().consultant == amir.consultant
    hers.post(at, wish | {"slot": slot, "how": "phone"})
    assert Hold.objects.get().consultant == off.consultant


def test_where_nobody_who_is_free_has_video_it_says_so(off, case, rosa):
    early = [slots.Span(1, dt.time(9), dt.time(10))]
    amir = factories.open_hours(people.person("amir"), spans=early)
    talk = Service.objects.get(code="first_talk")
    his = availability.free_starts(case, amir, talk, clock.now())
    only = next(start for start in availability.free_starts(case, off, talk, clock.now()) if start not in his)
    wish = {"service": "first_talk", "with": "anyone", "slot": value_of(only), "how": "video"}
    answer = people.browser(rosa).post(reverse("bookings:pick", args=[case.pk]), wish)
    assert answer.status_code == 409
    assert "At that time nobody has video calls." in words(answer)
