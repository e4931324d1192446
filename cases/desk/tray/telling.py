"""What a paper in the tray says, said of the records or the report that it is about."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from cases.desk import answers
from cases.desk.letters.states import LetterKind
from cases.desk.tray import calls
from cases.desk.tray.models import Incoming
from cases.desk.tray.orders import Filing
from cases.desk.tray.states import About, How, Said
from cases.desk.tray.strips import TROUBLE, To
from cases.records.items import telling
from cases.records.models import LIVE, RecordItem, ReportLoop
from cases.records.report.actions import tell_report
from cases.records.report.loop import THERE as REPORT_THERE
from cases.records.rules import ITEM_MOVES
from cases.records.states import THERE, Came, KnownBy, ReportState
from portal.actors import Actor
from portal.errors import Refused

TOLD = {
    How.FAX: KnownBy.OFFICE_FAX,
    How.POST: KnownBy.OFFICE_POST,
    How.PHONE: KnownBy.STAFF_CALL,
    How.HAND: KnownBy.OFFICE,
}
VERBS = {Said.CAME: "arrived", Said.MISSING: "incomplete", Said.NO_OPEN: "will_not_open"}


@dataclass(frozen=True)
class Told:
    """What came of one word: its record or report as it is now, and else a sentence that says why it is as before."""

    thing: RecordItem | ReportLoop
    said: str
    is_new: bool
    why_not: str = ""
    call: calls.Call | None = None


def tell(row: Incoming, filing: Filing, *, by: Actor) -> list[Told]:
    """Say all that the paper says, under the lock of its case. Raises Refused, and then nothing may be kept of it."""
    if filing.about == About.ITEM:
        assert filing.item is not None
        return [_answer(row, filing, filing.item, filing.said, by)]
    assert filing.letter is not None
    if filing.letter.kind == LetterKind.REPORT:
        return [_of_report(row, filing, by)]
    if filing.letter.kind == LetterKind.PASS_ON:
        return [_of_copy(row, filing, by)]
    is_cover = filing.letter.kind == LetterKind.COVER
    of_one = _of_cover if is_cover else _answer
    return [of_one(row, filing, item, said, by) for item, said in filing.lines]


def _answer(row: Incoming, filing: Filing, item: RecordItem, said: str, by: Actor) -> Told:
    """Of a record that was asked for."""
    is_sent, is_needed = said == Said.SENT, said == Said.NEEDS
    answered = answers.answer(
        item,
        said,
        on=filing.on if is_sent else None,
        carrier=filing.carrier if is_sent else "",
        tracking=filing.tracking if is_sent else "",
        needs=filing.needs if is_needed else (),
        fee=filing.fee if is_needed else "",
        words="" if is_sent else filing.words,
        told=TOLD[How(row.how)],
        by=by,
    )
    return Told(answered.item, said, answered.is_new, answered.why_not)


def _of_cover(row: Incoming, filing: Filing, item: RecordItem, said: str, by: Actor) -> Told:
    """Of a record that we passed on; one of us calls about each that is missing or no use."""
    telling.lock_case(item.visit.case)
    item = telling.fresh(item)
    assert filing.letter is not None
    if item.visit.state not in LIVE:
        return Told(item, said, False, _("This request is over."))
    call = None
    if said in TROUBLE:
        words = ". ".join(part for part in (str(How(row.how).label), str(Said(said).label)) if part)
        call = calls.ask(filing.letter.office, item, words, filing.words, by=by)
    if said == Said.NOT_COME:
        return Told(item, said, False, _("One of us calls the office about it."), call)
    if said == Said.CAME and item.state in THERE:
        return Told(item, said, False, _("It has arrived already."))
    verb = VERBS[Said(said)]
    if item.state not in ITEM_MOVES[verb].sources:
        return Told(item, said, False, _("More is known of it by now: that stays."), call)
    reason = (filing.words.strip() or str(Said(said).label)) if said in TROUBLE else ""
    on = filing.on if said == Said.CAME else None
    item = telling.tell(item, verb, on=on, reason=reason, told=TOLD[How(row.how)], by=by)
    return Told(item, said, True, call=call)


def _of_report(row: Incoming, filing: Filing, by: Actor) -> Told:
    """Of the report: only what went to the primary doctor ends the asking."""
    loop = _loop(filing)
    if loop.state in REPORT_THERE:
        return Told(loop, filing.said, False, _("The report has arrived already."))
    if filing.to != To.PRIMARY:
        return Told(loop, filing.said, False, _("It did not go to the primary doctor: it is asked for as before."))
    if loop.state == ReportState.ANNOUNCED and (filing.on is None or loop.sent_on == filing.on):
        return Told(loop, filing.said, False, _("We know that already."))
    return Told(tell_report(loop, "announced", on=filing.on, told=TOLD[How(row.how)], by=by), filing.said, True)


def _of_copy(row: Incoming, filing: Filing, by: Actor) -> Told:
    """Of the report that we passed on: it is there, or has to be passed on once more."""
    loop = _loop(filing)
    if loop.state == ReportState.CONFIRMED:
        return Told(loop, filing.said, False, _("The report has arrived already."))
    how = {"told": TOLD[How(row.how)], "by": by}
    if filing.said == Said.CAME:
        return Told(tell_report(loop, "confirmed", on=filing.on, came=Came.THROUGH_US, **how), filing.said, True)
    no_use = ""
    if filing.said in {Said.MISSING, Said.NO_OPEN}:
        no_use = ". ".join(part for part in (str(Said(filing.said).label), filing.words.strip()) if part)
    return Told(tell_report(loop, "not_there", no_use=no_use, **how), filing.said, True)


def _loop(filing: Filing) -> ReportLoop:
    """The report that a strip is about, as it is now. Raises Refused while there is none."""
    assert filing.letter is not None
    telling.lock_case(filing.case)
    found = ReportLoop.objects.select_related("visit__case__patient", "visit__case__key")
    loop = found.filter(visit=filing.letter.visit).first()
    if loop is None:
        raise Refused(_("Say first that the visit took place."), code="state")
    return loop
