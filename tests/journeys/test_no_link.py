"""The whole way back of a report though no office ever opens a link and the patient has no e-mail: by phone, by paper.

Everything is pressed on the coordinator's own pages, from the board on.
"""

import datetime as dt
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from cases.case import actions as case_actions
from cases.case.models import ToDo
from cases.desk.links.models import OfficeLink
from cases.records import actions as records
from cases.records.board.handing_over import put_reports_on_board
from cases.records.models import ReportLoop, Visit
from portal import clock
from portal.accounts.models import User
from portal.reminders import sender
from portal.reminders.models import Delivery
from tests import factories, people
from tests.records.builders import actor

pytestmark = pytest.mark.django_db

VISIT_ON = dt.date(2026, 11, 24)
MOST_DAYS = 60


@pytest.fixture(autouse=True)
def traveller(smtp_sink):
    with time_machine.travel("2026-11-05T15:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def visit(traveller) -> Visit:
    """Harold's, who has a phone and no e-mail. Its day was yesterday; his records need nobody any more."""
    harold = User.objects.create_user(
        name="Harold Quist", called="Harold", can_sign_in=False, time_zone="America/Toronto", phone="+14165550134",
        postal="14 Mill Lane, Apt 3\nToronto ON M4C 1A1", channel="call",
    )  # fmt: skip
    by, case = actor("theo"), factories.open_case(harold, starter=people.person("ama"))
    elm = case_actions.add_office(case, name="Elm Street", region="US-PA", by=by)
    case_actions.change_office(elm, phone="+15550100179", by=by)
    case_actions.set_clinician(case, "primary", name="Dr. Abara", office=elm, by=by)
    visit = records.name_visit(case, doctor="Dr. Raman", office_name="Northfield Medical Center", by=by)
    for item in visit.items.all():
        records.tell(item, "not_wanted", by=by)
    records.set_visit_date(visit, on=VISIT_ON, by=by)
    traveller.move_to("2026-11-25T15:00:00Z")
    return visit


class Coordinator:
    """Theo at his board, morning after morning."""

    def __init__(self, case, traveller):
        self.case, self.traveller = case, traveller
        self.come()

    def come(self) -> None:
        """Nobody stays signed in over night."""
        self.page, self.since = people.browser(people.person("theo")), clock.now()

    def waits_for(self, label: str, words: str) -> str:
        """The address of the next row on the board with this label, whose call is about these words."""
        for _morning in range(MOST_DAYS):
            sender.run()
            put_reports_on_board(now=clock.now())
            calls = Delivery.objects.filter(channel="call", sent_at=None, withdrawn_at=None)
            if calls.exists() or ToDo.objects.open().filter(kind="ask_report").exists():
                if clock.now() > self.since:
                    self.come()
                for row in self.page.get(reverse("pages:caseload")).context["needs"]:
                    if row["label"] == label and words in self.page.get(row["log_href"]).content.decode():
                        return row["log_href"]
            self.traveller.shift(dt.timedelta(days=1))
        raise AssertionError(f"nothing on the board says {words}")

    def hears(self, label: str, words: str, answer: str) -> None:
        """Rings, reaches somebody, and presses what they said, as it is offered."""
        address = self.waits_for(label, words)
        offered = self.page.get(f"{address}&came_of=reached").context["choices"]
        follows = next(choice["value"] for choice in offered if choice["label"] == answer)
        said = {"press": str(uuid4()), "came_of": "reached", "follows": follows}
        assert self.page.post(address, said).status_code == 302

    def presses(self, verb: str, told: str, on: str = "") -> None:
        """One press on the report's page, about a paper that came."""
        address = reverse("records:tell_report", args=[self.case.pk, verb])
        assert address in self.page.get(reverse("records:report", args=[self.case.pk])).content.decode()
        assert self.page.post(address, {"told": told, "on": on}).status_code == 302


def loop_of(visit: Visit) -> ReportLoop:
    return ReportLoop.objects.get(visit=visit)


@pytest.mark.full
def test_by_phone_alone(visit, traveller):
    theo = Coordinator(visit.case, traveller)
    theo.hears("Call with a message", "Did it take place?", "They say: done")
    theo.hears("Call with a message", "Have you asked for it?", "They say: done")
    assert loop_of(visit).state == "asked"
    theo.hears("Call with a message", "Has it arrived?", "They say: not yet")
    theo.hears("Ask for the report", "Northfield Medical Center", "They have sent it, or send it today")
    assert loop_of(visit).state == "announced"
    theo.hears("Call with a message", "Has it arrived?", "They say: not yet")
    theo.hears("Ask for the report", "Elm Street", "The primary doctor has it")
    loop = loop_of(visit)
    assert (loop.state, loop.known_by, loop.came) == ("confirmed", "staff_call", "")
    assert not OfficeLink.objects.exists()


def test_by_paper_alone(visit, traveller):
    """A letter says that the visit took place, a fax brings the report, a fax goes out, a fax comes back."""
    theo = Coordinator(visit.case, traveller)
    theo.page.post(reverse("records:move_visit", args=[visit.pk, "took_place"]))
    theo.presses("asked", "office_post")
    traveller.shift(dt.timedelta(days=2))
    theo = Coordinator(visit.case, traveller)
    theo.presses("announced", "office_fax", on="2026-11-30")
    loop = loop_of(visit)
    assert (loop.state, str(loop.sent_on), loop.known_by) == ("announced", "2026-11-30", "office_fax")
    theo.presses("received", "office_fax")
    theo.presses("confirmed", "office_post")
    loop = loop_of(visit)
    assert (loop.state, loop.known_by, loop.came) == ("confirmed", "office_post", "direct")
    assert not OfficeLink.objects.exists()
