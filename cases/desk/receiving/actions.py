"""What the second doctor's office says on its page. The page has looked before that it is the visit's office."""

from collections.abc import Iterable
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from cases.case.actions import ask_to_do
from cases.case.models import Office, ToDo
from cases.desk.links.models import OfficeLink
from cases.desk.receiving import rules
from cases.desk.receiving.models import Receipt
from cases.desk.receiving.rules import Said
from cases.documents import actions as documents
from cases.documents.actions import Added
from cases.records.actions import say_took_place
from cases.records.items.telling import fresh, lock_case, tell
from cases.records.models import RecordItem, ReportLoop, Visit
from cases.records.report.actions import tell_report
from cases.records.report.filing import bind
from cases.records.report.passing import SECOND_REPORT
from cases.records.states import VisitState
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.texts.words import organisation

MISSED = "office_misses"  # a to-do: something did not come there, or is no use


@transaction.atomic
def confirm_all(link: OfficeLink, in_packet: set[UUID], *, said_by: str, by: Actor) -> None:
    """Everything that should be there is there, and opens. `in_packet`: the records that are to be had on the page."""
    lock_case(link.visit.case)
    for item in link.visit.items.wanted().order_by("kind__place"):
        if rules.should_be_there(item.state, item.pk in in_packet):
            _say(item, Said.OPENS_FINE, "", by=by)
    _keep_receipt(link, True, said_by, by)


@transaction.atomic
def say_of_each(
    link: OfficeLink, words: dict[UUID, tuple[str, str]], in_packet: set[UUID], *, said_by: str, by: Actor
) -> None:
    """What is said of some records, each with words; one of us calls about each that is missing or no use.

    Raises Refused where it is about a record that cannot be spoken of so any more.
    """
    lock_case(link.visit.case)
    for item in link.visit.items.wanted().filter(pk__in=words).order_by("kind__place"):
        said, why = words[item.pk]
        if said not in rules.can_be_said(item.state, item.route, item.pk in in_packet):
            raise Refused(_("One of these has changed since you opened the page. Look once more."), code="state")
        _say(item, said, why, by=by)
        if said in rules.TROUBLE:
            ask_us_to_call(link.office, item, f"{said_by}: {Said(said).label}", why, by=by)
    _keep_receipt(link, False, said_by, by)


def _say(item: RecordItem, said: str, why: str, *, by: Actor) -> None:
    item = fresh(item)
    for verb in rules.verbs(said, item.state):
        tell(item, verb, reason=_reason(said, why) if verb == said and said in rules.TROUBLE else "", by=by)
    if said == Said.NOT_COME:
        record(by, "item.not_come", item, patient=item.visit.case.patient_id, case=item.visit.case_id)


def _reason(said: str, why: str) -> str:
    """Their words; else what they chose."""
    return why.strip() or str(Said(said).label)


def ask_us_to_call(office: Office, item: RecordItem, said: str, why: str, *, by: Actor) -> ToDo:
    """By whom it was said stands with it: the one to ask there."""
    today = organisation().today()
    note = ". ".join(part for part in (office.name, said, why.strip()) if part)
    return ask_to_do(MISSED, item, case=item.visit.case, due_on=today, note=note, newest_counts=True, by=by)


def _keep_receipt(link: OfficeLink, is_all: bool, said_by: str, by: Actor) -> None:
    now = clock.now()
    last = link.receipts.order_by("-said_at").first()
    if last and is_all and (last.is_all, last.said_by) == (is_all, said_by):  # pressed twice
        return
    receipt = Receipt(link=link, said_at=now, is_all=is_all)
    receipt.said_by = said_by
    receipt.save(force_insert=True)
    record(by, "receipt.said", receipt, patient=link.visit.case.patient_id, case=link.visit.case_id)


def say_visit_took_place(visit: Visit, *, by: Actor) -> Visit:
    """The patient was seen. Raises Refused while the visit is to come, or has no day."""
    if visit.state not in {VisitState.BOOKED, VisitState.HAPPENED}:
        raise Refused(_("This visit has no day yet. Call us, and we look into it."), code="state")
    return say_took_place(visit, by=by)


def send_report(link: OfficeLink, uploads: Iterable[UploadedFile], *, by: Actor) -> Added:
    """Their report as files, each checked like any other; a report says that the visit took place.

    Raises Refused while the visit is to come.
    """
    say_visit_took_place(link.visit, by=by)
    added = documents.add_files(link.visit.case, uploads, kind=SECOND_REPORT, by=by)
    for version in added.saved:
        bind(version.document, link.visit)
    return added


@transaction.atomic
def say_report_sent(link: OfficeLink, *, by: Actor) -> ReportLoop:
    """They sent it straight to the primary doctor. Raises Refused while the visit is to come."""
    say_visit_took_place(link.visit, by=by)
    loop = ReportLoop.objects.get(visit=link.visit)
    return tell_report(loop, "announced", by=by)
