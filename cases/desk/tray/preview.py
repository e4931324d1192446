"""What the patient will read: the order is carried out, her page is read, and all of it is taken back at once."""

from django.db import transaction
from django.utils.translation import gettext as _

from cases.desk.tray import filing, words
from cases.desk.tray.filing import Filing
from cases.desk.tray.models import Incoming
from cases.desk.tray.states import About, Said
from cases.records import rules
from cases.records import words as record_words
from cases.records.models import RecordItem
from cases.records.release import keeping
from cases.records.showing import Reader
from cases.records.standing import standing
from portal import clock
from portal.actors import Actor


def sentence(incoming: Incoming, order: Filing, *, by: Actor) -> str:
    """What the patient will read, with who reads it. Raises Refused where it cannot be filed so."""
    name = order.case.patient.first_name
    if not order.is_answer:
        return _of_pages(incoming, order, name)
    try:
        with transaction.atomic():
            answered = filing.tell(incoming, order, by=by)
            text = _of_item(answered.item)
            raise _TakenBack
    except _TakenBack:
        pass
    if not answered.is_new:
        return _("Nothing changes for %(name)s. %(why)s") % {"name": name, "why": answered.why_not}
    return _("%(name)s will read: “%(text)s”") % {"name": name, "text": text}


class _TakenBack(Exception):
    """The end of a trial: nothing of it stays."""


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
        return _("The paper goes to its form. Say there that it is signed, once the file is checked.")
    return _("%(name)s will see “%(title)s” in the list of files.") % said
