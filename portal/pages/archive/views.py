"""The patient takes a copy of everything along. Nobody else can, and it is on record."""

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from cases.documents import kinds
from cases.documents.reading.giving import streamed
from portal import clock
from portal.access import PERSON, open_to
from portal.accounts import recheck
from portal.actors import Actor
from portal.history.actions import record
from portal.onepage import in_the_patients_words
from portal.pages import privacy
from portal.pages.archive import writing


@open_to(PERSON)
@recheck.required
@require_safe
def archive(request: HttpRequest, pk: str) -> HttpResponseBase:
    """One ZIP, sent while it is made."""
    case, now = privacy.own_case(request, pk), clock.now()
    name = f"copy-{case.reference}.zip"
    if request.method == "HEAD":  # what would come, without making it
        return streamed([], name, kinds.DICOM_ZIP)
    record(Actor.of(request), "privacy.copy_taken", case, patient=case.patient_id, case=case.pk)
    with in_the_patients_words(case.patient):
        pieces = writing.zipped(case, privacy.table(case, request.user), now)
    return streamed(pieces, name, kinds.DICOM_ZIP)
