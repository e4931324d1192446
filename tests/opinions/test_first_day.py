"""The day of the first opinion: what somebody said, else what stands on the plan, and nothing where nobody knows."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.case import actions as case_actions
from cases.case.helping import actions as helping
from cases.case.models import CaseClinician
from cases.documents.describing import actions as describing
from cases.opinions.comparing import actions, first_day
from portal.errors import Refused
from portal.history.models import Event
from portal.pages import closing_actions as closing
from tests import factories, plan_files
from tests.documents.files import read as put_in
from tests.people import browser, person
from tests.records.builders import actor

pytestmark = pytest.mark.django_db
DAY, OTHER = dt.date(2026, 10, 28), dt.date(2026, 10, 29)


def first(case) -> CaseClinician:
    return case.clinicians.select_related("heard_said_by").get(role="first")


def say(case, on=DAY, *, seen=None, key="rosa"):
    return first_day.say(case, on, seen=seen, by=actor(key))


def page(case, key="rosa") -> str:
    return browser(person(key)).get(reverse("opinions:compare", args=[case.pk])).text


def dated(document, on=DAY):
    describing.describe(document, title="", kind="plan", author="", dated_on=on, by=actor("rosa"))


def send(case, on, seen="", key="rosa"):
    typed = {"first-on": on, "first-seen": seen}
    return browser(person(key)).post(reverse("opinions:first_day", args=[case.pk]), typed)


def test_nothing_is_said_while_nobody_knows(case):
    actions.add(case, topic="why", text="One.", pages={"first": (1, None)}, by=actor("rosa"))
    assert "October" not in page(case)
    put_in(case)
    assert "October" not in page(case)


def test_the_day_that_stands_on_the_plan_is_shown_where_it_is_one(case):
    actions.add(case, topic="why", text="One.", pages={"first": (1, None)}, by=actor("rosa"))
    dated(put_in(case).document)
    assert page(case).count("Wednesday, October 28, 2026") == 2  # above, and in the head of the comparison
    dated(put_in(case, "more.pdf", plan_files.pdf(3)).document, OTHER)
    assert "October" not in page(case)


def test_what_was_said_goes_before_what_the_plan_says_and_can_be_taken_back(case):
    dated(put_in(case).document)
    assert send(case, "2026-10-29").status_code == 302
    assert "Thursday, October 29, 2026" in page(case)
    assert (first(case).heard_on, first(case).heard_said_by) == (OTHER, person("rosa"))
    assert send(case, "", seen="2026-10-29").status_code == 302
    assert "Wednesday, October 28, 2026" in page(case)
    assert (first(case).heard_on, first(case).heard_said_by) == (None, None)


def test_said_twice_it_is_said_once_and_the_history_holds_no_day(case):
    say(case)
    say(case)
    event = Event.objects.get(verb="opinions.day_said")
    assert "2026-10-28" not in f"{event.why} {event.about_id}"


@pytest.mark.parametrize("on", ["2026-11-06", "1949-12-31", "0001-01-01", "soon", "<b>", "2026-02-30"])
def test_no_day_ahead_and_none_that_is_none(case, on):
    assert send(case, on).status_code == 422
    assert first(case).heard_on is None


def test_of_two_who_say_it_the_later_one_looks_first(case):
    say(case)
    answer = send(case, "2026-10-29")
    assert answer.status_code == 409
    assert first(case).heard_on == DAY
    assert 'value="2026-10-29"' in answer.text
    assert send(case, "2026-10-29", seen=answer.context["day_form"]["seen"].value()).status_code == 302
    assert first(case).heard_on == OTHER


def test_others_fill_it_in_and_change_their_own_alone(case):
    factories.assign(case, person("joanne"))
    helping.agree(helping.ask(case, person("ines"), by=actor("theo")), chosen="most", by=actor("rosa"))
    say(case, key="ines")
    assert "first-on" not in page(case, "joanne")
    with pytest.raises(Refused):
        say(case, OTHER, seen=DAY, key="joanne")
    say(case, OTHER, seen=DAY, key="ines")
    say(case, DAY, seen=OTHER, key="theo")
    assert first(case).heard_said_by == person("theo")


@pytest.mark.parametrize("key", ["grace", "joanne", "mara"])
def test_nobody_else_says_it(case, key):
    assert send(case, "2026-10-28", key=key).status_code == 404
    with pytest.raises(Refused):
        say(case, key=key)
    assert first(case).heard_on is None


def test_another_doctor_has_not_that_day(case):
    say(case)
    case_actions.set_clinician(case, "first", name="dr. keller", by=actor("rosa"))
    assert first(case).heard_on == DAY
    case_actions.set_clinician(case, "first", name="Dr. Other", by=actor("rosa"))
    assert (first(case).heard_on, first(case).heard_said_by) == (None, None)


def test_without_a_first_doctor_there_is_nothing_to_say():
    case = factories.open_case()
    assert "first-on" not in page(case)
    assert send(case, "2026-10-28").status_code == 409
    with pytest.raises(Refused):
        say(case)


def test_after_the_end_nothing_is_said(case):
    case = closing.close_case(case, "asked", by=actor("theo"))
    with pytest.raises(Refused):
        say(case)
    assert "first-on" not in page(case)


@pytest.mark.parametrize("wrong", [{"heard_on": None}, {"heard_said_by": None}, {"role": "third"}])
def test_the_database_refuses_a_day_that_nobody_said_or_of_another_doctor(case, wrong):
    say(case)
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseClinician.objects.filter(case=case, role="first").update(**wrong)
