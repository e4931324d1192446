"""The ledger of a case: coming and sent, each with why and how, for those who may see it."""

import datetime as dt

import pytest
from django.urls import reverse

from portal.actors import Actor
from portal.reminders import actions, sender
from portal.reminders.models import Outcome
from tests import factories, people
from tests.reminders.kinds import NOON, THINGS, plan

pytestmark = pytest.mark.django_db
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def case(clock, rosa):
    return factories.open_case(rosa)


def page_of(case, person):
    return people.browser(person).get(reverse("pages:ledger", args=[case.pk]))


def test_coming_and_sent_say_why_and_when(case, rosa, smtp_sink):
    plan("tests.call", rosa, due_at=NOON - 2 * HOUR, case_id=case.pk)
    sender.run()
    plan("tests.form", rosa, due_at=NOON + 6 * DAY, case_id=case.pk)
    response = page_of(case, rosa)
    [coming], [sent] = response.context["coming"], response.context["sent"]
    assert (coming["title"], coming["why"]) == ("About tests.form", "You asked for it.")
    assert coming["at"] == NOON + 6 * DAY + 23 * HOUR  # due at 10 am, so it joins the next morning's message
    assert (sent["title"], sent["how"], sent["result"]["label"]) == ("About tests.call", "by email", "Sent")
    assert "By email, 9:00\N{NO-BREAK SPACE}am" in response.content.decode()


def test_what_is_done_is_no_longer_coming(case, rosa):
    row = plan("tests.form", rosa, due_at=NOON + DAY, case_id=case.pk)
    THINGS.versions.pop(row.about_id)
    assert page_of(case, rosa).context["coming"] == []


def test_what_came_of_it_is_shown(case, rosa, smtp_sink):
    row = plan("tests.form", rosa, due_at=NOON - 2 * HOUR, case_id=case.pk)
    plan("tests.call", rosa, due_at=NOON - 2 * HOUR, case_id=case.pk)
    sender.run()
    actions.answer(row, "call", by=Actor.person(rosa))
    results = {line["title"]: line["result"]["label"] for line in page_of(case, rosa).context["sent"]}
    assert results == {"About tests.form": "You asked for a call", "About tests.call": "Sent"}


@pytest.mark.parametrize("outcome", [Outcome.NOT_NEEDED, Outcome.PASSED, Outcome.PAUSED, Outcome.ANSWERED])
def test_what_did_not_go_says_why(case, rosa, outcome):
    row = plan("tests.form", rosa, due_at=NOON + DAY, case_id=case.pk)
    actions.settle(type(row).objects.filter(pk=row.pk), outcome, NOON)
    [line] = page_of(case, rosa).context["sent"]
    assert line["how"] == ""
    assert line["result"]["label"]


def test_a_running_pause_moves_what_is_coming(case, rosa):
    plan("tests.form", rosa, due_at=NOON - 2 * HOUR, case_id=case.pk)
    actions.pause(rosa, until=NOON + 3 * DAY - HOUR, by=Actor.person(rosa))
    response = page_of(case, rosa)
    assert response.context["coming"][0]["at"] == NOON + 3 * DAY - HOUR
    assert "Reminders are paused until Friday, November 13." in response.content.decode()


def test_other_cases_and_other_people_are_left_out(case, rosa, grace):
    other = factories.open_case(grace)
    plan("tests.form", grace, due_at=NOON + DAY, case_id=other.pk)
    plan("tests.form", people.person("joanne"), due_at=NOON + DAY, case_id=case.pk)
    assert page_of(case, rosa).context["coming"] == []


@pytest.mark.parametrize(
    ("who", "status"), [("rosa", 200), ("theo", 200), ("grace", 404), ("joanne", 404), ("mara", 404)]
)
def test_who_sees_it(case, who, status):
    assert page_of(case, people.person(who)).status_code == status


def test_a_coordinator_sees_the_patients_reminders_without_her_presses(case, rosa):
    plan("tests.form", rosa, due_at=NOON + DAY, case_id=case.pk)
    response = page_of(case, people.person("theo"))
    assert len(response.context["coming"]) == 1
    assert "Need a rest?" not in response.content.decode()


@pytest.mark.full
@pytest.mark.parametrize("path", ["ledger", "log"])
def test_the_pages_take_the_same_queries_for_many_rows(case, rosa, smtp_sink, path, django_assert_max_num_queries):
    browser = people.browser(rosa if path == "ledger" else people.person("theo"))
    address = reverse("pages:ledger", args=[case.pk]) if path == "ledger" else reverse("pages:reminder_log")
    browser.get(address)
    counts = []
    for _ in range(2):
        for _ in range(10):
            plan("tests.booked", rosa, due_at=NOON, case_id=case.pk)
            plan("tests.form", rosa, due_at=NOON + DAY, case_id=case.pk)
        sender.run()
        with django_assert_max_num_queries(14) as queries:
            browser.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_dry_run_says_who_would_get_what_and_sends_nothing(case, rosa, smtp_sink, capsys):
    from django.core.management import call_command

    row = plan("tests.form", rosa, due_at=NOON + DAY, case_id=case.pk)
    call_command("reminders", as_of="2026-11-12 09:00")
    out = capsys.readouterr().out
    assert "Rosa Delgado <rosa@example.org>, by mail: tests.form" in out
    assert str(row.about_id) in out
    assert "Have you signed" not in out
    assert smtp_sink.messages == []
    call_command("reminders", as_of="2026-11-10 09:00")
    assert "0 messages" in capsys.readouterr().out


def test_while_resting_without_an_end_nothing_is_promised_but_what_goes_at_once(case, rosa):
    plan("tests.form", rosa, due_at=NOON + DAY, case_id=case.pk)
    near = plan("tests.news", rosa, due_at=NOON + DAY, useful_until=NOON + 2 * DAY, case_id=case.pk)
    actions.pause(rosa, until=None, by=Actor.person(rosa))
    response = page_of(case, rosa)
    assert [line["row"] for line in response.context["coming"]] == [near]
    assert "Reminders rest until you say so." in response.content.decode()


def test_while_resting_until_a_day_what_comes_stands_on_that_day(case, rosa):
    plan("tests.form", rosa, due_at=NOON + DAY, case_id=case.pk)
    actions.pause(rosa, until=NOON + 4 * DAY, by=Actor.person(rosa))
    response = page_of(case, rosa)
    [line] = response.context["coming"]
    assert line["at"] >= NOON + 4 * DAY
    assert "Reminders rest until Saturday, November 14." in response.content.decode()
