"""The words that pages show for verdicts, records and referrals. Made when shown, in the reader's language."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.records.days.verdict import Answer, Judged, Timing, Verdict
from cases.records.models import RecordItem, Referral, ReportLoop, Visit
from cases.records.standing import ItemStanding, Standing
from cases.records.states import IN_TROUBLE, UNASKED, ItemState, KnownBy, Need, ReferralState, Route
from portal import clock, when

ANSWERS = {
    Answer.COMFORTABLE: (gettext_lazy("Comfortable"), "ok", "check"),
    Answer.TIGHT: (gettext_lazy("Tight"), "warn", "alert"),
    Answer.SOME_WILL_FOLLOW: (gettext_lazy("Some will follow"), "info", "info"),
}
OFFICE_TOLD = {
    KnownBy.OFFICE: gettext_lazy("The office told us."),
    KnownBy.OFFICE_PAGE: gettext_lazy("The office told us on its page."),
    KnownBy.OFFICE_FAX: gettext_lazy("The office told us by fax."),
    KnownBy.OFFICE_POST: gettext_lazy("The office told us by post."),
}
TIMINGS = {
    Timing.THERE: (gettext_lazy("There"), "ok"),
    Timing.CARRIED: (gettext_lazy("You carry it"), "ok"),
    Timing.SAFE: (gettext_lazy("In time"), "ok"),
    Timing.EXPECTED: (gettext_lazy("Expected"), "ok"),
    Timing.MAY_FOLLOW: (gettext_lazy("May follow"), "info"),
}
VERBS = {
    "asked": gettext_lazy("I’ve asked for it"),
    "asked_again": gettext_lazy("I’ve asked again"),
    "acknowledged": gettext_lazy("They’re working on it"),
    "on_its_way": gettext_lazy("It’s on its way to us"),
    "held": gettext_lazy("It’s in my hands"),
    "sent": gettext_lazy("It’s sent"),
    "arrived": gettext_lazy("It’s there"),
    "opens_fine": gettext_lazy("It opens fine"),
    "not_located": gettext_lazy("They can’t find it"),
    "incomplete": gettext_lazy("Something is missing"),
    "will_not_open": gettext_lazy("It won’t open"),
    "needs_you": gettext_lazy("They need something first"),
    "not_wanted": gettext_lazy("They don’t need it"),
    "wanted": gettext_lazy("Put it back on the list"),
}
# The one or two buttons of a record; everything else stands under "Something else".
MAIN_VERBS = {
    ItemState.NEEDED: ("asked",),
    ItemState.NEEDS_YOU: ("asked",),
    ItemState.ASKED: ("sent", "arrived"),
    ItemState.ACKNOWLEDGED: ("sent", "arrived"),
    ItemState.HELD: ("sent",),
    ItemState.SENT: ("arrived",),
    ItemState.ARRIVED: ("opens_fine",),
    ItemState.NOT_LOCATED: ("asked",),
    ItemState.INCOMPLETE: ("asked",),
    ItemState.WILL_NOT_OPEN: ("asked",),
}
REFERRAL_VERBS = {
    "asked": gettext_lazy("I’ve asked"),
    "agreed": gettext_lazy("They agreed"),
    "sent": gettext_lazy("It’s sent"),
    "refused": gettext_lazy("They said no"),
    "not_needed": gettext_lazy("Not needed here"),
    "wanted": gettext_lazy("It’s needed after all"),
}
REFERRAL_TITLES = {
    ReferralState.NEEDED: gettext_lazy("Not asked yet"),
    ReferralState.ASKED: gettext_lazy("Asked, no answer yet"),
    ReferralState.AGREED: gettext_lazy("They agreed"),
    ReferralState.REFUSED: gettext_lazy("They said no"),
    ReferralState.NOT_NEEDED: gettext_lazy("Not needed here"),
    ReferralState.SENT: gettext_lazy("Sent to the second doctor"),
}


def tag(answer: Answer) -> dict[str, str]:
    label, kind, icon = ANSWERS[answer]
    return {"label": str(label), "kind": kind, "icon": icon}


def doctor_of(visit: Visit) -> str:
    return visit.clinician.name if visit.clinician else _("the second doctor")


def decides_line(verdict: Verdict, names: Mapping[str, str]) -> str:
    """Which core records the answer for a day hangs on; empty where nothing is open."""
    deciding = [names[each.key] for each in verdict.decides]
    if not deciding or len(deciding) == len(verdict.core) > 1:
        return ""  # all of them, which says no more than the answer itself
    if verdict.answer == Answer.COMFORTABLE:
        return _("The last to be there: %(records)s.") % {"records": listed(deciding)}
    return _("This hangs on: %(records)s.") % {"records": listed(deciding)}


def answer_line(verdict: Verdict, names: Mapping[str, str]) -> str:
    """What an offered day means, and which records decide it; `names` are the records', by key."""
    counted = {"late": len(verdict.decides), "count": len(verdict.core)}
    if not verdict.core:
        return _("Nothing has to be there on the day.")
    if verdict.answer == Answer.COMFORTABLE:
        return _("All core records are in time, even if offices are slow.")
    if verdict.answer == Answer.TIGHT:
        words = _("All core records are expected in time. A slow office could miss it.")
    elif len(verdict.decides) == 1:
        return _("This may come on the day or after it: %(record)s.") % {"record": names[verdict.decides[0].key]}
    else:
        words = _("%(late)d of %(count)d core records may come on the day or after it.") % counted
    return f"{words} {decides_line(verdict, names)}".strip()


def verdict_text(verdict: Verdict) -> str:
    """What the verdict on a day means, in two or three short sentences."""
    count = len(verdict.core)
    if not count:
        return _("Nothing has to be there on the day.")
    if verdict.answer == Answer.COMFORTABLE:
        if verdict.safe_on is None:
            return _("Every core record is there, or in your hands.")
        return _("All core records should be there by %(day)s, even if offices are slow.") % {
            "day": when.day(verdict.safe_on)
        }
    if verdict.answer == Answer.TIGHT:
        return _("All core records are expected before this day. A slow office could miss it. You can still go.")
    following = len(verdict.decides)
    words = ngettext(
        "%(early)d of %(count)d core records are expected before this day. One may follow. You can still go.",
        "%(early)d of %(count)d core records are expected before this day. %(following)d may follow. You can still go.",
        following,
    )
    return words % {"early": count - following, "count": count, "following": following}


def records_text(stands: Standing) -> str:
    """The lines under the verdict of a booked visit: safe date, what follows, closed days until then."""
    assert stands.verdict is not None
    verdict, visit = stands.verdict, stands.visit
    sentences = [verdict_text(verdict)]
    after = [each for each in verdict.following if not each.dates.thing.is_core]
    if after:
        sentences.append(
            ngettext(
                "One thing that can follow will come after the visit.",
                "%(count)d things that can follow will come after the visit.",
                len(after),
            )
            % {"count": len(after)}
        )
    closed = sorted(
        day for day in stands.closed if visit.on_date and stands.today < day < visit.on_date and day.weekday() < 5
    )
    if closed:
        sentences.append(_("Offices are closed on %(days)s.") % {"days": listed([when.day(day) for day in closed])})
    return " ".join(sentences)


def listed(parts: list[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return _("%(others)s and %(last)s") % {"others": ", ".join(parts[:-1]), "last": parts[-1]}


def row(judged: Judged, item: RecordItem) -> dict[str, Any]:
    """A line of the table of core records."""
    dates, (label, kind) = judged.dates, TIMINGS[judged.timing]
    return {
        "name": item.called,
        "holder": holder_line(item),
        "usual": when.short_day(dates.there_expected) if dates.there_expected else "–",
        "safe": when.short_day(dates.there_safe) if dates.there_safe else "–",
        "tag": {"label": str(label), "kind": kind},
    }


def holder_line(item: RecordItem) -> str:
    """Who has it, and when it was asked for."""
    if item.need == Need.PLAN:
        return _("You add it here")
    holder = item.holder.name if item.holder else _(item.kind.holder)
    if item.asked_on:
        return _("%(holder)s, asked %(day)s") % {"holder": holder, "day": when.month_day(item.asked_on)}
    return holder


def follow_line(judged: Judged, item: RecordItem) -> str:
    """When something that can follow is there, and read where it needs reading."""
    dates = judged.dates
    if dates.read_expected is None:
        return _("It is there.")
    days = {"usual": when.month_day(dates.read_expected), "latest": when.month_day(dates.read_safe or date.max)}
    if dates.thing.lead.reading:
        words = _("There and read by %(usual)s, at the latest %(latest)s.") % days
    else:
        words = _("By %(usual)s, at the latest %(latest)s.") % days
    if item.state == ItemState.NEEDS_YOU and item.need == Need.SIGNATURE:
        return words + " " + _("Needs your signature first.")
    return words


def known(thing: RecordItem | Referral | ReportLoop, reader_is_patient: bool, patient: str, teller: str) -> str:
    """How a thing is known: who said so, to whom."""
    if thing.known_by == KnownBy.PATIENT:
        return _("You told us.") if reader_is_patient else _("%(name)s told us.") % {"name": patient}
    if thing.known_by == KnownBy.HELPER:
        return _("%(name)s told us.") % {"name": teller or _("The helper")}
    if thing.known_by == KnownBy.STAFF_CALL:
        return _("%(name)s heard by phone.") % {"name": teller} if teller else _("We heard by phone.")
    return str(OFFICE_TOLD.get(thing.known_by, ""))


def item_tag(item: RecordItem) -> dict[str, str]:
    state = item.state
    if state == ItemState.NEEDS_YOU:
        return {"label": str(Need(item.need).label), "kind": "warn"}
    if state == ItemState.HELD:
        label = _("In your hands") if item.route == Route.CARRIED else _("With us")
        return {"label": label, "kind": "ok" if item.route == Route.CARRIED else "info"}
    if state == ItemState.SENT and item.route == Route.CARRIED:
        return {"label": _("On your list to take"), "kind": "ok"}
    kind = "warn" if state in UNASKED or state in IN_TROUBLE else "info"
    if state in {ItemState.ARRIVED, ItemState.OPENS_FINE}:
        kind = "ok"
    return {"label": str(ItemState(state).label), "kind": kind}


def after_treatment(visit: Visit) -> str:
    """What to say of a visit that comes after the planned start of treatment; empty when it does not."""
    if not visit.is_after_treatment:
        return ""
    return _(
        "Your treatment is planned to start on %(day)s, before this visit or on its day. You can ask your doctor"
        " whether a few days matter, or ask for an earlier visit. One of us calls you about it."
    ) % {"day": when.month_day(visit.case.treatment_on)}


def days_line(line: ItemStanding, visit: Visit) -> str:
    """When it should be there; empty once it is, or while nobody can say."""
    dates, item = line.dates, line.item
    if dates.read_expected is None or dates.read_safe is None:
        return ""
    if dates.has_no_date and item.state not in IN_TROUBLE:
        if _a_person_asks(line):
            return _("Its safe day has passed without word. A person asks now. It will follow.")
        return _("Its safe day has passed without word. It will follow.")
    days = {"usual": when.month_day(dates.read_expected), "latest": when.month_day(dates.read_safe)}
    if dates.thing.lead.reading:
        words = _("It should be there and read by %(usual)s, at the latest %(latest)s.") % days
    else:
        words = _("It should be there by %(usual)s, at the latest %(latest)s.") % days
    if visit.on_date and dates.read_expected >= visit.on_date:
        treatment_on = visit.case.treatment_on
        if treatment_on and dates.read_safe < treatment_on:
            return (
                words + " " + _("That is after your visit and before %(day)s.") % {"day": when.month_day(treatment_on)}
            )
        return words + " " + _("That is after your visit. It will follow.")
    return words


def item_text(line: ItemStanding, visit: Visit, known_words: str, is_already_here: bool = False) -> str:
    """Two or three sentences about a record: where it is, how that is known, and what comes next."""
    parts = [_where(line, visit), known_words, _learned(line.item), days_line(line, visit)]
    if is_already_here and line.item.state == ItemState.HELD:
        parts.insert(0, _("It is here from your earlier visit. You do not ask for it again."))
    is_asked_of = line.next_day and line.next_day.due in ("chase", "person") and line.item.state != ItemState.HELD
    if is_asked_of and line.next_day.on >= line.dates.asked_on and not _a_person_asks(line):
        parts.append(next_ask(line))
    if line.item.is_lent:
        parts.append(_goes_back(line.item))
    return " ".join(part for part in parts if part)


def _a_person_asks(line: ItemStanding) -> bool:
    """Whether a call about it is on our board."""
    return line.waits_for_a_person(clock.today(line.dates.thing.zone))


def _learned(item: RecordItem) -> str:
    """What finished requests say of the office that is to send it, with their count."""
    is_waiting = item.state in UNASKED | {ItemState.ASKED, ItemState.ACKNOWLEDGED}
    learned = item.holder.learned_days.get(item.kind_id) if item.holder and is_waiting else None
    if not learned:
        return ""
    words = ngettext(
        "%(office)s usually takes %(days)d business day; from %(count)d requests.",
        "%(office)s usually takes %(days)d business days; from %(count)d requests.",
        learned[0],
    )
    return words % {"office": item.holder.name if item.holder else "", "days": learned[0], "count": learned[2]}


def _goes_back(item: RecordItem) -> str:
    """Where a lent thing can be followed, and by when it goes back."""
    parts = [_("Tracking number: %(number)s.") % {"number": item.tracking}] if item.tracking else []
    if item.back_on:
        parts.append(_("Given back on %(day)s.") % {"day": when.month_day(item.back_on)})
    elif item.due_back_on:
        parts.append(_("Due back on %(day)s.") % {"day": when.day(item.due_back_on)})
    return " ".join(parts)


def next_ask(line: ItemStanding) -> str:
    """What happens when its next day comes without a word."""
    assert line.next_day is not None
    day = {"day": when.day(line.next_day.on)}
    if line.item.state in IN_TROUBLE:
        return _("If nobody has asked again by %(day)s, one of us calls.") % day
    if line.next_day.due == "person":
        return _("If nobody has said by %(day)s that it is there, one of us calls.") % day
    if line.item.asked_by_us:
        return _("If nobody has said by %(day)s that it is there, we ask again.") % day
    return _("If you hear nothing by %(day)s, ask again. We remind you.") % day


def _where(line: ItemStanding, visit: Visit) -> str:
    item = line.item
    holder = item.holder.name if item.holder else _(item.kind.holder)
    if item.state == ItemState.NEEDS_YOU:
        return _needs(item, visit, holder)
    if item.state == ItemState.NEEDED:
        return _("%(holder)s has it. %(travels)s") % {"holder": holder, "travels": _(item.kind.travels)}
    if item.state in IN_TROUBLE:
        return _("%(reason)s. Ask again, and it starts anew.") % {
            "reason": item.reason.rstrip(". ") or str(ItemState(item.state).label)
        }
    if item.state == ItemState.HELD and item.route == Route.CARRIED:
        return _("It is in your hands. Take it with you.")
    if item.state == ItemState.SENT and item.route == Route.CARRIED:
        return _("It is on the list of what you take.")
    if item.state == ItemState.ACKNOWLEDGED and item.reason:  # on its way to us or to the patient
        return _("%(reason)s.") % {"reason": item.reason.rstrip(". ")}
    if item.state == ItemState.ARRIVED and item.route == Route.CARRIED:
        return _("You took it along. It has been there since %(arrived)s.") % {"arrived": _day(item.arrived_on)}
    return {
        ItemState.ASKED: _("Asked for on %(asked)s."),
        ItemState.ACKNOWLEDGED: _("They have been working on it since %(acknowledged)s."),
        ItemState.HELD: _("The file is with us. It goes to %(doctor)s next."),
        ItemState.SENT: _("Sent on %(sent)s%(by)s."),
        ItemState.ARRIVED: _("Arrived on %(arrived)s. The office has not said yet if it opens."),
        ItemState.OPENS_FINE: _("Arrived on %(arrived)s. It opens fine."),
    }[ItemState(item.state)] % {
        "asked": _day(item.asked_on),
        "acknowledged": _day(item.acknowledged_on),
        "sent": _day(item.sent_on),
        "arrived": _day(item.arrived_on),
        "doctor": doctor_of(visit),
        "by": _(" by %(carrier)s") % {"carrier": item.carrier} if item.carrier else "",
    }


def _day(day: date | None) -> str:
    return when.month_day(day) if day else ""


def _needs(item: RecordItem, visit: Visit, holder: str) -> str:
    if item.need == Need.PLAN:
        return _("Add it here, and it goes to %(doctor)s, too. A phone photo is fine.") % {"doctor": doctor_of(visit)}
    if item.reason and item.known_by and item.kind_id == "referral_letter":
        return _("%(holder)s answered: %(reason)s.") % {"holder": holder, "reason": item.reason.rstrip(". ")}
    if item.reason and item.known_by:  # what they said they need
        return _("%(holder)s needs something first. %(reason)s.") % {
            "holder": holder,
            "reason": item.reason.rstrip(". "),
        }
    return {
        Need.SIGNATURE: _("%(holder)s needs your signature on their form first."),
        Need.CHOICE: _("%(holder)s needs to know which one you want sent."),
        Need.FEE: _("%(holder)s asks for a fee first."),
        Need.IDENTITY: _("%(holder)s wants a copy of your ID first."),
    }[Need(item.need)] % {"holder": holder}
