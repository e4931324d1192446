"""Pages that gather from every room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    name = "portal.pages"
    label = "pages"

    def ready(self) -> None:
        from portal.history import words
        from portal.pages.reminders import KINDS
        from portal.reminders.kinds import register

        register(*KINDS)
        words.register(
            {
                "case.rests": _("Put the next step off"),
                "case.goes_on": _("Took the next step up again"),
                "sheet.seen": _("Looked at the one-page sheet"),
                "sheet.taken": _("Saved the one-page sheet as a PDF"),
                "carry.seen": _("Looked at the list of what to take"),
            },
            {"post_sheet": _("The one-page sheet should be posted")},
        )
