"""Entries of one office merged, named, checked and changed at once: one stands, and nothing names one that is gone.

The guard is one lock; its twin without it, with the window held open, must leave a case behind.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
import time_machine

from cases.case import actions, directory, office_ties
from cases.case.models import Case, Clinician, Office
from cases.records import actions as records
from cases.records.models import RecordItem, Visit
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from tests import factories
from tests.at_once.rivals import at_once
from tests.case.offices import checked, theo, typed_in
from tests.records.builders import NOVEMBER_5

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

ROUNDS = [pytest.param(3, id="3"), pytest.param(30, id="30", marks=pytest.mark.full)]


@pytest.fixture(autouse=True)
def november_5():
    with time_machine.travel(NOVEMBER_5, tick=True):
        yield


def cases(count: int) -> list[Case]:
    patients = [User.objects.create_user(name=f"Patient {n}", time_zone="America/Toronto") for n in range(count)]
    return [factories.open_case(patient) for patient in patients]


def name_it(case: Case, office: Office) -> None:
    """Whoever has the entry in view names it: as a doctor's office, as the visit's, as a record's holder."""
    by = Actor.person(case.patient)
    actions.set_clinician(case, "first", name="Dr. Keller", office=office, by=by)
    visit = records.name_visit(case, doctor="Dr. Raman", office=office, by=by)
    records.set_holder(visit.items.get(kind="slides"), office=office, by=by)


def nothing_names(office: Office) -> bool:
    named = [Clinician.objects.filter(office=office), Visit.objects.filter(office=office)]
    return not any(rows.exists() for rows in [*named, RecordItem.objects.filter(holder=office)])


def errors(outcomes) -> list[BaseException]:
    return [outcome.error for outcome in outcomes if outcome.error]


@pytest.mark.full
@pytest.mark.parametrize("rounds", ROUNDS)
def test_two_entries_merged_into_each_other_end_in_one(rounds):
    first, second = cases(2)
    for number in range(rounds):
        one, two = checked(f"One {number}", first), checked(f"Two {number}", second)
        name_it(first, one)
        name_it(second, two)
        by = theo()
        outcomes = at_once(partial(directory.merge, one, two, by=by), partial(directory.merge, two, one, by=by))
        assert errors(outcomes) == []
        assert len({outcome.result.pk for outcome in outcomes}) == 1
        stands = outcomes[0].result
        gone = two if stands == one else one
        assert Office.objects.get(pk=stands.pk).merged_into is None
        assert Office.objects.get(pk=gone.pk).merged_into == stands
        assert nothing_names(gone)


@pytest.mark.full
@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_merge_pressed_eight_times_is_done_once(rounds):
    (case,) = cases(1)
    for number in range(rounds):
        old, new = typed_in(f"Old {number}", case), checked(f"New {number}", case)
        outcomes = at_once(*[partial(directory.merge, old, new, by=theo())] * 8)
        assert errors(outcomes) == []
        assert Event.objects.filter(verb="office.merged", about_id=str(old.pk)).count() == 1


@pytest.mark.full
@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_ring_of_three_ends_in_entries_that_lead_on_in_one_step(rounds):
    (case,) = cases(1)
    by = theo()
    for number in range(rounds):
        ring = [checked(f"{name} {number}", case) for name in ("One", "Two", "Three")]
        pairs = zip(ring, ring[1:] + ring[:1], strict=True)
        outcomes = at_once(*[partial(directory.merge, source, target, by=by) for source, target in pairs])
        assert all(isinstance(error, Refused) for error in errors(outcomes))
        rows = Office.objects.in_bulk([office.pk for office in ring])
        merged = [office for office in rows.values() if office.merged_into_id]
        assert 1 <= len(merged) <= 2
        assert all(rows[office.merged_into_id].merged_into_id is None for office in merged)


@pytest.mark.full
@pytest.mark.parametrize("rounds", ROUNDS)
def test_whoever_names_an_entry_while_it_is_merged_names_the_one_that_stands(rounds):
    namers = cases(5)
    for number in range(rounds):
        old, new = checked(f"Old {number}", namers[0]), checked(f"New {number}", namers[0])
        name_it(namers[0], old)
        naming = [partial(name_it, case, old) for case in namers[1:]]
        outcomes = at_once(partial(directory.merge, old, new, by=theo()), *naming)
        assert errors(outcomes) == []
        assert nothing_names(old)


@pytest.mark.full
@pytest.mark.parametrize("rounds", ROUNDS)
def test_taken_apart_eight_times_while_the_other_is_merged_on(rounds):
    """Either the two were apart first, or the other became part of a third, and then it is refused in words."""
    (case,) = cases(1)
    for number in range(rounds):
        old, new, third = [checked(f"{name} {number}", case) for name in ("One", "Two", "Three")]
        name_it(case, old)
        directory.merge(old, new, by=theo())
        apart = [partial(directory.undo_merge, old, by=theo())] * 8
        outcomes = at_once(partial(directory.merge, new, third, by=theo()), *apart)
        assert all(isinstance(error, Refused) for error in errors(outcomes))
        stands = Office.objects.get(pk=old.pk).merged_into or old
        assert stands in (old, third)
        assert Visit.objects.get(case=case).office == stands
        assert Event.objects.filter(verb="office.taken_apart", about_id=str(old.pk)).count() <= 1


@pytest.mark.full
def test_merge_change_check_and_naming_together_end_without_an_error():
    namers = cases(4)
    old, new = typed_in("Old", namers[0]), checked("New", namers[0])
    presses = [partial(name_it, case, old) for case in namers]
    presses += [partial(directory.merge, old, new, by=theo()), partial(directory.check_office, old, by=theo())]
    presses += [partial(directory.change_entry, office, fee="$15", region="US-PA", by=theo()) for office in (old, new)]
    outcomes = at_once(*presses)
    assert all(isinstance(error, Refused) for error in errors(outcomes))
    assert nothing_names(old)


@contextmanager
def window_held_open(has_lock: bool) -> Iterator[None]:
    """A case reads which entry stands; before it writes, the merge goes through as far as the lock lets it."""
    read, merged = threading.Event(), threading.Event()
    take = office_ties._take

    def hold(function: str) -> None:
        is_naming = function.endswith("shared")
        if not is_naming:
            read.wait(10)
        if has_lock:
            take(function)
        if not is_naming:
            merged.set()

    standing = office_ties.standing

    def read_then_wait(office: Office) -> Office:
        found = standing(office)
        read.set()
        merged.wait(1.5)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(office_ties, "_take", hold)
        patch.setattr(office_ties, "standing", read_then_wait)
        yield


def set_holder_while_merging(has_lock: bool) -> Office:
    """A case that does not name the entry yet comes to name it, just as it is merged."""
    naming, other = cases(2)
    old, new = checked("Old", other), checked("New", other)
    visit = records.name_visit(naming, doctor="Dr. Raman", by=Actor.person(naming.patient))
    item = visit.items.get(kind="slides")
    with window_held_open(has_lock):
        outcomes = at_once(
            partial(records.set_holder, item, office=old, by=Actor.person(naming.patient)),
            partial(directory.merge, old, new, by=theo()),
        )
    assert errors(outcomes) == []
    return old


@pytest.mark.full
def test_the_lock_holds_with_the_window_open():
    assert nothing_names(set_holder_while_merging(has_lock=True))


@pytest.mark.full
def test_twin_without_the_lock_leaves_a_case_behind():
    assert not nothing_names(set_holder_while_merging(has_lock=False))
