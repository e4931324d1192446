"""Where a record is, and for whom it was asked: in our hands or hers, for this office or the one before."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from cases.case.models import ToDo
from cases.documents.models import Document
from cases.records import actions
from cases.records.models import Referral, Visit
from cases.records.standing import ItemStanding, standing
from portal import clock
from portal.errors import Refused
from portal.pages import actions as page_actions
from portal.pages import sheet
from portal.reminders import actions as reminders
from portal.reminders.models import Reminder
from tests import factories, people
from tests.records.builders import actor, booked_visit, item, named_visit, on_november_5
from tests.reviews.world import plan

pytestmark = pytest.mark.django_db
DECEMBER_14 = date(2026, 12, 14)


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


def line_of(visit: Visit, kind: str = "pathology_report") -> ItemStanding:
    found = Visit.objects.select_related("case__patient", "case__key", "office").get(pk=visit.pk)
    (line,) = (line for line in standing(found, clock.now()).items if line.item.kind_id == kind)
    return line


def plan_here(visit: Visit) -> Document:
    document = plan(visit.case).document
    actions.follow_document(document)
    return document


def other_office(visit: Visit, **more) -> Visit:
    return actions.name_visit(
        visit.case,
        doctor="Dr. Sato",
        office_name="Bayview",
        office_details={"region": "US-PA"},
        by=actor("rosa"),
        **more,
    )


# --- whom it was asked of


@pytest.mark.parametrize(("verb", "state"), [("asked", "needed"), ("acknowledged", "needed"), ("sent", "sent")])
def test_what_was_asked_of_one_office_is_to_be_asked_of_another(november_5, verb, state):
    visit = booked_visit()
    actions.tell(item(visit), verb, by=actor("rosa"))
    november_5.shift(timedelta(days=1))
    actions.set_holder(item(visit), office_name="Riverbend Lab", by=actor("rosa"))
    asked = item(visit)
    assert (asked.state, asked.holder.name) == (state, "Riverbend Lab")
    assert (asked.asked_on is None) == (state == "needed")


def test_the_name_of_an_office_nobody_knew_leaves_the_asking_as_it_is():
    visit = named_visit(factories.open_case())
    actions.tell(item(visit), "asked", by=actor("rosa"))
    actions.set_holder(item(visit), office_name="Riverbend Lab", by=actor("rosa"))
    assert item(visit).state == "asked"


def test_only_the_name_was_wrong_so_the_asking_is_taken_back_in_one_press():
    visit = booked_visit()
    actions.tell(item(visit), "asked", by=actor("rosa"))
    actions.set_holder(item(visit), office_name="Riverbend Lab", by=actor("rosa"))
    actions.undo(item(visit), by=actor("rosa"))
    assert (item(visit).state, item(visit).holder.name) == ("asked", "Riverbend Lab")


def test_a_referral_letter_of_another_doctor_is_asked_for_with_its_referral():
    visit = booked_visit()
    actions.move_referral(visit.case, "asked", by=actor("rosa"))
    actions.set_holder(item(visit, "referral_letter"), office_name="Dr. Reyes", by=actor("rosa"))
    assert (item(visit, "referral_letter").state, Referral.objects.get().state) == ("needed", "needed")
    actions.undo(item(visit, "referral_letter"), by=actor("rosa"))
    assert (item(visit, "referral_letter").state, Referral.objects.get().state) == ("asked", "asked")


# --- word is no silence


@pytest.mark.parametrize("verb", ["acknowledged", "sent", "held"])
def test_a_word_that_it_moves_is_no_silence(november_5, verb):
    visit = booked_visit(on=DECEMBER_14)
    actions.tell(item(visit), "asked", by=actor("rosa"))
    november_5.move_to("2026-11-19T15:00:00Z")
    actions.tell(item(visit), verb, by=actor("theo"))
    november_5.move_to("2026-11-23T15:00:00Z")
    assert not line_of(visit).dates.has_no_date


def test_asking_once_more_is_no_word(november_5):
    visit = booked_visit(on=DECEMBER_14)
    actions.tell(item(visit), "asked", by=actor("rosa"))
    november_5.move_to("2026-11-19T15:00:00Z")
    actions.tell(item(visit), "asked_again", by=actor("rosa"))
    november_5.move_to("2026-11-23T15:00:00Z")
    assert line_of(visit).dates.has_no_date


def test_what_is_with_us_stays_in_time_and_stands_so_on_the_sheet(november_5):
    visit = booked_visit(on=DECEMBER_14)
    plan_here(visit)
    november_5.move_to("2026-11-27T15:00:00Z")
    line = line_of(visit, "treatment_plan")
    assert line.judged.timing == "safe"
    rows = [row for part in sheet.of_case(visit.case, "patient", clock.now()).sections for row in part.rows]
    (with_us,) = (row for row in rows if row["label"] == "With us")
    assert line.item.called in str(with_us)


# --- in whose hands


def test_what_the_team_says_it_holds_is_with_us():
    visit = booked_visit()
    actions.tell(item(visit), "held", by=actor("theo"))
    assert item(visit).route == "through_us"
    page = people.browser(people.person("theo")).get(reverse("records:list", args=[visit.case_id])).content.decode()
    assert "It’s here with us" in page
    assert "It’s in my hands" not in page


def test_what_she_says_she_holds_she_carries():
    visit = booked_visit()
    actions.tell(item(visit), "held", by=actor("rosa"))
    assert item(visit).route == "carried"


def test_what_is_lent_is_never_with_us():
    visit = booked_visit()
    with pytest.raises(Refused, match="never keep"):
        actions.tell(item(visit, "slides"), "held", by=actor("theo"))


def test_carrying_leaves_a_file_of_the_case_in_hand_and_so_does_the_way_back():
    visit = named_visit()
    plan_here(visit)
    actions.choose_way(visit, "carry", on=date(2026, 11, 6), by=actor("rosa"))
    assert (item(visit, "treatment_plan").route, item(visit, "treatment_plan").state) == ("carried", "held")
    actions.set_route(item(visit, "treatment_plan"), "through_us", by=actor("rosa"))
    assert item(visit, "treatment_plan").state == "held"
    actions.set_route(item(visit, "treatment_plan"), "direct", by=actor("rosa"))
    assert item(visit, "treatment_plan").state == "asked"


# --- another office, another round


def test_what_was_asked_for_the_former_office_is_to_be_asked_for_again():
    visit = booked_visit()
    actions.tell(item(visit), "asked", by=actor("rosa"))
    actions.move_referral(visit.case, "agreed", by=actor("rosa"))
    other_office(visit)
    assert item(visit).state == item(visit, "referral_letter").state == "needed"
    assert Referral.objects.get().state == "needed"
    assert Reminder.objects.filter(about_id=item(visit).pk, kind="records.request_by", settled_at=None).exists()


def test_another_doctor_at_the_same_office_keeps_what_was_asked():
    visit = booked_visit()
    actions.tell(item(visit), "asked", by=actor("rosa"))
    actions.name_visit(visit.case, doctor="Dr. Sato", office=visit.office, by=actor("rosa"))
    assert item(visit).state == "asked"


def test_what_is_on_her_list_to_take_goes_along_to_another_office():
    visit = booked_visit()
    actions.set_route(item(visit), "carried", by=actor("rosa"))
    for verb in ("held", "sent"):
        actions.tell(item(visit), verb, by=actor("rosa"))
    other_office(visit)
    assert item(visit).state == "sent"


def test_the_third_opinion_has_a_referral_of_its_own(november_5):
    visit = booked_visit()
    document = plan(visit.case).document
    actions.link_document(item(visit, "referral_letter"), document, by=actor("rosa"))
    november_5.move_to("2026-11-25T15:00:00Z")
    actions.say_took_place(visit, by=actor("rosa"))
    third = other_office(visit, round=3)
    assert item(third, "referral_letter").state == "needed"


# --- where an office is


@pytest.mark.parametrize(
    ("zone", "region"), [("America/Vancouver", "CA"), ("America/Denver", "US"), ("Europe/Warsaw", "")]
)
def test_an_office_that_nobody_placed_is_where_the_patient_lives(zone, region):
    rosa = people.person("rosa")
    rosa.time_zone = zone
    rosa.save()
    case = factories.open_case(rosa)
    typed = {"doctor": "Dr. Raman", "office": "Burrard Clinic", "region": "", "phone": "", "fax": "", "round": "2"}
    people.browser(rosa).post(reverse("records:name_doctor", args=[case.pk]), typed)
    visit = actions.set_visit_date(Visit.objects.get(), on=date(2026, 11, 24), at=time(14, 30), by=actor("rosa"))
    assert (visit.time_zone, visit.office.region) == (zone, region)
    assert visit.starts_at.astimezone(rosa.zone).time() == time(14, 30)


def test_what_is_typed_beside_the_name_of_her_own_office_is_said_of_it():
    visit = named_visit()
    typed = {
        "doctor": "Dr. Priya Raman", "office": visit.office.name, "phone": "+1 215 555 0101", "fax": "",
        "region": "CA-ON", "round": "2",
    }  # fmt: skip
    people.browser(people.person("rosa")).post(reverse("records:name_doctor", args=[visit.case_id]), typed)
    office = Visit.objects.get().office
    assert (office.pk, office.phone, office.region) == (visit.office.pk, "+1 215 555 0101", "CA-ON")
    assert Visit.objects.get().time_zone == "America/Toronto"


def test_one_wish_for_a_call_is_one_row():
    visit = booked_visit()
    page_actions.ask_for_a_call(visit.case, by=actor("rosa"))
    reminders.answer(Reminder.objects.filter(kind="records.request_by")[0], "call", by=actor("rosa"))
    assert ToDo.objects.open().filter(kind="call").count() == 1
