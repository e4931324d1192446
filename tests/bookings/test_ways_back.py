"""The ways back to the times keep what was chosen, and never lead to another call that is booked."""

import re
from html import unescape

import pytest
from django.urls import reverse

from bookings import actions
from bookings.models import Service
from bookings.picker import value_of
from portal import clock
from portal.actors import Actor
from portal.reminders import kinds, readers
from portal.reminders.models import Reminder
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]


def hand(user):
    return Actor.person(user)


@pytest.fixture
def other(case, practice):
    """Another call that is booked in the case."""
    return factories.book(case, service="plan")


@pytest.fixture
def rosas(rosa):
    return people.browser(rosa)


def words(answer):
    return " ".join(answer.content.decode().split())


def links(answer, label):
    """Where the links lead that begin with these words."""
    found = re.findall(r'<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>', words(answer))
    return [unescape(href) for href, inner in found if label in re.sub("<[^>]*>", "", inner)]


def pick(case):
    return reverse("bookings:pick", args=[case.pk])


def shown(answer):
    """What the page of times shows: kind of call, with whom, how; and what is asked of anyone."""
    offer = answer.context["offer"]
    who = "anyone" if offer.is_anyone else str(offer.practice.pk)
    fit = getattr(offer, "fit", None)
    return offer.service.code, who, answer.context["how"], fit and (fit.speaks, fit.knows)


def chosen(rosas, case, **wish):
    """She presses the first time of the page; the check page it leads to."""
    wish = {"service": "first_talk", "how": "phone", **wish}
    offer = rosas.get(pick(case), wish).context["offer"]
    answer = rosas.post(pick(case), wish | {"slot": value_of(offer.free[0])})
    assert answer.status_code == 302
    return rosas.get(answer.url)


@pytest.mark.parametrize("label", ["Pick a different time", "Change when", "Change how"])
def test_the_check_page_leads_back_to_what_was_chosen(rosas, case, practice, other, label):
    page = chosen(rosas, case, **{"with": str(practice.pk)})
    back = links(page, label)
    assert len(back) == 1
    answer = rosas.get(back[0])
    assert answer.status_code == 200
    assert shown(answer) == ("first_talk", str(practice.pk), "phone", None)


def test_what_was_asked_of_anyone_is_kept(rosas, case, practice, amirs, other):
    page = chosen(rosas, case, **{"with": "anyone", "speaks": "French"})
    (back,) = links(page, "Pick a different time")
    assert shown(rosas.get(back)) == ("first_talk", "anyone", "phone", ("French", ""))


def test_sent_without_a_tick_the_page_still_leads_back_to_it(rosas, case, practice, amirs):
    page = chosen(rosas, case, **{"with": "anyone", "speaks": "French"})
    again = rosas.post(page.request["PATH_INFO"] + "?" + page.request["QUERY_STRING"], {})
    assert again.status_code == 422
    assert links(again, "Pick a different time") == links(page, "Pick a different time")


def test_hostile_words_of_the_address_stay_an_address(rosas, case, practice):
    kept = factories.hold(case, service="first_talk")
    page = rosas.get(kept.get_absolute_url(), {"with": "anyone", "speaks": '"><script>x&how=video'})
    assert "<script>x" not in words(page)
    (back,) = links(page, "Pick a different time")
    assert rosas.get(back).context["service"].code == "first_talk"


def test_a_call_that_moves_goes_back_to_its_own_times(rosas, case, practice, other):
    kept = factories.hold(case, service="plan", moving=other, how="phone")
    (back,) = links(rosas.get(kept.get_absolute_url()), "Pick a different time")
    answer = rosas.get(back)
    assert back.startswith(reverse("bookings:move", args=[other.pk]))
    assert shown(answer) == ("plan", str(practice.pk), "phone", None)


def test_in_place_of_a_call_with_another_it_goes_back_to_that_one(rosas, case, practice, amirs, other):
    kept = factories.hold(case, amirs.consultant, service="plan", moving=other)
    (back,) = links(rosas.get(kept.get_absolute_url()), "Pick a different time")
    assert shown(rosas.get(back)) == ("plan", str(amirs.pk), "video", None)


@pytest.fixture
def off(case, practice, other):
    """A first talk by phone, canceled, while the plan call stays."""
    call = factories.book(case, service="first_talk", how="phone")
    return actions.cancel(call, by=hand(case.patient))


def test_after_a_cancel_the_page_leads_to_times_for_the_same(rosas, case, practice, other, off):
    (back,) = links(rosas.get(off.get_absolute_url()), "Choose another time")
    assert shown(rosas.get(back)) == ("first_talk", str(practice.pk), "phone", None)


def test_the_mail_of_a_cancel_leads_there_and_its_address_says_no_kind(rosas, rosa, case, practice, other, off):
    row = Reminder.objects.to_person(rosa).get(kind="bookings.cancelled", about_id=str(off.pk))
    reader = readers.reader_of((row.recipient_type, row.recipient_id), clock.now())
    path = kinds.kind_of(row.kind).words([row], reader, clock.now())[row.pk].path
    assert not any(code in path for code in Service.Code.values)
    assert shown(rosas.get(path, follow=True)) == ("first_talk", str(practice.pk), "phone", None)


def test_another_persons_call_in_the_address_says_nothing(rosas, case, practice, other):
    theirs = factories.book(factories.open_case(people.person("grace")), service="first_talk", how="phone")
    for wanted in (theirs.pk, "x", "0" * 40):
        answer = rosas.get(pick(case), {"again": wanted})
        assert answer.status_code == 200
        assert shown(answer)[0] == "plan"


def test_a_call_that_is_over_leads_to_the_times(rosas, case, practice, monday):
    call = factories.book(case, service="first_talk")
    monday.move_to(call.ends_at)
    factories.book(case, service="plan")
    (back,) = links(rosas.get(call.get_absolute_url()), "Book another call")
    assert rosas.get(back).status_code == 200


def test_from_the_page_of_a_consultant_back_to_the_times_as_they_were(rosas, case, practice, other):
    page = chosen(rosas, case, **{"with": str(practice.pk)})
    (about,) = links(page, "More about Joanne")
    (back,) = links(rosas.get(about), "Back to the times")
    assert shown(rosas.get(back)) == ("first_talk", str(practice.pk), "phone", None)
    bare = reverse("bookings:consultant", args=[case.pk, practice.pk])
    (back,) = links(rosas.get(bare), "Back to the times")
    assert rosas.get(back).status_code == 200
