"""Letters for the tests, made through the real actions."""

from cases.case.authority_actions import sign_authority
from cases.case.signatures import Signature, SignedHow
from cases.desk.letters import actions
from cases.desk.letters.models import Letter
from cases.records.models import Visit
from portal.texts.models import Text
from portal.texts.words import text
from tests.records.builders import actor, item
from tests.records.release_builders import sign, visit_to_sign_for


def signed_visit(**more) -> Visit:
    """Lakeside may send its records, and we may ask about them."""
    visit = visit_to_sign_for()
    may_ask(visit)
    sign(visit, **more)
    return visit


def may_ask(visit: Visit) -> None:
    name = Signature(SignedHow.TYPED, visit.case.patient.name)
    sign_authority(visit.case, name, version=text(Text.Kind.AUTHORITY).version, by=actor("rosa"))


def letter(visit: Visit | None = None, kind: str = "slides", about: str = "slides", by: str = "theo") -> Letter:
    return actions.make(kind, item(visit or signed_visit(), about), by=actor(by))
