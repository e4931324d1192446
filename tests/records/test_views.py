"""What a person sees and can do on the page of records, and who may open these pages."""

import pytest
from django.urls import reverse

from cases.records import actions
from tests import factories, people
from tests.records.builders import actor, booked_visit, case_of_rosa, item, on_november_5
from tests.records.reading import page, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


@pytest.fixture
def rosa():
    return people.browser(people.person("rosa"))


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


@pytest.mark.full
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
