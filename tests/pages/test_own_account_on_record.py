"""What is done to a patient's account stands in her own list of who did what; that of staff stands in nobody's."""

import datetime as dt

import pytest

from bookings import feeds
from portal import clock
from portal.accounts import actions as accounts
from portal.actors import Actor
from portal.history.models import Event
from portal.pages.privacy import events_of
from portal.reminders import actions as reminders
from tests import factories, people

pytestmark = pytest.mark.django_db


def by(key: str) -> Actor:
    return Actor.person(people.person(key))


def test_the_patient_reads_what_was_done_to_her_account():
    case, rosa = factories.open_case(), people.person("rosa")
    accounts.say_about_oneself(rosa, fields={"called": "Rosi"}, by=by("rosa"))
    feeds.make(rosa, by=by("rosa"))
    feeds.stop(rosa, by=by("rosa"))
    reminders.pause(rosa, until=clock.now() + dt.timedelta(days=3), by=by("rosa"))
    reminders.resume(rosa, by=by("rosa"))
    accounts.close_account(rosa, by=by("mara"))
    accounts.reopen_account(rosa, by=by("mara"))
    accounts.change_role(rosa, role="consultant", by=by("mara"))
    accounts.change_role(rosa, role="", by=by("mara"))
    verbs = set(events_of(case).values_list("verb", flat=True))
    assert {
        "account.details_changed", "calendar_feed.made", "calendar_feed.stopped", "reminder.paused", "reminder.resumed",
        "account.closed", "account.reopened", "account.role_changed",
    } <= verbs  # fmt: skip


def test_what_is_done_to_one_of_us_stands_in_nobodys_list():
    accounts.close_account(people.person("amir"), by=by("mara"))
    accounts.change_role(people.person("joanne"), role="coordinator", by=by("mara"))
    lines = Event.objects.filter(verb__in=["account.closed", "account.role_changed"])
    assert lines.count() == 2
    assert not lines.exclude(patient=None).exists()
