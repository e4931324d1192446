"""Whose a file is. Whoever began one for the patient reads and takes back only what they put in themselves."""

from uuid import UUID

from django.utils.translation import gettext as _

from cases.case.people import HELPER, PATIENT, role_in
from cases.documents.models import Document
from portal.accounts.models import User
from portal.actors import Actor
from portal.history.actions import record


def is_all_of(document: Document, person: UUID | None) -> bool:
    """Whether this person put in the file, and each photo that is a page of it."""
    others = Document.objects.filter(page_of__joined=document).exclude(put_in_by=person)
    return document.put_in_by_id == person and not others.exists()


def pass_on(document: Document, *, by: Actor) -> None:
    """Someone adds to a file that another began: it is the patient's from now on, and so is the letter it is a page of.

    Under `hold_papers`, before what is added can be read.
    """
    case = document.case
    for each in [document, *Document.objects.filter(joined_pages__photo=document)]:
        if each.put_in_by_id not in (case.patient_id, by.user and by.user.pk):
            each.put_in_by = case.patient
            each.save(update_fields=["put_in_by"])
            record(by, "document.passed_on", each, patient=case.patient_id, case=case.pk)


def warning(document: Document, reader: User) -> str:
    """What is said before one adds to a file that another began; "" for one's own and the patient's."""
    if document.put_in_by_id in (document.case.patient_id, reader.pk):
        return ""
    began = document.put_in_by
    is_patient, is_helper = (role_in(document.case, reader) == PATIENT, role_in(document.case, began) == HELPER)
    if is_patient and is_helper:
        said = _("%(name)s began this file. Once you add to it, it is yours: %(name)s can no longer open or change it.")
    elif is_patient:
        said = _("%(name)s began this file. Once you add to it, it is yours: %(name)s can no longer take it back.")
    else:
        said = _("%(name)s began this file. Once you add to it, it is the patient’s, and only they can take it back.")
    return said % {"name": began.name}
