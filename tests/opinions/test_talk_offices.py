"""Two entries of one office become one, or an entry changes its clock: talks there go along."""

import pytest

from cases.case import directory, office_ties
from cases.opinions.talk import ties
from tests.case.offices import checked, theo
from tests.opinions.builders import booked, due, fresh, nine

pytestmark = pytest.mark.django_db


def test_a_talk_goes_with_its_office_and_back():
    talk = booked()
    twin = checked("Elm St Family Practice", case=talk.case, time_zone="America/Chicago", region="US-IL")
    directory.merge(talk.office, twin, by=theo())
    assert (fresh(talk).office, fresh(talk).time_zone) == (twin, "America/Chicago")
    assert fresh(talk).starts_at.hour == 9
    directory.undo_merge(talk.office, by=theo())
    assert (fresh(talk).office, fresh(talk).time_zone) == (talk.office, talk.time_zone)
    assert len(due(talk)) == 2


def test_what_was_given_to_another_office_since_stays_there():
    talk = booked()
    twin = checked("The same desk", case=talk.case)
    moved = ties.move(talk.office, twin, by=theo())
    assert ties.TIES.counted_back(twin, moved) == ["1 talk"]
    booked(talk.case, role="first")
    other = fresh(talk).office
    ties.move_back(talk.office, twin, moved, by=theo())
    assert fresh(talk).office == other


def test_a_corrected_clock_moves_the_instant_and_not_the_wall():
    talk = booked()
    before = fresh(talk).starts_at
    office_ties.set_details(talk.office, {"time_zone": "America/Los_Angeles", "region": "US-CA"})
    ties.follow(talk.office, {"time_zone": "America/New_York"}, by=theo())
    assert (fresh(talk).starts_at - before).total_seconds() == 3 * 3600
    assert due(talk)[0][1] == nine(12, 1)


def test_a_new_fax_number_plans_nothing_anew():
    talk = booked()
    ties.follow(talk.office, {"fax": ""}, by=theo())
    assert fresh(talk).version == talk.version
