"""The words of the history for who helps."""

from django.utils.translation import gettext_lazy as _

from cases.case.helping.rules import Ended, How

VERBS = {
    "helping.asked": _("Asked whether someone may help"),
    "helping.agreed": _("Said yes to a helper"),
    "helping.declined": _("Said no to a helper"),
    "helping.changed": _("Changed what a helper may do"),
    "helping.ended": _("Ended the help of someone"),
    "helping.copies_paused": _("Paused their copies of messages"),
    "helping.copies_resumed": _("Took their copies of messages up again"),
    "helping.form_printed": _("Printed the page on which the patient can say yes"),
    "helping.read_out": _("Read out what a helper may do"),
    "helping.nudged": _("Asked us to remind kindly"),
    "mandate.recorded": _("Read a paper that lets someone act for the patient"),
    "mandate.ended": _("Noted that a paper lets nobody act any more"),
}
REASONS = {f"heard_{how.value}": how.label for how in How} | {f"ended_{why.value}": why.label for why in Ended}
REASONS["ask_patient"] = _("The patient should be asked whether someone may help")
REASONS["helper_stopped"] = _("A helper stopped")
REASONS["call_helper"] = _("A call to someone who helps")
