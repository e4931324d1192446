"""What the pages of a visit and its records show, made ready for the templates."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from cases.case.actions import TREATMENT_SOON
from cases.case.models import Case, ToDo
from cases.case.people import acts_as, begins
from cases.records import rules, words
from cases.records.days import day_notes, legal_clock, verdict
from cases.records.days.verdict import Answer, Timing, Verdict
from cases.records.forms import Offered, TakeBackForm
from cases.records.items import holders
from cases.records.items.hops import hops
from cases.records.items.linking import NO_FILES
from cases.records.models import RecordItem, RecordKind, Referral, ReportLoop, Visit
from cases.records.planning import VISIT_SOON
from cases.records.release import rules as release_rules
from cases.records.release.form import SLIDES
from cases.records.rules import UNDO_FOR
from cases.records.standing import SENT_OR_THERE, ItemStanding, Standing, standing
from cases.records.states import THERE, ItemState, Need, Route, VisitState
from cases.records.wants import showing as wants_showing
from portal import moves, when
from portal.accounts.models import User
from portal.texts.business_days import needs_a_call

ASKED = {ItemState.ASKED, ItemState.ACKNOWLEDGED}
WITH_INPUT = rules.NEEDS_A_REASON | {"needs_you"}


class Reader:
    """Who looks at the page, and as whom in this case."""

    def __init__(self, user: User, role: str, case: Case, now: datetime):
        self.user, self.role, self.case, self.now = user, role, case, now
        self.is_patient = role == rules.PATIENT
        # Whom the law lets act for the patient has to do with what is signed, as the patient has.
        self.signs_as = rules.PATIENT if role == rules.HELPER and acts_as(case, user) else role
        self.today = now.astimezone(case.patient.zone).date()

    def known(self, thing: RecordItem | Referral | ReportLoop) -> str:
        teller = thing.moved_by.first_name if thing.moved_by else ""
        return words.known(thing, self.is_patient, self.case.patient.first_name, teller)

    def may_undo(self, thing: Visit | RecordItem | Referral | ReportLoop) -> bool:
        """Whether to offer it: for ten minutes, to whoever may."""
        if thing.moved_at is None or self.now - thing.moved_at > UNDO_FOR:
            return False
        return not rules.why_not_undo(thing.moved_at, thing.moved_by_id == self.user.pk, self.role, self.now)

    def take_back(self, thing: Visit | RecordItem | Referral | ReportLoop) -> TakeBackForm | None:
        """Later, for a coordinator: the reason is asked for. None where there is nothing to take back."""
        if self.role != rules.COORDINATOR or thing.before is None or not rules.asks_why(thing.moved_at, self.now):
            return None
        return TakeBackForm(auto_id=False)


def item_cards(
    lines: Iterable[ItemStanding], visit: Visit, reader: Reader, already: Collection[UUID] = ()
) -> list[dict[str, Any]]:
    """A card for each record; `already` are those whose file came for an earlier visit."""
    return [_item_card(line, visit, reader, line.item.pk in already) for line in lines]


def earlier_visits(visits: Iterable[Visit], reader: Reader) -> list[dict[str, Any]]:
    """The live visits of other rounds, each with its own records."""
    return [
        {"visit": visit, "is_third": visit.round == rules.THIRD, "cards": item_cards(stands.items, visit, reader)}
        for visit in visits
        if (stands := standing(visit, reader.now, with_tellers=True, reader=reader.user)).items
    ]


def _item_card(line: ItemStanding, visit: Visit, reader: Reader, is_already_here: bool) -> dict[str, Any]:
    item = line.item
    verbs = moves.allowed(rules.ITEM_MOVES, item.state, reader.role)
    main = [verb for verb in words.MAIN_VERBS.get(ItemState(item.state), ()) if verb in verbs]
    is_plan = item.kind.need == Need.PLAN and item.state in {ItemState.NEEDED, ItemState.NEEDS_YOU}
    if is_plan:
        main = []
    rest = [verb for verb in verbs if verb not in main and verb != "wanted"]
    routes = [] if item.state in SENT_OR_THERE else rules.allowed_routes(item.is_lent)
    return {
        "item": item,
        "key": str(item.pk),
        "name": item.called,
        "what": _(item.kind.what),
        "tag": words.item_tag(item),
        "weight": _("Core.") if item.is_core else _("Can follow."),
        "text": words.item_text(line, visit, reader.known(item), is_already_here),
        "hops": hops(item.route, item.state, item.stopped_in),
        "asking": holders.how_to_ask(item),
        "permission": _permission(item, reader),
        "fee": wants_showing.way_to_fee(item, reader.role),
        "identity": wants_showing.way_to_copy(item, reader.signs_as),
        "letter": letter_href(item) if _permission(item, reader) else "",
        "page_mail": _page_mail(item, reader),
        "law": law(item.holder.region) if item.holder and item.state in ASKED else "",
        "adds_plan": is_plan and bool(verbs),
        "file_place": 0 if item.is_lent or item.kind_id in NO_FILES else item.kind.place,
        "main": [_button(item, verb, reader) for verb in main] + (_give_back(item, reader.now) if verbs else []),
        # The main verbs once more, beside the day they are about.
        "plain": [_button(item, verb, reader) for verb in main + rest if verb not in WITH_INPUT],
        "with_input": [_button(item, verb, reader) for verb in rest if verb in WITH_INPUT],
        "may_say": bool(verbs),
        "routes": [(route, str(Route(route).label)) for route in routes if route != item.route] if verbs else [],
        "route": str(Route(item.route).label),
        "may_undo": reader.may_undo(item),
        "take_back": reader.take_back(item),
    }


def _permission(item: RecordItem, reader: Reader) -> dict[str, Any] | None:
    """The way to the form by which the office may send it, for those who may have to do with it."""
    if item.holder is None or not release_rules.can_be_released(item.kind_id, item.state):
        return None
    if reader.signs_as not in {rules.PATIENT, rules.COORDINATOR}:
        return None
    is_first = item.state == ItemState.NEEDS_YOU and item.need == Need.SIGNATURE
    is_own = reader.signs_as == rules.PATIENT
    label = _("Read it and sign") if is_own and is_first else _("The form to sign")
    return {"href": reverse("records:release", args=[item.pk]), "label": label, "is_first": is_first}


def letter_href(item: RecordItem) -> str:
    """The way to a letter that asks the office for it, for those who may have to do with what is signed."""
    kind = "again" if item.state in ASKED else ("slides" if item.kind_id == SLIDES else "records")
    return reverse("desk:new_letter", args=[kind, item.pk])


def _page_mail(item: RecordItem, reader: Reader) -> str:
    """The way to sending the office our page by mail, once it was asked and where there is an address."""
    if item.holder is None or not item.holder.email or item.holder.takes_no_mail or item.state not in ASKED:
        return ""
    if reader.role not in rules.DOERS or begins(reader.case, reader.user):
        return ""
    return reverse("desk:send_page", args=[item.visit.case_id, item.holder_id])


def _button(item: RecordItem, verb: str, reader: Reader) -> dict[str, str]:
    label = words.VERBS[verb]
    if verb == "asked" and item.state == ItemState.NEEDS_YOU and item.need == Need.SIGNATURE:
        label = _("I’ve signed it and asked")
    if verb == "held" and item.route == Route.CARRIED and reader.role == rules.COORDINATOR:
        label = _("The patient has it in hand")
    elif verb == "held" and (item.route == Route.THROUGH_US or reader.role == rules.COORDINATOR):
        label = _("It’s here with us")
    if verb == "sent" and item.route == Route.CARRIED:
        label = _("It’s on my list to take")
    return {"verb": verb, "label": str(label), "url": reverse("records:tell", args=[item.pk, verb])}


def _give_back(item: RecordItem, now: datetime) -> list[dict[str, str]]:
    """What is lent is given back once it was there or in hand, or once its day has come."""
    is_due = item.due_back_on and item.due_back_on <= now.astimezone(item.visit.zone).date()
    had = THERE | {ItemState.HELD, ItemState.INCOMPLETE, ItemState.WILL_NOT_OPEN}
    if not item.is_lent or item.back_on or not (is_due or item.state in had):
        return []
    url = reverse("records:tell", args=[item.pk, "given_back"])
    return [{"verb": "given_back", "label": _("It’s given back"), "url": url}]


def offered_rows(days: Iterable[Offered], looked: Offered | None, stands: Standing, now: datetime) -> list[dict]:
    """Each offered day with its verdict, in order."""
    rows, names = [], names_of(stands)
    for day in sorted(days, key=lambda day: (day.on, day.value)):
        found = verdict.judge(stands.things, day.on, now)
        rows.append(
            {
                "day": day,
                "tag": words.tag(found.answer),
                "hint": words.answer_line(found, names),
                "checked": day == looked,
            }
        )
    return rows


def names_of(stands: Standing) -> dict[str, str]:
    """What each record is called, by the key that verdicts use."""
    return {str(line.item.pk): line.item.called for line in stands.items}


def look(
    day: Offered, offered: Iterable[Offered], stands: Standing, others: Iterable[Visit], now: datetime
) -> dict[str, Any]:
    """Everything about one day: verdict, table, what can follow, neighbours and the ways on."""
    visit, names = stands.visit, names_of(stands)
    found = verdict.judge(stands.things, day.on, now)
    items = {str(line.item.pk): line.item for line in stands.items}
    near = verdict.neighbours(stands.things, day.on, now, stands.closed, stands.today)
    month_day = when.month_day(day.on)
    return {
        "day": day,
        "verdict": found,
        "tag": words.tag(found.answer),
        "title": words.ANSWERS[found.answer][0],
        "text": f"{words.verdict_text(found)} {words.decides_line(found, names)}".strip(),
        "caption": _("Core records, if what is open is asked for now"),
        "heads": [_("Record"), _("Usually there"), _("Safe by"), _("On %(day)s") % {"day": month_day}],
        "rows": [words.row(judged, items[judged.key]) for judged in found.core],
        "follow": [
            {"title": items[each.key].called, "hint": words.follow_line(each, items[each.key])}
            for each in found.can_follow
        ],
        "near": [
            {
                "words": when.short_day(each.visit_on),
                "tag": words.tag(each.answer),
                "hint": words.decides_line(each, names),
            }
            for each in near
        ],
        "ways": _ways(found, day, offered, items, stands, now),
        "is_saved": visit.state == VisitState.BOOKED and visit.on_date == day.on and day.at in (visit.at_time, None),
        "is_comfortable": found.answer == Answer.COMFORTABLE,
        "wants_call": needs_a_call(stands.today, day.on, stands.closed),
        "notes": day_notes.notes(day.on, stands, others),
        "closed": words.listed(_closed_between(stands, _last_day(found))),
    }


def _last_day(found: Verdict) -> date:
    """The last day that the page speaks of."""
    latest = (each.dates.read_safe for each in found.core + found.can_follow)
    return max([found.visit_on, *(day for day in latest if day)])


def _closed_between(stands: Standing, until: date) -> list[str]:
    closed = (day for day in stands.closed if stands.today < day < until and day.weekday() < 5)
    return [when.month_day(day) for day in sorted(closed)]


def _ways(
    found: Verdict,
    day: Offered,
    offered: Iterable[Offered],
    items: dict[str, RecordItem],
    stands: Standing,
    now: datetime,
) -> list[dict[str, Any]]:
    doctor, treatment_on = words.doctor_of(stands.visit), stands.visit.case.treatment_on
    answers = [(each.on, verdict.judge(stands.things, each.on, now).answer) for each in offered]
    suggestion = verdict.first_comfortable(stands.things, day.on, now, stands.closed)
    later = verdict.ways(found, answers, treatment_on, suggestion).later_on
    carried = [items[each.key].called for each in found.decides if each.timing in {Timing.MAY_FOLLOW, Timing.EXPECTED}]
    day_words = {"day": when.month_day(day.on), "doctor": doctor, "what": words.listed(carried[:2])}
    copies = _("Ask for this on paper, too: %(what)s.") % day_words if 0 < len(carried) <= 2 else ""
    ways = [
        {
            "id": "carry",
            "icon": "folder",
            "title": _("Go with what you have"),
            "text": " ".join(
                [_("Keep %(day)s and carry copies.") % day_words, copies, _("Your page lists what to take.")]
            ),
            "hint": _("What is missing follows, with its date."),
            "label": _("Keep it, I’ll carry copies"),
            "name": "way",
            "value": f"carry {day.value}",
        },
        {
            "icon": "phone",
            "title": _("Ask what they need"),
            "text": _("We ask %(doctor)s’s office what they truly need on the day. Their list then replaces ours.")
            % day_words,
            "hint": _("You hear from us today."),
            "label": _("Ask the office"),
            "name": "way",
            "value": f"ask {day.value}",
        },
    ]
    if later:
        ways.append(_later_way(later, [each for each in offered if each.on == later], treatment_on))
    return ways


def _later_way(later: date, named: list[Offered], treatment_on: date | None) -> dict[str, Any]:
    before = (
        " " + _("It stays before %(day)s, when treatment is planned.") % {"day": when.month_day(treatment_on)}
        if treatment_on
        else ""
    )
    way: dict[str, Any] = {"icon": "cal", "title": _("Take a later date")}
    if treatment_on:
        way["hint"] = _("Shown only if it stays before your treatment.")
    if named:
        return way | {
            "text": _("%(day)s. More is there by then.") % {"day": named[0].words} + before,
            "label": _("Take %(day)s") % {"day": when.month_day(later)},
            "name": "way",
            "value": f"later {named[0].value}",
        }
    return way | {
        "text": _("From %(day)s on, all core records are in time. Ask the office for a day then.")
        % {"day": when.day(later)}
        + before,
        "label": _("Add a later date"),
        "href": "#add-day",
    }


def law(region: str) -> str:
    """The law's clock in words, said apart from the verdict."""
    clock = legal_clock.clock_for(region)
    if not clock.is_confirmed:
        return _("It often gives an office 30 days to answer you. We have not confirmed it for where this office is.")
    kind = _("business days") if clock.in_business_days else _("days")
    return _(
        "Under %(law)s an office has up to %(days)d %(kind)s to answer you, and %(more)d more at times. "
        "If it does not, you can turn to %(whom)s."
    ) % {
        "law": clock.law,
        "days": clock.days,
        "kind": kind,
        "more": clock.extension,
        "whom": clock.complain_to,
    }


def runway(stands: Standing) -> list[dict[str, Any]]:
    """Today, the safe date, the visit."""
    visit, count = stands.visit, len(stands.core)
    assert visit.on_date is not None
    there = _("%(there)d of %(count)d core records have arrived") % {"there": stands.core_there, "count": count}
    points = [{"title": _("Today, %(day)s") % {"day": when.month_day(stands.today)}, "text": there, "is_here": True}]
    if stands.safe_on and stands.safe_on < visit.on_date:
        points.append({"title": when.short_day(stands.safe_on), "text": _("Safe date for the last core record")})
    place = ", ".join(part for part in (words.doctor_of(visit), visit.office.name if visit.office else "") if part)
    points.append({"title": visit_words(visit), "text": place, "is_goal": True})
    return points


def visit_words(visit: Visit) -> str:
    """ "Tue, Nov 24, 2:30 pm"."""
    assert visit.on_date is not None
    day = when.short_day(visit.on_date)
    return _("%(day)s, %(time)s") % {"day": day, "time": when.clock_time(visit.at_time)} if visit.at_time else day


def call_to_come(visit: Visit, today: date) -> dict[str, str] | None:
    """The call that was asked for because visit or treatment is near; None when none is open."""
    about = [str(visit.pk), str(visit.case_id)]
    found = ToDo.objects.open().filter(case=visit.case_id, kind__in=[VISIT_SOON, TREATMENT_SOON], about_id__in=about)
    todo = found.order_by("-kind").first()  # the visit's before the treatment's
    if todo is None:
        return None
    why = {
        VISIT_SOON: _("This visit is near, so a person helps at once."),
        TREATMENT_SOON: _("Your treatment is near, so a person helps at once."),
    }
    lead = _("One of us calls you today.") if todo.due_on >= today else _("A call to you is on our list.")
    return {"lead": lead, "text": why[todo.kind]}


def carry_list(stands: Standing) -> list[dict[str, Any]]:
    """What the patient takes along: in her hands already, or still to get."""
    return [
        {
            "title": line.item.called,
            "hint": _("In your hands") if line.item.state in {ItemState.HELD, ItemState.SENT} else _("Still to get"),
        }
        for line in stands.items
        if line.item.route == Route.CARRIED and line.item.state not in {ItemState.ARRIVED, ItemState.OPENS_FINE}
    ]


def off_list(visit: Visit, user: Any) -> list[dict[str, str]]:
    """What was taken off the list, with the way back."""
    gone = RecordItem.objects.visible_to(user).filter(visit=visit, state=ItemState.NOT_WANTED).select_related("kind")
    return [{"name": item.kind.called, "url": reverse("records:tell", args=[item.pk, "wanted"])} for item in gone]


def kind_rows(kinds: Iterable[RecordKind]) -> list[dict[str, Any]]:
    """The public list of kinds with their days and sources."""
    return [
        {
            "row": kind,
            "name": kind.called,
            "what": _(kind.what),
            "holder": _(kind.holder),
            "travels": _(kind.travels),
            "weight": _("Core") if kind.is_core else _("Can follow"),
            "expected": kind.expected,
            "safe": kind.safe,
            "reading": kind.reading,
            "source": _(kind.source),
        }
        for kind in kinds
    ]
