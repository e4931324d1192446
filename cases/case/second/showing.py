"""Who reads along in a case, as its pages say it to the patient and to those around her."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.case.models import Case, Consent
from cases.case.second.models import SecondReader
from cases.case.second.rules import SecondEnded, SecondState
from portal import clock, when

SHOWN = 20


def is_read_along() -> Exists:
    """Whether a colleague reads along now, beside the cases of a query."""
    return Exists(SecondReader.objects.granted().filter(case=OuterRef("pk")))


def of_case(case: Case) -> Any:
    """Those who read along now, each with whether the patient has said yes. One query."""
    read = Consent.objects.standing().filter(kind=Consent.Kind.READ, case=OuterRef("case"))
    may_read = Exists(read.filter(consultant=OuterRef("reader")))
    found = SecondReader.objects.granted().filter(case=case).annotate(may_read=may_read)
    return found.select_related("reader", "asked_by")


def over_in(case: Case, reader: Any) -> QuerySet[SecondReader]:
    """Those who read along and do not any more, the latest first."""
    read = Q(state=SecondState.ENDED) | Q(state=SecondState.READING, over_at__lte=clock.now())
    found = SecondReader.objects.told_to(reader).filter(read, case=case)
    return found.select_related("reader", "asked_by", "case__key").order_by("-answered_at")[:SHOWN]


def over_row(second: SecondReader) -> dict[str, str]:
    """Who, from when until when, who ended it, and why it was asked."""
    until = min(second.ended_at or second.over_at, second.over_at)
    said = {"begun": when.moment(second.answered_at), "until": when.moment(until), "name": second.asked_by.name}
    times = _("Asked by %(name)s. From %(begun)s until %(until)s.") % said
    ended = second.get_ended_why_display() or SecondEnded.TIME.label
    return {"name": second.reader.name, "times": f"{times} {ended}.", "why": second.why}


def sentence(second: SecondReader) -> str:
    """ "Joanne Pike asked Amir Haddad to read along until Thursday, December 10."."""
    said = {"name": second.asked_by.name, "other": second.reader.name, "day": when.day(second.until_on)}
    return _("%(name)s asked %(other)s to read along until %(day)s.") % said


def line(second: Any, case: Case, reader: Any) -> tuple[str, str, str]:
    """Words, address and link of the line on a page; the patient answers or ends it there."""
    text = sentence(second)
    if reader.pk != case.patient_id:
        waits = _("%(name)s sees the files once the patient says yes.") % {"name": second.reader.first_name}
        return (text if second.may_read else f"{text} {waits}"), "", ""
    href = reverse("case:second_reader", args=[second.pk])
    if second.may_read:
        return text, href, _("Why, and how to end it")
    return text, href, _("May %(name)s read your files?") % {"name": second.reader.first_name}
