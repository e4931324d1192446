"""The page of a helper: what she may, what waits for the patient, a nudge, a rest from copies, and stopping."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.case.helping import actions as helping
from cases.case.helping.copies import pause_copies
from cases.case.helping.models import Helper
from cases.case.models import Case, ToDo
from cases.records import actions as records
from cases.records.models import RecordItem
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.pages import nudges
from portal.pages.helping import stop_helping
from portal.reminders import kinds
from portal.reminders.models import Reminder
from portal.reminders.readers import reader_of
from tests import factories, people

pytestmark = pytest.mark.django_db


def act(key: str) -> Actor:
    return Actor.person(people.person(key))


def agreed(case: Case, key: str = "ama", chosen: str = "most", **more) -> Helper:
    """Somebody helps, as the patient said herself."""
    asked = helping.ask(case, people.person(key), by=act("theo"))
    return helping.agree(asked, chosen=chosen, by=Actor.person(case.patient), **more)


@pytest.fixture
def case():
    """A visit in 30 days, whose pathology report waits for a signature."""
    case = factories.case_with_visit(days=30)
    item = RecordItem.objects.get(visit__case=case, kind="pathology_report")
    records.tell(item, "needs_you", need="signature", by=Actor.person(case.patient))
    return case


def home_of(key: str, case: Case) -> str:
    return people.browser(people.person(key)).get(case.get_absolute_url()).content.decode()


def press(key: str, name: str, case: Case, **body):
    return people.browser(people.person(key)).post(reverse(f"pages:{name}", args=[case.pk]), body)


def test_the_page_says_how_much_until_when_and_how_it_was_said(case):
    until = clock.today(case.patient.zone) + dt.timedelta(days=40)
    agreed(case, until_on=until)
    html = home_of("ama", case)
    for words in (
        "You’re helping Rosa.",
        "You help with: everything except private words, until",
        "Rosa said yes on",
        "Add and photograph papers",
        "Read their private words",
        "Only Rosa can",
    ):
        assert words in html


@pytest.mark.parametrize(
    ("chosen", "shown", "hidden"),
    [
        ("dates", ["Coming up", "See dates"], ["Records of Rosa", "Read the summary", "Waiting for Rosa"]),
        ("most", ["Records of Rosa", "Rosa signs", "Waiting for Rosa"], ["Read private words"]),
        ("acts", ["Records of Rosa", "Read private words"], ["Read their private words"]),
    ],
)
def test_each_set_shows_what_it_covers(case, chosen, shown, hidden):
    agreed(case, chosen=chosen)
    html = home_of("ama", case)
    assert [words for words in shown if words not in html] == []
    assert [words for words in hidden if words in html] == []


def test_no_grant_lets_a_helper_sign(case):
    agreed(case, chosen="acts")
    html = home_of("ama", case)
    assert "Only Rosa can sign." in html
    assert "Sign a permission" in html


def test_the_next_step_is_one_that_the_helper_may_do(case):
    helper = agreed(case)
    assert "You can do this for Rosa" in home_of("ama", case)
    helping.change(helper, chosen="dates", by=act("rosa"))
    html = home_of("ama", case)
    assert "You can do this for Rosa" not in html
    assert "Nothing to do today" in html


def test_what_has_ended_opens_nothing_any_more(case):
    helper = agreed(case)
    browser = people.browser(people.person("ama"))
    assert browser.get(case.get_absolute_url()).status_code == 200
    helping.end(helper, by=act("rosa"))
    assert browser.get(case.get_absolute_url()).status_code == 404
    for name in ("nudge", "copies", "stop_helping"):
        assert browser.post(reverse(f"pages:{name}", args=[case.pk])).status_code == 404
    assert not ToDo.objects.filter(kind="helper_stopped").exists()


def test_the_page_asks_the_database_as_often_with_many_records_as_with_few(case):
    agreed(case)
    few = own_queries_of_ama(case)
    for item in RecordItem.objects.filter(visit__case=case, state="needed"):
        records.tell(item, "asked", by=Actor.person(case.patient))
    assert own_queries_of_ama(case) <= few + 1 <= 16


def own_queries_of_ama(case: Case) -> int:
    browser = people.browser(people.person("ama"))
    browser.get(case.get_absolute_url())
    with CaptureQueriesContext(connection) as asked:
        browser.get(case.get_absolute_url())
    return sum(query["sql"].startswith(("SELECT", "(")) for query in asked) - 2  # session and person


def test_a_nudge_goes_once_a_day_whoever_presses(case, time_machine):
    time_machine.move_to("2026-11-09T15:00Z", tick=False)
    case = factories.case_with_visit(days=30, patient=people.person("grace"))
    item = RecordItem.objects.get(visit__case=case, kind="pathology_report")
    records.tell(item, "needs_you", need="signature", by=act("grace"))
    agreed(case, "ama")
    agreed(case, "dora")
    for key in ("ama", "ama", "dora"):
        press(key, "nudge", case)
    row = Reminder.objects.get(kind=nudges.NUDGE)
    assert row.recipient_id == str(case.patient_id)
    assert Event.objects.filter(verb="helping.nudged").count() == 1
    assert "one a day at most" in home_of("dora", case)
    time_machine.move_to("2026-11-10T15:00Z", tick=False)
    press("dora", "nudge", case)
    assert Reminder.objects.unsettled().get(kind=nudges.NUDGE).version == row.version + 1


def test_a_nudge_names_the_helper_and_not_what_waits(case):
    agreed(case)
    press("ama", "nudge", case)
    rows = list(Reminder.objects.filter(kind=nudges.NUDGE))
    reader = reader_of(rows[0].recipient, clock.now())
    said = kinds.kind_of(nudges.NUDGE).words(rows, reader, clock.now())[rows[0].pk]
    assert "Ama" in said.line
    assert "sign" not in f"{said.subject} {said.lead} {said.line}"


def test_a_nudge_is_dropped_once_it_is_signed_or_the_helper_has_left(case):
    helper = agreed(case)
    press("ama", "nudge", case)
    rows = list(Reminder.objects.filter(kind=nudges.NUDGE))
    assert nudges.still_due(rows, clock.now()) == {rows[0].pk}
    helping.end(helper, by=act("rosa"))
    assert nudges.still_due(rows, clock.now()) == set()


def test_there_is_no_nudge_where_nothing_waits_and_none_by_a_stranger(case):
    agreed(case)
    for item in RecordItem.objects.filter(visit__case=case, state="needs_you"):
        records.tell(item, "asked", by=Actor.person(case.patient))
    with pytest.raises(Refused, match="waits"):
        nudges.nudge(case, by=act("ama"))
    with pytest.raises(Refused):
        nudges.nudge(case, by=act("grace"))
    assert press("grace", "nudge", case).status_code == 404


def test_copies_are_paused_and_taken_up_again_by_their_reader_alone(case):
    helper = agreed(case)
    for _press in range(2):
        press("ama", "copies", case, copies="off")
    helper.refresh_from_db()
    assert helper.paused_at
    assert "Send me copies again" in home_of("ama", case)
    with pytest.raises(Refused):
        pause_copies(helper, False, by=act("rosa"))
    press("ama", "copies", case, copies="on")
    helper.refresh_from_db()
    assert helper.paused_at is None
    assert Event.objects.filter(verb__startswith="helping.copies").count() == 2


def test_stopping_is_asked_first_then_done_at_once_and_the_team_looks_on(case):
    agreed(case)
    browser = people.browser(people.person("ama"))
    page = reverse("pages:stop_helping", args=[case.pk])
    assert "Stop helping Rosa?" in browser.get(page).content.decode()
    assert Helper.objects.granted().count() == 1
    assert browser.post(page)["Location"] == reverse("pages:home")
    assert browser.post(page).status_code == 404
    assert browser.get(case.get_absolute_url()).status_code == 404
    assert Helper.objects.get().ended_why == "helper"
    todo = ToDo.objects.open().get(kind="helper_stopped")
    assert (todo.case_id, todo.for_role) == (case.pk, "coordinator")


def test_whoever_only_began_can_stop_as_well():
    case = factories.open_case(starter=people.person("ama"))
    stop_helping(case, by=act("ama"))
    assert not Case.objects.visible_to(people.person("ama")).exists()
    assert ToDo.objects.open().filter(kind="helper_stopped").count() == 1


def test_her_own_case_is_not_touched_by_what_she_does_as_a_helper(case):
    ama = people.person("ama")
    own = factories.open_case(ama)
    agreed(case)
    press("ama", "stop_helping", case)
    assert list(Case.objects.visible_to(ama)) == [own]


def test_the_patient_reads_on_her_home_that_somebody_asks(case):
    assert "would like to help you" not in home_of("rosa", case)
    asked = helping.ask(case, people.person("ama"), by=act("theo"))
    html = home_of("rosa", case)
    assert "Ama would like to help you." in html
    assert reverse("case:helper", args=[asked.pk]) in html
