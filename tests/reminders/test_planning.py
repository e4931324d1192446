"""Planning things anew: only what differs changes, and what happened to a row stays with it."""

import datetime as dt
from types import SimpleNamespace

import pytest

from portal import clock as portal_clock
from portal.actors import Actor
from portal.reminders import gathering, sender
from portal.reminders.actions import put_off, settle
from portal.reminders.claiming import claim_some
from portal.reminders.models import Outcome, Reminder
from portal.reminders.planning import Plan
from portal.reminders.readers import role
from tests import people
from tests.reminders.kinds import NOON, THINGS
from tests.reminders.kinds import plan as plan_one

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


class Thing:
    """What a room would plan about."""

    _meta = SimpleNamespace(label_lower="tests.thing")

    def __init__(self, pk):
        self.pk = pk


def plan_anew(given: Reminder, *, due_at=None, version=None, recipient=None, wanted=True, kept=True, late=False):
    """Plan the thing of a row anew: its row wanted as it was, but for what is said here."""
    thing, version = Thing(given.about_id), version or given.version
    made = Plan(portal_clock.now())
    made.covers(thing)
    if kept:
        made.keep(given.kind, thing, version=version)
    if wanted:
        made.want(
            given.kind,
            thing,
            version=version,
            recipient=recipient or people.person("rosa"),
            due_at=due_at or given.due_at,
            useful_until=given.useful_until,
            step=given.step,
            is_late=late,
        )
    THINGS.versions[given.about_id] = version
    made.write()
    return Reminder.objects.filter(about_id=given.about_id).order_by("version", "step", "recipient_type")


def outcomes(rows):
    return [row.settled_as for row in rows]


def test_what_is_wanted_and_stands_stays_as_it_is(clock, rosa):
    row = plan_one("tests.call", rosa, due_at=NOON + DAY)
    before = Reminder.objects.filter(pk=row.pk).values().get()
    plan_anew(row)
    assert list(Reminder.objects.values()) == [before]


def test_what_is_not_wanted_is_withdrawn_and_other_things_are_left_alone(clock, rosa):
    row, other = (plan_one("tests.call", rosa, due_at=NOON + DAY) for _ in range(2))
    plan_anew(row, wanted=False)
    assert outcomes(Reminder.objects.order_by("settled_as")) == ["", Outcome.WITHDRAWN]
    assert Reminder.objects.unsettled().get() == other


def test_a_new_version_withdraws_the_old_one_also_when_it_is_due(clock, rosa):
    row = plan_one("tests.call", rosa, due_at=NOON - HOUR)
    rows = plan_anew(row, version=2, due_at=NOON + DAY)
    assert outcomes(rows) == [Outcome.WITHDRAWN, ""]


def test_what_is_due_and_has_not_gone_is_kept_while_its_question_stands(clock, rosa):
    row = plan_one("tests.call", rosa, due_at=NOON - HOUR)
    assert outcomes(plan_anew(row, wanted=False)) == [""]
    assert outcomes(plan_anew(row, wanted=False, kept=False)) == [Outcome.WITHDRAWN]


def test_another_day_moves_the_row_out_of_its_message(clock, rosa):
    row = plan_one("tests.call", rosa, due_at=NOON - HOUR)
    gathering.gather(NOON)
    (moved,) = plan_anew(row, due_at=NOON + DAY)
    assert (moved.due_at, moved.delivery) == (NOON + DAY, None)


def test_another_day_leaves_it_in_a_message_that_a_sender_has_in_hand(clock, rosa, smtp_sink):
    row = plan_one("tests.call", rosa, due_at=NOON - HOUR)
    gathering.gather(NOON)
    ((claim,), _failed, _any) = claim_some(NOON)
    (moved,) = plan_anew(row, due_at=NOON + DAY)
    sender.stamp([claim.delivery.pk], NOON)
    moved.refresh_from_db()
    assert (moved.settled_as, moved.delivery_id) == (Outcome.SENT, claim.delivery.pk)


def test_a_row_put_off_keeps_its_day_while_that_still_serves(clock, rosa):
    row = plan_one("tests.call", rosa, due_at=NOON - HOUR)
    day = put_off(row, by=Actor.person(rosa)).due_at
    assert plan_anew(row).get().due_at == day
    assert plan_anew(row, wanted=False).get().due_at == day
    later = plan_anew(row, due_at=day + DAY).get()
    assert (later.due_at, later.put_off_at) == (day + DAY, None)


def test_what_was_handed_on_follows_the_role_s_row(clock):
    people.person("theo")
    row = plan_one("tests.call", role("coordinator"), due_at=NOON + HOUR)
    gathering.hand_on_roles(NOON)
    for _twice in range(2):
        assert outcomes(plan_anew(row, recipient=role("coordinator"))) == [Outcome.HANDED_ON, ""]
    assert outcomes(plan_anew(row, wanted=False)) == [Outcome.HANDED_ON, Outcome.WITHDRAWN]
    rows = plan_anew(row, recipient=role("coordinator"), due_at=NOON + DAY)
    assert [(each.settled_as, each.due_at) for each in rows] == [
        (Outcome.HANDED_ON, NOON + HOUR),
        ("", NOON + DAY),
    ]


def test_what_staff_send_again_stays(clock, rosa, smtp_sink):
    from portal.reminders.resending import send_again

    row = plan_one("tests.call", rosa, due_at=NOON - HOUR)
    sender.run()
    row.refresh_from_db()
    send_again(row.delivery, by=Actor.person(people.person("theo")))
    plan_anew(row)
    assert sender.run() == 1


def test_what_passed_is_left_to_the_sender_who_tells_staff(clock, rosa):
    row = plan_one("tests.call", rosa, due_at=NOON - DAY, useful_until=NOON + HOUR)
    clock.shift(2 * HOUR)
    plan_anew(row)
    gathering.settle_passed(portal_clock.now())
    row.refresh_from_db()
    assert row.settled_as == Outcome.PASSED


@pytest.mark.parametrize(
    ("settled_as", "settled_at", "is_planned"),
    [
        ("", None, True),
        (Outcome.WITHDRAWN, NOON, True),
        (Outcome.WITHDRAWN, NOON - DAY, False),
        (Outcome.SENT, NOON, False),
        (Outcome.NOT_NEEDED, NOON, False),
    ],
)
def test_a_moment_that_passed_is_planned_if_it_waits(settled_as, settled_at, is_planned, clock, rosa):
    """The thing has a new version: its row of that moment had not gone, or had, or was off before it came."""
    row = plan_one("tests.call", rosa, due_at=NOON - HOUR)
    Reminder.objects.filter(pk=row.pk).update(settled_as=settled_as, settled_at=settled_at)
    rows = plan_anew(row, version=2, late=True)
    assert rows.filter(version=2, settled_at=None).exists() is is_planned


def test_withdrawn_while_the_server_had_it_and_planned_anew_it_is_stamped(clock, rosa, smtp_sink):
    row = plan_one("tests.call", rosa, due_at=NOON - HOUR)
    gathering.gather(NOON)
    ((claim,), _failed, _any) = claim_some(NOON)
    settle(Reminder.objects.filter(pk=row.pk), Outcome.WITHDRAWN, NOON)
    plan_one("tests.call", rosa, due_at=NOON - HOUR, thing=row.about_id)
    sender.stamp([claim.delivery.pk], NOON)
    row.refresh_from_db()
    assert row.settled_as == Outcome.SENT


@pytest.mark.parametrize("count", [1, 12])
def test_it_costs_the_same_for_few_rows_and_many(count, clock, rosa, django_assert_num_queries):
    first, *_more = [plan_one("tests.call", rosa, due_at=NOON + step * HOUR + HOUR) for step in range(count)]
    for step in range(1, count):
        plan_one("tests.call", rosa, due_at=NOON + step * HOUR, thing=first.about_id, step=step)
    with django_assert_num_queries(5):
        plan_anew(first, wanted=False)
