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
PLEASE_MOVE = Pattern(
    code="bookings.please_move",
    about=_("Call: we ask for another time"),
    parts={
        "subject": _("Can your call be at another time?"),
        "lead": _("%(consultant)s asks for another time, %(name)s"),
        "line": _("Your call stays where it is until you choose. If no other time suits you, call us."),
        "action_label": _("See other times"),
    },
    examples=NAME | {"consultant": _("Sam")},
    has_time=True,
)
CLOCKS_CHANGED = Pattern(
    code="bookings.clocks_changed",
    about=_("Call: a law changed the clocks, and the call keeps its hour"),
    parts={
        "subject": _("Your call keeps its hour"),
        "lead": _("Your call keeps its hour, %(name)s"),
        "line": _("A new law changes the clocks where %(consultant)s is. Please look at the time once more."),
        "action_label": _("Open my call"),
    },
    examples=NAME | {"consultant": _("Sam")},
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
CANCELLED_CLOSED = Pattern(
    code="bookings.cancelled_closed",
    about=_("Call: it is off, for the page was closed"),
    parts={
        "subject": _("Your call is canceled"),
        "lead": _("Your call is canceled, %(name)s"),
        "line": _("It is out of our calendar. The file takes it out of yours. There is nothing to do."),
        "action_label": _("Open the call"),
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
ASKED = Pattern(
    code="bookings.asked",
    about=_("Call: a helper chose a time, and the patient is asked"),
    parts={
        "subject": _("A time is held for you"),
        "lead": _("Somebody who helps you chose a time for a call, %(name)s"),
        "line": _("It is held until %(day)s. Look at it, and say yes or no. Nothing is booked before that."),
        "action_label": _("Look at it"),
    },
    examples=NAME | {"day": _("Friday, November 20")},
)
OFFERED = Pattern(
    code="bookings.offered",
    about=_("Call: the consultant offers a time, and the patient is asked"),
    parts={
        "subject": _("A time is held for you"),
        "lead": _("%(consultant)s offers you a time for another call, %(name)s"),
        "line": _("It is held until %(day)s. Look at it, and say yes or no. Nothing is booked before that."),
        "action_label": _("Look at it"),
    },
    examples=NAME | {"consultant": _("Sam"), "day": _("Friday, November 20")},
)
ASKED_CLOCKS = Pattern(
    code="bookings.asked_clocks",
    about=_("Call: a law changed the clocks, and a time that is held keeps its hour"),
    parts={
        "subject": _("The time that is held keeps its hour"),
        "lead": _("The time that is held keeps its hour, %(name)s"),
        "line": _("A new law changes the clocks where %(consultant)s is. Please look at the time once more."),
        "action_label": _("Look at it"),
    },
    examples=NAME | {"consultant": _("Sam")},
    has_time=True,
)
ASKED_OVER = Pattern(
    code="bookings.asked_over",
    about=_("Call: a time that a helper chose is not held any more"),
    parts={
        "subject": _("A time is not held any more"),
        "lead": _("The time that was held for you is free again, %(name)s"),
        "line": _("Nothing is booked. You can choose another time whenever you like."),
        "action_label": _("See it"),
    },
    examples=NAME,
)
ASK_TO_READ = Pattern(
    code="bookings.ask_to_read",
    about=_("Call: a helper booked it, and the patient is asked who may read"),
    parts={
        "subject": _("A question about your call"),
        "lead": _("Your call is booked, %(name)s. May %(consultant)s read your files first?"),
        "line": _("Only you can say so. The call stays booked, whatever you answer."),
        "action_label": _("Answer it"),
    },
    examples=NAME | {"consultant": _("Sam")},
)
ASKED_BOOKED = Pattern(
    code="bookings.asked_booked",
    about=_("Call: the time that a helper chose is booked"),
    parts={
        "subject": _("The time you chose is booked"),
        "lead": _("The time you chose is booked, %(name)s"),
        "line": _("It stands on the page you help with."),
        "action_label": _("Open it"),
    },
    examples=NAME,
)
ASKED_FREE = Pattern(
    code="bookings.asked_free",
    about=_("Call: the time that a helper chose is not taken"),
    parts={
        "subject": _("The time you chose is not held any more"),
        "lead": _("The time you chose is not held any more, %(name)s"),
        "line": _("Nothing is booked by it. See what came of it."),
        "action_label": _("Open it"),
    },
    examples=NAME,
)
