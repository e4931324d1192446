"""Filing a paper with the right case, and taking that back: each in one transaction, each once."""

from io import BytesIO

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from cases.case import authority_actions
from cases.case.actions import must
from cases.case.models import Case
from cases.case.people import PATIENT, role_in
from cases.desk.tray import asking_back, calls, rules, sealing, strips, words
from cases.desk.tray.adding import must_be_coordinator
from cases.desk.tray.arranging import SEALED_WITH, locked
from cases.desk.tray.models import Incoming, IncomingAnswer
from cases.desk.tray.orders import Filing as Filing
from cases.desk.tray.states import OF_RECORD, About, Check, Said, TrayState
from cases.desk.tray.telling import Told, tell
from cases.documents import actions as documents
from cases.documents import erasing, kinds
from cases.documents.models import OTHER, Document
from cases.records import actions as records
from cases.records.models import RecordItem, Release, ReportLoop
from cases.records.release import actions as releases
from cases.records.release import foot
from cases.records.release import form as release_form
from cases.records.release.form import Form
from cases.records.report.passing import SECOND_REPORT
from portal import clock, moves
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.texts.models import Text
from portal.texts.words import text
from portal.vault import files

KINDS = {About.REPORT: SECOND_REPORT}  # what a file becomes that is no record


@transaction.atomic
def file(incoming: Incoming, filing: Filing, *, by: Actor) -> Incoming:
    """File it. Of two coordinators at once one files, the other is told. Raises Refused, and then nothing changed."""
    must_be_coordinator(by)
    row = locked(incoming)
    if row.state == TrayState.FILED:
        raise Refused(words.filed_already(row), code="state")
    must("add_documents", filing.case, by)
    if refused := rules.why_not_paper(row.check_state):
        raise Refused(refused, code="check")
    row.state = moves.check(rules.INCOMING_MOVES, "file", row.state, rules.COORDINATOR)
    _check(row, filing)
    row.filed_at, row.filed_by = clock.now(), by.user
    with sealing.or_discard() as kept:
        if filing.is_answer:
            _keep_answers(row, filing, tell(row, filing, by=by))
        else:
            row.document, row.item = _keep_pages(row, filing, by=by), filing.item
        case = Case.objects.select_related("key").get(pk=filing.case.pk)
        sealing.give_to_case(row, case, kept)
        row.about, row.said, row.came_back = filing.about, filing.said, ""
        row.save()
        record(by, "incoming.filed", row, patient=case.patient_id, case=case.pk, why=f"filed_{filing.about}")
    return row


def _keep_answers(row: Incoming, filing: Filing, told: list[Told]) -> None:
    """What was said and how it left each thing: it is taken back with the paper."""
    if filing.about == About.ITEM:
        [answered] = told
        row.item = filing.item
        row.item_version = answered.thing.version if answered.is_new else None
        return
    row.letter = filing.letter
    calls.keep(row, [each.call for each in told if each.call])
    IncomingAnswer.objects.bulk_create(
        IncomingAnswer(
            incoming=row,
            item=each.thing if isinstance(each.thing, RecordItem) else None,
            loop=each.thing if isinstance(each.thing, ReportLoop) else None,
            said=each.said,
            version=each.thing.version if each.is_new else None,
        )
        for each in told
    )


def _check(row: Incoming, filing: Filing) -> None:
    """Raises Refused for an order that makes no sense."""
    item = filing.item
    if filing.about not in About.values or (item and item.visit.case_id != filing.case.pk):
        raise Refused(_("Choose what it is about."), code="about")
    if filing.about in (About.ITEM, About.RELEASE) and item is None:
        raise Refused(_("Choose the record that it is about."), code="about")
    if filing.about == About.ITEM and filing.said not in OF_RECORD:
        raise Refused(_("Choose what it says."), code="said")
    if filing.about == About.LETTER:
        _check_strip(filing)
    elif filing.about != About.ITEM and filing.said:
        raise Refused(_("Choose what it is about."), code="about")
    if not filing.is_answer and row.check_state != Check.READY and filing.about != About.OTHER:
        raise Refused(_("There is no paper here that could be kept as that."), code="about")
    if filing.said == Said.IS_IT and item and item.is_lent:
        raise Refused(_("This is a thing, not a paper: it cannot be in a fax. Say that it was sent."), code="said")


def _check_strip(filing: Filing) -> None:
    """Raises Refused for what the strip of this letter cannot say."""
    letter = filing.letter
    if letter is None or letter.case_id != filing.case.pk or letter.kind not in strips.OFFERED:
        raise Refused(_("Choose what it is about."), code="about")
    if filing.said not in strips.OFFERED[letter.kind]:
        raise Refused(_("Choose what it says."), code="said")
    asked = set(letter.asks.values_list("item", flat=True))
    is_known = all(item.pk in asked and said in strips.OF_ONE[letter.kind] for item, said in filing.lines)
    if not is_known or len({item.pk for item, _said in filing.lines}) != len(filing.lines):
        raise Refused(_("Choose the record that it is about."), code="about")
    if strips.OF_ONE[letter.kind] and not filing.lines:
        raise Refused(_("Say of which records."), code="said")


def _keep_pages(row: Incoming, filing: Filing, *, by: Actor) -> Document | None:
    """The pages as a file of the case, checked like any other, and what follows from it. None for a call."""
    if row.check_state != Check.READY:
        return None
    if filing.about == About.RELEASE:
        return _keep_permission(row, filing, by=by)
    kind = filing.item.kind_id if filing.item else KINDS.get(filing.about, OTHER)
    document = documents.add_file(filing.case, upload_of(row), kind=kind, by=by).document
    document.title = words.title_of(row, filing.about)
    document.save(update_fields=["title"])
    if filing.about == About.AUTHORITY:
        version = text(Text.Kind.AUTHORITY).version
        authority_actions.sign_authority_on_paper(filing.case, document.pk, version=version, by=by)
    return document


def form_for(row: Incoming, filing: Filing) -> Form:
    """The form that a signed paper belongs to. Raises Refused where its foot has the code of another one."""
    item = filing.item
    assert item is not None
    if item.holder is None:
        raise Refused(_("Say first which office has this record."), code="about")
    form = release_form.of(item.visit, item.holder, clock.now())
    if no := foot.why_not(row.texts, form.code):
        raise Refused(no, code="form")
    return form


def _keep_permission(row: Incoming, filing: Filing, *, by: Actor) -> Document:
    """The signed paper stands with its form. That it is signed is said there, once the file is checked."""
    form = form_for(row, filing)
    release: Release = releases.add_paper(
        form.visit, form.holder, upload_of(row), details=form.details, until_on=form.until_on, by=by
    )
    assert release.paper is not None
    return release.paper


def upload_of(row: Incoming) -> UploadedFile:
    """The checked copy as a file that is put in."""
    assert row.file is not None
    body = files.read_bytes(row.file)
    name = words.title_of(row, "") + kinds.KINDS[row.file_kind].endings[0]
    return UploadedFile(BytesIO(body), name, kinds.KINDS[row.file_kind].content_type, len(body))


@transaction.atomic
def not_ours(incoming: Incoming, *, by: Actor) -> Incoming:
    """It belongs to nobody we know: kept for 30 days, then erased. Twice is once."""
    must_be_coordinator(by)
    row = locked(incoming)
    if row.state == TrayState.NOT_OURS:
        return row
    if row.state == TrayState.FILED:
        raise Refused(words.filed_already(row), code="state")
    row.state = moves.check(rules.INCOMING_MOVES, "not_ours", row.state, rules.COORDINATOR)
    row.not_ours_at, row.not_ours_by = clock.now(), by.user
    row.save(update_fields=["state", "not_ours_at", "not_ours_by"])
    record(by, "incoming.not_ours", row)
    return row


@transaction.atomic
def put_back(incoming: Incoming, *, why: str = "", by: Actor) -> Incoming:
    """Take filing back: one's own for 10 minutes, later with a reason. What it said and the file it became go too."""
    must_be_coordinator(by)
    row = locked(incoming)
    if row.state == TrayState.WAITING:
        return row
    now, is_own = clock.now(), row.settled_by == by.user
    if refused := rules.why_not_put_back(row.settled_at, is_own, why, now):
        raise Refused(refused, code="why")
    row.state = moves.check(rules.INCOMING_MOVES, "put_back", row.state, rules.COORDINATOR)
    why = why if rules.asks_why(row.settled_at, is_own, now) else ""
    _undo_answers(row, why, by=by)
    if row.document:
        _take_out(row, row.document, why, by=by)
    _back_to_tray(row, "incoming.put_back", why, by=by)
    return row


def _take_out(row: Incoming, document: Document, why: str, *, by: Actor) -> None:
    """The file it became goes for good, since the tray has its own copy; so does what counted by it."""
    if why not in rules.SAME_PERSON:
        asking_back.ask_for_it_back(document, by=by)
    reports = asking_back.reports_by(document)
    if row.about == About.AUTHORITY:
        authority_actions.forget_paper(document.case, document.pk, by=by)
    erasing.take_out(document, by=by)
    asking_back.forget(reports, by=by)


def _undo_answers(row: Incoming, why: str, *, by: Actor) -> None:
    """What the strip said is taken back with it, unless the record has moved on since: that stays with the record."""
    said: list[tuple[RecordItem | ReportLoop, int | None]] = [(row.item, row.item_version)] if row.item else []
    for answer in row.answers.select_related("item__visit__case", "loop__visit__case"):
        said.append((answer.thing, answer.version))
    calls.take_back(row, by=by)
    for thing, version in said:
        if version is not None and thing.version == version and thing.moved_at:
            records.undo(thing, why=words.why_of_item(why), by=by)


def _back_to_tray(row: Incoming, verb: str, why: str, *, by: Actor) -> None:
    case = row.case
    with sealing.or_discard() as kept:
        if case is not None:
            sealing.take_from_case(row, kept)
        row.came_back, row.digest = why, ""  # the same bytes may have come once more since
        row.about = row.said = row.calls = ""
        row.answers.all().delete()
        row.item = row.document = row.letter = row.item_version = row.filed_at = row.filed_by = None
        row.not_ours_at = row.not_ours_by = None
        row.save()
        record(by, verb, row, patient=case.patient_id if case else None, case=case.pk if case else None, why=why)


def of_document(document: Document) -> Incoming | None:
    """The paper that a file of the case came as; None for any other file."""
    return Incoming.objects.filter(document=document, state=TrayState.FILED).select_related(*SEALED_WITH).first()


@transaction.atomic
def not_mine(document: Document, *, by: Actor) -> None:
    """The patient says that a paper we filed is another person's: out of view at once, and back in our tray."""
    case = document.case
    if role_in(case, by) != PATIENT:
        raise Refused(_("Only the patient can say this."), code="role")
    found = of_document(document)
    if found is None:
        raise Refused(_("This has changed since you opened the page. Look at it once more."), code="state")
    row = locked(found)
    if row.state != TrayState.FILED:
        return
    row.state = moves.check(rules.INCOMING_MOVES, "not_mine", row.state, rules.PATIENT)
    _take_out(row, document, rules.NOT_MINE, by=by)
    _back_to_tray(row, "incoming.not_mine", rules.NOT_MINE, by=by)
