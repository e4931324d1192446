"""Pages that gather from every room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# Pages that the menus lead to, and what a helper must be allowed for each: no way leads to a closed door.
GATES = {
    "pages:ledger": "see_reminders",
    "pages:sheet": "take_papers",
    "pages:privacy": "see_privacy",
    "case:helpers": "choose_helpers",
    "records:list": "see_records",
    "opinions:questions": "see_questions",
}


class PagesConfig(AppConfig):
    name = "portal.pages"
    label = "pages"

    def ready(self) -> None:
        from cases.case.people import may
        from cases.threads import digest
        from portal.accounts import nav_counts, nav_gates
        from portal.history import words
        from portal.pages import closing_notices, copies, friday, news, nudges, reminders
        from portal.pages.house.facts import NAMES
        from portal.reminders.kinds import register

        register(*reminders.KINDS, *friday.KINDS, *nudges.KINDS, *copies.KINDS, *closing_notices.KINDS)
        nav_counts.register("pages:news", news.unread)
        for page, verb in GATES.items():
            nav_gates.register(page, lambda user, case, verb=verb: may(verb, case, user))
        digest.count_also(news.waits)
        words.register({}, {f"fact_{name}": words_of for name, words_of in NAMES.items()})
        words.register(
            {
                "case.friday_note_on": _("Switched the Friday note on"),
                "case.friday_note_off": _("Switched the Friday note off"),
                "case.rests": _("Put the next step off"),
                "case.goes_on": _("Took the next step up again"),
                "sheet.seen": _("Looked at the one-page sheet"),
                "sheet.taken": _("Saved the one-page sheet as a PDF"),
                "privacy.copy_taken": _("Saved a copy of everything"),
                "privacy.list_taken": _("Saved the list of who did what"),
                "bundle.printed": _("Printed your pages, to post them"),
                "bundle.posted": _("Posted your pages to you"),
                "rights.searched": _("Looked up who was given which right"),
                "farewell.said": _("Ended everything kindly"),
                "farewell.taken_back": _("Took back what was ended"),
                "facts.changed": _("Changed a fact of the house"),
                "month.taken": _("Saved a month’s numbers as a table"),
                "carry.seen": _("Looked at the list of what to take"),
            },
            {
                "post_sheet": _("The one-page sheet should be posted"),
                "right_ends": _("Acting in law ended"),
                "right_asks": _("Who acted in law may ask for a copy"),
            },
        )
