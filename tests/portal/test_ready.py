"""Questions whose SQL is written once say the same as those that are written each time, to each their own."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.test.utils import CaptureQueriesContext

from bookings import actions, anyone, availability, finding
from bookings.models import Practice, Reservation, Service, stretch
from cases.case.helping.models import Helper
from cases.case.models import Case, ToDo
from cases.records.models import RecordItem
from portal import beside, clock
from portal.accounts.models import User
from portal.ready import AT_MOST, Ready, ReadyRows
from tests import people
from tests.world import NAMES

PERSONS = ("patient", "other_patient", "starter", "helper", "past_helper", "assigned", "unassigned", "coordinator")


def theirs(reader, case, at=None):
    return {
        "cases": Case.objects.visible_to(reader).filter(pk=case).select_related("patient"),
        "items": RecordItem.objects.visible_to(reader).order_by("pk"),
        "later": ToDo.objects.filter(**({"asked_at__gt": at} if at else {}))
        .order_by("pk")
        .values_list("pk", "asked_at"),
    }


def as_read(found):
    return {name: [(each.pk, each) if hasattr(each, "pk") else each for each in rows] for name, rows in found.items()}


def test_each_person_is_answered_for_themselves(world):
    case, ready = Case.objects.get(pk=world["case"]), Ready(theirs, reader=("role", "can_sign_in"))
    people_of = [people.person(NAMES[name]) for name in PERSONS]
    for _again in range(2):
        for user in people_of:
            for at in (None, clock.now() - dt.timedelta(days=400), clock.now()):
                with time_machine.travel(clock.now(), tick=False):
                    plain = beside.lists(case, **theirs(user, case.pk, at))
                    assert as_read(ready.lists(case, reader=user, case=case.pk, at=at)) == as_read(plain)
    assert ready.are_ready()
    assert len(ready._written) == 6  # by role and by whether a moment is named: not by person


def test_it_is_written_once_and_asked_once(world):
    case, ready = Case.objects.get(pk=world["case"]), Ready(theirs, reader=("role", "can_sign_in"))
    rosa = people.person("rosa")
    ready.lists(case, reader=rosa, case=case.pk)
    with CaptureQueriesContext(connection) as asked:
        ready.lists(case, reader=rosa, case=case.pk)
    assert len(asked) == 1
    assert len(ready._written) == 1


def test_the_moment_it_is_now_is_now(world):
    helper = Helper.objects.granted().first()
    Helper.objects.filter(pk=helper.pk).update(over_at=clock.now() + dt.timedelta(hours=1), until_on=clock.now().date())
    ready = Ready(lambda: {"granted": Helper.objects.granted().filter(pk=helper.pk)})
    asked = Ready(lambda pk: {"granted": Helper.objects.granted().filter(pk=pk)})
    assert len(asked.lists(helper, pk=helper.pk)["granted"]) == 1
    with time_machine.travel(clock.now() + dt.timedelta(hours=2)):
        assert asked.lists(helper, pk=helper.pk)["granted"] == []
        assert ready.lists(helper)["granted"] == []
    assert asked.are_ready()
    assert not ready.are_ready()  # a key of its own stands in it


def test_a_day_that_was_counted_from_another_is_not_kept(world):
    rosa, now = people.person("rosa"), clock.now()

    def since(at):
        return {"people": User.objects.filter(joined_at__gt=at - dt.timedelta(days=1)).order_by("pk")}

    ready = Ready(since)
    assert ready.lists(rosa, at=now) == ready.lists(rosa, at=now) == beside.lists(rosa, **since(now))
    assert ready.lists(rosa, at=now + dt.timedelta(days=900))["people"] == []
    assert not ready.are_ready()


def test_a_moment_inside_of_something_is_not_kept(world):
    rosa, now = people.person("rosa"), clock.now()

    def between(begins, ends):
        within = Reservation.objects.alias(at=stretch()).filter(at__overlap=(begins, ends))
        return {"taken": Reservation.objects.filter(pk__in=within.values("pk")).order_by("pk")}

    ready = Ready(between)
    for days in (400, 0, 400):
        given = {"begins": now, "ends": now + dt.timedelta(days=days, hours=1)}
        assert ready.lists(rosa, **given) == beside.lists(rosa, **between(**given))
    assert ready.lists(rosa, begins=now, ends=now + dt.timedelta(days=400))["taken"]
    assert not ready.are_ready()


def test_what_stands_for_a_person_tells_nothing_else_of_them(world):
    rosa = people.person("rosa")
    ready = Ready(lambda reader: {"people": User.objects.filter(name=reader.name)}, reader=("role",))
    with pytest.raises(RuntimeError, match="asks nothing"):
        ready.lists(rosa, reader=rosa)


def test_what_writes_a_question_cannot_ask_one(world):
    rosa = people.person("rosa")
    ready = Ready(lambda: {"people": User.objects.filter(Q(pk__in=list(User.objects.values_list("pk", flat=True))))})
    with pytest.raises(RuntimeError, match="asks nothing"):
        ready.lists(rosa)


def test_several_keys_one_key_and_none(world):
    rosa, known = people.person("rosa"), list(User.objects.order_by("pk").values_list("pk", flat=True)[:3])
    ready = Ready(lambda keys: {"people": User.objects.filter(pk__in=keys).order_by("pk").values_list("pk", "name")})
    for keys in (known, known[:1], [], known[1:], [uuid.uuid4()]):
        found = ready.lists(rosa, keys=keys)["people"]
        assert found == list(User.objects.filter(pk__in=keys).order_by("pk").values_list("pk", "name"))
    assert ready.are_ready()


def test_hostile_words_stay_words(world):
    rosa = people.person("rosa")
    ready = Ready(lambda said: {"people": User.objects.filter(name=said)})
    for said in ("'; drop table accounts_user; --", "100% %s %(x)s", "\\' \x27\x27"):
        assert ready.lists(rosa, said=said)["people"] == []
    with pytest.raises(ValueError, match="without a zone"):
        Ready(lambda at: {"people": User.objects.filter(joined_at=at)}).lists(rosa, at=dt.datetime(2026, 1, 1))  # noqa: DTZ001


def test_no_more_ways_are_kept_than_a_few(world, monkeypatch):
    rosa = people.person("rosa")
    ready = Ready(
        lambda said: {
            "people": User.objects.filter(name=said).annotate(own=Exists(User.objects.filter(pk=OuterRef("pk"))))
        }
    )
    for number in range(AT_MOST + 5):
        monkeypatch.setitem(ready._written, number, None)
    (found,) = ready.lists(rosa, said=rosa.name)["people"]
    assert (found, found.own) == (rosa, True)
    assert len(ready._written) == AT_MOST + 5


def test_the_questions_of_the_page_of_times_are_written_once_for_everybody(world):
    address = f"/cases/{world['case']}/consultation/?with=anyone"
    for person in ("patient", "helper", "coordinator"):
        for query in ("?with=anyone", f"?with={Practice.objects.first().pk}"):
            world.client(person).get(address.replace("?with=anyone", query))
    assert all(each.are_ready() for each in (finding.READ, anyone.NAMED))
    practice, case, now = Practice.objects.first(), Case.objects.get(pk=world["case"]), clock.now()
    availability.calendar_of(practice, now)
    service, start = Service.objects.first(), now + dt.timedelta(days=60)
    actions.check_not_taken(case, practice.consultant, service, start, now, None)
    assert availability.READ.are_ready()
    assert actions.TAKEN.are_ready()


def test_rows_of_one_question_are_each_reader_s_own(world):
    ready = ReadyRows(
        lambda reader, case: Case.objects.visible_to(reader).filter(pk=case).select_related("patient", "starter"),
        reader=("role", "can_sign_in"),
    )

    def as_read_by(reader):
        return ready.of(reader=reader, case=uuid.UUID(str(world["case"])))

    for _again in range(2):
        for name in PERSONS:
            reader = people.person(NAMES[name])
            with CaptureQueriesContext(connection) as asked:
                found = [(case, case.patient.name, case.starter and case.starter.name) for case in as_read_by(reader)]
            plain = Case.objects.visible_to(reader).filter(pk=world["case"])
            assert len(asked) == 1
            assert found == [(case, case.patient.name, case.starter and case.starter.name) for case in plain]
    assert ready.are_ready()
    assert len(ready._written) == 3


def test_what_nobody_finds_is_asked_of_nobody(world):
    ready = ReadyRows(lambda reader: User.objects.filter(pk__in=[]))
    assert ready.of(reader=people.person("rosa")) == []
    assert not ready.are_ready()
