"""What patients are told about their calls: our words, and what may stand in an administrator's."""

from django.utils.translation import gettext_lazy as _

from portal.reminders.patterns import Pattern

NAME = {"name": _("Alex")}
HOW = NAME | {"how": _("Video call with Sam, 60 minutes.")}

BOOKED = Pattern(
    code="bookings.booked",
    about=_("Call: it is booked"),
    parts={
        "subject": _("Your call is booked"),
        "lead": _("Your call is booked, %(name)s"),
        "line": _("%(how)s You can cancel at any time, and move it until 2 hours before."),
        "action_label": _("Open my call"),
    },
    examples=HOW,
    has_time=True,
)
MOVED = Pattern(
    code="bookings.moved",
    about=_("Call: it has a new time"),
    parts=BOOKED.parts | {"subject": _("Your call has a new time"), "lead": _("Your call has a new time, %(name)s")},
    examples=HOW,
    has_time=True,
)
CANCELLED = Pattern(
    code="bookings.cancelled",
    about=_("Call: the patient, or a helper, canceled it"),
    parts={
        "subject": _("Your call is canceled"),
        "lead": _("Your call is canceled, %(name)s"),
        "line": _("It is out of our calendar. The file takes it out of yours. You can book again when you like."),
        "action_label": _("Choose another time"),
    },
    examples=NAME,
    has_time=True,
)
WE_CANCELLED = Pattern(
    code="bookings.told_patient",
    about=_("Call: we had to cancel it"),
    parts={
        "subject": _("We had to cancel your call"),
        "lead": _("We had to cancel your call, %(name)s"),
        "line": _("We are sorry. Please choose another time, or call us and we find one with you."),
        "action_label": _("Choose another time"),
    },
    examples=NAME,
    has_time=True,
)
DAY_BEFORE = Pattern(
    code="bookings.day_before",
    about=_("Call: the day before"),
    parts={
        "subject": _("Your call is tomorrow"),
        "lead": _("Your call is tomorrow, %(name)s"),
        "line": _("%(how)s If you feel too tired, that is reason enough to cancel."),
        "action_label": _("Open my call"),
    },
    examples=HOW,
    has_time=True,
)
SAME_DAY = Pattern(
    code="bookings.same_day",
    about=_("Call: the same day"),
    parts={
        "subject": _("Your call is today"),
        "lead": _("Your call is today, %(name)s"),
        "line": _("%(how)s"),
        "action_label": _("Open my call"),
    },
    examples=HOW,
    has_time=True,
)
COMING_UP = Pattern(
    code="bookings.coming_up",
    about=_("Call: in a letter, some days before"),
    parts={
        "subject": _("Your call is coming up"),
        "lead": _("Your call is on %(day)s, %(name)s"),
        "line": _("%(how)s If you feel too tired, that is reason enough to cancel."),
        "action_label": _("Open my call"),
    },
    examples=HOW | {"day": _("Tuesday, November 24")},
    has_time=True,
)
PLAN_DUE = Pattern(
    code="bookings.plan_due",
    about=_("Call: the plan is still to be added"),
    parts={
        "subject": _("Something to add before your call"),
        "lead": _("%(consultant)s would like to read your plan first"),
        "line": _("Please add it on %(day)s. A photo from your phone is fine."),
        "action_label": _("Add my plan"),
    },
    examples={"consultant": _("Sam"), "day": _("Friday, November 20")},
)
PLAN_MISSING = Pattern(
    code="bookings.plan_missing",
    about=_("Call: the plan has not come in time"),
    parts={
        "subject": _("About your call"),
        "lead": _("Your call stays booked, %(name)s"),
        "line": _("We do not have your plan yet. Add it now, move the call, or just talk: you choose."),
        "action_label": _("See what I can do"),
    },
    examples=NAME,
    has_time=True,
)
