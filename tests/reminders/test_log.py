"""The log of messages as a coordinator searches it: by person or case, by subject, by day; who rests."""

import datetime as dt

import pytest
from django.urls import reverse

from portal.actors import Actor
from portal.reminders import actions, sender
from portal.reminders.models import Pause
from tests import factories, people
from tests.reminders.kinds import NOON, plan

pytestmark = pytest.mark.django_db
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def log(**query):
    return people.browser(people.person("theo")).get(reverse("pages:reminder_log"), query)


def told(**query):
    return [(line["to"], line["about"]) for line in log(**query).context["lines"]]


def test_the_case_is_named_and_leads_to_its_file(clock, rosa):
    case = factories.open_case(rosa)
    plan("tests.form", rosa, due_at=NOON + DAY, case_id=case.pk)
    page = log(show="coming", find="rosa")
    [line] = page.context["lines"]
    assert line["case_href"] == reverse("pages:case_file", args=[case.pk])
    assert f'href="{line["case_href"]}" translate="no">Rosa Delgado</a>' in page.content.decode()


def test_found_by_the_patient_of_the_case_and_by_its_reference_whoever_reads_it(clock, rosa, grace):
    case = factories.open_case(rosa)
    plan("tests.call", people.person("joanne"), due_at=NOON + DAY, case_id=case.pk)
    plan("tests.call", grace, due_at=NOON + DAY)
    letters = case.reference.removeprefix("RS ").replace(" ", "").lower()
    for typed in ("delgado", case.reference, letters):
        assert ("Joanne Pike", "About tests.call") in told(show="coming", find=typed)
        assert ("Grace Tanaka", "About tests.call") not in told(show="coming", find=typed)


def test_narrowed_to_one_subject_among_messages_and_among_what_comes(clock, rosa, smtp_sink):
    plan("tests.call", rosa, due_at=NOON - 2 * HOUR)
    sender.run()
    plan("tests.form", rosa, due_at=NOON + DAY)
    assert told(about="tests.call") == [("Rosa Delgado", "About tests.call")]
    assert told(about="tests.form") == []
    assert told(show="coming", about="tests.form") == [("Rosa Delgado", "About tests.form")]


def test_narrowed_to_a_day_and_those_after_it(clock, rosa, smtp_sink):
    plan("tests.call", rosa, due_at=NOON - 2 * HOUR)
    sender.run()
    assert told(since="2026-11-10")
    assert not told(since="2026-11-11")
    plan("tests.form", rosa, due_at=NOON + 3 * DAY)
    assert told(show="coming", since="2026-11-13")
    assert not told(show="coming", since="2026-11-14")


def test_who_rests_is_named_with_the_day_it_ends(clock, rosa, grace):
    plan("tests.form", rosa, due_at=NOON + DAY)
    plan("tests.form", grace, due_at=NOON + DAY)
    actions.pause(rosa, until=NOON + 7 * DAY, by=Actor.person(rosa))
    page = log(show="paused")
    assert [line["to"] for line in page.context["lines"]] == ["Rosa Delgado"]
    assert "Paused by them until Tue, Nov 17" in page.content.decode()
    results = {line["to"]: line["result"]["label"] for line in log(show="coming").context["lines"]}
    assert results["Grace Tanaka"] == "Coming up"
    assert results["Rosa Delgado"].startswith("Paused by them")


def test_a_coordinator_sees_every_rest_and_others_their_own(clock, rosa, grace):
    actions.pause(rosa, until=None, by=Actor.person(rosa))
    seen = [people.person(name) for name in ("theo", "rosa")]
    assert all(Pause.objects.visible_to(user).exists() for user in seen)
    assert not Pause.objects.visible_to(grace).exists()


@pytest.mark.parametrize(
    "query",
    [
        {"about": "tests.nothing", "since": "2026-02-31", "show": "x", "page": "-1"},
        {"find": "<script>\v %_", "since": "\v"},
        {"find": "’" * 90, "about": "\u202e"},
    ],
)
def test_what_makes_no_sense_is_left_out(clock, rosa, query):
    page = log(**query)
    assert page.status_code == 200
    assert "<script>" not in page.content.decode().replace("<script type=", "").replace("<script src=", "")


def test_the_filters_stand_in_every_address_of_the_page(clock, rosa):
    for day in range(1, 30):
        plan("tests.form", rosa, due_at=NOON + day * DAY)
    page = log(show="coming", about="tests.form", find="rosa").content.decode()
    assert "?show=coming&amp;find=rosa&amp;about=tests.form&amp;page=2" in page
    assert "?show=paused&amp;find=rosa&amp;about=tests.form" in page
    assert "Showing 25 of 29." in page


def test_nothing_that_fits_offers_to_take_the_filters_away(clock, rosa):
    assert "Take the filters away" in log(show="coming", find="nobody").content.decode()
