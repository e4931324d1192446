"""Nothing is free before the visit: another consultant, a first talk by phone, a call of ours. Only what is there."""

from datetime import timedelta

import pytest
from django.urls import reverse

from bookings import availability
from bookings.kinds import actions as kinds
from bookings.models import Hold, Service
from portal import clock
from portal.actors import Actor
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
BY_PHONE = "calls you for a first talk of 30 minutes"


@pytest.fixture
def soon(case, monkeypatch):
    """The visit is so soon that no plan could be read before it, and a first talk fits."""
    monkeypatch.setattr(availability, "visit_on", lambda case: (clock.now() + timedelta(days=2)).date())


@pytest.fixture
def rosas(rosa):
    return people.browser(rosa)


def shown(browser, case, **wish):
    answer = browser.get(reverse("bookings:pick", args=[case.pk]), {"service": "plan"} | wish)
    return " ".join(answer.content.decode().split())


def change(code, **figures):
    service = Service.objects.get(code=code)
    as_is = {name: getattr(service, name) for name in ("minutes", "preparation_minutes", "needs_plan", "is_offered")}
    kinds.change(service, **as_is | figures, by=Actor.person(people.person("mara")))


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("who", ["anyone", ""])
def test_a_first_talk_by_phone_is_a_way_with_its_name_and_time(rosas, case, practice, who):
    page = shown(rosas, case, **{"with": who})
    assert "Nothing is free before your visit on" in page
    assert f"By phone: Joanne {BY_PHONE}" in page
    assert f"?service=first_talk&amp;with={practice.pk}&amp;how=phone" in page
    assert "Ask us to call you" in page


@pytest.mark.usefixtures("soon")
def test_its_link_opens_at_a_phone_call_that_can_be_booked(rosas, case, practice):
    address, wish = reverse("bookings:pick", args=[case.pk]), {"service": "first_talk", "with": str(practice.pk)}
    page = rosas.get(address, wish | {"how": "phone"})
    assert page.context["how"] == "phone"
    first = page.context["offer"].suggestions()[0]["value"]
    assert rosas.post(address, wish | {"how": "phone", "slot": first}).status_code == 302
    assert (Hold.objects.get().how, Hold.objects.get().service.code) == ("phone", "first_talk")


@pytest.mark.usefixtures("soon")
def test_switched_off_a_first_talk_is_no_way(rosas, case):
    change("first_talk", is_offered=False)
    page = shown(rosas, case)
    assert "Nothing is free before your visit on" in page
    assert "first_talk" not in page
    assert "Ask us to call you" in page


@pytest.mark.usefixtures("soon")
def test_whom_nobody_gives_it_is_no_way(rosas, case, practice):
    practice.left_out = ["first_talk"]
    practice.save(update_fields=["left_out"])
    assert BY_PHONE not in shown(rosas, case)


@pytest.mark.usefixtures("soon")
def test_a_phone_call_stays_one_with_somebody_else(rosas, case, practice):
    amir = factories.open_hours(people.person("amir"))
    practice.time_off.create(from_on=clock.now().date(), until_on=clock.now().date() + timedelta(days=200))
    page = shown(rosas, case, service="after_second", how="phone", **{"with": str(practice.pk)})
    assert f"?service=after_second&amp;with={amir.pk}&amp;how=phone" in page
    assert "how=phone" not in shown(rosas, case, service="first_talk", how="x", **{"with": str(practice.pk)})
