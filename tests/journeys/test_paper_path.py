"""The whole path on paper: signed by hand, asked by letter, answered by strips, followed to "report confirmed".

The patient has no e-mail and no office ever opens a link. Everything is pressed on the coordinator's own pages.
"""

import datetime as dt

import pytest

from cases.desk.links.models import OfficeLink
from portal import clock
from tests.documents.files import folder as folder
from tests.journeys.paths import TORONTO, Theo, case_of_harold, the_loop, the_record
from tests.records.builders import on_november_5
from tests.records.report_builders import DAY_AFTER

pytestmark = [pytest.mark.django_db, pytest.mark.full]


@pytest.fixture(autouse=True)
def traveller(folder, settings):
    settings.TEXT_ENGINE = ""
    with on_november_5() as traveller:
        yield traveller


def test_from_the_first_signature_to_report_confirmed(traveller):
    case, theo = case_of_harold(), Theo()
    record = the_record(case)
    theo.files_permissions(case, record)
    # The letter asks; the strip comes back by fax; the paper itself reaches Northfield, who say so by phone.
    letter = theo.sends("records", record.pk)
    assert the_record(case).state == "asked"
    traveller.shift(dt.timedelta(days=5))
    theo = Theo()
    theo.files_strip(letter, "fax", said="sent", on=str(clock.today(TORONTO)))
    assert (the_record(case).state, the_record(case).known_by) == ("sent", "office_fax")
    traveller.shift(dt.timedelta(days=3))
    theo = Theo()
    theo.hears(record, "arrived")
    # The visit; the report is asked for by letter, comes to us by post, goes on with a letter whose strip confirms it.
    traveller.move_to(DAY_AFTER)
    theo = Theo()
    theo.presses("records:move_visit", record.visit_id, "took_place")
    theo.sends("report", record.visit_id)
    assert the_loop(case).state == "asked"
    traveller.shift(dt.timedelta(days=6))
    theo = Theo()
    theo.files(theo.puts_in("The report", "post"), case, "report")
    loop = the_loop(case)
    assert (loop.state, loop.known_by) == ("announced", "document")
    letter = theo.sends("pass_on", record.visit_id)
    assert the_loop(case).state == "received"
    traveller.shift(dt.timedelta(days=3))
    Theo().files_strip(letter, "fax", said="came")
    loop = the_loop(case)
    assert (loop.state, loop.came, loop.known_by) == ("confirmed", "through_us", "office_fax")
    assert not OfficeLink.objects.exclude(opened_at=None).exists()
