"""A walk at random through weeks of a case, and after each step: nothing lost, nothing twice, nothing after its end.

Words, moves, cancels, undos, "later", answers, a mail server that comes and goes, a sender that dies or is overtaken.
The seed is in the test's name: a walk that fails fails again.
"""

import random
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta

import pytest

from cases.records import actions, offices, rules
from cases.records.board import handing_over
from cases.records.items.telling import VISIT_PARTS
from cases.records.models import RecordItem, ReportLoop, Visit
from cases.records.planning import AHEAD, BEFORE_VISIT, KIND_OF_DUE, TOOK_PLACE
from cases.records.standing import standing
from portal import clock, mail
from portal.errors import Refused
from portal.reminders import actions as rows
from portal.reminders import gathering, sender
from portal.reminders import rules as hours
from portal.reminders.claiming import claim_some
from portal.reminders.models import Delivery, Outcome, Reminder
from tests import people, programs
from tests.records.builders import actor, booked_visit, on_november_5

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
OUT = {Outcome.SENT, Outcome.ANSWERED}
HAPPENED_TO = OUT | {Outcome.HANDED_ON, Outcome.NOT_NEEDED, Outcome.PASSED}


class Walk:
    """One case, and what must hold of it whatever happens."""

    def __init__(self, seed, traveller, sink, settings):
        self.dice, self.traveller, self.sink, self.settings = random.Random(seed), traveller, sink, settings
        self.port, self.visit_pk = settings.EMAIL_PORT, booked_visit().pk
        people.person("theo")
        self.said_in: dict = {}  # row → the message it went out in
        self.promised: dict = {}  # row → the day that its reader was told
        self.log: list[str] = []

    @property
    def visit(self):
        return Visit.objects.select_related(*VISIT_PARTS).get(pk=self.visit_pk)

    # --- what happens

    STEPS = (
        ["time_passes"] * 8
        + ["a_word"] * 6
        + ["a_turn"] * 4
        + ["later", "an_answer", "an_answer", "the_server_goes_or_comes", "a_sender_dies", "a_word_meanwhile"]
        + ["the_visit_changes", "a_move_back", "the_office_changes", "the_board"]
    )

    def step(self):
        name = self.dice.choice(self.STEPS)
        self.log.append(name)
        with suppress(Refused):
            getattr(self, name)()
        self.check()

    def who(self):
        return actor(self.dice.choice(["rosa", "theo"]))

    def time_passes(self):
        self.traveller.shift(self.dice.choice([timedelta(minutes=7), timedelta(hours=1), timedelta(hours=9), DAY]))
        self.a_turn()

    def a_turn(self):
        sender.run()
        self.note()

    def a_word(self):
        item = self.dice.choice(list(RecordItem.objects.filter(visit=self.visit_pk).order_by("kind")))
        verbs = [verb for verb, move in rules.ITEM_MOVES.items() if item.state in move.sources]
        verb = self.dice.choice([verb for verb in verbs if verb != "taken_back"])
        self.log.append(f"{item.kind_id} {verb}")
        actions.tell(item, verb, need="fee", reason="Page 2", by=self.who())

    def later(self):
        own = Reminder.objects.filter(recipient_type="user", settled_at=None, delivery=None).order_by("pk")
        own = list(own.filter(about_id__in=self.current()))
        if own:
            row = rows.put_off(self.dice.choice(own), by=actor("rosa"))
            self.promised[row.pk] = row.due_at

    def an_answer(self):
        asked = Reminder.objects.filter(settled_as=Outcome.SENT, recipient_id=str(people.person("rosa").pk))
        if not asked.exists():
            return
        row = self.dice.choice(list(asked.order_by("-settled_at", "pk")[:3]))
        choice = self.dice.choice(["done", "not_yet", "not_yet", "call"])
        self.log.append(f"{row.kind} {choice}")
        rows.answer(row, choice, by=actor("rosa"))
        again = rows._next_planned(row)
        if choice == "not_yet" and again and not again.delivery_id:
            self.promised[again.pk] = again.due_at

    def the_server_goes_or_comes(self):
        is_up = self.port == self.settings.EMAIL_PORT
        self.settings.EMAIL_PORT = programs.free_port() if is_up else self.port

    def a_sender_dies(self):
        """It has sealed its messages and is gone."""
        gathering.gather(clock.now())
        claim_some(clock.now())

    def a_word_meanwhile(self):
        """The server has taken the messages; before that is noted somebody says a word."""
        gathering.gather(clock.now())
        claims, _failed, _any = claim_some(clock.now())
        taken: list = []
        with suppress(mail.MailError), mail.Line() as line:
            sender.hand_over(claims, taken, clock.now(), line)
        self.a_word()
        sender.stamp(taken, clock.now())
        self.note(is_fresh=False)

    def the_visit_changes(self):
        visit, by = self.visit, self.who()
        on = clock.today(visit.zone) + self.dice.randint(2, 40) * DAY
        if visit.state in AHEAD and self.dice.random() < 0.8:
            actions.save_date(visit, on=on, by=by)
        elif visit.state == "booked" and visit.on_date <= clock.today(visit.zone):
            self.dice.choice([actions.say_took_place, actions.say_did_not])(visit, by=by)
        else:
            actions.cancel_visit(visit, by=by)

    def a_move_back(self):
        items = list(RecordItem.objects.filter(visit=self.visit_pk).order_by("kind"))
        actions.undo(self.dice.choice([self.visit, *items]), why="by_mistake", by=actor("theo"))

    def the_office_changes(self):
        """As one of many visits: withdrawn at once, planned when its turn comes."""
        offices._withdraw([self.visit_pk])
        Visit.objects.filter(pk=self.visit_pk).update(plan_anew="dates")
        offices.plan_marked()

    def the_board(self):
        handing_over.put_near_visits_on_board(now=clock.now())
        handing_over.put_on_board(now=clock.now())

    # --- what must hold

    def note(self, *, is_fresh=True):
        """What went out since: each row in one message only, and about what still stood."""
        out = list(Reminder.objects.filter(settled_as__in=OUT, delivery__sent_at__isnull=False))
        new = [row for row in out if row.pk not in self.said_in]
        if is_fresh:
            due, _not_due = gathering.judge(new, clock.now())
            assert {row.pk for row in new} == due, [(row.kind, row.version) for row in new if row.pk not in due]
        self.said_in |= {row.pk: row.delivery_id for row in new}

    def check(self):
        self.nothing_twice()
        self.nothing_lost()
        self.nothing_after_its_end()
        self.promises_are_kept()

    def nothing_twice(self):
        for row in Reminder.objects.filter(pk__in=self.said_in):
            assert row.settled_as in OUT, row.kind
            assert row.delivery_id == self.said_in[row.pk], row.kind
        by_id: dict = {}
        for message in self.sink.messages:
            assert by_id.setdefault(message["Message-ID"], message.as_bytes()) == message.as_bytes()

    def current(self):
        """The version of each thing now."""
        things = [*Visit.objects.all(), *RecordItem.objects.all(), *ReportLoop.objects.all()]
        return {thing.pk: thing.version for thing in things}

    def nothing_lost(self):
        visit, now = self.visit, clock.now()
        if visit.state not in AHEAD:
            return
        stands = standing(visit, now)
        for line in stands.items:
            if line.next_day and self.would_help(visit, line.next_day.on):
                self.has_row(KIND_OF_DUE[line.next_day.due], line.item)
        if visit.state == "booked":
            self.has_row(TOOK_PLACE, visit)
            last = hours.morning(visit.on_date - DAY, visit.case.patient.zone)
            if last > now:
                self.has_row(BEFORE_VISIT, visit, step=1)
        gone = Reminder.objects.filter(settled_as=Outcome.WITHDRAWN, useful_until__gt=now, kind=BEFORE_VISIT)
        due = [row for row in gone.filter(version=visit.version) if row.settled_at >= row.due_at]
        assert due == []

    def would_help(self, visit, day):
        """Whether that day comes before the visit; from then on the board alone tells."""
        begins = visit.starts_at or (visit.on_date and datetime(*visit.on_date.timetuple()[:3], tzinfo=UTC))
        return begins is None or begins > max(clock.now() + DAY, hours.morning(day, visit.case.patient.zone))

    def has_row(self, kind, thing, **more):
        found = Reminder.objects.filter(kind=kind, about_id=thing.pk, version=thing.version, resent=0, **more)
        outcomes = set(found.values_list("settled_as", flat=True))
        assert outcomes & ({""} | HAPPENED_TO), (kind, outcomes)
        if outcomes == {Outcome.HANDED_ON}:
            raise AssertionError(f"{kind} was handed on to nobody")

    def nothing_after_its_end(self):
        current = self.current()
        still_open = Reminder.objects.filter(settled_at=None, about_id__in=current)
        assert [row.kind for row in still_open if row.version != current[row.about_id]] == []
        if self.visit.state == "cancelled":
            assert not still_open.exclude(kind="records.due_back").exists()

    def promises_are_kept(self):
        current = self.current()
        for row in Reminder.objects.filter(pk__in=self.promised):
            if row.version != current[row.about_id] or row.settled_as not in {"", Outcome.WITHDRAWN}:
                del self.promised[row.pk]
            elif row.useful_until > clock.now():
                assert (row.settled_as, row.due_at) == ("", self.promised[row.pk]), row.kind

    def to_the_end(self):
        """The server is back, and two months go by without a word: every row comes to its end."""
        self.settings.EMAIL_PORT = self.port
        ten = datetime.combine(clock.now().date() + DAY, time(15), UTC)  # 10 am where its reader is
        self.traveller.move_to(ten)
        for _day in range(70):
            self.traveller.shift(DAY)
            self.a_turn()
        self.check()
        late = Reminder.objects.filter(settled_at=None, due_at__lt=clock.now() - DAY, useful_until__gt=clock.now())
        assert [row.kind for row in late] == []
        assert not Delivery.objects.filter(sent_at=None, failed_at=None, withdrawn_at=None, body__gt=b"").exists()


def walk(seed, steps, traveller, sink, settings):
    walked = Walk(seed, traveller, sink, settings)
    try:
        for _step in range(steps):
            walked.step()
        walked.to_the_end()
    except Exception as error:
        error.add_note(f"after {len(walked.log)} steps, the last: {walked.log[-12:]}")
        raise
    return walked


@pytest.fixture
def november_5():
    with on_november_5() as traveller:
        yield traveller


def test_a_short_walk(november_5, smtp_sink, settings):
    walked = walk(1, 25, november_5, smtp_sink, settings)
    assert walked.said_in


@pytest.mark.full
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(2, 8))
def test_a_long_walk(seed, november_5, smtp_sink, settings):
    assert walk(seed, 300, november_5, smtp_sink, settings).said_in
