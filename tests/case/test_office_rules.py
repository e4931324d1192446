"""What may be done with an entry: decided without a database."""

import datetime as dt
import uuid

import pytest

from cases.case import office_rules
from cases.case.models import Office

CALLED = dt.datetime(2026, 11, 5, 15, 0, tzinfo=dt.UTC)


def entry(*, called: bool = True, merged: bool = False, phone: str = "1") -> Office:
    return Office(
        name="Bay", phone=phone, checked_at=CALLED if called else None, merged_into_id=uuid.uuid4() if merged else None
    )


def test_a_number_is_needed_to_say_that_it_is_right():
    assert office_rules.why_not_check(entry(called=False)) == ""
    assert "number" in office_rules.why_not_check(entry(phone=""))


def test_what_became_part_of_another_is_not_changed_or_checked():
    assert office_rules.why_not_change(entry()) == ""
    assert office_rules.why_not_change(entry(merged=True))
    assert office_rules.why_not_check(entry(merged=True))


@pytest.mark.parametrize("source", [entry(), entry(called=False), entry(phone="")])
def test_anything_that_stands_may_become_part_of_a_checked_entry(source):
    assert office_rules.why_not_merge(source, entry()) == ""


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (entry(), entry(called=False)),
        (entry(called=False), entry(called=False)),
        (entry(merged=True), entry()),
        (entry(), entry(merged=True)),
    ],
)
def test_nothing_leads_to_an_entry_nobody_called_or_finds(source, target):
    assert office_rules.why_not_merge(source, target)


def test_an_entry_is_not_merged_into_itself():
    same = entry()
    assert "one and the same" in office_rules.why_not_merge(same, same)


@pytest.mark.parametrize(
    ("phone", "href"), [("+1 416 555 0130", "tel:+14165550130"), ("(555) 010-0177", "tel:+15550100177"), ("", "")]
)
def test_a_number_rings_however_it_is_written(phone, href):
    assert Office(name="Bay", phone=phone).phone_href == href
