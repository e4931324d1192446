"""An office that asks for its code gets it: on a letter of one page, to what is on file."""

import datetime as dt

import pytest

from cases.case.models import Office, ToDo
from cases.desk.letters import actions, sending
from cases.desk.letters.models import Letter
from cases.desk.links import actions as links
from cases.desk.links import codes
from cases.desk.links.actions import SEND_CODE, link_for
from cases.desk.mail import planning
from cases.desk.models import OfficeLink
from cases.records import actions as records
from portal import clock
from portal.errors import Refused
from portal.reminders.models import Reminder
from tests import people
from tests.desk.letter_builders import signed_visit
from tests.desk.mail_builders import on_file
from tests.desk.test_letter_paper import black_and_white, no_glyph_is_missing, pages_of, sizes, zxingcpp
from tests.pdf_letters import words_of
from tests.records.builders import actor, item

DAY = dt.timedelta(days=1)


@pytest.fixture
def visit(november_5):
    found = signed_visit()
    on_file(found.office, fax="+1 555 010 0185")
    found.refresh_from_db()
    return found


@pytest.fixture
def clinic(visit):
    """The page of the second doctor's office."""
    return link_for(visit, visit.office, by=actor("theo"))


def fresh(link):
    return OfficeLink.objects.select_related("office", "visit__case__patient").get(pk=link.pk)


def asked(link):
    return ToDo.objects.open().filter(kind=SEND_CODE, about_id=str(link.pk))


def by_mail(link):
    return f"/o/{codes.mailed_token(link)}/"


def test_the_letter_has_the_code_and_not_the_birth_date(clinic):
    letter = actions.make("code", clinic, by=actor("theo"))
    letter, pdf = actions.print_letter(letter, by=actor("theo"))
    read = words_of(pdf)
    assert codes.paper_code(clinic) in read
    assert "Rosa Delgado" in read
    assert "1961" not in read
    assert pages_of(pdf) == 1
    assert min(sizes(pdf)) >= 11
    assert no_glyph_is_missing(pdf)
    found = {each.text for each in zxingcpp.read_barcodes(black_and_white(pdf))}
    assert codes.paper_code(clinic).replace(" ", "") in found


def test_what_an_office_asked_for_stays_to_be_done_until_the_code_is_out(client, visit, clinic):
    assert "Send a code to our fax on file" in client.get(by_mail(clinic)).content.decode()
    said = client.post(by_mail(clinic), {"do": "fresh"}).content.decode()
    assert "One of us faxes the code to the number that we have on file" in said
    planning.send_codes(clock.now())
    assert asked(clinic).count() == 1
    letter, _pdf = actions.print_letter(actions.make("code", clinic, by=actor("theo")), by=actor("theo"))
    assert asked(clinic).count() == 1
    sending.sent(letter, "faxed", by=actor("theo"))
    assert not asked(clinic).exists()
    assert client.post("/o/", {"code": codes.paper_code(fresh(clinic)), "born": "5 2 1961"}).status_code == 302


def test_a_new_address_goes_by_mail_once_and_the_code_stays_a_letter(client, november_5, visit, clinic):
    records_under_way(visit)
    november_5.shift(15 * DAY)
    client.post(by_mail(clinic), {"do": "fresh"})
    assert [planning.send_codes(clock.now()) for _run in range(3)] == [1, 0, 0]
    assert Reminder.objects.filter(recipient_type="office").count() == 1
    assert asked(clinic).count() == 1


def records_under_way(visit):
    for verb in ("asked", "sent"):
        records.tell(item(visit, "slides"), verb, by=actor("theo"))


def test_a_holder_with_a_new_address_needs_nothing_more(client, november_5, visit):
    holder = on_file(item(visit, "slides").holder)
    records.tell(item(visit, "slides"), "asked", by=actor("theo"))
    link = link_for(visit, holder, by=actor("theo"))
    november_5.shift(15 * DAY)
    said = client.post(by_mail(link), {"do": "fresh"}).content.decode()
    assert "We email the address of your page" in said
    assert planning.send_codes(clock.now()) == 1
    assert not asked(link).exists()


@pytest.mark.parametrize(
    ("on_entry", "file"),
    [
        ("by letter to our address on file", {"fax": "", "place": "Elm Street"}),
        ("Ask for a code", {"fax": "", "place": ""}),
    ],
)
def test_a_fax_is_promised_only_where_one_can_go(client, clinic, on_entry, file):
    Office.objects.filter(pk=clinic.office_id).update(**file)
    html = client.get(by_mail(clinic)).content.decode()
    assert on_entry in html
    assert "fax on file" not in html


def test_a_page_printed_before_the_newer_code_does_not_count_as_gone_out_until_it_is_printed_anew(november_5, clinic):
    letter, _pdf = actions.print_letter(actions.make("code", clinic, by=actor("theo")), by=actor("theo"))
    november_5.shift(15 * DAY)
    links.ask_for_code(fresh(clinic), by=links.desk_of(clinic))
    with pytest.raises(Refused, match="newer code"):
        sending.sent(letter, "posted", by=actor("theo"))
    assert asked(clinic).count() == 1
    letter, pdf = actions.print_letter(letter, by=actor("theo"))
    assert codes.paper_code(fresh(clinic)) in words_of(pdf)
    assert sending.sent(letter, "posted", by=actor("theo")).sent_how == "posted"
    assert not asked(clinic).exists()


def test_the_board_leads_to_the_letter_and_pressed_twice_it_is_one(client, clinic):
    client.post(by_mail(clinic), {"do": "fresh"})
    theo = people.browser(people.person("theo"))
    address = f"/letters/new/code/{clinic.pk}/"
    assert address in theo.get("/staff/cases/").content.decode()
    assert address in theo.get(f"/staff/cases/{clinic.visit.case_id}/").content.decode()
    assert "The birth date, which it asks for too, is not on it." in theo.get(address).content.decode()
    assert len({theo.post(address)["Location"] for _press in range(2)}) == 1
    page = theo.get(Letter.objects.get().get_absolute_url()).content.decode()
    assert codes.paper_code(clinic) in page
    assert "Say so, and the office has its code." in page


@pytest.mark.parametrize("who", ["rosa", "grace", "mara"])
def test_only_coordinators_make_it(clinic, who):
    assert people.browser(people.person(who)).post(f"/letters/new/code/{clinic.pk}/").status_code == 404


def test_a_closed_page_gets_no_letter_and_one_that_was_made_does_not_go(clinic):
    made = actions.make("code", clinic, by=actor("theo"))
    links.close(clinic, by=actor("theo"))
    with pytest.raises(Refused, match="closed"):
        sending.sent(made, "posted", by=actor("theo"))
    with pytest.raises(Refused, match="nothing to ask"):
        actions.make("code", fresh(clinic), by=actor("theo"))


def test_without_a_birth_date_on_file_no_letter_has_a_code(clinic):
    letter = actions.make("code", clinic, by=actor("theo"))
    patient = clinic.visit.case.patient
    patient.birth_date = None
    patient.save(update_fields=["birth_date"])
    _letter, pdf = actions.print_letter(letter, by=actor("theo"))
    assert codes.paper_code(clinic) not in words_of(pdf)
    for who, said in (("theo", "Ask the patient for it."), ("rosa", 'href="/account/you/"')):
        page = people.browser(people.person(who)).get(letter.get_absolute_url()).content.decode()
        assert said in page.split("rs-letterdesk")[1]
    new = people.browser(people.person("theo")).get(f"/letters/new/code/{clinic.pk}/").content.decode()
    assert "Not on file, so this page has no code" in new
