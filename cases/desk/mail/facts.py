"""What decides whether an office is written to about something, read at once for many rows."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from cases.case.models import Case, Office
from cases.desk.links.models import OfficeLink
from cases.desk.links.rules import Ended, Standing, standing
from cases.desk.mail import desks, rules
from cases.desk.mail.desks import Desk
from cases.records.models import LIVE, RecordItem, Visit
from cases.records.release import keeping

VISIT = ("visit__case__patient", "visit__case__key", "visit__office", "visit__clinician")
ASLEEP_OR_OPEN = {Standing.OPEN, Standing.ASLEEP}


class Facts:
    """Permissions, links and wrong addresses of some visits. A fixed number of queries, however many there are."""

    def __init__(self, visits: Iterable[Visit], now: datetime) -> None:
        by_id = {visit.pk: visit for visit in visits}
        self._now = now
        self._may_ask = keeping.may_ask_of({visit.case_id for visit in by_id.values()}) if by_id else set()
        self._releases = keeping.signed_for_each(by_id) if by_id else {}
        self._astray = desks.astray() if by_id else set()
        self._links: dict[tuple[UUID, UUID], OfficeLink] = {}
        for link in OfficeLink.objects.filter(visit__in=by_id).order_by("made_at") if by_id else ():
            known = self._links.get((link.visit_id, link.office_id))
            if known is None or known.ended_at is not None:  # one that stands, else the latest
                self._links[link.visit_id, link.office_id] = link

    def link(self, visit: Visit, office: UUID) -> OfficeLink | None:
        return self._links.get((visit.pk, office))

    def may_ask(self, case: UUID) -> bool:
        return case in self._may_ask

    def may_write(self, visit: Visit, office: Office | None, *, key: str = "", is_pressed: bool = False) -> bool:
        """Whether a message about this visit may go to this office by its link. `key`: of whom the row is for."""
        if office is None or not self.may_plan(visit, office, is_pressed=is_pressed):
            return False
        if key and key != Desk(office.pk, visit.case.patient_id).pk:
            return False
        link = self.link(visit, office.pk)
        return link is not None and self._standing(link, visit) == Standing.OPEN

    def may_plan(self, visit: Visit, office: Office, *, is_pressed: bool = False) -> bool:
        """The same before it has a link, or while that sleeps."""
        if visit.case.state != Case.State.OPEN or visit.state not in LIVE or visit.case_id not in self._may_ask:
            return False
        if office.pk in self._astray or rules.why_not(office, is_pressed=is_pressed):
            return False
        link = self.link(visit, office.pk)
        if link is None or link.ended_why == Ended.MERGED:
            return True
        return self._standing(link, visit) in ASLEEP_OR_OPEN

    def may_be_sent(self, item: RecordItem) -> bool:
        """Whether a permission covers this record today."""
        visit = item.visit
        return keeping.why_not(item, visit, self._releases.get(visit.pk, []), self.today(visit)) is None

    def today(self, visit: Visit) -> date:
        return self._now.astimezone(visit.zone).date()

    def _standing(self, link: OfficeLink, visit: Visit) -> Standing:
        return standing(
            ended_at=link.ended_at,
            is_live=visit.state in LIVE and visit.case.state != Case.State.CLOSED,
            visit_on=visit.on_date,
            awake_since=link.awake_since,
            tries=link.wrong_tries,
            today=self.today(visit),
            now=self._now,
        )
