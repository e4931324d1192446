"""A helper moves what her switches let her move, and nothing else: the visit, the talk, records, referral, report."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from cases.case.helping import actions as helping
from cases.case.models import Case
from cases.opinions.talk import actions as talks
from cases.records import actions
from portal.errors import Refused
from tests import people
from tests.opinions.builders import booked as booked_talk
from tests.records.builders import actor, booked_visit, case_of_rosa, item, on_november_5
from tests.records.report_builders import open_report

pytestmark = pytest.mark.django_db
DATES, RECORDS = {"cancel talk", "another way", "cancel visit"}, {"tell"}


@pytest.fixture(autouse=True)
def day():
    with on_november_5() as travel:
        yield travel


def allow(case: Case, *switches: str) -> None:
    asked = helping.ask(case, people.person("ama"), by=actor("theo"))
    helping.agree(asked, chosen="own", switches=switches, by=actor("rosa"))


def is_refused(act: Callable[[], object]) -> bool:
    try:
        act()
    except Refused as no:
        return no.code == "role"
    return False


@pytest.mark.parametrize(
    ("switches", "lets"),
    [
        ([], set()),
        (["files", "messages", "summary", "private"], set()),
        (["files", "papers"], RECORDS),
        (["files", "bookings"], DATES),
        (["files", "papers", "bookings"], DATES | RECORDS | {"referral"}),
    ],
)
def test_each_move_asks_for_its_switch(switches, lets):
    case = case_of_rosa()
    visit, talk, ama = booked_visit(case), booked_talk(case), actor("ama")
    allow(case, *switches)
    acts = {
        "tell": lambda: actions.tell(item(visit), "asked", by=ama),
        "referral": lambda: actions.move_referral(case, "asked", by=ama),
        "another way": lambda: actions.choose_way(visit, "later", on=visit.on_date, at=visit.at_time, by=ama),
        "cancel talk": lambda: talks.cancel(talk, by=ama),
        "cancel visit": lambda: actions.cancel_visit(visit, by=ama),
    }
    assert {name for name, act in acts.items() if not is_refused(act)} == lets


def test_what_she_said_stays_once_her_switch_is_off():
    case = case_of_rosa()
    visit, talk, ama = booked_visit(case), booked_talk(case), actor("ama")
    allow(case, "files", "papers", "bookings")
    said, off = actions.tell(item(visit), "asked", by=ama), talks.cancel(talk, by=ama)
    helping.change(case.helpers.get(), chosen="own", switches=["files"], by=actor("rosa"))
    with pytest.raises(Refused):
        actions.undo(said, by=ama)
    with pytest.raises(Refused):
        talks.undo(off, by=ama)


def test_only_with_papers_she_tells_of_the_report(day):
    loop = open_report(day)
    allow(loop.visit.case, "files")
    assert is_refused(lambda: actions.tell_report(loop, "asked", by=actor("ama")))
    helping.change(loop.visit.case.helpers.get(), chosen="own", switches=["files", "papers"], by=actor("rosa"))
    assert actions.tell_report(loop, "asked", by=actor("ama")).known_by == "helper"


def test_who_only_looks_finds_no_button_that_refuses_her():
    case = case_of_rosa()
    booked_visit(case)
    talk = booked_talk(case)
    allow(case, "files")
    ama = people.browser(people.person("ama"))
    pages = {
        "records:list": ["/asked/", "/route/"],
        "records:referral": ["/referral/asked/"],
        "records:visit": ["/cancel/"],
        "opinions:talk": ["/cancel/", "/held/", "change=1", 'name="add"'],
    }
    for page, ways in pages.items():
        html = ama.get(reverse(page, args=[case.pk])).content.decode()
        assert [way for way in ways if way in html] == [], page
    answer = ama.post(reverse("opinions:move_talk", args=[talk.pk, "cancel"]))
    assert answer.status_code == 409
    talk.refresh_from_db()
    assert talk.state == "booked"
