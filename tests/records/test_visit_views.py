"""What a person sees and can do on the page of a visit and its day."""

from datetime import date, time

import pytest
from django.urls import reverse

from cases.case.actions import settle_to_do
from cases.case.models import Office, ToDo
from cases.records import actions
from cases.records.models import Visit
from tests import factories, people
from tests.records.builders import actor, booked_visit, case_of_rosa, item, named_visit, on_november_5
from tests.records.reading import main, page, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


@pytest.fixture
def rosa():
    return people.browser(people.person("rosa"))


def test_visit_page_first_asks_for_the_doctor(rosa):
    answer = rosa.get(page("visit", case_of_rosa()))
    assert "Who is the second doctor?" in text(answer)


def test_naming_the_doctor_adds_an_office_for_this_case(rosa):
    case = case_of_rosa()
    rosa.post(
        page("name_doctor", case),
        {"doctor": "Dr. Raman", "office": "Northfield", "phone": "(555) 010-0178", "region": "US-PA"},
    )
    visit = Visit.objects.get()
    assert (visit.clinician.name, visit.office.name, visit.office.region) == ("Dr. Raman", "Northfield", "US-PA")
    assert visit.office.for_case == case


@pytest.mark.parametrize("day", ["9999-12-31", "9000-01-01", "2028-03-01", "2026-11-04"])
def test_a_day_that_cannot_be_is_not_looked_at(rosa, day):
    visit = booked_visit()
    answer = rosa.get(page("visit", visit.case) + f"?look={day}&day={day}")
    assert answer.status_code == 200
    assert answer.context["look"] is None
    assert day not in [each.on.isoformat() for each in answer.context["days"]]


def test_a_time_can_be_added_to_a_day_that_is_saved_without_one(rosa):
    visit = named_visit()
    actions.set_visit_date(visit, on=date(2026, 12, 14), by=actor("rosa"))
    looked = rosa.get(page("visit", visit.case) + "?look=2026-12-14T10:30").context["look"]
    assert looked["is_comfortable"]
    assert not looked["is_saved"]
    assert rosa.get(page("visit", visit.case) + "?look=2026-12-14").context["look"]["is_saved"]


def test_a_time_with_a_zone_of_its_own_is_read_as_the_office_s(rosa):
    visit = named_visit()
    rosa.post(page("save_day", visit.case), {"save": "2026-12-14T10:30+05:00"})
    assert Visit.objects.get().at_time == time(10, 30)


def test_naming_the_doctor_uses_the_known_office_of_that_name(rosa):
    case = case_of_rosa()
    rosa.post(page("name_doctor", case), {"doctor": "Dr. Sato", "office": "lakeside"})
    assert Visit.objects.get().office == Office.objects.get(name="Lakeside")


def test_a_doctor_without_an_office_is_asked_for_and_the_name_stays(rosa):
    answer = rosa.post(page("name_doctor", case_of_rosa()), {"doctor": "Dr. Raman", "office": ""})
    assert answer.status_code == 422
    assert "Enter the name of the clinic or office." in text(answer)
    assert "Dr. Raman" in text(answer)


def test_each_offered_date_shows_its_verdict(rosa):
    visit = named_visit()
    actions.move_referral(visit.case, "asked", on=date(2026, 11, 3), by=actor("rosa"))
    days = "?day=2026-11-10T09:40&day=2026-11-13T11:00&day=2026-11-24T14:30&look=2026-11-10T09:40"
    shown = text(rosa.get(page("visit", visit.case) + days))
    assert "Tuesday, November 10, 9:40 am" in shown
    assert "This may come on the day or after it: Referral letter." in shown
    assert "All core records are expected in time. A slow office could miss it." in shown
    assert "All core records are in time, even if offices are slow." in shown
    for row in ("Mon, Nov 9", "Fri, Nov 20", "Fri, Nov 13", "Tue, Nov 17", "Tue, Nov 10", "Wed, Nov 18"):
        assert row in shown
    assert "There and read by November 13, at the latest November 18." in shown
    assert "By November 20, at the latest December 8." in shown
    assert "There and read by November 25, at the latest December 4. Needs your signature first." in shown
    assert "Take November 24" in shown
    assert "one of us calls you today" in shown


def test_the_page_never_says_wait_or_too_late(rosa):
    visit = named_visit()
    for day in ("2026-11-06", "2026-11-10", "2026-11-13", "2026-11-24"):
        shown = main(rosa.get(page("visit", visit.case) + f"?day={day}&look={day}"))
        assert "too late" not in shown
        assert " wait" not in shown


def test_a_date_in_the_past_is_refused_with_a_sentence(rosa):
    visit = named_visit()
    answer = rosa.get(page("visit", visit.case) + "?new_day=2026-11-04&day=2026-11-24")
    assert answer.status_code == 422
    assert "That day has passed. Enter the day of the visit, today or later." in text(answer)
    assert "Tuesday, November 24" in text(answer)


def test_adding_a_date_puts_it_among_the_offered_ones(rosa):
    visit = named_visit()
    answer = rosa.get(page("visit", visit.case) + "?new_day=2026-11-24&new_time=14:30&day=2026-11-10", follow=True)
    assert "Tuesday, November 10" in text(answer)
    assert "Tuesday, November 24, 2:30" in text(answer)


def test_looking_at_dates_writes_nothing(rosa):
    visit = named_visit()
    rosa.get(page("visit", visit.case) + "?day=2026-11-24&look=2026-11-24")
    visit.refresh_from_db()
    assert (visit.on_date, visit.state) == (None, "planned")


def test_saving_the_date(rosa):
    visit = named_visit()
    rosa.post(page("save_day", visit.case), {"save": "2026-11-24T14:30"})
    visit.refresh_from_db()
    assert (visit.on_date, visit.at_time) == (date(2026, 11, 24), time(14, 30))
    shown = text(rosa.get(page("visit", visit.case)))
    assert "You visit Dr. Priya Raman on Tuesday, November 24." in shown
    assert "Eastern Time" in shown


def test_saving_a_past_date_is_refused_and_loses_nothing(rosa):
    visit = named_visit()
    answer = rosa.post(page("save_day", visit.case), {"save": "2026-11-02", "day": ["2026-11-24"]})
    assert answer.status_code == 422
    assert "That day has passed." in text(answer)
    assert "Tuesday, November 24" in text(answer)


@pytest.mark.parametrize("sent", [{}, {"save": "soon"}, {"way": "sideways 2026-11-24"}, {"way": "carry"}])
def test_a_broken_day_or_way_changes_nothing(rosa, sent):
    visit = named_visit()
    assert rosa.post(page("save_day", visit.case), sent).status_code == 422
    visit.refresh_from_db()
    assert visit.on_date is None


def test_a_way_on_saves_the_day_with_it(rosa):
    visit = named_visit()
    rosa.post(page("save_day", visit.case), {"way": "carry 2026-11-09"})
    visit.refresh_from_db()
    assert (visit.way, visit.on_date) == ("carry", date(2026, 11, 9))


def test_no_later_way_past_the_treatment(rosa):
    visit = named_visit(case_of_rosa())
    visit.case.treatment_on = date(2026, 11, 12)
    visit.case.save(update_fields=["treatment_on"])
    shown = text(rosa.get(page("visit", visit.case) + "?day=2026-11-10&day=2026-11-24&look=2026-11-10"))
    assert "Take a later date" not in shown
    shown = text(rosa.get(page("visit", visit.case) + "?day=2026-11-24&look=2026-11-24"))
    assert "This day is on or after the start of your treatment." in shown


def test_cancel_and_take_it_back(rosa):
    visit = booked_visit()
    rosa.post(page("move_visit", visit, "cancel"))
    visit.refresh_from_db()
    assert visit.state == "cancelled"
    assert "Take that back" in text(rosa.get(page("visit", visit.case)))
    rosa.post(page("move_visit", visit, "undo"))
    visit.refresh_from_db()
    assert visit.state == "booked"


def test_once_the_day_is_here_the_page_asks_whether_it_took_place(rosa, november_5):
    visit = booked_visit()
    november_5.move_to("2026-11-25T15:00:00Z")
    assert "Did the visit take place?" in text(rosa.get(page("visit", visit.case)))
    rosa.post(page("move_visit", visit, "took_place"))
    assert "You saw Dr. Priya Raman on Tuesday, November 24." in text(rosa.get(page("visit", visit.case)))


def test_an_unknown_verb_changes_nothing(rosa):
    visit = booked_visit()
    assert rosa.post(page("move_visit", visit, "explode")).status_code == 422


def notice(answer):
    return text(answer).split("A person who helps, and how we count")[1].split("</aside>")[0]


def test_a_near_visit_says_that_a_person_calls_and_lets_her_choose_the_time(rosa):
    visit = booked_visit(on=date(2026, 11, 13))
    shown = notice(rosa.get(page("visit", visit.case)))
    assert "One of us calls you today." in shown
    assert f'href="{reverse("pages:ledger", args=[visit.case_id])}#call">Choose a time</a>' in shown
    assert 'id="call"' in text(rosa.get(reverse("pages:ledger", args=[visit.case_id])))


def test_a_near_treatment_says_so_too_until_the_call_was_made(rosa):
    case = factories.open_case(treatment_on=date(2026, 11, 12))
    visit = named_visit(case)
    shown = notice(rosa.get(page("visit", case)))
    assert "Your treatment is near, so a person helps at once." in shown
    assert "Choose a time" in shown
    settle_to_do(ToDo.objects.get(kind="treatment_soon"), by=actor("theo"))
    assert "Choose a time" not in notice(rosa.get(page("visit", visit.case)))


def test_a_call_that_is_late_is_not_promised_for_today(rosa, november_5):
    visit = booked_visit(on=date(2026, 11, 18))
    november_5.move_to("2026-11-10T15:00:00Z")
    shown = notice(rosa.get(page("visit", visit.case)))
    assert "A call to you is on our list." in shown


def test_the_coordinator_reads_that_a_call_was_asked_for():
    visit = booked_visit(on=date(2026, 11, 13))
    shown = notice(people.browser(people.person("theo")).get(page("visit", visit.case)))
    assert "A call was asked for." in shown
    assert "Choose a time" not in shown


# --- a word about a day


def looked_at(rosa, visit, day):
    return text(rosa.get(visit.get_absolute_url() + f"&day={day}&look={day}"))


@pytest.mark.parametrize("day", ["2026-11-11", "2026-11-26", "2026-11-14"])
def test_a_holiday_or_weekend_can_be_taken_with_a_word_about_it(rosa, day):
    visit = named_visit()
    assert "Many offices are closed on this day. </strong>" in looked_at(rosa, visit, day).replace("day.<", "day. <")
    rosa.post(page("save_day", visit.case), {"save": day})
    assert Visit.objects.get().on_date == date.fromisoformat(day)


def test_an_ordinary_day_gets_no_word(rosa):
    shown = looked_at(rosa, named_visit(), "2026-11-24")
    assert "closed on this day" not in shown
    assert "another visit on this day" not in shown
    assert "start of your treatment" not in shown


@pytest.mark.parametrize("day", ["2026-12-15", "2026-12-16"])
def test_on_and_after_the_start_of_treatment_the_page_says_so_and_offers_no_later_day(rosa, day):
    shown = looked_at(rosa, named_visit(), day)
    assert "This day is on or after the start of your treatment." in shown
    assert "Take a later date" not in shown


def test_two_visits_on_one_day_are_named(rosa, november_5):
    visit = booked_visit(on=date(2026, 11, 10))
    november_5.move_to("2026-11-10T22:00:00Z")
    actions.say_took_place(visit, by=actor("rosa"))
    third = actions.name_visit(visit.case, doctor="Dr. Ivers", office_name="Far", round=3, by=actor("rosa"))
    actions.set_visit_date(third, on=date(2026, 12, 1), by=actor("rosa"))
    shown = looked_at(rosa, third, "2026-12-01")
    assert "another visit on this day" not in shown  # it is this one
    Visit.objects.filter(pk=visit.pk).update(state="booked", on_date=date(2026, 12, 1))
    shown = looked_at(rosa, third, "2026-12-01")
    assert "You have another visit on this day." in shown
    assert "It is with Dr. Priya Raman at 2:30 pm. Look if both fit." in shown


def test_the_days_around_it_name_what_decides_each(rosa):
    visit = named_visit()
    for kind in ("pathology_report", "imaging_reports"):
        actions.tell(item(visit, kind), "arrived", by=actor("rosa"))
    near = looked_at(rosa, visit, "2026-11-16").split('id="near"')[1].split("</section>")[0]
    assert "This hangs on: Treatment plan and Referral letter." in near


def test_a_second_doctor_of_the_same_clinic_is_said_where_the_doctor_is_named(rosa):
    case = case_of_rosa()
    rosa.post(page("name_doctor", case), {"doctor": "Dr. Sato", "office": "Lakeside"})
    assert "Dr. Sato works at Lakeside like Dr. Keller." in text(rosa.get(page("visit", case)))
    rosa.post(page("name_doctor", case), {"doctor": "Dr. Raman", "office": "Northfield"})
    assert "Same clinic?" not in text(rosa.get(page("visit", case)))
