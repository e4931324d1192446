"""What a helper is sent: Friday notes and the day before a date, while help holds and copies are not paused."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from cases.case.helping import actions as helping
from cases.case.helping.copies import pause_copies
from cases.case.models import Case
from cases.records import actions as records
from portal import clock
from portal.actors import Actor
from portal.pages import copies
from portal.reminders import rules, sender
from portal.reminders.models import Reminder
from portal.reminders.readers import reader_of
from tests import factories, people

EASTERN = ZoneInfo("America/Toronto")
MONDAY = datetime(2026, 11, 9, 10, tzinfo=EASTERN)
FRIDAY = datetime(2026, 11, 13, 9, 5, tzinfo=EASTERN)


def act(key: str) -> Actor:
    return Actor.person(people.person(key))


@pytest.fixture
def traveller(db):
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def case(traveller) -> Case:
    return factories.case_with_visit(days=7)  # on the Monday after


def helped(case: Case, chosen: str = "dates", key: str = "ama"):
    asked = helping.ask(case, people.person(key), by=act("theo"))
    helper = helping.agree(asked, chosen=chosen, by=Actor.person(case.patient))
    Reminder.objects.filter(kind__startswith="helping.").delete()  # that there is a yes was said before
    return helper


def rows(kind: str = ""):
    found = Reminder.objects.filter(kind__in=[kind] if kind else [copies.FRIDAY_COPY, copies.DATE_COPY])
    return found.order_by("due_at")


def words_of(row: Reminder):
    words = copies.friday_words if row.kind == copies.FRIDAY_COPY else copies.date_words
    said = words([row], reader_of(row.recipient, clock.now()), clock.now())[row.pk]
    assert rules.clinical_words(" ".join([said.subject, said.lead, said.line])) == []
    return said


def mails_to(sink, key: str) -> list[str]:
    email = people.person(key).email
    return [message["Subject"] for message in sink.messages if email in message["To"]]


def test_every_helper_has_a_friday_note_and_the_day_before_each_date(case):
    helped(case)
    for _beat in range(3):
        copies.plan_coming(clock.now())
    friday, date = rows()
    assert friday.due_at.astimezone(EASTERN) == FRIDAY.replace(minute=0)
    assert date.due_at.astimezone(EASTERN) == datetime(2026, 11, 15, 9, tzinfo=EASTERN)
    assert {row.recipient_id for row in rows()} == {str(people.person("ama").pk)}


def test_the_note_says_as_much_as_the_helper_may_know(case):
    helper = helped(case)
    copies.plan_coming(clock.now())
    note = rows(copies.FRIDAY_COPY).get()
    assert words_of(note).line == "Rosa’s second visit is in 7 days. The next date is Monday, November 16."
    assert words_of(note).lead == "Nothing to do for you this week, Ama"
    helping.change(helper, chosen="most", by=act("rosa"))
    assert "records" in words_of(note).line
    assert words_of(note).lead == "You can do one thing for Rosa, Ama"


def test_the_day_before_says_what_is_tomorrow(case):
    helped(case)
    copies.plan_coming(clock.now())
    assert words_of(rows(copies.DATE_COPY).get()).line == "Monday, November 16: Rosa has a visit."


def test_a_visit_that_moves_takes_its_word_along(case):
    helped(case)
    copies.plan_coming(clock.now())
    old = rows(copies.DATE_COPY).get()
    records.move_visit(case.visits.get(), on=clock.today(EASTERN) + timedelta(days=8), by=act("rosa"))
    assert copies.date_still_due([old], clock.now()) == set()
    copies.plan_coming(clock.now())
    assert rows(copies.DATE_COPY).count() == 2


@pytest.mark.parametrize("how", ["ended", "declined later", "paused", "closed account", "past its day"])
def test_nothing_goes_to_whoever_does_not_help_any_more_or_rests(case, traveller, smtp_sink, how):
    helper = helped(case)
    copies.plan_coming(clock.now())
    ama = people.person("ama")
    if how == "paused":
        pause_copies(helper, True, by=act("ama"))
    elif how == "closed account":
        ama.can_sign_in = False
        ama.save(update_fields=["can_sign_in"])
    elif how == "past its day":
        helping.change(helper, chosen="dates", until_on=clock.today(EASTERN) + timedelta(days=2), by=act("rosa"))
    else:
        helping.end(helper, by=act("rosa"))
    traveller.move_to(FRIDAY)
    copies.plan_coming(clock.now())
    sender.run()
    assert [subject for subject in mails_to(smtp_sink, "ama") if "Friday note" in subject] == []
    assert not rows(copies.FRIDAY_COPY).filter(settled_as="sent").exists()


def test_on_friday_it_goes_to_the_helper_and_names_the_patient(case, traveller, smtp_sink):
    helped(case)
    copies.plan_coming(clock.now())
    traveller.move_to(FRIDAY)
    sender.run()
    assert mails_to(smtp_sink, "ama") == ["Your Friday note for Rosa"]


def test_copies_that_were_paused_are_planned_again_once_wanted(case):
    helper = helped(case)
    pause_copies(helper, True, by=act("ama"))
    copies.plan_coming(clock.now())
    assert not rows().exists()
    pause_copies(helper, False, by=act("ama"))
    copies.plan_coming(clock.now())
    assert rows().count() == 2


def test_whoever_only_began_is_sent_nothing(traveller):
    factories.open_case(starter=people.person("ama"))
    copies.plan_coming(clock.now())
    assert not rows().exists()
