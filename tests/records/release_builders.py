"""Permissions for the tests, signed through the real actions."""

from datetime import date

from cases.case.signatures import Signature, SignedHow
from cases.records.models import Release, Visit
from cases.records.release import actions as release_actions
from cases.records.release import form as release_form
from cases.records.release.form import Details
from portal import clock
from tests.kept import kept
from tests.records.builders import actor, booked_visit, item

BORN = date(1961, 5, 2)
UNTIL = date(2026, 12, 31)
TYPED = Signature(SignedHow.TYPED, "Rosa Delgado")


@kept
def visit_to_sign_for() -> Visit:
    """Dr. Raman's visit; Lakeside has the slides, which wait for a signature."""
    visit = booked_visit()
    patient = visit.case.patient
    patient.birth_date = BORN
    patient.save(update_fields=["birth_date"])
    return visit


def form(visit: Visit, kind: str = "slides") -> release_form.Form:
    visit = Visit.objects.select_related(*release_actions.VISIT_TOGETHER).get(pk=visit.pk)
    return release_form.of(visit, item(visit, kind).holder, clock.now())


def sign(visit: Visit, *, details: Details | None = None, until_on: date | None = UNTIL, by=None, **more) -> Release:
    now = form(visit)
    return release_actions.sign(
        visit,
        now.holder,
        more.get("signature", TYPED),
        details=details or now.details,
        until_on=until_on,
        seen=more.get("seen", now.code),
        by=by or actor("rosa"),
    )
