"""What an office answers about a record, however it comes: on its page, on a strip by fax or post, by phone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from cases.case.models import Case
from cases.records import rules
from cases.records.items.telling import REFERRAL_KIND, fresh, lock_case, tell
from cases.records.models import LIVE, RecordItem
from cases.records.states import THERE, ItemState, Need, Route
from cases.records.wants import needs as wanted
from cases.records.wants.rules import need_of
from cases.records.wants.states import Wants as Wants
from portal import clock, when
from portal.actors import Actor
from portal.errors import Refused

SENT, NOT_FOUND, NEEDS = "sent", "not_found", "needs"
SAID = (SENT, NOT_FOUND, NEEDS)
ON_ITS_WAY = THERE | {ItemState.SENT}
MOST_CARRIER, MOST_TRACKING, MOST_WORDS = 40, 60, 300


@dataclass(frozen=True)
class Answered:
    """What came of an answer: the record as it is now, whether it changed, and else a sentence that says why not."""

    item: RecordItem
    is_new: bool
    why_not: str = ""


@transaction.atomic
def answer(
    item: RecordItem,
    said: str,
    *,
    on: date | None = None,
    carrier: str = "",
    tracking: str = "",
    needs: Collection[str] = (),
    fee: str = "",
    words: str = "",
    told: str = "",
    by: Actor,
) -> Answered:
    """Take down what an office says of a record: one of `SAID`, about day `on` (today where the visit is).

    `needs` are values of `Wants`, `fee` is what it costs, in their words. The same answer twice is one, and what has
    moved on stays; both are said. Raises Refused for a record that the office does not hold, one of a visit that is
    over, a day to come, or a need without a word of what.
    """
    lock_case(item.visit.case)
    item = fresh(item)
    if reason := _why_not_here(item, by):
        raise Refused(reason, code="state")
    if stays := _why_it_stays(item):
        return Answered(item, False, stays)
    carrier, tracking = carrier.strip(), tracking.strip()
    if len(carrier) > MOST_CARRIER or len(tracking) > MOST_TRACKING or len(fee) + len(words) > MOST_WORDS:
        raise Refused(_("That is too long for us to keep. Say it in fewer words."), code="input")
    if said == SENT:
        verb = "sent" if item.route == Route.DIRECT else "on_its_way"
        day = on or clock.now().astimezone(item.visit.zone).date()
        more = {"carrier": carrier, "tracking": tracking}
        more["reason"] = "" if verb == "sent" else _on_its_way(item, day, carrier, tracking)
    elif said == NOT_FOUND and item.kind_id == REFERRAL_KIND:  # theirs to write: they do not refer
        more = {"need": Need.CHOICE, "reason": " ".join([_("They do not refer."), words.strip()]).strip()}
        verb = "needs_you"
    elif said == NOT_FOUND:
        verb, more = "not_located", {"reason": words.strip() or _("They looked and could not find it.")}
    elif said == NEEDS:
        verb, more = "needs_you", {"need": need_of(needs), "reason": _needs(needs, fee, words)}
    else:
        raise Refused(_("Choose one of the three answers."), code="input")
    if _is_said(item, verb, more):
        return Answered(item, False, _("We have this answer already. Thank you."))
    item = tell(item, verb, on=on, told=told, by=by, **more)
    if said == NEEDS:
        wanted.take_down(item, needs, fee, clock.now())
    return Answered(item, True)


def _why_not_here(item: RecordItem, by: Actor) -> str:
    """Why this office, or anybody, cannot answer about the record; empty when it can."""
    case = item.visit.case
    if by.kind == rules.OFFICE and (item.holder is None or by.id != item.holder.pk):
        return _("This record is not asked of your office. Ring us, and we look into it.")
    if case.state == Case.State.CLOSED or item.visit.state not in LIVE:
        return _("This request is over. Nothing needs to be sent.")
    return ""


def _why_it_stays(item: RecordItem) -> str:
    """Why an answer changes nothing: the record has moved on since it was asked for."""
    if item.state == ItemState.NOT_WANTED:
        return _("This one is no longer needed. Nothing needs to be sent.")
    if item.state in THERE:
        return _("It has arrived already. Nothing more is needed. Thank you.")
    if item.state == ItemState.SENT:
        day = when.month_day(item.sent_on) if item.sent_on else ""
        return _("We know that it was sent, on %(day)s. To correct that, ring us.") % {"day": day}
    if item.state == ItemState.HELD:
        return _("We know where this one is: it has been handed over. To correct that, ring us.")
    return ""


def _is_said(item: RecordItem, verb: str, more: dict[str, str]) -> bool:
    """Whether the record says just that already."""
    return item.state == rules.ITEM_MOVES[verb].target and all(
        getattr(item, name) == value for name, value in more.items() if value
    )


def _on_its_way(item: RecordItem, day: date, carrier: str, tracking: str) -> str:
    """What stands with a record that comes to us, or to the patient, before it goes to the second doctor."""
    said = {"office": item.holder.name if item.holder else _("The office"), "day": when.month_day(day)}
    to_us = _("%(office)s sent it to us on %(day)s") % said
    to_patient = _("%(office)s sent it to the patient on %(day)s") % said
    sentence = to_us if item.route == Route.THROUGH_US else to_patient
    return ", ".join(part for part in (sentence, carrier, tracking) if part)


def _needs(needs: Collection[str], fee: str, words: str) -> str:
    """ "Our own form, signed. A fee: $25. We need it notarized." Raises Refused when nothing says what."""
    unknown = set(needs) - set(Wants.values)
    if unknown or not needs:
        raise Refused(_("Choose what you need first."), code="input")
    fee, words = fee.strip(), words.strip()
    if Wants.OTHER in needs and not words:
        raise Refused(_("Say in a few words what you need."), code="input")
    parts = [str(Wants(want).label) for want in Wants.values if want in needs and want != Wants.OTHER]
    if Wants.FEE in needs and fee:
        parts[-1] = _("A fee: %(fee)s") % {"fee": fee}
    return ". ".join([*parts, *([words] if words else [])])
