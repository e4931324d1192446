"""What patients and helpers are told when a message waits: our words, and what may stand in an administrator's."""

from django.utils.translation import gettext_lazy as _

from portal.reminders.patterns import Pattern

NEW_MESSAGE = Pattern(
    code="threads.new",
    about=_("Messages: one waits to be read"),
    parts={
        "subject": _("There is a message for you"),
        "lead": _("There is a message for you"),
        "line": _("It waits on your page. We don’t send it by email, so that only you can read it."),
        "action_label": _("Read the message"),
    },
)
