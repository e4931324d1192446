"""A helper's page of a case: what she may do, what waits for the patient, what is coming, and how to pause or stop."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.asked_ending import waiting_for
from cases.case.helping.models import Helper
from cases.case.helping.rules import ASK_PATIENT
from cases.case.helping.words import can
from cases.case.models import Case, ToDo
from cases.case.path import Facts, Step, next_step
from cases.case.people import BY_BEGINNING, allows, has_mandate
from cases.documents.lists import rows_of
from cases.records import words as record_words
from cases.records.release import rules as release_rules
from cases.records.standing import ItemStanding
from cases.records.states import ItemState, Need
from cases.reviews.asking.words import who_needs
from cases.reviews.models import Asking
from portal import clock, when
from portal.accounts.models import User
from portal.pages import cards, facts, helper_words, nudges, search, words
from portal.pages.cards import Row
from portal.pages.helper_forms import CallForm, MailboxForm
from portal.pages.nudges import THEIRS

# step → the verb it needs, where a helper can do it at all. Comparing and deciding are the patient's.
STEP_VERBS = {
    "plan": "add_documents",
    "plan_problem": "add_documents",
    "referral": "say_where_records_are",
    "referral_refused": "say_where_records_are",
    "visit": "change_dates",
    "third_visit": "change_dates",
    "visit_passed": "change_dates",
    "records": "say_where_records_are",
    "choose_route": "say_where_records_are",
    "pay_fee": "say_where_records_are",
    "report": "say_where_records_are",
    "report_asked": "say_where_records_are",
    "report_announced": "say_where_records_are",
    "talk": "change_dates",
    "talk_passed": "change_dates",
}
# Where a coming date leads, and the verb that opens it.
DOORS = {"/consultations/": "book", "/records/": "see_records", "/visit": "see_records", "/talk/": "take_papers"}


def show(request: HttpRequest, case: Case, grant: Helper) -> HttpResponse:
    """The page of a helper whose grant holds."""
    now = clock.now()
    today, may = when.as_date(now), partial(allows, grant)
    grant.patient = case.patient  # already here
    gathered = facts.of_case(case, now)
    step = step_for(gathered.facts, today, may)
    lines = list(gathered.standing.items) if gathered.standing and may("see_records") else []
    signs = has_mandate(case, request.user)
    waiting = [waits for line in lines if (waits := _waits(line, case, may, signs))]
    name, tellers = case.patient.first_name, _tellers(lines)
    context = {
        "case": case,
        "grant": grant,
        "name": name,
        "today": today,
        "greeting": words.greeting(when.local(now).hour, request.user.first_name),
        "status": helper_words.status(gathered.facts, today, name, sees_records=may("see_records")),
        "covers": helper_words.covers(grant),
        "step": step,
        "words": helper_words.step(step, name) if step else None,
        "step_url": cards.step_url(step, case) if step else "",
        "due_words": cards.due_words(step) if step else "",
        "needed": [*(cards.yes_to_reading(case) if signs and may("open_summary") else []), *_needed(case, may)],
        "waiting": waiting,
        "nudged": nudges.is_sent_today(case) if waiting else False,
        "coming": [*_held(case, may, now), *(_opened(row, may) for row in cards.coming(gathered, case.pk, today))],
        "sees_records": may("see_records"),
        "records": [_record(line, name, tellers) for line in lines],
        "summary": cards.way_to_summary(case) if may("open_summary") else None,
        "can": can(grant.switches),
        "only_they": helper_words.only_they_can(grant.switches, signs),
        "takes_papers": may("take_papers"),
        "may_search": any(may(verb) for verb in search.VERBS),
        "call_open": gathered.facts.call_wanted,
    }
    return render(request, "pages/helper_home.html", context)


def _needed(case: Any, may: Callable[[str], bool]) -> list[dict[str, str]]:
    """What the consultant needs to read on: to who may answer for the patient, and to who may put in a paper."""
    may_answer, may_add = may("answer_asking"), may("add_documents")
    if not case.is_needed or not (may_answer or may_add):
        return []
    lead, rows = _("%(name)s needs one thing to read on."), []
    for asking in Asking.objects.open().filter(review__case=case).select_related("review__reader"):
        if may_answer:
            said = _("“I don’t have it” is a fine answer."), asking.get_absolute_url(), _("Answer")
        else:
            patient = {"name": case.patient.first_name}
            said = _("%(name)s knows what it is.") % patient, reverse("documents:add", args=[case.pk]), _("Add a paper")
        text, href, link = said
        rows.append({"lead": lead % {"name": who_needs(asking)}, "text": text, "href": href, "link": link})
    return rows


def step_for(known: Facts, today: dt.date, may: Callable[[str], bool]) -> Step | None:
    """The next thing that this helper can do for the patient; None where nothing is."""
    for_others = tuple(item for item in known.items if not (item.hop == "needs_you" and item.needs in THEIRS))
    step = next_step(replace(known, items=for_others, call_wanted=False, not_today_until=None), today)
    verb = STEP_VERBS.get(step.code)
    return step if verb and may(verb) else None


def _waits(line: ItemStanding, case: Case, may: Callable[[str], bool], signs: bool) -> Row | None:
    """Something that only the patient can give, or who acts for her in law."""
    item, name = line.item, {"name": case.patient.first_name, "record": line.item.called}
    if item.state != ItemState.NEEDS_YOU or item.need not in THEIRS:
        return None
    if signs:
        page = "records:identity" if item.need == Need.IDENTITY else "records:release"
        title = _("A copy of an ID: %(record)s") if item.need == Need.IDENTITY else _("A form to sign: %(record)s")
        return {
            "title": title % name,
            "hint": _("You do this for %(name)s, under your own name.") % name,
            "href": reverse(page, args=[item.pk]),
        }
    if item.need == Need.IDENTITY:
        return {
            "title": _("A copy of an ID: %(record)s") % name,
            "hint": _("Only %(name)s can add it. It goes to that office alone.") % name,
        }
    can_print = may("print_forms") and item.holder_id and release_rules.can_be_released(item.kind_id, item.state)
    hint = _("Only %(name)s can sign. You can print it, and photograph it once it is signed.")
    return {
        "title": _("Sign the form for: %(record)s") % name,
        "hint": (hint if can_print else _("Only %(name)s can sign.")) % name,
        "print_url": reverse("records:release_pdf", args=[item.pk]) if can_print else "",
    }


def _held(case: Case, may: Callable[[str], bool], now: dt.datetime) -> list[Row]:
    """The time that waits for the patient's yes."""
    held = waiting_for(case) if may("book") else None
    if held is None or held.until <= now:
        return []
    said = {"name": case.patient.first_name, "until": when.moment(held.until)}
    return [
        {
            "on": when.as_date(held.starts_at),
            "title": _("Call with %(name)s") % {"name": held.consultant.name},
            "href": held.get_absolute_url(),
            "hint": _("Waits for %(name)s until %(until)s") % said,
            "tag": {"label": _("Held"), "kind": "warn"},
        }
    ]


def _opened(row: Row, may: Callable[[str], bool]) -> Row:
    """A coming date; it leads on where the helper may open what it leads to."""
    href = row.get("href", "")
    is_shut = any(part in href and not may(verb) for part, verb in DOORS.items())
    return row | {"href": "" if is_shut else href}


def _tellers(lines: list[ItemStanding]) -> dict[Any, User]:
    return User.objects.in_bulk({line.item.moved_by_id for line in lines if line.item.moved_by_id})


def _record(line: ItemStanding, name: str, tellers: dict[Any, User]) -> Row:
    item = line.item
    weight = _("Core") if item.is_core else _("Can follow")
    tag = record_words.item_tag(item)
    if item.state == ItemState.NEEDS_YOU and item.need in THEIRS:
        label = _("%(name)s signs") if item.need == Need.SIGNATURE else _("%(name)s adds an ID")
        tag = tag | {"label": label % {"name": name}}
    teller = tellers.get(item.moved_by_id)
    said = record_words.known(item, False, name, teller.first_name if teller else "")
    return {"title": item.called, "hint": f"{weight}. {said}" if said else weight, "tag": tag}


def begun(
    request: HttpRequest, case: Case, *, call_form: CallForm | None = None, mail_form: MailboxForm | None = None
) -> HttpResponse:
    """The page of someone who began for another and waits for the answer: what she put in, and how to ask."""
    now, user = clock.now(), request.user
    today, name = when.as_date(now), case.patient.first_name
    gathered = facts.as_told(case, now, user)
    step = step_for(gathered.facts, today, lambda verb: verb in BY_BEGINNING)
    asked = Helper.objects.asked().filter(case=case, person=user.pk).first()
    context = {
        "case": case,
        "name": name,
        "today": today,
        "greeting": words.greeting(when.local(now).hour, user.first_name),
        "asked_on": asked and asked.asked_at,
        "step": step,
        "words": helper_words.step(step, name) if step else None,
        "step_url": cards.step_url(step, case) if step else "",
        "due_words": cards.due_words(step) if step else "",
        "coming": cards.coming(gathered, case.pk, today),
        "files": [row for row in rows_of(case, user) if row.document.withdrawn_at is None],
        "call_form": call_form or CallForm(initial={"kin": asked.kin if asked else ""}),
        "mail_form": mail_form or MailboxForm(initial={"kin": asked.kin if asked else ""}),
        "has_mailbox": bool(case.patient.email),
        "form": call_form or mail_form,
        "call_wanted": ToDo.objects.open().filter(kind=ASK_PATIENT, case=case).exists(),
        "only_they": [str(words) for words in helper_words.ONLY_THEY],
        "call_open": gathered.facts.call_wanted,
    }
    return render(request, "pages/helper_begun.html", context, status=422 if call_form or mail_form else 200)
