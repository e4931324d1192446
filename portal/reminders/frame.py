"""The sentences that stand around what a message says, the same in every one."""

from django.utils.translation import gettext_lazy as _

from portal.reminders.patterns import Pattern

FRAME = Pattern(
    code="reminders.frame",
    about=_("Every message: the sentences around it"),
    parts={
        "sign_in_first": _("You’ll sign in first."),
        "no_sign_in": _("No need to sign in. The page asks once more before anything happens."),
        "unwell": _("If you feel very unwell, call your care team or %(emergency)s."),
        "reach_us": _("To reach us, call %(phone)s."),
        "pause": _("Pause reminders"),
        "by_phone": _("You can answer by phone, and we note it for you: %(phone)s."),
    },
    examples={"phone": "+1 416 555 0100", "emergency": "911"},
)
