"""Two entries of one office become one: what was signed goes on, and goes back when they are taken apart."""

import pytest

from cases.records import offices
from cases.records.models import Release
from cases.records.release import actions as release_actions
from cases.records.release import keeping as release_keeping
from cases.records.release.form import Details
from portal import clock
from tests.case.offices import checked
from tests.records.builders import actor, item, on_november_5
from tests.records.release_builders import UNTIL, form, sign, visit_to_sign_for

pytestmark = pytest.mark.django_db


def why_not(visit):
    found = form(visit).visit
    return release_keeping.why_not(
        item(visit, "slides"), found, release_keeping.signed_for(found), clock.today(visit.zone)
    )


@pytest.mark.parametrize("role", ["holder", "second office"])
def test_a_signed_permission_goes_with_the_office(role):
    with on_november_5():
        visit = visit_to_sign_for()
        release = sign(visit)
        source = release.holder if role == "holder" else visit.office
        twin = checked("The same desk")

        moved = offices.move(source, twin, by=actor("theo"))
        assert why_not(visit) is None
        assert item(visit, "slides").state == "needed"

        offices.move_back(source, twin, moved, by=actor("theo"))
        assert why_not(visit) is None


def test_of_two_unsigned_forms_one_goes_on():
    with on_november_5():
        visit = visit_to_sign_for()
        source, twin = item(visit, "slides").holder, checked("The same desk")
        for office in (source, twin):
            release_actions.save_details(visit, office, Details(), until_on=UNTIL, by=actor("rosa"))

        offices.move(source, twin, by=actor("theo"))

        assert Release.objects.drafts().get().holder == twin
