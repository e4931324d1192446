"""Letters for the tests, made through the real actions."""

from cases.case.authority_actions import sign_authority
from cases.case.signatures import Signature, SignedHow
from cases.desk.letters import actions
from cases.desk.letters.models import Letter
from cases.documents.worker import checking
from cases.records.models import Release, Visit
from cases.records.release import actions as release_actions
from portal.texts.models import Text
from portal.texts.words import text
from tests import plan_files
from tests.documents.files import upload
from tests.kept import kept
from tests.records.builders import actor, item
from tests.records.release_builders import UNTIL, form, sign, visit_to_sign_for


@kept
def signed_visit(**more) -> Visit:
    """Lakeside may send its records, and we may ask about them."""
    visit = visit_to_sign_for()
    may_ask(visit)
    sign(visit, **more)
    return visit


def may_ask(visit: Visit) -> None:
    name = Signature(SignedHow.TYPED, visit.case.patient.name)
    sign_authority(visit.case, name, version=text(Text.Kind.AUTHORITY).version, by=actor("rosa"))


def signed_on_paper() -> Release:
    """Slides may be sent by a paper of two pages that was signed by hand."""
    visit = visit_to_sign_for()
    may_ask(visit)
    now = form(visit)
    put_in = upload("signed.pdf", plan_files.pdf(pages=2))
    release = release_actions.add_paper(
        visit, now.holder, put_in, details=now.details, until_on=UNTIL, by=actor("theo")
    )
    checking.check(release.paper.versions.get().pk)
    return release_actions.say_signed(release, by=actor("theo"))


def letter(visit: Visit | None = None, kind: str = "slides", about: str = "slides", by: str = "theo") -> Letter:
    return actions.make(kind, item(visit or signed_visit(), about), by=actor(by))
