"""The report by fax, wanted by the primary doctor's office on its page: it goes by itself, else one of us sends it."""

from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from cases.case.actions import ask_to_do
from cases.case.models import ToDo
from cases.desk.fax import actions, gateway
from cases.desk.fax.models import Fax
from cases.desk.fax.telling import FAX_FAILED
from cases.desk.letters import actions as letters
from cases.desk.letters import visits
from cases.desk.letters.states import LetterKind
from cases.desk.links.models import OfficeLink
from cases.records.items.telling import lock_case
from cases.records.models import ReportLoop
from cases.records.report import passing
from cases.records.report.planning import FAX_REPORT
from portal import phones
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.texts.words import organisation


class Stand(StrEnum):
    """What became of the wish."""

    OFFERED = "offered"
    BY_US = "by_us"  # one of us faxes it
    GOING = "going"
    SENT = "sent"
    FAILED = "failed"  # one of us looks after it


@dataclass(frozen=True)
class ByFax:
    """What the page says of it: how it stands, and the number on file."""

    stand: Stand
    number: str
    shown: str
    goes_by_itself: bool
    fax: Fax | None


def of(link: OfficeLink, loop: ReportLoop) -> ByFax | None:
    """None where there is no number on file, or nothing to send and nothing sent."""
    number = actions.number_at(link.office)
    passed_on = Fax.objects.filter(letter__kind=LetterKind.PASS_ON, letter__office=link.office_id)
    latest = passed_on.filter(letter__visit=link.visit_id).order_by("-asked_at").first()
    stand = _stand(latest, loop)
    if stand is None or not (number or latest):
        return None
    dialed = latest.number if latest and stand != Stand.OFFERED else number
    return ByFax(stand, number, phones.shown(f"+{dialed}"), goes_by_itself(link), latest)


def _stand(fax: Fax | None, loop: ReportLoop) -> Stand | None:
    if fax and fax.failed_at is None:
        return Stand.SENT if fax.sent_at else Stand.GOING
    if ToDo.objects.open().filter(kind=FAX_REPORT, about_id=str(loop.pk)).exists():
        return Stand.BY_US
    if fax and ToDo.objects.open().filter(kind=FAX_FAILED, about_id=str(fax.letter_id)).exists():
        return Stand.FAILED
    can_go = visits.is_open(LetterKind.PASS_ON, loop.visit) and passing.is_of_use(loop) and not passing.why_not(loop)
    return Stand.OFFERED if can_go else None


def goes_by_itself(link: OfficeLink) -> bool:
    """Whether it goes without one of us: there is a gateway, and somebody has called this office's number."""
    return gateway.is_on() and link.office.checked_at is not None


@transaction.atomic
def ask(link: OfficeLink, loop: ReportLoop, *, number: str, by: Actor) -> Stand:
    """The office wants it faxed to the number on file, as it stood on the page. Pressed twice it goes once.

    The desk has looked that this is the primary doctor's office, with code and birth date. Raises Refused where
    there is nothing to send, or the number is another one by now.
    """
    visit = link.visit
    lock_case(visit.case)
    loop.refresh_from_db()
    stand = of(link, loop)
    if stand is None:
        raise Refused(_("There is nothing to fax any more. Look at the page once more."), code="state")
    if stand.stand != Stand.OFFERED:
        return stand.stand
    if number != stand.number:
        raise Refused(_("The number has changed since you opened the page. Look at it once more."), code="state")
    record(by, "report.fax_wanted", loop, patient=visit.case.patient_id, case=visit.case_id)
    if stand.goes_by_itself:
        letter = letters.make_for_office(LetterKind.PASS_ON, visit, by=by)
        if not actions.why_not(letter):
            actions.hand_in(letter, number, by=by)
            return Stand.GOING
    ask_to_do(FAX_REPORT, loop, case=visit.case, due_on=organisation().today(), by=by)
    return Stand.BY_US
