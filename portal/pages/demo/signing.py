"""What people of the demo sign: that a clinic may send records, and that we may ask and pass on; what follows."""

from cases.case.authority_actions import sign_authority
from cases.case.models import Case
from cases.case.signatures import Signature, SignedHow
from cases.desk.letters import actions, sending
from cases.desk.links.actions import link_for
from cases.desk.packet import contents
from cases.desk.packet.actions import AS_PDF, note_packet
from cases.records.models import RecordItem, Visit
from cases.records.release import actions as release_actions
from cases.records.release import form as release_form
from portal import clock
from portal.accounts.models import User
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


def write_letters(case: Case, visit: Visit, theo: User) -> None:
    """The letter for the slides, posted; and one for the other records, not printed yet."""
    by = Actor.person(theo)
    slides = RecordItem.objects.select_related("holder", "visit__case__key").get(visit=visit, kind="slides")
    sending.sent(actions.print_letter(actions.make("slides", slides, by=by), by=by)[0], "posted", by=by)
    others = RecordItem.objects.filter(visit=visit, holder=slides.holder).exclude(kind="slides").order_by("kind__place")
    for item in others.select_related("holder", "visit__case__key"):
        if actions.request_of("records", item, clock.now()):
            actions.make("records", item, by=by)
            return


def ask_to_refer(case: Case, visit: Visit) -> None:
    """The letter for the referral, with its strip: the patient handed it over."""
    by, name = Actor.person(case.patient), Signature(SignedHow.TYPED, case.patient.name)
    sign_authority(case, name, version=text(Text.Kind.AUTHORITY).version, by=by)
    sending.sent(actions.print_letter(actions.make("refer", visit, by=by), by=by)[0], "handed", by=by)


def take_records(visit: Visit, coordinator: User) -> None:
    """The second doctor's office saves what is there on its page."""
    assert visit.office is not None
    link = link_for(visit, visit.office, by=Actor.person(coordinator))
    packet = contents.for_office(visit, clock.today(visit.zone))
    if packet.parts:
        note_packet(packet, AS_PDF, link=link, by=Actor("office", id=link.office_id))
