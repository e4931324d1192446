"""When messages have done what they can, one of us calls: day 15, the safe day, what is with us, visits come near."""

from datetime import date, timedelta

import pytest

from cases.case.actions import settle_to_do
from cases.case.models import Case, ToDo
from cases.records import actions, reminders, words
from cases.records.board import handing_over
from cases.records.models import Visit
from cases.records.standing import standing
from portal import clock
from portal.reminders import gathering, rules
from portal.reminders.models import Reminder
from portal.reminders.readers import reader_of
from tests import people
from tests.records.builders import actor, booked_visit, item, named_visit, on_november_5

pytestmark = pytest.mark.django_db
FAR = date(2027, 1, 29)
KINDS = {kind.code: kind for kind in reminders.KINDS}


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


def line_of(visit, kind="pathology_report"):
    found = Visit.objects.select_related("case__patient", "case__key", "office").get(pk=visit.pk)
    return next(line for line in standing(found, clock.now()).items if line.item.kind_id == kind)


def calls(kind="call_holder"):
    handing_over.put_near_visits_on_board(now=clock.now())
    handing_over.put_on_board(now=clock.now())
    return list(ToDo.objects.open().filter(kind=kind))


def row(kind, visit, code="pathology_report"):
    return Reminder.objects.get(kind=f"records.{kind}", about_id=item(visit, code).pk, settled_at=None)


def said_to_us(given):
    """The words of a row that is handed on to a coordinator."""
    own = gathering._for_person(given, people.person("theo"))
    return KINDS[given.kind].words([own], reader_of(own.recipient, clock.now()), clock.now())[own.pk]


# --- day 15


def test_without_a_visit_day_a_person_takes_over_at_day_15(november_5):
    visit = named_visit()
    actions.tell(item(visit), "asked", by=actor("rosa"))
    visit.case.refresh_from_db()
    assert visit.case.act_by == date(2026, 11, 13)
    november_5.move_to("2026-11-30T15:00:00Z")
    assert calls() == []
    november_5.move_to("2026-12-01T15:00:00Z")
    assert [todo.about_id for todo in calls()] == [str(item(visit).pk)]
    actions.tell(item(visit, "slides"), "asked", by=actor("rosa"))
    assert len(calls()) == 1
    actions.tell(item(visit), "arrived", by=actor("rosa"))
    assert calls() == []


def test_asking_again_does_not_put_off_the_person(november_5):
    visit = booked_visit(on=FAR)
    actions.tell(item(visit), "asked", by=actor("rosa"))
    for day in ("2026-11-13", "2026-11-20", "2026-11-30"):
        november_5.move_to(f"{day}T15:00:00Z")
        actions.tell(item(visit), "asked_again", by=actor("rosa"))
    assert (line_of(visit).person_on, line_of(visit).next_day.on) == (date(2026, 12, 1), date(2026, 12, 1))
    november_5.move_to("2026-12-02T15:00:00Z")
    actions.tell(item(visit), "asked_again", by=actor("rosa"))
    assert len(calls()) == 1


def test_after_a_call_the_next_one_comes_in_its_turn(november_5):
    """One of us took over and asked again: the row is done, and five business days later it is ours again."""
    visit = booked_visit(on=FAR)
    actions.tell(item(visit), "asked", by=actor("rosa"))
    november_5.move_to("2026-12-01T15:00:00Z")
    assert len(calls()) == 1
    actions.tell(item(visit), "asked_again", by=actor("theo"))
    assert calls() == []
    november_5.move_to("2026-12-08T15:00:00Z")
    assert len(calls()) == 1


def test_they_work_on_it_gives_them_time_and_a_new_asking_starts_anew(november_5):
    visit = booked_visit(on=FAR)
    actions.tell(item(visit), "asked", by=actor("rosa"))
    november_5.move_to("2026-11-20T15:00:00Z")
    actions.tell(item(visit), "acknowledged", by=actor("theo"))
    assert line_of(visit).person_on == date(2026, 12, 15)
    actions.tell(item(visit), "not_located", reason="Other hospital", by=actor("theo"))
    november_5.move_to("2026-12-01T15:00:00Z")
    actions.tell(item(visit), "asked", by=actor("rosa"))
    assert line_of(visit).person_on == date(2026, 12, 22)


def test_the_page_says_that_a_person_asks_only_when_one_does(november_5):
    visit = booked_visit(on=FAR)
    actions.tell(item(visit), "asked", by=actor("rosa"))
    november_5.move_to("2026-11-25T15:00:00Z")  # its safe day has passed, day 15 is to come
    assert line_of(visit).dates.has_no_date
    text = words.item_text(line_of(visit), visit, "")
    assert "A person asks now" not in text
    assert "Tuesday, December 1" in text
    november_5.move_to("2026-12-01T15:00:00Z")
    assert "A person asks now" in words.item_text(line_of(visit), visit, "")
    assert len(calls()) == 1


# --- sent, or with us


def test_sent_late_is_looked_for_before_anybody_takes_over(november_5):
    visit = booked_visit(on=FAR)
    actions.tell(item(visit), "asked", by=actor("rosa"))
    november_5.move_to("2026-12-02T15:00:00Z")
    actions.tell(item(visit), "sent", carrier="UPS", tracking="1Z", by=actor("theo"))
    assert calls() == []
    assert row("chase", visit).due_at.date() == date(2026, 12, 4)
    assert row("safe_by", visit).due_at.date() == date(2026, 12, 23)


def test_of_what_is_with_us_the_words_say_to_send_it_on():
    visit = booked_visit(on=FAR)
    actions.tell(item(visit, "treatment_plan"), "held", by=actor("theo"))
    words = said_to_us(row("safe_by", visit, "treatment_plan"))
    assert "still with us" in words.lead
    assert "Send it to the second office" in words.line
    assert "Call the office" not in words.line


def test_what_we_asked_for_in_vain_comes_back_to_us():
    visit = booked_visit(on=FAR)
    actions.tell(item(visit), "asked", by=actor("theo"))
    actions.tell(item(visit), "not_located", reason="Other hospital", by=actor("theo"))
    given = row("request_by", visit)
    assert given.recipient == ("role", "coordinator")
    words = said_to_us(given)
    assert (words.lead, words.question) == (f"{visit.case.reference}: one to ask for again", "")
    # What the patient asked for in vain is hers.
    actions.tell(item(visit, "slides"), "asked", by=actor("rosa"))
    actions.tell(item(visit, "slides"), "not_located", reason="Other hospital", by=actor("theo"))
    assert row("request_by", visit, "slides").recipient_type == "user"


@pytest.mark.parametrize("kind", ["chase", "safe_by"])
def test_words_for_us_are_discreet_and_ask_nothing(kind):
    visit = booked_visit(on=FAR)
    actions.tell(item(visit), "asked", by=actor("theo"))
    words = said_to_us(row(kind, visit))
    assert words.question == ""
    assert rules.clinical_words(" ".join([words.subject, words.lead, words.line])) == []


# --- visits that come near


def arrived(visit, *, but=()):
    for each in visit.items.filter(is_core=True).exclude(kind__in=but):
        actions.tell(each, "arrived", by=actor("theo"))


def test_a_visit_that_comes_near_with_a_record_open_asks_for_a_call_once(november_5):
    visit = booked_visit(on=date(2026, 12, 14))
    arrived(visit, but=["pathology_report"])
    november_5.move_to("2026-11-27T15:00:00Z")
    assert calls("visit_soon") == []
    november_5.move_to("2026-11-30T15:00:00Z")
    (call,) = calls("visit_soon")
    assert call.about_id == str(visit.pk)
    settle_to_do(call, by=actor("theo"))
    november_5.shift(timedelta(days=1))
    assert calls("visit_soon") == []
    # Another day of the visit is another matter.
    actions.move_visit(visit, on=date(2026, 12, 21), by=actor("rosa"))
    november_5.move_to("2026-12-08T15:00:00Z")
    assert len(calls("visit_soon")) == 1


def test_a_near_visit_with_all_its_records_asks_for_nothing(november_5):
    visit = booked_visit(on=date(2026, 12, 14))
    arrived(visit)
    november_5.move_to("2026-12-09T15:00:00Z")
    assert calls("visit_soon") == []


def test_a_visit_saved_near_is_asked_about_once(november_5):
    visit = booked_visit(on=date(2026, 11, 12))
    (call,) = calls("visit_soon")
    settle_to_do(call, by=actor("theo"))
    november_5.shift(timedelta(days=1))
    assert calls("visit_soon") == []
    assert visit.case_id == call.case_id


@pytest.mark.parametrize("end", ["past", "closed", "cancelled"])
def test_what_is_over_is_not_near(end, november_5):
    visit = booked_visit(on=date(2026, 12, 14))
    if end == "cancelled":
        actions.cancel_visit(visit, by=actor("rosa"))
    if end == "closed":
        Case.objects.update(state="closed", closed_at=clock.now())
    november_5.move_to("2026-12-16T15:00:00Z" if end == "past" else "2026-12-09T15:00:00Z")
    assert calls("visit_soon") == []


# --- what else may be said


def test_once_they_work_on_it_it_can_be_asked_for_again(november_5):
    visit = booked_visit(on=FAR)
    actions.tell(item(visit), "asked", by=actor("rosa"))
    actions.tell(item(visit), "acknowledged", by=actor("rosa"))
    november_5.move_to("2026-11-13T15:00:00Z")
    asked = actions.tell(item(visit), "asked_again", by=actor("rosa"))
    assert (asked.state, asked.acknowledged_on, asked.chased_on) == ("asked", date(2026, 11, 5), date(2026, 11, 13))


def test_what_they_need_first_can_change_and_a_new_asking_forgets_the_courier():
    visit = booked_visit(on=FAR)
    sent = actions.tell(item(visit, "slides"), "sent", carrier="UPS", tracking="1Z999", by=actor("theo"))
    actions.tell(sent, "incomplete", reason="One of two", by=actor("theo"))
    for need in ("signature", "fee"):
        assert actions.tell(item(visit, "slides"), "needs_you", need=need, by=actor("theo")).need == need
    asked = actions.tell(item(visit, "slides"), "asked", by=actor("theo"))
    assert (asked.carrier, asked.tracking) == ("", "")
