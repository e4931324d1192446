"""Offices that were asked, for the tests of mail to them: signed for, checked, with an address on file."""

from cases.case import authority_actions, directory
from cases.case.models import Office
from cases.case.signatures import Signature, SignedHow
from cases.records import actions as records
from cases.records.items.telling import set_holder
from cases.records.models import Visit
from portal.accounts.models import User
from portal.actors import Actor
from portal.texts.models import Text
from portal.texts.words import text
from tests import factories
from tests.kept import kept
from tests.records.builders import actor, item
from tests.records.release_builders import BORN, TYPED, sign, visit_to_sign_for

# Friday, November 13, 10 am Eastern: the first chase of what was asked for on November 5 (the 11th is a holiday).
CHASE_DAY = "2026-11-13T15:00:00Z"
CANARY = "Zanzibar"


def may_ask(visit: Visit) -> None:
    version = text(Text.Kind.AUTHORITY).version
    authority_actions.sign_authority(visit.case, TYPED, version=version, by=actor("rosa"))


def on_file(office: Office, **details) -> Office:
    """A coordinator rang it, and typed in its address."""
    details = {"phone": "+1 555 010 0177", "email": f"desk@{office.name.split()[0].lower()}.example"} | details
    office = directory.change_entry(office, by=actor("theo"), **details)
    return directory.check_office(office, by=actor("theo")) if office.checked_at is None else office


@kept
def signed_visit() -> Visit:
    """Rosa's visit: she signed that we may ask, and that Lakeside may send what it has."""
    visit = visit_to_sign_for()
    may_ask(visit)
    on_file(item(visit, "slides").holder)
    sign(visit)
    return visit


def ask(visit: Visit, *kinds: str) -> None:
    for kind in kinds or ("slides",):
        records.tell(item(visit, kind), "asked", by=actor("theo"))


def another_patient_of(office: Office, user: User, kind: str = "slides") -> Visit:
    """A case of somebody else whose record this office has, signed for and asked for by us."""
    by = Actor.person(user)
    User.objects.filter(pk=user.pk).update(birth_date=BORN)
    visit = factories.case_with_visit(days=19, patient=user).visits.get()
    thing = item(visit, kind)
    set_holder(thing, office=office, by=by)
    authority_actions.sign_authority(visit.case, TYPED, version=text(Text.Kind.AUTHORITY).version, by=by)
    sign(visit, signature=Signature(SignedHow.TYPED, user.name), by=by)
    ask(visit, kind)
    return visit
