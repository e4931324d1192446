"""Every page on somebody else's record leaves a line in it: pages walked, lines counted."""

from http.cookies import SimpleCookie

import pytest
from django.db import transaction

from portal.history.looks import NOTED, SHOWN
from portal.history.models import Event
from tests import factories, people
from tests.pages_table import PAGES
from tests.test_access import address_of
from tests.world import NAMES

pytestmark = pytest.mark.django_db
# Beside what opens for everybody by a link: what stands on nobody's record, though its address names something.
OF_NOBODY = {
    "accounts:draft",  # what one typed oneself
    "accounts:change_person",  # one of us
    "pages:check_office",
    "desk:incoming",  # a paper that nobody knows the patient of yet
    "desk:incoming_page",
    "desk:incoming_small",
    "records:change_lead_time",
    "reminders:mute",
    "reminders:wording",
    "reviews:change_sentence",  # her own
    "pages:away_of",  # consultants and their days
    "pages:leaving",
    "pages:office",  # of all cases
    "pages:change_office",
    "pages:merge_office",
    "pages:undo_merge",
}


WALKERS = [
    "coordinator",
    "assigned",
    *[
        pytest.param(who, marks=pytest.mark.full)
        for who in ("second_reader", "urgent_reader", "unassigned", "administrator", "helper", "dates_only", "starter")
    ],
]


def lines_after(client, address: str, method: str = "get", typed: dict | None = None) -> tuple[int, list[Event]]:
    """The answer's status and the lines that a look wrote in somebody's record; all of it undone."""
    cookies = SimpleCookie(client.cookies)
    with transaction.atomic():
        last = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        answer = getattr(client, method)(address, typed or {})
        if answer.streaming:
            b"".join(answer.streaming_content)
        lines = list(Event.objects.filter(pk__gt=last, patient__isnull=False))
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer.status_code, lines


@pytest.mark.parametrize("person", WALKERS)
def test_each_page_walked_is_a_line(person, world):
    client, user, silent, walked = world.client(person), people.person(NAMES[person]), [], 0
    for name, page in PAGES.items():
        is_for_all = "anonymous" in page.who or not page.is_ours or name in OF_NOBODY
        if person not in page.who or not page.args or page.posts == "only" or is_for_all:
            continue
        status, lines = lines_after(client, address_of(name, world))
        if status != 200:
            continue
        walked += 1
        theirs = [line for line in lines if line.actor_id == user.pk and line.patient != user.pk]
        if not theirs or not all(line.at and line.verb and line.address for line in theirs):
            silent.append(name)
    assert walked or person in {"unassigned", "administrator"}
    assert not silent, silent


@pytest.mark.full
@pytest.mark.parametrize("person", WALKERS)
def test_each_form_that_comes_back_is_a_line(person, world):
    """Empty, or with made-up words: its answer shows the page, and leaves what the page leaves."""
    client, user, silent, walked = world.client(person), people.person(NAMES[person]), [], 0
    for name, page in PAGES.items():
        is_for_all = "anonymous" in page.who or not page.is_ours or name in OF_NOBODY
        if person not in page.who or not page.args or not page.posts or is_for_all:
            continue
        for typed in filter(None, ({"nothing": "at all"}, page.body)):
            status, lines = lines_after(client, address_of(name, world), "post", typed)
            if status not in SHOWN:
                continue
            walked += 1
            if not [line for line in lines if line.actor_id == user.pk and line.patient not in {None, user.pk}]:
                silent.append((name, status))
    assert walked or person in {"unassigned", "administrator"}
    assert not silent, sorted(set(silent))


def test_the_patients_own_looks_are_no_lines(world):
    client = world.client("patient")
    for name in ("case:people", "records:list", "documents:list", "records:visit", "bookings:detail"):
        assert lines_after(client, address_of(name, world))[1] == []


def test_one_session_writes_it_once_a_day_and_asks_nothing_when_it_looks_again(monday_case):
    theo, address = people.browser(people.person("theo")), f"/cases/{monday_case.pk}/records/"
    for _look in range(3):
        assert theo.get(address).status_code == 200
    seen = Event.objects.filter(verb="case.seen", patient=monday_case.patient_id)
    assert [(line.actor_id, line.case_id, line.why) for line in seen] == [
        (people.person("theo").pk, monday_case.pk, "care")
    ]
    assert theo.session[NOTED]["rows"] == [str(monday_case.pk)]


def test_a_form_that_is_refused_shows_its_page_and_is_a_look(monday_case):
    theo, address = people.browser(people.person("theo")), f"/cases/{monday_case.pk}/talk/save/"
    for headers in ({}, {"HX-Request": "true"}):
        assert theo.post(address, {}, headers=headers).status_code == 422
    assert Event.objects.filter(verb="case.seen", case_id=monday_case.pk).count() == 1


@pytest.fixture
def monday_case(db):
    return factories.open_case()
