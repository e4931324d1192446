"""Several visits of one case: a third opinion, and a new visit after one was called off."""

from datetime import date, datetime, time, timedelta

import pytest
from django.urls import reverse

from cases.case.models import ToDo
from cases.records import actions
from cases.records.board import handing_over
from cases.records.models import RecordKind, Referral, Visit
from cases.records.standing import standing
from cases.records.visits import reuse
from portal import clock
from portal.errors import Refused
from portal.pages import facts
from portal.reminders.models import Reminder
from tests import people
from tests.records.builders import actor, booked_visit, case_of_rosa, item, named_visit, on_november_5
from tests.records.worked_example import EASTERN
from tests.reviews.world import plan

pytestmark = pytest.mark.django_db

THIRD_ON = date(2026, 12, 10)


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


@pytest.fixture
def rosa():
    return people.browser(people.person("rosa"))


@pytest.fixture
def second(november_5):
    """The second visit, with its plan, took place on November 24; it is the day after."""
    visit = booked_visit()
    actions.follow_document(plan(visit.case).document)
    november_5.move_to("2026-11-25T15:00:00Z")
    return actions.say_took_place(visit, by=actor("rosa"))


def third_visit(case, **more):
    details = {"doctor": "Dr. Okafor", "office_name": "Riverbend", "office_details": {"region": "US-PA"}}
    return actions.name_visit(case, round=3, by=actor("rosa"), **(details | more))


def address(name, case, number=None):
    return reverse(f"records:{name}", args=[case.pk]) + (f"?round={number}" if number else "")


def text(answer):
    return " ".join(answer.content.decode().split())


def test_a_third_opinion_begins_once_the_second_visit_took_place():
    visit = booked_visit()
    with pytest.raises(Refused, match="First hear the second doctor"):
        third_visit(visit.case)


def test_a_third_visit_has_its_own_doctor_referral_and_records(second):
    third = third_visit(second.case)
    assert (third.round, third.clinician.name, third.office.name) == (3, "Dr. Okafor", "Riverbend")
    assert third.referral.pk != second.referral.pk
    assert not set(third.items.values_list("pk", flat=True)) & set(second.items.values_list("pk", flat=True))
    assert second.case.clinicians.get(role="second").clinician.name == "Dr. Priya Raman"
    assert second.case.clinicians.get(role="third").clinician.name == "Dr. Okafor"


def test_what_is_with_us_counts_for_the_third_visit(second):
    third = third_visit(second.case)
    there = item(third, "treatment_plan")
    assert (there.state, there.route, there.known_by) == ("held", "through_us", "document")
    assert reuse.already_here(third) == {there.pk}
    assert reuse.already_here(second) == set()


def test_a_file_that_comes_later_counts_for_both_and_is_not_said_to_be_from_before(second):
    third = third_visit(second.case)
    later = plan(second.case, name="later.pdf")
    actions.follow_document(later.document)
    assert item(third, "treatment_plan").documents.count() == 2
    assert reuse.already_here(second) == set()


def test_added_records_holders_and_linked_files_come_along(november_5):
    visit = booked_visit()
    added = actions.add_item(
        visit, RecordKind.objects.get(pk="genomic_report"), which="the gene test", by=actor("rosa")
    )
    actions.set_holder(added, office_name="Gene Lab", by=actor("rosa"))
    actions.link_document(added, plan(visit.case).document, by=actor("rosa"))
    actions.tell(item(visit, "clinic_notes"), "not_wanted", by=actor("rosa"))
    november_5.move_to("2026-11-25T15:00:00Z")
    third = third_visit(actions.say_took_place(visit, by=actor("rosa")).case)
    again = item(third, "genomic_report")
    assert (again.which, again.holder.name, again.state) == ("the gene test", "Gene Lab", "held")
    # What the second office did not want is asked about anew: the third has a list of its own.
    assert item(third, "clinic_notes").state == "needed"


def test_the_third_round_is_what_home_and_caseload_speak_of(second):
    third = third_visit(second.case)
    found = facts.of_case(second.case, clock.now())
    assert (found.visit, found.facts.round, found.facts.visit_on) == (third, 3, None)
    actions.set_visit_date(third, on=THIRD_ON, by=actor("rosa"))
    assert facts.of_case(second.case, clock.now()).facts.visit_on == THIRD_ON


def test_a_word_about_the_second_visit_leaves_the_third_s_day_to_act_by(second):
    third = actions.set_visit_date(third_visit(second.case), on=THIRD_ON, by=actor("rosa"))
    case = Visit.objects.get(pk=third.pk).case
    assert case.act_by is not None
    before = case.act_by
    actions.tell(item(second, "clinic_notes"), "asked", by=actor("rosa"))
    case.refresh_from_db()
    assert case.act_by == before


def test_after_its_visit_a_record_is_not_chased_but_followed_by_a_person(second, november_5):
    """The patient has had her visit and is left in peace; what was to follow it is still looked for."""
    notes = actions.tell(item(second, "clinic_notes"), "asked", by=actor("rosa"))
    assert not Reminder.objects.filter(about_id=notes.pk, settled_at=None).exists()
    calls = ToDo.objects.open().filter(kind="call_holder", about_id=str(notes.pk))
    lines = standing(Visit.objects.get(pk=second.pk), clock.now()).items
    (line,) = [line for line in lines if line.item == notes]
    november_5.move_to(datetime.combine(line.next_day.on, time(10), EASTERN) - timedelta(days=1))
    handing_over.put_on_board(now=clock.now())
    assert not calls.exists()
    november_5.shift(timedelta(days=1))
    for _twice in range(2):
        handing_over.put_on_board(now=clock.now())
    assert calls.count() == 1
    actions.tell(notes, "arrived", by=actor("theo"))
    assert not calls.exists()


@pytest.mark.parametrize("verb", ["not_located", "incomplete"])
def test_after_its_visit_one_of_us_calls_about_a_record_in_trouble(second, november_5, rosa, verb):
    notes = item(second, "clinic_notes")
    actions.tell(notes, "asked" if verb == "not_located" else "sent", by=actor("rosa"))
    actions.tell(notes, verb, reason="Only the first page", by=actor("rosa"))
    calls = ToDo.objects.open().filter(kind="call_holder", about_id=str(notes.pk))
    handing_over.put_on_board(now=clock.now())
    assert not calls.exists()
    shown = text(rosa.get(address("list", second.case)))
    assert "If nobody has asked again by Monday, November 30, one of us calls." in shown  # Thanksgiving
    november_5.move_to("2026-11-30T15:00:00Z")
    handing_over.put_on_board(now=clock.now())
    theo = people.browser(people.person("theo"))
    assert calls.count() == 1
    assert "Ask Lakeside once more." in text(theo.get(reverse("pages:caseload")))
    actions.tell(notes, "asked", by=actor("theo"))
    assert not calls.exists()


def test_the_second_visit_cannot_be_taken_back_under_a_third(second):
    third_visit(second.case)
    with pytest.raises(Refused, match="Cancel that one first"):
        actions.undo(second, by=actor("rosa"))


def test_giving_up_the_third_leaves_the_second(second):
    third = third_visit(second.case)
    actions.cancel_visit(third, by=actor("rosa"))
    assert facts.of_case(second.case, clock.now()).visit == second


def test_a_new_visit_after_a_cancelled_one_has_records_of_its_own_and_the_same_holders():
    first = booked_visit()
    actions.follow_document(plan(first.case).document)
    actions.set_holder(item(first, "slides"), office_name="Pathology Lab", by=actor("rosa"))
    actions.tell(item(first), "asked", by=actor("rosa"))
    actions.cancel_visit(first, by=actor("rosa"))
    second = named_visit(first.case)
    assert second.pk != first.pk
    assert item(second, "slides").holder.name == "Pathology Lab"
    assert item(second).state == "needed"  # it was to go to the other office
    assert item(second, "treatment_plan").state == "held"
    assert Visit.objects.live().filter(case=first.case).count() == 1


def there_and_called_off():
    """Its office had a report and a letter, and has slides on loan, when the visit was called off."""
    visit, by = booked_visit(), actor("rosa")
    actions.tell(item(visit), "asked", by=by)
    actions.tell(item(visit), "arrived", by=by)
    actions.tell(item(visit, "imaging_reports"), "asked", by=by)
    actions.move_referral(visit.case, "sent", by=by)
    actions.tell(item(visit, "slides"), "sent", carrier="FedEx", tracking="7718 22", by=by)
    actions.set_due_back(item(visit, "slides"), on=THIRD_ON, by=by)
    return actions.cancel_visit(visit, by=by)


def referral_of(visit):
    return Referral.objects.get(visit=visit).state


def again_at(office, case):
    return actions.name_visit(case, doctor="Dr. Priya Raman", office=office, by=actor("rosa"))


def test_booked_again_at_the_same_office_what_is_there_is_there(november_5):
    former = there_and_called_off()
    november_5.move_to("2026-11-10T15:00:00Z")
    visit = again_at(former.office, former.case)
    report = item(visit)
    assert (report.state, report.arrived_on, report.known_by) == ("arrived", date(2026, 11, 5), "patient")
    assert item(visit, "imaging_reports").state == "needed"  # asked for is not there
    assert (item(visit, "referral_letter").state, referral_of(visit)) == ("sent", "sent")


def test_slides_that_are_there_on_loan_go_back_once(november_5):
    former = there_and_called_off()
    visit = again_at(former.office, former.case)
    slides = item(visit, "slides")
    assert (slides.state, slides.tracking, slides.due_back_on) == ("sent", "7718 22", THIRD_ON)
    rows = Reminder.objects.filter(kind="records.due_back", settled_at=None)
    assert [row.about_id for row in rows] == [slides.pk]


def test_slides_given_back_are_to_be_asked_for_again():
    former = there_and_called_off()
    actions.give_back(item(former, "slides"), by=actor("rosa"))
    visit = again_at(former.office, former.case)
    assert item(visit, "slides").state == "needs_you"


def test_booked_again_elsewhere_everything_is_to_be_asked_for(november_5):
    former = there_and_called_off()
    visit = named_visit(former.case)  # typed in: an entry of its own
    assert {item(visit).state, referral_of(visit)} == {"needed"}


def test_a_referral_asked_for_anew_is_not_taken_for_the_former_one():
    former = there_and_called_off()
    actions.move_referral(former.case, "asked", by=actor("rosa"))
    visit = again_at(former.office, former.case)
    assert (item(visit, "referral_letter").state, referral_of(visit)) == ("asked", "asked")


# --- pages


def test_the_way_to_a_third_opinion_stands_on_the_visit_that_took_place(rosa, second):
    assert "Ask for a third opinion" in text(rosa.get(address("visit", second.case)))
    shown = text(rosa.get(address("visit", second.case, 3)))
    assert "Who is the third doctor?" in shown
    assert "The third doctor" in shown


def test_before_the_second_visit_nobody_is_led_to_a_third(rosa):
    visit = booked_visit()
    assert "third" not in text(rosa.get(address("visit", visit.case, 3))).split("<main")[1].split("</main>")[0]


def test_naming_the_third_doctor_leads_to_that_round(rosa, second):
    answer = rosa.post(
        reverse("records:name_doctor", args=[second.case.pk]),
        {"round": "3", "doctor": "Dr. Okafor", "office": "Riverbend", "region": "US-PA"},
    )
    third = Visit.objects.get(round=3)
    assert answer.headers["Location"] == third.get_absolute_url() == address("visit", second.case, 3)
    second.refresh_from_db()
    assert second.clinician.name == "Dr. Priya Raman"


def test_naming_a_third_doctor_before_the_second_was_heard_names_nobody(rosa):
    visit = booked_visit()
    answer = rosa.post(
        reverse("records:name_doctor", args=[visit.case.pk]), {"round": "3", "doctor": "Dr. X", "office": "Riverbend"}
    )
    assert answer.status_code == 422
    assert "First hear the second doctor." in text(answer)
    visit.refresh_from_db()
    assert visit.clinician.name == "Dr. Priya Raman"
    assert not Visit.objects.filter(round=3).exists()


def test_each_round_has_its_page_and_leads_to_the_other(rosa, second):
    third = third_visit(second.case)
    latest = text(rosa.get(address("visit", second.case)))
    assert "Dr. Okafor" in latest
    assert second.get_absolute_url() in latest
    earlier = text(rosa.get(address("visit", second.case, 2)))
    assert "You saw Dr. Priya Raman on Tuesday, November 24." in earlier
    assert third.get_absolute_url() in earlier
    assert "Ask for a third opinion" not in earlier


def test_days_of_the_third_visit_are_saved_on_it(rosa, second):
    third = third_visit(second.case)
    rosa.post(
        reverse("records:save_day", args=[second.case.pk]),
        {"round": "3", "day": "2026-12-10", "look": "2026-12-10", "save": "2026-12-10"},
    )
    third.refresh_from_db()
    second.refresh_from_db()
    assert (third.on_date, second.on_date) == (THIRD_ON, date(2026, 11, 24))


def test_the_records_page_shows_each_visit_with_its_own_records(rosa, second):
    third = third_visit(second.case)
    shown = text(rosa.get(address("list", second.case)))
    for visit in (second, third):
        for each in visit.items.wanted():
            assert f'id="item-{each.pk}"' in shown
    assert "The records of your second opinion" in shown
    assert "One record is with us from your earlier visit. It goes to Dr. Okafor, too." in shown
    assert "It is here from your earlier visit." in shown


def test_each_round_has_its_own_referral(rosa, second):
    actions.move_referral(second.case, "sent", by=actor("rosa"))
    third = third_visit(second.case)
    shown = text(rosa.get(address("referral", second.case)))
    assert "A third opinion needs a referral, too." in shown
    assert "Not asked yet" in shown
    rosa.post(reverse("records:move_referral", args=[second.case.pk, "asked"]), {"round": "3"})
    assert list(Referral.objects.order_by("visit__round").values_list("state", flat=True)) == ["sent", "asked"]
    rosa.post(reverse("records:move_referral", args=[second.case.pk, "undo"]), {"round": "3"})
    assert Referral.objects.get(visit=third).state == "needed"


def test_a_third_doctor_at_an_office_heard_before_is_said_gently(rosa, second):
    third_visit(second.case, office=second.office, office_name="")
    shown = text(rosa.get(address("referral", second.case, 3)))
    assert "Dr. Okafor works at Northfield Medical Center like Dr. Priya Raman." in shown


def test_a_referral_asked_for_before_the_third_doctor_is_named_begins_the_round(rosa, second):
    rosa.post(reverse("records:move_referral", args=[second.case.pk, "asked"]), {"round": "3"})
    assert Visit.objects.get(round=3).referral.state == "asked"
    shown = text(rosa.get(address("list", second.case)))
    assert "Name the third doctor" in shown
    assert "The records of your second opinion" in shown


def test_a_case_without_a_second_visit_has_no_third_referral(rosa):
    case = case_of_rosa()
    answer = rosa.post(reverse("records:move_referral", args=[case.pk, "asked"]), {"round": "3"})
    assert answer.status_code == 409
    assert not Visit.objects.exists()
