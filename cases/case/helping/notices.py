"""What both are told: that somebody asks, what the patient answered or changed, and that it has ended."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.helping.models import Helper
from cases.case.helping.rules import Ended, How, asked_again_at
from portal import clock, when
from portal.reminders.actions import plan, unplan
from portal.reminders.kinds import NOTICE, REMINDER, Kind, Words, say
from portal.reminders.patterns import Pattern
from portal.reminders.together import Due, Told

ASKS, ANSWERED, STOPPED, OVER = "helping.asks", "helping.answered", "helping.stopped", "helping.over"
ENDS, MINE_ENDS, PAST, MINE_PAST = "helping.ends", "helping.mine_ends", "helping.past", "helping.mine_past"
STILL_USEFUL = dt.timedelta(days=7)
TOLD_TO_HELPER = {Ended.DECLINED, Ended.PATIENT, Ended.STAFF}


def asked(helper: Helper) -> None:
    """The patient reads that somebody asks; whom she asked herself she knows."""
    if helper.asked_by_id != helper.patient_id:
        _plan(ASKS, helper, helper.patient)


def answered(helper: Helper) -> None:
    """The helper reads that there is a yes, or another one."""
    _plan(ANSWERED, helper, helper.person)
    agreed(helper)


def agreed(helper: Helper) -> None:
    """Nothing is asked any more; both are asked again a week before the last day, of which a paper has its own."""
    unplan(helper, kinds=[ASKS, ENDS, MINE_ENDS])
    at = asked_again_at(helper.over_at, clock.now()) if helper.agreed_how != How.LAW else None
    if at and helper.over_at:
        for kind, to in ((ENDS, helper.patient), (MINE_ENDS, helper.person)):
            until = helper.over_at
            plan(kind, helper, version=helper.version, recipient=to, due_at=at, useful_until=until, case=helper.case)


def ended(helper: Helper) -> None:
    """Whoever did not end it is told: both, where its last day has passed; nobody of a case that was closed."""
    unplan(helper)
    if is_the_patients_wish(helper):
        _plan(OVER, helper, helper.person)
    elif helper.ended_why == Ended.HELPER:
        _plan(STOPPED, helper, helper.patient)
    elif helper.ended_why == Ended.EXPIRED:
        _plan(PAST, helper, helper.patient)
        _plan(MINE_PAST, helper, helper.person)


def is_the_patients_wish(helper: Helper) -> bool:
    """Whether the patient would like to go on alone; of a paper that ended they said nothing."""
    if helper.agreed_how == How.LAW and helper.ended_why == Ended.STAFF:
        return False
    return helper.ended_why in TOLD_TO_HELPER


def _plan(kind: str, helper: Helper, to: Any) -> None:
    now = clock.now()
    until = now + STILL_USEFUL
    plan(kind, helper, version=helper.version, recipient=to, due_at=now, useful_until=until, case=helper.case)


def _about() -> QuerySet[Helper]:
    again = Helper.objects.granted().filter(case=OuterRef("case"), person=OuterRef("person"))
    return Helper.objects.select_related("person", "patient", "case").annotate(helps_again=Exists(again))


def _said(pattern: Pattern, path: Callable[[Helper], str]) -> Told:
    def one(helper: Helper, reader: Any) -> Words:
        named = {"name": reader.called, "helper": helper.person.first_name, "patient": helper.patient.first_name}
        named["day"] = when.month_day(helper.until_on) if helper.until_on else ""
        return say(pattern, named, path=path(helper))

    return Told(_about, one)


def _pattern(code: str, about: Any, subject: Any, lead: Any, line: Any, action: Any) -> Pattern:
    parts = {"subject": subject, "lead": lead, "line": line, "action_label": action}
    examples = {"name": gettext_lazy("Sam"), "helper": gettext_lazy("Kim"), "patient": gettext_lazy("Alex")}
    examples["day"] = gettext_lazy("December 31")
    return Pattern(code=code, about=about, parts=parts, examples=examples)


OPEN = gettext_lazy("Open my page")


def _home(helper: Helper) -> str:
    return helper.case.get_absolute_url()


ASKS_WORDS = _pattern(
    ASKS,
    gettext_lazy("Someone asks to help"),
    gettext_lazy("%(helper)s would like to help you"),
    gettext_lazy("%(helper)s would like to help you, %(name)s"),
    gettext_lazy("You choose how much, and until when. If you say no, they see nothing of yours."),
    gettext_lazy("See and answer"),
)
ANSWERED_WORDS = _pattern(
    ANSWERED,
    gettext_lazy("To a helper: there is a yes"),
    gettext_lazy("%(patient)s says how you can help"),
    gettext_lazy("%(patient)s says how you can help, %(name)s"),
    gettext_lazy("Their page says what you can do, and until when."),
    gettext_lazy("Open the page"),
)
STOPPED_WORDS = _pattern(
    STOPPED,
    gettext_lazy("A helper has stopped"),
    gettext_lazy("A word from %(helper)s"),
    gettext_lazy("%(helper)s has stopped helping here, %(name)s"),
    gettext_lazy("Helping takes strength, and %(helper)s needs a rest. One of us looks on with you."),
    OPEN,
)
OVER_WORDS = _pattern(
    OVER,
    gettext_lazy("To a helper: the patient goes on alone"),
    gettext_lazy("A word from %(patient)s"),
    gettext_lazy("%(patient)s would like to do this on their own, %(name)s"),
    gettext_lazy("Thank you for all you did. You need not do anything."),
    gettext_lazy("Open my pages"),
)
ENDS_WORDS = _pattern(
    ENDS,
    gettext_lazy("Help ends in a week: to the patient"),
    gettext_lazy("%(helper)s helps you until %(day)s"),
    gettext_lazy("%(helper)s helps you until %(day)s, %(name)s"),
    gettext_lazy("By one press it goes on. If you do nothing, it ends by itself. Both are fine."),
    gettext_lazy("See and choose"),
)
MINE_ENDS_WORDS = _pattern(
    MINE_ENDS,
    gettext_lazy("Help ends in a week: to the helper"),
    gettext_lazy("You help %(patient)s until %(day)s"),
    gettext_lazy("You help %(patient)s until %(day)s, %(name)s"),
    gettext_lazy("We ask %(patient)s whether it goes on. You need not do anything."),
    OPEN,
)
PAST_WORDS = _pattern(
    PAST,
    gettext_lazy("Help came to its last day: to the patient"),
    gettext_lazy("The help of %(helper)s has ended"),
    gettext_lazy("The help of %(helper)s has ended, %(name)s"),
    gettext_lazy("Its last day has passed. %(helper)s sees nothing of yours any more. You can ask again at any time."),
    gettext_lazy("See who helps me"),
)
MINE_PAST_WORDS = _pattern(
    MINE_PAST,
    gettext_lazy("Help came to its last day: to the helper"),
    gettext_lazy("Your help for %(patient)s has ended"),
    gettext_lazy("Your help for %(patient)s has ended, %(name)s"),
    gettext_lazy("Its last day has passed. Thank you for all you did. You need not do anything."),
    gettext_lazy("Open my pages"),
)


def _ends_soon(helper: Helper) -> bool:
    return helper.holds(clock.now()) and helper.over_at is not None and helper.agreed_how != How.LAW


def _is_past(helper: Any) -> bool:
    """Whether it came to its last day, and the same person does not help here again by now."""
    return helper.ended_why == Ended.EXPIRED and not helper.helps_again


KINDS = (
    Kind(
        code=ASKS,
        message_class=NOTICE,
        label=gettext_lazy("Someone would like to help you"),
        still_due=Due(_about, lambda helper: helper.is_asked),
        words=_said(ASKS_WORDS, lambda helper: reverse("case:helper", args=[helper.pk])),
        why=lambda row: _("Somebody asked whether they may help you."),
        rank=30,
        patterns=(ASKS_WORDS,),
    ),
    Kind(
        code=ANSWERED,
        message_class=NOTICE,
        label=gettext_lazy("How you can help"),
        still_due=Due(_about, lambda helper: helper.holds(clock.now())),
        words=_said(ANSWERED_WORDS, _home),
        why=lambda row: _("The person you help said so, or changed it."),
        rank=30,
        patterns=(ANSWERED_WORDS,),
    ),
    Kind(
        code=STOPPED,
        message_class=NOTICE,
        label=gettext_lazy("Someone has stopped helping"),
        still_due=Due(_about, lambda helper: helper.ended_why == Ended.HELPER),
        words=_said(STOPPED_WORDS, _home),
        why=lambda row: _("Somebody who helped you has stopped."),
        rank=30,
        patterns=(STOPPED_WORDS,),
    ),
    Kind(
        code=OVER,
        message_class=NOTICE,
        label=gettext_lazy("Your help has ended"),
        still_due=Due(_about, is_the_patients_wish),
        words=_said(OVER_WORDS, lambda helper: reverse("pages:home")),
        why=lambda row: _("The person you helped said so."),
        rank=30,
        patterns=(OVER_WORDS,),
    ),
    Kind(
        code=ENDS,
        message_class=REMINDER,
        label=gettext_lazy("Help that ends soon"),
        still_due=Due(_about, _ends_soon),
        words=_said(ENDS_WORDS, lambda helper: reverse("case:helper", args=[helper.pk])),
        why=lambda row: _("You chose the last day. We ask you a week before it."),
        rank=45,
        patterns=(ENDS_WORDS,),
    ),
    Kind(
        code=MINE_ENDS,
        message_class=REMINDER,
        label=gettext_lazy("Your help ends soon"),
        still_due=Due(_about, _ends_soon),
        words=_said(MINE_ENDS_WORDS, _home),
        why=lambda row: _("The person you help chose the last day."),
        rank=45,
        patterns=(MINE_ENDS_WORDS,),
    ),
    Kind(
        code=PAST,
        message_class=NOTICE,
        label=gettext_lazy("Help that came to its last day"),
        still_due=Due(_about, _is_past),
        words=_said(PAST_WORDS, lambda helper: reverse("case:helpers", args=[helper.case_id])),
        why=lambda row: _("The last day that you chose has passed."),
        rank=40,
        patterns=(PAST_WORDS,),
    ),
    Kind(
        code=MINE_PAST,
        message_class=NOTICE,
        label=gettext_lazy("Your help came to its last day"),
        still_due=Due(_about, _is_past),
        words=_said(MINE_PAST_WORDS, lambda helper: reverse("pages:home")),
        why=lambda row: _("The last day that was chosen has passed."),
        rank=40,
        patterns=(MINE_PAST_WORDS,),
    ),
)
