"""The whole path on paper: signed by hand, asked by letter, answered by strips, followed to "report confirmed".

The patient has no e-mail and no office ever opens a link. Everything is pressed on the coordinator's own pages.
"""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from cases.case import actions as case_actions
from cases.case import authority_actions
from cases.desk.letters.models import Letter
from cases.desk.links.models import OfficeLink
from cases.desk.tray import checking as tray_checking
from cases.desk.tray.models import Incoming
from cases.documents.models import Version
from cases.documents.worker import checking
from cases.records import actions as records
from cases.records.models import RecordItem, Release, ReportLoop
from portal import clock
from portal.accounts.models import User
from portal.pages.demo.plan_files import make_plan_pdf
from tests import factories, people
from tests.documents.files import folder as folder
from tests.documents.files import upload
from tests.records.builders import actor

pytestmark = [pytest.mark.django_db, pytest.mark.full]

VISIT_ON = dt.date(2026, 11, 24)
TORONTO = ZoneInfo("America/Toronto")


@pytest.fixture(autouse=True)
def traveller(folder, settings):
    settings.TEXT_ENGINE = ""
    with time_machine.travel("2026-11-05T15:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def case():
    """Harold's, who has a phone and no e-mail."""
    harold = User.objects.create_user(
        name="Harold Quist", called="Harold", can_sign_in=False, time_zone="America/Toronto", phone="+14165550134",
        postal="14 Mill Lane, Apt 3\nToronto ON M4C 1A1", channel="call", birth_date=dt.date(1949, 3, 2),
    )  # fmt: skip
    by, case = actor("theo"), factories.open_case(harold, starter=people.person("ama"))
    for role, doctor, name in (("first", "Dr. Keller", "Lakeside"), ("primary", "Dr. Abara", "Elm Street")):
        office = case_actions.add_office(case, name=name, region="US-PA", by=by)
        case_actions.change_office(office, phone="+15550100179", fax="+15550100176", by=by)
        case_actions.set_clinician(case, role, name=doctor, office=office, by=by)
    visit = records.name_visit(
        case, doctor="Dr. Raman", office_name="Northfield", office_details={"region": "US-PA"}, by=by
    )
    records.set_visit_date(visit, on=VISIT_ON, by=by)
    for item in visit.items.exclude(kind="pathology_report"):
        records.tell(item, "not_wanted", by=by)
    return case


class Theo:
    """The coordinator, each morning anew: nobody stays signed in over night."""

    def __init__(self):
        self.page = people.browser(people.person("theo"))

    def presses(self, name, *args, **said):
        answer = self.page.post(reverse(name, args=args), said)
        assert answer.status_code == 302, answer.text
        return answer

    def puts_in(self, words, how):
        """A scan on the tray, checked like any other."""
        scan = upload(f"{words}.pdf", make_plan_pdf(words, []))
        self.presses("desk:add_scan", how=how, came_on=str(clock.today(TORONTO)), files=[scan])
        paper = Incoming.objects.get(state="waiting")
        tray_checking.check(paper.pk)
        return paper

    def files(self, paper, case, about, **said):
        """Whose, about what, what it says; what is filed was shown before."""
        order = {"whose": str(case.pk), "about": about, **said}
        seen = self.page.post(paper.get_absolute_url(), order | {"do": "see"}).text
        shown = re.search(r'name="shown" value="(\w+)"', seen)[1]
        answer = self.page.post(paper.get_absolute_url(), order | {"do": "file", "shown": shown})
        assert answer.status_code == 302, answer.text
        for version in Version.objects.filter(state="received"):
            checking.check(version.pk)

    def posts_letter(self, case):
        letter = Letter.objects.get(case=case, sent_at=None)
        assert self.page.post(reverse("desk:print_letter", args=[letter.pk])).content.startswith(b"%PDF")
        self.presses("desk:send_letter", letter.pk, "posted")
        return letter


def the_record(case):
    return RecordItem.objects.get(visit__case=case, kind="pathology_report")


def test_from_the_first_signature_to_report_confirmed(case, traveller):
    theo = Theo()
    # Signed by hand at the kitchen table, posted to us.
    theo.files(theo.puts_in("Authority", "post"), case, "authority")
    assert authority_actions.standing(case)
    record = the_record(case)
    theo.files(theo.puts_in("Release", "post"), case, f"release:{record.pk}")
    release = Release.objects.get()
    theo.presses("records:move_release", release.pk, "say-signed", looked="yes")
    assert Release.objects.get().is_signed
    # The letter asks; the strip comes back by fax; the paper itself reaches Northfield, who say so by phone.
    theo.presses("desk:new_letter", "records", record.pk)
    letter = theo.posts_letter(case)
    assert the_record(case).state == "asked"
    traveller.shift(dt.timedelta(days=5))
    theo = Theo()
    theo.files(
        theo.puts_in(letter.reference, "fax"), case, f"item:{record.pk}", said="sent", on=str(clock.today(TORONTO))
    )
    assert (the_record(case).state, the_record(case).known_by) == ("sent", "office_fax")
    traveller.shift(dt.timedelta(days=3))
    records.tell(the_record(case), "arrived", told="staff_call", by=actor("theo"))
    # The visit; the report is asked for by letter, comes to us by post, goes on, and is confirmed by phone.
    traveller.move_to("2026-11-25T15:00:00Z")
    theo = Theo()
    visit = record.visit
    theo.presses("records:move_visit", visit.pk, "took_place")
    theo.presses("desk:new_letter", "report", visit.pk)
    theo.posts_letter(case)
    loop = ReportLoop.objects.get(visit=visit)
    assert loop.state == "asked"
    traveller.shift(dt.timedelta(days=6))
    theo = Theo()
    theo.files(theo.puts_in("The report", "post"), case, "report")
    loop.refresh_from_db()
    assert (loop.state, loop.known_by) == ("announced", "document")
    theo.presses("records:tell_report", case.pk, "passed_on", told="staff_call", on="")
    theo.presses("records:tell_report", case.pk, "confirmed", told="staff_call", on="")
    loop.refresh_from_db()
    assert (loop.state, loop.came) == ("confirmed", "through_us")
    assert not OfficeLink.objects.exclude(opened_at=None).exists()
