"""What the patient will read: the order is carried out, her page is read, and all of it is taken back at once."""

from django.db import transaction
from django.utils.translation import gettext as _

from cases.desk.tray import filing, telling, words
from cases.desk.tray.models import Incoming
from cases.desk.tray.orders import Filing
from cases.desk.tray.states import About, Said
from cases.desk.tray.telling import Told
from cases.records import rules
from cases.records import words as record_words
from cases.records.models import RecordItem, ReportLoop
from cases.records.release import foot, keeping
from cases.records.report.views import TITLES
from cases.records.showing import Reader
from cases.records.standing import standing
from cases.records.states import ReportState
from portal import clock
from portal.actors import Actor


def sentence(incoming: Incoming, order: Filing, *, by: Actor) -> str:
    """What the patient will read, a line for each record. Raises Refused where it cannot be filed so."""
    name = order.case.patient.first_name
    if not order.is_answer:
        return _of_pages(incoming, order, name)
    try:
        with transaction.atomic():
            told = telling.tell(incoming, order, by=by)
            texts = [(each, _text_of(each.thing) if each.is_new else each.why_not) for each in told]
            raise _TakenBack
    except _TakenBack:
        pass
    return "\n".join(_sentences(texts, name))


class _TakenBack(Exception):
    """The end of a trial: nothing of it stays."""


def _sentences(texts: list[tuple[Told, str]], name: str) -> list[str]:
    """One for all records of which the same is read; where there are several, each is named."""
    found: dict[tuple[bool, str], list[str]] = {}
    for told, text in texts:
        called = told.thing.called if isinstance(told.thing, RecordItem) else ""
        found.setdefault((told.is_new, text), []).append(called)
    sentences = []
    for (is_new, text), names in found.items():
        said = {"name": name, "text": text, "records": record_words.listed(names)}
        if len(texts) == 1:
            said_of = _("%(name)s will read: “%(text)s”") if is_new else _("Nothing changes for %(name)s. %(text)s")
        elif is_new:
            said_of = _("%(records)s: %(name)s will read “%(text)s”")
        else:
            said_of = _("%(records)s: nothing changes for %(name)s. %(text)s")
        sentences.append(said_of % said)
    return sentences


def _text_of(thing: RecordItem | ReportLoop) -> str:
    return _of_item(thing) if isinstance(thing, RecordItem) else _of_report(thing)


def _of_report(loop: ReportLoop) -> str:
    case = loop.visit.case
    known = Reader(case.patient, rules.PATIENT, case, clock.now()).known(loop)
    return ". ".join(part for part in (str(TITLES[ReportState(loop.state)]), known) if part)


def _of_item(item: RecordItem) -> str:
    case, now = item.visit.case, clock.now()
    reader = Reader(case.patient, rules.PATIENT, case, now)
    stands = standing(item.visit, now, with_tellers=True)
    line = next((line for line in stands.items if line.item.pk == item.pk), None)
    if line is None:
        return ""
    return record_words.item_text(line, item.visit, reader.known(line.item))


def _of_pages(incoming: Incoming, order: Filing, name: str) -> str:
    if not incoming.pages:
        return _("%(name)s will read nothing of this. It is kept with the case.") % {"name": name}
    said = {"name": name, "title": words.title_of(incoming, order.about)}
    if order.said == Said.IS_IT and order.item:
        said["record"] = order.item.called
        return _("%(name)s will see “%(title)s” in the list of files. It counts as this record: %(record)s.") % said
    if order.about == About.AUTHORITY:
        if keeping.may_ask(order.case):
            return _("%(name)s will see “%(title)s” in the list of files. We may ask for records already.") % said
        return _("%(name)s will see “%(title)s” in the list of files. We may ask for records from then on.") % said
    if order.about == About.RELEASE:
        form = filing.form_for(incoming, order)
        goes = _("The paper goes to its form. Say there that it is signed, once the file is checked.")
        if foot.is_read(incoming.texts, form.code):
            return goes
        look = _("We could not read a code on it: look whether its foot says %(code)s.") % {"code": form.code}
        return f"{goes} {look}"
    return _("%(name)s will see “%(title)s” in the list of files.") % said
