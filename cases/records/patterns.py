"""What patients are told about visits and records: our words, and what may stand in an administrator's."""

from django.utils.translation import gettext_lazy as _

from portal.reminders.patterns import Pattern

DAY = {"day": _("Friday, November 20")}

REQUEST = Pattern(
    code="records.request_by",
    about=_("Records: something to ask for by a day"),
    parts={
        "subject": _("Something for your visit waits for you"),
        "lead": _("Something for your visit waits for you"),
        "line": _("It is good to ask for it by %(day)s. Your page says what and whom to ask."),
        "action_label": _("See what it is"),
        "question": _("Is it done?"),
        "question_hint": _("Done means you have asked for it."),
    },
    examples=DAY,
)
# A day that has passed is not held up to anyone.
REQUEST_SOON = Pattern(
    code="records.request_soon",
    about=_("Records: something to ask for, its day has passed"),
    parts=REQUEST.parts
    | {"line": _("It is good to ask for it as soon as you can. Your page says what and whom to ask.")},
)
CHASE = Pattern(
    code="records.chase",
    about=_("Records: any news of what was asked for?"),
    parts={
        "subject": _("Any news of what you asked for?"),
        "lead": _("Any news of what you asked for?"),
        "line": _("You asked for something for your visit. A short call may help it along."),
        "action_label": _("See what it is"),
        "question": _("Has it arrived?"),
        "question_hint": _("Done means it is there. If you are not sure, press “Not yet”."),
    },
)
LETTER_FAXED = Pattern(
    code="records.letter_faxed",
    about=_("Referral: we faxed the letter"),
    parts={
        "subject": _("We faxed what you asked for"),
        "lead": _("We faxed what you asked for"),
        "line": _("It went out on %(day)s. Your page says to whom, and what comes next."),
        "action_label": _("See where it stands"),
    },
    examples=DAY,
)
DUE_BACK = Pattern(
    code="records.due_back",
    about=_("Records: something lent goes back"),
    parts={
        "subject": _("Something goes back"),
        "lead": _("Something you were lent goes back"),
        "line": _("It is to be back by %(day)s."),
        "action_label": _("See what it is"),
        "question": _("Is it back?"),
        "question_hint": _("Done means whoever lent it has it again."),
    },
    examples=DAY,
)
OVERDUE = Pattern(
    code="records.overdue",
    about=_("Records: something lent goes back, its day has passed"),
    parts=DUE_BACK.parts | {"line": _("It was to be back by %(day)s.")},
    examples=DAY,
)
BEFORE_VISIT = Pattern(
    code="records.before_visit",
    about=_("Visit: 7 and 3 days before"),
    parts={
        "subject": _("Your visit is coming up"),
        "lead": _("Your visit is on %(day)s"),
        "line": _("Your page says what is there, what will follow, and what to take."),
        "action_label": _("See where things are"),
    },
    examples=DAY,
    has_time=True,
)
VISIT_TOMORROW = Pattern(
    code="records.visit_tomorrow",
    about=_("Visit: the day before"),
    parts={
        "subject": _("Your visit is tomorrow"),
        "lead": _("Your visit is tomorrow"),
        "line": _("Your page says what is there, what will follow, and what to take."),
        "action_label": _("See what to take"),
    },
    has_time=True,
)
TOOK_PLACE = Pattern(
    code="records.took_place",
    about=_("Visit: did it take place?"),
    parts={
        "subject": _("Did your visit take place?"),
        "lead": _("Did your visit take place?"),
        "line": _("Then we know what comes next, and stop reminding you of it."),
        "action_label": _("Open my page"),
        "question": _("Did it take place?"),
        "question_hint": _("Done means it did."),
    },
)
DOES_IT_OPEN = Pattern(
    code="records.did_it_open",
    about=_("Records: does what arrived open?"),
    parts={
        "subject": _("One question about your visit"),
        "lead": _("Something for your visit has arrived. Does it open?"),
        "line": _("Some do not open, and there is still time to send it again. A short call tells."),
        "action_label": _("See what it is"),
        "question": _("Does it open?"),
        "question_hint": _("Done means they said it opens fine. If it does not, tell us on your page."),
    },
)
REPORT_TO_ASK = Pattern(
    code="records.report_to_ask",
    about=_("The report: it is still to be asked for"),
    parts={
        "subject": _("One thing after your visit"),
        "lead": _("After your visit: ask for the report"),
        "line": _("Their office can send it to your own doctor. Then all is in one place. Your page has words to use."),
        "action_label": _("Open my page"),
        "question": _("Have you asked for it?"),
        "question_hint": _("Done means you have asked."),
    },
)
REPORT_ASKED = Pattern(
    code="records.report_asked",
    about=_("The report: has it arrived?"),
    parts=REPORT_TO_ASK.parts
    | {
        "lead": _("Has the report of your visit arrived?"),
        "line": _("You asked for it. A short call tells whether your own doctor has it."),
        "question": _("Has it arrived?"),
        "question_hint": _("Done means it is there. If you are not sure, press “Not yet”."),
    },
)
REPORT_ANNOUNCED = Pattern(
    code="records.report_announced",
    about=_("The report: it was sent, has it arrived?"),
    parts=REPORT_ASKED.parts
    | {
        "line": _("It should be there by now. A short call tells whether your own doctor has it."),
    },
)
REPORT_RECEIVED = Pattern(
    code="records.report_received",
    about=_("The report: does your own doctor have it?"),
    parts=REPORT_TO_ASK.parts
    | {
        "lead": _("Does your own doctor have the report?"),
        "line": _("It should be there by now. Your doctor’s desk can look."),
        "question": _("Does your doctor have it?"),
        "question_hint": _("Done means somebody there told you so."),
    },
)
