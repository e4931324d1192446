"""The Friday note: planned by beat, one a case and week, gathered, discreet, switched off, never late."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.case.models import Case
from cases.records import actions as records
from cases.records.models import ReportLoop
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.pages import actions, friday
from portal.reminders import gathering, rules, sender
from portal.reminders.actions import pause
from portal.reminders.models import Delivery, Reminder
from portal.reminders.readers import reader_of
from tests import factories, people

EASTERN, TOKYO = ZoneInfo("America/Toronto"), ZoneInfo("Asia/Tokyo")
MONDAY = datetime(2026, 11, 9, 10, tzinfo=EASTERN)
FRIDAY = datetime(2026, 11, 13, 9, 5, tzinfo=EASTERN)
WEEK = timedelta(days=7)


@pytest.mark.parametrize(
    ("at", "zone", "friday_on"),
    [
        ("2026-11-09T15:00Z", EASTERN, date(2026, 11, 13)),
        ("2026-11-13T13:59Z", EASTERN, date(2026, 11, 13)),  # 8:59 am
        ("2026-11-13T14:00Z", EASTERN, date(2026, 11, 20)),  # 9 am: this one has gone
        ("2026-11-13T00:30Z", TOKYO, date(2026, 11, 20)),  # 9:30 am on Friday there
        ("2026-11-12T23:30Z", TOKYO, date(2026, 11, 13)),
    ],
)
def test_the_coming_friday_is_the_readers(at, zone, friday_on):
    assert friday.coming_friday(datetime.fromisoformat(at), zone) == friday_on


@pytest.fixture
def traveller(db):
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def case(traveller):
    return factories.open_case()


def rosa():
    return people.person("rosa")


def by():
    return Actor.person(rosa())


def rows(**more):
    return Reminder.objects.filter(kind=friday.FRIDAY_NOTE, **more).order_by("due_at")


def fresh(case):
    return Case.objects.get(pk=case.pk)


def notes(sink):
    return [message for message in sink.messages if "Friday note" in message["Subject"]]


def said(case):
    """(lead, line) of the note as it would go now."""
    friday.plan_coming(clock.now())
    row = rows(about_id=case.pk).last()
    reader = reader_of(row.recipient, clock.now())
    words = friday.words([row], reader, clock.now())[row.pk]
    assert rules.clinical_words(" ".join([words.subject, words.lead, words.line])) == []
    return words.lead, words.line


def test_beat_plans_one_a_case_and_week_however_often_it_runs(case):
    assert [friday.plan_coming(clock.now()) for _ in range(3)] == [1, 0, 0]
    (row,) = rows()
    assert (row.due_at.astimezone(EASTERN), row.recipient_id) == (FRIDAY.replace(minute=0), str(case.patient_id))


@pytest.mark.full
def test_it_goes_each_friday_at_9_and_says_nothing_to_do(case, traveller, smtp_sink):
    gone = []
    for _hour in range(24 * 12):
        before = len(notes(smtp_sink))
        friday.plan_coming(clock.now())
        sender.run()
        if len(notes(smtp_sink)) > before:
            gone.append(clock.now().astimezone(EASTERN).strftime("%a %d %H"))
        traveller.shift(timedelta(hours=1))
    assert gone == ["Fri 13 09", "Fri 20 09"]


def test_other_things_of_the_day_and_the_note_are_one_message(case, traveller, smtp_sink):
    friday.plan_coming(clock.now())
    actions.rest_until(case, date(2026, 11, 13), by=by())
    traveller.move_to(FRIDAY)
    sender.run()
    (message,) = smtp_sink.messages
    assert "1 more thing waits on your page." in message.get_body(("plain",)).get_content()
    assert {row.settled_as for row in Reminder.objects.all()} == {"sent"}


@pytest.mark.parametrize("days", [1, 3])
def test_a_note_that_an_outage_kept_back_is_not_sent(case, traveller, smtp_sink, days):
    friday.plan_coming(clock.now())
    traveller.move_to(FRIDAY + timedelta(days=days))
    friday.plan_coming(clock.now())
    sender.run()
    assert notes(smtp_sink) == []
    assert [row.settled_as for row in rows()] == ["passed", ""]


def test_late_on_friday_it_still_goes_that_day(case, traveller, smtp_sink):
    friday.plan_coming(clock.now())
    traveller.move_to(FRIDAY.replace(hour=16))
    sender.run()
    assert len(notes(smtp_sink)) == 1


def test_nine_is_nine_across_the_clock_change(case, traveller):
    traveller.move_to(datetime(2027, 3, 8, 12, tzinfo=EASTERN))
    friday.plan_coming(clock.now())
    traveller.shift(WEEK)
    friday.plan_coming(clock.now())
    assert [f"{row.due_at.astimezone(EASTERN):%m-%d %H:%M %z}" for row in rows()] == [
        "03-12 09:00 -0500",
        "03-19 09:00 -0400",
    ]


def test_switched_off_it_goes_away_even_from_a_message_on_its_way(case, traveller, smtp_sink):
    friday.plan_coming(clock.now())
    traveller.move_to(FRIDAY)
    gathering.gather(clock.now())
    assert Delivery.objects.exists()
    for _press in range(2):
        actions.set_friday_note(case, False, by=by())
    sender.run()
    traveller.shift(WEEK)
    friday.plan_coming(clock.now())
    sender.run()
    assert notes(smtp_sink) == []
    assert Event.objects.filter(verb="case.friday_note_off").count() == 1


def test_switched_on_again_the_same_friday_is_planned_again(case):
    friday.plan_coming(clock.now())
    actions.set_friday_note(case, False, by=by())
    assert not rows(settled_at=None).exists()
    actions.set_friday_note(case, True, by=by())
    assert rows(settled_at=None).count() == 1
    friday.plan_coming(clock.now())
    assert rows().count() == 1


@pytest.mark.parametrize("change", [{"can_sign_in": False}, {"email": None}])
def test_nobody_is_called_each_friday_or_written_to_who_was_shut_out(case, change):
    type(case.patient).objects.filter(pk=case.patient_id).update(**change)
    assert friday.plan_coming(clock.now()) == 0


def test_a_closed_case_has_no_note(case):
    friday.plan_coming(clock.now())
    Case.objects.filter(pk=case.pk).update(state="closed", closed_at=clock.now())
    assert friday.still_due(list(rows()), clock.now()) == set()
    assert friday.plan_coming(clock.now() + WEEK) == 0


def test_a_paused_reader_gets_none(case, traveller, smtp_sink):
    friday.plan_coming(clock.now())
    pause(rosa(), until=None, by=by())
    traveller.move_to(FRIDAY)
    sender.run()
    assert notes(smtp_sink) == []


def test_it_says_where_things_are_and_the_next_date(case, traveller):
    assert said(case) == ("One thing waits on your page, Rosa", "Your visit has no day yet.")
    visit = records.name_visit(case, doctor="Dr. Raman", office_name="Far", by=by())
    records.set_visit_date(visit, on=date(2026, 12, 8), by=by())
    assert said(case)[1] == ("0 of 4 records that are needed first are there. Your next date is Tuesday, December 8.")
    for item in visit.items.all():
        records.tell(item, "arrived", by=Actor.person(people.person("theo")))
    assert said(case)[0] == "Nothing to do this week, Rosa"
    traveller.move_to("2026-12-09T15:00Z")
    loop = ReportLoop.objects.get(visit=records.say_took_place(visit, by=by()))
    assert said(case)[1] == "The report of your visit is still to be asked for."
    records.tell_report(loop, "confirmed", by=by())
    assert said(case)[1] == "The report of your visit has arrived."


def test_a_call_that_is_coming_is_said(case):
    actions.ask_for_a_call(case, by=by())
    assert said(case)[0] == "Nothing to do, Rosa. One of us calls you"


def test_many_cases_take_the_same_queries(case):
    counts = []
    for number in range(3):
        for place in range(4 * number):
            patient = type(case.patient).objects.create_user(name="Ida", email=f"ida{number}{place}@example.org")
            factories.open_case(patient)
        with CaptureQueriesContext(connection) as planning:
            friday.plan_coming(clock.now() + number * WEEK)
        found = list(rows(due_at__gt=clock.now() + number * WEEK))
        reader = reader_of(found[0].recipient, clock.now())
        with CaptureQueriesContext(connection) as judging:
            friday.still_due(found, clock.now())
            friday.words(found, reader, clock.now())
        counts.append((len(planning), len(judging)))
    assert counts[0] == counts[1] == counts[2]


def test_the_switch_on_the_patients_page(case):
    client, address = people.browser(rosa()), reverse("pages:friday_note", args=[case.pk])
    page = reverse("pages:ledger", args=[case.pk])
    assert 'id="friday_note" name="friday_note" value="on" checked' in client.get(page).content.decode()
    answer = client.post(address, {}, follow=True)
    assert "We don’t send the Friday note any more." in answer.content.decode()
    assert fresh(case).wants_friday_note is False
    assert 'value="on" checked' not in answer.content.decode()
    client.post(address, {"friday_note": "on"})
    assert fresh(case).wants_friday_note is True


@pytest.mark.parametrize("key", ["grace", "theo", "ama"])
def test_nobody_else_switches_it(traveller, key):
    case = factories.open_case(starter=people.person("ama"))
    client = people.browser(people.person(key))
    assert client.post(reverse("pages:friday_note", args=[case.pk]), {}).status_code == 404
    with pytest.raises(Refused):
        actions.set_friday_note(case, False, by=Actor.person(people.person(key)))
    assert fresh(case).wants_friday_note is True
    if key == "ama":
        assert "friday_note" not in client.get(reverse("pages:ledger", args=[case.pk])).content.decode()
