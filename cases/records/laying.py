"""The records that a visit needs, laid out when its doctor is named; one more put on the list."""

from django.db import transaction

from cases.case import office_ties
from cases.case.actions import must
from cases.case.models import CaseClinician, Office
from cases.records import reuse, rules
from cases.records.linking import link_what_is_here
from cases.records.models import RecordItem, RecordKind, Referral, Visit
from cases.records.own_lists import is_core, kinds_to_lay
from cases.records.planning import replan
from cases.records.states import ItemState, Need, ReferralState, Route
from cases.records.telling import PLAN_KIND, REFERRAL_KIND, lock_case, tell
from portal import clock
from portal.actors import Actor
from portal.history.actions import record

HELD_BY_DOCTOR = {PLAN_KIND: CaseClinician.Role.FIRST, REFERRAL_KIND: CaseClinician.Role.PRIMARY}


def lay_items(visit: Visit, *, by: Actor) -> None:
    """Lay out the records that a visit usually needs, held by the offices of the case's own doctors."""
    offices = {link.role: link.clinician.office for link in visit.case.clinicians.select_related("clinician__office")}
    laid, before = set(visit.items.values_list("kind_id", flat=True)), reuse.earlier_items(visit)
    for kind in kinds_to_lay(visit.office, also=before).exclude(pk__in=laid):
        known = before.get(kind.pk)
        holder = known.holder if known and known.holder else None
        holder = holder or offices.get(HELD_BY_DOCTOR.get(kind.pk, CaseClinician.Role.FIRST))
        _lay(visit, kind, holder=holder, which=known.which if known else "")
    _follow_referral(visit, by=by)
    link_what_is_here(visit, before)


def _lay(visit: Visit, kind: RecordKind, *, holder: Office | None = None, which: str = "") -> RecordItem:
    item = RecordItem(
        visit=visit,
        kind=kind,
        holder=holder,
        is_core=is_core(kind, visit.office),
        is_lent=kind.is_lent,
        need=kind.need,
        state=ItemState.NEEDS_YOU if kind.need else ItemState.NEEDED,
        route=Route.THROUGH_US if kind.need == Need.PLAN else Route.DIRECT,
    )
    item.which = which
    item.save(force_insert=True)
    return item


def _follow_referral(visit: Visit, *, by: Actor) -> None:
    """Records laid out after the referral was spoken of begin where it is."""
    referral = Referral.objects.filter(visit=visit).first()
    item = RecordItem.objects.filter(visit=visit, kind=REFERRAL_KIND, state=ItemState.NEEDED).first()
    if not referral or not item:
        return
    if referral.state == ReferralState.NOT_NEEDED:
        item.state = ItemState.NOT_WANTED
    elif referral.state in {ReferralState.ASKED, ReferralState.AGREED, ReferralState.SENT}:
        verb = rules.ITEM_VERB_OF_REFERRAL[referral.state]
        item.state = rules.ITEM_MOVES[verb].target
        item.asked_on, item.known_by = referral.asked_on, referral.known_by
        item.acknowledged_on = referral.answered_on
        item.sent_on = referral.sent_on
    item.save()


@transaction.atomic
def add_item(visit: Visit, kind: RecordKind, *, which: str = "", holder: Office | None = None, by: Actor) -> RecordItem:
    """Put one more record on the list of a visit; one that is there stays, and comes back if it was taken off."""
    must("say_where_records_are", visit.case, by)
    lock_case(visit.case)
    item = visit.items.filter(kind=kind).first()
    if item is None:
        holder = office_ties.standing(holder) if holder else None
        item = _lay(visit, kind, holder=holder, which=which)
        record(by, "item.added", item, patient=visit.case.patient_id, case=visit.case_id)
        replan(visit, now=clock.now())
    elif item.state == ItemState.NOT_WANTED:
        item = tell(item, "wanted", by=by)
    return item
