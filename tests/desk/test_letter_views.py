"""The pages of letters: from a record to a letter, to its paper, to the word that it is out."""

import pytest
from django.urls import reverse

from cases.desk.letters.models import Letter
from cases.records.release import actions as release_actions
from portal.history.models import Event
from tests import people
from tests.desk.letter_builders import letter, may_ask, signed_visit
from tests.records.builders import actor, item, on_november_5
from tests.records.release_builders import visit_to_sign_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5():
        yield


def get(who: str, name: str, *args, **more):
    return people.browser(people.person(who)).get(reverse(name, args=args), **more)


def post(who: str, name: str, *args, **more):
    return people.browser(people.person(who)).post(reverse(name, args=args), **more)


def page(response) -> str:
    return response.content.decode()


@pytest.mark.full
@pytest.mark.parametrize("who", ["rosa", "theo"])
def test_from_a_record_to_a_letter_that_is_out(who):
    visit = signed_visit()
    slides = item(visit, "slides")
    records_page = page(get(who, "records:list", visit.case_id))
    assert reverse("desk:new_letter", args=["slides", slides.pk]) in records_page
    assert "Make the letter" in page(get(who, "desk:new_letter", "slides", slides.pk))

    made = post(who, "desk:new_letter", "slides", slides.pk)
    found = Letter.objects.get()
    assert made["Location"] == reverse("desk:letter", args=[found.pk])
    shown = page(get(who, "desk:letter", found.pk))
    assert found.reference in shown
    assert "Made, not printed yet" in shown

    printed = post(who, "desk:print_letter", found.pk)
    assert printed["Content-Type"] == "application/pdf"
    assert printed["Cache-Control"] == "no-store"
    assert post(who, "desk:send_letter", found.pk, "handed").status_code == 302
    assert item(visit, "slides").state == "asked"
    assert "Handed over" in page(get(who, "desk:letter", found.pk))
    assert found.reference in page(get(who, "desk:letters", visit.case_id))


def test_faxing_is_said_by_us_alone():
    made = letter()
    assert post("rosa", "desk:send_letter", made.pk, "faxed").status_code == 404
    assert post("theo", "desk:send_letter", made.pk, "pigeon").status_code == 404
    assert post("theo", "desk:send_letter", made.pk, "faxed").status_code == 302


@pytest.mark.parametrize("who", ["grace", "joanne", "amir", "mara"])
def test_others_find_none(who):
    made = letter()
    slides = item(made.visit, "slides")
    for name, args in [
        ("desk:letter", [made.pk]),
        ("desk:letters", [made.case_id]),
        ("desk:new_letter", ["slides", slides.pk]),
    ]:
        assert get(who, name, *args).status_code == 404
    assert post(who, "desk:print_letter", made.pk).status_code == 404


def test_helper_finds_none():
    """What was signed goes with it, and she does not see that."""
    made = letter()
    made.case.starter = people.person("ama")
    made.case.save(update_fields=["starter"])
    assert get("ama", "desk:letter", made.pk).status_code == 404
    assert get("ama", "desk:letters", made.case_id).status_code == 404
    assert "/letters/new/" not in page(get("ama", "records:list", made.case_id))


def test_what_is_missing_leads_to_where_it_is_signed():
    visit = visit_to_sign_for()
    slides = item(visit, "slides")
    assert reverse("records:authority", args=[visit.case_id]) in page(
        get("rosa", "desk:new_letter", "slides", slides.pk)
    )
    may_ask(visit)
    shown = page(get("rosa", "desk:new_letter", "slides", slides.pk))
    assert reverse("records:release", args=[slides.pk]) in shown
    assert "Make the letter" not in shown
    assert post("rosa", "desk:new_letter", "slides", slides.pk).status_code == 422


def test_taken_back_between_printing_and_sending_the_page_says_what_to_do():
    made = letter(by="rosa")
    post("rosa", "desk:print_letter", made.pk)
    release_actions.take_back(made.release, by=actor("rosa"))
    answer = post("rosa", "desk:send_letter", made.pk, "handed")
    assert answer.status_code == 409
    assert "ask for it back" in page(answer)
    assert post("rosa", "desk:print_letter", made.pk).status_code == 409
    board = page(get("theo", "pages:caseload"))
    assert "A letter may be out" in board or "A letter may be out" in page(get("theo", "pages:case_file", made.case_id))


def test_looking_is_on_record_for_the_patient():
    made = letter(by="rosa")
    get("theo", "desk:letter", made.pk)
    assert Event.objects.filter(verb="letter.opened", patient=made.case.patient_id).count() == 1


def test_asks_for_the_report_once_the_visit_took_place():
    visit = signed_visit()
    assert "There is nothing to ask for" in page(get("theo", "desk:new_letter", "report", visit.pk))
    assert post("theo", "desk:new_letter", "report", visit.pk).status_code == 409


def test_hostile_names_stay_words():
    visit = signed_visit()
    visit.office.name = "<script>alert(1)</script> #panic() $x$"
    visit.office.save(update_fields=["name"])
    made = letter(visit)
    assert "<script>alert" not in page(get("theo", "desk:letter", made.pk))
    assert post("theo", "desk:print_letter", made.pk)["Content-Type"] == "application/pdf"
