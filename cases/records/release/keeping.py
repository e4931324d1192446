"""What follows for records when a permission is signed, ends, or no longer names what it should."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import chain
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from cases.case.authority import Authority
from cases.case.models import Case
from cases.case.signatures import SignedHow
from cases.documents.models import Document
from cases.records import undoing
from cases.records.models import LIVE, RecordItem, Release, Visit
from cases.records.release import form as release_form
from cases.records.release.models import ReleaseItem, ReleaseQuerySet
from cases.records.release.rules import why_not_sent
from cases.records.release.states import Why
from cases.records.states import ItemState, Need
from cases.records.wants import needs
from portal import clock
from portal.actors import SYSTEM, Actor
from portal.history.actions import record
from portal.once import is_page, once

LATEST_FIRST = "-signed_at"


def signed_for(visit: Visit) -> list[Release]:
    """Every signed permission of a visit with all it names, the latest first; on a page from those of the case."""
    if is_page():
        return [release for release in signed_in(visit.case) if release.visit_id == visit.pk]
    return signed_for_each([visit.pk]).get(visit.pk, [])


def signed_in(case: Case) -> list[Release]:
    """The same of all visits of a case; once a page."""
    by_visit = once(("signed in", case.pk), lambda: _signed(Release.objects.filter(visit__case=case)))
    return sorted(chain(*by_visit.values()), key=lambda each: each.signed_at or each.begun_at, reverse=True)


def signed_for_each(visits: Iterable[UUID]) -> dict[UUID, list[Release]]:
    """The same for many visits at once; those without any are left out."""
    return _signed(Release.objects.filter(visit__in=list(visits)))


def _signed(releases: ReleaseQuerySet) -> dict[UUID, list[Release]]:
    found = releases.ever_signed().with_all_they_name()
    found = found.select_related("holder", "paper", "own_form", "text", "visit__case__key", "visit__case__patient")
    by_visit: dict[UUID, list[Release]] = {}
    for release in found.order_by(LATEST_FIRST, "pk"):
        by_visit.setdefault(release.visit_id, []).append(release)
    return by_visit


def why_not(item: RecordItem, visit: Visit, releases: Sequence[Release], today: date) -> Why | None:
    """Why a record may not be sent today, by the permission that comes nearest; None when one covers it."""
    asked = release_form.asked(item, visit)
    own = [each for each in releases if each.holder_id == item.holder_id]
    reasons = [why_not_sent(each.held, asked, today) for each in own]
    if None in reasons:
        return None
    return reasons[0] if reasons else Why.NONE


def may_ask(case: Case) -> bool:
    """Whether we may ask offices about the records of this case: it is signed, and its paper is here."""
    return once(("may ask", case.pk), lambda: bool(may_ask_of([case.pk])))


def may_ask_of(cases: Iterable[UUID]) -> set[UUID]:
    """Those of many cases whose records we may ask about."""
    papers = Document.objects.here().filter(pk=OuterRef("paper"), case=OuterRef("case"), only_me=False)
    signed = Authority.objects.standing().filter(~Q(how=SignedHow.PAPER) | Exists(papers), case__in=list(cases))
    return set(signed.values_list("case", flat=True))


def is_paper_gone(authority: Authority) -> bool:
    if authority.how != SignedHow.PAPER or authority.paper is None:
        return False
    return not Document.objects.here().filter(pk=authority.paper, case=authority.case_id, only_me=False).exists()


def waits(item: RecordItem) -> bool:
    return item.state == ItemState.NEEDS_YOU and item.need == Need.SIGNATURE


def move_on(items: Iterable[RecordItem], *, by: Actor) -> None:
    """What waited for a signature can be asked for now. Nothing was sent."""
    for item in filter(waits, items):
        rest = needs.signed_for(item, clock.now(), by=by)  # a fee, say, that is asked for as well
        _move(item, ItemState.NEEDS_YOU if rest else ItemState.NEEDED, rest, "item.signed", by)
        ReleaseItem.objects.filter(item=item, lapsed=True).update(lapsed=False)


def _move(item: RecordItem, state: str, need: str, verb: str, by: Actor) -> None:
    undoing.take_over(item, by=by)
    item.state, item.need, item.known_by = state, need, ""
    item.moved_at = item.moved_by = item.before = None  # the signature itself is taken back, not the move
    item.version += 1
    item.save()
    visit = item.visit
    record(by, verb, item, patient=visit.case.patient_id, case=visit.case_id)


def look_at(visit: Visit, now: datetime, *, by: Actor = SYSTEM) -> None:
    """Ask for a new signature where none covers any more what waited for one, and no longer where one does again.

    Under the lock of the case. What was asked for already is another matter: the office has it in hand.
    """
    waited = ReleaseItem.objects.filter(waited=True, release__visit=visit, release__signed_at__isnull=False)
    is_open = Q(state=ItemState.NEEDED) | Q(state=ItemState.NEEDS_YOU, pk__in=waited.filter(lapsed=True).values("item"))
    found = visit.items.filter(is_open, pk__in=waited.values("item"))
    items = list(found.select_related("kind", "visit__case__key", "visit__case__patient", "visit__clinician"))
    if not items or visit.state not in LIVE:
        return
    releases, today = signed_for(visit), now.astimezone(visit.zone).date()
    for item in items:
        is_covered = why_not(item, item.visit, releases, today) is None
        if is_covered and waits(item):
            move_on([item], by=by)
        elif not is_covered and item.state == ItemState.NEEDED:
            _move(item, ItemState.NEEDS_YOU, Need.SIGNATURE, "item.unsigned", by)
            waited.filter(item=item).update(lapsed=True)


def run_out(now: datetime) -> list[UUID]:
    """The visits with a record that waits under a permission whose last day is over."""
    ended = Release.objects.signed().filter(until_on__lt=now.date(), visit__state__in=LIVE)
    ended = ended.filter(named__waited=True, named__item__state=ItemState.NEEDED)
    return list(ended.order_by("visit").values_list("visit", flat=True).distinct())
