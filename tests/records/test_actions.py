"""What the actions change, plan, put on the board and write into history."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from cases.case import actions as case_actions
from cases.case.helping import actions as helping
from cases.case.models import ToDo
from cases.records import actions
from cases.records.days.verdict import Answer
from cases.records.models import RecordItem, Visit
from cases.records.standing import standing
from portal import clock
from portal.errors import Refused
from portal.history.models import Event
from portal.reminders.models import Reminder
from tests import factories, people
from tests.records.builders import VISIT_ON, actor, booked_visit, case_of_rosa, item, named_visit, on_november_5

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


def open_reminders(thing):
    return list(
        Reminder.objects.filter(about_id=thing.pk, settled_at=None).order_by("due_at").values_list("kind", "step")
    )


def verbs(case):
    return list(Event.objects.filter(case_id=case.pk).order_by("id").values_list("verb", flat=True))


def test_naming_the_doctor_lays_out_the_records_with_their_holders():
    visit = named_visit()
    laid = {each.kind_id: each for each in visit.items.select_related("holder")}
    assert set(laid) == {
        "pathology_report",
        "imaging_reports",
        "treatment_plan",
        "referral_letter",
        "slides",
        "imaging_exchange",
        "clinic_notes",
    }
    assert laid["pathology_report"].holder.name == "Lakeside"
    assert laid["referral_letter"].holder.name == "Elm Street"
    assert (laid["slides"].state, laid["slides"].need) == ("needs_you", "signature")
    assert visit.state == "planned"
    assert visit.case.clinicians.get(role="second").clinician.name == "Dr. Priya Raman"


def test_a_doctor_named_after_the_visit_has_the_records_that_nobody_else_has():
    case, by = factories.open_case(), actor("rosa")
    visit = named_visit(case)
    actions.set_holder(item(visit), office_name="Pathology Lab", by=by)
    for role, name in (("first", "Lakeside"), ("primary", "Elm Street"), ("third", "Bayview")):
        office = case_actions.add_office(case, name=name, region="US-PA", by=by)
        case_actions.set_clinician(case, role, name="Dr. Keller", office=office, by=by)
    held = dict(visit.items.values_list("kind", "holder__name"))
    assert held.pop("pathology_report") == "Pathology Lab"
    assert held.pop("referral_letter") == "Elm Street"
    assert set(held.values()) == {"Lakeside"}


def test_an_office_typed_in_serves_this_case_only():
    visit = named_visit()
    assert (visit.office.for_case, visit.office.checked_at) == (visit.case, None)


def test_naming_again_keeps_one_visit_and_its_records():
    visit = named_visit()
    again = named_visit(visit.case)
    assert (again.pk, again.items.count()) == (visit.pk, 7)


def test_saving_the_day_gives_the_worked_example_s_verdict():
    visit = booked_visit()
    stands = standing(visit, clock.now())
    assert stands.verdict.answer == Answer.COMFORTABLE
    assert stands.safe_on == date(2026, 11, 20)


def test_saving_the_day_plans_reminders_and_the_board_s_date():
    visit = booked_visit()
    assert open_reminders(visit) == [
        ("records.before_visit", 7),
        ("records.before_visit", 1),  # day 3 is a Saturday, and Monday is said already
        ("records.took_place", 0),
    ]
    assert open_reminders(item(visit)) == [("records.request_by", 0)]
    visit.case.refresh_from_db()
    # Asked within ten business days even at the slowest office: November 6 for the pathology report.
    assert visit.case.act_by == date(2026, 11, 6)


def test_a_visit_within_10_business_days_puts_a_call_on_the_board_for_today():
    visit = booked_visit(on=date(2026, 11, 10))
    todo = ToDo.objects.get(kind="visit_soon")
    assert (todo.about_id, todo.due_on, todo.for_role) == (str(visit.pk), date(2026, 11, 5), "coordinator")


def test_a_near_visit_that_was_called_off_by_mistake_asks_for_its_call_again():
    visit = booked_visit(on=date(2026, 11, 12))
    actions.cancel_visit(visit, by=actor("rosa"))
    assert not ToDo.objects.open().filter(kind="visit_soon").exists()
    actions.undo(Visit.objects.get(), by=actor("rosa"))
    assert ToDo.objects.open().filter(kind="visit_soon").count() == 1


def test_a_visit_further_off_asks_for_no_call():
    booked_visit()
    assert not ToDo.objects.filter(kind="visit_soon").exists()


@pytest.mark.parametrize("on", [date(2026, 11, 4), date(2028, 1, 1)])
def test_a_day_that_has_passed_or_is_far_off_is_refused_with_a_sentence(on):
    visit = named_visit()
    with pytest.raises(Refused):
        actions.set_visit_date(visit, on=on, by=actor("rosa"))
    visit.refresh_from_db()
    assert visit.state == "planned"


def test_moving_the_day_withdraws_the_old_reminders():
    visit = booked_visit()
    actions.move_visit(visit, on=date(2026, 12, 1), by=actor("rosa"))
    rows = Reminder.objects.filter(about_id=visit.pk, kind="records.before_visit")
    assert [row.settled_as for row in rows.filter(version=visit.version)] == ["withdrawn"] * 2
    assert rows.filter(settled_at=None, version=visit.version + 1).count() == 2


def test_cancelling_withdraws_everything_and_clears_the_board_s_date():
    visit = booked_visit()
    actions.cancel_visit(visit, by=actor("rosa"))
    assert not Reminder.objects.filter(settled_at=None).exists()
    visit.case.refresh_from_db()
    assert visit.case.act_by is None


def test_saying_asked_plans_the_chase_and_who_said_it():
    visit = booked_visit()
    told = actions.tell(item(visit), "asked", by=actor("rosa"))
    assert (told.state, told.known_by, told.asked_on) == ("asked", "patient", date(2026, 11, 5))
    assert open_reminders(told) == [("records.chase", 0), ("records.safe_by", 0)]
    row = Reminder.objects.get(about_id=told.pk, kind="records.chase", settled_at=None)
    assert row.due_at.date() == date(2026, 11, 13)
    assert row.recipient_id == str(visit.case.patient_id)


def test_what_the_coordinator_asked_for_is_chased_by_the_coordinator():
    visit = booked_visit()
    told = actions.tell(item(visit), "asked", by=actor("theo"))
    assert (told.asked_by_us, told.known_by) == (True, "staff_call")
    recipients = Reminder.objects.filter(about_id=told.pk, settled_at=None).values_list("recipient_id", flat=True)
    assert list(recipients) == ["coordinator", "coordinator"]


def test_each_hop_sets_its_date_and_fills_those_behind():
    visit = booked_visit()
    told = actions.tell(item(visit), "arrived", on=date(2026, 11, 4), by=actor("theo"))
    assert (told.asked_on, told.sent_on, told.arrived_on) == (date(2026, 11, 4),) * 3
    told = actions.tell(told, "opens_fine", told="office", by=actor("theo"))
    assert (told.opens_on, told.known_by) == (date(2026, 11, 5), "office")
    assert open_reminders(told) == []


def test_trouble_needs_a_reason_and_asks_anew():
    visit = booked_visit()
    told = actions.tell(item(visit), "arrived", by=actor("rosa"))
    with pytest.raises(Refused):
        actions.tell(told, "incomplete", by=actor("rosa"))
    told = actions.tell(told, "incomplete", reason="Page 4 is blank", by=actor("rosa"))
    assert (told.state, told.arrived_on, told.reason) == ("incomplete", None, "Page 4 is blank")
    assert standing(visit, clock.now()).verdict.answer == Answer.SOME_WILL_FOLLOW
    told = actions.tell(told, "asked", by=actor("rosa"))
    assert (told.state, told.reason) == ("asked", "")


@pytest.mark.parametrize(("on", "verb"), [(date(2026, 11, 6), "asked"), (date(2024, 1, 1), "asked")])
def test_a_word_about_a_day_that_cannot_be_is_refused(on, verb):
    visit = booked_visit()
    with pytest.raises(Refused):
        actions.tell(item(visit), verb, on=on, by=actor("rosa"))


def test_sent_before_it_was_asked_for_is_refused():
    told = actions.tell(item(booked_visit()), "asked", by=actor("rosa"))
    with pytest.raises(Refused):
        actions.tell(told, "sent", on=date(2026, 11, 4), by=actor("rosa"))


def test_a_stranger_can_say_nothing():
    told = item(booked_visit())
    with pytest.raises(Refused):
        actions.tell(told, "asked", by=actor("grace"))


def test_carrying_turns_the_route_of_what_may_follow_only():
    visit = named_visit()
    actions.choose_way(visit, "carry", on=date(2026, 11, 9), by=actor("rosa"))
    routes = dict(RecordItem.objects.filter(visit=visit).values_list("kind_id", "route"))
    # Expected on November 9 itself: none of the four can be counted on before the visit.
    assert {kind for kind, route in routes.items() if route == "carried"} == {
        "pathology_report",
        "imaging_reports",
        "treatment_plan",
        "referral_letter",
    }
    visit.refresh_from_db()
    assert (visit.way, visit.on_date, visit.state) == ("carry", date(2026, 11, 9), "booked")


def test_asking_the_office_is_a_call_on_the_board_for_today():
    visit = named_visit()
    actions.choose_way(visit, "ask", on=VISIT_ON, by=actor("rosa"))
    assert ToDo.objects.get(kind="ask_office").due_on == date(2026, 11, 5)


def test_taking_a_later_day_saves_it():
    visit = booked_visit(on=date(2026, 11, 10))
    actions.choose_way(visit, "later", on=VISIT_ON, at=time(14, 30), by=actor("rosa"))
    visit.refresh_from_db()
    assert (visit.on_date, visit.way) == (VISIT_ON, "later")


def test_what_happened_can_be_said_once_its_day_is_here(november_5):
    visit = booked_visit()
    with pytest.raises(Refused):
        actions.say_took_place(visit, by=actor("rosa"))
    november_5.move_to("2026-11-25T15:00:00Z")
    assert actions.say_took_place(visit, by=actor("rosa")).state == "happened"
    assert actions.say_took_place(Visit.objects.get(pk=visit.pk), by=actor("rosa")).state == "happened"
    assert verbs(visit.case).count("visit.took_place") == 1


def test_a_visit_that_did_not_take_place_has_no_day_again(november_5):
    visit = booked_visit()
    november_5.move_to("2026-11-25T15:00:00Z")
    visit = actions.say_did_not(visit, by=actor("rosa"))
    assert (visit.state, visit.on_date) == ("planned", None)


def test_undo_takes_the_last_word_back_for_10_minutes(november_5):
    told = actions.tell(item(booked_visit()), "asked", by=actor("rosa"))
    november_5.shift(timedelta(minutes=9))
    actions.undo(told, by=actor("rosa"))
    told.refresh_from_db()
    assert (told.state, told.asked_on) == ("needed", None)
    assert open_reminders(told) == [("records.request_by", 0)]
    with pytest.raises(Refused):
        actions.undo(told, by=actor("rosa"))


def test_after_10_minutes_only_a_coordinator_takes_it_back(november_5):
    told = actions.tell(item(booked_visit()), "asked", by=actor("rosa"))
    november_5.shift(timedelta(minutes=11))
    with pytest.raises(Refused):
        actions.undo(told, by=actor("rosa"))
    with pytest.raises(Refused, match="Choose why it is taken back"):
        actions.undo(told, by=actor("theo"))
    actions.undo(told, why="office_differs", by=actor("theo"))
    told.refresh_from_db()
    assert told.state == "needed"
    assert Event.objects.get(verb="item.undone").why == "office_differs"


def test_undoing_a_cancelled_visit_brings_its_day_and_reminders_back():
    visit = actions.cancel_visit(booked_visit(), by=actor("rosa"))
    actions.undo(visit, by=actor("rosa"))
    visit.refresh_from_db()
    assert (visit.state, visit.on_date) == ("booked", VISIT_ON)
    assert len(open_reminders(visit)) == 3


def test_a_cancelled_visit_stays_cancelled_once_another_is_named():
    visit = actions.cancel_visit(booked_visit(), by=actor("rosa"))
    named_visit(visit.case)
    with pytest.raises(Refused):
        actions.undo(visit, by=actor("rosa"))


def test_each_action_leaves_its_line_in_history():
    visit = booked_visit()
    actions.tell(item(visit), "asked", by=actor("rosa"))
    assert verbs(visit.case)[-3:] == ["visit.named", "visit.set_date", "item.asked"]


def test_a_helper_may_say_where_records_are():
    from tests.people import person

    case = case_of_rosa()
    helping.agree(helping.ask(case, person("ama"), by=actor("theo")), chosen="most", by=actor("rosa"))
    told = actions.tell(item(booked_visit(case)), "asked", by=actor("ama"))
    assert told.known_by == "helper"


def test_a_treatment_moved_before_the_visit_is_said_and_talked_about(november_5):
    visit = booked_visit(on=date(2026, 12, 14))
    assert not ToDo.objects.open().filter(kind="treatment_first").exists()
    case_actions.change_case(visit.case, treatment_on=date(2026, 12, 1), by=actor("rosa"))
    assert ToDo.objects.open().get(kind="treatment_first").about_id == str(visit.pk)
    browser = people.browser(people.person("rosa"))
    for address in (visit.case.get_absolute_url(), reverse("records:list", args=[visit.case_id])):
        assert "Your treatment is planned to start on December 1" in browser.get(address).content.decode()
    board = people.browser(people.person("theo")).get(reverse("pages:caseload")).content.decode()
    assert "Treatment is planned for Tue, Dec 1, the visit is on Mon, Dec 14." in board


@pytest.mark.parametrize("treatment_on", [None, date(2026, 12, 15)])
def test_it_leaves_the_board_once_treatment_comes_after_the_visit(treatment_on):
    visit = booked_visit(on=date(2026, 12, 14))
    case_actions.change_case(visit.case, treatment_on=date(2026, 12, 14), by=actor("rosa"))
    case_actions.change_case(visit.case, treatment_on=treatment_on, by=actor("rosa"))
    assert not ToDo.objects.open().filter(kind="treatment_first").exists()


def test_a_visit_booked_after_treatment_begins_is_talked_about():
    booked_visit(on=date(2026, 12, 16))
    assert ToDo.objects.open().filter(kind="treatment_first").count() == 1
