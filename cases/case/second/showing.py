"""Who reads along in a case, as its pages say it to the patient and to those around her."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.case.models import Case, Consent
from cases.case.second.models import SecondReader
from portal import when


def is_read_along() -> Exists:
    """Whether a colleague reads along now, beside the cases of a query."""
    return Exists(SecondReader.objects.granted().filter(case=OuterRef("pk")))


def of_case(case: Case) -> Any:
    """Those who read along now, each with whether the patient has said yes. One query."""
    read = Consent.objects.standing().filter(kind=Consent.Kind.READ, case=OuterRef("case"))
    may_read = Exists(read.filter(consultant=OuterRef("reader")))
    found = SecondReader.objects.granted().filter(case=case).annotate(may_read=may_read)
    return found.select_related("reader", "asked_by")


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
