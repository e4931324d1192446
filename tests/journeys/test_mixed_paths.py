"""From the first signature to "report confirmed" in mixes of fax, phone, paper and link: none of them is the one way.

Each word is pressed where it would be: by the coordinator at the tray, on the records' and the letters' pages, or by a
desk of an office on its own page, opened by the code of a letter that came.
"""

import datetime as dt
import re
from uuid import UUID

import pytest

from cases.case.models import ToDo
from cases.desk.links.actions import SEND_CODE
from cases.desk.links.models import OfficeLink
from portal import clock
from portal.reminders import sender
from tests.desk.mail_builders import on_file
from tests.documents.files import folder as folder
from tests.journeys.paths import (
    TORONTO,
    Desk,
    Theo,
    another_holder,
    case_of_harold,
    mails_page,
    signs,
    the_loop,
    the_record,
)
from tests.records.builders import on_november_5
from tests.records.report_builders import DAY_AFTER

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def traveller(folder, settings):
    settings.TEXT_ENGINE = ""
    with on_november_5() as traveller:
        yield traveller


def today() -> str:
    return str(clock.today(TORONTO))


def told(thing) -> tuple[str, str]:
    return thing.state, thing.known_by


def test_holder_by_its_page_second_office_by_phone_primary_office_by_fax(traveller):
    case, theo = case_of_harold(email="harold@example.org"), Theo()
    record = the_record(case)
    signs(case)
    letter = theo.sends("records", record.pk, "faxed")
    traveller.shift(dt.timedelta(days=1))
    Desk().types(letter.code).answers(record, "sent", carrier="courier")
    assert told(the_record(case)) == ("sent", "office_page")
    traveller.shift(dt.timedelta(days=3))
    Theo().hears(record, "arrived")
    assert told(the_record(case)) == ("arrived", "staff_call")
    traveller.move_to(DAY_AFTER)
    theo = Theo()
    theo.presses("records:move_visit", record.visit_id, "took_place")
    theo.hears_of_report(case, "asked")
    theo.hears_of_report(case, "announced")
    traveller.shift(dt.timedelta(days=2))
    Theo().hears_of_report(case, "confirmed", "office_fax")
    assert told(the_loop(case)) == ("confirmed", "office_fax")


@pytest.mark.full
def test_holder_by_strip_twice_then_second_and_primary_office_by_link(traveller, smtp_sink):
    """First it cannot be found, then it is; the clinic takes the packet from its page and sends its report there."""
    case, theo = case_of_harold(), Theo()
    record = the_record(case)
    theo.presses("records:set_route", record.pk, route="through_us")
    theo.files_permissions(case, record)
    letter = theo.sends("records", record.pk, "faxed")
    traveller.shift(dt.timedelta(days=1))
    theo = Theo()
    theo.files_strip(letter, "fax", said="not_found", words="Not under this name")
    assert told(the_record(case)) == ("not_located", "office_fax")
    letter = theo.sends("records", record.pk, "faxed")
    assert the_record(case).state == "asked"
    traveller.shift(dt.timedelta(days=3))
    theo = Theo()
    theo.files_strip(letter, "fax", said="is_it")
    assert the_record(case).state == "held"
    # The clinic: the address by mail, the code by fax.
    clinic = on_file(record.visit.office, fax="+1 555 010 0185")
    mails_page(theo, case, clinic)
    sender.run()
    [mail] = [each for each in smtp_sink.messages if each["To"] == clinic.email]
    address = re.search(r"/o/[\w.~-]+/", mail.get_body(("plain",)).get_content())[0]
    desk = Desk().follows(address)
    assert "Download the records" not in desk.reads
    code = theo.sends("code", OfficeLink.objects.get(office=clinic).pk, "faxed").code
    desk.presses("add_proof", code=code)
    assert desk.saves("receive_pdf").startswith(b"%PDF")
    assert told(the_record(case)) == ("arrived", "office_page")
    desk.presses("say_received", came="all", said_by="Dana Ruiz, front desk")
    assert the_record(case).state == "opens_fine"
    # By the day after the visit the page sleeps: they ask for a code, then send their report. It goes on with a letter.
    traveller.move_to(DAY_AFTER)
    Desk().asks_for_code(address)
    [todo] = ToDo.objects.open().filter(kind=SEND_CODE)
    desk = Desk().types(Theo().sends("code", UUID(todo.about_id), "faxed").code)
    desk.presses("say_visit_happened")
    desk.sends_report()
    assert the_loop(case).state == "announced"
    letter = Theo().sends("pass_on", record.visit_id, "posted")
    assert (the_loop(case).state, the_loop(case).came) == ("received", "through_us")
    traveller.shift(dt.timedelta(days=3))
    elm = Desk().types(letter.code)
    elm.presses("primary_tell", said="from_you")
    assert (*told(the_loop(case)), the_loop(case).came) == ("confirmed", "office_page", "through_us")
    assert "Thank you. This is done." in elm.reads


@pytest.mark.full
def test_packet_by_post_and_the_strip_of_the_report_letter_from_the_tray(traveller):
    case, theo = case_of_harold(), Theo()
    record = the_record(case)
    theo.presses("records:set_route", record.pk, route="through_us")
    theo.files_permissions(case, record)
    theo.sends("records", record.pk)
    traveller.shift(dt.timedelta(days=5))
    theo = Theo()
    theo.files(theo.puts_in("The record", "post"), case, f"item:{record.pk}", said="is_it")
    assert the_record(case).state == "held"
    cover = theo.sends("cover", record.visit_id, "posted")
    assert the_record(case).state == "sent"
    traveller.shift(dt.timedelta(days=4))
    theo = Theo()
    theo.files_strip(cover, "post", said="came", on=today())
    assert told(the_record(case)) == ("arrived", "office_post")
    traveller.move_to(DAY_AFTER)
    theo = Theo()
    theo.presses("records:move_visit", record.visit_id, "took_place")
    letter = theo.sends("report", record.visit_id, "posted")
    traveller.shift(dt.timedelta(days=5))
    theo = Theo()
    theo.files_strip(letter, "fax", said="sent", to="primary", on=today())
    assert told(the_loop(case)) == ("announced", "office_fax")
    theo.hears_of_report(case, "confirmed")
    assert told(the_loop(case)) == ("confirmed", "staff_call")
    assert not OfficeLink.objects.exclude(opened_at=None).exists()


@pytest.mark.full
def test_two_records_of_two_holders_each_in_its_own_way(traveller):
    """One by phone, one by its page; the primary office looks in vain first, and the clinic is rung."""
    case, theo = case_of_harold("pathology_report", "imaging_reports"), Theo()
    report, pictures = the_record(case), another_holder(the_record(case, "imaging_reports"), "General Hospital")
    theo.files_permissions(case, report, pictures)
    theo.sends("records", report.pk, "faxed")
    letter = theo.sends("records", pictures.pk, "posted")
    assert {each.item_id for each in letter.asks.all()} == {pictures.pk}
    traveller.shift(dt.timedelta(days=2))
    theo = Theo()
    theo.hears(report, "sent", carrier="courier")
    general = Desk().types(letter.code)
    assert "Pathology" not in general.reads
    general.answers(pictures, "needs", needs=["fee"], fee="$25 by check")
    assert the_record(case, "imaging_reports").need == "fee"
    theo.presses("records:fee", pictures.pk, on=today())
    general.answers(pictures, "sent")
    assert told(the_record(case)) == ("sent", "staff_call")
    assert told(the_record(case, "imaging_reports")) == ("sent", "office_page")
    traveller.shift(dt.timedelta(days=3))
    theo = Theo()
    theo.hears(report, "arrived")
    theo.hears(pictures, "arrived")
    # The clinic has its letter, says on its page that it sent the report; Elm Street has not got it: a call, a fax.
    traveller.move_to(DAY_AFTER)
    theo = Theo()
    theo.presses("records:move_visit", report.visit_id, "took_place")
    letter = theo.sends("report", report.visit_id, "faxed")
    Desk().types(letter.code).presses("say_report_sent")
    assert told(the_loop(case)) == ("announced", "office_page")
    traveller.shift(dt.timedelta(days=5))
    theo = Theo()
    theo.hears_of_report(case, "not_there")
    assert ToDo.objects.open().filter(kind="ask_report").exists()
    theo.hears_of_report(case, "announced", on=today())
    assert not ToDo.objects.open().filter(kind="ask_report").exists()
    traveller.shift(dt.timedelta(days=2))
    Theo().hears_of_report(case, "confirmed", "office_post")
    assert told(the_loop(case)) == ("confirmed", "office_post")
