"""What people of the demo sign: that a clinic may send records, and that we may ask."""

from cases.case.authority_actions import sign_authority
from cases.case.models import Case
from cases.case.signatures import Signature, SignedHow
from cases.records.models import RecordItem, Visit
from cases.records.release import actions as release_actions
from cases.records.release import form as release_form
from portal import clock
from portal.actors import Actor
from portal.texts.models import Text
from portal.texts.words import text


def sign_forms(case: Case, visit: Visit) -> None:
    """The form of the clinic that has the slides, with its details, and that we may ask: by typed name."""
    holder = RecordItem.objects.select_related("holder").get(visit=visit, kind="slides").holder
    assert holder is not None
    by, name = Actor.person(case.patient), Signature(SignedHow.TYPED, case.patient.name)
    form = release_form.of(visit, holder, clock.now())
    details = release_form.Details(record_number="MRN 40 118", accession="S26-04417", stain="stained")
    release_actions.sign(visit, holder, name, details=details, until_on=form.until_on, seen=form.code, by=by)
    sign_authority(case, name, version=text(Text.Kind.AUTHORITY).version, by=by)
