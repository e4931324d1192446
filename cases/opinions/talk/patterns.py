"""What patients are told about a talk: our words, and what may stand in an administrator's."""

from django.utils.translation import gettext_lazy as _

from portal.reminders.patterns import Pattern

BEFORE_TALK = Pattern(
    code="opinions.before_talk",
    about=_("Talk with the doctor: 2 business days before"),
    parts={
        "subject": _("Your talk is coming up"),
        "lead": _("Your talk with your doctor is on %(day)s"),
        "line": _("Your page has room for what you want to ask. You can print it and take it along."),
        "action_label": _("Open my page"),
    },
    examples={"day": _("Friday, November 20")},
    has_time=True,
)
TALK_HELD = Pattern(
    code="opinions.talk_held",
    about=_("Talk with the doctor: did it take place?"),
    parts={
        "subject": _("Did your talk take place?"),
        "lead": _("Did your talk with your doctor take place?"),
        "line": _("Then we know what comes next, and stop reminding you of it."),
        "action_label": _("Open my page"),
        "question": _("Did it take place?"),
        "question_hint": _("Done means it did."),
    },
)
