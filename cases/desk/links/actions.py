"""Making an office's link."""

from django.db import transaction

from cases.case import office_ties
from cases.case.models import Office
from cases.desk.links import codes
from cases.desk.links.models import OfficeLink
from cases.records.items.telling import lock_case
from cases.records.models import Visit
from portal import clock
from portal.actors import Actor
from portal.history.actions import record


@transaction.atomic
def link_for(visit: Visit, office: Office, *, by: Actor) -> OfficeLink:
    """The standing link of an office to a visit, made when there is none. For letters and mails to that office."""
    lock_case(visit.case)
    office = office_ties.standing(office)
    found = OfficeLink.objects.standing().filter(visit=visit, office=office).first()
    if found:
        return found
    now = clock.now()
    link = OfficeLink(visit=visit, office=office, made_at=now, awake_since=now)
    link.code_digest = codes.digest_of(link)
    link.save(force_insert=True)
    record(by, "office_link.made", link, patient=visit.case.patient_id, case=visit.case_id)
    return link
