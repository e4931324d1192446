"""Changing, checking and merging entries: what follows, what is refused, what is written down."""

import datetime as dt

import pytest
import time_machine
from django.apps import apps

from cases.case import actions, directory, office_ties, offices
from cases.case.models import Case, Office, OfficeMerge, ToDo
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.history.models import Event
from tests import factories, people
from tests.case.offices import checked, theo, typed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november_5():
    with time_machine.travel("2026-11-05T15:00:00Z", tick=False):
        yield


def case_of(key: str) -> Case:
    return Case.objects.filter(patient=people.person(key)).first() or factories.open_case(people.person(key))


def with_first_doctor(office: Office, key: str = "rosa") -> Case:
    case = case_of(key)
    actions.set_clinician(case, "first", name="Dr. Keller", office=office, by=Actor.person(case.patient))
    return case


def first_office(case: Case) -> Office | None:
    return offices.doctor(case, "first").clinician.office


def asked_to_check(office: Office) -> ToDo | None:
    return ToDo.objects.open().filter(kind="check_office", about_id=str(office.pk)).first()


def test_an_office_that_somebody_types_in_is_to_be_called_within_two_business_days():
    todo = asked_to_check(typed_in("Bay Clinic"))
    assert (todo.due_on, todo.note) == (dt.date(2026, 11, 9), "Bay Clinic")


def test_checking_settles_the_to_do_and_is_done_once():
    office = typed_in()
    for _press in range(2):
        directory.check_office(office, by=theo())
    office.refresh_from_db()
    assert office.checked_by == people.person("theo")
    assert asked_to_check(office) is None
    assert Event.objects.filter(verb="office.checked", case_id=office.for_case_id).count() == 1


@pytest.mark.parametrize("key", ["rosa", "joanne", "mara"])
@pytest.mark.parametrize("verb", ["check", "change", "merge"])
def test_only_a_coordinator_does_it(key, verb):
    by, office = Actor.person(people.person(key)), typed_in()
    verbs = {
        "check": lambda by: directory.check_office(office, by=by),
        "change": lambda by: directory.change_entry(office, phone="2", by=by),
        "merge": lambda by: directory.merge(office, checked(), by=by),
    }
    for actor in (by, SYSTEM):
        with pytest.raises(Refused):
            verbs[verb](actor)


def test_without_a_number_nobody_says_that_it_is_right():
    with pytest.raises(Refused, match="number"):
        directory.check_office(typed_in(phone=""), by=theo())


def test_an_entry_is_changed_for_all_and_the_same_again_writes_nothing():
    office = checked()
    for _press in range(2):
        directory.change_entry(office, fee="$15 for slides", asks_for=["slides"], by=theo())
    office.refresh_from_db()
    assert (office.fee, office.asks_for) == ("$15 for slides", ["slides"])
    assert Event.objects.filter(verb="office.changed").count() == 1


def test_merging_moves_doctors_and_settles_the_to_do():
    old, new = typed_in(case=case_of("rosa")), checked(case=case_of("grace"))
    case = with_first_doctor(old)
    assert directory.merge(old, new, by=theo()) == new
    assert first_office(case) == new
    assert asked_to_check(old) is None
    assert not Office.objects.visible_to(people.person("rosa")).filter(pk=old.pk).exists()


def test_whatever_was_to_be_done_about_the_entry_that_goes_is_done():
    old, new = checked(), checked("Other")
    for office in (old, new):
        actions.ask_to_do("fix_address", office, due_on=dt.date(2026, 11, 6), by=SYSTEM)
    directory.merge(old, new, by=theo())
    assert ToDo.objects.open().get().about_id == str(new.pk)


def test_each_case_it_touches_reads_of_it_and_no_other():
    old, new = checked("Northfield MC", case=case_of("ama")), checked(case=case_of("ama"))
    touched = {with_first_doctor(old, key).pk for key in ("rosa", "grace")}
    with_first_doctor(new, "ama")
    directory.merge(old, new, by=theo())
    events = Event.objects.filter(verb="office.merged")
    assert {event.case_id for event in events} - {old.for_case_id} == touched
    assert all(event.patient for event in events)


def test_pressed_twice_it_is_done_once():
    old, new = typed_in(), checked()
    for _press in range(2):
        assert directory.merge(old, new, by=theo()) == new
    assert Event.objects.filter(verb="office.merged").count() == 1


def test_from_the_other_side_it_is_done_already():
    one, two = checked("One"), checked("Two")
    directory.merge(one, two, by=theo())
    assert directory.merge(two, one, by=theo()) == two


def test_a_chain_leads_to_its_end_in_one_step():
    one, two, three = checked("One"), checked("Two"), checked("Three")
    case = with_first_doctor(one)
    directory.merge(one, two, by=theo())
    directory.merge(two, three, by=theo())
    assert set(Office.objects.filter(merged_into=three)) == {one, two}
    assert first_office(case) == three


def test_what_became_part_of_a_third_is_not_merged_again():
    one, two, three = checked("One"), checked("Two"), checked("Three")
    directory.merge(one, two, by=theo())
    for source, target in ((one, three), (three, one)):
        with pytest.raises(Refused, match="became part"):
            directory.merge(source, target, by=theo())


def test_a_checked_entry_does_not_become_part_of_an_unchecked_one():
    with pytest.raises(Refused, match="Call the number of Bay"):
        directory.merge(checked(), typed_in("Bay"), by=theo())


def test_a_merged_entry_is_neither_checked_nor_changed():
    old = typed_in()
    directory.merge(old, checked(), by=theo())
    with pytest.raises(Refused):
        directory.check_office(old, by=theo())
    with pytest.raises(Refused):
        directory.change_entry(old, phone="2", by=theo())
    with pytest.raises(Refused):
        actions.change_office(old, phone="2", by=Actor.person(people.person("rosa")))


def test_the_old_name_typed_again_finds_the_entry_that_stands():
    old = typed_in("Northfield Med Ctr", case=case_of("rosa"))
    new = checked(case=case_of("ama"))
    directory.merge(old, new, by=theo())
    rosa, grace = people.person("rosa"), people.person("grace")
    assert offices.named("northfield med ctr ", rosa, case_of("rosa")) == new
    # What Rosa once typed is nobody else's word for it.
    assert offices.named("Northfield Med Ctr", grace, case_of("grace")) is None
    assert list(offices.while_typing(["north"], rosa)) == [new]


def test_whoever_still_holds_the_old_entry_names_the_one_that_stands():
    old, new = typed_in(), checked()
    directory.merge(old, new, by=theo())
    assert first_office(with_first_doctor(old)) == new


def test_every_column_that_names_an_office_is_moved_by_a_merge():
    fields = [field for model in apps.get_models() for field in model._meta.local_fields]
    # A merge that is kept names both entries for good: it says what moved.
    named_by = {field for field in fields if field.related_model is Office and field.model is not OfficeMerge}
    assert named_by == office_ties.columns()
