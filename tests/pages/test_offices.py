"""The directory as a coordinator sees it: finding, changing, calling and merging entries."""

import uuid

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.case import actions, directory
from cases.case.models import Office, ToDo
from cases.records import actions as records
from portal.pages import offices
from tests import people
from tests.case.offices import checked, theo, typed_in
from tests.records.builders import NOVEMBER_5, actor, booked_visit, case_of_rosa, item

pytestmark = pytest.mark.django_db

LIST = "/staff/offices/"


@pytest.fixture(autouse=True)
def november_5():
    with time_machine.travel(NOVEMBER_5, tick=False):
        yield


def theos() -> Client:
    return people.browser(people.person("theo"))


def see(address: str = LIST) -> str:
    return theos().get(address).content.decode()


def address(office: Office, name: str = "office") -> str:
    return reverse(f"pages:{name}", args=[office.pk])


def filled(office: Office, **changes) -> dict:
    """What the form of an entry sends when it is saved as it stands, with changes."""
    fields = theos().get(address(office, "change_office")).context["form"].initial
    kept = {name: value for name, value in fields.items() if value not in (None, False, "", "US", "CA")}
    return {**kept, **changes}


def test_those_that_nobody_called_come_first_then_by_name():
    for name in ("Brookside", "Abbey"):
        checked(name)
    typed_in("Zoo Clinic")
    html = see()
    assert html.index("Zoo Clinic") < html.index("Abbey") < html.index("Brookside")
    assert "To be called" in html


@pytest.mark.parametrize(("words", "found"), [("zoo", True), ("(555) 010-0199", True), ("1001", True), ("bay", False)])
def test_finding_by_name_and_number(words, found):
    typed_in("Zoo Clinic", phone="555.0100199")
    assert ("Zoo Clinic" in theos().get(LIST, {"find": words}).content.decode()) is found


def test_the_list_is_paged_and_costs_the_same_for_many():
    def queries(number: int = 1) -> int:
        with CaptureQueriesContext(connection) as seen:
            theos().get(LIST, {"page": number})
        return len(seen)

    case = case_of_rosa()
    see()
    few = queries()
    for number in range(offices.OFFICES_ON_A_PAGE + 1):
        typed_in(f"Office {number:02}", case)
    assert queries() <= few + 1  # the second page is counted
    assert "Office 00" in see()
    assert "Office 25" in see(f"{LIST}?page=2")


@pytest.mark.parametrize("words", ["\v", "%", "'; --", "<b>", "²" * 5])
def test_odd_words_find_nothing_and_break_nothing(words):
    office = typed_in("Zoo Clinic")
    for page in (LIST, address(office, "merge_office")):
        assert theos().get(page, {"find": words}).status_code == 200
    assert theos().get(reverse("case:office_names"), {"first_office": words}).status_code == 200


def test_the_call_on_the_board_is_to_the_office_not_to_the_patient():
    type(people.person("rosa")).objects.filter(pk=people.person("rosa").pk).update(phone="+15550100110")
    typed_in("Zoo Clinic")
    ToDo.objects.update(due_on="2026-11-05")
    assert "tel:+15550100110" not in see(reverse("pages:caseload"))


def test_an_empty_directory_says_what_will_stand_there():
    assert "No office yet" in see()
    assert "No office fits" in see(f"{LIST}?find=nowhere")


def test_the_to_do_leads_to_the_entry():
    office = typed_in("Zoo Clinic")
    ToDo.objects.update(due_on="2026-11-05")
    html = see(reverse("pages:caseload"))
    assert f'href="{address(office)}"' in html
    assert "Zoo Clinic" in html


def test_the_entry_shows_what_is_known_who_uses_it_and_what_is_open():
    visit = booked_visit()
    lakeside = item(visit).holder
    actions.change_office(lakeside, likes_to_be_asked="Fax, one page", phone="(555) 010-0177", by=actor("rosa"))
    directory.change_entry(lakeside, usual_days={"slides": 11}, never_releases="Tissue blocks", by=theo())
    assert "Nothing is open with them" in see(address(lakeside))
    for kind in ("pathology_report", "imaging_reports", "slides"):
        records.tell(item(visit, kind), "asked", by=actor("theo"))
    records.tell(item(visit, "slides"), "acknowledged", by=actor("theo"))
    html = see(address(lakeside))
    for words in (
        "Fax, one page",
        "usually 11 days",
        "Tissue blocks",
        "Rosa Delgado",
        "Dr. Keller",
        "tel:+15550100177",
    ):
        assert words in html
    assert "First doctor in 1 case" in html
    assert "Open with them, 3 records in 1 case" in html
    assert "Pathology report, Scan reports" in html
    assert "I called the number: it is right" in html


def test_as_many_queries_for_an_entry_with_many_records_as_with_one():
    visit = booked_visit()
    lakeside = item(visit).holder
    office = visit.office
    counts = set()
    for each in (lakeside, office):
        see(address(each))
        with CaptureQueriesContext(connection) as seen:
            see(address(each))
        counts.add(len(seen))
    assert max(counts) - min(counts) <= 1


def test_calling_the_number_makes_it_everybodys():
    office = typed_in("Zoo Clinic")
    answer = theos().post(address(office, "check_office"))
    assert answer.url == address(office)
    assert "Checked by Theo on November 5." in see(address(office))
    assert not ToDo.objects.open().filter(kind="check_office").exists()


def test_without_a_number_the_entry_says_what_is_missing():
    office = typed_in("Zoo Clinic", phone="")
    assert "Enter the number that you called first." in see(address(office))
    assert theos().post(address(office, "check_office")).status_code == 409


def test_an_entry_is_changed_with_its_list_and_speed():
    office = checked()
    fields = filled(office, fee="$15", asks_for=["slides"], usual_slides="11", own_form="ROI-3", region="US-PA")
    assert theos().post(address(office, "change_office"), fields).url == address(office)
    office.refresh_from_db()
    assert (office.fee, office.asks_for, office.usual_days) == ("$15", ["slides"], {"slides": 11})
    assert (office.has_own_form, office.region) == (True, "US-PA")


@pytest.mark.parametrize(
    "bad", [{"usual_slides": "0"}, {"usual_slides": "soon"}, {"asks_for": ["gossip"]}, {"email": "x"}, {"name": ""}]
)
def test_what_cannot_be_is_said_and_nothing_is_lost(bad):
    office = checked()
    answer = theos().post(address(office, "change_office"), filled(office, fee="Fifteen dollars") | bad)
    assert answer.status_code == 422
    assert "Fifteen dollars" in answer.content.decode()
    office.refresh_from_db()
    assert office.fee == ""


def test_saving_what_another_changed_meanwhile_shows_it_once_more():
    office = checked()
    page = address(office, "change_office")
    opened = theos().get(page).context["seen"]
    mine = filled(office, fee="$15", seen=opened)
    directory.change_entry(office, phone="(555) 010-0199", by=theo())
    answer = theos().post(page, mine)
    assert answer.status_code == 409
    assert "Someone changed this entry since you opened it." in answer.content.decode()
    office.refresh_from_db()
    assert (office.fee, office.phone) == ("", "(555) 010-0199")
    assert theos().post(page, {**mine, "seen": answer.context["seen"]}).status_code == 302
    assert theos().post(page, {**mine, "seen": answer.context["seen"]}).status_code == 302  # pressed twice


def test_a_note_stays_with_the_team():
    office = checked()
    theos().post(address(office, "note_office"), {"note": "Courier leaves at 3 pm. <b>Ask</b> before 2."})
    html = see(address(office))
    assert "Courier leaves at 3 pm. &lt;b&gt;Ask&lt;/b&gt; before 2." in html
    assert theos().post(address(office, "note_office"), {"note": "x" * 700}).status_code == 422


def test_merging_shows_what_moves_and_where_they_differ_first():
    visit = booked_visit()
    old = visit.office
    new = checked("Northfield Medical Center", visit.case, fax="(555) 010-0151")
    html = see(address(old, "merge_office"))
    assert f"?into={new.pk}" in html
    html = see(f"{address(old, 'merge_office')}?into={new.pk}")
    for words in ("Merge Northfield Medical Center into", "1 doctor", "1 visit", "In 1 case.", "(555) 010-0151"):
        assert words in html
    assert Office.objects.get(pk=old.pk).merged_into is None


def test_the_same_number_written_otherwise_is_offered_at_once():
    typed = typed_in("Lab on Queen Street", phone="416-555-0150")
    other, far = checked("Queen Pathology", phone="+1 (416) 555 0150"), checked("Bay", phone="+1 416 555 0188")
    html = see(address(typed, "merge_office"))
    assert str(other.pk) in html
    assert str(far.pk) not in html


def test_merging_leads_to_the_entry_that_stands_and_the_old_address_with_it():
    old, new = typed_in(), checked()
    for _press in range(2):
        assert theos().post(address(old, "merge_office"), {"into": new.pk}).url == address(new)
    for name in ("office", "change_office", "merge_office"):
        assert theos().get(address(old, name)).url == address(new)
    assert "Northfield Med Ctr" in see(address(new))
    assert "Northfield Med Ctr" not in see()


def test_the_entry_that_stands_leads_to_taking_the_two_apart():
    visit = booked_visit()
    old, new = visit.office, checked("Northfield", visit.case)
    theos().post(address(old, "merge_office"), {"into": new.pk})
    html = see(address(new))
    assert address(old, "undo_merge") in html
    assert "Merged by Theo on November 5." in html
    html = see(address(old, "undo_merge"))
    for words in ("1 doctor", "1 visit", "no reason is needed"):
        assert words in html
    for _press in range(2):
        assert theos().post(address(old, "undo_merge")).url == address(old)
    assert theos().get(address(old, "undo_merge")).url == address(old)
    assert address(old, "undo_merge") not in see(address(new))


def test_later_the_reason_is_asked_for_and_a_chain_is_explained():
    old, new, third = typed_in(), checked(), checked("Third")
    directory.merge(old, new, by=theo())
    with time_machine.travel("2026-11-05T15:11:00Z", tick=False):
        answer = theos().post(address(old, "undo_merge"))
        assert answer.status_code == 422
        assert "Say why in a few words" in answer.content.decode()
        assert theos().post(address(old, "undo_merge"), {"why": "x" * 300}).status_code == 422
        directory.merge(new, third, by=theo())
        html = see(address(old, "undo_merge"))
        assert "Northfield Medical Center became part of another entry since." in html
        assert "Take them apart" not in html
        assert theos().post(address(old, "undo_merge"), {"why": "x"}).status_code == 409


def test_the_patients_old_page_leads_back_to_the_case():
    old = typed_in()
    directory.merge(old, checked(), by=theo())
    rosa = people.browser(people.person("rosa"))
    answer = rosa.get(reverse("case:office", args=[old.pk]))
    assert answer.url == reverse("case:people", args=[old.for_case_id])


@pytest.mark.parametrize("into", ["", "nonsense", "'; --"])
def test_a_merge_into_nothing_is_asked_again(into):
    assert theos().post(address(typed_in(), "merge_office"), {"into": into}).status_code == 422


def test_a_merge_into_what_does_not_exist_is_missing():
    assert theos().post(address(typed_in(), "merge_office"), {"into": uuid.uuid4()}).status_code == 404


def test_an_unchecked_entry_is_offered_the_other_way_round():
    checked_one, typed_one = checked(), typed_in()
    html = see(f"{address(checked_one, 'merge_office')}?into={typed_one.pk}")
    assert "Call the number of Northfield Med Ctr first." in html
    assert "Keep the other one instead" in html
    assert theos().post(address(checked_one, "merge_office"), {"into": typed_one.pk}).status_code == 409


def test_the_records_page_says_how_to_ask_and_whose_list_it_is():
    office = checked("Northfield Medical Center", asks_for=["slides"])
    visit = records.name_visit(case_of_rosa(), doctor="Dr. Raman", office=office, by=actor("rosa"))
    lakeside = item(visit).holder
    known = {"fee": "$15 for slides", "has_own_form": True, "usual_days": {"slides": 11}, "phone": "(555) 010-0177"}
    directory.change_entry(lakeside, note="Only for us", by=theo(), **known)
    html = people.browser(people.person("rosa")).get(reverse("records:list", args=[visit.case_id])).content.decode()
    for words in ("How to ask", "$15 for slides", "They have one.", "Usually 11 business days", "tel:+15550100177"):
        assert words in html
    assert "Northfield Medical Center’s own list" in html
    assert "Only for us" not in html


def test_a_patient_completes_what_she_knows_of_her_own_office():
    office = typed_in("Zoo Clinic")
    rosa, page = people.browser(people.person("rosa")), reverse("case:office", args=[office.pk])
    rosa.post(page, {"name": "Zoo Clinic", "phone": "1", "region": "", "hours": "Mornings", "fee": "None"})
    office.refresh_from_db()
    assert (office.hours, office.fee, office.checked_at) == ("Mornings", "None", None)
    assert address(office) not in rosa.get(page).content.decode()
    assert address(office) in see(page)


def test_another_province_brings_its_time_zone_with_it():
    office = typed_in("Zoo Clinic")
    rosa, page = people.browser(people.person("rosa")), reverse("case:office", args=[office.pk])
    rosa.post(page, {"name": "Zoo Clinic", "region": "CA-BC"})
    office.refresh_from_db()
    assert (office.region, office.time_zone) == ("CA-BC", "America/Vancouver")


def test_a_coordinator_does_not_see_offices_of_closed_cases():
    office = typed_in("Zoo Clinic")
    type(office.for_case).objects.filter(pk=office.for_case_id).update(state="closed", closed_at="2026-11-01T00:00Z")
    assert "Zoo Clinic" not in see()
    assert theos().get(address(office)).status_code == 404
