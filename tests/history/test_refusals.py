"""One of us who asks for a page of a case and is refused leaves a line: once a session, case and day."""

import datetime as dt
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.history import refusals
from portal.history.models import Event
from tests import factories, people
from tests.history.test_looks import OF_NOBODY, lines_after
from tests.pages_table import PAGES
from tests.test_access import address_of
from tests.world import NAMES

pytestmark = pytest.mark.django_db
# Of offices and accounts, not of a case: letters go to people.
OF_NO_CASE = {"case:office", "pages:farewell", "pages:fix_address", "pages:way_back", "reminders:letter"}
NOON = dt.datetime(2026, 11, 9, 12, tzinfo=dt.UTC)


@pytest.fixture
def case(db):
    return factories.open_case()


def denied(case) -> int:
    return Event.objects.filter(verb="case.denied", case_id=case.pk, patient=case.patient_id).count()


def test_it_is_one_line_a_session_and_day_and_no_look(case):
    for hours in (0, 24):
        with time_machine.travel(NOON + dt.timedelta(hours=hours), tick=False):
            amir = people.browser(people.person("amir"))
            for name in ("records:list", "case:people", "records:list"):
                assert amir.get(reverse(name, args=[case.pk])).status_code == 404
            assert denied(case) == 1 + hours // 24
    line = Event.objects.filter(verb="case.denied").latest("pk")
    assert (line.actor_id, line.about_type, line.about_id) == (people.person("amir").pk, "case.case", str(case.pk))
    assert line.address
    assert not Event.objects.filter(verb="case.seen").exists()


def test_another_session_is_another_line_and_another_case_too(case):
    other = factories.open_case(people.person("grace"))
    for _session in range(2):
        amir = people.browser(people.person("amir"))
        for each in (case, other):
            amir.get(reverse("records:list", args=[each.pk]))
    assert (denied(case), denied(other)) == (2, 2)


@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_by_any_way_of_asking(case, method):
    amir = people.browser(people.person("amir"))
    assert getattr(amir, method)(reverse("case:people", args=[case.pk])).status_code == 404
    assert denied(case) == 1


def test_what_is_not_there_and_what_patients_are_refused_is_no_line(case):
    people.browser(people.person("amir")).get(reverse("records:list", args=[uuid4()]))
    people.browser(people.person("grace")).get(reverse("records:list", args=[case.pk]))
    assert denied(case) == 0


def test_pages_that_open_ask_for_no_keys_and_a_refusal_asks_once(case, monkeypatch):
    asked = []
    ask = refusals._cases_of
    monkeypatch.setattr(refusals, "_cases_of", lambda keys: asked.append(keys) or ask(keys))
    assert people.browser(people.person("theo")).get(reverse("records:list", args=[case.pk])).status_code == 200
    assert asked == []
    amir = people.browser(people.person("amir"))
    for _time in range(2):
        with CaptureQueriesContext(connection) as asked_of_database:
            amir.get(reverse("records:list", args=[case.pk]))
    assert asked == [[case.pk]]
    assert not any("UNION" in query["sql"] for query in asked_of_database)


@pytest.mark.parametrize(
    "person",
    [
        "unassigned",
        *(
            pytest.param(who, marks=pytest.mark.full)
            for who in ("past_assigned", "coordinator", "administrator", "assigned")
        ),
    ],
)
def test_each_page_that_is_shut_is_a_line(person, world):
    """Visits, threads, reviews, calls: whatever row of a case an address names."""
    client, user, silent, walked = world.client(person), people.person(NAMES[person]), [], 0
    for name, page in PAGES.items():
        is_for_all = "anonymous" in page.who or not page.is_ours or name in OF_NOBODY
        if person in page.who or not page.args or page.posts == "only" or is_for_all or name in OF_NO_CASE:
            continue
        status, lines = lines_after(client, address_of(name, world))
        if status not in refusals.REFUSED:
            continue
        walked += 1
        if not [line for line in lines if line.actor_id == user.pk and line.verb.endswith(".denied")]:
            silent.append(name)
    assert walked > 20
    assert not silent, silent
