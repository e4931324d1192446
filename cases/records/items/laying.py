"""The records that a visit needs, laid out when its doctor is named; one more put on the list."""

from uuid import UUID

from django.db import transaction

from cases.case import office_ties
from cases.case.actions import must, must_be_theirs
from cases.case.models import CaseClinician, Office
from cases.records import rules
from cases.records.items.linking import link_what_is_here
from cases.records.items.own_lists import is_core, kinds_to_lay
from cases.records.items.telling import PLAN_KIND, REFERRAL_KIND, VISIT_PARTS, lock_case, tell
from cases.records.models import RecordItem, RecordKind, Referral, Visit
from cases.records.planning import replan
from cases.records.states import THERE, ItemState, Need, ReferralState, Route
from cases.records.visits import reuse
from portal import clock
from portal.actors import Actor
from portal.history.actions import record

FIRST, PRIMARY = CaseClinician.Role.FIRST, CaseClinician.Role.PRIMARY
HELD_BY_DOCTOR = {PLAN_KIND: FIRST, REFERRAL_KIND: PRIMARY}


def lay_items(visit: Visit, *, by: Actor) -> None:
    """Lay out the records that a visit usually needs, held by the offices of the case's own doctors."""
    doctors = {link.role: link for link in visit.case.clinicians.select_related("clinician__office")}
    owner = by.user.pk if by.user else None
    laid, before = set(visit.items.values_list("kind_id", flat=True)), reuse.earlier_items(visit)
    for kind in kinds_to_lay(visit.office, also=before).exclude(pk__in=laid):
        known = before.get(kind.pk)
        doctor = doctors.get(HELD_BY_DOCTOR.get(kind.pk, FIRST))
        put_in_by = owner
        if known:
            put_in_by = known.put_in_by_id
        elif doctor and doctor.clinician.office:
            put_in_by = doctor.put_in_by_id
        holder = known.holder if known and known.holder else None
        holder = holder or (doctor.clinician.office if doctor else None)
        _lay(visit, kind, holder=holder, which=known.which if known else "", put_in_by=put_in_by)
    _take_over(visit, laid)
    _follow_referral(visit, by=by)
    link_what_is_here(visit, before)


def _lay(
    visit: Visit, kind: RecordKind, *, holder: Office | None = None, which: str = "", put_in_by: UUID | None
) -> RecordItem:
    """`put_in_by`: whoever named it, or the office that has it."""
    item = RecordItem(
        put_in_by_id=put_in_by,
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


@transaction.atomic
def fill_holders(link: CaseClinician, *, by: Actor) -> None:
    """A doctor is named after the visit was: their office has the records for which no other is known."""
    case, office = link.case, link.clinician.office
    if office is None or link.role not in {FIRST, PRIMARY}:
        return
    lock_case(case)
    for visit in case.visits.live().select_related(*VISIT_PARTS):
        items = visit.items.filter(holder=None).exclude(state__in=THERE)
        held = [item for item in items if HELD_BY_DOCTOR.get(item.kind_id, FIRST) == link.role]
        for item in held:
            item.holder = office
            item.version += 1
            item.put_in_by_id = link.put_in_by_id
            item.save(update_fields=["holder", "version", "put_in_by"])
            record(by, "item.holder_set", item, patient=case.patient_id, case=case.pk)
        if held:
            replan(visit, now=clock.now())


def _take_over(visit: Visit, laid: set[str]) -> None:
    """The visit is at an office that has had records for an earlier one: what is there is there."""
    referral = Referral.objects.filter(visit=visit).first()
    own = {item.kind_id: item for item in visit.items.exclude(kind__in=laid)}
    for kind, former in reuse.there_already(visit).items():
        if kind not in own or (kind == REFERRAL_KIND and not _is_sent_with(referral, former)):
            continue
        for name in reuse.CARRIED_OVER:
            setattr(own[kind], name, getattr(former, name))
        own[kind].put_in_by_id = former.put_in_by_id
        own[kind].need = ""
        own[kind].save()
        if former.due_back_on:  # it goes back once, and is followed where the visit is
            former.due_back_on = None
            former.version += 1
            former.save(update_fields=["due_back_on", "version"])
            replan(former.visit, now=clock.now())


def _is_sent_with(referral: Referral | None, letter: RecordItem) -> bool:
    """Whether the letter of the earlier visit counts for this one: nobody has spoken of a new referral."""
    if referral is None or referral.state != ReferralState.NEEDED:
        return False
    referral.state, referral.known_by = ReferralState.SENT, letter.known_by
    referral.asked_on, referral.sent_on = letter.asked_on, letter.sent_on
    referral.answered_on = letter.acknowledged_on or letter.sent_on
    referral.save()
    return True


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
    if referral.state != ReferralState.NEEDED:
        item.put_in_by_id = referral.put_in_by_id
    item.save()


@transaction.atomic
def add_item(visit: Visit, kind: RecordKind, *, which: str = "", holder: Office | None = None, by: Actor) -> RecordItem:
    """Put one more record on the list of a visit; one that is there stays, and comes back if it was taken off."""
    must("say_where_records_are", visit.case, by)
    lock_case(visit.case)
    item = visit.items.filter(kind=kind).first()
    must_be_theirs(visit.case, item.put_in_by_id if item else visit.put_in_by_id, by)
    if item is None:
        holder = office_ties.standing(holder) if holder else None
        item = _lay(visit, kind, holder=holder, which=which, put_in_by=by.user.pk if by.user else None)
        record(by, "item.added", item, patient=visit.case.patient_id, case=visit.case_id)
        replan(visit, now=clock.now())
    elif item.state == ItemState.NOT_WANTED:
        item = tell(item, "wanted", by=by)
    return item
