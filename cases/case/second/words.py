"""Sentences for what happened to a second reading, as the patient reads them in her list."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "second.asked": _("Asked a colleague to read your plan, too"),
    "second.agreed": _("Said yes to reading your plan, too"),
    "second.declined": _("Said no to reading your plan, too"),
    "second.looked": _("Opened your plan and the review of it, to read along"),
    "second.denied": _("Was not let in to your plan"),
    "second.noted": _("Wrote a note while reading along"),
    "second.note_removed": _("Removed a note written while reading along"),
    "second.ended": _("Ended that a second consultant reads along"),
}
REASONS = {
    "second_done": _("The second reader is done"),
    "second_reader": _("Your consultant ended it"),
    "second_patient": _("You ended it"),
    "second_time": _("Its last day has passed"),
    "second_closed": _("The case was closed"),
    "reading_along": _("A second pair of eyes on your plan"),
}
