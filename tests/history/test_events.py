"""History: written with the change, and never changed by the application."""

import datetime as dt
import uuid
from contextlib import suppress

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from portal import clock
from portal.accounts.models import User
from portal.actors import SYSTEM, Actor
from portal.history import words
from portal.history.actions import lines_together, record, record_once
from portal.history.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return User.objects.create_user("ana@example.org", name="Ana Costa")


def test_event_holds_ids_and_no_names(person):
    event = record(Actor.person(person), "case.seen", person, patient=person.pk, why="own")
    assert (event.actor_id, event.about_id, event.patient) == (person.pk, str(person.pk), person.pk)
    assert "Ana" not in str(vars(event))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history_event SET verb = 'x'",
        "DELETE FROM history_event",
        "TRUNCATE history_event",
        "DELETE FROM texts_text",
    ],
)
def test_application_cannot_change_history_or_published_texts(person, statement):
    record(SYSTEM, "case.seen", person)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_retention_refuses_young_rows(person):
    record(SYSTEM, "case.seen", person)
    with pytest.raises(DatabaseError, match="kept for six years"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT history_delete_before(now() - interval '1 year')")


def test_retention_deletes_old_rows(person):
    event = record(SYSTEM, "case.seen", person)
    Event.objects.bulk_create([Event(**{**fields(event), "at": event.at.replace(year=event.at.year - 8)})])
    with connection.cursor() as cursor:
        cursor.execute("SELECT history_delete_before(now() - interval '7 years')")
        assert cursor.fetchone()[0] == 1
    assert Event.objects.get() == event


def fields(event):
    return {f.name: getattr(event, f.name) for f in Event._meta.fields if f.name != "id"}


def test_database_refuses_an_unnamed_user_and_an_unknown_kind(person):
    for kind in ("user", "stranger"):
        with pytest.raises(IntegrityError), transaction.atomic():
            record(Actor(kind), "case.seen", person)


def test_words_are_made_when_shown():
    assert words.what("case.seen") == "Looked at the case"
    assert words.why("preparing") == "Preparing for your call"
    assert words.what("no.such_verb") == "no.such_verb"


def recorded():
    return list(Event.objects.order_by("pk").values_list("why", flat=True))


def test_lines_together_are_one_statement_in_order(person, django_assert_num_queries):
    with django_assert_num_queries(1), lines_together():
        for why in ("first", "second", "third"):
            record(SYSTEM, "case.seen", person, why=why)
    assert recorded() == ["first", "second", "third"]


def test_lines_in_what_is_rolled_back_go_with_it_and_the_others_stay(person):
    with lines_together():
        record(SYSTEM, "case.seen", person, why="first")
        with suppress(ZeroDivisionError), transaction.atomic():
            record(SYSTEM, "case.seen", person, why="undone")
            1 / 0  # noqa: B018 - what fails within
        record(SYSTEM, "case.seen", person, why="last")
    assert recorded() == ["first", "last"]


def test_lines_of_what_fails_are_not_written(person):
    with suppress(ZeroDivisionError), lines_together():
        record(SYSTEM, "case.seen", person)
        1 / 0  # noqa: B018 - what fails within
    record(SYSTEM, "case.seen", person, why="later")
    assert recorded() == ["later"]


HALF_AN_HOUR = dt.timedelta(minutes=30)


def noted(actor, person, **more):
    told = {"since": clock.now() - HALF_AN_HOUR, "patient": person.pk, "case": uuid.UUID(int=7), "why": "care"} | more
    return record_once(actor, "document.opened", person, **told)


def test_a_line_written_once_is_as_every_other_and_takes_one_question(person, django_assert_num_queries):
    actor = Actor("user", uuid.uuid4(), for_patient=person.pk, address="2001:db8::1")
    with django_assert_num_queries(1):
        assert noted(actor, person)
    other = record(actor, "document.opened", person, patient=person.pk, case=uuid.UUID(int=7), why="care")
    one, same = Event.objects.order_by("pk")
    assert (same, fields(one) | {"at": 0}) == (other, fields(same) | {"at": 0})


@pytest.mark.parametrize("actor", [SYSTEM, Actor("user", uuid.UUID(int=5))])
def test_it_is_written_once_for_a_person_a_row_and_a_while(person, actor):
    assert noted(actor, person)
    assert not noted(actor, person, why="other")
    assert noted(Actor("user", uuid.UUID(int=6)), person)
    assert noted(actor, User.objects.create_user("bo@example.org", name="Bo"))
    assert noted(actor, person, since=clock.now() + HALF_AN_HOUR)
