"""What a person sees and can do on the pages of visit, records and referral."""

from datetime import date, time

import pytest
from django.urls import reverse

from cases.case.models import Office
from cases.records import actions
from cases.records.models import Referral, Visit
from tests import factories, people
from tests.records.builders import actor, booked_visit, case_of_rosa, item, named_visit, on_november_5

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


@pytest.fixture
def rosa():
    return people.browser(people.person("rosa"))


def page(name, thing, *args):
    return reverse(f"records:{name}", args=[thing.pk, *args])


def text(answer):
    return " ".join(answer.content.decode().split())


def main(answer):
    """The page without what stands around it on every page."""
    return text(answer).split("<main")[1].split("</main>")[0].lower()


# --- the visit


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


# --- the records


def test_records_without_a_visit_point_to_the_doctor(rosa):
    assert "Name the second doctor first." in text(rosa.get(page("list", case_of_rosa())))


def test_records_show_verdict_hops_and_dates(rosa):
    visit = booked_visit()
    actions.tell(item(visit), "asked", by=actor("theo"))
    shown = text(rosa.get(page("list", visit.case)))
    assert "19 days until your visit" in shown
    assert "All core records should be there by Friday, November 20, even if offices are slow." in shown
    assert "Offices are closed on Wednesday, November 11." in shown
    assert "Asked for on November 5. Theo heard by phone." in shown
    assert "If nobody has said by Friday, November 13 that it is there, we ask again." in shown
    assert shown.count('class="rs-hops"') == 7


def test_saying_that_it_was_asked_for_moves_it(rosa):
    visit = booked_visit()
    record = item(visit)
    rosa.post(page("tell", record, "asked"))
    record.refresh_from_db()
    assert record.state == "asked"
    assert "You told us." in text(rosa.get(page("list", visit.case)))


def test_trouble_without_a_reason_is_asked_for_it(rosa):
    visit = booked_visit()
    record = actions.tell(item(visit), "arrived", by=actor("rosa"))
    answer = rosa.post(page("tell", record, "incomplete"))
    assert answer.status_code == 422
    assert "Say in a few words what is wrong" in text(answer)


def test_a_second_press_in_another_tab_is_a_conflict_in_words(rosa):
    visit = booked_visit()
    record = actions.tell(item(visit), "arrived", by=actor("rosa"))
    answer = rosa.post(page("tell", record, "asked"))
    assert answer.status_code == 409
    assert "This has changed since you opened the page." in text(answer)


def test_a_date_to_come_is_refused(rosa):
    record = item(booked_visit())
    answer = rosa.post(page("tell", record, "asked"), {"on": "2026-11-06"})
    assert (answer.status_code, "That day is still to come." in text(answer)) == (422, True)


def test_taking_a_word_back(rosa):
    record = item(booked_visit())
    rosa.post(page("tell", record, "asked"))
    rosa.post(page("tell", record, "undo"))
    record.refresh_from_db()
    assert record.state == "needed"


def test_choosing_how_it_travels(rosa):
    record = item(booked_visit())
    rosa.post(page("set_route", record), {"route": "carried"})
    record.refresh_from_db()
    assert record.route == "carried"
    assert rosa.post(page("set_route", record), {"route": "pigeon"}).status_code == 422


def test_what_is_carried_is_on_a_list_of_its_own(rosa):
    visit = booked_visit()
    rosa.post(page("set_route", item(visit)), {"route": "carried"})
    assert "Still to get" in text(rosa.get(page("list", visit.case)))
    rosa.post(page("tell", item(visit), "held"))
    assert "In your hands" in text(rosa.get(page("list", visit.case)))


def test_the_second_office_s_list_replaces_ours(rosa):
    visit = booked_visit()
    rosa.post(page("set_core", item(visit, "slides")), {"core": "yes"})
    rosa.post(page("set_core", item(visit, "imaging_reports")), {"core": "no"})
    core = set(visit.items.filter(is_core=True).values_list("kind_id", flat=True))
    assert core == {"pathology_report", "treatment_plan", "referral_letter", "slides"}
    # Slides are read by December 4 at the latest: no longer comfortable.
    assert "Some will follow" in text(rosa.get(page("list", visit.case)))


def test_saying_which_office_has_it(rosa):
    record = item(booked_visit())
    rosa.post(page("set_holder", record), {"office": "elm street"})
    record.refresh_from_db()
    assert record.holder.name == "Elm Street"
    rosa.post(page("set_holder", record), {"office": "Harbor Lab"})
    record.refresh_from_db()
    assert (record.holder.name, record.holder.checked_at) == ("Harbor Lab", None)
    assert rosa.post(page("set_holder", record), {"office": ""}).status_code == 422


def test_adding_one_more_record(rosa):
    visit = booked_visit()
    rosa.post(page("add_item", visit.case), {"kind": "lab_results", "which": "the one from spring"})
    assert item(visit, "lab_results").which == "the one from spring"
    assert rosa.post(page("add_item", visit.case), {"kind": "lab_results"}).status_code == 422


def test_what_was_taken_off_can_come_back(rosa):
    visit = booked_visit()
    record = item(visit, "slides")
    rosa.post(page("tell", record, "not_wanted"))
    assert "Taken off the list" in text(rosa.get(page("list", visit.case)))
    rosa.post(page("tell", record, "wanted"))
    record.refresh_from_db()
    assert record.state == "needed"


def test_list_of_kinds_is_open_to_all_and_names_its_source(client):
    shown = text(client.get(reverse("records:kinds")))
    assert "PMC6324595" in shown
    assert "Tissue slides" in shown


# --- the referral


def test_referral_is_asked_for_before_any_visit_has_a_doctor(rosa):
    case = case_of_rosa()
    assert "A letter to ask with" in text(rosa.get(page("referral", case)))
    rosa.post(page("move_referral", case, "asked"))
    referral = Referral.objects.get()
    assert (referral.state, referral.asked_on, referral.known_by) == ("asked", date(2026, 11, 5), "patient")


def test_referral_and_its_letter_move_together(rosa):
    visit = booked_visit()
    rosa.post(page("move_referral", visit.case, "sent"))
    assert item(visit, "referral_letter").state == "sent"
    rosa.post(page("move_referral", visit.case, "undo"))
    assert item(visit, "referral_letter").state == "needed"
    assert Referral.objects.get().state == "needed"


def test_a_refused_referral_shows_ways_on(rosa):
    visit = booked_visit()
    rosa.post(page("move_referral", visit.case, "refused"))
    shown = text(rosa.get(page("referral", visit.case)))
    assert "They said no. Here are ways on" in shown
    assert "who does not work with the first one" in shown


def test_not_needed_takes_the_letter_off_the_list(rosa):
    visit = booked_visit()
    rosa.post(page("move_referral", visit.case, "not_needed"))
    assert item(visit, "referral_letter").state == "not_wanted"


def test_the_same_move_twice_is_a_conflict_in_words(rosa):
    case = case_of_rosa()
    rosa.post(page("move_referral", case, "asked"))
    assert rosa.post(page("move_referral", case, "asked")).status_code == 409


def test_both_doctors_in_one_office_get_a_gentle_line(rosa):
    case = case_of_rosa()
    rosa.post(page("name_doctor", case), {"doctor": "Dr. Sato", "office": "Lakeside"})
    assert "Dr. Sato works at Lakeside like Dr. Keller." in text(rosa.get(page("referral", case)))


def test_the_letter_holds_no_diagnosis(rosa):
    case = case_of_rosa()
    assert "cancer" not in main(rosa.get(page("referral", case)))


# --- who may


def all_pages(visit):
    record = item(visit)
    return {
        "get": [page("visit", visit.case), page("list", visit.case), page("referral", visit.case)],
        "post": [
            page("name_doctor", visit.case),
            page("save_day", visit.case),
            page("move_visit", visit, "cancel"),
            page("add_item", visit.case),
            page("tell", record, "asked"),
            page("set_route", record),
            page("set_holder", record),
            page("set_core", record),
            page("move_referral", visit.case, "asked"),
        ],
    }


@pytest.mark.parametrize("stranger", ["grace", "amir", "mara"])
def test_a_stranger_meets_only_missing_pages(stranger):
    visit = booked_visit()
    browser = people.browser(people.person(stranger))
    for method, addresses in all_pages(visit).items():
        for address in addresses:
            assert getattr(browser, method)(address).status_code == 404, address
    visit.refresh_from_db()
    assert visit.state == "booked"


def test_the_assigned_consultant_reads_and_changes_nothing():
    visit = booked_visit()
    factories.assign(visit.case, people.person("joanne"))
    joanne = people.browser(people.person("joanne"))
    for address in all_pages(visit)["get"]:
        assert joanne.get(address).status_code == 200
    assert joanne.post(page("tell", item(visit), "asked")).status_code in (409, 422)
    assert joanne.post(page("move_visit", visit, "cancel")).status_code == 409
    visit.refresh_from_db()
    assert (visit.state, item(visit).state) == ("booked", "needed")


def test_the_coordinator_says_how_it_was_heard():
    visit = booked_visit()
    theo = people.browser(people.person("theo"))
    assert "How was it heard?" in text(theo.get(page("list", visit.case)))
    theo.post(page("tell", item(visit), "arrived"), {"told": "office", "on": "2026-11-05"})
    assert item(visit).known_by == "office"
